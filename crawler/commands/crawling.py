"""A whole crawl: one process, one run, one archive."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawler.commands.options import is_terminal
from crawler.commands.progress import watch
from crawler.discovery.backfill import Span
from crawler.discovery.requisites import Parsed
from crawler.frontier import others
from crawler.parsing import ParsePool
from crawler.pipelines import Keeper
from crawler.reparse import copy_definition, parse_owed
from crawler.report import Summary
from crawler.spiders.backfill import BackfillSpider
from crawler.spiders.news import NewsSpider
from crawler.spiders.plan import Plan, new_run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a crawl went: its summary, seeds without an answer, pages that could not be taken in, and what broke it.

    `remarks` tell of seeds that answered with something else than a page.
    """

    summary: Summary
    unanswered: tuple[str, ...]
    unparsed: tuple[str, ...]
    remarks: tuple[str, ...]
    broken: str | None
    stopped: bool

    @property
    def exit_code(self) -> int:
        """0 when the run came to its end, or to its budget; 1 when a seed or a page was lost on the way."""
        unindexed = "index-failed" in self.summary.failed
        return 1 if self.unanswered or self.unparsed or unindexed or self.broken or self.stopped else 0


def in_reactor(main: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine in Scrapy's reactor, once a process."""
    settings = project_settings()
    install_reactor(settings["TWISTED_REACTOR"], settings["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor as installed

    reactor: Any = installed  # a module to the type checker
    ended: list[asyncio.Task[T]] = []

    def begin() -> None:
        task = asyncio.get_running_loop().create_task(_awaited(main()))
        ended.append(task)
        task.add_done_callback(lambda _: reactor.stop())

    reactor.callLater(0, begin)
    reactor.run(installSignalHandlers=False)
    return ended[0].result()


def project_settings() -> Settings:
    """The project's settings, wherever the command is run: there is no scrapy.cfg in other directories."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


async def _awaited(work: Awaitable[T]) -> T:
    return await work


async def crawl(
    plan: Plan, directory: Path, pool: ParsePool[Parsed], *, span: Span | None = None, quiet: bool = False
) -> Crawled:
    """Crawl by a plan into an archive, or fill in a span of its site's past; pages are parsed by `pool`, which stays
    open.

    Raises ArchiveError and CrawlerError for what stops it before it begins.
    """
    settings = project_settings()
    settings.set("SEOGO_ARCHIVE", str(directory), priority="cmdline")
    if plan.frontier:
        check_frontier(plan.frontier)
    user_agent = str(plan.settings(settings["USER_AGENT"]).get("USER_AGENT", settings["USER_AGENT"]))
    kept = Keeper.open(directory, new_run(plan, user_agent), pool, settings)
    for damage in kept.writer.recovery.damage:
        print(f"Warning: damage in the archive, the crawl goes into another file: {damage}", file=sys.stderr)
    with kept.writer:
        kept.site, kept.max_pages = plan.site, plan.max_pages
        keep_definition(plan, directory)
        parse_owed(kept)
        runner = AsyncCrawlerRunner(settings)
        if span is None:
            spider = asyncio.ensure_future(runner.crawl(NewsSpider, plan=plan, keeper=kept))
        else:
            spider = asyncio.ensure_future(runner.crawl(BackfillSpider, plan=plan, keeper=kept, span=span))
        stopped = await _run(kept, spider, runner, watched=not quiet and is_terminal())
        finished = not (stopped or kept.exhausted or kept.broken)
        if plan.shard is not None:
            kept.commit()
            run = kept.writer.run.id
            kept.remarks += others.remarks(kept.writer.db, run, plan.shard, (*plan.seeds, *plan.sidebar))
        summary = kept.close("finished" if finished else "unfinished")
    return Crawled(summary, tuple(kept.unanswered), tuple(kept.unparsed), tuple(kept.remarks), kept.broken, stopped)


async def stop_soon(crawler: Crawler, crawl: asyncio.Future[None]) -> None:
    """End a crawl that was begun, after what is on the wire."""
    # A stop before the engine runs makes Scrapy forget, at the crawl's end, that it is to end.
    while not crawl.done() and (crawler.engine is None or not crawler.engine.running):
        await asyncio.sleep(0.01)
    if not crawl.done():
        await crawler.stop_async()


async def _run(kept: Keeper, spider: asyncio.Future[None], runner: AsyncCrawlerRunner, *, watched: bool) -> bool:
    """Run a spider to its end; returns whether a signal stopped it."""
    loop = asyncio.get_running_loop()
    stopping: list[asyncio.Task[None]] = []

    def stop() -> None:
        if stopping:
            os._exit(1)  # asked twice; what was stored is durable, as after a kill
        print("\nStopping after what is on the wire; Ctrl-C again stops at once.", file=sys.stderr)
        stopping.extend(loop.create_task(stop_soon(crawler, spider)) for crawler in runner.crawlers)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    watching = loop.create_task(watch(kept)) if watched else None
    try:
        await spider
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return bool(stopping)


def check_frontier(url: str) -> None:
    """See that a shared frontier answers, before anything is written. Raises BadInput and CrawlerError."""
    from crawler.frontier.redis_store import connect

    connect(Settings({"REDIS_URL": url})).close()


def keep_definition(plan: Plan, directory: Path) -> None:
    """Copy the definition of a plan that was given as a file into the archive."""
    if plan.definition is not None and plan.site is not None:
        copy_definition(directory, plan.site, plan.definition)
