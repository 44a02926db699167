"""The hosts that jobs ask: one gate for all, and what is remembered of them from process to process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crawler.jobs.gate import Gate
from crawler.jobs.state import State

BACK_OFFS: Final = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 21_600, 86_400))
"""How long a busy host is left alone, answer by answer."""

PERSISTED: Final = timedelta(seconds=60)
"""Shorter back-offs end with the run."""


class Hosts:
    """`gate` is for all crawls of a process. `clock` tells the present, `ticks` the seconds of back-offs."""

    def __init__(self, state: State, clock: Callable[[], datetime], ticks: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock
        self._busy: dict[str, int] = {}
        self.gate = Gate(self._host_busy, self._host_well, self._host_asked, ticks)

    def take_over(self, now: datetime) -> None:
        """Keep to the delays and pauses that earlier processes left."""
        for host, wait in self._state.asked_lately(now).items():
            self.gate.not_before(host, wait)
        for what, pause in self._state.pauses().items():
            kind, _, host = what.partition(" ")
            if kind == "host":
                # Where its time is over, one more refusal is the next longer pause, not the first again.
                step = next((n for n, span in enumerate(BACK_OFFS) if span >= pause.until - pause.since), 0)
                self._busy.setdefault(host, step)
                if pause.until > now:
                    self.gate.hold(host, pause.until - now)

    def _host_busy(self, host: str, status: int, asked_for: timedelta) -> timedelta:
        level = self._busy[host] = self._busy.get(host, -1) + 1
        wait = max(asked_for, BACK_OFFS[min(level, len(BACK_OFFS) - 1)])
        if wait >= PERSISTED:
            self._state.pause(f"host {host}", self._clock(), [wait], f"it answered {status}", wait)
        return wait

    def _host_well(self, host: str) -> None:
        if self._busy.pop(host, None) is not None:
            self._state.resume(f"host {host}")

    def _host_asked(self, host: str, seconds: float) -> None:
        self._state.asked(host, self._clock(), seconds)
