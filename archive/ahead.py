"""Work done ahead in threads while its results are taken in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Bytes of pages that may wait at once; one page may be larger than all of it.
ROOM: Final = 64 << 20
# As many for each worker: a transaction of the caller's ends while they work on.
_AHEAD: Final = 48


def in_order(
    source: Iterable[T], work: Callable[[T], R], workers: int, size: Callable[[T], int], room: int = ROOM
) -> Iterator[tuple[T, R]]:
    """Each of `source` with what `work` makes of it, in the order of `source`, `workers` at a time.

    `source` is read in the caller's thread, at most 48 times `workers` and `room` bytes (by `size`) ahead of
    what was taken. What `work` raises is raised here in its turn. With one worker nothing is read ahead.

    >>> list(in_order([3, 1], lambda number: number * 2, 2, lambda number: 1))
    [(3, 6), (1, 2)]
    """
    if workers <= 1:
        for one in source:
            yield one, work(one)
        return
    waiting: deque[tuple[T, Future[R], int]] = deque()
    held = 0
    with ThreadPoolExecutor(workers, thread_name_prefix="ahead") as threads:
        try:
            for one in source:
                weight = size(one)
                while waiting and (len(waiting) >= _AHEAD * workers or held + weight > room):
                    first, result, freed = waiting.popleft()
                    held -= freed
                    yield first, result.result()
                waiting.append((one, threads.submit(work, one), weight))
                held += weight
            while waiting:
                first, result, _ = waiting.popleft()
                yield first, result.result()
        finally:
            threads.shutdown(cancel_futures=True)
