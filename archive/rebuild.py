"""`index.db` made anew from the WARC files alone, beside the old one, and put into its place in one step.

Killed at any instant it goes on where it stood: what is left to do follows from the new index itself.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.ahead import in_order
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, NotFound, RecordError
from archive.http import DecodeError
from archive.index import captures, items, runs
from archive.index.database import connect
from archive.model import Capture, Items, Outcome
from archive.recovery import absorb, name_importers
from archive.revisits import settle_revisits
from archive.times import now, to_text
from archive.warc import files
from archive.warc.content import content_of_capture

_BATCH: Final = 200
# Lost files that are told by name.
_NAMED: Final = 10
NAME: Final = "index.db.new"
"""The index that is being built, or that was built and not put into place."""
_STATE: Final = "rebuild"

Parse = Callable[[Capture, bytes, str | None], Items | Outcome | None]
Progress = Callable[[str, int, int], None]
# Takes down what came of a capture's parse; 1 where it gave items.
Write = Callable[[Capture, Items | Outcome | None], int]
# Has pages parsed elsewhere, and hands what comes of them to a Write.
Elsewhere = Callable[[Database, Write], None]


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
        with db.atomic():
            db.execute("DELETE FROM setting WHERE name = ?", (_STATE,))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
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

    `parse(capture, content, content_type)` gets the decoded content of each capture that may hold a page and gives its
    items, an outcome when the parse failed, or None where there is nothing to parse; with several `workers` it is
    called in as many threads, and the result is the same. `progress(stage, done, of)` is called as bytes are read
    (stage `read`) and pages parsed (stage `parse`). Before any page is parsed here, `elsewhere(db, write)` may have as
    many parsed as it can and `write` what comes of them. `made_by` says what parses (the parser's version, the
    definitions): a build that was killed goes on where it stood if it was made by the same, from files that are as they
    were. The caller holds the archive's lock. Raises ArchiveMissing when the directory cannot be written,
    ArchiveDamaged when WARC files are gone that the old index has read.
    """
    if not files.folder(directory).is_dir():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {files.folder(directory)}")
    _refuse_loss(directory, directory / "index.db")
    names = files.names_others_first(directory)
    marks = {name: _mark(files.locate(directory, name)) for name in names}
    db, state = _begun(directory / NAME, made_by, marks)
    try:
        _keep(db, state)
        done, total = 0, sum(size for size, _ in marks.values())
        for name in names:
            # A page whose parse failed once is tried again: the parser may be a better one now.
            absorbed = absorb(db, files.locate(directory, name), retry=True)
            if absorbed.damage:
                state.damage += absorbed.damage
                _keep(db, state)
            done += marks[name][0]
            if progress:
                progress("read", done, total)
        name_importers(directory, db)
        settle_revisits(directory, db)
        with db.atomic():
            runs.end_killed(db)
        pages = _Pages(directory, db, parse, workers, state.damage, lambda: _keep(db, state))
        pages.parse_owed(progress, elsewhere)
        [[count]] = db.execute("SELECT count(*) FROM capture").fetchall()
        [[parsed]] = db.execute("SELECT count(*) FROM capture WHERE parsed_by != ''").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException as error:
        db.close()
        if made_by is None or not isinstance(error, KeyboardInterrupt):
            _remove(directory / NAME)
        raise
    db.close()
    return Rebuilt(len(names), count, parsed, tuple(state.damage))


@dataclass(slots=True)
class _State:
    """What a build that goes on must know: who made it, size and time of each file, the damage met so far."""

    made_by: str | None
    marks: dict[str, tuple[int, int]]
    damage: list[ArchiveError]


def _begun(path: Path, made_by: str | None, marks: dict[str, tuple[int, int]]) -> tuple[Database, _State]:
    """The unfinished index that was left, if it can be gone on with, else a new one."""
    state = _State(made_by, marks, [])
    db = _left(path, state) if made_by is not None and path.exists() else None
    if db is None:
        _remove(path)
        db = connect(path)
    return db, state


def _left(path: Path, state: _State) -> Database | None:
    try:
        db = connect(path)
    except (ArchiveError, sqlite3.Error):
        return None
    row = db.execute("SELECT value FROM setting WHERE name = ?", (_STATE,)).fetchone()
    left: dict[str, Any] = json.loads(row[0]) if row else {"made_by": None}
    if left["made_by"] == state.made_by and all(
        name in state.marks and (state.marks[name] == (size, time) or state.marks[name][0] > size)
        for name, (size, time) in left["files"].items()
    ):
        state.damage += [ArchiveDamaged(said) for said in left["damage"]]
        return db
    db.close()
    return None


def _keep(db: Database, state: _State) -> None:
    value = {"made_by": state.made_by, "files": state.marks, "damage": [str(error) for error in state.damage]}
    with db.atomic():
        db.execute("INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)", (_STATE, json.dumps(value)))


def _mark(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def parse_owed(
    directory: Path,
    db: Database,
    parse: Parse,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    elsewhere: Elsewhere | None = None,
) -> tuple[int, list[ArchiveError]]:
    """Parses every capture that is owed it, as `rebuild` does: how many gave items, and the damage on the way."""
    damage: list[ArchiveError] = []
    pages = _Pages(directory, db, parse, workers, damage)
    pages.parse_owed(progress, elsewhere)
    return pages.parsed, damage


@dataclass(frozen=True, slots=True)
class _Page:
    """A capture that is owed a parse, its content decoded; None where it holds none, or why it cannot be read."""

    capture: Capture
    content: bytes | Outcome | None
    content_type: str | None = None


class _Pages:
    """Parses every capture that is owed it, and writes what comes of it in the captures' order."""

    def __init__(
        self,
        directory: Path,
        db: Database,
        parse: Parse,
        workers: int,
        damage: list[ArchiveError],
        keep_damage: Callable[[], None] = lambda: None,
    ) -> None:
        self._directory = directory
        self._db = db
        self._parse = parse
        self._workers = workers
        self._damage = damage
        self._keep_damage = keep_damage
        self._seen: set[str] = set()
        # How many pages gave items.
        self.parsed = 0

    def parse_owed(self, progress: Progress | None, elsewhere: Elsewhere | None) -> None:
        """Parse what is owed, elsewhere what can be parsed there."""
        if elsewhere is not None:
            elsewhere(self._db, self.write)
        [[count]] = self._db.execute("SELECT count(*) FROM capture WHERE parsed_by IS NULL").fetchall()
        done = 0
        told = len(self._damage)
        results = self._results()
        more = True
        while more:
            more = False
            with self._db.atomic():
                for capture, found in islice(results, _BATCH):
                    more = True
                    done += 1
                    self.write(capture, found)
                if len(self._damage) > told:
                    self._keep_damage()
                    told = len(self._damage)
            if progress and more:
                progress("parse", done, count)

    def _results(self) -> Iterator[tuple[Capture, Items | Outcome | None]]:
        fresh = True
        while fresh:
            # What was read ahead is written by now: a page may have made a parse owed to an earlier capture.
            fresh = False
            for page, found in in_order(self._owed(), self._parsed, self._workers, _weight):
                fresh = True
                yield page.capture, found

    def _owed(self) -> Iterator[_Page]:
        for capture in captures.unparsed(self._db):
            if capture.id not in self._seen:
                self._seen.add(capture.id)
                yield self._read(capture)

    def _read(self, capture: Capture) -> _Page:
        try:
            content = content_of_capture(self._directory, capture, lambda one: captures.get(self._db, one))
            return _Page(capture, content.page(), content.content_type)
        except DecodeError as error:
            # Of what a crawl could not decode the crawl has told.
            told = capture.fidelity != "imported"
            reason = f"the content cannot be decoded: {error}"
            return _Page(capture, None if told else _failed(capture, error.outcome, reason))
        except (RecordError, NotFound, ArchiveMissing) as error:
            if not (isinstance(error, NotFound) and capture.fidelity == "imported"):
                self._damage.append(error)
                return _Page(capture, None)
            # A revisit whose payload was not in the files that were taken in: nothing of the archive is damaged.
            return _Page(capture, _failed(capture, "unreadable", str(error)))

    def _parsed(self, page: _Page) -> Items | Outcome | None:
        if not isinstance(page.content, bytes):
            return page.content
        return self._parse(page.capture, page.content, page.content_type)

    def write(self, capture: Capture, found: Items | Outcome | None) -> int:
        """Write what came of a parse; 1 where it gave items."""
        if isinstance(found, Items):
            failed = items.apply_or_outcome(self._db, capture, found, capture.run_id)
            if failed is None:
                self.parsed += 1
                return 1
            found = failed
        if found is not None and not _recorded(self._db, found):
            runs.add_outcomes(self._db, [found])
        self._db.execute("UPDATE capture SET parsed_by = '' WHERE id = ? AND parsed_by IS NULL", (capture.id,))
        return 0


def _failed(capture: Capture, outcome: str, reason: str) -> Outcome:
    return Outcome(capture.run_id, capture.url, to_text(now()), outcome, reason, capture.id)


def _weight(page: _Page) -> int:
    return len(page.content) if isinstance(page.content, bytes) else 0


def _recorded(db: Database, outcome: Outcome) -> bool:
    """Whether the WARC tells of that failure already; its instant then stays the one that was recorded."""
    row = db.execute(
        "SELECT 1 FROM outcome WHERE capture_id = ? AND outcome = ?", (outcome.capture_id, outcome.outcome)
    ).fetchone()
    return row is not None


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


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
