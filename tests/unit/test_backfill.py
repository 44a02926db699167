"""What a span of a site's past stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice

import pytest

from crawler.discovery.backfill import Days, Ids
from crawler.errors import BadInput
from crawler.sites.model import Backfill, Site

SITE = Site(
    "paper",
    ("https://paper.example/",),
    zone="Asia/Seoul",
    backfill=Backfill("https://paper.example/view?no={id}", "https://paper.example/{year}/{month}/{day}/"),
)


def test_numbers_stand_for_addresses_the_highest_first() -> None:
    assert list(Ids.parse("98-100").addresses(SITE)) == [f"https://paper.example/view?no={n}" for n in (100, 99, 98)]
    assert len(Ids.parse("98-100")) == 3
    assert list(Ids.parse("7").addresses(SITE)) == ["https://paper.example/view?no=7"]


def test_millions_of_numbers_cost_nothing_until_they_are_asked_for() -> None:
    addresses = Ids.parse("1-9000000").addresses(SITE)
    assert list(islice(addresses, 1)) == ["https://paper.example/view?no=9000000"]


@pytest.mark.parametrize("text", ["", "a-b", "5-1", "-5", "1-2-3", "1-99999999999", "１-２x", "9" * 40])
def test_what_is_no_range_of_numbers_is_told(text: str) -> None:
    with pytest.raises(BadInput):
        Ids.parse(text)


def test_days_stand_for_their_list_pages_the_last_first() -> None:
    days = Days(date(2026, 2, 27), date(2026, 3, 2))
    assert list(days.addresses(SITE)) == [f"https://paper.example/2026/{day}/" for day in ("03/01", "02/28", "02/27")]


def test_a_day_is_one_of_the_sites_zone() -> None:
    days = Days(date(2026, 3, 1), date(2026, 3, 2))
    assert days.has(datetime(2026, 2, 28, 15, 0, tzinfo=UTC), "Asia/Seoul")
    assert not days.has(datetime(2026, 2, 28, 14, 59, tzinfo=UTC), "Asia/Seoul")
    assert not days.has(datetime(2026, 3, 1, 15, 0, tzinfo=UTC), "Asia/Seoul")
    assert days.has(datetime(2026, 3, 1, 15, 0, tzinfo=UTC), None)


def test_a_span_that_ends_before_it_begins_is_told() -> None:
    with pytest.raises(BadInput, match="not after"):
        Days(date(2026, 3, 2), date(2026, 3, 2))


def test_a_definition_without_a_template_has_no_numbers_and_no_list_pages() -> None:
    plain = Site("paper", ("https://paper.example/",))
    with pytest.raises(BadInput, match="article ="):
        Ids.parse("1-2").addresses(plain)
    assert list(Days(date(2026, 3, 1), date(2026, 3, 2)).addresses(plain)) == []
