"""HTTP/1 messages as bytes: heads and chunked framing. Pure functions; nothing here opens a socket.

What servers send is hostile or broken more often than not: nothing raises here but `content_of`, that `DecodeError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from archive.codings import MAX_DECODED, MAX_RATIO, decode_content
from archive.codings import CutContent as CutContent
from archive.codings import Decoded as Decoded
from archive.codings import DecodeError as DecodeError

MAX_CHUNK_LINE: Final = 16 << 10
COMPRESSED: Final = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})

_BLANK_LINE = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(r"HTTP/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?:[ \t]+(.*))?$", re.IGNORECASE | re.ASCII)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;|\r?$)")
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """A response's status line and headers, in order, as latin-1 text. `status` is None when the server sent none."""

    status: int | None
    reason: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """The first value of the header, without surrounding blanks; None when it is absent."""
        lower = name.lower()
        return next((value for key, value in self.headers if key.lower() == lower), None)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of the header, in order."""
        lower = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == lower)

    def tokens(self, name: str) -> tuple[str, ...]:
        """The lower-case members of a comma-separated header over all its lines.

        >>> parse_head(b"HTTP/1.1 200 OK\\r\\nContent-Encoding: GZIP, br\\r\\n\\r\\n").tokens("content-encoding")
        ('gzip', 'br')
        """
        members = (part.strip().lower() for value in self.get_all(name) for part in value.split(","))
        return tuple(member for member in members if member)

    @property
    def chunked(self) -> bool:
        """Whether the body is framed in chunks: the last transfer coding decides (RFC 9112, 6.3)."""
        return self.tokens("transfer-encoding")[-1:] == ("chunked",)

    @property
    def compressed(self) -> bool:
        """Whether the body travels in a coding that leaves nothing to gain from compressing it again."""
        return any(coding in COMPRESSED for coding in self.tokens("content-encoding"))

    @property
    def mime(self) -> str | None:
        """The media type without parameters, lower-case; None when the header is absent or names none."""
        value = self.get("content-type")
        media_type = (value or "").partition(";")[0].strip().lower()
        return media_type if _MEDIA_TYPE.fullmatch(media_type) else None


def split_head(data: bytes) -> tuple[bytes, bytes]:
    """A response cut behind the blank line that ends its head; CRLF or bare LF.

    Without a blank line all of it is head (the answer was cut there). Bytes that do not begin with `HTTP/` are a body
    with no head, as HTTP/0.9 sent it.

    >>> split_head(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    (b'HTTP/1.1 204 No Content\\r\\n\\r\\n', b'')
    """
    if data[:5].upper() != b"HTTP/":
        return b"", data
    end = _BLANK_LINE.search(data)
    return (data[: end.end()], data[end.end() :]) if end else (data, b"")


# A head is looked at where its content is decoded, and again where it is recorded.
@lru_cache(maxsize=8)
def parse_head(head: bytes) -> ResponseHead:
    """The parts of a response's head; lenient, never raises.

    Folded lines are joined by a blank, lines without a colon are left out, a bare CR stays inside its value: what
    cannot be a header of its own never becomes one.
    """
    lines = head.decode("latin-1").split("\n")
    status_line = lines[0].rstrip("\r")
    match = _STATUS_LINE.match(status_line)
    headers: list[tuple[str, list[str]]] = []
    for raw in lines[1:]:
        line = raw.removesuffix("\r")
        if not line:
            break
        if line[0] in " \t":
            if headers:
                headers[-1][1].append(line.strip(_BLANKS))
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip(_BLANKS):
            headers.append((name.rstrip(_BLANKS), [value.strip(_BLANKS)]))
    return ResponseHead(
        status=int(match[1]) if match else None,
        reason=(match[2] or "") if match else "",
        headers=tuple((name, " ".join(values).strip(_BLANKS)) for name, values in headers),
    )


_BLANKS = " \t"


class Dechunker:
    """Takes the chunked framing off a body that arrives in pieces of any size (RFC 9112, 7.1).

    `complete` turns true behind the last chunk; `broken` when the framing is none, and what came before it stands.
    """

    def __init__(self) -> None:
        self.complete = False
        self.broken = False
        self._buffer = b""
        self._left = 0
        self._gap = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The payload's pieces that `data` brings."""
        data = self._buffer + data if self._buffer else data
        self._buffer = b""
        at, end = 0, len(data)
        while at < end and not (self.complete or self.broken):
            if self._left:
                piece = data[at : at + self._left]
                self._left -= len(piece)
                self._gap = not self._left
                at += len(piece)
                yield piece
                continue
            newline = data.find(b"\n", at, at + MAX_CHUNK_LINE)
            if newline < 0:
                self.broken = end - at >= MAX_CHUNK_LINE
                self._buffer = data[at:]
                return
            line = data[at:newline]
            if self._gap:
                # The line end that closes the chunk before; a server that leaves it out goes straight on.
                self._gap = False
                if line in (b"", b"\r"):
                    at = newline + 1
                    continue
            size = _CHUNK_SIZE.match(line)
            self.broken = size is None
            if size is not None:
                at = newline + 1
                self._left = int(size[1], 16)
                self.complete = not self._left


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """The payload of a chunked body, and whether its last chunk arrived. Extensions and trailers are dropped.

    >>> dechunk(b"3;x=1\\r\\nabc\\r\\n0\\r\\n\\r\\n")
    (b'abc', True)
    """
    dechunker = Dechunker()
    return b"".join(dechunker.feed(body)), dechunker.complete


def payload_of(head: ResponseHead, body: bytes) -> bytes:
    """What the body carries: without chunked framing, still in its content codings. The digest is taken over this."""
    return dechunk(body)[0] if head.chunked else body


def payload_pieces(head: ResponseHead, body: Iterable[bytes]) -> Iterator[bytes]:
    """`payload_of` for a body that is read in pieces."""
    if not head.chunked:
        yield from body
        return
    dechunker = Dechunker()
    for piece in body:
        yield from dechunker.feed(piece)


def content_of(head: ResponseHead, payload: bytes, limit: int = MAX_DECODED, ratio: int = MAX_RATIO) -> Decoded:
    """The payload without its codings, as a parser wants it. Raises DecodeError.

    A body that is declared to be coded and is plain text is taken as it is, with the note `not-encoded`.
    """
    transfer = tuple(coding for coding in head.tokens("transfer-encoding") if coding not in ("chunked", "identity"))
    return decode_content(payload, (*head.tokens("content-encoding"), *transfer), limit, ratio)
