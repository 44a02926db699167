"""Dates as pages write them."""

from __future__ import annotations

import pytest

from crawler.parsers.dates import read_date, with_zone


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("입력 2016.06.05 16:20", "ko", "2016-06-05T16:20:00"),
        ("2026.03.04. 오후 3:07", "ko", "2026-03-04T15:07:00"),
        ("2026년 3월 4일 15시 07분", "ko", "2026-03-04T15:07:00"),
        ("2026. 3. 4. 15:07", "ko", "2026-03-04T15:07:00"),
        ("26.03.04 15:07", "ko", "2026-03-04T15:07:00"),
        ("26.03.04", "ko", "2026-03-04"),
        ("2026.03.04(수) 15:07", "ko", "2026-03-04T15:07:00"),
        ("2026年3月4日 15時07分", "ja", "2026-03-04T15:07:00"),
        ("2026-03-04T15:07:00+09:00", None, "2026-03-04T15:07:00+09:00"),
        ("2026-03-04T15:07:00Z", None, "2026-03-04T15:07:00+00:00"),
        ("Wed, 04 Mar 2026 15:07:00 +0900", "en", "2026-03-04T15:07:00+09:00"),
        ("Fri Apr 28 19:20:36 CEST 2023", "de", "2023-04-28T19:20:36+02:00"),
        ("March 4, 2026 at 3:07 pm", "en", "2026-03-04T15:07:00"),
        ("4 de marzo de 2026 a las 15:07", "es", "2026-03-04T15:07:00"),
        ("4 mars 2026 à 15h07", "fr", "2026-03-04T15:07:00"),
        ("04.03.26 | 15:07 Uhr", "de", "2026-03-04T15:07:00"),
        ("20260304150712", None, "2026-03-04T15:07:12"),
        ("13/04/2026", "en", "2026-04-13"),
    ],
)
def test_read(text: str, lang: str | None, expected: str) -> None:
    assert read_date(text, lang) == expected


@pytest.mark.parametrize(
    "text", ["12/11/2026", "2 hours ago", "gestern", "9999-12-31", "0000-00-00", "2026-13-45", "1234567890", "", None]
)
def test_no_guess(text: str | None) -> None:
    assert read_date(text, "en") is None


def test_a_zone_is_given_never_converted() -> None:
    assert with_zone("2016-06-05T16:20:00", "Asia/Seoul") == "2016-06-05T16:20:00+09:00"
    assert with_zone("2016-06-05T16:20:00+02:00", "Asia/Seoul") == "2016-06-05T16:20:00+02:00"
    assert with_zone("2016-06-05", "Asia/Seoul") == "2016-06-05"
    assert with_zone("2016-06-05T16:20:00", "Nowhere/Atall") == "2016-06-05T16:20:00"
