"""Range requests (RFC 9110, section 14) on bodies held in memory."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

# More ranges than this in one request, after those that touch are joined, are no reader's: the whole goes out once.
MAX_RANGES = 8
_MAX_HEADER = 1000
_RANGE = re.compile(r"(\d{0,15})-(\d{0,15})")
_ACCEPTS = ("Accept-Ranges", "bytes")


@dataclass(frozen=True, slots=True)
class Answer:
    """What of a body goes out, under which status, with which headers (the body's own Content-Type among them)."""

    status: int
    data: bytes
    headers: tuple[tuple[str, str], ...]


def answer(data: bytes, content_type: str, header: str | None) -> Answer:
    """The part or parts of a body that a Range header asks for.

    One satisfiable range, or several that touch: 206. Several apart: 206 as multipart/byteranges, never longer than the
    body by more than the parts' own heads. None satisfiable: 416 and no body. Malformed, too many, or another unit: the
    header is ignored, as the RFC allows, and the whole goes out.

    >>> answer(b"hello", "text/plain", "bytes=2-").headers[1]
    ('Content-Range', 'bytes 2-4/5')
    """
    whole = Answer(200, data, (_ACCEPTS, ("Content-Type", content_type)))
    asked = _asked(header or "", len(data))
    if asked is None:
        return whole
    spans = _joined(asked)
    if not spans:
        return Answer(416, b"", (_ACCEPTS, ("Content-Range", f"bytes */{len(data)}")))
    if len(spans) > MAX_RANGES:
        return whole
    if len(spans) == 1:
        start, stop = spans[0]
        place = f"bytes {start}-{stop - 1}/{len(data)}"
        return Answer(206, data[start:stop], (_ACCEPTS, ("Content-Range", place), ("Content-Type", content_type)))
    boundary = secrets.token_hex(16)
    parts = []
    for start, stop in spans:
        place = f"bytes {start}-{stop - 1}/{len(data)}"
        head = f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: {place}\r\n\r\n"
        parts += [head.encode("latin-1"), data[start:stop]]
    parts.append(f"\r\n--{boundary}--\r\n".encode("ascii"))
    kind = f"multipart/byteranges; boundary={boundary}"
    return Answer(206, b"".join(parts), (_ACCEPTS, ("Content-Type", kind)))


def _asked(header: str, size: int) -> list[tuple[int, int]] | None:
    """The satisfiable ranges as [start, stop); None where the header is to be ignored."""
    unit, equals, ranges = header.partition("=")
    if not equals or unit.strip().lower() != "bytes" or len(header) > _MAX_HEADER:
        return None
    spans = []
    for part in ranges.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None or found.group(1) == found.group(2) == "":
            return None
        first, last = found.groups()
        if first and last and int(last) < int(first):
            return None
        start = int(first) if first else max(0, size - int(last))
        stop = min(int(last) + 1, size) if first and last else size
        if start < stop:
            spans.append((start, stop))
    return spans


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
