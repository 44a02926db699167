"""How the jobs stand: the rows of `seogo jobs status`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archive.times import from_text, to_text
from crawler.errors import CrawlerError
from crawler.jobs import alarms, disk, health
from crawler.jobs.job import JobFile
from crawler.jobs.pages import Pages
from crawler.jobs.starting import decision_for, held_back, plan_for
from crawler.jobs.state import Event, State
from crawler.spiders.plan import Plan


@dataclass(frozen=True, slots=True)
class Standing:
    """One job. Instants are text like `2026-11-23T03:28:46.123Z`; `state` is ok, due, running, held or failing.

    `waiting` are new pages that no job has fetched yet, `watched` those that are looked at again, `yields` the share of
    the last pages on which each part was found; `missed_why` is of the last time that starts were missed.
    """

    job: str
    site: str
    state: str
    next_at: str | None
    started_at: str | None
    finished_at: str | None
    outcome: str | None
    why: str | None
    missed: int
    missed_why: str | None
    refused: int
    waiting: int
    watched: int
    alarms: tuple[alarms.Alarm, ...]
    yields: dict[str, float]

    @property
    def health(self) -> str:
        """For people, in a word or two."""
        if self.alarms:
            return f"{len(self.alarms)} alarm{'s' if len(self.alarms) > 1 else ''}"
        return "ok" if self.yields else "-"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def standings(file: JobFile, state: State, db: Database | None, now: datetime, room: disk.Room) -> Iterator[Standing]:
    """How each job stands; `db` is the index, None where there is none yet."""
    pauses = state.pauses()
    for job in file.job:
        remembered = state.job(job.name, now)
        decision = decision_for(job, remembered, now)
        events = state.events(job.name, most=500)
        counts = {kind: sum(e.count for e in events if e.kind == kind) for kind in ("missed", "refused")}
        plan: Plan | None = None
        try:
            plan = plan_for(job, file.contact)
        except CrawlerError as error:
            why: str | None = str(error)
        else:
            why = held_back(plan, room, pauses, now)
        new, _, watched = Pages(state, plan.name, plan.site).counts(now) if plan else (0, 0, 0)
        raised = tuple(alarms.still_standing(state, db, plan, now)) if db is not None and plan is not None else ()
        if why:
            word = "held"
        elif remembered.running is not None:
            word = "running"
        elif decision.due:
            word = "due"
        else:
            word = "failing" if raised or _last_failed(events, remembered.started_at) else "ok"
        yield Standing(
            job=job.name,
            site=plan.name if plan else job.site,
            state=word,
            next_at=to_text(max(decision.next_at, now)) if word != "running" else None,
            started_at=_text(remembered.started_at),
            finished_at=_text(remembered.finished_at),
            outcome=remembered.outcome,
            why=why,
            missed=counts["missed"],
            missed_why=next((event.said for event in events if event.kind == "missed"), None),
            refused=counts["refused"],
            waiting=new,
            watched=watched,
            alarms=raised,
            yields=_yields(db, plan, now) if db is not None and plan is not None else {},
        )


def _yields(db: Database, plan: Plan, now: datetime) -> dict[str, float]:
    rates = {part.label: part.rate() for part in health.parts(db, plan, now)}
    return {name: round(rate, 3) for name, rate in rates.items() if rate is not None}


def _last_failed(events: list[Event], started_at: datetime | None) -> bool:
    return bool(
        started_at and events and events[0].kind in ("failed", "paused") and from_text(events[0].last_at) >= started_at
    )


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else to_text(instant)
