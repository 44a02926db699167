"""What the month came to: each scheduled start, each redesign, each gap between two requests; from outside."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive.times import from_text
from benchmarks.soak.sites import SoakSite
from crawler.jobs.job import Job

TICK = 0.004
"""The kernel counts the arrival of bytes in ticks so long, in seconds: each instant is known to one of them."""

ALARMED_WITHIN = 2
"""Runs that may see a redesign until people are told."""

_SPAN = re.compile(r"(\d+)h")


@dataclass(frozen=True, slots=True)
class Slot:
    """One scheduled start of a job, and what became of it: captured, answered with trouble, missed, or lost."""

    job: str
    at: datetime
    fate: str
    why: str


@dataclass(frozen=True, slots=True)
class Redesign:
    """`seen`: runs of the front page's job that captured it while it lasted; `runs`: those of them until the alarm was
    raised, None where none was; `cleared` afterwards, unless the month ended soon after."""

    site: str
    seen: int
    runs: int | None
    cleared: bool

    @property
    def broken(self) -> str | None:
        """What is wrong: with the alarm, or with a month that shows nothing, as it left too few runs to raise one."""
        if self.runs is None and self.seen < ALARMED_WITHIN:
            return f"{self.site}: only {self.seen} runs saw its redesign, too few to be alarmed by"
        if self.runs is None or self.runs > ALARMED_WITHIN:
            return f"{self.site}: its redesign was not alarmed within two runs ({self.seen} saw it)"
        return None if self.cleared else f"{self.site}: an alarm does not clear"


def slots_of(job: Job, anchor: datetime, until: datetime) -> Iterator[datetime]:
    """The scheduled starts, by nothing but the job file's words: `every = "Nh"`, or a cron line of minute and hours.

    What falls outside the window waits for its opening, once.
    """
    zone = ZoneInfo(job.zone or "UTC")
    if job.every is not None:
        found = _SPAN.fullmatch(job.every)
        assert found is not None
        every = timedelta(hours=int(found[1]))
        instants = (anchor + number * every for number in range((until - anchor) // every + 1))
    else:
        assert job.cron is not None
        minute, hour, *_ = job.cron.split()
        hours = range(0, 24, int(hour[2:])) if hour.startswith("*/") else [int(one) for one in hour.split(",")]
        days = ((anchor - timedelta(days=1)).astimezone(zone).date() + timedelta(days=n) for n in range(400))
        instants = (
            datetime.combine(day, time(one, int(minute)), zone).astimezone(UTC) for day in days for one in hours
        )
    last: datetime | None = None
    for instant in instants:
        start = _in_window(job, instant.astimezone(zone))
        if start > until:
            return
        if instant >= anchor and start != last:
            last = start
            yield start


def _in_window(job: Job, local: datetime) -> datetime:
    """The instant itself in the job's window, which is one of a day, else its next opening."""
    if job.window is None:
        return local.astimezone(UTC)
    opens, closes = job.window.split("-")
    clock = f"{local:%H:%M}"
    if not opens <= clock < closes:
        hour, minute = map(int, opens.split(":"))
        day = local.date() + timedelta(days=clock >= closes)
        local = datetime.combine(day, time(hour, minute), local.tzinfo)
    return local.astimezone(UTC)


def fates(folder: Path, job: Job, seed: str, until: datetime) -> list[Slot]:
    """Each scheduled start of a job that has had its time, and what became of it."""
    with sqlite3.connect(folder / "state" / "jobs.db") as db:
        (anchor,) = db.execute("SELECT anchor FROM job WHERE name = ?", (job.name,)).fetchone()
        events = db.execute("SELECT kind, said, first_at, last_at FROM event WHERE job = ?", (job.name,)).fetchall()
    runs = _runs(folder, job.name, seed)
    slots = [*slots_of(job, from_text(anchor), until)]
    found = []
    for at, following in pairwise(slots):
        fate, why = "lost", ""
        within = [run for run in runs if at <= run[0] < following]
        if within:
            fate, why = max(within, key=lambda run: ("lost", "trouble", "captured").index(run[1]))[1:]
            if "lists" not in job.name:
                fate = "captured"
        if fate == "lost":
            for kind, said, first, last in events:
                about = kind in ("missed", "held", "refused", "clock", "interrupted", "failed")
                # What is missed is written down with its slot; what befell a start, when that was.
                until_then = at + timedelta(hours=1) if kind == "missed" else following
                if about and from_text(first) < until_then and at <= from_text(last):
                    fate, why = "missed", said
                    break
        found.append(Slot(job.name, at, fate, why))
    return found


def _runs(folder: Path, job: str, seed: str) -> list[tuple[datetime, str, str]]:
    """Start of each run, and what it brought of the front page."""
    with sqlite3.connect(folder / "index.db") as db:
        rows = db.execute(
            "SELECT r.started_at, o.outcome, o.reason FROM runs r LEFT JOIN outcomes o ON o.run_id = r.id AND o.url = ?"
            " WHERE r.job = ? ORDER BY r.started_at",
            (seed, job),
        ).fetchall()
    found = []
    for started, outcome, reason in rows:
        good = outcome in ("stored", "unchanged")
        fate = "captured" if good else "trouble" if outcome else "lost"
        found.append((from_text(started), fate, "" if good else f"{outcome} {reason or ''}".strip()))
    return found


def doubled(
    folder: Path, slots: Sequence[Slot], jumps: Sequence[tuple[datetime, datetime]], cut: Set[str]
) -> list[Slot]:
    """Starts that were made twice. `cut`: ids of the runs that a kill cut off, each of which was to be made again.

    A clock that is set back (`jumps`: to when, from when) makes the hours between come once more, and their starts.
    """
    found = []
    with sqlite3.connect(folder / "index.db") as db:
        rows = db.execute("SELECT id, job, started_at FROM runs").fetchall()
    starts: dict[str, list[datetime]] = {}
    for run_id, job, started in rows:
        if run_id not in cut:
            starts.setdefault(job, []).append(from_text(started))
    for one, following in pairwise(slots):
        if one.job != following.job:
            continue
        again = sum(back <= following.at and one.at <= ahead for back, ahead in jumps)
        if sum(one.at <= started < following.at for started in starts.get(one.job, ())) > 1 + again:
            found.append(one)
    return found


def gaps(site: SoakSite, delay: float) -> tuple[int, float, list[str]]:
    """Requests of a site; the shortest gap between two of them, in seconds; and those that were below the delay."""
    hits = sorted(site.log, key=lambda hit: hit.arrived)
    found = [later.arrived - earlier.arrived for earlier, later in pairwise(hits)]
    broken = [
        f"{(later.arrived - earlier.arrived) * 1000:.1f} ms after {earlier.path} ({earlier.status}, {earlier.at}),"
        f" {site.origin}{later.path} was asked for ({later.status}, {later.at})"
        for earlier, later in pairwise(hits)
        if later.arrived - earlier.arrived < delay - 2 * TICK
    ]
    return len(hits), min(found, default=0.0), broken


def redesigns(
    folder: Path, sites: Sequence[SoakSite], told: Sequence[dict[str, Any]], until: datetime
) -> list[Redesign]:
    """Of each redesign, how many runs saw it, and after how many of them its alarm was raised."""
    found = []
    with sqlite3.connect(folder / "index.db") as db:
        for site in sites:
            span = next(one for one in site.troubles if one.kind == "redesign")
            looks = [
                from_text(row[0])
                for row in db.execute(
                    "SELECT c.captured_at FROM captures c JOIN runs r ON r.id = c.run_id"
                    " WHERE c.url = ? AND c.status = 200 AND r.job = ? ORDER BY 1",
                    (f"{site.origin}/", f"{site.name}-lists"),
                )
            ]
            seen = [at for at in looks if span.begins <= at < span.ends]
            about = [one for one in told if one.get("site") == site.name and "nothing new" not in one["said"]]
            raised = [from_text(one["raised_at"]) for one in about if one["event"] == "alarm"]
            first = min((at for at in raised if span.begins <= at), default=None)
            runs = None if first is None else sum(at <= first for at in seen)
            standing = Counter(one["event"] for one in about)
            # Three looks at each part say that it is back; articles are looked at twice a day.
            early = until - span.ends < timedelta(days=2)
            found.append(Redesign(site.name, len(seen), runs, early or standing["alarm"] == standing["cleared"]))
    return found


def false_alarms(sites: Sequence[SoakSite], told: Sequence[dict[str, Any]]) -> list[str]:
    """Alarms about parts of pages, told of sites whose pages were as ever."""
    found = []
    for one in told:
        if one["event"] != "alarm" or "nothing new" in one["said"]:
            continue
        site = next(site for site in sites if site.name == one["site"])
        at = from_text(one["raised_at"])
        spans = [span for span in site.troubles if span.kind == "redesign"]
        if not any(span.begins <= at <= span.ends + timedelta(hours=24) for span in spans):
            found.append(str(one["said"]))
    return found
