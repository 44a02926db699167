"""The job file, `DIR/jobs.toml`: what is fetched when, and who is told; checked wholly as it is read."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from crawler.errors import BadInput
from crawler.jobs.schedule import Cron, Every, Schedule, Timing, Window, check_cron, shortest_gap
from crawler.sites.loader import is_path

FILE_NAME = "jobs.toml"
MAX_BYTES = 1 << 20

Fetch = Literal["front", "sidebar", "articles", "all"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_YEAR = timedelta(days=366)


class JobsFileError(BadInput):
    """A job file that is missing or wrong; the message names file and key, or the line where the TOML is broken."""


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

    def timing(self, anchor: datetime) -> Timing:
        """When the job begins; `anchor` is its first start, from which intervals count."""
        zone = _zone(self.zone)
        schedule: Schedule
        schedule = Cron(self.cron, zone) if self.cron is not None else Every(span(self.every or ""), anchor)
        return Timing(self.name, schedule, _window(self.window, zone), span(self.jitter))

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

    def named(self, name: str) -> Job:
        """The job of that name. Raises BadInput."""
        for job in self.job:
            if job.name == name:
                return job
        known = ", ".join(job.name for job in self.job) or "none"
        raise BadInput(f"no job is named {name!r} (there are: {known})")


@dataclass(frozen=True, slots=True)
class _Problem:
    key: str
    said: str


def load(directory: Path) -> JobFile:
    """Read and check the archive's job file; contact falls back to SEOGO_CONTACT. Raises JobsFileError."""
    path = directory / FILE_NAME
    file = _decode(_read(path), path)
    for problem in _problems(file):
        raise JobsFileError(f"{path}: {problem.key}: {problem.said}")
    resolved = tuple(_with_whole_path(job, directory) for job in file.job)
    contact = file.contact or os.environ.get("SEOGO_CONTACT") or None
    return msgspec.structs.replace(file, contact=contact, job=resolved)


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


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise JobsFileError(f"{path}: there is no job file; write one, README.md shows how")
        if path.stat().st_size > MAX_BYTES:
            raise JobsFileError(f"{path}: larger than {MAX_BYTES} bytes, so no job file")
        return path.read_bytes()
    except OSError as error:
        raise JobsFileError(f"{path}: cannot be read: {error.strerror}") from error


def _decode(data: bytes, path: Path) -> JobFile:
    try:
        return msgspec.toml.decode(data, type=JobFile, strict=True)
    except msgspec.ValidationError as error:
        raise JobsFileError(f"{path}: {_key_first(str(error))}") from error
    except RecursionError as error:
        raise JobsFileError(f"{path}: is no TOML: nested too deep") from error
    except ValueError as error:
        said = str(error).replace("at end of document", f"at line {len(data.splitlines())}, the end")
        raise JobsFileError(f"{path}: is no TOML: {said}") from error


def _key_first(message: str) -> str:
    # msgspec says: Expected `str`, got `int` - at `$.job[0].name`
    said, _, place = message.rpartition(" - at `$")
    if not said:
        said, place = message, ""
    key = place.rstrip("`").lstrip(".")
    said = said[:1].lower() + said[1:]
    return f"{key}: {said}" if key else said


def _problems(file: JobFile) -> Iterator[_Problem]:
    if file.contact is not None and not _is_contact(file.contact):
        yield _Problem("contact", f"{file.contact!r} cannot stand in a header; write mailto:desk@example.org or a URL")
    if file.smtp is not None:
        yield from _of_smtp(file.smtp)
    if file.digest is not None:
        yield from _of_span("digest", file.digest, timedelta(minutes=1))
    first: dict[str, int] = {}
    for number, job in enumerate(file.job):
        key = f"job[{number}]"
        if job.name in first:
            yield _Problem(f"{key}.name", f"{job.name!r} is the name of job[{first[job.name]}] too")
        first.setdefault(job.name, number)
        for problem in (*_of_job(job), *_of_time(job), *_of_notify(job, file.smtp)):
            yield _Problem(f"{key}.{problem.key}", problem.said)


def _of_job(job: Job) -> Iterator[_Problem]:
    if not _NAME.fullmatch(job.name):
        yield _Problem("name", f"{job.name!r} has more than lower-case letters, digits, - and _, or over 64 of them")
    if job.worker is not None and not _NAME.fullmatch(job.worker):
        yield _Problem("worker", f"{job.worker!r} is no name: write lower-case letters, digits, - and _, at most 64")
    if not job.site or not job.site.isprintable():
        yield _Problem("site", f"{job.site!r} is no definition's name or file, and no URL")
    if not job.fetch:
        yield _Problem("fetch", 'nothing is to be fetched; write ["front", "sidebar"], ["articles"] or ["all"]')
    if len(set(job.fetch)) < len(job.fetch):
        yield _Problem("fetch", "one word stands in it twice")
    if job.delay is not None and not 0 <= job.delay <= 3600:
        yield _Problem("delay", f"{job.delay} is not between 0 and 3600 seconds")
    if job.max_pages is not None and job.max_pages < 1:
        yield _Problem("max_pages", f"{job.max_pages} is less than 1")
    if job.max_minutes is not None and not 0 < job.max_minutes <= 7 * 1440:
        yield _Problem("max_minutes", f"{job.max_minutes} is not between 0 and 10080 (a week)")
    if abs(job.priority) > 100:
        yield _Problem("priority", f"{job.priority} is not between -100 and 100")


def _of_time(job: Job) -> Iterator[_Problem]:
    if (job.every is None) == (job.cron is None):
        yield _Problem("every", "write either every or cron, and not both")
        return
    try:
        zone = _zone(job.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield _Problem("zone", f"{job.zone!r} is no time zone; write one like Asia/Seoul")
        return
    wrong = False
    for problem in (
        *(_of_span("every", job.every, timedelta(seconds=10)) if job.every is not None else ()),
        *_of_span("jitter", job.jitter, timedelta(0)),
    ):
        wrong = True
        yield problem
    if job.cron is not None and (said := check_cron(job.cron, zone)):
        wrong = True
        yield _Problem("cron", said)
    if job.window is not None:
        try:
            _window(job.window, zone)
        except ValueError as error:
            wrong = True
            yield _Problem("window", str(error))
    if not wrong:
        timing = job.timing(datetime(2026, 1, 1, tzinfo=zone))
        gap = shortest_gap(timing.schedule)
        if timing.jitter >= gap:
            yield _Problem("jitter", f"{job.jitter} is not shorter than the {gap} between two starts")


def _of_notify(job: Job, smtp: str | None) -> Iterator[_Problem]:
    for number, target in enumerate(job.notify):
        key = f"notify[{number}]"
        kind, _, rest = target.partition(":")
        if kind in ("http", "https"):
            if not _host(target):
                yield _Problem(key, f"{target!r} is no URL")
        elif kind == "mailto":
            if not re.fullmatch(r"[^\s@<>,;:]+@[^\s@<>,;:]+", rest):
                yield _Problem(key, f"{target!r} names no address")
            elif smtp is None:
                yield _Problem(key, 'no smtp server is named for it; write smtp = "smtp://localhost:25" at the top')
        elif kind == "exec":
            if not Path(rest).is_absolute():
                yield _Problem(key, f"{target!r} names no absolute path")
        else:
            yield _Problem(key, f"{target!r} is none of https://..., mailto:... and exec:/path/command")


def _of_smtp(text: str) -> Iterator[_Problem]:
    if not text.startswith(("smtp://", "smtps://")) or not _host(text):
        yield _Problem("smtp", f"{text!r} is no mail server; write one like smtp://localhost:25")


def _of_span(key: str, text: str, least: timedelta) -> Iterator[_Problem]:
    try:
        long = span(text)
    except ValueError as error:
        yield _Problem(key, str(error))
        return
    if not least <= long <= _YEAR:
        yield _Problem(key, f"{text} is not between {least.total_seconds():.0f}s and a year")


def _zone(name: str | None) -> ZoneInfo:
    return ZoneInfo(name or "UTC")


def _window(text: str | None, zone: ZoneInfo) -> Window | None:
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


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_contact(text: str) -> bool:
    return text.isprintable() and text.isascii() and 3 < len(text) <= 200


def _with_whole_path(job: Job, directory: Path) -> Job:
    """A definition's path is relative to the job file: timers begin in other directories."""
    if not is_path(job.site):
        return job
    return msgspec.structs.replace(job, site=str((directory / job.site).resolve()))
