"""From a capture to what it carried: the record is read, a revisit led back to the bytes it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError, NotFound, RecordError
from archive.http import DecodeError, ResponseHead, content_of
from archive.index import captures
from archive.model import Capture
from archive.warc.reader import read_record
from archive.warc.record import Record

# A body is held in memory while it is shown; what is larger is for `seogo show --raw`, which streams.
MAX_BODY = 64 << 20
_MAX_HOPS = 8
_NO_HEAD = ResponseHead(None, "", ())


class Unavailable(ArchiveError):
    """The capture is known, and cannot be shown: what it refers to is not there, or cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a capture carried. `head` is its own; `data` the decoded content, which a revisit has from elsewhere."""

    head: ResponseHead
    content_type: str | None
    data: bytes


def load(directory: Path, db: Database, capture: Capture) -> Body:
    """The capture's head and decoded content. Raises Unavailable and RecordError."""
    record = _record(directory, capture)
    if capture.kind == "resource":
        return Body(_NO_HEAD, capture.mime, record.block(MAX_BODY))
    own = record.http().head
    source = _source(db, capture)
    holder = record if source is capture else _record(directory, source)
    if source.kind == "resource":
        return Body(own, own.get("content-type") or source.mime, holder.block(MAX_BODY))
    message = holder.http()
    try:
        data = content_of(message.head, _bounded(message.payload(), holder)).data
    except DecodeError as error:
        raise Unavailable(f"The content of capture {source.id} cannot be decoded: {error}") from None
    return Body(own, own.get("content-type") or message.head.get("content-type"), data)


def head_of(directory: Path, capture: Capture) -> ResponseHead:
    """The capture's own status line and headers. Raises RecordError."""
    return _NO_HEAD if capture.kind == "resource" else _record(directory, capture).http().head


def _record(directory: Path, capture: Capture) -> Record:
    record = read_record(directory, capture.warc_file, capture.offset)
    if record.id != capture.id:
        raise RecordError(
            "another record stands here than the index says; run `seogo reindex`", capture.warc_file, capture.offset
        )
    return record


def _source(db: Database, capture: Capture) -> Capture:
    """The capture whose record holds the content. Raises Unavailable for references that lead nowhere or in circles."""
    seen = {capture.id}
    current = capture
    while current.kind == "revisit":
        if current.refers_to:
            try:
                target: Capture | None = captures.get(db, current.refers_to)
            except NotFound:
                target = None
        else:
            target = captures.by_digest(db, current.digest) if current.digest else None
        if target is None:
            raise Unavailable("This capture repeats an earlier one that is not in the archive.")
        if target.id in seen or len(seen) > _MAX_HOPS:
            raise Unavailable("This capture repeats an earlier one, which leads back in a circle.")
        if current.digest and target.digest and current.digest != target.digest:
            raise Unavailable("This capture repeats an earlier one whose content is another than it should be.")
        seen.add(target.id)
        current = target
    return current


def _bounded(pieces: Iterator[bytes], record: Record) -> bytes:
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BODY:
            place = f"{record.file} at byte {record.offset}"
            raise Unavailable(f"The body is larger than {MAX_BODY >> 20} MiB ({place}): use `seogo show --raw`.")
        kept.append(piece)
    return b"".join(kept)
