"""The news spider: from the seeds over list and sidebar pages to the articles."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request

from archive.model import Page
from archive.urls import same_page
from crawler.spiders.archiving import ArchivingSpider, more_links


class NewsSpider(ArchivingSpider):
    """A whole site: seeds, list pages with their paging, the pages behind "more" links, and articles."""

    name = "news"

    def follow_page(self, page: Page, hops: int) -> Iterator[Request]:
        """What the page leads to: sidebar and list pages anew, articles that are not known; without a definition, all
        pages in scope.
        """
        if not self.within(hops + 1):
            return
        more = dict.fromkeys(more_links(page))
        for target in more | dict.fromkeys(same_page(link) for link in page.links):
            if not self.scope.has(target):
                continue
            kind = self.scope.kind(target)
            if kind != "article" and target in more:
                yield from self.once(target, "sidebar", hops + 1)
            elif kind == "page" and self.plan.site is not None and self.plan.site.articles and not self.plan.site.allow:
                continue  # the definition names what is wanted
            else:
                yield from self.once(target, kind, hops + 1, anew=kind == "list")
        yield from self.load(page.url, hops + 1)
