"""Pages are found once, looked at by what their text does, given up in the end; adaptive beats fixed at equal cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.times import to_text
from crawler.jobs import simulation
from crawler.jobs.pages import Pages, Seen
from crawler.jobs.revisit import POLICY
from crawler.jobs.state import State
from crawler.sites.model import Site, UrlRule

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SITE = Site("paper", ("https://paper.test/",), articles=(UrlRule("/news/{key}"), UrlRule("/m/{key}")))
URL = "https://paper.test/news/1"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def pages(state: State) -> Pages:
    return Pages(state, "paper", SITE)


def seen(at: datetime, *, good: bool = True, changed: bool = False, url: str = URL) -> Seen:
    return Seen(url, to_text(at), good, changed)


def wait_of(state: State) -> timedelta:
    (seconds,) = state.connection.execute("SELECT seconds FROM page").fetchone()
    return timedelta(seconds=seconds)


def test_found_again_is_not_fetched_again_at_any_of_its_addresses(pages: Pages) -> None:
    assert pages.offer(URL, NOW)
    pages.asked(URL, NOW)
    for again in (URL, URL + "?utm_source=a", URL + "#top", "https://paper.test/m/1"):
        assert not pages.offer(again, NOW)
    assert list(pages.due(NOW)) == []


def test_an_article_that_nobody_fetches_waits(pages: Pages) -> None:
    pages.offer(URL, NOW)
    assert [(due.url, due.new) for due in pages.due(NOW + timedelta(days=3))] == [(URL, True)]
    assert pages.counts(NOW) == (1, 0, 1)


def test_the_wait_halves_on_a_change_and_grows_without(pages: Pages, state: State) -> None:
    pages.offer(URL, NOW)
    at = NOW
    pages.absorb([seen(at, changed=True)], at)
    waits = [wait_of(state)]
    for changed in (False, False, True, True, True, True, False):
        at += waits[-1] + timedelta(seconds=1)
        assert [due.new for due in pages.due(at)] == [False]
        pages.absorb([seen(at, changed=changed)], at)
        pages.absorb([seen(at, changed=changed)], at)
        waits.append(wait_of(state))
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == [30, 45, 67.5, 33.75, pytest.approx(16.9, abs=0.1), 10, 10, 15]


def test_what_never_comes_is_given_up(pages: Pages) -> None:
    pages.offer(URL, NOW)
    at, asked = NOW, 0
    while at < NOW + timedelta(days=60):
        for due in pages.due(at):
            pages.asked(due.url, at)
            pages.absorb([seen(at, good=False)], at)
            asked += 1
        at += timedelta(minutes=30)
    assert asked == POLICY.failures
    assert not pages.offer(URL, at)
    assert pages.prune(at + timedelta(days=400)) == 1


def test_looking_ends_with_age_and_an_import_of_old_pages_begins_none(pages: Pages) -> None:
    pages.offer(URL, NOW)
    pages.absorb([seen(NOW, changed=True)], NOW)
    old = NOW + timedelta(days=31)
    pages.absorb([seen(old)], old)
    assert list(pages.due(old + timedelta(days=90))) == []
    pages.absorb([seen(NOW, url="https://paper.test/news/2")], old)
    assert pages.counts(old) == (0, 0, 0)


@given(st.lists(st.booleans(), max_size=60))
def test_waits_stay_within_bounds(changes: list[bool]) -> None:
    wait = POLICY.first
    for changed in changes:
        wait = POLICY.after_check(wait, changed=changed)
        assert POLICY.least <= wait <= POLICY.most


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_adaptive_beats_fixed_at_equal_cost(seed: int) -> None:
    made = simulation.histories(1500, 30, seed)
    adaptive = simulation.measure(simulation.adaptive(), made)
    for days in (30, 14, 7):
        interval = simulation.fixed_at_cost(adaptive.checks, days)
        fixed = simulation.measure(simulation.fixed(interval, days), made)
        assert fixed.checks == pytest.approx(adaptive.checks, abs=1.5)
        assert adaptive.delay < fixed.delay
        assert adaptive.missed < fixed.missed


def test_the_load_of_each_day_falls_with_age() -> None:
    by_day = simulation.checks_by_day(POLICY, 30, simulation.histories(300, 30))
    assert by_day[0] > 5 * by_day[10]
    assert sum(by_day) == pytest.approx(simulation.measure(simulation.adaptive(), simulation.histories(300, 30)).checks)
