"""Every request that ends without a usable answer is written down once: word, reason, and the capture where one is."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archive import times
from archive.commit import Writer
from archive.model import Capture, Outcome
from crawler.fetch.failures import FetchFailed, OutOfScope
from crawler.pipelines import Keeper, keeper

logger = logging.getLogger(__name__)


def keeper_of(crawler: Crawler) -> Keeper | None:
    """What keeps the archive; None in a crawl that archives nothing, as in the shell."""
    try:
        return keeper(crawler)
    except NotConfigured:
        return None


def writer_of(crawler: Crawler) -> Writer | None:
    """The archive's writer; None in a crawl that archives nothing."""
    kept = keeper_of(crawler)
    return kept.writer if kept is not None else None


def record(crawler: Crawler, request: Request, failure: FetchFailed) -> None:
    """Writes the outcome of a request that will not be tried again."""
    logger.info("%s: %s (%s)", failure.outcome, failure, request.url)
    if crawler.stats is not None:
        crawler.stats.inc_value(f"outcome/{failure.outcome}")
    writer = writer_of(crawler)
    if writer is None:
        return
    capture = request.meta.get("capture")
    writer.add_outcome(
        Outcome(
            run_id=writer.run.id,
            url=request.url,
            at=times.to_text(times.now()),
            outcome=failure.outcome,
            reason=str(failure),
            capture_id=capture.id if isinstance(capture, Capture) else None,
        )
    )


class OutcomeMiddleware:
    """Outermost: sees an exception only when no middleware asked for another try."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OutcomeMiddleware:
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        record(self._crawler, request, as_failure(exception))


def as_failure(exception: Exception) -> FetchFailed:
    """Any exception of the downloader or its middlewares as a FetchFailed."""
    if isinstance(exception, FetchFailed):
        return exception
    said = " ".join(str(exception).split())[:200].rstrip(".")
    if isinstance(exception, IgnoreRequest):
        # Scrapy's offsite middleware is the one that refuses without a class of its own.
        return OutOfScope(f"The request was refused: {said or 'no reason given'}.")
    return FetchFailed(f"The fetch failed in a way that has no name yet: {type(exception).__name__}: {said}.")
