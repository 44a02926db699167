"""One record of a WARC file: its fields, and its block as bytes or as a stream."""

from __future__ import annotations

import contextlib
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.errors import CorruptRecord
from archive.http import ResponseHead, parse_head, payload_pieces, split_head
from archive.warc import files
from archive.warc.headers import Headers
from archive.warc.streams import Form, Stream, StreamEnds, StreamError

# Larger blocks are not kept; they are inflated again when somebody reads them.
KEPT_BLOCK: Final = 1 << 20
PIECE: Final = 256 << 10
MAX_IN_MEMORY: Final = 256 << 20
_UUID: Final = re.compile(r"<?urn:uuid:([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})>?")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC file. `offset` and `length` are those of its member in the file, `file` its final name."""

    path: Path
    offset: int
    length: int
    headers: Headers
    block_length: int
    form: Form
    # Where the block begins in the decompressed member.
    inner: int
    kept: bytes | None = field(repr=False)

    @property
    def file(self) -> str:
        """The file's name without `.open`."""
        return self.path.name.removesuffix(files.OPEN)

    @property
    def kind(self) -> str:
        """The WARC-Type: `response`, `request`, `revisit`, `metadata`, `resource`, `warcinfo`, ...; empty without."""
        return self.headers.get("WARC-Type") or ""

    @property
    def id(self) -> str:
        """The record's id as the index keeps it: its UUID, or the UUIDv5 of an id that is none."""
        return record_uuid(self.headers.get("WARC-Record-ID") or "")

    @property
    def date(self) -> str:
        """The WARC-Date as written."""
        return self.headers.get("WARC-Date") or ""

    @property
    def target_uri(self) -> str:
        """The address, without the angle brackets that some tools put around it; empty when absent."""
        uri = self.headers.get("WARC-Target-URI") or ""
        return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri

    def reference(self, name: str) -> str | None:
        """The UUID of the record that a field (`WARC-Refers-To`, `WARC-Concurrent-To`, ...) names."""
        value = self.headers.get(name)
        return record_uuid(value) if value else None

    def open(self) -> io.RawIOBase:
        """The block as a stream. Raises RecordError while it is read when the file changed under us."""
        return io.BytesIO(self.kept) if self.kept is not None else _Block(self)  # type: ignore[return-value]  # both read

    def pieces(self) -> Iterator[bytes]:
        """The block from its beginning, at most 256 KiB at a time when it is large."""
        if self.kept is not None:
            yield self.kept
            return
        with self.open() as stream:
            while piece := stream.read(PIECE):
                yield piece

    def block(self, limit: int = MAX_IN_MEMORY) -> bytes:
        """The block's bytes. Raises CorruptRecord for a block of more than `limit` bytes; `open` streams it."""
        if self.kept is not None:
            return self.kept
        if self.block_length > limit:
            raise CorruptRecord(
                f"a block of {self.block_length} bytes, at most {limit} are held", self.file, self.offset
            )
        return b"".join(self.pieces())

    def http(self) -> Http:
        """The block as an HTTP response: its head, and its body to be read."""
        pieces = self.pieces()
        start = next(pieces, b"")
        while len(start) < self.block_length and len(start) < KEPT_BLOCK and not split_head(start)[1]:
            start += next(pieces, b"")
        head, rest = split_head(start)
        return Http(head, parse_head(head), rest, pieces)


@dataclass(frozen=True, slots=True)
class Http:
    """An HTTP response inside a record. The body can be read once."""

    head_bytes: bytes
    head: ResponseHead
    _start: bytes
    _pieces: Iterator[bytes]

    def body(self) -> Iterator[bytes]:
        """What follows the head, as on the wire."""
        yield self._start
        yield from self._pieces

    def payload(self) -> Iterator[bytes]:
        """The body without chunked framing, content codings still on; the digest is taken over this."""
        return payload_pieces(self.head, self.body())


class _Block(io.RawIOBase):
    """A large block, inflated while it is read."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record
        self._file = files.open_binary(record.path)
        self._left = record.block_length
        self._stream = Stream(self._file, record.form, record.offset)
        with self._errors():
            self._stream.begin()
            skip = record.inner
            while skip:
                skip -= len(self._must(min(skip, PIECE)))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        view = memoryview(buffer).cast("B")
        if not self._left or not len(view):
            return 0
        with self._errors():
            piece = self._must(min(len(view), self._left))
        view[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _must(self, size: int) -> bytes:
        piece = self._stream.read(size)
        if not piece:
            raise StreamEnds("the record is shorter than it was")
        return piece

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except StreamError as error:
            raise CorruptRecord(str(error), self._record.file, self._record.offset) from None


def record_uuid(record_id: str) -> str:
    """The UUID of a record id; for an id that is none, its UUIDv5, so that the index has one form of ids.

    >>> record_uuid("<urn:uuid:8F8C59AC-5C4B-4C1A-9F5B-27A4D4B4B0A5>")
    '8f8c59ac-5c4b-4c1a-9f5b-27a4d4b4b0a5'
    """
    match = _UUID.fullmatch(record_id)
    return match[1].lower() if match else str(uuid.uuid5(uuid.NAMESPACE_URL, record_id.strip("<>")))
