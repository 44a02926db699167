"""Reads records: ours or another tool's, whole or damaged. Every record that comes out of here is structurally sound.

Strict by default; `lenient=True` is for files that others made. Damage is a RecordError with file and offset, and
reading goes on behind it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import CorruptRecord, RecordError, TruncatedRecord
from archive.warc import files
from archive.warc.headers import MAX_HEADER, HeaderProblem, content_length, parse
from archive.warc.record import KEPT_BLOCK, PIECE
from archive.warc.record import Record as Record
from archive.warc.record import record_uuid as record_uuid
from archive.warc.rules import missing
from archive.warc.streams import Form, Stream, StreamEnds, StreamError, form_of, next_member

_END_OF_HEADER: Final = re.compile(rb"\r\n\r\n|\n\n")


def read_record(directory: Path, warc_file: str, offset: int) -> Record:
    """The record at an offset of an archive directory's file, NAME or NAME.open. Raises RecordError, ArchiveMissing."""
    path = files.locate(directory, warc_file)
    with files.open_binary(path) as file:
        if not 0 <= offset < os.fstat(file.fileno()).st_size:
            raise TruncatedRecord("the file has no such offset", warc_file, offset)
        stream = Stream(file, form_of(file, warc_file), offset)
        try:
            stream.begin()
        except StreamError as error:
            raise _typed(error, path, offset) from None
        for record in _member(path, stream, lenient=True):
            return record
        raise CorruptRecord("no record begins here", path.name, offset)


def scan(path: Path, *, lenient: bool = False, start: int = 0) -> Iterator[Record | RecordError]:
    """The records of a file from an offset on, and in their places the errors of what could not be read.

    One error stands for all that is unreadable up to the next whole record. Behind damage in a file of ours only
    records that name a warcinfo record of that file are taken: an archived body may itself be a WARC file, stored as
    it came.
    """
    with files.open_binary(path) as file:
        form = form_of(file, path.name)
        offset: int | None = start
        own: frozenset[str] | None = None
        lost = False
        while offset is not None:
            stream = Stream(file, form, offset)
            try:
                while stream.begin():
                    offset = stream.position
                    for record in _member(path, stream, lenient=lenient):
                        if own and record.reference("WARC-Warcinfo-ID") not in own and not _names_itself(record):
                            continue
                        if own and record.kind == "warcinfo":
                            own |= {record.id}
                        lost = False
                        yield record
                    offset = stream.position
                return
            except (StreamError, RecordError) as error:
                if not lost:
                    yield error if isinstance(error, RecordError) else _typed(error, path, offset)
                lost = True
            if _drain(stream):
                offset = stream.position
                continue
            if own is None:
                own = _warcinfo_ids(file, path, form, offset)
            offset = next_member(file, form, offset + 1)


def _names_itself(record: Record) -> bool:
    return record.kind == "warcinfo" and record.headers.get("WARC-Filename") == record.file


def _warcinfo_ids(file: BinaryIO, path: Path, form: Form, end: int) -> frozenset[str]:
    """The ids of the warcinfo records before an offset that name this very file; none for files of other tools."""
    found: set[str] = set()
    stream = Stream(file, form, 0)
    with contextlib.suppress(StreamError, RecordError):
        while stream.position < end and stream.begin():
            found |= {record.id for record in _member(path, stream, lenient=True) if _names_itself(record)}
    return frozenset(found)


def _typed(error: StreamError, path: Path, offset: int) -> RecordError:
    kind = TruncatedRecord if isinstance(error, StreamEnds) else CorruptRecord
    return kind(str(error), path.name, offset)


def _drain(stream: Stream) -> bool:
    """Reads a member to its end; False when that is no way to the next record."""
    if stream.failed or stream.form == "plain":
        return stream.sound and not stream.failed
    try:
        while stream.read(PIECE):
            pass
    except StreamError:
        return False
    return True


def _member(path: Path, stream: Stream, *, lenient: bool) -> Iterator[Record]:
    """The record of a member that was begun; in lenient reading all of them, where a tool packed several into one.

    Raises RecordError; `stream.sound` then tells whether the stream stands behind the record all the same.
    """
    offset = stream.position
    pending = b""
    inner = 0
    stream.sound = False
    try:
        while True:
            data = pending or stream.read(PIECE)
            if not data:
                if inner or lenient:
                    return
                raise CorruptRecord("an empty member", path.name, offset)
            while (end := _END_OF_HEADER.search(data)) is None:
                more = stream.read(PIECE) if len(data) <= MAX_HEADER else b""
                if not more and lenient and not data.strip(b"\r\n"):
                    return
                if not more:
                    raise CorruptRecord(f"no end of the header within {len(data)} bytes", path.name, offset)
                data += more
            if end.end() > MAX_HEADER:
                raise CorruptRecord(f"a header of more than {MAX_HEADER >> 10} KiB", path.name, offset)
            headers = parse(data[: end.end()], lenient=lenient)
            length = content_length(headers)
            kept, rest = _block(stream, data[end.end() :], length)
            pending, blank = _behind(stream, rest, length, lenient)
            shared = bool(pending) or bool(inner)
            stream.sound = True
            lack = None if lenient else missing(headers)
            if lack:
                raise HeaderProblem(lack)
            yield Record(
                path,
                offset,
                0 if shared else stream.position - offset,
                headers,
                length,
                stream.form,
                inner + end.end(),
                kept,
            )
            if stream.form == "plain" or not pending:
                return
            inner += end.end() + length + blank
    except HeaderProblem as problem:
        raise CorruptRecord(str(problem), path.name, offset) from None
    except StreamError as error:
        raise _typed(error, path, offset) from None


def _block(stream: Stream, start: bytes, length: int) -> tuple[bytes | None, bytes]:
    """Reads to the block's end: the block when it is small, and what was read beyond it."""
    if length <= KEPT_BLOCK:
        pieces, have = [start], len(start)
        while have < length and (piece := stream.read(PIECE)):
            pieces.append(piece)
            have += len(piece)
        data = b"".join(pieces)
        kept, rest = data[:length], data[length:]
    else:
        kept, rest, have = None, start[length:], len(start)
        while have < length and (piece := stream.read(PIECE)):
            rest = piece[max(length - have, 0) :]
            have += len(piece)
    if have < length:
        short = f"Content-Length says {length} bytes, the record holds {have}"
        raise StreamEnds(short) if stream.form == "plain" else HeaderProblem(short)
    return kept, rest


def _behind(stream: Stream, rest: bytes, length: int, lenient: bool) -> tuple[bytes, int]:
    """Checks that blank lines follow the block.

    Gives what follows them in the same member (given back to the stream of a plain file) and how many bytes they took.
    """
    while len(rest) < 16 and (piece := stream.read(16)):
        rest += piece
    tail = rest[4:] if rest.startswith(b"\r\n\r\n") else rest.lstrip(b"\r\n")
    blank = len(rest) - len(tail)
    if tail and not tail.startswith(b"WARC/") and (blank < 4 or lenient):
        raise HeaderProblem(f"Content-Length {length} is too small, the block goes on behind it")
    if rest[:4] != b"\r\n\r\n" and not lenient:
        cut = "the two line ends behind the record are cut"
        raise StreamEnds(cut) if stream.form == "plain" and not tail else HeaderProblem(cut)
    if stream.form == "plain":
        stream.unread(tail)
        return b"", blank
    tail = tail or stream.read(PIECE)
    if tail and not lenient:
        raise HeaderProblem("several records in one compressed member; `seogo import` packs them one by one")
    return tail, blank
