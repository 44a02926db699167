"""The settings of how a crawl writes: when what was stored becomes durable, and when a WARC file ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypedDict

from scrapy.settings import BaseSettings

from crawler.errors import CrawlerError

# A century of hours, 4 EiB: beyond what the clock and files can take.
_MOST: Final = {"WARC_HOURS": 876_600.0}
_ANY: Final = float(1 << 62)


class Writing(TypedDict):
    """What `archive.commit.Writer.open` takes beside the archive and the run."""

    batch_records: int
    batch_ms: int
    max_bytes: int
    max_age: timedelta


def writing_of(settings: BaseSettings) -> Writing:
    """The four settings as the Writer takes them. Raises CrawlerError for a value that is no number above zero."""
    return Writing(
        batch_records=int(_above_zero(settings, "COMMIT_RECORDS")),
        batch_ms=int(_above_zero(settings, "COMMIT_MILLISECONDS")),
        max_bytes=int(_above_zero(settings, "WARC_BYTES")),
        max_age=timedelta(hours=_above_zero(settings, "WARC_HOURS")),
    )


def _above_zero(settings: BaseSettings, name: str) -> float:
    value = settings.get(name)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    whole = name == "WARC_HOURS" or number >= 1
    if not (0 < number <= _MOST.get(name, _ANY) and whole):
        raise CrawlerError(
            f"the setting {name} (or SEOGO_{name} in the environment) is {value!r}, not a number above 0"
        )
    return number
