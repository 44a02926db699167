"""Brings the index up to the WARC files, and the WARC files to their last whole record: at each start, and by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveMissing, RecordError, TruncatedRecord
from archive.index import captures, runs
from archive.index.database import connect
from archive.lock import Lock
from archive.model import Run
from archive.warc import files
from archive.warc.reader import Record, scan
from archive.warc.rows import Gatherer, Rows, run_of_warcinfo

_BATCH: Final = 500
_STARTS_EXCHANGE: Final = frozenset(("response", "revisit", "resource", "warcinfo"))


@dataclass(frozen=True, slots=True)
class Cut:
    """A torn tail that was taken off a file: what a killed process had not finished, and nobody was promised."""

    file: str
    offset: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recovery found and did. `captures` were in the WARC and not in the index; `damage` stands as it was."""

    captures: int = 0
    cuts: tuple[Cut, ...] = ()
    damage: tuple[RecordError, ...] = ()


def recover(directory: Path, db: Database) -> Recovery:
    """Indexes whole records that the index has not seen, cuts torn last members of `.open` files, takes `.open` off.

    Captures found here are owed a parse. Damage with whole records behind it is never cut, nor is the torn end of a
    file that was finished: it is reported at each start, and never written behind. The caller holds the lock.
    """
    found = 0
    cuts: list[Cut] = []
    damage: list[RecordError] = []
    for name in files.names_others_first(directory):
        path = files.locate(directory, name)
        size = path.stat().st_size
        seen = captures.indexed_to(db, name)
        if seen > size:
            damage.append(TruncatedRecord(f"the index has seen {seen} bytes of it, its end is lost", name, size))
        if seen < size:
            absorbed = absorb(db, path)
            found += absorbed.captures
            if absorbed.torn is not None and path.name != name:
                _cut(path, absorbed.torn.offset)
                cuts.append(Cut(name, absorbed.torn.offset, size - absorbed.torn.offset))
                damage += absorbed.damage[:-1]
            else:
                damage += absorbed.damage
        if path.name != name:
            _finish(path, name)
    name_importers(directory, db)
    return Recovery(found, tuple(cuts), tuple(damage))


def recover_by_hand(directory: Path) -> Recovery:
    """`recover` without a run that follows: takes the lock, opens the index. Raises ArchiveBusy, ArchiveMissing."""
    if not files.folder(directory).is_dir():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {files.folder(directory)}")
    with Lock.acquire(directory), closing(connect(directory / "index.db")) as db:
        done = recover(directory, db)
        with db.atomic():
            runs.end_killed(db)
        return done


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What one file gave to the index. `torn` is the last of the damage when no whole record stands behind it."""

    captures: int
    damage: tuple[RecordError, ...]
    torn: RecordError | None


def absorb(db: Database, path: Path, *, retry: bool = False) -> Absorbed:
    """Writes what the index has not seen of one file into it, in transactions of some hundred captures.

    With `retry` a page whose parse failed is owed one again.
    """
    name = path.name.removesuffix(files.OPEN)
    start = captures.indexed_to(db, name)
    importer = None if files.is_ours(name) else runs.importer_of(db, name)
    gatherer = Gatherer(lambda warcinfo: _run_before(path, start, warcinfo), importer=importer)
    damage: list[RecordError] = []
    torn: RecordError | None = None
    count = 0
    for found in scan(path, lenient=True, start=start):
        if isinstance(found, RecordError):
            damage.append(found)
            torn = found
            continue
        torn = None
        if len(gatherer.rows.captures) >= _BATCH and found.kind in _STARTS_EXCHANGE:
            count += len(gatherer.rows.captures)
            _write(db, gatherer.take(), name, found.offset, retry)
        gatherer.add(found)
    count += len(gatherer.rows.captures)
    _write(db, gatherer.take(), name, torn.offset if torn else path.stat().st_size, retry)
    return Absorbed(count, tuple(damage), torn)


def name_importers(directory: Path, db: Database) -> None:
    """Gives captures of other tools' files to the runs that took these in, once our files have told of it."""
    with db.atomic():
        for name in files.names(directory):
            importer = None if files.is_ours(name) else runs.importer_of(db, name)
            if importer is not None:
                captures.set_run(db, name, importer)


def _write(db: Database, rows: Rows, name: str, end: int, retry: bool) -> None:
    with db.atomic():
        for run in rows.runs:
            runs.start(db, run)
        captures.insert(db, list(rows.captures.values()))
        for capture_id, (file, offset) in rows.metadata.items():
            captures.set_metadata(db, capture_id, file, offset)
        runs.add_outcomes(db, rows.outcomes, settle=not retry)
        for run_end in rows.ends:
            runs.finish(db, run_end.run_id, run_end.finished_at, run_end.outcome, run_end.counts)
        captures.set_indexed_to(db, name, end)


def _run_before(path: Path, end: int, warcinfo: str) -> Run | None:
    """The run of a warcinfo record that stands before the part of the file that is read."""
    return next((run_of_warcinfo(record) for record in _until(path, end) if record.id == warcinfo), None)


def _until(path: Path, end: int) -> Iterator[Record]:
    for found in scan(path, lenient=True):
        if isinstance(found, RecordError):
            continue
        if found.offset >= end:
            return
        yield found


def _cut(path: Path, offset: int) -> None:
    try:
        with path.open("r+b") as file:
            file.truncate(offset)
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveMissing(f"{path} has a torn end that cannot be cut ({error.strerror})") from error


def _finish(path: Path, name: str) -> None:
    try:
        if path.stat().st_size:
            path.rename(path.with_name(name))
        else:
            path.unlink()
        files.sync_folder(path.parent)
    except OSError as error:
        raise ArchiveMissing(f"{path} cannot be renamed ({error.strerror})") from error
