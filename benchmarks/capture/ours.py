"""Seogo's crawl into an archive, nothing parsed: `python -m benchmarks.capture.ours KIND ORIGIN COUNT FOLDER`.

The kind `capture` fetches with the project's settings and Scrapy's scheduler in memory, `frontier` with the durable
frontier.
"""

from __future__ import annotations

import cProfile
import os
import sys
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from benchmarks.capture.plain import COMMON, Cost, Fetcher, addresses
from crawler.commands.crawling import in_reactor
from crawler.discovery.requisites import take_apart
from crawler.parsing import ParsePool
from crawler.pipelines import Keeper
from crawler.spiders.archiving import ArchivingSpider
from crawler.spiders.plan import Plan, new_run, plan_of


class CaptureSpider(Fetcher):
    """Fetches and archives, with Scrapy's own scheduler."""

    name = "capture"
    plan: Plan
    keeper: Keeper

    def idle(self) -> None:
        """The cost is told when everything is durable."""


class FrontierSpider(ArchivingSpider):
    """Fetches and archives, with the frontier of a crawl."""

    name = "frontier"
    wanted: list[str]
    cost: Cost

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> FrontierSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.cost = Cost(crawler, len(spider.wanted))
        return spider

    async def start(self) -> Any:
        """One request a page."""
        for url in self.wanted:
            yield self.ask(url, "page", 0)

    async def page(self, response: Any) -> Any:
        """Nothing is parsed, nothing is followed."""
        for nothing in range(0):
            yield nothing


async def crawl(kind: str, origin: str, count: int, folder: Path) -> None:
    """Crawl once, and print what it cost when everything is durable."""
    plan = plan_of([origin], depth=0, delay=0.0, requisites=False, allow_private=True)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    for name, value in {**plan.settings(settings["USER_AGENT"]), **COMMON, "SEOGO_ARCHIVE": str(folder)}.items():
        settings.set(name, value, priority="cmdline")
    with ParsePool(0, function=take_apart) as pool:
        kept = Keeper.open(folder, new_run(plan, settings["USER_AGENT"]), pool, settings)
        runner = AsyncCrawlerRunner(settings)
        crawler = runner.create_crawler(FrontierSpider if kind == "frontier" else CaptureSpider)
        with kept.writer:
            await runner.crawl(crawler, plan=plan, keeper=kept, wanted=addresses(origin, count))
            kept.close("finished")
    assert crawler.spider is not None
    print(crawler.spider.cost.told())  # type: ignore[attr-defined]  # both spiders have one


def main() -> None:
    """Crawl once; with BENCH_PROFILE=FILE in the environment under cProfile."""
    kind, origin, count, folder = sys.argv[1:]
    profile = os.environ.get("BENCH_PROFILE")
    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    in_reactor(lambda: crawl(kind, origin, int(count), Path(folder)))
    if profiler:
        profiler.disable()
        profiler.dump_stats(str(profile))


if __name__ == "__main__":
    main()
