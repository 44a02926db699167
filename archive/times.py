"""Instants as text: `2026-11-23T03:28:46.123Z` in the index, fourteen digits in replay."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC, cut to the millisecond that WARC-Date and the index both keep."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def to_text(instant: datetime) -> str:
    """An aware instant as `2026-11-23T03:28:46.123Z`.

    >>> to_text(datetime(2026, 11, 23, 3, 28, 46, 123000, UTC))
    '2026-11-23T03:28:46.123Z'
    """
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """The aware UTC instant of an ISO 8601 text (a WARC-Date or a value of the index). Raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return instant.astimezone(UTC)


def to_timestamp(text: str) -> str:
    """Fourteen digits, as replay addresses use them.

    >>> to_timestamp("2026-11-23T03:28:46.123Z")
    '20261123032846'
    """
    return from_text(text).strftime("%Y%m%d%H%M%S")
