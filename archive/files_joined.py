"""A WARC file of one archive brought into another: whole, or what it has grown by since it was brought in before.

It comes under a hidden name and gets its own in one step. The same file is known by its records, whatever its name.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Literal

from sqlite_utils import Database

from archive.errors import NotFound, RecordError, WriteFailed
from archive.index import captures
from archive.times import now
from archive.warc import files
from archive.warc.reader import scan
from archive.warc.rows import is_capture
from archive.warc.writer import MAX_AGE, MAX_BYTES

How = Literal["copied", "linked", "extended", "known"]

HIDDEN: Final = ".merge-"

_PIECE: Final = 1 << 20
# Records in which a capture is looked for that is there already.
_LOOKED_AT: Final = 50
_ENDING: Final = re.compile(r"\.warc(?:\.gz|\.zst)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """What became of one WARC file: its path, its name in the target, how it came there, and how many bytes."""

    source: str
    file: str
    how: How
    bytes: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stands in a file, and which one it is."""

    offset: int
    length: int
    id: str


def take(source: Path, name: str, target: Path, db: Database) -> File:
    """Brings a file of a source in. Raises ArchiveMissing for what is no regular file, and WriteFailed."""
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
    path = files.folder(target) / f"{HIDDEN}{uuid.uuid4()}"
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
