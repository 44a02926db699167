"""Archives joined into one: their WARC files as they are, what was taken down, and an index of it all.

Sources are only read. Each file of theirs is brought in under a hidden name and gets its own in one step; killed in
between, the next merge goes on. A record comes in once: of a file that is there already, as it was when it was merged
before, only what it has grown by is taken.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveBusy, ArchiveMissing
from archive.files_joined import HIDDEN, File, take
from archive.index import exclusions, runs
from archive.index.database import connect
from archive.index.schema import MIGRATION_NAMES
from archive.lock import Lock
from archive.owed import Parse, parse_owed
from archive.recovery import recover
from archive.revisits import settle_revisits
from archive.warc import files
from archive.warc.digest import digest_of

Progress = Callable[[str, int, int], None]

_MOST_EXCLUSIONS: Final = 1 << 28

# Payloads that more than one worker stored whole; an empty one is never a revisit.
_DUPLICATES: Final = """SELECT count(*), coalesce(sum(times), 0), coalesce(sum(total - least), 0) FROM (
    SELECT count(*) AS times, sum(length) AS total, min(length) AS least FROM captures
    WHERE kind = 'response' AND truncated IS NULL AND digest IS NOT NULL AND digest != ?
    GROUP BY digest HAVING count(DISTINCT warc_file) > 1)"""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Payloads that several workers stored: how many, in how many captures, and the bytes that one of each spares."""

    payloads: int
    captures: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: files, captures that were new to the index, pages parsed, exclusions taken over.

    `refused` are sentences about files that are not to be trusted, `damage` about what cannot be read in others.
    """

    files: tuple[File, ...]
    captures: int
    pages: int
    exclusions: int
    duplicates: Duplicates
    refused: tuple[str, ...]
    damage: tuple[str, ...]
    notes: tuple[str, ...]


@contextmanager
def held(sources: Sequence[Path], target: Path) -> Iterator[tuple[Path, ...]]:
    """The sources, each once, while nobody writes to them. Their locks are only read.

    Raises ArchiveMissing (no archive, or the target itself) and ArchiveBusy.
    """
    found: dict[Path, Path] = {}
    with ExitStack() as stack:
        for source in sources:
            if not files.folder(source).is_dir():
                raise ArchiveMissing(f"{source} is no archive: there is no folder {files.folder(source)}")
            if source.resolve() == target.resolve():
                raise ArchiveMissing(f"{source} is the archive to merge into; name the others alone")
            if source.resolve() in found:
                continue
            found[source.resolve()] = source
            lock = source / "state" / "lock"
            if lock.is_file():
                stack.callback(os.close, _share(lock, source))
        yield tuple(found.values())


def merge(
    sources: Sequence[Path],
    target: Path,
    lock: Lock,
    parse: Parse,
    progress: Progress | None = None,
    *,
    workers: int = 1,
) -> Merged:
    """Joins sources, which are `held`, into a target, whose lock the caller holds.

    `parse` and `workers` as for `rebuild`; `progress(stage, done, of)` with the stages `copy` and `parse`. Afterwards
    every public table is what a rebuild of the target would give. Raises ArchiveMissing, ArchiveDamaged, SchemaTooNew
    and WriteFailed; what was merged by then stays, and merging again goes on.
    """
    lock.claim()
    try:
        files.make_directories(target)
        for left in files.folder(target).glob(f"{HIDDEN}*"):
            left.unlink()
        taken_down = sum(_take_exclusions(source, target) for source in sources)
        with closing(connect(target / "index.db")) as db:
            recover(target, db)
            before = _count(db)
            taken, refused = _take_files(sources, target, db, progress)
            found = recover(target, db)
            settle_revisits(target, db)
            with db.atomic():
                runs.end_killed(db)
            pages, unreadable = parse_owed(target, db, parse, progress, workers=workers)
            duplicates = Duplicates(*db.execute(_DUPLICATES, (digest_of(b""),)).fetchone())
            new = _count(db) - before
    finally:
        lock.unclaim()
    notes = tuple(note for source in sources for note in _notes(source))
    damage = tuple(str(error) for error in (*found.damage, *unreadable))
    return Merged(tuple(taken), new, pages, taken_down, duplicates, tuple(refused), damage, notes)


def _take_exclusions(source: Path, target: Path) -> int:
    log = source / exclusions.NAME
    if log.is_symlink() or (log.exists() and (not log.is_file() or log.stat().st_size > _MOST_EXCLUSIONS)):
        raise ArchiveMissing(f"{log} is no file of exclusions; it says what must stay hidden, so nothing was merged")
    known = exclusions.read(target)
    new = [one for one in exclusions.read(source) if one not in known]
    for one in new:
        exclusions.append(target, one)
    return len(new)


def _take_files(
    sources: Sequence[Path], target: Path, db: Database, progress: Progress | None
) -> tuple[list[File], list[str]]:
    taken: list[File] = []
    refused: list[str] = []
    names = [(source, name) for source in sources for name in files.names_others_first(source)]
    sizes = [_size(source, name) for source, name in names]
    done = 0
    for (source, name), size in zip(names, sizes, strict=True):
        try:
            taken.append(take(source, name, target, db))
        except ArchiveMissing as error:
            refused.append(str(error))
        done += size
        if progress:
            progress("copy", done, sum(sizes))
    return taken, refused


def _share(lock: Path, source: Path) -> int:
    """A descriptor with a reader's lock, which nobody's run can have meanwhile. Raises ArchiveBusy, ArchiveMissing."""
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise ArchiveMissing(f"{lock} cannot be read ({error.strerror})") from error
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise ArchiveBusy(f"{source} is in use by another process; wait until that run has ended") from None
    return descriptor


def _size(source: Path, name: str) -> int:
    try:
        return files.locate(source, name).lstat().st_size
    except (ArchiveMissing, OSError):
        return 0


def _count(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM capture").fetchone()[0])


def _notes(source: Path) -> Iterator[str]:
    """What is worth knowing of a source whose index is not needed: its WARC files say it all."""
    index = source / "index.db"
    if not index.is_file() or index.is_symlink():
        return
    try:
        with closing(sqlite3.connect(f"{index.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            applied = {name for (name,) in db.execute("SELECT name FROM _sqlite_migrations LIMIT 1000")}
    except sqlite3.Error:
        yield f"{index} is no index, or a damaged one; its WARC files were read all the same"
        return
    if applied - MIGRATION_NAMES:
        yield f"{index} was written by a later Seogo; its WARC files were read as this version reads them"
