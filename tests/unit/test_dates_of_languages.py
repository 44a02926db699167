"""Dates as the papers of many countries write them."""

from __future__ import annotations

import pytest

from crawler.parsers.dates import read_date

NOVEMBER = {
    "cs": "22. listopadu 2026, 10:12",
    "pl": "22 listopada 2026, 10:12",
    "hr": "22. studenoga 2026. u 10:12",
    "bg": "22 ное 2026, 10:12",
    "is": "22. nóvember 2026 10:12",
    "ar": "22 تشرين الثاني 2026 - 10:12",
    "el": "Κυριακή, 22 Νοεμβρίου 2026, 10:12",
    "uk": "22 листопада 2026, 10:12",
    "lt": "2026 m. lapkričio 22 d. 10:12",
}


@pytest.mark.parametrize("lang", NOVEMBER)
def test_a_day_in_november_is_read(lang: str) -> None:
    assert (read_date(NOVEMBER[lang], lang) or "")[:10] == "2026-11-22"


def test_the_same_word_is_another_month_elsewhere() -> None:
    assert read_date("3. listopada 2026", "hr") == "2026-10-03"
    assert read_date("3 listopada 2026", "pl") == "2026-11-03"


def test_an_arabic_comma_stands_behind_a_month() -> None:
    assert read_date("22 نوفمبر، 2026", "ar") == "2026-11-22"


def test_months_of_two_words_are_told_apart() -> None:
    assert read_date("5 كانون الثاني 2026", "ar") == "2026-01-05"
    assert read_date("5 كانون الأول 2026", "ar") == "2026-12-05"
