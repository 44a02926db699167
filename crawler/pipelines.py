"""From the spiders to the archive: who keeps the archive's Writer open during a crawl, and what hands it the items."""

from __future__ import annotations

import asyncio
import gc
import logging
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive import times
from archive.commit import Writer
from archive.errors import ArchiveError
from archive.index import articles, captures
from archive.model import Capture, Exchange, Items, Outcome, Run
from archive.urls import url_key
from crawler.discovery.requisites import Parsed, take_apart
from crawler.parsing import ParsePool
from crawler.report import Summary, summarise
from crawler.sites.model import Site
from crawler.stall import Stall
from crawler.writing import writing_of

logger = logging.getLogger(__name__)

# How often what waits for its commit is looked at, in seconds; the Writer decides whether a commit is due.
_TICK = 0.1
# KiB of the index that a run holds in memory. Less than readers have: as fast to write, and a crawl stays
# under 150 MB however many pages it fetches.
_INDEX_CACHE = 12 << 10
# Objects that come between two looks for cycles, of which a page leaves six. Python's 700 cost a crawl 9 % of its time.
_BETWEEN_COLLECTIONS = 10_000
MOST_TOLD = 1000
"""How many pages that came to nothing are told by name, so that memory stays flat; the outcomes have them all."""


@dataclass(eq=False)
class Keeper:
    """What a run holds open: the Writer, the parsers' pool; and how the run went.

    `unanswered` are seeds without an answer, `unparsed` pages that were lost on the way, `remarks` tell of seeds that
    answered with something else than a page.
    """

    directory: Path
    writer: Writer
    pool: ParsePool[Parsed]
    site: Site | None = None
    max_pages: int | None = None
    pages: int = 0
    exhausted: bool = False
    unanswered: list[str] = field(default_factory=list)
    unparsed: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    broken: str | None = None
    stall: Stall = field(default_factory=Stall)

    @classmethod
    def open(cls, directory: Path, run: Run, pool: ParsePool[Parsed], settings: BaseSettings) -> Keeper:
        """Open an archive for a run. Raises ArchiveBusy, ArchiveMissing, ArchiveDamaged, SchemaTooNew, CrawlerError."""
        writer = Writer.open(directory, run, **writing_of(settings))
        writer.db.execute(f"PRAGMA cache_size = -{_INDEX_CACHE}")
        return cls(directory, writer, pool)

    def is_known(self, url: str, within: timedelta, article: str | None = None) -> bool:
        """Whether the archive has a good capture of this URL, or of the article of that key at any address, that is
        younger than `within`.
        """
        key = url_key(url)
        if article is not None and self.site is not None:
            read_at = articles.last_captured(self.writer.db, self.site.name, article)
            if read_at is not None and times.now() - times.from_text(read_at) < within:
                return True
        at = self.writer.known(key)
        if at is None or times.now() - times.from_text(at) >= within:
            return False
        latest = captures.latest(self.writer.db, key)
        return latest is None or (not latest.truncated and (latest.status or 0) < 400)

    def fail(self, capture: Capture, outcome: str, reason: str) -> None:
        """Record that a page that arrived could not be parsed; its capture stays."""
        if len(self.unparsed) < MOST_TOLD:
            self.unparsed.append(capture.url)
        self.writer.add_outcome(
            Outcome(self.writer.run.id, capture.url, times.to_text(times.now()), outcome, reason, capture.id)
        )
        self.writer.nothing_to_parse(capture)

    async def store(self, exchange: Exchange, *, parse: bool) -> Capture:
        """Store an exchange, waiting while the disk is full. Raises WriteFailed where that does not help."""
        while True:
            try:
                return self.writer.store(exchange, parse=parse)
            except (ArchiveError, OSError) as error:
                if not self.waits_out(error):
                    raise
            await self.stall.wait()

    async def add_items(self, capture: Capture, items: Items) -> None:
        """Keep the items of a page, waiting while the disk is full. Raises WriteFailed where that does not help."""
        while True:
            try:
                return self.writer.add_items(capture, items)
            except (ArchiveError, OSError) as error:
                if not self.waits_out(error):
                    raise
            await self.stall.wait()

    def commit(self) -> bool:
        """Make everything durable that was stored so far; False where that cannot be now."""
        if self.broken is not None or not self.stall.due:
            return False
        try:
            self.writer.commit()
        except (ArchiveError, OSError) as error:
            self.waits_out(error)
            return False
        self.stall.end()
        return True

    def waits_out(self, error: Exception) -> bool:
        """Whether the crawl stands still until a write that failed goes well; otherwise it is broken from now on."""
        if self.broken is None and self.stall.begin(error):
            return True
        self.broken = self.broken or str(error)
        return False

    def close(self, outcome: str) -> Summary:
        """End the run: `finished` when it came to its end, else `unfinished`; its counts are of durable rows."""
        self.writer.commit()
        summary = summarise(self.writer.db, self.writer.run, outcome)
        self.writer.close(outcome, summary.counts())
        return summary


class KeepArchive:
    """Scrapy extension: commits on a timer, and ends the crawl when the archive can no longer be written.

    A spider that was given a Keeper shares it; one started by `scrapy crawl` opens and closes its own.
    """

    def __init__(self, crawler: Crawler, kept: Keeper, *, owned: bool) -> None:
        self.keeper = kept
        self._crawler = crawler
        self._owned = owned
        self._timer: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)
        crawler.signals.connect(self._spider_error, signal=signals.spider_error)
        crawler.signals.connect(self._item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepArchive:
        """Made by Scrapy for every crawl; steps aside where a foreign spider or the shell runs."""
        from crawler.spiders.plan import Plan, new_run

        plan = getattr(crawler.spider, "plan", None)
        if not isinstance(plan, Plan):
            raise NotConfigured
        given = getattr(crawler.spider, "keeper", None)
        if isinstance(given, Keeper):
            return cls(crawler, given, owned=False)
        directory = Path(crawler.settings["SEOGO_ARCHIVE"])
        workers = crawler.settings.get("PARSE_WORKERS")
        pool = ParsePool(None if workers is None else int(workers), function=take_apart)
        kept = Keeper.open(directory, new_run(plan, crawler.settings["USER_AGENT"]), pool, crawler.settings)
        kept.site, kept.max_pages = plan.site, plan.max_pages
        return cls(crawler, kept, owned=True)

    def _opened(self, spider: Spider) -> None:
        # All that was imported and set up stays: nobody looks through it again.
        gc.freeze()
        gc.set_threshold(_BETWEEN_COLLECTIONS)
        self._timer = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        kept = self.keeper
        while kept.broken is None:
            await asyncio.sleep(_TICK)
            if not self._crawler.crawling:
                kept.stall.give_up()
            if kept.writer.due() or kept.stall.lasts:
                kept.commit()
            self._hold()
        logger.critical("The archive cannot be written any more, the crawl ends: %s", kept.broken)
        self._stopping = asyncio.get_running_loop().create_task(self._crawler.stop_async())

    def _hold(self) -> None:
        """Nothing new is fetched while the crawl stands still."""
        engine = self._crawler.engine
        if engine is not None and engine.paused != self.keeper.stall.lasts:
            (engine.pause if self.keeper.stall.lasts else engine.unpause)()

    def _spider_error(self, response: Response | None) -> None:
        # Scrapy has logged the defect with its traceback; here the page is remembered as one not taken in.
        self.keeper.unparsed.append(response.url if response is not None else "")

    def _item_error(self) -> None:
        self.keeper.unparsed.append("")

    def _closed(self, spider: Spider, reason: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._owned:
            finished = reason == "finished" and self.keeper.broken is None
            self.keeper.close("finished" if finished else "unfinished")
            self.keeper.pool.close()


class ArchivePipeline:
    """Item pipeline: hands each page's Items to the Writer."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: Parted) -> Parted:
        """Keep a page's parts; anything else that a spider yields passes by."""
        if isinstance(item, Parted):
            try:
                await keeper(self._crawler).add_items(item.capture, item.items)
            except (ArchiveError, OSError) as error:
                # The Keeper has told of it, and the crawl ends; the next run parses the page.
                raise DropItem(str(error)) from error
        return item


@dataclass(frozen=True, slots=True)
class Parted:
    """What spiders yield: a capture with the items of its page."""

    capture: Capture
    items: Items


def keeper(crawler: Crawler) -> Keeper:
    """The Keeper of a crawl. Raises NotConfigured in a crawl that archives nothing, as in the shell."""
    extension = crawler.get_extension(KeepArchive)
    if extension is None:
        raise NotConfigured("this crawl has no archive")
    return extension.keeper


def run_id() -> str:
    """A new run's id."""
    return str(uuid.uuid4())
