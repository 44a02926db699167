"""Drops are raised once, soon, and never by chance alone; silence is told."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.times import to_text
from crawler.jobs.health import Look, Part, drop, recovered, silence

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def part(shown: str) -> Part:
    """`+` where a look found the part."""
    looks = (
        Look(f"c{number}", to_text(BEGIN + timedelta(hours=number)), one == "+") for number, one in enumerate(shown)
    )
    return Part("paper", "text of articles", tuple(looks))


def test_a_part_that_was_always_there_and_is_gone_twice_is_told_with_both_captures() -> None:
    found = drop(part("+" * 10 + "--"))
    assert found is not None
    assert (found.before, found.after, found.now) == ("c9", "c10", 0)
    assert "paper: text of articles" in found.said
    assert drop(part("+" * 10 + "-")) is None
    assert drop(part("+" * 4 + "--")) is None


def test_a_part_that_is_seldom_there_takes_more_to_be_missed() -> None:
    assert drop(part("+-" * 10 + "--")) is None
    assert drop(part("+-" * 10 + "-" * 12)) is not None
    assert drop(part("-" * 40)) is None


def test_a_drop_that_lets_some_through() -> None:
    found = drop(part("+" * 30 + "-" * 8 + "+" + "-" * 3))
    assert found is not None
    assert found.before <= found.after or len(found.before) < len(found.after)


def test_it_is_back_when_most_looks_find_it() -> None:
    assert recovered(part("+" * 10 + "-----+++"), 1.0)
    assert not recovered(part("+" * 10 + "-----+"), 1.0)


@given(st.integers(0, 2**32), st.floats(0.5, 0.98))
@settings(max_examples=50, deadline=None)
def test_chance_alone_seldom_raises(seed: int, rate: float) -> None:
    chance = random.Random(seed)
    shown = "".join("+" if chance.random() < rate else "-" for _ in range(60))
    found = drop(part(shown))
    assert found is None or found.now < found.usual / 2


def test_chance_alone_raises_once_in_hundred_looks_at_most() -> None:
    chance = random.Random(5)
    raised = sum(
        drop(part("".join("+" if chance.random() < 0.8 else "-" for _ in range(60)))) is not None for _ in range(500)
    )
    assert raised <= 15


def at(hours: float) -> str:
    return to_text(BEGIN + timedelta(hours=hours))


def test_silence_is_judged_by_the_site_s_own_pace() -> None:
    hourly = [at(hour) for hour in range(48)]
    assert silence(hourly, BEGIN + timedelta(hours=60)) is None
    assert silence(hourly, BEGIN + timedelta(hours=72)) == timedelta(hours=25)
    weekly = [at(hour * 168) for hour in range(6)]
    assert silence(weekly, BEGIN + timedelta(hours=5 * 168 + 400)) is None
    assert silence(weekly, BEGIN + timedelta(hours=5 * 168 + 600)) is not None
    assert silence(hourly[:3], BEGIN + timedelta(days=90)) is None
