"""The other half of fetch_lab: one crawl in this process, with a writer that keeps what it is given."""

from __future__ import annotations

import contextlib
import gc
import pickle
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import scrapy
from fetch_lab import Crawl, Fetched
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from archive.model import Capture, Exchange, Outcome
from crawler.fetch import outcomes
from crawler.fetch.recording import Attempt, Recording
from crawler.fetch.settings import FETCH_SETTINGS

CRAWL = Crawl()


class RecordingWriter:
    """The archive's writer as fetching sees it."""

    run = SimpleNamespace(id="run")

    def store(self, exchange: Exchange, *, parse: bool) -> Capture:
        body = exchange.response_body
        if not isinstance(body, bytes):
            body.seek(0)
            CRAWL.spooled += 1
            exchange = replace(exchange, response_body=body.read())
        CRAWL.exchanges.append(exchange)
        CRAWL.parsed.append(parse)
        number = str(len(CRAWL.exchanges) - 1)
        return Capture(
            number, exchange.url, "", "", None, None, None, "response", None, "wire", None, "", "run", "", 0, 0
        )

    def nothing_to_parse(self, capture: Capture) -> None:
        CRAWL.parsed[int(capture.id)] = False

    def add_outcome(self, outcome: Outcome) -> None:
        CRAWL.outcomes.append(outcome)


WRITER = RecordingWriter()


async def store(exchange: Exchange, *, parse: bool) -> Capture:
    return WRITER.store(exchange, parse=parse)


KEEPER = SimpleNamespace(writer=WRITER, store=store)
outcomes.keeper = lambda crawler: KEEPER  # type: ignore[assignment]  # stands in for Keeper


class LabSpider(scrapy.Spider):
    name = "lab"
    wanted: list[Any]

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for item in self.wanted:
            url, more = (item, {}) if isinstance(item, str) else item
            meta = {"handle_httpstatus_all": more.pop("all_statuses", False), "asked": url, **more.pop("meta", {})}
            yield scrapy.Request(url, self.arrived, errback=self.failed, meta=meta, dont_filter=True, **more)

    async def arrived(self, response: Any) -> None:
        capture = response.meta.get("capture")
        CRAWL.fetched[response.meta["asked"]] = Fetched(
            response.url,
            response.status,
            response.body,
            response.flags,
            type(response).__name__,
            capture=int(capture.id) if capture else None,
            at=monotonic(),
        )

    def failed(self, failure: Any) -> None:
        error = failure.value
        request = failure.request
        capture = request.meta.get("capture")
        CRAWL.fetched[request.meta["asked"]] = Fetched(
            request.url,
            failure=type(error).__name__,
            outcome=getattr(error, "outcome", ""),
            message=str(error),
            capture=int(capture.id) if capture else None,
            at=monotonic(),
        )


def temporary_files() -> int:
    """Files that are open and have no name any more, as temporary ones have none."""
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(link.readlink()).endswith("(deleted)")
    return found


def main() -> None:
    wanted, settings, result = pickle.loads(Path(sys.argv[1]).read_bytes())
    base = {
        "LOG_LEVEL": "INFO",
        "USER_AGENT": "Seogo/0.1 (+https://example.org/)",
        "HTTPERROR_ALLOW_ALL": True,
        "AUTOTHROTTLE_ENABLED": False,
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    }
    spiders = settings.pop("LAB_SPIDERS", 1)
    for name, value in settings.pop("LAB_ATTRIBUTES", {}).items():
        setattr(LabSpider, name, value)
    for host, address in settings.pop("LAB_HOSTS", {}).items():
        kind = IPv6Address if ":" in address else IPv4Address
        dnscache[host] = [kind("TCP", address, 0)]
    # Without the collector, only what no reference cycle holds is freed.
    gc.disable()
    process = AsyncCrawlerProcess({**FETCH_SETTINGS, **base, **settings})
    for start in range(spiders):
        process.crawl(LabSpider, wanted=wanted[start::spiders])
    process.start()
    CRAWL.open_files = temporary_files()
    attempts = [thing for thing in gc.get_objects() if isinstance(thing, Attempt)]
    CRAWL.held = sum(len(one.head) + sum(map(len, one.sent)) + len(one._unread) for one in attempts)
    CRAWL.held += sum(len(thing.attempts) for thing in gc.get_objects() if isinstance(thing, Recording))
    Path(result).write_bytes(pickle.dumps(CRAWL))


main()
