"""What was in flight when a crawl was stopped, and is durable all the same, is answered from the archive."""

from __future__ import annotations

import logging
from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.errors import ArchiveError
from archive.http import DecodeError
from archive.index import captures
from archive.urls import url_key
from archive.warc.content import content_of_capture
from archive.warc.rows import may_hold_page
from crawler.fetch.content import is_html
from crawler.pipelines import keeper

logger = logging.getLogger(__name__)


class ResumeMiddleware:
    """Downloader middleware: looks up each request that an earlier process had handed out and never acknowledged."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ResumeMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """The archived response of an interrupted request; None where its exchange never became durable."""
        since = request.meta.pop("interrupted_at", None)
        if since is None:
            return None
        kept = keeper(self._crawler)
        capture = captures.latest(kept.writer.db, url_key(request.url))
        if capture is None or capture.captured_at < since or capture.url != request.url or capture.truncated:
            return None
        try:
            content = content_of_capture(kept.directory, capture, lambda one: captures.get(kept.writer.db, one))
            body = content.decode().data
        except (ArchiveError, DecodeError) as error:
            logger.warning("%s is fetched again: its capture cannot be read (%s)", request.url, error)
            return None
        headers = Headers()
        for name, value in content.head.headers:
            if name.lower() not in ("content-encoding", "transfer-encoding"):
                headers.appendlist(name, value)
        media_type = (content.content_type or "").partition(";")[0]
        if capture.parsed_by == "" and may_hold_page(capture) and is_html(media_type, body):
            # It could not be parsed when this run began; unread, the links on it would be lost for good.
            capture = replace(capture, parsed_by=None)
        request.meta["capture"] = capture
        response_class = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return response_class(request.url, capture.status or 200, headers, body, request=request)
