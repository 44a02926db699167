"""The sidebar spider: the pages of ranked lists and sections that stand behind "more" links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.exceptions import CloseSpider

from archive.model import Page
from crawler.pipelines import Closed
from crawler.spiders.archiving import ArchivingSpider, more_links


class SidebarSpider(ArchivingSpider):
    """Ranked and section pages, always anew: the definition's, and those that "more" links lead to."""

    name = "sidebar"

    async def start(self) -> AsyncIterator[Any]:
        """The definition's pages; then what the news spider of the run finds, or alone, what the seeds lead to."""
        for url in self.plan.sidebar:
            if self.kept.claim(url):
                yield self.ask(url, "sidebar", 1)
        more = self.kept.more
        if more is None:
            for url in self.plan.seeds:
                self.kept.claim(url)
                yield self.ask(url, "seed", 0)
            return
        while not isinstance(found := await more.get(), Closed):
            yield self.ask(found, "sidebar", 1)
        if found.reason != "finished":
            # The run goes on another time: what this spider has done stays done until then.
            raise CloseSpider(found.reason)

    def follow_page(self, page: Page, url: str, hops: int) -> Iterator[Request]:
        """The pages behind the "more" links of a page's ranked lists and sections."""
        if not self.within(hops + 1):
            return
        for target in more_links(page):
            if not self.scope.has(target) or self.scope.kind(target) == "article":
                continue
            if self.kept.claim(target):
                yield self.ask(target, "sidebar", hops + 1)
