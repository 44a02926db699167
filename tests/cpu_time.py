"""Limits of CPU time that a slow or busy machine keeps too: counted at the pace at which it works just now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_PIECE = 0.004
"""Seconds of CPU time that `_pace`'s piece of work takes on a machine of 2026 that does nothing else."""


def _pace() -> float:
    """How many times as slow as such a machine this one is now."""
    began = time.thread_time()
    found = 0
    for number in range(20_000):
        found += len(f"<p class=x>{number}</p>".split("<")[1].replace("p", "div"))
    assert found
    return (time.thread_time() - began) / _PIECE


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done inside takes this thread less CPU time than this on a machine of that pace, more on a slower one."""
    pace = _pace()
    began = time.thread_time()
    yield
    took = time.thread_time() - began
    allowed = seconds * max(1.0, pace, _pace())
    assert took < allowed, f"{took:.1f} s of CPU time, and {allowed:.1f} s allowed"
