"""Captures that are owed a parse, read from the WARC and parsed: in a rebuild, and where archives are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.ahead import in_order
from archive.errors import ArchiveError, ArchiveMissing, NotFound, RecordError
from archive.http import DecodeError
from archive.index import captures, items, runs
from archive.model import Capture, Items, Outcome
from archive.times import now, to_text
from archive.warc.content import content_of_capture

# Pages of a transaction.
_BATCH: Final = 200

Parse = Callable[[Capture, bytes, str | None], Items | Outcome | None]
Progress = Callable[[str, int, int], None]
# Takes down what came of a capture's parse; 1 where it gave items.
Write = Callable[[Capture, Items | Outcome | None], int]
# Has pages parsed elsewhere, and hands what comes of them to a Write.
Elsewhere = Callable[[Database, Write], None]


def parse_owed(
    directory: Path,
    db: Database,
    parse: Parse,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    elsewhere: Elsewhere | None = None,
) -> tuple[int, list[ArchiveError]]:
    """Parses every capture that is owed it: how many gave items, and the damage on the way.

    `parse(capture, content, content_type)` gets the decoded content of each capture that may hold a page and gives its
    items, an outcome when the parse failed, or None where there is nothing to parse; with several `workers` it is
    called in as many threads, and the result is the same. `progress(stage, done, of)` is called as pages are parsed
    (stage `parse`). Before any page is parsed here, `elsewhere(db, write)` may have as many parsed as it can and
    `write` what comes of them.
    """
    damage: list[ArchiveError] = []
    pages = Pages(directory, db, parse, workers, damage)
    pages.parse_owed(progress, elsewhere)
    return pages.parsed, damage


@dataclass(frozen=True, slots=True)
class _Page:
    """A capture that is owed a parse, its content decoded; None where it holds none, or why it cannot be read."""

    capture: Capture
    content: bytes | Outcome | None
    content_type: str | None = None


class Pages:
    """Parses every capture that is owed it, and writes what comes of it in the captures' order.

    Damage goes into `damage` as it is met; `keep_damage` is called in the transaction that goes on behind it.
    """

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
