"""Scrapy's scheduler on a frontier in Redis, which any number of workers share; each writes its own archive.

What the local frontier promises holds here too: a request is acknowledged once its exchange is durable, with the links
found on its page in one step, and never before. A worker asks a host for something only while it holds the host's site,
and at the delay that the host had from whoever asked it last.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter, deque
from typing import Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive import times
from archive.model import Outcome
from crawler.discovery.scope import Scope
from crawler.errors import CrawlerError
from crawler.frontier import redis_store, request_json
from crawler.frontier.redis_store import Finished, FrontierAway, RedisFrontier, connect, without_password
from crawler.frontier.scheduler import BATCH, FrontierScheduler
from crawler.frontier.shard import group_of
from crawler.frontier.store import Entry

logger = logging.getLogger(__name__)

BEAT: Final = 1.0
"""Seconds between two signs of life; leases last many of them."""

AWAY: Final = 60.0
"""Seconds that a worker waits for a server that does not answer."""

_LOOK_AGAIN: Final = 0.2


class RedisScheduler(FrontierScheduler):
    """Takes sites over from the shared frontier, works on them, and gives them back."""

    _frontier: RedisFrontier  # type: ignore[assignment]  # in place of the local one

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._beating: asyncio.Task[None] | None = None
        self._away_since: float | None = None
        self._look_at = 0.0
        self._leaving: set[str] = set()

    @property
    def broken(self) -> bool:
        """Whether the crawl is being ended, since archive or frontier cannot be written."""
        return self._keeper.broken is not None

    def turn(self, host: str, delay: float) -> float | None:
        """Seconds until a host may be asked for something, 0 for now; None while another worker holds its site."""
        try:
            wait = self._frontier.turn(group_of(host), host, delay)
        except CrawlerError as error:
            self._failed(error)
            return _LOOK_AGAIN
        return wait

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long, whoever comes to hold it."""
        try:
            self._frontier.hold(host, seconds)
        except CrawlerError as error:
            self._failed(error)

    def has_pending_requests(self) -> bool:
        """Whether anything waits or is in flight, here or at another worker."""
        try:
            return super().has_pending_requests() or self._frontier.pending()
        except CrawlerError as error:
            self._failed(error)
            return not self.broken

    def next_request(self) -> Request | None:
        """The next request of a site that this worker holds or takes over now."""
        try:
            request = super().next_request()
            while request is None and time.monotonic() >= self._look_at:
                if not self._take_over():
                    self._look_at = time.monotonic() + _LOOK_AGAIN
                request = super().next_request()
        except CrawlerError as error:
            self._failed(error)
            return None
        if request is not None:
            self._admit(request)
        return request

    def close(self, reason: str) -> None:
        """Acknowledge what is durable, give all sites back; who leaves last forgets a crawl that came to its end."""
        if self._beating is None:
            return  # it never began
        self._beating.cancel()
        if self._keeper.commit():
            self._acknowledge()
        self._keeper.writer.on_durable.remove(self._acknowledge)
        try:
            self._frontier.leave()
            if reason == "finished" and not super().has_pending_requests():
                self._frontier.finish()
        except CrawlerError as error:
            logger.error("%s: what this worker had in flight waits until its leases run out", error)
        self._frontier.close()

    def _begin(self, key: str, *, fresh: bool) -> None:
        settings = self._crawler.settings
        self._frontier = RedisFrontier(connect(settings), key, refused=self._refused, lease=redis_store.LEASE)
        sites, ended = self._frontier.open(fresh=fresh)
        if sites:
            logger.info("Joining a crawl with requests for %d sites", sites)
        elif ended is not None:
            where = without_password(settings.get("REDIS_URL") or "")
            print(
                f"This crawl came to its end {ended:.0f} s ago at {where}; "
                f"it begins anew {redis_store.LINGERS - ended:.0f} s from now, or with --fresh.",
                file=sys.stderr,
            )
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                self._renew()
            except CrawlerError as error:
                self._failed(error)
            engine = self._crawler.engine
            if engine is not None and engine._slot is not None:
                engine._slot.nextcall.schedule()

    def _renew(self) -> None:
        share, waiting, lost = self._frontier.renew()
        self._away_since = None
        for site in lost:
            logger.warning("%s was given to another worker, since this one was not heard of", site)
            self._forget(site)
        for site, number in waiting.items():
            # Other workers find links to this one's sites.
            self._waiting.pop(site, None)
            self._count({site: number})
        # Others have too few of them: those with least to do go first, once what is in flight is done.
        for site in sorted(self._frontier.held - self._leaving, key=lambda site: waiting.get(site, 0)):
            if len(self._frontier.held) - len(self._leaving) <= share:
                break
            self._forget(site)
            self._leaving.add(site)
        self._give_back()

    def _admit(self, request: Request) -> None:
        """What another worker took into the scope of bare URLs, as where a seed redirects to, is in scope here too."""
        plan, scope = getattr(self._spider, "plan", None), getattr(self._spider, "scope", None)
        found = not request.meta.get("redirect_times") and request.meta.get("role") not in (None, "requisite")
        if found and isinstance(scope, Scope) and getattr(plan, "site", None) is None:
            scope.admit(request.url)

    def _take_over(self) -> bool:
        found = self._frontier.lease(BATCH)
        if found is None:
            return False
        site, waiting, rows = found
        self._taken[site] = deque(rows)
        self._count({site: waiting})
        if site not in self._in_turn:
            self._in_turn.add(site)
            self._turn.append(site)
        return True

    def _count(self, waiting: dict[str, int]) -> None:
        super()._count({site: number for site, number in waiting.items() if number and site not in self._leaving})

    def _forget(self, site: str) -> None:
        self._leaving.discard(site)
        self._waiting.pop(site, None)
        self._taken.pop(site, None)

    def _give_back(self) -> None:
        """Give back the sites at which nothing waits and nothing is in flight, and those that others are to have."""
        busy = Counter(self._queue_of(request) for request in self._out.values())
        for site in sorted(self._frontier.held):
            if site in self._leaving and not busy[site]:
                self._frontier.release(site, self._delays(site), though_more=True)
                self._forget(site)
            elif not (busy[site] or self._waiting.get(site) or self._taken.get(site)):
                self._count({site: self._frontier.release(site, self._delays(site))})

    def _delays(self, site: str) -> dict[str, float]:
        engine = self._crawler.engine
        slots = engine.downloader.slots if engine is not None else {}
        return {host: slot.delay for host, slot in slots.items() if slot.delay and group_of(host) == site}

    def _settle(self, finished: list[int]) -> bool:
        pages = [
            Finished(self._queue_of(self._out[row]), row, tuple(self._found.get(row, ())), self._retried(row))
            for row in finished
        ]
        try:
            self._count(self._frontier.acknowledge(pages))
        except CrawlerError as error:
            self._failed(error)
            return False
        for row in finished:
            self._found.pop(row, None)
            self._again.pop(row, None)
        return True

    def _retried(self, row: int) -> Entry | None:
        """The entry of a request that is to be tried again, where its address now belongs."""
        text = self._again.get(row)
        return None if text is None else self._entry(request_json.load(text, self._spider))

    def _queue_of(self, request: Request) -> str:
        return group_of((urlsplit(request.url).hostname or "").lower())

    def _refused(self, data: bytes, why: str) -> None:
        writer = self._keeper.writer
        where = f"{data[:200].decode('utf-8', 'replace')!r}"
        reason = f"An entry of the shared frontier is no request of ours: {why}"[:500]
        logger.error("%s: %s", reason, where)
        writer.add_outcome(Outcome(writer.run.id, where, times.to_text(times.now()), "bad-request", reason))

    def _failed(self, error: CrawlerError) -> None:
        """A server that is away is waited for; anything else, or too long a wait, ends the crawl."""
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            logger.warning("%s", error)
        if not isinstance(error, FrontierAway) or now - self._away_since > AWAY:
            self._keeper.broken = self._keeper.broken or str(error)
