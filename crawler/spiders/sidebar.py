"""The sidebar spider: the pages of ranked lists and sections that stand behind "more" links, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request

from archive.model import Page
from crawler.spiders.archiving import ArchivingSpider, more_links


class SidebarSpider(ArchivingSpider):
    """The seeds, the definition's sidebar pages, and those that "more" links lead to: always anew, made for often."""

    name = "sidebar"

    def follow_page(self, page: Page, hops: int) -> Iterator[Request]:
        """The pages behind the "more" links of a page's ranked lists and sections."""
        if not self.within(hops + 1):
            return
        for target in more_links(page):
            if self.scope.has(target) and self.scope.kind(target) != "article":
                yield from self.once(target, "sidebar", hops + 1)
