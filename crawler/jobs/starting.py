"""Which jobs begin now: what is due, what was missed and why, and what holds a job back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from archive.times import from_text, to_text
from crawler.discovery.scope import host_of
from crawler.errors import CrawlerError
from crawler.jobs import notify
from crawler.jobs.disk import Room
from crawler.jobs.job import Job, JobFile
from crawler.jobs.revisit import POLICY, Policy
from crawler.jobs.schedule import Decision, decide
from crawler.jobs.state import Event, Pause, Remembered, State
from crawler.spiders.contact import is_foreign
from crawler.spiders.plan import Plan, plan_of

MOST_INTERRUPTIONS = 3
"""A job whose process died so often in a row waits for its next slot, instead of beginning again at once."""


_HELD_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ready:
    """A job that begins now, for a slot; `missed` are slots that passed before it."""

    job: Job
    plan: Plan
    slot: datetime
    missed: tuple[datetime, ...]
    policy: Policy = POLICY


def plan_for(job: Job, contact: str | None) -> Plan:
    """The plan of a job. Raises DefinitionError, BadUrl, BadInput."""
    return plan_of(
        [job.site],
        delay=job.delay,
        max_pages=job.max_pages,
        allow_private=job.allow_private or None,
        contact=contact,
    )


def decision_for(job: Job, remembered: Remembered, now: datetime) -> Decision:
    """Whether a job is due, a start that was cut off included."""
    timing = job.timing(remembered.anchor)
    decision = decide(timing, remembered.slot, now)
    cut_off = remembered.running is not None or remembered.outcome == "interrupted"
    if decision.due or not cut_off or remembered.slot is None or remembered.interrupted >= MOST_INTERRUPTIONS:
        return decision
    at = timing.window.next_open(now) if timing.window else now
    return Decision(at <= now, min(remembered.slot, now), at)


def ready(
    file: JobFile,
    state: State,
    now: datetime,
    room: Room,
    active: Sequence[str] = (),
    held_at: dict[str, datetime] | None = None,
) -> list[Ready]:
    """The jobs that begin now, the highest priority first; what holds others back is written down.

    The caller holds the archive's lock: a start that has not ended, of a job that is not `active`, was cut off.
    `held_at` is when jobs were held back last: it is kept up to date, and those are asked after once a minute.
    """
    found = []
    held_at = {} if held_at is None else held_at
    pauses = state.pauses()
    for job in sorted(file.job, key=lambda job: -job.priority):
        if job.name in active or lately(held_at.get(job.name), now):
            continue
        remembered = state.job(job.name, now)
        if remembered.running is not None:
            times_in_row = state.interrupted(job.name, now)
            state.note(job.name, "interrupted", "the process ended before the run did", remembered.running)
            if times_in_row == MOST_INTERRUPTIONS:
                said = f"cut off {times_in_row} times in a row: the next slot is waited for"
                state.note(job.name, "interrupted", said, now)
            remembered = state.job(job.name, now)
        decision = decision_for(job, remembered, now)
        if decision.set_back and decision.slot is not None:
            state.set_slot(job.name, decision.slot)
            state.note(job.name, "clock", f"the clock was set back behind {_text(remembered.slot)}", now)
        if not decision.due or decision.slot is None:
            continue
        try:
            plan = plan_for(job, file.contact)
        except CrawlerError as error:
            held_at[job.name] = now
            hold(state, job, str(error), now, tell=True)
            continue
        held = held_back(plan, room, pauses, now)
        if held is not None:
            held_at[job.name] = now
            # Of a pause people were told when it began.
            hold(state, job, held, now, tell=lacking(plan, room) is not None)
            continue
        found.append(Ready(job, plan, decision.slot, decision.missed, file.policy(job.site)))
    return found


def lately(held_at: datetime | None, now: datetime) -> bool:
    """Whether a job was held back less than a minute ago."""
    return held_at is not None and held_at <= now < held_at + _HELD_FOR


def hold(state: State, job: Job, said: str, now: datetime, *, tell: bool) -> None:
    """Write down why a job does not begin, and tell people of it where it is news."""
    if state.note(job.name, "held", said, now) and tell:
        row = {"event": "held", "job": job.name, "said": f"{job.name} does not begin: {said}", "at": to_text(now)}
        notify.post(state, job.notify, row, now)


def held_back(plan: Plan, room: Room, pauses: dict[str, Pause], now: datetime) -> str | None:
    """Why a job does not begin although it is due; None where nothing holds it back."""
    return lacking(plan, room) or _paused(plan, pauses, now)


def lacking(plan: Plan, room: Room) -> str | None:
    """What a person has to see to before a job begins: room on the disk, a contact; None where nothing is lacking."""
    if room.low:
        return room.said
    if plan.contact is None and any(is_foreign(url) for url in plan.seeds):
        return 'no contact is set for a crawl of foreign sites: write contact = "mailto:..." at the top of jobs.toml'
    return None


def _paused(plan: Plan, pauses: dict[str, Pause], now: datetime) -> str | None:
    paused = pauses.get(f"site {plan.name}")
    if paused is not None and paused.until > now:
        return f"{plan.name} is left alone until {_text(paused.until)}: {paused.said}"
    hosts = [pauses.get(f"host {host_of(url)}") for url in plan.seeds]
    busy = [pause for pause in hosts if pause is not None and pause.until > now]
    if hosts and len(busy) == len(hosts):
        first = min(busy, key=lambda pause: pause.until)
        return f"{first.what.removeprefix('host ')} is left alone until {_text(first.until)}: {first.said}"
    return None


def explain_missed(state: State, job: str, remembered: Remembered, missed: Sequence[datetime]) -> None:
    """Write missed slots down, each with its reason; slots in a row with one reason are one event."""
    events = [event for event in state.events(job, most=200) if event.kind in ("held", "refused")]

    def reason(slot: datetime) -> str:
        started, finished = remembered.started_at, remembered.finished_at
        if started is not None and finished is not None and started <= slot <= finished:
            return "the run before it was still going"
        return next(
            (event.said for event in events if _covers(event, slot)),
            "nothing asked for it: the machine was off or asleep, or no timer runs `seogo jobs run-due`",
        )

    for said, slots in groupby(missed, reason):
        instants = list(slots)
        state.note_all(job, "missed", said, instants, len(instants))


def note_refused(file: JobFile, state: State, now: datetime, said: str) -> None:
    """Write down the starts that another process's lock refuses."""
    for job in file.job:
        remembered = state.job(job.name, now)
        # A start that has not ended is the other process's.
        if remembered.running is None and decision_for(job, remembered, now).due:
            state.note(job.name, "refused", said, now)


def _covers(event: Event, slot: datetime) -> bool:
    return from_text(event.first_at) <= slot <= from_text(event.last_at)


def _text(instant: datetime | None) -> str:
    return to_text(instant)[:16] + "Z" if instant is not None else "its last start"
