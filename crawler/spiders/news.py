"""The news spider: from the seeds over list pages and their paging to the articles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request

from archive.model import Page
from archive.urls import same_page
from crawler.discovery.scope import article_key
from crawler.pipelines import Closed
from crawler.spiders.archiving import FRESH, ArchivingSpider, more_links


class NewsSpider(ArchivingSpider):
    """Seeds, list pages and articles of a site. Addresses behind "more" links go to the sidebar spider of the run."""

    name = "news"

    async def start(self) -> AsyncIterator[Any]:
        """The seeds, always anew."""
        for url in self.plan.seeds:
            self.kept.claim(url)
            yield self.ask(url, "seed", 0)

    def follow_page(self, page: Page, url: str, hops: int) -> Iterator[Request]:
        """List pages and unknown articles that the page links to; without a definition, all pages in scope."""
        if not self.within(hops + 1):
            return
        handed_over = set(self._hand_over(page))
        for link in page.links:
            target = same_page(link)
            if target in handed_over or not self.scope.has(target):
                continue
            kind = self.scope.kind(target)
            if kind == "page" and self.plan.site is not None and self.plan.site.articles and not self.plan.site.allow:
                continue  # the definition names what is wanted
            if self._is_new(target, kind):
                yield self.ask(target, kind, hops + 1)

    def closed(self, reason: str) -> None:
        """No more "more" links will come."""
        if self.kept.more is not None:
            self.kept.more.put_nowait(Closed(reason))

    def _hand_over(self, page: Page) -> Iterator[str]:
        if self.kept.more is None:
            return
        for target in more_links(page):
            if self.scope.has(target) and self.scope.kind(target) != "article":
                yield target
                if self.kept.claim(target):
                    self.kept.more.put_nowait(target)

    def _is_new(self, url: str, kind: str) -> bool:
        key = article_key(self.plan.site, url) if kind == "article" else None
        # One article has many addresses; the first that is met stands for it in this run.
        if key is not None and not self.kept.claim_article(key):
            return False
        if not self.kept.claim(url):
            return False
        return kind == "list" or self.fresh or not self.kept.is_known(url, FRESH)
