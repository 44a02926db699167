"""The gate of a host: one request after the other, the delay counted from when each has left, over all crawls."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic

from crawler.jobs.gate import PATIENCE, Gate, Pass
from crawler.jobs.state import State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def gate(**more: object) -> Gate:
    return Gate(lambda host, status, asked_for: asked_for, lambda host: None, **more)  # type: ignore[arg-type]  # as given


async def use(turn: Pass | None, after: float = 0.0) -> float:
    """Write the request a little later; when that was."""
    assert turn is not None
    await asyncio.sleep(after)
    at = monotonic()
    turn.sent()
    await turn.used
    return at


def test_the_next_turn_is_counted_from_when_the_last_request_left_whoever_sent_it() -> None:
    async def main() -> None:
        one = gate()
        turns = [asyncio.ensure_future(one.turn("a", number % 2, 0.05, 0)) for number in range(6)]
        # Each is written later than it was let through: a connection has to be made first.
        left = [await use(await turn, 0.03) for turn in turns]
        assert min(later - earlier for earlier, later in pairwise(left)) >= 0.05

    asyncio.run(main())


def test_of_crawls_side_by_side_the_longest_delay_counts_until_its_crawl_ends() -> None:
    async def main() -> None:
        one = gate()
        slow, quick = one.turn("a", 1, 0.2, 0), one.turn("a", 2, 0.01, 0)
        first = await use(await slow)
        second = await use(await quick)
        assert second - first >= 0.2
        one.leave(1)
        await use(await one.turn("a", 2, 0.01, 0))
        await use(await one.turn("a", 2, 0.01, 0))
        assert one._hosts["a"].delay == 0.01

    asyncio.run(main())


def test_a_request_that_is_never_sent_holds_up_nobody() -> None:
    async def main() -> None:
        one = gate()
        lost = await one.turn("a", 1, 0.01, 0)
        assert lost is not None
        lost.over()
        await asyncio.wait_for(use(await one.turn("a", 1, 0.01, 0)), 600)

    asyncio.run(main())


def test_a_host_that_is_left_alone_for_long_refuses_all_but_the_stubborn() -> None:
    async def main() -> None:
        one = gate()
        one.hold("a", timedelta(seconds=PATIENCE + 60))
        assert one.wait_of("a") > PATIENCE
        assert await one.turn("a", 1, 0.01, 0) is None
        assert await one.turn("a", 1, 0.01, 0, stubborn=True) is not None

    asyncio.run(main())


def test_an_answer_from_before_the_host_was_busy_does_not_make_it_well() -> None:
    now, well = [0.0], []
    one = Gate(lambda host, status, asked_for: asked_for, well.append, clock=lambda: now[0])
    one.answered("a", 503, timedelta(seconds=60))
    one.answered("a", 404, timedelta())
    assert well == []
    assert one.wait_of("a") == 60
    now[0] = 61.0
    one.answered("a", 200, timedelta())
    assert well == ["a"]


def test_the_delay_outlives_the_process_but_a_clock_that_was_set_back_does_not_lengthen_it(tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        state.asked("a", NOW, 10.0)
        state.asked("b", NOW - timedelta(minutes=5), 10.0)
    with State.open(tmp_path) as state:
        assert state.asked_lately(NOW + timedelta(seconds=4)) == {"a": timedelta(seconds=6)}
        assert state.asked_lately(NOW - timedelta(days=1)) == {"a": timedelta(seconds=10)}
        assert state.asked_lately(NOW + timedelta(seconds=11)) == {}
