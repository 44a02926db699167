"""Archives joined into one: their WARC files as they are, what was taken down, and an index of it all.

Sources are only read. Each file of theirs is brought in under a hidden name and gets its own in one step; killed in
between, the next merge goes on. A record comes in once: of a file that is there already, as it was when it was merged
before, only what it has grown by is taken.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Literal

from sqlite_utils import Database

from archive.commit import make_directories
from archive.errors import ArchiveBusy, ArchiveMissing, NotFound, RecordError, WriteFailed
from archive.index import captures, exclusions, runs
from archive.index.database import connect
from archive.index.schema import MIGRATION_NAMES
from archive.lock import Lock
from archive.rebuild import Parse, parse_owed
from archive.recovery import recover
from archive.revisits import settle_revisits
from archive.times import now
from archive.warc import files
from archive.warc.digest import digest_of
from archive.warc.reader import scan
from archive.warc.rows import is_capture
from archive.warc.writer import MAX_AGE, MAX_BYTES

How = Literal["copied", "linked", "extended", "known"]
Progress = Callable[[str, int, int], None]

_HIDDEN: Final = ".merge-"
_PIECE: Final = 1 << 20
_MOST_EXCLUSIONS: Final = 1 << 28
# Records in which a capture is looked for that is there already.
_LOOKED_AT: Final = 50
_ENDING: Final = re.compile(r"\.warc(?:\.gz|\.zst)?$", re.IGNORECASE)

# Payloads that more than one worker stored whole; an empty one is never a revisit.
_DUPLICATES: Final = """SELECT count(*), coalesce(sum(times), 0), coalesce(sum(total - least), 0) FROM (
    SELECT count(*) AS times, sum(length) AS total, min(length) AS least FROM captures
    WHERE kind = 'response' AND truncated IS NULL AND digest IS NOT NULL AND digest != ?
    GROUP BY digest HAVING count(DISTINCT warc_file) > 1)"""


@dataclass(frozen=True, slots=True)
class File:
    """What became of one WARC file: its path, its name in the target, how it came there, and how many bytes."""

    source: str
    file: str
    how: How
    bytes: int


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stands in a file, and which one it is."""

    offset: int
    length: int
    id: str


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
        make_directories(target)
        for left in files.folder(target).glob(f"{_HIDDEN}*"):
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
            taken.append(_take(source, name, target, db))
        except ArchiveMissing as error:
            refused.append(str(error))
        done += size
        if progress:
            progress("copy", done, sum(sizes))
    return taken, refused


def _take(source: Path, name: str, target: Path, db: Database) -> File:
    """Brings one file in. Raises ArchiveMissing for what is no regular file of a WARC's name."""
    path = files.locate(source, name)
    with files.open_binary(path) as file:
        unfinished = path.name != name
        end = _whole(path) if unfinished else os.fstat(file.fileno()).st_size
        start = 0
        mine: list[_Place] | None = None
        for candidate in _candidates(target, name, path, db):
            twin = files.locate(target, candidate)
            if _same(file, end, twin):
                return File(str(path), candidate, "known", 0)
            mine = _places(path, end) if mine is None else mine
            theirs = _places(twin, twin.stat().st_size)
            common = _common(mine, theirs)
            if common == len(mine) and common:
                return File(str(path), candidate, "known", 0)
            if common:
                start, mine = mine[common].offset, mine[common:]
                if common == len(theirs):
                    return _extend(path, file, start, end, target, candidate)
        free = _free(target, name)
        with _hidden(target) as hidden:
            how: How = "copied"
            if start == 0 and not unfinished and _sealed(name, path) and _link(path, hidden):
                how = "linked"
            else:
                with _writing(hidden) as out:
                    _copy(file, start, end, out)
            _put(hidden, files.folder(target) / free)
        return File(str(path), free, how, end - start)


def _extend(path: Path, file: BinaryIO, start: int, end: int, target: Path, name: str) -> File:
    """Puts a longer file in the place of the shorter one that it was when it was merged before."""
    place = files.locate(target, name)
    with _hidden(target) as hidden:
        with _writing(hidden) as out, files.open_binary(place) as before:
            _copy(before, 0, place.stat().st_size, out)
            _copy(file, start, end, out)
        _put(hidden, place)
    return File(str(path), name, "extended", end - start)


def _candidates(target: Path, name: str, path: Path, db: Database) -> list[str]:
    """The target's files that this one may be already: where its first captures stand, and those of its name."""
    there = set(files.names(target))
    for record in islice(scan(path, lenient=True), _LOOKED_AT):
        if not isinstance(record, RecordError) and is_capture(record):
            try:
                place = captures.get(db, record.id).warc_file
            except NotFound:
                continue
            return list(dict.fromkeys([place, *_named(name, there)]))
    return _named(name, there)


def _named(name: str, there: set[str]) -> list[str]:
    found = []
    number = 1
    while (candidate := _suffixed(name, number)) in there:
        found.append(candidate)
        number += 1
    return found


def _free(target: Path, name: str) -> str:
    return _suffixed(name, len(_named(name, set(files.names(target)))) + 1)


def _suffixed(name: str, number: int) -> str:
    """The name of the file that comes second, third ... to a name.

    >>> _suffixed("crawl.warc.gz", 2)
    'crawl-2.warc.gz'
    """
    if number == 1:
        return name
    ending = _ENDING.search(name)
    stem, tail = (name[: ending.start()], ending[0]) if ending else (name, "")
    # One of ours must stay one of ours: the number goes with the machine's name, in which there is no hyphen.
    return f"{stem}{'.' if files.is_ours(name) else '-'}{number}{tail}"


def _places(path: Path, end: int) -> list[_Place]:
    records = (record for record in scan(path, lenient=True) if not isinstance(record, RecordError))
    return [_Place(record.offset, record.length, record.id) for record in records if record.offset < end]


def _common(mine: Sequence[_Place], theirs: Sequence[_Place]) -> int:
    """How many records two files begin with alike; a tombstone is as long as what it replaces, and has its id."""
    count = 0
    for a, b in zip(mine, theirs, strict=False):
        if (a.length, a.id) != (b.length, b.id):
            break
        count += 1
    return count


def _whole(path: Path) -> int:
    """Where the last whole record of a file ends that a killed run left."""
    torn: RecordError | None = None
    for record in scan(path, lenient=True):
        torn = record if isinstance(record, RecordError) else None
    return torn.offset if torn is not None else path.stat().st_size


def _same(file: BinaryIO, end: int, twin: Path) -> bool:
    with files.open_binary(twin) as other:
        if os.fstat(other.fileno()).st_size != end:
            return False
        if os.path.samestat(os.fstat(file.fileno()), os.fstat(other.fileno())):
            return True
        return all(a == b for a, b in zip(_pieces(file, 0, end), _pieces(other, 0, end), strict=True))


def _sealed(name: str, path: Path) -> bool:
    """Whether nobody writes to a file any more, so that two archives may have it in common."""
    status = path.stat()
    begun = files.begun_at(name)
    closed = begun is None or now() - begun >= MAX_AGE or status.st_size >= MAX_BYTES
    return closed and status.st_uid == os.geteuid()


def _link(path: Path, hidden: Path) -> bool:
    try:
        os.link(path, hidden, follow_symlinks=False)
    except OSError:
        return False  # another file system, or one without links
    return True


@contextmanager
def _hidden(target: Path) -> Iterator[Path]:
    path = files.folder(target) / f"{_HIDDEN}{uuid.uuid4()}"
    try:
        yield path
    except OSError as error:
        raise WriteFailed(
            f"{path} could not be written ({error.strerror or error}); what was merged so far is safe: "
            "make room, then merge again"
        ) from error
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    with path.open("xb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _copy(file: BinaryIO, start: int, end: int, out: BinaryIO) -> None:
    for piece in _pieces(file, start, end):
        out.write(piece)


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(_PIECE, end - start))):
        start += len(piece)
        yield piece


def _put(hidden: Path, place: Path) -> None:
    hidden.rename(place)
    files.sync_folder(place.parent)


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
