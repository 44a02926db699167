"""When a job is due: pure functions of its schedule, of what was started, and of the present instant.

A schedule is a row of instants, its slots. A job remembers the last slot that it was started for; it is due when a
later slot has come. However many were slept through, the latest alone is made up for. When a clock was set back a
little, so that the next slot is the one that was started last, that one is not started again. When it was set back
further, the slots up to now count as started: no job waits for days until the clock is where it had been.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_TWICE = timedelta(hours=3)
MOST_MISSED = 10_000
"""Missed slots are counted up to here; a minutely job that slept for a week is at its end."""


@dataclass(frozen=True, slots=True)
class Every:
    """A slot each `interval`, counted from `anchor`, the job's first start; zones and their changes do not matter."""

    interval: timedelta
    anchor: datetime

    def latest(self, now: datetime) -> datetime:
        """The last slot at or before `now`."""
        return self.anchor + (now - self.anchor) // self.interval * self.interval

    def after(self, instant: datetime) -> Iterator[datetime]:
        """The slots after an instant, in order, without end."""
        slot = self.latest(instant)
        while True:
            slot += self.interval
            yield slot


@dataclass(frozen=True, slots=True)
class Cron:
    """The slots of a cron expression of five fields in a zone.

    Where clocks are changed it is as in Debian's cron: a time that is skipped comes at the change, a time that comes
    twice comes once, and expressions with `*` for minute or hour go by elapsed time.
    """

    expression: str
    zone: ZoneInfo

    def latest(self, now: datetime) -> datetime | None:
        """The last slot at or before `now`; None where there is none in fifty years."""
        # Going back from inside an hour that comes twice, the library passes over a slot; from behind it, it does not.
        start = (now + _TWICE).astimezone(self.zone)
        found = (slot.astimezone(UTC) for slot in CronSim(self.expression, start, reverse=True))
        return next((slot for slot in found if slot <= now), None)

    def after(self, instant: datetime) -> Iterator[datetime]:
        """The slots after an instant, in order."""
        found = (slot.astimezone(UTC) for slot in CronSim(self.expression, instant.astimezone(self.zone)))
        return (slot for slot in found if slot > instant)


Schedule = Every | Cron


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of the day in which a job may begin: from `opens`, before `closes`, on the zone's clock.

    `opens` later than `closes` is a window across midnight.
    """

    opens: time
    closes: time
    zone: ZoneInfo

    def has(self, instant: datetime) -> bool:
        """Whether a job may begin at an instant."""
        clock = instant.astimezone(self.zone).time()
        if self.opens <= self.closes:
            return self.opens <= clock < self.closes
        return clock >= self.opens or clock < self.closes

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself in the window, else when it opens next."""
        if self.has(instant):
            return instant
        local = instant.astimezone(self.zone)
        for days in range(3):
            opening = datetime.combine(local.date() + timedelta(days=days), self.opens, self.zone).astimezone(UTC)
            # Where clocks are put forward over the opening, the window may open an hour late.
            for later in (opening, opening + timedelta(hours=1)):
                if later > instant and self.has(later):
                    return later
        return instant + timedelta(days=1)

    def closing(self, instant: datetime) -> datetime:
        """When the window that is open at an instant closes."""
        local = instant.astimezone(self.zone)
        for days in range(3):
            closes = datetime.combine(local.date() + timedelta(days=days), self.closes, self.zone).astimezone(UTC)
            if closes > instant:
                return closes
        return instant + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """Everything that says when a job begins; `name` spreads the jitter of several jobs."""

    name: str
    schedule: Schedule
    window: Window | None = None
    jitter: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done now.

    `due`: begin, for `slot`. `next_at`: when to look again. `missed`: slots that passed without a start, oldest first.
    `set_back`: the clock was set back, and `slot` counts as started.
    """

    due: bool
    slot: datetime | None
    next_at: datetime
    missed: tuple[datetime, ...] = ()
    set_back: bool = False


def decide(timing: Timing, last: datetime | None, now: datetime) -> Decision:
    """Whether a job is due whose last started slot is `last` (None: it never ran, and is due at once)."""
    window = timing.window
    latest = timing.schedule.latest(now)
    if last is None:
        at = window.next_open(now) if window else now
        return Decision(at <= now, latest or now, at)
    if latest is None or latest <= last:
        far = now + timedelta(days=365)
        set_back = last > now and next(timing.schedule.after(now), far) != last
        following = next(timing.schedule.after(now if set_back else max(last, now)), far)
        return Decision(False, (latest or now) if set_back else None, start_of(timing, following), set_back=set_back)
    at = start_of(timing, latest)
    if at < now and window is not None:
        at = window.next_open(now)
    return Decision(at <= now, latest, at, missed=missed_between(timing, last, latest))


def start_of(timing: Timing, slot: datetime) -> datetime:
    """When a job begins for a slot: its jitter later, and not before its window opens."""
    window = timing.window
    begin = slot + _share(timing.name, slot) * timing.jitter
    if window is None:
        return begin
    if window.has(slot):
        # A slot at the end of the window is not carried over to the next day by its jitter.
        return begin if window.has(begin) else slot
    return window.next_open(slot)


def missed_between(timing: Timing, last: datetime, latest: datetime) -> tuple[datetime, ...]:
    """The slots after `last` and before `latest`; for those outside the window, which are one start when it opens,
    the opening.
    """
    window = timing.window
    slots = takewhile(lambda slot: slot < latest, timing.schedule.after(last))
    found: list[datetime] = []
    for slot in islice(slots, MOST_MISSED):
        # Up to an opening that was counted, all that waits is one start.
        if not found or slot > found[-1]:
            found.append(slot if window is None else window.next_open(slot))
    if found and window is not None and found[-1] >= window.next_open(latest):
        # The start that is made now stands for what waited with it.
        found.pop()
    return tuple(found)


def check_cron(expression: str, zone: ZoneInfo) -> str | None:
    """What is wrong with a cron expression, as a phrase; None where nothing is."""
    if len(expression.split()) != 5:
        return f"{expression!r} has not the five fields minute, hour, day of month, month, day of week"
    try:
        slots = list(zip(range(2), Cron(expression, zone).after(datetime(2026, 1, 1, tzinfo=UTC)), strict=False))
    except (CronSimError, ValueError, AssertionError) as error:
        return f"{expression!r} is no cron expression: {str(error).lower()}"
    return None if slots else f"{expression!r} never comes"


def shortest_gap(schedule: Schedule) -> timedelta:
    """The shortest time between two of the next slots: jitter must stay below it."""
    if isinstance(schedule, Every):
        return schedule.interval
    slots = [slot for _, slot in zip(range(20), schedule.after(datetime(2026, 1, 1, tzinfo=UTC)), strict=False)]
    return min((later - earlier for earlier, later in pairwise(slots)), default=timedelta(days=365))


def _share(name: str, slot: datetime) -> float:
    """From 0 to 1, the same for a job's slot in every process."""
    digest = hashlib.blake2b(f"{name} {slot.timestamp():.3f}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
