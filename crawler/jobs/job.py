"""What the job file says, as values: jobs, their schedules, and spans of time."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from crawler.errors import BadInput
from crawler.jobs.revisit import POLICY, Policy
from crawler.jobs.schedule import Cron, Every, Schedule, Timing, Window

Fetch = Literal["front", "sidebar", "articles", "all"]

_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


class Revisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`revisit = {...}` of a job: the bounds within which its site's articles are looked at again, as spans of time."""

    first: str = "30m"
    least: str = "10m"
    most: str = "7d"
    until: str = "30d"

    def policy(self) -> Policy:
        """As the policy that it says. Raises ValueError."""
        return Policy(span(self.first), span(self.least), span(self.most), until=span(self.until))


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[job]]`. Spans of time are text like `10m` or `1h30m`, `delay` seconds a host; `worker` runs it alone."""

    name: str
    site: str
    fetch: tuple[Fetch, ...] = ("all",)
    every: str | None = None
    cron: str | None = None
    zone: str | None = None
    window: str | None = None
    jitter: str = "0s"
    delay: float | None = None
    max_pages: int | None = None
    max_minutes: float | None = None
    priority: int = 0
    allow_private: bool = False
    notify: tuple[str, ...] = ()
    worker: str | None = None
    revisit: Revisit | None = None

    def timing(self, anchor: datetime) -> Timing:
        """When the job begins; `anchor` is its first start, from which intervals count."""
        zone = zone_of(self.zone)
        schedule: Schedule
        schedule = Cron(self.cron, zone) if self.cron is not None else Every(span(self.every or ""), anchor)
        return Timing(self.name, schedule, window_of(self.window, zone), span(self.jitter))

    def limits(self, now: datetime) -> list[tuple[timedelta, str]]:
        """After how long a run that begins now is to end, whatever it has done, each with its reason."""
        found = [(timedelta(minutes=self.max_minutes), "max_minutes")] if self.max_minutes else []
        window = window_of(self.window, zone_of(self.zone))
        if window is not None and window.has(now):
            found.append((window.closing(now) - now, "the window closed"))
        return found

    @property
    def when(self) -> str:
        """The schedule for people."""
        said = f"every {self.every}" if self.every else f"cron {self.cron}"
        return f"{said} {self.window}" if self.window else said

    @property
    def digest(self) -> str:
        """Changes when anything of the job does."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class JobFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `digest`: alarms are gathered for so long and told together; without it they are told at once."""

    contact: str | None = None
    smtp: str | None = None
    digest: str | None = None
    job: tuple[Job, ...] = ()

    def of(self, worker: str | None) -> JobFile:
        """The file with the jobs of one worker alone; of None, with those that name no worker."""
        return msgspec.structs.replace(self, job=tuple(job for job in self.job if job.worker == (worker or None)))

    def policy(self, site: str) -> Policy:
        """How often the articles of a site (as jobs name it) are looked at again: as one of its jobs says."""
        said = next((job.revisit for job in self.job if job.site == site and job.revisit is not None), None)
        return POLICY if said is None else said.policy()

    def named(self, name: str) -> Job:
        """The job of that name. Raises BadInput."""
        for job in self.job:
            if job.name == name:
                return job
        known = ", ".join(job.name for job in self.job) or "none"
        raise BadInput(f"no job is named {name!r} (there are: {known})")


def span(text: str) -> timedelta:
    """A span of time. Raises ValueError.

    >>> span("1h30m"), span("45s")
    (datetime.timedelta(seconds=5400), datetime.timedelta(seconds=45))
    """
    found = _SPAN.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is no span of time; write one like 30s, 10m, 1h30m or 7d")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def zone_of(name: str | None) -> ZoneInfo:
    return ZoneInfo(name or "UTC")


def window_of(text: str | None, zone: ZoneInfo) -> Window | None:
    """Raises ValueError."""
    if text is None:
        return None
    found = _WINDOW.fullmatch(text)
    try:
        numbers = [int(part) for part in found.groups()] if found else []
        # A day ends at 24:00; the clock says 00:00.
        opens, closes = (time(hour % 24 if minute == 0 else hour, minute) for hour, minute in _pairs(numbers))
    except ValueError:
        raise ValueError(f"{text!r} is no window of a day; write one like 06:00-23:00") from None
    if opens == closes:
        raise ValueError(f"{text!r} opens when it closes; leave it out for the whole day")
    return Window(opens, closes, zone)


def _pairs(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    if len(numbers) != 4 or max(numbers[0], numbers[2]) > 24:
        raise ValueError
    return ((numbers[0], numbers[1]), (numbers[2], numbers[3]))
