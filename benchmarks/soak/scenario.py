"""What the month brings: jobs of ten sites, the troubles of each, and what happens to the machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from benchmarks.soak.sites import SoakSite, Span

BEGIN = datetime(2026, 10, 5, 0, 0, tzinfo=UTC)
"""So that a month has the night in it in which Europe's clocks are put back."""

DELAY = 0.05
HOUR = timedelta(hours=1)
STEP = 2 * HOUR
"""How far the clock leaps where nothing happens; no two starts of a job are that near."""

Happening = Literal["kill", "asleep", "timers", "resident", "forward", "forward in a run", "back", "back in a run"]

_DEFINITION = """
name = "{name}"
seeds = ["{origin}/"]
sidebar = ["{origin}/news/ranking.html?period=day"]
feeds = ["{origin}/rss.xml"]
delay = {delay}
allow_private = true
[[articles]]
path = "/news/view.html"
key = "no"
[[articles]]
path = "/en/*/{{key}}.html"
[[lists]]
path = "/"
[[lists]]
path = "/news/ranking.html"
"""

# Successive sites have successive schedules of their lists.
_TIMES = (
    'every = "5h"\njitter = "20m"',
    'every = "6h"',
    'cron = "0 */6 * * *"\nzone = "Asia/Seoul"',
    'every = "4h"\nwindow = "06:00-23:00"\nzone = "Asia/Seoul"',
    'cron = "30 2,8,14,20 * * *"\nzone = "Europe/Berlin"',
)


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to the machine, and when."""

    at: datetime
    what: Happening
    span: timedelta = timedelta(0)


def sites(count: int, days: float, now: Callable[[], datetime]) -> list[SoakSite]:
    """The sites, each with a redesign, an outage and a storm of 503s of its own."""
    return [
        SoakSite(f"paper{n}", f"127.0.0.{20 + n}", now, BEGIN, max(6.0, days * 24 / 40), _troubles(n, count, days))
        for n in range(count)
    ]


def _troubles(number: int, count: int, days: float) -> tuple[Span, ...]:
    share = number / count
    found = []
    for kind, first, spread, hours in (
        ("outage", 0.15, 0.15, 5.0),
        ("storm", 0.32, 0.12, 6.0),
        ("redesign", 0.55, 0.2, max(18.0, days * 24 * 0.08)),
        ("storm", 0.88, 0.08, 4.0),
    ):
        begins = BEGIN + timedelta(days=days * (first + spread * share))
        retry_after = 5400 if kind == "storm" and number % 2 else None
        found.append(Span(kind, begins, begins + hours * HOUR, retry_after))  # type: ignore[arg-type]  # the words above
    return tuple(found)


def events(days: float) -> list[Event]:
    """What happens to the machine, in order. The clock's jumps are done where the day's count is reached first."""
    rows: list[tuple[float, Happening, timedelta]] = [
        (0.03, "kill", timedelta(0)),
        (0.08, "forward", 7 * HOUR),
        (0.11, "kill", timedelta(0)),
        (0.14, "back", -5 * HOUR),
        (0.18, "back", timedelta(minutes=-2)),
        (0.22, "forward in a run", 4 * HOUR),
        (0.27, "kill", timedelta(0)),
        (0.30, "asleep", max(12 * HOUR, timedelta(days=days * 0.04))),
        (0.36, "timers", timedelta(0)),
        (0.39, "kill", timedelta(0)),
        (0.42, "resident", timedelta(0)),
        (0.86, "back in a run", -3 * HOUR),
        (0.90, "kill", timedelta(0)),
        (0.94, "kill", timedelta(0)),
    ]
    return [Event(BEGIN + timedelta(days=days * share), what, span) for share, what, span in rows]


def write(folder: Path, found: list[SoakSite], hook: str) -> None:
    """The archive's directory with job file and definitions."""
    folder.mkdir(parents=True)
    jobs = []
    for number, site in enumerate(found):
        text = _DEFINITION.format(name=site.name, origin=site.origin, delay=DELAY)
        (folder / f"{site.name}.toml").write_text(text, encoding="utf-8")
        common = f'site = "./{site.name}.toml"\ndelay = {DELAY}\nnotify = ["{hook}"]\n'
        lists = _TIMES[number % len(_TIMES)]
        jobs.append(
            f'[[job]]\nname = "{site.name}-lists"\nfetch = ["front", "sidebar"]\npriority = 5\n{lists}\n{common}'
        )
        jobs.append(
            f'[[job]]\nname = "{site.name}-articles"\nfetch = ["articles"]\nevery = "12h"\nmax_pages = 15\n{common}'
        )
    (folder / "jobs.toml").write_text("\n".join(jobs), encoding="utf-8")
