"""Retries: Scrapy's, with Retry-After honoured by holding back the whole host, up to a cap."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware as ScrapyRetryMiddleware
from scrapy.http import Response
from scrapy.utils.asyncio import call_later

from crawler.fetch.limits import Limits

_BUSY = frozenset({429, 503})


def retry_after(value: bytes | None, now: datetime, cap: float) -> float:
    """Seconds to wait, from 0 to `cap`; 0 for a header that is absent, negative, past or none.

    >>> retry_after(b"120", datetime(2026, 11, 23, tzinfo=UTC), 60.0)
    60.0
    """
    text = (value or b"").decode("latin-1").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return 0.0
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    # Not a number compares false with everything.
    return min(seconds, cap) if seconds > 0 else 0.0


class RetryMiddleware(ScrapyRetryMiddleware):
    """Scrapy's. After 429 or 503 with Retry-After, nothing is sent to that host's slot until the time is over."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._limits = Limits.of(settings)
        self._held_until: dict[str, float] = {}

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        if response.status in _BUSY:
            value = response.headers.get(b"Retry-After")
            self._hold(request, retry_after(value, datetime.now(UTC), self._limits.retry_after_seconds))
        result = super().process_response(request, response)
        if isinstance(result, Request):
            result.meta.pop("capture", None)
        return result

    def _hold(self, request: Request, seconds: float) -> None:
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        key = request.meta.get("download_slot", "")
        slot = downloader.slots.get(key)
        now = monotonic()
        self._held_until = {name: until for name, until in self._held_until.items() if until > now}
        if slot is None or seconds <= 0 or self._held_until.get(key, 0.0) >= now + seconds:
            return
        self._held_until[key] = now + seconds
        if slot.latercall:
            slot.latercall.cancel()
        # A slot with a call pending sends nothing until it comes: that is how Scrapy itself keeps its delays.
        slot.latercall = call_later(seconds, downloader._latercall, slot)
