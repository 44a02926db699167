"""The backfill spider: articles of a site's past, by number, by days' list pages, or out of its sitemaps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from sqlite_utils import Database

from archive.index import articles, captures
from archive.model import Page
from archive.urls import same_page, url_key
from crawler.discovery.backfill import Days, Ids, Span
from crawler.discovery.feeds import Entry, Feed
from crawler.discovery.named import sitemaps_of_robots
from crawler.discovery.paging import Rows
from crawler.discovery.scope import article_key, host_of
from crawler.sites.model import Site
from crawler.spiders.archiving import ArchivingSpider

GONE = (404, 410)
"""An address that answered so is not asked again, unless all is fetched anew."""

MAPS = 2_000
MAP_DEPTH = 4
"""Sitemaps of one backfill, and how deep they may stand in one another."""


def is_held(db: Database, site: Site, url: str) -> bool:
    """Whether the archive has the article at an address already, or knows that there is none."""
    key = article_key(site, url)
    if key is not None and articles.last_captured(db, site.name, key) is not None:
        return True
    latest = captures.latest(db, url_key(url))
    return latest is not None and not latest.truncated and ((latest.status or 0) < 400 or latest.status in GONE)


class BackfillSpider(ArchivingSpider):
    """Fetches what a span of article numbers or days stands for and the archive does not have; nothing beyond it."""

    name = "backfill"

    def __init__(self, *, span: Span, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert self.plan.site is not None
        self.site: Site = self.plan.site
        self.span = span
        self.crawl_key = f"backfill:{self.site.name}:{span}"
        self._rows = Rows()
        self._maps = 0

    async def start(self) -> AsyncIterator[Any]:
        """The articles of the numbers; or the days' list pages, and where there are none the feeds and sitemaps."""
        if isinstance(self.span, Ids):
            for url in self.span.addresses(self.site):
                for request in self.articles_of([url], 0):
                    yield request
            return
        for url in self.span.addresses(self.site):
            yield self.ask(url, "list", 0)
        if self.site.backfill.day is None:
            for url in self.site.feeds:
                yield self.ask_map(url, 0)
            for origin in dict.fromkeys(urljoin(url, "/robots.txt") for url in self.site.seeds):
                yield self.ask(origin, "list", 0).replace(callback=self.robots)

    def articles_of(self, links: Iterable[str], hops: int) -> Iterator[Request]:
        """Requests for those of the addresses that the archive does not have."""
        for url in links:
            if (
                self.scope.has(url)
                and self._may_be_article(url)
                and (self.fresh or not is_held(self.kept.writer.db, self.site, url))
            ):
                yield from self.once(url, "article", hops)

    def follow_page(self, page: Page, hops: int) -> Iterator[Request]:
        """The articles that a day's list page links to, and its next page while there is something new on them."""
        if isinstance(self.span, Ids) or self.scope.kind(page.url) == "article" or page.kind == "article":
            return
        links = [link for link in dict.fromkeys(map(same_page, page.links)) if self.scope.kind(link) == "article"]
        found = list(self.articles_of(links, hops + 1))
        yield from found
        if found:
            yield from self.load(page.url, hops + 1)
        following = self._rows.follow(page.url, page.links, len(found))
        if following is not None and self.scope.has_host(host_of(following)):
            yield from self.once(following, "list", hops + 1)

    def ask_map(self, url: str, depth: int) -> Request:
        """A request for a feed or sitemap."""
        self._maps += 1
        return self.ask(url, "list", depth).replace(callback=self.map)

    def robots(self, response: Response) -> Iterator[Request]:
        """The sitemaps that a site's robots.txt names."""
        if response.status == 200:
            for url in sitemaps_of_robots(response.body, response.url):
                if self.scope.has_host(host_of(url)):
                    yield from self._once_map(url, 1)

    def map(self, response: Response) -> Iterator[Request]:
        """A feed or sitemap that arrived: its articles of the days that are wanted, and the sitemaps that it names."""
        feed = self.feed_of(response)
        if feed is None:
            return
        yield from self.articles_of((same_page(url) for url in self._dated(feed)), 1)
        depth = int(response.meta.get("hops", 0))
        for child in feed.children:
            if depth >= MAP_DEPTH or self._maps >= MAPS:
                break
            # What was last changed before the span lists nothing of it.
            if self._may_hold(child) and self.scope.has_host(host_of(child.url)):
                yield from self._once_map(child.url, depth + 1)

    def _once_map(self, url: str, depth: int) -> Iterator[Request]:
        for request in self.once(url, "list", depth):
            self._maps += 1
            yield request.replace(callback=self.map)

    def _may_hold(self, child: Entry) -> bool:
        assert isinstance(self.span, Days)
        return child.at is None or self.span.reaches(child.at, self.site.zone)

    def _dated(self, feed: Feed) -> Iterator[str]:
        assert isinstance(self.span, Days)
        for entry in feed.entries:
            if entry.at is not None and self.span.has(entry.at, self.site.zone):
                yield entry.url

    def _may_be_article(self, url: str) -> bool:
        return not self.site.articles or self.scope.kind(url) == "article"
