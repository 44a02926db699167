"""The spider of a job: the pages that the job names, each time anew, and the articles that are new or due."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta
from math import inf
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from archive import times
from archive.model import Page
from archive.urls import same_page
from crawler.discovery.feeds import Entry
from crawler.discovery.named import feeds_of_page, sitemaps_of_robots
from crawler.discovery.paging import Rows, number_of
from crawler.discovery.scope import article_key, host_of
from crawler.jobs.feeds import Feeds
from crawler.jobs.gate import Gate
from crawler.jobs.job import Job
from crawler.jobs.pages import Pages
from crawler.spiders.archiving import PRIORITY, ArchivingSpider, more_links

EVER = timedelta(days=36_500)

FEED_DEPTH = 3
MOST_FEEDS = 200
MOST_OF_A_FEED = 2_000
"""Of a feed's or sitemap's fresh and undated addresses so many are taken."""

MOST_SITEMAPS = 20
MOST_OF_A_SITEMAP = 500
"""Bounds for sitemaps that a site's robots.txt names, and its definition does not."""


class JobSpider(ArchivingSpider):
    """`fetch` of the job decides: `front` the seeds, `sidebar` the pages of lists, `articles` new and due ones, `all`
    everything that a crawl of the site takes.
    """

    name = "job"
    # Front, sidebar and list pages are fetched by each run, whatever an unfinished one had done or left of them.
    anew_above = PRIORITY["page"]

    def __init__(self, *, job: Job, pages: Pages, feeds: Feeds, gate: Gate, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl_key = f"job:{job.name}"
        self.gate = gate
        self.job_priority = job.priority
        self._rows = Rows()
        self._feeds = 0
        self._feeds_found = feeds
        self._looks_for_feeds = self.plan.site is None or not self.plan.site.feeds
        self._pages = pages
        wanted = set(job.fetch)
        self._all = "all" in wanted
        self._front = self._all or "front" in wanted
        self._sidebar = self._all or "sidebar" in wanted
        self._articles = self._all or "articles" in wanted

    async def start(self) -> AsyncIterator[Any]:
        """The pages that are always anew, then the articles that wait."""
        # Where a definition names no page of lists, only the front page leads to them.
        if self._front or (self._sidebar and not self.plan.sidebar):
            for url in self.plan.seeds:
                yield self.ask(url, "seed", 0)
        if self._sidebar:
            for url in self.plan.sidebar:
                yield self.ask(url, "sidebar", 1)
        if self._articles and self.plan.site is not None:
            for url in self.plan.site.feeds:
                yield self._ask_feed(url, 0)
        if self._articles and self._looks_for_feeds:
            for url in self._feeds_found.known():
                yield self._ask_feed(url, 0)
            for url in dict.fromkeys(urljoin(url, "/robots.txt") for url in self.plan.seeds):
                if self._feeds_found.takes_robots(url, times.now()):
                    yield self._conditional(self.ask(url, "list", 0).replace(callback=self.robots))
        if self._articles:
            now = times.now()
            for due in self._pages.due(now):
                yield self._revisit(due.url, 1)

    def follow_page(self, page: Page, hops: int) -> Iterator[Request]:
        """Lists behind "more" links; each link to an article is noted, and fetched by a job that fetches articles."""
        more = dict.fromkeys(more_links(page))
        if self._sidebar and self.within(hops + 1):
            for target in more:
                if self.scope.has(target) and self.scope.kind(target) != "article":
                    yield from self.once(target, "sidebar", hops + 1)
        if self._all and self.within(hops + 1):
            for target in dict.fromkeys(same_page(link) for link in page.links):
                if target not in more and self._is_list(target) and number_of(target) == 1:
                    yield from self.once(target, "list", hops + 1)
        if self.within(hops + 1) and (page.kind != "article" or self._all):
            links = list(dict.fromkeys(same_page(link) for link in page.links))
            yield from self.found(links, hops)
            if self._articles and page.kind != "article":
                # Behind a first page on which all was fetched before, all was fetched before.
                new = sum(self._is_article(link) and self._pages.is_new(link) for link in links)
                following = self._rows.follow(page.url, page.links, new)
                if following is not None and self._is_list(following):
                    yield from self.once(following, "list", hops + 1)
                if new:
                    yield from self.load(page.url, hops + 1)

    def articles_of(self, links: Iterable[str], hops: int) -> Iterator[Request]:
        """Requests for what is new or due on a further part of a list."""
        return self.found(links, hops - 1)

    def found(self, links: Iterable[str], hops: int) -> Iterator[Request]:
        """Note addresses of articles; requests for those that are new or due, where the job fetches articles."""
        now = times.now()
        for target in dict.fromkeys(links):
            if not self._is_article(target):
                continue
            known_at = None if self._pages.has(target) else self._known_at(target)
            if self._pages.offer(target, now, known_at=known_at) and self._articles:
                yield self._revisit(target, hops + 1)

    async def page(self, response: Response) -> AsyncIterator[Any]:
        """As in each crawl; the front page may name feeds."""
        async for one in super().page(response):
            yield one
        if self._looks_for_feeds and response.meta.get("role") == "seed" and response.status == 200:
            named = [url for url in feeds_of_page(response.body, response.url) if self.scope.has_host(host_of(url))]
            for url in self._feeds_found.found(named, times.now()):
                if self._articles:
                    yield self._ask_feed(url, 0)

    def robots(self, response: Response) -> Iterator[Request]:
        """The sitemaps that a robots.txt names."""
        if response.status == 200:
            for url in sitemaps_of_robots(response.body, response.url)[:MOST_SITEMAPS]:
                if self.scope.has_host(host_of(url)):
                    yield self._ask_feed(url, 1, sitemap=True)

    def feed(self, response: Response) -> Iterator[Request]:
        """A feed or sitemap that arrived: its articles that are not too old, and the sitemaps that it names."""
        feed = self.feed_of(response)
        if feed is None:
            if response.status in (200, 404, 410):
                self._feeds_found.forget(response.url)
            return
        unasked = bool(response.meta.get("sitemap"))
        oldest = times.now() - self._pages.policy.until
        # A sitemap that nobody chose may list all that a site ever had: of it only what is dated, and of late.
        undated = [] if unasked else [entry.url for entry in feed.entries if entry.at is None]
        dated = sorted((entry for entry in feed.entries if entry.at and entry.at >= oldest), key=_age)
        fresh = [*(entry.url for entry in dated), *undated][: MOST_OF_A_SITEMAP if unasked else MOST_OF_A_FEED]
        yield from self.found((same_page(url) for url in fresh), 0)
        depth = int(response.meta.get("hops", 0))
        for child in sorted(feed.children, key=_age):
            if depth >= FEED_DEPTH or self._feeds >= (MOST_SITEMAPS if unasked else MOST_FEEDS):
                break
            if (child.at is None or child.at >= oldest) and self.scope.has_host(host_of(child.url)):
                yield self._ask_feed(child.url, depth + 1, sitemap=unasked)

    def _ask_feed(self, url: str, depth: int, *, sitemap: bool = False) -> Request:
        self._feeds += 1
        request = self.ask(url, "list", depth).replace(callback=self.feed)
        request.meta["sitemap"] = sitemap
        return self._conditional(request)

    @staticmethod
    def _conditional(request: Request) -> Request:
        request.meta["conditional"] = True
        return request

    def _is_list(self, url: str) -> bool:
        return self.scope.has(url) and self.scope.kind(url) == "list"

    def _is_article(self, url: str) -> bool:
        if not self.scope.has(url):
            return False
        kind = self.scope.kind(url)
        # Without rules any page may be an article; the parser tells, once it is here.
        return kind == "article" or (kind == "page" and (self.plan.site is None or not self.plan.site.articles))

    def _known_at(self, url: str) -> str | None:
        """When the archive last captured a page that jobs do not know yet, in good order."""
        if not self.kept.is_known(url, EVER, article_key(self.plan.site, url)):
            return None
        return times.to_text(times.now())

    def _revisit(self, url: str, hops: int) -> Request:
        self._pages.asked(url, times.now())
        # The text decides whether it changed; the site need not send it for that.
        return self._conditional(self.ask(url, "article", hops))


def _age(entry: Entry) -> float:
    """To sort the newest first, and what is not dated last."""
    return -entry.at.timestamp() if entry.at is not None else inf
