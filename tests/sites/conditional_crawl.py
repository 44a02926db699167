"""`seogo` with every page asked for conditionally: `python conditional_crawl.py crawl ...`."""

from __future__ import annotations

from typing import Any

from scrapy import Request

from crawler.cli import main
from crawler.spiders.archiving import ArchivingSpider

_ask = ArchivingSpider.ask


def ask(self: ArchivingSpider, *args: Any, **kwargs: Any) -> Request:
    """The spider's request, to be made only if the page changed."""
    request = _ask(self, *args, **kwargs)
    request.meta["conditional"] = True
    return request


if __name__ == "__main__":
    ArchivingSpider.ask = ask  # type: ignore[method-assign]  # the spiders' own way in
    main()
