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
from datetime import timedelta
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from archive import times
from crawler.fetch.handler import TURN
from crawler.fetch.retries import retry_after

logger = logging.getLogger(__name__)

BUSY = frozenset({429, 503})
PATIENCE = 120.0
"""Seconds that a run waits for a host that is left alone; it ends rather than wait longer, and the rest is queued."""

LONGEST_RETRY_AFTER = 86_400.0

LONGEST_UNSENT = 10.0
"""Seconds for which a request that got its turn keeps the others waiting without being sent."""

_PIECE = 0.25


class Busy(Protocol):
    """Told of each answer that says a host is busy; returns how long it is left alone."""

    def __call__(self, host: str, status: int, asked_for: timedelta) -> timedelta: ...


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0
    held_until: float = 0.0
    delays: dict[int, float] = field(default_factory=dict)
    waiting: list[tuple[int, int, bool, asyncio.Future[Pass | None]]] = field(default_factory=list)
    turning: asyncio.Task[None] | None = None

    @property
    def delay(self) -> float:
        return max(self.delays.values(), default=0.0)


class Pass:
    """The right to send one request. The host's next turn is counted from when its bytes have left."""

    def __init__(self, host: _Host) -> None:
        self._host = host
        self.used: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def sent(self) -> None:
        """The request was written; called again where the connection was dead and it is written anew."""
        loop = asyncio.get_running_loop()
        # What is written in one turn of the loop leaves in the next.
        loop.call_soon(loop.call_soon, self.over)

    def over(self) -> None:
        """The request has left, or never will."""
        self._host.free_at = max(self._host.free_at, monotonic() + self._host.delay)
        if not self.used.done():
            self.used.set_result(None)


class Gate:
    """The gates of all hosts. `busy` hears of answers that are refusals for now, `well` of hosts that answer again,
    `asked` of each request's host and the seconds that it is left alone then. `clock` goes by seconds of back-off.
    """

    def __init__(
        self,
        busy: Busy,
        well: Callable[[str], None],
        asked: Callable[[str, float], None] = lambda host, delay: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._busy = busy
        self._well = well
        self._asked = asked
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._order = itertools.count()

    def hold(self, host: str, wait: timedelta) -> None:
        """Leave a host alone for so long."""
        found = self._hosts.setdefault(host, _Host())
        found.held_until = max(found.held_until, self._clock() + wait.total_seconds())

    def not_before(self, host: str, wait: timedelta) -> None:
        """The host was asked lately, by another process: its next turn comes so much later."""
        found = self._hosts.setdefault(host, _Host())
        found.free_at = max(found.free_at, monotonic() + wait.total_seconds())

    def wait_of(self, host: str) -> float:
        """Seconds for which the host is still left alone."""
        found = self._hosts.get(host)
        return max(0.0, found.held_until - self._clock()) if found is not None else 0.0

    async def turn(self, host: str, crawl: int, delay: float, priority: int, *, stubborn: bool = False) -> Pass | None:
        """Wait for one's turn at a host, the higher priority first; the next comes `delay` seconds after it was used.

        Of crawls side by side the longest delay counts. None where the host is left alone for longer than PATIENCE,
        unless `stubborn`.
        """
        found = self._hosts.setdefault(host, _Host())
        turn: asyncio.Future[Pass | None] = asyncio.get_running_loop().create_future()
        found.delays[crawl] = delay
        heapq.heappush(found.waiting, (-priority, next(self._order), stubborn, turn))
        if found.turning is None or found.turning.done():
            found.turning = asyncio.get_running_loop().create_task(self._serve(host, found))
        return await turn

    def leave(self, crawl: int) -> None:
        """A crawl has ended: its delays count no more."""
        for found in self._hosts.values():
            found.delays.pop(crawl, None)

    def answered(self, host: str, status: int, asked_for: timedelta) -> None:
        """An answer came. One that comes while the host is left alone was asked for before, and says nothing of it."""
        if status in BUSY:
            self.hold(host, self._busy(host, status, asked_for))
        elif status < 500 and not self.wait_of(host):
            self._well(host)

    async def _serve(self, name: str, host: _Host) -> None:
        while host.waiting:
            _, _, stubborn, turn = host.waiting[0]
            held = self.wait_of(name)
            refused = held > PATIENCE and not stubborn
            wait = max(host.free_at - monotonic(), held if held <= PATIENCE else 0.0)
            if wait > 0 and not refused and not turn.done():
                # In pieces: a host that is held meanwhile has a later time, and urgent requests may come.
                await asyncio.sleep(min(wait, _PIECE))
                continue
            heapq.heappop(host.waiting)
            if refused and not turn.done():
                turn.set_result(None)
            if turn.done():
                continue
            delay = host.delay
            granted = Pass(host)
            turn.set_result(granted)
            if delay > 0:
                self._asked(name, delay)
                # The next turn is counted from when the request left: before that it waits for a connection.
                await asyncio.wait([granted.used], timeout=LONGEST_UNSENT)


class GateMiddleware:
    """Downloader middleware, last before the capture: waits for the host's turn."""

    def __init__(self, crawler: Crawler, gate: Gate, priority: int) -> None:
        self._crawler = crawler
        self._gate = gate
        self._priority = priority
        self._closing: asyncio.Task[None] | None = None
        crawler.signals.connect(self._closed, signal=signals.spider_closed)

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
        urgency = self._priority * 1000 + request.priority
        # Without robots.txt there is no telling what may be asked for: pages would count as refused.
        robots = bool(request.meta.get("robots"))
        turn = await self._gate.turn(host, id(self), self._delay(request), urgency, stubborn=robots)
        if turn is None:
            return self.back(request, host)
        request.meta[TURN] = turn
        return None

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A request that failed on its way holds nobody up."""
        turn = request.meta.pop(TURN, None)
        if isinstance(turn, Pass):
            turn.over()

    def _closed(self) -> None:
        self._gate.leave(id(self))

    def back(self, request: Request, host: str) -> Request | None:
        """Hand a request back to the frontier and end the run; what is nobody's page goes its way."""
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
            seconds = retry_after(value, times.now(), LONGEST_RETRY_AFTER)
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
