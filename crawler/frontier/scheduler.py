"""Scrapy's scheduler on the frontier: crash-safe, fair between hosts, acknowledged after the archive.

A URL is acknowledged once, in one transaction with the links found on it, and only after the group commit that made
its exchange durable: exchange, index, then frontier. Scrapy has no signal for "everything about this request is
finished": the engine's set of requests in progress is the one place that knows, whether a callback, an errback, a
redirect, a retry or a refusal ended it. Links found on a page can be taken once the page is acknowledged.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import times
from archive.errors import WriteFailed
from crawler.frontier import request_json
from crawler.frontier.identity import identity_of
from crawler.frontier.others import Others
from crawler.frontier.store import Entry, Frontier, Taken
from crawler.pipelines import keeper

logger = logging.getLogger(__name__)

# Rows fetched from the file at once: for one host at least, and of all hosts about. Memory stays flat over any number.
BATCH = 8
TAKEN = 128
# Requests of one host beyond those it may have on the wire, waiting in the downloader so that no round trip is lost.
AHEAD = 2
# Requests that are finished and wait for a commit; more than these bring one about.
MOST_UNACKNOWLEDGED = 200
# Requests of a spider's start that wait to be written; the engine takes as many as there are before it asks for one.
MOST_UNPARENTED = 500


class FrontierScheduler(BaseScheduler):
    """Hands out requests host by host and acknowledges them after the archive's commit."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._per_host = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + AHEAD
        self._taken: dict[str, deque[Taken]] = {}
        self._waiting: dict[str, int] = {}
        self._downloading: dict[str, set[int]] = {}
        self._turn: deque[str] = deque()
        self._in_turn: set[str] = set()
        self._out: dict[int, Request] = {}
        self._found: dict[int, list[Entry]] = {}
        self._again: dict[int, str] = {}
        self._unparented: list[Entry] = []
        self._others = Others.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Made by Scrapy's engine."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Open the crawl that the spider names, going on with what an earlier run of it left."""
        self._spider = spider
        self._keeper = keeper(self._crawler)
        self._begin(getattr(spider, "crawl_key", spider.name), fresh=bool(getattr(spider, "fresh", False)))
        self._crawler.signals.connect(self._left_downloader, signal=signals.request_left_downloader)
        self._keeper.writer.on_durable.append(self._acknowledge)

    def _begin(self, key: str, *, fresh: bool) -> None:
        path = self._keeper.directory / "state" / "frontier.db"
        self._frontier = Frontier.open(path, key, fresh=fresh)
        anew_above = getattr(self._spider, "anew_above", None)
        if anew_above is not None:
            self._frontier.begin_anew(anew_above)
        self._count(self._frontier.waiting())
        if self._frontier.resumed:
            logger.info("Going on with an unfinished crawl: %d requests wait", sum(self._waiting.values()))

    def close(self, reason: str) -> None:
        """Acknowledge what is durable; a crawl that came to its end is forgotten, so that the next starts anew.

        What was handed out and is not acknowledged stays in flight, for the next run to match with the index.
        """
        try:
            if self._keeper.commit():
                self._acknowledge()
            if reason == "finished" and not self.has_pending_requests():
                self._frontier.finish()
            else:
                self._frontier.release([taken.id for rows in self._taken.values() for taken in rows])
        except WriteFailed as error:
            # The next run does it.
            logger.warning("%s", error)
        finally:
            self._keeper.writer.on_durable.remove(self._acknowledge)
            self._frontier.close()

    def has_pending_requests(self) -> bool:
        """Whether anything waits, or may be found on a page that is not acknowledged yet."""
        return bool(self._out or self._unparented or self._any_waits())

    def _any_waits(self) -> bool:
        return bool(self._waiting or any(self._taken.values()))

    def enqueue_request(self, request: Request) -> bool:
        """Keep a request: with the page it was found on, or at once when it comes from the spider's start.

        One for a host of another shard is left to that.
        """
        if self._others is not None and self._others.take(request):
            return False
        parent = request.meta.pop("frontier_parent", None)
        before = request.meta.pop("frontier_id", None)
        if parent is None and before in self._out and identity_of(request) == identity_of(self._out[before]):
            self._again[before] = request_json.dump(request, self._spider)
            return True
        entry = self._entry(request)
        owner = parent if parent is not None else before
        if owner in self._out:
            self._found.setdefault(owner, []).append(entry)
        else:
            self._unparented.append(entry)
            if len(self._unparented) >= MOST_UNPARENTED:
                try:
                    self._keep_unparented()
                except WriteFailed as error:
                    self._keeper.waits_out(error)
        return True

    def next_request(self) -> Request | None:
        """The next request, host by host; None when every host is busy, nothing waits, or the disk is full."""
        try:
            return self._next()
        except WriteFailed as error:
            self._keeper.waits_out(error)
            return None

    def _next(self) -> Request | None:
        if self._unparented:
            self._keep_unparented()
        taken = self._pick()
        if taken is None and (finished := self._finished()):
            for row in finished:
                # What a middleware answered or refused never reached the downloader, and never left it.
                self._left_downloader(self._out[row])
            taken = self._pick()
            if taken is None and (len(finished) >= MOST_UNACKNOWLEDGED or self._all_hangs_on(finished)):
                if self._keeper.commit():
                    self._acknowledge()
                taken = self._pick()
        if taken is None:
            return None
        request = request_json.load(taken.request, self._spider)
        request.meta["frontier_id"] = taken.id
        if taken.interrupted:
            request.meta["interrupted_at"] = taken.added_at
        self._out[taken.id] = request
        self._downloading.setdefault(taken.host, set()).add(taken.id)
        return request

    def _keep_unparented(self) -> None:
        self._count(self._frontier.add(self._unparented))
        self._unparented.clear()

    def _all_hangs_on(self, finished: list[int]) -> bool:
        """Whether nothing goes on until these are committed: it is done now then, instead of on the timer."""
        if self._any_waits():
            return False
        return len(finished) == len(self._out) or any(row in self._found or row in self._again for row in finished)

    def _pick(self) -> Taken | None:
        for _ in range(len(self._turn)):
            host = self._turn.popleft()
            rows = self._taken.get(host)
            if not rows and self._waiting.get(host):
                rows = self._taken[host] = deque(self._frontier.take(host, max(BATCH, TAKEN // len(self._in_turn))))
                self._waiting[host] -= len(rows)
                if self._waiting[host] <= 0 or not rows:
                    del self._waiting[host]
            if not rows:
                self._in_turn.discard(host)
                self._taken.pop(host, None)
                continue
            self._turn.append(host)
            if len(self._downloading.get(host, ())) < self._per_host:
                return rows.popleft()
        return None

    def _count(self, waiting: dict[str, int]) -> None:
        for host, number in waiting.items():
            self._waiting[host] = self._waiting.get(host, 0) + number
            if host not in self._in_turn:
                self._in_turn.add(host)
                self._turn.append(host)

    def _finished(self) -> list[int]:
        engine = self._crawler.engine
        assert engine is not None
        slot = engine._slot
        in_progress = slot.inprogress if slot is not None else set()
        return [row for row, request in self._out.items() if request not in in_progress]

    def _acknowledge(self, *_: object) -> None:
        finished = self._finished()
        # Of a crawl that is broken nobody knows what was stored: the next run finds out.
        if not finished or self._keeper.broken is not None or not self._settle(finished):
            return
        for row in finished:
            self._left_downloader(self._out.pop(row))
        # Whoever was told that there is nothing asks again only at Scrapy's heartbeat, 5 s later.
        engine = self._crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()

    def _settle(self, finished: list[int]) -> bool:
        """Write down what became of requests; whether that could be done."""
        again = [(row, self._again[row]) for row in finished if row in self._again]
        found = [entry for row in finished for entry in self._found.get(row, ())]
        done = [row for row in finished if row not in self._again]
        self._count(self._frontier.acknowledge(done, found, again))
        for row in finished:
            self._again.pop(row, None)
            self._found.pop(row, None)
        return True

    def _left_downloader(self, request: Request) -> None:
        row = request.meta.get("frontier_id")
        queue = self._queue_of(request)
        downloading = self._downloading.get(queue)
        if downloading is not None:
            downloading.discard(row)
            if not downloading:
                del self._downloading[queue]

    def _queue_of(self, request: Request) -> str:
        """The queue in which a request waits: its host's."""
        return _host(request)

    def _entry(self, request: Request) -> Entry:
        return Entry(
            fingerprint=identity_of(request),
            host=self._queue_of(request),
            priority=request.priority,
            added_at=times.to_text(times.now()),
            request=request_json.dump(request, self._spider),
        )


class ParentMiddleware:
    """Spider middleware: each request that a callback yields knows the request it was found on."""

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Tag the callback's requests."""
        async for found in result:
            yield self._tag(found, response)

    def _tag(self, found: Any, response: Response) -> Any:
        parent = response.request.meta.get("frontier_id") if response.request is not None else None
        if parent is not None and isinstance(found, Request):
            found.meta["frontier_parent"] = parent
        return found


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
