"""`reindex --engine dask`: pages parsed by the workers of a Dask cluster, one task a WARC file.

The workers read the WARC files themselves, under the same path as here, and parse with the same limits as anywhere: a
process of their own for the pages, killed where a page hangs or bloats. What comes back is written here, in one index.
A task that fails for good, as when worker after worker dies of it, leaves its pages to the built-in pool.
"""

from __future__ import annotations

import functools
import importlib
import logging
import multiprocessing
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.index import captures
from archive.model import Capture, Items
from archive.owed import Elsewhere, Write
from crawler.batches import Result, Task, results, task_for
from crawler.errors import BadInput, CrawlerError
from crawler.parsers import PARSER_VERSION
from crawler.parsing import ParsePool
from crawler.reparse import Sites, parser_for_rebuild, read_again

logger = logging.getLogger(__name__)

ANSWERS: Final = 10.0
"""Seconds in which the scheduler answers."""

_AHEAD: Final = 2
"""Tasks a thread of the cluster: what comes back waits in memory until it is written."""


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address; its workers have the parser that is here.

    Raises BadInput (no extra `dask`, no address) and CrawlerError (nobody answers, no worker, another parser).
    """
    distributed = _distributed()
    if "://" not in address:
        raise BadInput(f"{address!r} is no scheduler; write one like tcp://127.0.0.1:8786")
    try:
        client = distributed.Client(address, timeout=ANSWERS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise CrawlerError(f"no Dask scheduler answers at {address}: {error}") from error
    try:
        try:
            there: dict[str, str] = client.run(parser_version)
        except Exception as error:
            raise CrawlerError(f"the workers of {address} have no Seogo like this one: {error!r}"[:300]) from error
        if not there:
            raise CrawlerError(f"{address} has no workers; start some with `dask worker {address}`")
        for worker, version in there.items():
            if version != PARSER_VERSION:
                raise CrawlerError(
                    f"{worker} has the parser {version}, and this is {PARSER_VERSION}: install one Seogo"
                )
        yield client
    finally:
        client.close()


def parse_there(client: Any, directory: Path, sites: Sites, progress: Callable[[int, int], None]) -> Elsewhere:
    """What `archive.owed` calls to have pages parsed elsewhere; `progress(pages, of)`."""

    def run(db: Database, write: Write) -> None:
        waiting = _tasks(db, directory, sites)
        threads = sum(client.nthreads().values()) or 1
        done, total = 0, sum(len(task.captures) for task in waiting)
        tasks = iter(waiting)
        running = _distributed().as_completed(loop=client.loop)
        for task in tasks:
            running.add(_submit(client, task))
            if running.count() >= _AHEAD * threads:
                break
        for future in running:
            if future.status == "finished":
                _write_all(db, future.result(), write)
            else:
                # Its pages stay owed, and are parsed here.
                logger.error("The cluster could not parse a WARC file, which is parsed here: %s", future.exception())
            done += int(future.key.rpartition("-")[2])
            progress(done, total)
            future.release()
            following = next(tasks, None)
            if following is not None:
                running.add(_submit(client, following))

    return run


def parse_file(task: Task) -> list[Result]:
    """The task, on a worker: what each page of a WARC file holds, without its links, which no index has.

    Pages that cannot be read here are left out.
    """
    return results(task, parser_for_rebuild(_pool(), task.sites.get))


@functools.cache
def _pool() -> ParsePool[Items]:
    """The pool of this worker, which lives as long as it does: a process begins slower than it parses many pages."""
    # Dask's workers are daemons, which multiprocessing lets have no processes; ours end with their parent anyway.
    config: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # no public way
    config["daemon"] = False
    return ParsePool(len(os.sched_getaffinity(0)), function=read_again)


def parser_version() -> str:
    """The parser that a worker has."""
    return PARSER_VERSION


def _tasks(db: Database, directory: Path, sites: Sites) -> list[Task]:
    by_file: defaultdict[str, list[Capture]] = defaultdict(list)
    for capture in captures.unparsed(db):
        by_file[capture.warc_file].append(capture)
    tasks = [task_for(db, directory, owed, sites) for owed in by_file.values()]
    # The longest first, so that none is left over at the end.
    return sorted(tasks, key=lambda task: -len(task.captures))


def _submit(client: Any, task: Task) -> Any:
    # Behind its last hyphen a key says how many pages the task has.
    key = f"seogo-{uuid.uuid4().hex}-{len(task.captures)}"
    return client.submit(parse_file, task, key=key, pure=False)


def _distributed() -> Any:
    """The library, which has hardly any types. Raises BadInput without the extra."""
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise BadInput("the engine dask needs the extra `dask`: pip install 'seogo[dask]'") from error


def _write_all(db: Database, results: list[Result], write: Write) -> None:
    with db.atomic():
        for capture_id, found in results:
            write(captures.get(db, capture_id), found)
