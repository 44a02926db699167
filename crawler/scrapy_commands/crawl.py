"""`scrapy crawl`: Scrapy's own, with what stops a crawl before it begins told in a sentence instead of a traceback."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from archive.errors import ArchiveError
from crawler.errors import CrawlerError

logger = logging.getLogger(__name__)


class Command(crawl.Command):
    """Scrapy's, which leaves the errors of a crawl's beginning to asyncio's log."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look at the options, before there is an event loop. Raises UsageError."""
        super().process_options(args, opts)
        assert self.settings is not None
        if len(args) == 1 and args[0] not in get_spider_loader(self.settings).list():
            raise UsageError(f"there is no spider {args[0]!r}; `scrapy list` names them", print_help=False)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run one spider. Raises UsageError."""
        process = self.crawler_process
        if len(args) != 1 or not isinstance(process, AsyncCrawlerProcess):
            super().run(args, opts)
            return
        begun = process.crawl(self._create_crawler(args[0]), **opts.spargs)
        begun.add_done_callback(self._tell)
        process.start()
        if process.bootstrap_failed:
            self.exitcode = self.exitcode or 1

    def _tell(self, begun: asyncio.Task[None]) -> None:
        error = None if begun.cancelled() else begun.exception()
        if isinstance(error, (CrawlerError, ArchiveError)):
            print(f"Error: {error}", file=sys.stderr)
            self.exitcode = error.exit_code
        elif error is not None:
            logger.critical("The crawl could not begin", exc_info=error)
