"""`index.db` made anew from the WARC files alone, beside the old one, and put into its place in one step."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveError, ArchiveMissing, NotFound, RecordError
from archive.http import DecodeError
from archive.index import captures, items, runs
from archive.index.database import connect
from archive.model import Capture, Items, Outcome
from archive.recovery import absorb
from archive.warc import files
from archive.warc.content import content_of_capture

_BATCH: Final = 200

Parse = Callable[[Capture, bytes, str | None], Items | Outcome | None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read: WARC files, captures, pages parsed, and the damage it met and read on behind."""

    files: int
    captures: int
    parsed: int
    damage: tuple[ArchiveError, ...]


def rebuild(directory: Path, parse: Parse, progress: Progress | None = None) -> Rebuilt:
    """Builds a new index from the WARC files and swaps it in; until then the old one stands untouched.

    `parse(capture, content, content_type)` gets the decoded content of each capture that may hold a page and gives its
    items, an outcome when the parse failed, or None where there is nothing to parse. `progress(stage, done,
    of)` is called as bytes are read (stage `read`) and pages parsed (stage `parse`). The caller holds the archive's
    lock. Raises ArchiveMissing when the directory cannot be written.
    """
    if not files.folder(directory).is_dir():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {files.folder(directory)}")
    target = directory / "index.db"
    fresh = directory / "index.db.new"
    _remove(fresh)
    db = connect(fresh)
    try:
        names = files.names(directory)
        sizes = [files.locate(directory, name).stat().st_size for name in names]
        count = done = 0
        damage: list[ArchiveError] = []
        for name, size in zip(names, sizes, strict=True):
            absorbed = absorb(db, files.locate(directory, name))
            count += absorbed.captures
            damage += absorbed.damage
            done += size
            if progress:
                progress("read", done, sum(sizes))
        # A page whose parse failed once is tried again: the parser may be a better one now.
        db.execute("UPDATE capture SET parsed_by = NULL WHERE id IN (SELECT capture_id FROM outcome)")
        [[owed]] = db.execute("SELECT count(*) FROM capture WHERE parsed_by IS NULL").fetchall()
        parsed = _parse_all(directory, db, owed, parse, progress, damage)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException:
        db.close()
        _remove(fresh)
        raise
    db.close()
    _swap(fresh, target)
    return Rebuilt(len(names), count, parsed, tuple(damage))


def _parse_all(
    directory: Path, db: Database, count: int, parse: Parse, progress: Progress | None, damage: list[ArchiveError]
) -> int:
    owed = captures.unparsed(db)
    seen = parsed = 0
    more = True
    while more:
        more = False
        with db.atomic():
            for capture in owed:
                seen += 1
                parsed += _parse_one(directory, db, capture, parse, damage)
                if seen % _BATCH == 0:
                    more = True
                    break
        if progress:
            progress("parse", seen, count)
    return parsed


def _parse_one(directory: Path, db: Database, capture: Capture, parse: Parse, damage: list[ArchiveError]) -> int:
    found: Items | Outcome | None = None
    try:
        content = content_of_capture(directory, capture, lambda capture_id: captures.get(db, capture_id))
        found = parse(capture, content.decode().data, content.content_type)
    except DecodeError:
        found = None
    except (RecordError, NotFound, ArchiveMissing) as error:
        damage.append(error)
    if isinstance(found, Items):
        items.apply(db, capture, found)
        return 1
    if isinstance(found, Outcome) and not _recorded(db, found):
        runs.add_outcomes(db, [found])
    db.execute("UPDATE capture SET parsed_by = '' WHERE id = ? AND parsed_by IS NULL", (capture.id,))
    return 0


def _recorded(db: Database, outcome: Outcome) -> bool:
    """Whether the WARC tells of that failure already; its instant then stays the one that was recorded."""
    row = db.execute(
        "SELECT 1 FROM outcome WHERE capture_id = ? AND outcome = ?", (outcome.capture_id, outcome.outcome)
    ).fetchone()
    return row is not None


def _swap(fresh: Path, target: Path) -> None:
    """Puts the new index into place. A write-ahead log left by the old one must never be read with the new one."""
    if target.exists():
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(target)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        fresh.replace(target)
        files.sync_folder(target.parent)
    except OSError as error:
        raise ArchiveMissing(f"{target} cannot be replaced ({error.strerror})") from error


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
