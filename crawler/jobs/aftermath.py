"""What follows from a run: pages are rescheduled, sites that refuse us are paused, alarms are raised or cleared."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from archive.commit import Writer
from archive.times import from_text, to_text
from crawler.errors import CrawlerError
from crawler.jobs import alarms, notify, outcomes
from crawler.jobs.job import Job, JobFile
from crawler.jobs.pages import Pages
from crawler.jobs.revisit import POLICY, Policy
from crawler.jobs.starting import Ready, plan_for
from crawler.jobs.state import EventKind, State
from crawler.pipelines import Keeper
from crawler.reparse import definitions
from crawler.report import Summary

PAUSES: Final = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=12), timedelta(days=1))
"""How long a site that refuses us is left alone, time after time."""

# Ends that the job file or a person asked for.
_AS_ASKED: Final = ("max_pages", "max_minutes", "stopped", "the window closed")
_CATCH_UP: Final = timedelta(days=30)


def see_to(
    state: State, db: Database, one: Ready, summary: Summary, unanswered: Sequence[str], why: str, now: datetime
) -> None:
    """Everything that follows from one run's end; `why` it ended early, empty where it came to its end."""
    job, plan = one.job, one.plan
    pages = Pages(state, plan.name, plan.site, one.policy)
    pages.absorb(outcomes.seen_by(db, summary.run), now)
    pages.prune(now)
    _mark_seen(state, summary.run, now)
    found = outcomes.reception(db, summary.run)
    refused = found.unwelcome_wholly
    site = f"site {plan.name}"
    if refused is not None:
        pause = state.pause(site, now, PAUSES, refused, timedelta(0))
        tell(state, job, "paused", f"{plan.name} is left alone until {to_text(pause.until)[:16]}Z: {refused}", now)
    elif found.good:
        state.resume(site)
    for seed in unanswered:
        tell(state, job, "failed", f"a seed got no answer: {seed}", now)
    if why not in ("", *_AS_ASKED, refused):
        tell(state, job, "failed", f"the run ended early: {why}", now)
    for change in alarms.check(state, db, plan, now):
        notify.post(state, job.notify, {**change.to_dict(), "job": job.name, "at": to_text(now)}, now)


def tell(state: State, job: Job, kind: EventKind, said: str, now: datetime) -> None:
    """Write an event of a job down, and tell people of it where it is news."""
    if state.note(job.name, kind, said, now):
        row = {"event": kind, "job": job.name, "said": f"{job.name}: {said}", "at": to_text(now)}
        notify.post(state, job.notify, row, now)


def unwelcome(kept: Keeper) -> str | None:
    """Why a run that still goes on is to end: the site refuses us."""
    return outcomes.reception(kept.writer.db, kept.writer.run.id).unwelcome


def catch_up(state: State, writer: Writer, file: JobFile, now: datetime) -> int:
    """Learn from runs that jobs have not seen: crawls by hand, imports, and runs whose process was killed."""
    (last,) = state.connection.execute("SELECT max(started_at) FROM seen_run").fetchone()
    since = from_text(last) if last else now - _CATCH_UP
    seen = {row[0] for row in state.connection.execute("SELECT id FROM seen_run")}
    count = 0
    sites = definitions(writer.directory)
    policies = dict(_policies(file))
    for run_id, site, _ in outcomes.runs_since(writer.db, since):
        if run_id in seen or run_id == writer.run.id:
            continue
        Pages(state, site, sites(site), policies.get(site, POLICY)).absorb(outcomes.seen_by(writer.db, run_id), now)
        _mark_seen(state, run_id, now)
        count += 1
    with state.transaction():
        state.connection.execute("DELETE FROM seen_run WHERE started_at < ?", (to_text(now - timedelta(days=40)),))
    return count


def _policies(file: JobFile) -> Iterator[tuple[str, Policy]]:
    for job in file.job:
        # A definition that is broken now holds back its own jobs alone.
        with contextlib.suppress(CrawlerError):
            yield plan_for(job, file.contact).name, file.policy(job.site)


def _mark_seen(state: State, run_id: str, now: datetime) -> None:
    with state.transaction():
        state.connection.execute("INSERT OR IGNORE INTO seen_run VALUES (?, ?)", (run_id, to_text(now)))
