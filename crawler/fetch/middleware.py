"""Capture, nearest the downloader: everything that was on the wire is stored before anyone else looks at it."""

from __future__ import annotations

from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from archive import times
from archive.http import Decoded, DecodeError, ResponseHead, content_of, parse_head
from archive.model import Exchange
from crawler.fetch import outcomes
from crawler.fetch.content import is_html
from crawler.fetch.failures import BadEncoding, BodyLimit, CutEncoding, DecodeLimit, FetchFailed, Undecodable
from crawler.fetch.handler import take
from crawler.fetch.limits import Limits
from crawler.fetch.reconstruct import reconstruct

# Nothing else is asked for, so that every tool can read the archive; what comes all the same is stored and decoded.
ACCEPT_ENCODING = b"gzip, deflate"
_ASKED_AT = "_asked_at"


class CaptureMiddleware:
    """Stores each exchange, puts its Capture into `request.meta["capture"]`, and hands on the decoded content.

    The body that the spider gets is the stored payload without its content codings. A payload that cannot be decoded
    is stored, has an outcome, and reaches the errback as `Undecodable`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limits = Limits.of(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        # A retry or redirect brings along what the fetch before it left.
        request.meta.pop("capture", None)
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)
        request.meta[_ASKED_AT] = times.now()

    async def process_response(self, request: Request, response: Response) -> Response:
        asked_at = request.meta.pop(_ASKED_AT, None)
        if asked_at is None:
            # Another middleware made this response up: nothing was fetched.
            return response
        recording = take(request)
        stopped = BodyLimit("Nobody reads more of this.") if "download_stopped" in response.flags else None
        exchanges = recording.exchanges(stopped) if recording is not None else []
        exchanges = exchanges or [reconstruct(request, response, asked_at)]
        last = exchanges[-1]
        head = parse_head(last.response_head)
        decoded: Decoded | Undecodable
        try:
            decoded = self._content(request, head, response.body)
        except Undecodable as failure:
            decoded = failure
            notes: tuple[str, ...] = (failure.outcome,)
            page = False
        else:
            notes = decoded.notes
            page = not _is_robots(request) and _may_be_page(response.status, head, decoded.data)
        await self._store(request, [*exchanges[:-1], replace(last, notes=(*last.notes, *notes))], page)
        if isinstance(decoded, Undecodable):
            outcomes.record(self._crawler, request, decoded)
            try:
                raise decoded
            finally:
                # Its traceback holds this frame, which would hold it in turn, and the body with it.
                del decoded
        return _with_content(response, decoded, head)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        request.meta.pop(_ASKED_AT, None)
        recording = take(request)
        if recording is not None:
            failure = exception if isinstance(exception, FetchFailed) else None
            await self._store(request, recording.exchanges(failure), page=False)

    def _content(self, request: Request, head: ResponseHead, payload: bytes) -> Decoded:
        """Raises Undecodable."""
        if request.method == "HEAD" or not payload:
            return Decoded(b"")
        try:
            content = content_of(head, payload, self._limits.decoded_bytes, self._limits.decoded_ratio)
        except DecodeError as error:
            kind = DecodeLimit if "more than" in str(error) else BadEncoding
            raise kind(f"The content cannot be decoded: {error}.") from error
        if not content.complete:
            raise CutEncoding(
                f"The content's coding ends too early: {len(content.data)} bytes came out of {len(payload)}."
            )
        return content

    async def _store(self, request: Request, exchanges: list[Exchange], page: bool) -> None:
        kept = outcomes.keeper_of(self._crawler)
        for exchange in exchanges:
            body = exchange.response_body
            try:
                if kept is not None:
                    request.meta["capture"] = await kept.store(exchange, parse=page and exchange is exchanges[-1])
            finally:
                if not isinstance(body, bytes):
                    body.close()


def _may_be_page(status: int, head: ResponseHead, content: bytes) -> bool:
    if status == 304:
        # It may confirm one: who reads that in the archive settles it.
        return not content
    return 200 <= status < 300 and is_html(head.mime, content)


def _is_robots(request: Request) -> bool:
    return bool(request.meta.get("robots"))


def _with_content(response: Response, decoded: Decoded, head: ResponseHead) -> Response:
    """The response with its content codings undone, as the class of response that its content is."""
    if decoded.data is response.body and not head.tokens("content-encoding"):
        return response
    # In place: a copy of headers costs as much as writing their record, and the undecoded response ends here.
    headers = response.headers
    headers.pop(b"Content-Encoding", None)
    response_class = responsetypes.from_args(headers=headers, url=response.url, body=decoded.data)
    flags = [*response.flags, *decoded.notes]
    if issubclass(response_class, TextResponse):
        # The class in hand guessed the encoding from compressed bytes.
        return response.replace(cls=response_class, headers=headers, body=decoded.data, flags=flags, encoding=None)
    return response.replace(cls=response_class, headers=headers, body=decoded.data, flags=flags)
