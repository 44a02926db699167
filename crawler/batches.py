"""Pages read from the WARC and parsed many at a time: what a rebuild gives its processes to do.

Handing over a capture's place costs less than its page, and a few pages at once less than one after another. What
cannot be read, and every page of a batch in which one hangs, bloats or crashes the parser, is left out: whoever gave
the batch parses these one by one, each under its own limits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.ahead import in_order
from archive.errors import ArchiveError, DocumentError, NotFound
from archive.http import DecodeError
from archive.index import captures
from archive.model import Capture, Items, Outcome
from archive.owed import Elsewhere, Write
from archive.warc.content import content_of_capture
from crawler.errors import ParseFailed
from crawler.parsing import ParsePool, ParseTask
from crawler.reparse import Sites, read_again, task_of
from crawler.sites.model import Site

Result = tuple[str, Items | Outcome | None]
Parse = Callable[[Capture, bytes, str | None], Items | Outcome | None]

PAGES: Final = 16
"""Pages of a batch, at most."""
# Bytes of their records, at most; one record may be larger.
_BYTES: Final = 512 << 10
# Bytes of records that are on their way to a worker or back: a page's items take several times as much.
_ROOM: Final = 8 << 20
# Pages of a transaction.
_WRITTEN: Final = 500


@dataclass(frozen=True, slots=True)
class Task:
    """Captures of an archive that are owed a parse, what their revisits refer to, and their sites' definitions."""

    directory: str
    captures: tuple[Capture, ...]
    originals: Mapping[str, Capture]
    sites: Mapping[str, Site | None]


def task_for(db: Database, directory: Path, owed: Iterable[Capture], sites: Sites) -> Task:
    """The task of parsing these captures."""
    together = tuple(owed)
    originals = {}
    for capture in together:
        if capture.refers_to:
            with contextlib.suppress(NotFound):  # whoever reads the capture tells
                originals[capture.refers_to] = captures.get(db, capture.refers_to)
    named = {capture.site: sites(capture.site) for capture in together}
    return Task(str(directory.resolve()), together, originals, named)


def results(task: Task, parse: Parse) -> list[Result]:
    """What `parse` makes of each page of a task; pages that cannot be read are left out.

    Raises ArchiveMissing where a WARC file is not there, and what `parse` raises.
    """
    directory = Path(task.directory)
    found: list[Result] = []
    for capture in task.captures:
        try:
            content = content_of_capture(directory, capture, lambda one: _get(task.originals, one))
            html = content.page()
        except (ArchiveError, DecodeError):
            continue  # whoever has the index tells what is damaged
        found.append((capture.id, parse(capture, html, content.content_type)))
    return found


@dataclass(frozen=True, slots=True)
class Batch(ParseTask):
    """A task for a process of a pool."""

    task: Task | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _batch, (self.task,)


def _batch(task: Task) -> Batch:
    return Batch(b"", task.captures[0].url, task=task)


def parse_batch(batch: ParseTask) -> list[Result]:
    """What the processes of a pool run on a Batch. Raises what a parser raises."""
    assert isinstance(batch, Batch)
    assert batch.task is not None
    sites = batch.task.sites

    def parse(capture: Capture, html: bytes, content_type: str | None) -> Items | None:
        try:
            return read_again(task_of(capture, html, content_type, sites.get))
        except DocumentError:
            return None

    return results(batch.task, parse)


def parse_in(
    pool: ParsePool[list[Result]], directory: Path, sites: Sites, progress: Callable[[int, int], None]
) -> Elsewhere:
    """What `archive.owed` calls to have pages read and parsed by a pool of `parse_batch`; `progress(pages, of)`."""

    def parse(batch: Batch) -> list[Result]:
        try:
            return pool.parse_now(batch)
        except ParseFailed:
            return []

    def run(db: Database, write: Write) -> None:
        [[total]] = db.execute("SELECT count(*) FROM capture WHERE parsed_by IS NULL").fetchall()
        done = 0
        # Twice as many batches on their way as workers: none waits for the next one while the index is written.
        parsed = in_order(_batches(db, directory, sites), parse, 2 * pool.workers, _weight, room=_ROOM)
        pages = chain.from_iterable(_by_capture(batch, found) for batch, found in parsed)
        more = True
        while more:
            more = False
            with db.atomic():
                for capture, found in islice(pages, _WRITTEN):
                    more = True
                    done += 1
                    write(capture, found)
            progress(done, total)

    return run


def _batches(db: Database, directory: Path, sites: Sites) -> Iterator[Batch]:
    together: list[Capture] = []
    size = 0
    for capture in captures.unparsed(db):
        if together and (len(together) == PAGES or size + capture.length > _BYTES):
            yield _batch(task_for(db, directory, together, sites))
            together, size = [], 0
        together.append(capture)
        size += capture.length
    if together:
        yield _batch(task_for(db, directory, together, sites))


def _by_capture(batch: Batch, found: list[Result]) -> Iterator[tuple[Capture, Items | Outcome | None]]:
    assert batch.task is not None
    of = {capture.id: capture for capture in batch.task.captures}
    return ((of[capture_id], one) for capture_id, one in found)


def _weight(batch: Batch) -> int:
    assert batch.task is not None
    return sum(capture.length for capture in batch.task.captures)


def _get(originals: Mapping[str, Capture], capture_id: str) -> Capture:
    if capture_id not in originals:
        raise NotFound(f"no capture {capture_id!r} in the index")
    return originals[capture_id]
