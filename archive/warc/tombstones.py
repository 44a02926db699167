"""Records that were taken out of a WARC file: in the place of each stands one of the same length that says so.

Offsets stay what they were, so that index and CDXJ hold. A tombstone is a `metadata` record with the id of what it
replaces, without an address; its gzip member is filled up with blanks, or where that does not fit with empty blocks.
"""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import ArchiveError, WriteFailed
from archive.warc import files
from archive.warc.compose import one_line
from archive.warc.digest import digest_of
from archive.warc.member import pack
from archive.warc.reader import read_record
from archive.warc.record import Record

SAID: Final = b"taken down"
_EMPTY_BLOCK: Final = b"\x00\x00\x00\xff\xff"


def bury(directory: Path, name: str, offsets: Iterable[int], reason: str) -> int:
    """Replace the records at these offsets of a WARC file; returns how many were not tombstones yet.

    The file is written anew beside the old one and takes its place in one step. Raises RecordError, ArchiveMissing,
    WriteFailed.
    """
    records = [read_record(directory, name, offset) for offset in sorted(set(offsets))]
    waiting = [(record, tombstone(record, reason)) for record in records if not is_tombstone(record)]
    if not waiting:
        return 0
    path = files.locate(directory, name)
    part = path.with_name(path.name + ".part")
    try:
        with path.open("rb") as source, part.open("wb") as target:
            at = 0
            for record, member in waiting:
                _copy(source, target, record.offset - at)
                target.write(member)
                at = record.offset + record.length
                source.seek(at)
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
        files.sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WriteFailed(f"{path} cannot be rewritten: {error.strerror}") from error
    return len(waiting)


def is_tombstone(record: Record) -> bool:
    """Whether a record stands for one that was taken out."""
    return record.kind == "metadata" and not record.target_uri and next(iter(record.pieces()), b"").startswith(SAID)


def tombstone(record: Record, reason: str) -> bytes:
    """A gzip member as long as the record's own. Raises ArchiveError where it would be longer."""
    for said in (SAID + b": " + one_line(reason, 500).encode("utf-8", "replace"), SAID):
        member = _blanks(record, said) or _empty_blocks(record, said)
        if member:
            return member
    raise ArchiveError(f"{record.file} at byte {record.offset}: the record is too short for a tombstone")


def _blanks(record: Record, said: bytes) -> bytes | None:
    for spare in range(5):
        room = record.length - len(_EMPTY_BLOCK) * spare
        # What lengths of blanks come near; the number in Content-Length takes part of the room.
        blanks = room - len(_stored(_bytes(record, said), 0))
        for guess in range(blanks, max(blanks - 24 - blanks // 8192, -1), -1):
            member = _stored(_bytes(record, said + b" " * guess), spare)
            if len(member) == record.length:
                return member
            if len(member) < record.length - 12:
                break
    return None


def _empty_blocks(record: Record, said: bytes) -> bytes | None:
    for more in range(12):
        data = _bytes(record, said + b"-~=+_/|<>*#%"[:more])
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
        tail = b"\x01\x00\x00\xff\xff" + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
        rest = record.length - 10 - len(packed) - len(tail)
        if rest >= 0 and rest % len(_EMPTY_BLOCK) == 0:
            head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
            return head + packed + _EMPTY_BLOCK * (rest // len(_EMPTY_BLOCK)) + tail
    return None


def _stored(data: bytes, spare: int) -> bytes:
    member = b"".join(pack([(data, True)]))
    return member[:10] + _EMPTY_BLOCK * spare + member[10:]


def _bytes(record: Record, block: bytes) -> bytes:
    kept = ("WARC-Date", "WARC-Record-ID", "WARC-Warcinfo-ID")
    headers = [(name, record.headers.get(name)) for name in kept]
    lines = ["WARC/1.1", "WARC-Type: metadata", *(f"{name}: {value}" for name, value in headers if value)]
    lines += [f"WARC-Block-Digest: {digest_of(block)}", "Content-Type: text/plain", f"Content-Length: {len(block)}"]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + block + b"\r\n\r\n"


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length:
        piece = source.read(min(length, 1 << 20))
        if not piece:
            raise OSError(0, "it became shorter meanwhile")
        target.write(piece)
        length -= len(piece)
