"""The page behind a capture: its payload, taken from the record it refers to when it is a revisit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import CorruptRecord, NotFound
from archive.http import CutContent, Decoded, ResponseHead, content_of
from archive.model import Capture
from archive.warc.reader import Record, read_record

MAX_PAYLOAD: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """What a capture shows. `head` is the capture's own (for a 304 that of the page it confirms).

    `payload` still has its content codings; `decode` takes them off.
    """

    head: ResponseHead
    head_bytes: bytes
    payload: bytes

    @property
    def content_type(self) -> str | None:
        """The Content-Type header as sent."""
        return self.head.get("content-type")

    def decode(self) -> Decoded:
        """The payload without its codings. Raises archive.http.DecodeError."""
        return content_of(self.head, self.payload)

    def page(self) -> bytes:
        """The payload without its codings, to be parsed. Raises DecodeError, also where a coding ends too early.

        Half a page would be taken for one that was rewritten.
        """
        decoded = self.decode()
        if not decoded.complete:
            raise CutContent("the content's coding ends too early")
        return decoded.data


def content_of_capture(
    directory: Path, capture: Capture, get: Callable[[str], Capture], limit: int = MAX_PAYLOAD
) -> Content:
    """Reads a capture's payload; `get` finds a capture by id and raises NotFound (`captures.get` of the index).

    A revisit is followed once, to a response or resource with the same digest: no chain, no loop. Raises RecordError
    (the record is damaged, is another one, or holds more than `limit` bytes), NotFound (a revisit of nothing that can
    be read) and ArchiveMissing (the file is gone).
    """
    record = _record(directory, capture)
    if capture.kind == "resource":
        mime = record.headers.get("Content-Type") or ""
        return Content(ResponseHead(None, "", (("Content-Type", mime),)), b"", record.block(limit))
    if capture.kind == "response":
        http = record.http()
        return Content(http.head, http.head_bytes, _joined(http.payload(), limit, record))
    own = record.http()
    if not capture.refers_to or capture.refers_to == capture.id:
        raise NotFound(f"capture {capture.id} repeats an earlier one, but does not say which")
    original = get(capture.refers_to)
    if original.kind == "revisit" or original.digest != capture.digest:
        raise NotFound(f"capture {capture.id} repeats {original.id}, which does not hold its payload")
    source = content_of_capture(directory, original, get, limit)
    head, head_bytes = (source.head, source.head_bytes) if own.head.status == 304 else (own.head, own.head_bytes)
    return Content(head, head_bytes, source.payload)


def _record(directory: Path, capture: Capture) -> Record:
    record = read_record(directory, capture.warc_file, capture.offset)
    if record.id != capture.id:
        raise CorruptRecord(f"another record than capture {capture.id} stands here", capture.warc_file, capture.offset)
    return record


def _joined(pieces: Iterable[bytes], limit: int, record: Record) -> bytes:
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise CorruptRecord(f"a payload of more than {limit} bytes", record.file, record.offset)
        held.append(piece)
    return b"".join(held)
