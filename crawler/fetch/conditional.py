"""Conditional requests: a page that the archive has is asked for only if it changed, and a 304 is answered with it.

The validators come from the archive itself, from the header of the latest capture of that very address; nothing is kept
beside it. A 304 is stored as what it is, a revisit; the spider gets the page that it confirms, as a rebuild of the
index will.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.commit import Writer
from archive.errors import ArchiveError
from archive.http import DecodeError, ResponseHead
from archive.index import captures
from archive.model import Capture
from archive.urls import url_key
from archive.warc.compose import target_uri
from archive.warc.content import content_of_capture
from archive.warc.reader import read_record
from crawler.fetch import outcomes
from crawler.fetch.content import is_html

logger = logging.getLogger(__name__)

# What an answer calls its version, and how a request asks for any other (RFC 9110, 13.1).
_ASKED_WITH = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
# No version needs a longer name; it would only fill the request's header.
_LONGEST = 512
_CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class ConditionalMiddleware:
    """Asks for what `request.meta["conditional"]` marks with validators, and answers a 304 from the archive.

    A 304 that nobody asked for is answered like any other: the archive holds what it confirms. Where that cannot be
    read, the page is fetched again without validators.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if "conditional" not in request.meta:
            return
        # A retry or redirect brings along what was asked before, of another address maybe.
        for name in _ASKED_WITH.values():
            request.headers.pop(name, None)
        writer = outcomes.writer_of(self._crawler)
        if request.meta["conditional"] and request.method == "GET" and writer is not None:
            for name, value in validators(writer, request.url):
                request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Request | Response:
        capture = request.meta.get("capture")
        writer = outcomes.writer_of(self._crawler)
        if response.status != 304 or writer is None or not isinstance(capture, Capture) or request.meta.get("robots"):
            return response
        confirmed = _confirmed(writer, capture, request) if capture.kind == "revisit" else None
        page = confirmed is not None and is_html(
            (confirmed.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0], confirmed.body
        )
        if capture.parsed_by is None and not page:
            writer.nothing_to_parse(capture)
            request.meta["capture"] = replace(capture, parsed_by="")
        if confirmed is None and any(name in request.headers for name in _ASKED_WITH.values()):
            logger.warning("%s is fetched again: what its 304 confirms cannot be read", request.url)
            return request.replace(dont_filter=True, meta={**request.meta, "conditional": False})
        return confirmed or response


def validators(writer: Writer, url: str) -> Iterator[tuple[str, bytes]]:
    """The request headers that ask for another version than the latest capture's; none where it is no good one.

    The writer makes a 304 a revisit of the last capture under the url key: validators are sent only when that is a
    capture of this very address, and durable.
    """
    url, key = target_uri(url), url_key(url)
    latest = captures.latest(writer.db, key)
    if latest is None or latest.truncated or latest.url != url or writer.known(key) != latest.captured_at:
        return
    try:
        if latest.status == 200:
            heads = [_head(writer, latest)]
        elif latest.status == 304 and latest.refers_to:
            # Many a 304 leaves out what it confirms.
            original = captures.get(writer.db, latest.refers_to)
            heads = [_head(writer, latest), *([_head(writer, original)] if original.url == url else [])]
        else:
            return
    except ArchiveError as error:
        logger.warning("%s is asked for unconditionally: %s", url, error)
        return
    for name, asked_with in _ASKED_WITH.items():
        value = next((value for head in heads if (value := head.get(name))), "")
        if len(value) <= _LONGEST and value.isprintable() and value:
            yield asked_with, value.encode("latin-1")


def _head(writer: Writer, capture: Capture) -> ResponseHead:
    """A capture's own header. Raises RecordError and ArchiveMissing."""
    return read_record(writer.directory, capture.warc_file, capture.offset).http().head


def _confirmed(writer: Writer, capture: Capture, request: Request) -> Response | None:
    """The page that a 304 confirms, as if it had come now; None where it cannot be read."""
    try:
        content = content_of_capture(writer.directory, capture, writer.get)
        body = content.decode().data
    except (ArchiveError, DecodeError) as error:
        logger.warning("%s", error)
        return None
    headers = Headers()
    for name, value in content.head.headers:
        if name.lower() not in _CODINGS:
            headers.appendlist(name, value)
    response_class = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return response_class(request.url, 200, headers, body, request=request)
