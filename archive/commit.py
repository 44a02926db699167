"""The one door through which anything becomes durable.

The order: append whole members, fdatasync the WARC, one SQLite transaction, then tell who waits for it (the frontier).
So the index is never ahead of the WARC. A group of exchanges shares one sync and one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from sqlite_utils import Database

from archive.batch import Batch
from archive.errors import ArchiveError, ArchiveMissing
from archive.index import captures, runs
from archive.index.database import connect
from archive.lock import Lock
from archive.model import Capture, Exchange, Items, Outcome, Run
from archive.pending import Pending
from archive.rebuild import rebuild as rebuild
from archive.recovery import Recovery, recover
from archive.times import now, to_text
from archive.transaction import transact
from archive.urls import url_key
from archive.warc import compose, exchanges, files
from archive.warc.digest import digest_of
from archive.warc.rows import ends_by_close, may_hold_page
from archive.warc.writer import MAX_AGE, MAX_BYTES, WarcWriter

OnDurable = Callable[[Sequence[Capture], Sequence[Outcome]], None]


class Writer:
    """Writes one run into an archive, and with `beside` others at the same time; a context manager. One thread owns it.

    `on_durable` are called after each commit with what it made durable. After WriteFailed from `store`, `add_items` or
    `commit` nothing that was durable is lost; from a full disk the writer recovers by itself once there is room.
    """

    def __init__(
        self,
        directory: Path,
        run: Run,
        db: Database,
        warc: WarcWriter,
        recovery: Recovery,
        batch_records: int,
        batch_ms: int,
    ) -> None:
        self.directory = directory
        self.run = run
        self.recovery = recovery
        self.on_durable: list[OnDurable] = []
        self.db = db
        self._warc = warc
        self._batch_records = batch_records
        self._batch_ms = batch_ms
        self._waiting_since: float | None = None
        self._pending = Pending(directory, db)
        self._batch = Batch()
        self._runs = {run.id: run}
        self._counts = dict.fromkeys(("captures", "responses", "revisits", "items", "outcomes"), 0)
        self._closed = False
        # Closes the file and the index and gives the lock back, if it was taken here.
        self._release: Callable[[], None] = warc.abandon

    @classmethod
    def open(
        cls,
        directory: Path,
        run: Run,
        *,
        batch_records: int = 50,
        batch_ms: int = 500,
        max_bytes: int = MAX_BYTES,
        max_age: timedelta = MAX_AGE,
        lock: Lock | None = None,
    ) -> Writer:
        """Takes the archive's lock (or works under one that the caller holds), recovers, begins the run.

        Raises ArchiveBusy, ArchiveMissing, SchemaTooNew, ArchiveDamaged (the index is no database), WriteFailed.
        """
        with ExitStack() as undo:
            held = (lock or undo.enter_context(Lock.acquire(directory))).claim()
            undo.callback(held.unclaim)
            files.make_directories(directory)
            db = connect(directory / "index.db")
            undo.callback(db.close)
            recovery = recover(directory, db)
            damaged = frozenset(error.file for error in recovery.damage)
            warc = WarcWriter(directory, run, max_bytes=max_bytes, max_age=max_age, avoid=damaged)
            undo.callback(warc.abandon)
            writer = cls(directory, run, db, warc, recovery, batch_records, batch_ms)
            transact(db, warc, writer._begin)
            writer._release = undo.pop_all().close
        return writer

    def _begin(self) -> None:
        runs.end_killed(self.db)
        runs.start(self.db, self.run)

    @property
    def counts(self) -> Mapping[str, int]:
        """Durable rows by kind: captures (of them responses and revisits), items, outcomes."""
        return MappingProxyType(self._counts)

    def beside(self, run: Run) -> Writer:
        """A writer of a run that goes on at the same time: one file, one lock, one commit for both.

        It ends with its own `close`; this one is to be closed last. For this writer's own run it is another handle.
        """
        self._usable()
        if run.id not in self._runs:
            self._warc.rotate()
            self._warc.warcinfo_of(run)
            transact(self.db, self._warc, lambda: runs.start(self.db, run))
            self._runs[run.id] = run
        from archive.beside import Beside

        return Beside(self, run)

    def store(self, exchange: Exchange, *, parse: bool, run: Run | None = None) -> Capture:
        """Appends an exchange's records to the WARC; durable only after `commit`.

        With `parse` a parse is owed for a capture that `may_hold_page` (`parsed_by` None). A payload that the archive
        has already becomes a revisit, a 304 one of the last capture of that address. Raises ValueError for an exchange
        without a byte of an answer (record an outcome instead) and WriteFailed, with the file rolled back.
        """
        message = compose.Message.of(exchange.response_head, exchange.response_body)
        if not message.length:
            raise ValueError(f"no byte of an answer from {exchange.url}: it has an outcome, not a capture")
        self._usable()
        run = run or self.run
        self._warc.rotate()
        warcinfo_id = self._warc.warcinfo_of(run)
        url = compose.target_uri(exchange.url)
        key = url_key(url)
        date = to_text(exchange.started_at)
        original = None if exchange.truncated else self._pending.original(message, key)
        capture_id = compose.new_id()
        records = exchanges.records(exchange, message, capture_id, url, date, warcinfo_id, original)
        placed = self._warc.append(*records)
        capture = Capture(
            id=capture_id,
            url=url,
            url_key=key,
            captured_at=date,
            status=message.head.status,
            mime=message.head.mime,
            digest=original.digest if original else message.digest,
            kind="revisit" if original else "response",
            refers_to=original.id if original else None,
            fidelity=exchange.fidelity,
            truncated=exchange.truncated,
            site=run.site,
            run_id=run.id,
            warc_file=self._warc.name,
            offset=placed[0].offset,
            length=placed[0].length,
            request_offset=placed[1].offset if len(placed) > 1 else None,
        )
        if not (parse and may_hold_page(capture, ended_by_close=ends_by_close(message.head, message.head_bytes))):
            capture = replace(capture, parsed_by="")
        self._pending.add(capture)
        self._wait()
        return capture

    def add_items(self, capture: Capture, items: Items) -> None:
        """Appends the items of a capture's page as a metadata record and queues the rows derived from them.

        No record for a revisit of the same address whose items are unchanged. Raises WriteFailed.
        """
        self._usable()
        made = items.prepared
        block = made.record if made is not None and made.record else items.page.to_json(links=False)
        digest = made.digest if made is not None and made.record else digest_of(block)
        place: tuple[str, int] | None = None
        if digest != self._pending.items_of_original(capture):
            self._warc.rotate()
            # A capture of an earlier run, whose parse was owed, is described by this one.
            run = self._runs.get(capture.run_id, self.run)
            record = compose.metadata_record(to_text(now()), self._warc.warcinfo_of(run), capture.id, block)
            place = (self._warc.name, self._warc.append(record)[0].offset)
            self._pending.note_items(capture.id, digest)
        self._batch.items.append((capture, items, place))
        self._wait()

    def nothing_to_parse(self, capture: Capture) -> None:
        """Settles a parse that was owed for a capture that turns out to hold no page."""
        self._batch.unparsable.append(capture.id)
        self._wait()

    def add_outcome(self, outcome: Outcome) -> None:
        """Queues how a URL ended that left no capture, or how a page's parse failed (then `capture_id` is set)."""
        self._batch.outcomes.append(outcome)
        self._wait()

    def known(self, key: str) -> str | None:
        """`captured_at` of the last capture of a url key, those not yet durable included."""
        return max((capture.captured_at for capture in self._pending.latest(key)), default=None)

    def get(self, capture_id: str) -> Capture:
        """A capture by its id, those not yet durable included. Raises NotFound."""
        return self._pending.get(capture_id)

    def due(self) -> bool:
        """Whether enough waits, or long enough, for a commit."""
        if self._waiting_since is None:
            return False
        waited = (time.monotonic() - self._waiting_since) * 1000
        return (
            len(self._pending.captures) + len(self._batch.outcomes) >= self._batch_records or waited >= self._batch_ms
        )

    def commit(self) -> None:
        """Makes everything given so far durable, then calls `on_durable`. Raises WriteFailed; may be tried again.

        A page whose items cannot be written to the index becomes an outcome `index-failed`, and holds up nothing else.
        """
        self._usable()
        if self._waiting_since is None:
            return
        batch = self._batch
        batch.record(self._warc, self._runs, self.run)
        transact(self.db, self._warc, self._write_rows)
        stored, outcomes = tuple(self._pending.captures.values()), tuple(batch.recorded)
        self._count(stored, len(batch.items) - len(batch.unindexed), len(outcomes))
        self._pending.clear()
        self._waiting_since = None
        # The index has them; the WARC, from which it can be made anew, gets them with the next commit.
        for outcome in batch.written():
            self.add_outcome(outcome)
        for callback in self.on_durable:
            callback(stored, outcomes)

    def close(self, outcome: str, counts: Mapping[str, int]) -> None:
        """Ends the run: its last record and row, everything durable, `.open` off the file's name, the lock released."""
        if self._closed:
            return
        self.end(self.run, outcome, counts)
        self.shut()

    def end(self, run: Run, outcome: str, counts: Mapping[str, int]) -> None:
        """Ends one of the runs with the next commit; the writer stays open. A run ends once."""
        if run.id in self._runs:
            self._batch.end(run.id, outcome, counts)
            if run is not self.run:
                del self._runs[run.id]
            self._wait()

    def shut(self) -> None:
        """What `close` does after its run's end: for a writer whose runs have ended one by one."""
        if self._closed:
            return
        try:
            self.commit()
            self.commit()  # the outcomes of pages that the index would not take
            self._warc.finish()
        finally:
            self._closed = True
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commits what waits; without `close` the run stays unfinished, as after a kill."""
        if self._closed:
            return
        try:
            if not isinstance(error, ArchiveError):
                self.commit()
                self.commit()  # the outcomes of pages that the index would not take
        finally:
            self._closed = True
            self._release()

    def _usable(self) -> None:
        if self._closed:
            raise ArchiveMissing(f"the run in {self.directory} was closed; open the archive again")

    def _wait(self) -> None:
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()

    def _write_rows(self) -> None:
        captures.insert(self.db, list(self._pending.captures.values()))
        self._batch.write(self.db, self._runs, self.run)

    def _count(self, stored: Sequence[Capture], items_count: int, outcomes: int) -> None:
        revisits = sum(capture.kind == "revisit" for capture in stored)
        new = (len(stored), len(stored) - revisits, revisits, items_count, outcomes)
        for name, count in zip(self._counts, new, strict=True):
            self._counts[name] += count
