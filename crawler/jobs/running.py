"""All jobs that are due, side by side in one process: one lock, one Writer, one gate a host."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final

from archive import times
from archive.commit import Writer
from archive.errors import ArchiveBusy, ArchiveError
from archive.lock import Lock
from crawler.commands.crawling import keep_definition, stop_soon
from crawler.discovery.requisites import Parsed
from crawler.errors import CrawlerError
from crawler.frontier.store import forget
from crawler.jobs import aftermath, disk
from crawler.jobs.crawlers import crawlers
from crawler.jobs.delivery import Delivery
from crawler.jobs.feeds import Feeds
from crawler.jobs.file import FILE_NAME, load
from crawler.jobs.hosts import Hosts
from crawler.jobs.job import JobFile
from crawler.jobs.pages import Pages
from crawler.jobs.runs import Active, Ended
from crawler.jobs.spider import JobSpider
from crawler.jobs.starting import (
    Ready,
    decision_for,
    explain_missed,
    held_back,
    hold,
    lately,
    note_refused,
    plan_for,
    ready,
)
from crawler.jobs.state import State
from crawler.parsing import ParsePool
from crawler.pipelines import Keeper
from crawler.reparse import parse_owed
from crawler.spiders.bundled import running as bundled_site
from crawler.spiders.plan import new_run
from crawler.writing import writing_of

logger = logging.getLogger(__name__)

_LOOK: Final = 1.0
_LOOK_AT_DISK: Final = 5.0


@dataclass(eq=False)
class Jobs:
    """Runs jobs of one archive. `clock` tells the present, `ticks` the seconds of back-offs; `say` hears of each
    run's end; `worker` is whose jobs they are, when the file is read anew.
    """

    directory: Path
    file: JobFile
    state: State
    pool: ParsePool[Parsed]
    say: Callable[[Ended], None] = lambda ended: None
    clock: Callable[[], datetime] = times.now
    ticks: Callable[[], float] = monotonic
    least_room: int = disk.LEAST
    worker: str | None = None
    stopping: bool = False
    _lock: Lock | None = None
    _writer: Writer | None = None
    _active: dict[str, Active] = field(default_factory=dict)
    _ended: list[Ended] = field(default_factory=list)
    _held: dict[str, datetime] = field(default_factory=dict)
    _begun: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._hosts = Hosts(self.state, self.clock, self.ticks)
        self._delivery = Delivery(self.state, self.clock)
        self._runner = crawlers(self.directory)

    async def run_due(self) -> list[Ended]:
        """Run what is due, and what becomes due meanwhile; ends when nothing runs. Raises ArchiveBusy at once.

        A job begins a second time only beside another's first run, so that this ends where a run takes longer than
        the time between two starts.
        """
        self._take_lock()
        try:
            while self._begin_due(again=any(self._begun[name] == 1 for name in self._active)) or self._active:
                await self._rest(_LOOK)
        finally:
            await self._close()
        return self._ended

    async def run_one(self, name: str) -> list[Ended]:
        """Run one job now, whether it is due or not. Raises ArchiveBusy, BadInput, and CrawlerError for its site."""
        job = self.file.named(name)
        self._take_lock()
        try:
            plan = plan_for(job, self.file.contact)
            room = disk.look(self.directory, self.least_room)
            held = held_back(plan, room, {}, self.clock())
            if held is not None:
                hold(self.state, job, held, self.clock(), tell=True)
                raise CrawlerError(f"{name} does not begin: {held}")
            now = self.clock()
            slot = job.timing(self.state.job(name, now).anchor).schedule.latest(now) or now
            self._begin(Ready(job, plan, slot, (), self.file.policy(job.site)))
            while self._active:
                await self._rest(_LOOK)
        finally:
            await self._close()
        return self._ended

    async def watch(self) -> None:
        """Stay, and run what becomes due, until stopped. The lock is held only while something runs."""
        seen = _modified(self.directory)
        try:
            while not self.stopping or self._active:
                if _modified(self.directory) != seen:
                    seen = _modified(self.directory)
                    self._reload()
                if self._lock is None and self._any_due():
                    try:
                        self._take_lock()
                    except ArchiveBusy:
                        await asyncio.sleep(_LOOK)
                        continue
                if self._lock is not None and not self._begin_due() and not self._active:
                    await self._close()
                await self._rest(_LOOK)
        finally:
            await self._close()

    def stop(self) -> None:
        """End all runs after what is on the wire; nothing more begins."""
        self.stopping = True
        for active in self._active.values():
            self._end_early(active, "stopped")

    def _take_lock(self) -> None:
        """Raises ArchiveBusy; the starts that it refuses are written down."""
        try:
            self._lock = Lock.acquire(self.directory)
        except ArchiveBusy as error:
            note_refused(self.file, self.state, self.clock(), str(error))
            raise

    def _any_due(self) -> bool:
        now = self.clock()
        return any(
            decision_for(job, self.state.job(job.name, now), now).due
            for job in self.file.job
            if not lately(self._held.get(job.name), now)
        )

    def _begin_due(self, *, again: bool = True) -> bool:
        if self.stopping:
            return False
        room = disk.look(self.directory, self.least_room)
        for one in ready(self.file, self.state, self.clock(), room, tuple(self._active), self._held):
            if self._begun[one.job.name] and not again:
                continue
            try:
                self._begin(one)
            except CrawlerError as error:
                self._held[one.job.name] = self.clock()
                self.state.note(one.job.name, "held", str(error), self.clock())
        return bool(self._active)

    def _begin(self, one: Ready) -> None:
        now = self.clock()
        job, plan = one.job, one.plan
        with ExitStack() as undo:
            undo.enter_context(bundled_site(plan))
            keep_definition(plan, self.directory)
            agent = self._runner.settings["USER_AGENT"]
            run = replace(new_run(plan, str(plan.settings(agent).get("USER_AGENT", agent))), job=job.name)
            first = self._writer is None
            if self._writer is None:
                self._writer = Writer.open(self.directory, run, lock=self._lock, **writing_of(self._runner.settings))
            kept = Keeper(self.directory, self._writer.beside(run), self.pool, plan.site, plan.max_pages)
            if first:
                self._first_of_all(one, kept, now)
            explain_missed(self.state, job.name, self.state.job(job.name, now), one.missed)
            self.state.begin(job.name, one.slot, now, run.id)
            crawler = self._runner.create_crawler(JobSpider)
            pages = Pages(self.state, plan.name, plan.site, one.policy)
            feeds = Feeds(self.state, plan.name)
            crawl = self._runner.crawl(
                crawler, plan=plan, keeper=kept, job=job, pages=pages, feeds=feeds, gate=self._hosts.gate
            )
            active = Active(one, kept, crawler, asyncio.ensure_future(crawl), undo.pop_all())
        active.timer = self._timer(active, now)
        self._active[job.name] = active
        self._begun[job.name] += 1

    def _first_of_all(self, one: Ready, kept: Keeper, now: datetime) -> None:
        """What an earlier process left, before anything is fetched."""
        for damage in kept.writer.recovery.damage:
            said = f"damage in the archive, the crawl goes into another file: {damage}"
            logger.error("%s", said)
            aftermath.tell(self.state, one.job, "failed", said, now)
        parse_owed(kept)
        aftermath.catch_up(self.state, kept.writer, self.file, now)
        # All jobs, other workers' too.
        names = [job.name for job in load(self.directory).job]
        self.state.forget_jobs(names)
        forget(self.directory / "state" / "frontier.db", "job:", [f"job:{name}" for name in names])
        self._hosts.take_over(now)

    def _timer(self, active: Active, now: datetime) -> asyncio.TimerHandle | None:
        limits = active.ready.job.limits(now)
        if not limits:
            return None
        long, why = min(limits)
        return asyncio.get_running_loop().call_later(long.total_seconds(), self._end_early, active, why)

    def _end_early(self, active: Active, why: str) -> None:
        if not active.why:
            active.why = why
            active.kept.exhausted = True
            asyncio.ensure_future(stop_soon(active.crawler, active.task))  # noqa: RUF006  the crawl's task is awaited

    async def _rest(self, seconds: float) -> None:
        """Wait a little, or until a run ends; then see to those that ended, and to the disk."""
        tasks = [active.task for active in self._active.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)
        for name, active in list(self._active.items()):
            if active.task.done():
                del self._active[name]
                self._finish(active)
        if self._active:
            room = disk.look(self.directory, self.least_room)
            for active in self._active.values():
                if room.low:
                    self._end_early(active, room.said)
                elif self._writer is not None and (said := aftermath.unwelcome(active.kept)):
                    self._end_early(active, said)

    def _finish(self, active: Active) -> None:
        job, kept = active.ready.job, active.kept
        if active.timer is not None:
            active.timer.cancel()
        active.undo.close()
        error = active.task.exception()
        if error is not None:
            logger.error("%s: %s", job.name, error)
            kept.broken = kept.broken or f"{type(error).__name__}: {error}"
        stats = active.crawler.stats
        reason = str(stats.get_value("finish_reason", "")) if stats is not None else ""
        why = active.why or kept.broken or ("max_pages" if kept.exhausted else "" if reason == "finished" else reason)
        try:
            summary = kept.close("unfinished" if why else "finished")
        except (ArchiveError, OSError) as failure:
            self.state.note(job.name, "failed", str(failure), self.clock())
            return
        ended = Ended(
            job.name, summary, tuple(kept.unanswered), tuple(kept.unparsed), tuple(kept.remarks), kept.broken, why
        )
        now = self.clock()
        self.state.finish(job.name, summary.outcome, now)
        assert self._writer is not None
        spider = active.crawler.spider
        for reason, url in spider.scope.traps.items() if isinstance(spider, JobSpider) else ():
            self.state.note(job.name, "trap", f"{reason}, as in {url[:200]}", now)
        aftermath.see_to(self.state, self._writer.db, active.ready, summary, ended.unanswered, why, now)
        self._ended.append(ended)
        self.say(ended)
        self._delivery.begin(self.file)

    async def _close(self) -> None:
        for active in self._active.values():
            self._end_early(active, "stopped")
        while self._active:
            await self._rest(_LOOK)
        if self._lock is not None:
            # Also what waited for its time since an earlier run.
            self._delivery.begin(self.file)
        await self._delivery.end()
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.shut()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _reload(self) -> None:
        try:
            self.file = load(self.directory).of(self.worker)
            self._held.clear()
        except CrawlerError as error:
            self.state.note("", "failed", f"the job file was changed and is not taken over: {error}", self.clock())


def _modified(directory: Path) -> int:
    try:
        return (directory / FILE_NAME).stat().st_mtime_ns
    except OSError:
        return 0
