from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from archive.ahead import in_order


@pytest.mark.parametrize("workers", [0, 1, 2, 7])
def test_results_come_in_the_order_of_the_source(workers: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.001 * (number % 3))
        return number * number

    found = list(in_order(range(40), work, workers, lambda _: 1))
    assert found == [(number, number * number) for number in range(40)]


def test_work_goes_on_side_by_side() -> None:
    together = threading.Barrier(3, timeout=60)
    assert len(list(in_order(range(6), lambda _: together.wait(), 3, lambda _: 1))) == 6


def test_no_more_is_read_ahead_than_there_is_room_for() -> None:
    read = taken = most = 0

    def source() -> Iterator[int]:
        nonlocal read, most
        for number in range(50):
            read += 1
            most = max(most, read - taken)
            yield number

    for _ in in_order(source(), lambda number: number, 4, lambda _: 30, room=100):
        taken += 1
    assert taken == 50
    assert most <= 5  # three of 30 in 100, the one that is read, and the one that was given out


def test_what_work_raises_is_raised_in_its_turn() -> None:
    def work(number: int) -> int:
        return 6 // (3 - number)

    results = in_order(range(9), work, 2, lambda _: 1)
    assert [next(results) for _ in range(3)] == [(0, 2), (1, 3), (2, 6)]
    with pytest.raises(ZeroDivisionError):
        next(results)
