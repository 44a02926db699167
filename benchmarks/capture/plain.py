"""Scrapy that fetches: `python plain.py KIND ORIGIN COUNT FOLDER`; prints what it cost as JSON. KINDs are in SETTINGS.

The file imports nothing of Seogo, so that it runs in the environment of scrapy-webarchive too. A COUNT with a minus is
of large bodies.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import CrawlerProcess

# What all of them are given: the same work, side by side; no line of log for each page.
COMMON = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "DOWNLOAD_WARNSIZE": 0,
}


class Cost:
    """CPU seconds and resident memory from a crawl's first response to its last."""

    def __init__(self, crawler: Any, count: int) -> None:
        self._count = count
        self._seen = 0
        self._begun = 0.0
        self.memory: list[int] = []
        crawler.signals.connect(self._received, signal=signals.response_received)

    def _received(self, request: Any) -> None:
        if request.meta.get("robots"):
            return
        self._begun = self._begun or time.process_time()
        self._seen += 1
        if self._seen % max(1, self._count // 10) == 0:
            self.memory.append(resident())

    def told(self) -> str:
        """The cost so far, as JSON."""
        peak = int(next(line for line in _status() if line.startswith("VmHWM")).split()[1]) // 1024
        return json.dumps({"cpu": time.process_time() - self._begun, "memory": self.memory, "peak": peak})


def _status() -> list[str]:
    return Path("/proc/self/status").read_text(encoding="ascii").splitlines()


def resident() -> int:
    """Resident memory in MB."""
    return int(next(line for line in _status() if line.startswith("VmRSS")).split()[1]) // 1024


def addresses(origin: str, count: int) -> list[str]:
    """The pages to fetch, or, for a negative count, the large bodies."""
    return [f"{origin}/{'p' if count > 0 else 'big'}/{number}" for number in range(abs(count))]


class Fetcher(scrapy.Spider):
    """Fetches and does nothing with what comes."""

    name = "fetcher"
    wanted: list[str]
    cost: Cost

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.cost = Cost(crawler, len(spider.wanted))
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    def idle(self) -> None:
        """All has arrived. What scrapy-webarchive does when a spider closes is not of the crawl."""
        print(self.cost.told())

    async def start(self) -> Any:
        for request in self.start_requests():
            yield request

    def start_requests(self) -> Any:
        """As Scrapy before 2.13 wants it."""
        for url in self.wanted:
            yield scrapy.Request(url, self.arrived, dont_filter=True)

    def arrived(self, response: Any) -> None:
        """Nothing is parsed."""


SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "uvloop": {"ASYNCIO_EVENT_LOOP": "uvloop.Loop"},
    "tuned": {"ASYNCIO_EVENT_LOOP": "uvloop.Loop", "CONCURRENT_ITEMS": 1},
    "webarchive": {
        "EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543},
        "SW_EXPORT_URI": "wacz/",
    },
}


def main() -> None:
    """Crawl once."""
    kind, origin, count, folder = sys.argv[1:]
    os.chdir(folder)
    if kind == "webarchive":
        Path("wacz").mkdir()
    process = CrawlerProcess({**COMMON, **SETTINGS[kind]})
    process.crawl(Fetcher, wanted=addresses(origin, int(count)))
    process.start()


if __name__ == "__main__":
    main()
