"""Addresses of rows without end, and those that only look like them."""

from __future__ import annotations

import pytest

from crawler.discovery.traps import trap_of


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://e.org/a;jsessionid=0A1B", "session"),
        ("https://e.org/a?PHPSESSID=abc", "session"),
        ("https://e.org/a?sid=0123456789abcdef0123", "session"),
        ("https://e.org/list?page=5000", "page number"),
        ("https://e.org/calendar/2199/01", "calendar"),
        ("https://e.org/events?year=2199&month=01", "calendar"),
        ("https://e.org/a/b/a/b/a/b", "repeats"),
        ("https://e.org/x/x/x", "repeats"),
        ("https://e.org/" + "a/b/c/d/e/" * 4, "parts"),
        ("https://e.org/?" + "&".join(f"f{n}=1" for n in range(20)), "parameters"),
        ("http://[::1", "cannot be read"),
    ],
)
def test_a_trap_is_told_by_its_reason(url: str, word: str) -> None:
    assert word in (trap_of(url, 2026) or "")


@pytest.mark.parametrize(
    "url",
    [
        "https://e.org/calendar/2026/11",
        "https://e.org/news/20261123001",
        "https://e.org/2026/11/11/11",
        "https://e.org/list?page=5",
        "https://e.org/section?sid=102",
        "https://e.org/archive?year=1987&id=3",
        "https://e.org/news/news/17",
    ],
)
def test_what_only_looks_like_one_is_none(url: str) -> None:
    assert trap_of(url, 2026) is None
