"""`index.db` made anew from the WARC files alone, beside the old one, and put into its place in one step.

Killed at any instant it goes on where it stood: what is left to do follows from the new index itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing
from archive.index import runs
from archive.index.database import connect
from archive.owed import Elsewhere, Pages, Parse, Progress
from archive.recovery import absorb, name_importers
from archive.revisits import settle_revisits
from archive.unfinished import begun, finished, keep, mark, remove
from archive.warc import files

# Lost files that are told by name.
_NAMED: Final = 10
NAME: Final = "index.db.new"
"""The index that is being built, or that was built and not put into place."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read: WARC files, captures, pages parsed, and the damage it met and read on behind."""

    files: int
    captures: int
    parsed: int
    damage: tuple[ArchiveError, ...]


def rebuild(
    directory: Path,
    parse: Parse,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    elsewhere: Elsewhere | None = None,
    made_by: str | None = None,
) -> Rebuilt:
    """Builds a new index from the WARC files and swaps it in; until then the old one stands untouched.

    The arguments and what is raised are those of `build`.
    """
    rebuilt = build(directory, parse, progress, workers=workers, elsewhere=elsewhere, made_by=made_by)
    with contextlib.closing(connect(directory / NAME)) as db:
        finished(db)
    _swap(directory / NAME, directory / "index.db")
    return rebuilt


def build(
    directory: Path,
    parse: Parse,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    elsewhere: Elsewhere | None = None,
    made_by: str | None = None,
) -> Rebuilt:
    """Builds a new index from the WARC files as `index.db.new`; nothing of the archive changes.

    `parse`, `workers` and `elsewhere` are those of `owed.parse_owed`; `progress(stage, done, of)` is called as bytes
    are read (stage `read`) and pages parsed (stage `parse`). `made_by` says what parses (the parser's version, the
    definitions): a build that was killed goes on where it stood if it was made by the same, from files that are as they
    were. The caller holds the archive's lock. Raises ArchiveMissing when the directory cannot be written,
    ArchiveDamaged when WARC files are gone that the old index has read.
    """
    if not files.folder(directory).is_dir():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {files.folder(directory)}")
    _refuse_loss(directory, directory / "index.db")
    names = files.names_others_first(directory)
    marks = {name: mark(files.locate(directory, name)) for name in names}
    db, state = begun(directory / NAME, made_by, marks)
    try:
        keep(db, state)
        done, total = 0, sum(size for size, _ in marks.values())
        for name in names:
            # A page whose parse failed once is tried again: the parser may be a better one now.
            absorbed = absorb(db, files.locate(directory, name), retry=True)
            if absorbed.damage:
                state.damage += absorbed.damage
                keep(db, state)
            done += marks[name][0]
            if progress:
                progress("read", done, total)
        name_importers(directory, db)
        settle_revisits(directory, db)
        with db.atomic():
            runs.end_killed(db)
        pages = Pages(directory, db, parse, workers, state.damage, lambda: keep(db, state))
        pages.parse_owed(progress, elsewhere)
        [[count]] = db.execute("SELECT count(*) FROM capture").fetchall()
        [[parsed]] = db.execute("SELECT count(*) FROM capture WHERE parsed_by != ''").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException as error:
        db.close()
        if made_by is None or not isinstance(error, KeyboardInterrupt):
            remove(directory / NAME)
        raise
    db.close()
    return Rebuilt(len(names), count, parsed, tuple(state.damage))


def _refuse_loss(directory: Path, index: Path) -> None:
    """The old index alone tells of a WARC file that is gone; a new one would never know of it."""
    if not index.exists():
        return
    known: set[str] = set()
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(index)) as old:
        known = {name for (name,) in old.execute("SELECT name FROM warc_file WHERE indexed_to > 0")}
    lost = sorted(known - set(files.names(directory)))
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        raise ArchiveDamaged(
            f"{directory} has lost WARC files that the index has read: {', '.join(lost[:_NAMED])}{more}; put them back "
            f"into {files.folder(directory)}, or delete {index} to make an index of what is left"
        )


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
