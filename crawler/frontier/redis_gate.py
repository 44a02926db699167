"""The gate before the wire, for workers that share a frontier: nobody else is at the host, and its delay is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.fetch.failures import TimedOut
from crawler.fetch.limits import Limits
from crawler.fetch.retries import retry_after
from crawler.frontier.redis_scheduler import RedisScheduler

PATIENCE: Final = 30.0
"""Seconds that a robots.txt is waited for which a redirect keeps at a site that another worker holds."""

_BUSY = frozenset({429, 503})
_LONGEST_SLEEP: Final = 1.0


class RedisGate:
    """Downloader middleware, behind all that asks for another address: each request waits for its host's turn."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._longest = Limits.of(crawler.settings).retry_after_seconds
        # One request of a host asks for its turn at a time, in the order in which they came.
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedisGate:
        """Made by Scrapy; for crawls with a frontier in Redis alone."""
        if not crawler.settings.get("REDIS_URL"):
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> Request | None:
        """Wait; hand a page back to the frontier when its site is another worker's by now. Raises TimedOut."""
        scheduler = self._scheduler()
        if scheduler is None:
            return None
        host = _host(request)
        queue = self._queues.setdefault(host, asyncio.Lock())
        begun = monotonic()
        async with queue:
            while (wait := scheduler.turn(host, self._delay(request))) != 0:
                if (wait is None or scheduler.broken) and "frontier_id" in request.meta:
                    return request.replace(dont_filter=True)
                if wait is None and monotonic() - begun > PATIENCE:
                    raise TimedOut(f"Another worker was at {host[:100]} all the time.")
                await asyncio.sleep(min(wait or _LONGEST_SLEEP, _LONGEST_SLEEP))
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """A host that is busy is left alone by whoever comes to hold it."""
        scheduler = self._scheduler()
        if response.status in _BUSY and scheduler is not None:
            seconds = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC), self._longest)
            if seconds:
                scheduler.hold(_host(request), seconds)
        return response

    def _scheduler(self) -> RedisScheduler | None:
        engine = self._crawler.engine
        slot = engine._slot if engine is not None else None
        return slot.scheduler if slot is not None and isinstance(slot.scheduler, RedisScheduler) else None

    def _delay(self, request: Request) -> float:
        """What was asked for, AutoThrottle's or robots.txt's delay, the longest."""
        engine = self._crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(engine.downloader.get_slot_key(request))
        asked: float = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        return asked if slot is None else max(asked, slot.delay)


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
