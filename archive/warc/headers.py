"""The header block of a WARC record."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MAX_HEADER: Final = 256 << 10
MAX_FIELDS: Final = 1_000
MAX_BLOCK: Final = 4 << 30
_VERSIONS: Final = frozenset((b"WARC/1.0", b"WARC/1.1"))
_OLD_VERSIONS: Final = frozenset((b"WARC/0.17", b"WARC/0.18"))
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class HeaderProblem(ValueError):
    """What is wrong with a header block, in a few words."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a record in their order, names as written; the version is that of a standard, not of a draft."""

    fields: tuple[tuple[str, str], ...]
    version: str = "WARC/1.1"
    _first: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Of several values the first: they are put in from the last on.
        object.__setattr__(self, "_first", {name.lower(): value for name, value in reversed(self.fields)})

    def get(self, name: str) -> str | None:
        """The first value of a field, whatever the case of its name; None when it is absent."""
        return self._first.get(name.lower())

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in order."""
        lower = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == lower)


def parse(block: bytes, *, lenient: bool = False) -> Headers:
    """The fields of a header block, given up to and with its blank line. Raises HeaderProblem.

    Strict: WARC 1.0 or 1.1, CRLF, UTF-8, a name and a colon on every line. Lenient also takes drafts 0.17 and 0.18,
    bare LF, bytes that are no UTF-8, and drops lines without a colon. Folded lines, as in WARC 1.0, are joined.
    """
    lines = block.split(b"\n")
    version = lines[0].rstrip(b"\r ")
    if version not in _VERSIONS and not (lenient and version.upper() in _VERSIONS | _OLD_VERSIONS):
        if version.startswith(b"filedesc:"):
            raise HeaderProblem("an ARC file, which is not read; convert it with `warcio recompress` first")
        raise HeaderProblem(f"it begins with {version[:40]!r}, not with WARC/1.0 or WARC/1.1")
    if not lenient and any(not line.endswith(b"\r") for line in lines[:-1]):
        raise HeaderProblem("a header line ends without CR")
    if len(lines) > MAX_FIELDS:
        raise HeaderProblem(f"more than {MAX_FIELDS} header lines")
    fields: list[tuple[str, str]] = []
    for raw in lines[1:]:
        bare = raw.removesuffix(b"\r")
        if not bare:
            break
        try:
            line = bare.decode()
        except UnicodeDecodeError:
            if not lenient:
                raise HeaderProblem("a header that is no UTF-8") from None
            line = bare.decode("utf-8", "replace")
        if line[0] in " \t" and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        if colon and _TOKEN.fullmatch(name):
            fields.append((name, value.strip(" \t")))
        elif not lenient:
            raise HeaderProblem(f"a header line that is none: {line[:60]!r}")
    return Headers(tuple(fields), "WARC/1.1" if version.upper() == b"WARC/1.1" else "WARC/1.0")


def content_length(headers: Headers) -> int:
    """The length of the block. Raises HeaderProblem when it is missing, no number, ambiguous or beyond 4 GiB."""
    values = set(headers.get_all("Content-Length"))
    if len(values) != 1:
        raise HeaderProblem("no Content-Length" if not values else "two Content-Lengths that differ")
    value = values.pop()
    if not (value.isascii() and value.isdigit()):
        raise HeaderProblem(f"Content-Length {value[:40]!r} is no number")
    if len(value) > 18 or int(value) > MAX_BLOCK:
        raise HeaderProblem(f"Content-Length {value[:40]} is beyond {MAX_BLOCK >> 30} GiB")
    return int(value)
