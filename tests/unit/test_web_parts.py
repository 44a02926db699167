"""Differences of texts, charts, dates: the parts of the browse pages that compute."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest

from archive.difference import compare, compare_line
from archive.index.stretches import Gap, Stretch
from archive.web.charts import bump_chart
from archive.web.words import ENGLISH, KOREAN, ago, shown_date
from cpu_time import within


def test_a_difference_shows_words_and_counts_what_stayed() -> None:
    found = compare("가\n\n나 다 라\n\n마", "가\n\n나 바 라\n\n마\n\n사")
    assert [paragraph.skipped for paragraph in found] == [1, 0, 1, 0]
    assert found[1].pieces == (("same", "나 "), ("removed", "다"), ("added", "바"), ("same", " 라"))
    assert found[3].pieces == (("added", "사"),)
    assert compare_line("신약 1상", "신약 2상") == (("same", "신약 "), ("removed", "1상"), ("added", "2상"))


def test_differences_of_long_texts_take_bounded_time() -> None:
    with within(5):
        compare("\n".join(f"단락 {n}" for n in range(20_000)), "\n".join(f"단락 {n * 7}" for n in range(20_000)))
        compare(" ".join(str(n % 7) for n in range(50_000)), " ".join(str(n % 11) for n in range(50_000)))


def stretch(place: int, first: str, last: str, title: str) -> Stretch:
    return Stretch("l", "s", "h", "", first, last, 2, place, title, None, None, "c")


def test_a_chart_is_well_formed_and_escaped() -> None:
    times = [f"2026-11-20T0{hour}:00:00.000Z" for hour in range(4)]
    found = [
        stretch(1, times[0], times[1], "<a> & b"),
        stretch(2, times[2], times[3], "<a> & b"),
        stretch(1, times[2], times[3], "c"),
    ]
    svg = bump_chart(found, [Gap("l", "c", times[1], "u", 404)], 'a "label" <x>', UTC)
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == 'a "label" <x>'
    assert len(root.findall("path")) == 5
    assert "<a>" not in svg
    assert bump_chart([], [], "x", UTC) == ""
    assert ElementTree.fromstring(bump_chart(found[:1], [], "x", UTC, small=True)).get("class") == "chart"


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2026-11-20T06:00:00+09:00", "2026-11-20 06:00 (+09:00)"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T06:00", "2026-11-20 06:00"),
        ("2026-11-20T06:00:00Z", "2026-11-20 06:00 (UTC)"),
        ("yesterday", "yesterday"),
        (None, ""),
    ],
)
def test_dates_are_shown_as_the_page_gave_them(published: str | None, shown: str) -> None:
    assert shown_date(published) == shown


def test_ages_and_both_languages() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert ago(KOREAN, "2026-11-23T09:00:00.000Z", moment) == "3시간 전"
    assert ago(ENGLISH, "2026-11-20T09:00:00.000Z", moment) == "3 d ago"
    assert ago(ENGLISH, "2026-11-24T09:00:00.000Z", moment) == "just now"
    assert KOREAN.keys() == ENGLISH.keys()
