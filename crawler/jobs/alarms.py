"""Alarms: raised once, told with two captures, and taken back when all is well again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archive.index import yields
from archive.times import from_text, to_text
from crawler.jobs import health
from crawler.jobs.state import State
from crawler.spiders.plan import Plan


@dataclass(frozen=True, slots=True)
class Alarm:
    """One that stands. `before` and `after` are ids of captures, where it is about a part of pages."""

    key: str
    site: str
    raised_at: str
    said: str
    before: str | None = None
    after: str | None = None
    usual: float = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm that was raised, or (`cleared`) taken back."""

    alarm: Alarm
    cleared: bool

    def to_dict(self) -> dict[str, Any]:
        """As messages tell it."""
        alarm = self.alarm
        return {
            "event": "cleared" if self.cleared else "alarm",
            "site": alarm.site,
            "said": f"all is well again: {alarm.said}" if self.cleared else alarm.said,
            "raised_at": alarm.raised_at,
            "before": alarm.before,
            "after": alarm.after,
        }


def standing(state: State) -> list[Alarm]:
    """The alarms that stood when jobs looked last."""
    rows = state.connection.execute(
        "SELECT key, site, raised_at, said, before, after, usual FROM alarm ORDER BY raised_at, key"
    )
    return [Alarm(*row) for row in rows]


def check(state: State, db: Database, plan: Plan, now: datetime) -> list[Change]:
    """Look at a site's health; what changed since the last look is written down and returned."""
    before = {alarm.key: alarm for alarm in standing(state) if alarm.site == plan.name}
    changes = [*_of_parts(db, plan, before, now), *_of_silence(db, plan, before, now)]
    with state.transaction():
        for change in changes:
            alarm = change.alarm
            if change.cleared:
                state.connection.execute("DELETE FROM alarm WHERE key = ?", (alarm.key,))
            else:
                state.connection.execute(
                    "INSERT OR REPLACE INTO alarm (key, site, raised_at, said, before, after, usual)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (alarm.key, alarm.site, alarm.raised_at, alarm.said, alarm.before, alarm.after, alarm.usual),
                )
    return changes


def still_standing(state: State, db: Database, plan: Plan, now: datetime) -> list[Alarm]:
    """The alarms of a site that would not be taken back if jobs looked now, as after a reindex."""
    before = {alarm.key: alarm for alarm in standing(state) if alarm.site == plan.name}
    if not before:
        return []
    changes = (*_of_parts(db, plan, before, now), *_of_silence(db, plan, before, now))
    over = {change.alarm.key for change in changes if change.cleared}
    return [alarm for key, alarm in before.items() if key not in over]


def _of_parts(db: Database, plan: Plan, before: dict[str, Alarm], now: datetime) -> Iterator[Change]:
    gone = {key for key, alarm in before.items() if alarm.before is not None}
    for part in health.parts(db, plan, now):
        gone.discard(part.key)
        standing_one = before.get(part.key)
        if standing_one is not None:
            if health.recovered(part, standing_one.usual):
                yield Change(standing_one, cleared=True)
            continue
        drop = health.drop(part)
        # What is over, and was told, is not told again while its looks are still among the last.
        if drop is not None and not health.recovered(part, drop.usual):
            text = to_text(now)
            yield Change(
                Alarm(part.key, plan.name, text, drop.said, drop.before, drop.after, drop.usual), cleared=False
            )
    # The definition names that page no more, or dates its layouts otherwise.
    yield from (Change(before[key], cleared=True) for key in sorted(gone))


def _of_silence(db: Database, plan: Plan, before: dict[str, Alarm], now: datetime) -> Iterator[Change]:
    key = f"{plan.name}: new articles"
    firsts = yields.newest_articles(db, plan.name, to_text(now - health.SINCE))
    quiet = health.silence(firsts, now)
    if quiet is not None and key not in before:
        hours = int(quiet.total_seconds() // 3600)
        said = f"{plan.name}: nothing new was found for {hours} hours, longer than ever in the last month"
        yield Change(Alarm(key, plan.name, to_text(now), said), cleared=False)
    elif key in before and firsts and from_text(firsts[-1]) > from_text(before[key].raised_at):
        yield Change(before[key], cleared=True)
