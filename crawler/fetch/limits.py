"""All limits of fetching, in one place: what a server may make us spend.

The setting `FETCH_LIMITS` (a mapping of the names below) changes any of them for a run. What is cut by a limit is kept:
the bytes that had arrived are a capture with `truncated` set, and the request ends in the outcome named here.
docs/limits.md has them as a table, with the limits of what comes after fetching.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrapy.settings import BaseSettings

from crawler.errors import CrawlerError

KIB = 1 << 10
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. Raises ValueError for a value that is not above zero."""

    # Status line and headers together, interim (1xx) responses included; outcome `header-limit`.
    header_bytes: int = 256 * KIB
    header_lines: int = 1_000
    # A body as sent; outcome `too-large`. Larger than any page, feed or picture, smaller than a film.
    body_bytes: int = 64 * MIB
    # A body above this goes to a temporary file, so that six large ones at once do not fill the memory.
    spool_bytes: int = 1 * MIB
    # A body without its content codings; outcome `decode-limit`. The ratio counts above 1 MiB only.
    decoded_bytes: int = 32 * MIB
    decoded_ratio: int = 200
    # One exchange from the connection to its last byte; outcome `timeout`.
    exchange_seconds: float = 180.0
    # From the request to the end of the response's head; outcome `timeout`.
    header_seconds: float = 60.0
    # A body that brings fewer bytes than this in a window ends as `too-slow`: one byte a second is no page.
    rate_bytes: int = 4 * KIB
    rate_seconds: float = 30.0
    # Redirects in a row; outcome `redirect-limit`. Addresses longer than this are no addresses (`bad-redirect`).
    redirects: int = 10
    redirect_url: int = 8 * KIB
    # robots.txt (RFC 9309): redirects followed, bytes read (500 KiB is the least a crawler must), seconds kept.
    robots_redirects: int = 5
    robots_bytes: int = 500 * KIB
    robots_seconds: float = 24 * 3600.0
    # How long an origin whose robots.txt could not be had is left alone before it is asked again.
    robots_retry_seconds: float = 600.0
    robots_origins: int = 10_000
    # A Crawl-delay above this is a refusal in disguise, or a typing error.
    crawl_delay_seconds: float = 60.0
    # A Retry-After is honoured up to this; a later moment is for a later run.
    retry_after_seconds: float = 120.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} = {getattr(self, name)!r} is not above zero")

    @classmethod
    def of(cls, settings: BaseSettings) -> Limits:
        """The limits with what the setting `FETCH_LIMITS` changes. Raises CrawlerError for a name or value unfit."""
        changed: Mapping[str, float] = settings.getdict("FETCH_LIMITS")
        try:
            return cls(**changed)  # type: ignore[arg-type]  # whole numbers are a convention of the fields' names
        except (TypeError, ValueError) as error:
            raise CrawlerError(f"the setting FETCH_LIMITS is not usable: {error}") from error


class ScrapyLimits:
    """Scrapy add-on: the limits that Scrapy keeps itself, as its own settings. What a project or person sets wins."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy for each crawl. Raises CrawlerError."""
        limits = Limits.of(settings)
        settings.set("DOWNLOAD_TIMEOUT", limits.exchange_seconds, "addon")
        settings.set("DOWNLOAD_MAXSIZE", limits.body_bytes, "addon")
        settings.set("REDIRECT_MAX_TIMES", limits.redirects, "addon")
