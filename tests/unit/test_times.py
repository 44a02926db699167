"""Instants are text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import times

INSTANTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@given(INSTANTS, INSTANTS)
def test_text_sorts_as_time(a: datetime, b: datetime) -> None:
    a, b = (x.replace(microsecond=x.microsecond // 1000 * 1000) for x in (a, b))
    assert (times.to_text(a) < times.to_text(b)) == (a < b)
    assert times.from_text(times.to_text(a)) == a


def test_another_zone_becomes_utc() -> None:
    seoul = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=9)))
    assert times.to_text(seoul) == "2026-11-23T00:00:00.000Z"


def test_a_text_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no zone"):
        times.from_text("2026-11-23T00:00:00")


def test_now_is_cut_to_the_millisecond() -> None:
    instant = times.now()
    assert times.from_text(times.to_text(instant)) == instant
