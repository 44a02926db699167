"""WARC files of other tools brought into the form that an archive keeps: one gzip member a record.

Members that hold one record are copied byte for byte, so that a file which has that form already comes out as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import CorruptRecord, ImportRefused, RecordError
from archive.warc import files
from archive.warc.member import pack
from archive.warc.reader import Record, scan
from archive.warc.rows import instant, is_capture
from archive.warc.rules import missing
from archive.warc.streams import GZIP, Stream, StreamError

# Damage beyond this is counted and not told one by one.
MAX_TOLD: Final = 100
# Bytes inflated again to reach large blocks behind others in one gzip stream: no file that is meant to be read needs
# as much.
_MAX_INFLATED_AGAIN: Final = 16 << 30
_COPIED: Final = 1 << 20

Held = Callable[[Record], str | None]


@dataclass(slots=True)
class Repacked:
    """What a file gave. `known` captures were in the archive before and are left out, with what belongs to them.

    `damage` is the first hundred of `damaged` places that could not be taken, with the file's name as it was given.
    """

    records: int = 0
    captures: int = 0
    known: int = 0
    damaged: int = 0
    damage: tuple[RecordError, ...] = ()

    def tell(self, error: RecordError) -> None:
        """Adds one damage."""
        self.damaged += 1
        if len(self.damage) < MAX_TOLD:
            self.damage += (error,)


def repack(
    source: Path, target: BinaryIO, label: str, held: Held, progress: Callable[[int], None] | None = None
) -> Repacked:
    """Writes the records of `source`, read leniently, to `target`; `label` is how people know the source.

    `held(record)` says of a capture whether the archive has it: empty when it has that very one, a reason when it has
    another under the same id, None when it has none. Damage is told and read on behind. `progress` gets the offset that
    was reached. Raises ImportRefused for what is no WARC file, or one in a form that is not read.
    """
    refuse_other_forms(source, label)
    done = Repacked()
    dropped: set[str] = set()
    seen: set[str] = set()
    again = 0
    with files.open_binary(source) as raw:
        for found in scan(source, lenient=True):
            if isinstance(found, RecordError):
                done.tell(type(found)(found.reason, label, found.offset))
                continue
            if progress:
                progress(found.offset)
            if not found.length and found.kept is None and found.form != "plain":
                again += found.inner
                if again > _MAX_INFLATED_AGAIN:
                    raise ImportRefused(f"{label} is one large gzip stream; unpack it with gunzip, then import that")
            reason = _unfit(found) if found.id not in seen else "a second record with the id of an earlier one"
            if reason is None and is_capture(found):
                reason = held(found)
                if reason == "":
                    done.known += 1
                    dropped.add(found.id)
                    continue
                done.captures += reason is None
            if reason is not None:
                dropped |= {found.id} - seen
                done.tell(CorruptRecord(reason, label, found.offset))
                continue
            if _belongs_to(found, dropped):
                continue
            seen.add(found.id)
            done.records += 1
            _write(found, raw, target)
    if not done.records and not done.known:
        said = f" ({done.damage[0].reason})" if done.damage else ""
        raise ImportRefused(f"{label} holds no WARC record that can be read{said}")
    return done


def refuse_other_forms(source: Path, label: str) -> None:
    """Raises ImportRefused for an ARC file, ArchiveMissing for no regular file."""
    with files.open_binary(source) as file:
        start = file.read(64)
        if start.startswith(GZIP):
            file.seek(0)
            with contextlib.suppress(StreamError):  # the reader tells of damage
                stream = Stream(file, "gzip", 0)
                stream.begin()
                start = stream.read(64)
    if start.startswith(b"filedesc:"):
        raise ImportRefused(f"{label} is an ARC file, which is not read; convert it with `warcio recompress` first")


def _unfit(record: Record) -> str | None:
    """Why a record cannot stand in an archive; types that the standard does not know may."""
    for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date"):
        if not record.headers.get(name):
            return f"no {name}"
    try:
        instant(record.date)
    except (ValueError, OverflowError):
        return f"its date {record.date[:40]!r} is none"
    lack = missing(record.headers)
    return lack if lack == "no WARC-Target-URI" else None


def _belongs_to(record: Record, dropped: set[str]) -> bool:
    """Whether a record goes with a capture that is left out: its request, its metadata."""
    if not dropped or record.kind not in ("request", "metadata"):
        return False
    return not dropped.isdisjoint(filter(None, map(record.reference, ("WARC-Concurrent-To", "WARC-Refers-To"))))


def _write(record: Record, raw: BinaryIO, target: BinaryIO) -> None:
    if record.form == "gzip" and record.length:
        raw.seek(record.offset)
        left = record.length
        while left and (piece := raw.read(min(left, _COPIED))):
            target.write(piece)
            left -= len(piece)
        return
    for piece in pack(_parts(record)):
        target.write(piece)


def _parts(record: Record) -> Iterator[tuple[bytes, bool]]:
    lines = "".join(f"{name}: {value}\r\n" for name, value in record.headers.fields)
    yield f"{record.headers.version}\r\n{lines}\r\n".encode(), False
    for piece in record.pieces():
        yield piece, False
    yield b"\r\n\r\n", False
