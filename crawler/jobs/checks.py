"""What is wrong with a job file whose types are right: each mistake with its key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from crawler.jobs.job import Job, JobFile, span, window_of, zone_of
from crawler.jobs.schedule import check_cron, shortest_gap

_NAME = re.compile(r"\w[\w.-]{0,63}")
# It goes into systemd's units and crontabs.
_WORKER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake: the key as `job[0].every`, and a phrase."""

    key: str
    said: str


def problems_of(file: JobFile) -> Iterator[Problem]:
    """All mistakes, in the order of the file."""
    if file.contact is not None and not _is_contact(file.contact):
        yield Problem("contact", f"{file.contact!r} cannot stand in a header; write mailto:desk@example.org or a URL")
    if file.smtp is not None:
        yield from _of_smtp(file.smtp)
    if file.digest is not None:
        yield from _of_span("digest", file.digest, timedelta(minutes=1))
    first: dict[str, int] = {}
    bounds: dict[str, int] = {}
    for number, job in enumerate(file.job):
        key = f"job[{number}]"
        if job.name in first:
            yield Problem(f"{key}.name", f"{job.name!r} is the name of job[{first[job.name]}] too")
        first.setdefault(job.name, number)
        if job.revisit is not None:
            other = bounds.setdefault(job.site, number)
            if file.job[other].revisit != job.revisit:
                yield Problem(f"{key}.revisit", f"job[{other}] says otherwise of the same site")
        for problem in (*_of_job(job), *_of_revisit(job), *_of_time(job), *_of_notify(job, file.smtp)):
            yield Problem(f"{key}.{problem.key}", problem.said)


def _of_job(job: Job) -> Iterator[Problem]:
    if not _NAME.fullmatch(job.name):
        yield Problem("name", f"{job.name!r} has more than letters, digits, -, _ and ., or over 64 of them")
    if job.worker is not None and not _WORKER.fullmatch(job.worker):
        yield Problem("worker", f"{job.worker!r} is no name: write lower-case letters, digits, - and _, at most 64")
    if not job.site or not job.site.isprintable():
        yield Problem("site", f"{job.site!r} is no definition's name or file, and no URL")
    if not job.fetch:
        yield Problem("fetch", 'nothing is to be fetched; write ["front", "sidebar"], ["articles"] or ["all"]')
    if len(set(job.fetch)) < len(job.fetch):
        yield Problem("fetch", "one word stands in it twice")
    if job.delay is not None and not 0 <= job.delay <= 3600:
        yield Problem("delay", f"{job.delay} is not between 0 and 3600 seconds")
    if job.max_pages is not None and job.max_pages < 1:
        yield Problem("max_pages", f"{job.max_pages} is less than 1")
    if job.max_minutes is not None and not 0 < job.max_minutes <= 7 * 1440:
        yield Problem("max_minutes", f"{job.max_minutes} is not between 0 and 10080 (a week)")
    if abs(job.priority) > 100:
        yield Problem("priority", f"{job.priority} is not between -100 and 100")


def _of_revisit(job: Job) -> Iterator[Problem]:
    if job.revisit is None:
        return
    for name in job.revisit.__struct_fields__:
        for problem in _of_span(f"revisit.{name}", getattr(job.revisit, name), timedelta(minutes=1)):
            yield problem
            return
    policy = job.revisit.policy()
    if not policy.least <= policy.first <= policy.most <= policy.until:
        yield Problem("revisit", "least, first, most and until do not grow in this order")


def _of_time(job: Job) -> Iterator[Problem]:
    if (job.every is None) == (job.cron is None):
        yield Problem("every", "write either every or cron, and not both")
        return
    try:
        zone = zone_of(job.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem("zone", f"{job.zone!r} is no time zone; write one like Asia/Seoul")
        return
    wrong = False
    for problem in (
        *(_of_span("every", job.every, timedelta(seconds=1)) if job.every is not None else ()),
        *_of_span("jitter", job.jitter, timedelta(0)),
    ):
        wrong = True
        yield problem
    if job.cron is not None and (said := check_cron(job.cron, zone)):
        wrong = True
        yield Problem("cron", said)
    if job.window is not None:
        try:
            window_of(job.window, zone)
        except ValueError as error:
            wrong = True
            yield Problem("window", str(error))
    if not wrong:
        timing = job.timing(datetime(2026, 1, 1, tzinfo=zone))
        gap = shortest_gap(timing.schedule)
        if timing.jitter >= gap:
            yield Problem("jitter", f"{job.jitter} is not shorter than the {gap} between two starts")


def _of_notify(job: Job, smtp: str | None) -> Iterator[Problem]:
    for number, target in enumerate(job.notify):
        key = f"notify[{number}]"
        kind, _, rest = target.partition(":")
        if kind in ("http", "https"):
            if not _host(target):
                yield Problem(key, f"{target!r} is no URL")
        elif kind == "mailto":
            if not re.fullmatch(r"[^\s@<>,;:]+@[^\s@<>,;:]+", rest):
                yield Problem(key, f"{target!r} names no address")
            elif smtp is None:
                yield Problem(key, 'no smtp server is named for it; write smtp = "smtp://localhost:25" at the top')
        elif kind == "exec":
            if not Path(rest).is_absolute():
                yield Problem(key, f"{target!r} names no absolute path")
        else:
            yield Problem(key, f"{target!r} is none of https://..., mailto:... and exec:/path/command")


def _of_smtp(text: str) -> Iterator[Problem]:
    if not text.startswith(("smtp://", "smtps://")) or not _host(text):
        yield Problem("smtp", f"{text!r} is no mail server; write one like smtp://localhost:25")


def _of_span(key: str, text: str, least: timedelta) -> Iterator[Problem]:
    try:
        long = span(text)
    except ValueError as error:
        yield Problem(key, str(error))
        return
    if not least <= long <= _YEAR:
        yield Problem(key, f"{text} is not between {least.total_seconds():.0f}s and a year")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_contact(text: str) -> bool:
    return text.isprintable() and text.isascii() and 3 < len(text) <= 200
