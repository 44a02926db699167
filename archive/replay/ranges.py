"""Range requests on bodies held in memory: one range, never more."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True, slots=True)
class Part:
    """What of a body goes out: `[start:stop]`, and the headers and status that say so."""

    status: int
    start: int
    stop: int
    headers: tuple[tuple[str, str], ...]


def choose_part(header: str | None, size: int) -> Part:
    """The part of a body of `size` bytes that a Range header asks for.

    One satisfiable range: 206. One that begins past the end: 416 and no body. Several ranges or another unit: the
    header is ignored, as RFC 9110 allows, and the whole goes out once.

    >>> choose_part("bytes=2-", 5).headers
    (('Accept-Ranges', 'bytes'), ('Content-Range', 'bytes 2-4/5'))
    """
    accepts = ("Accept-Ranges", "bytes")
    whole = Part(200, 0, size, (accepts,))
    found = _RANGE.fullmatch(header.replace(" ", "")) if header and len(header) < 100 else None
    if found is None or found.group(1) == found.group(2) == "":
        return whole
    first, last = found.groups()
    if first:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return whole
    else:
        start, stop = max(0, size - int(last)), size
    if start >= size or stop <= start:
        return Part(416, 0, 0, (accepts, ("Content-Range", f"bytes */{size}")))
    return Part(206, start, stop, (accepts, ("Content-Range", f"bytes {start}-{stop - 1}/{size}")))
