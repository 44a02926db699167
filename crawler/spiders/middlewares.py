"""Downloader middlewares of a run: its budget of pages, its proxy, and redirects out of scope."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.fetch.failures import OutOfScope
from crawler.pipelines import Keeper, keeper
from crawler.spiders.archiving import ArchivingSpider


class BudgetMiddleware:
    """Ends the crawl when it has taken as many pages as it may; what is queued stays for the next run."""

    def __init__(self, crawler: Crawler, kept: Keeper) -> None:
        self._crawler = crawler
        self._keeper = kept
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BudgetMiddleware:
        """Made by Scrapy."""
        kept = keeper(crawler)
        if kept.max_pages is None:
            raise NotConfigured
        return cls(crawler, kept)

    def process_request(self, request: Request) -> Request | None:
        """Count a page; hand a page too many back to the scheduler and close the spider."""
        meta = request.meta
        if meta.get("role") in (None, "requisite") or meta.get("redirect_times") or meta.get("retry_times"):
            return None
        assert self._keeper.max_pages is not None
        if self._keeper.pages < self._keeper.max_pages:
            self._keeper.pages += 1
            return None
        self._keeper.exhausted = True
        if self._closing is None:
            closing = self._crawler.engine.close_spider_async(reason="max_pages")
            self._closing = asyncio.get_running_loop().create_task(closing)
        return request.replace(dont_filter=True)


class ProxyMiddleware:
    """Sends every request, robots.txt included, through the proxy of the setting `PROXY`."""

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        """Made by Scrapy."""
        proxy = crawler.settings.get("PROXY")
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        """Name the proxy where the request names none."""
        request.meta.setdefault("proxy", self._proxy)


class RedirectScopeMiddleware:
    """Refuses redirects that lead a page out of the crawl's scope; a bare URL's seed takes the scope along."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectScopeMiddleware:
        """Made by Scrapy."""
        if not isinstance(crawler.spider, ArchivingSpider):
            raise NotConfigured
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises OutOfScope."""
        spider = self._crawler.spider
        assert isinstance(spider, ArchivingSpider)
        role = request.meta.get("role")
        if not request.meta.get("redirect_times") or role in (None, "requisite"):
            return
        host = (urlsplit(request.url).hostname or "").lower()
        if spider.scope.has_host(host):
            return
        if role == "seed" and spider.plan.site is None:
            spider.scope.admit(request.url)
            return
        raise OutOfScope(f"The redirect leads to {host[:100]}, which is out of the crawl's scope.")
