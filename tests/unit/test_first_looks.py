"""The short parts that are looked for before a long pattern is tried: no match of the pattern is without one."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.parsers import blocks_names, noise, popularity, tree
from crawler.parsers.blocks_words import folded
from crawler.parsers.text import holds

LOOKS = {
    "popular": popularity.POPULAR,
    "offer": noise._OFFER,
    "copyright": noise._COPYRIGHT,
    "heading": blocks_names.HEADING_NAME,
    "title": blocks_names.TITLE_NAME,
    "chrome": tree.CHROME_NAME,
}


def first_look(name: str, text: str) -> bool:
    if name == "popular":
        text = folded(text)
        return holds(text, popularity._HINTS) or popularity._SCRIPTS.search(text) is not None
    if name in ("offer", "copyright"):
        return holds(text.lower(), noise._OFFER_HINTS if name == "offer" else noise._COPYRIGHT_HINTS)
    if name == "heading":
        return holds(text, blocks_names._HEADING_HINTS)
    return blocks_names.names_title(text) if name == "title" else tree._names_chrome(text)


@pytest.mark.parametrize("name", LOOKS)
def test_no_match_is_overlooked(name: str) -> None:
    pattern: re.Pattern[str] = LOOKS[name]

    @settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def check(text: str) -> None:
        text = folded(text) if name == "popular" else text.lower() if name in ("heading", "title", "chrome") else text
        if pattern.search(text):
            assert first_look(name, text)

    check()
