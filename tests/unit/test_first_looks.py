"""The short parts that are looked for before a long pattern is tried: no match of the pattern is without one."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.parsers import blocks_names, blocks_words, noise, noise_calls, popularity, tree, zones
from crawler.parsers.blocks_words import folded
from crawler.parsers.text import Parts, holds

LOOKS = {
    "popular": popularity.POPULAR,
    "offer": noise_calls._OFFER,
    "copyright": noise._COPYRIGHT,
    "heading": blocks_names.HEADING_NAME,
    "title": blocks_names.TITLE_NAME,
    "chrome": tree.CHROME_NAME,
    "desk": noise._DESK_ANYWHERE,
    "credit": noise._CREDIT_TAIL,
    "shown": zones._SHOWN_ELSEWHERE,
    "letter": blocks_words.LETTER,
}
LOWER = ("heading", "title", "chrome")
PARTS: dict[str, Parts] = {
    "offer": noise_calls._OFFER_HINTS,
    "copyright": noise._COPYRIGHT_HINTS,
    "desk": noise._DESK_HINTS,
    "credit": noise._TAIL_HINTS,
    "heading": blocks_names._HEADING_HINTS,
    "shown": zones._SHOWN_PARTS,
    "letter": blocks_words._LETTER_HINTS,
}


def first_look(name: str, text: str) -> bool:
    if name == "popular":
        return popularity._may_be_popular(folded(text))
    if name in PARTS:
        return holds(text.lower(), PARTS[name])
    return blocks_names.names_title(text) if name == "title" else tree._names_chrome(text)


@pytest.mark.parametrize("name", LOOKS)
def test_no_match_is_overlooked(name: str) -> None:
    pattern: re.Pattern[str] = LOOKS[name]

    @settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def check(text: str) -> None:
        text = folded(text) if name in ("popular", "letter") else text.lower() if name in LOWER else text
        if pattern.search(text):
            assert first_look(name, text)

    check()
