"""One gate a host for all jobs of a process: their requests go through it one by one, at the host's delay.

Scrapy keeps its delays by crawl, and jobs that run side by side are crawls side by side. A host that says it is busy
(429, 503) is left alone by all of them, for longer each time, and beyond the end of the run.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.fetch.retries import retry_after

logger = logging.getLogger(__name__)

BUSY = frozenset({429, 503})
PATIENCE = 120.0
"""Seconds that a run waits for a host that is left alone; it ends rather than wait longer, and the rest is queued."""

LONGEST_RETRY_AFTER = 86_400.0


class Busy(Protocol):
    """Told of each answer that says a host is busy; returns how long it is left alone."""

    def __call__(self, host: str, status: int, asked_for: timedelta) -> timedelta: ...


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0
    delay: float = 0.0
    waiting: list[tuple[int, int, asyncio.Future[bool]]] = field(default_factory=list)
    turning: asyncio.Task[None] | None = None


class Gate:
    """The gates of all hosts. `busy` hears of answers that are refusals for now, `well` of hosts that answer again."""

    def __init__(self, busy: Busy, well: Callable[[str], None]) -> None:
        self._busy = busy
        self._well = well
        self._hosts: dict[str, _Host] = {}
        self._held: set[str] = set()
        self._order = itertools.count()

    def hold(self, host: str, wait: timedelta) -> None:
        """Leave a host alone for so long."""
        found = self._hosts.setdefault(host, _Host())
        found.free_at = max(found.free_at, monotonic() + wait.total_seconds())
        self._held.add(host)

    def wait_of(self, host: str) -> float:
        """Seconds until the host may be asked again."""
        found = self._hosts.get(host)
        return max(0.0, found.free_at - monotonic()) if found is not None and host in self._held else 0.0

    async def turn(self, host: str, delay: float, priority: int) -> bool:
        """Wait for one's turn at a host; the higher priority first. Its next comes `delay` seconds later, or more.

        False where the host is left alone for longer than PATIENCE.
        """
        found = self._hosts.setdefault(host, _Host())
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        found.delay = delay if not found.waiting else max(found.delay, delay)
        heapq.heappush(found.waiting, (-priority, next(self._order), turn))
        if found.turning is None or found.turning.done():
            found.turning = asyncio.get_running_loop().create_task(self._serve(found))
        return await turn

    def answered(self, host: str, status: int, asked_for: timedelta) -> None:
        """An answer came."""
        if status in BUSY:
            self.hold(host, self._busy(host, status, asked_for))
        elif status < 500:
            self._held.discard(host)
            self._well(host)

    async def _serve(self, host: _Host) -> None:
        while host.waiting:
            wait = host.free_at - monotonic()
            if 0 < wait <= max(PATIENCE, host.delay):
                # In pieces: a host that is held meanwhile has a later time, and urgent requests may come.
                await asyncio.sleep(min(wait, 0.25))
                continue
            turn = heapq.heappop(host.waiting)[2]
            if turn.done():
                continue
            if wait <= 0:
                host.free_at = monotonic() + host.delay
            turn.set_result(wait <= 0)


class GateMiddleware:
    """Downloader middleware, last before the capture: waits for the host's turn."""

    def __init__(self, crawler: Crawler, gate: Gate, priority: int) -> None:
        self._crawler = crawler
        self._gate = gate
        self._priority = priority
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GateMiddleware:
        """Made by Scrapy; for spiders of jobs alone."""
        gate = getattr(crawler.spider, "gate", None)
        if not isinstance(gate, Gate):
            raise NotConfigured
        return cls(crawler, gate, int(getattr(crawler.spider, "job_priority", 0)))

    async def process_request(self, request: Request) -> Request | None:
        """Wait; hand the request back to the frontier where waiting would take too long."""
        host = (urlsplit(request.url).hostname or "").lower()
        turn = await self._gate.turn(host, self._delay(request), self._priority * 1000 + request.priority)
        return None if turn else self.back(request, host)

    def back(self, request: Request, host: str) -> Request | None:
        """Hand a request back to the frontier and end the run; robots.txt, which is nobody's page, is asked for."""
        if "frontier_id" not in request.meta:
            return None
        if self._closing is None:
            logger.warning("%s asks to be left alone for long: the run ends, and what is queued waits", host)
            engine = self._crawler.engine
            assert engine is not None
            closing = engine.close_spider_async(reason="host-busy")
            self._closing = asyncio.get_running_loop().create_task(closing)
        return request.replace(dont_filter=True)

    def process_response(self, request: Request, response: Response) -> Response:
        """Learn from an answer whether the host wants to be left alone."""
        if not request.meta.get("robots"):
            value = response.headers.get(b"Retry-After")
            seconds = retry_after(value, datetime.now(UTC), LONGEST_RETRY_AFTER)
            host = (urlsplit(request.url).hostname or "").lower()
            self._gate.answered(host, response.status, timedelta(seconds=seconds))
        return response

    def _delay(self, request: Request) -> float:
        """The host's own delay in this crawl: what was asked for, AutoThrottle's and robots.txt's, the longest."""
        engine = self._crawler.engine
        assert engine is not None
        key = engine.downloader.get_slot_key(request)
        slot = engine.downloader.slots.get(key)
        asked: float = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        return asked if slot is None else max(asked, slot.delay)


class HeldMiddleware(GateMiddleware):
    """Before anything else: a page of a host that is left alone asks for nothing, robots.txt included."""

    async def process_request(self, request: Request) -> Request | None:
        """Hand the request back where waiting would take too long."""
        host = (urlsplit(request.url).hostname or "").lower()
        return self.back(request, host) if self._gate.wait_of(host) > PATIENCE else None

    def process_response(self, request: Request, response: Response) -> Response:
        """The other one learns from answers."""
        return response
