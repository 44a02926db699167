"""What the job file comes to before anything runs: the next starts, the requests of a day, and the delay to expect."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any

from archive.times import to_text
from crawler.jobs import simulation
from crawler.jobs.job import Job
from crawler.jobs.revisit import POLICY, Policy
from crawler.jobs.schedule import start_of
from crawler.jobs.starting import decision_for
from crawler.jobs.state import Remembered
from crawler.spiders.plan import Plan

ASSUMED_NEW = 100.0
"""New articles a day of a site of which the archive tells nothing yet."""

_SIMULATED = 1000


@dataclass(frozen=True, slots=True)
class Load:
    """What one job costs and sees. Requests a day on average; delays in minutes until a change is seen, None where the
    job does not look for such changes; `new_a_day` new articles, `measured` where the archive tells;
    `left_over_a_day` what `max_pages` leaves for later.
    """

    job: str
    site: str
    days: int
    runs_a_day: float
    list_requests_a_day: float
    article_requests_a_day: float
    busiest_day: float
    list_delay_minutes: float | None
    article_delay_minutes: float | None
    new_a_day: float
    measured: bool
    left_over_a_day: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def next_starts(job: Job, remembered: Remembered, now: datetime, most: int = 5) -> list[str]:
    """The next starts, the one that is due now first."""
    timing = job.timing(remembered.anchor)
    decision = decision_for(job, remembered, now)
    first = max(decision.next_at, now)
    later = (start_of(timing, slot) for slot in islice(timing.schedule.after(first), 2000))
    found = [first]
    for at in later:
        # Slots outside a window come together at its opening.
        if at > found[-1]:
            found.append(at)
        if len(found) >= most:
            break
    return [to_text(at) for at in found]


def load_of(
    job: Job, plan: Plan, now: datetime, span: timedelta, new_a_day: float | None, policy: Policy = POLICY
) -> Load:
    """What a job costs over a span, by simulation; `new_a_day` as the archive has seen it, None where it has not,
    `policy` the site's.
    """
    days = max(1, span.days)
    timing = job.timing(now)
    starts = {start_of(timing, slot) for slot in takewhile(lambda slot: slot < now + span, timing.schedule.after(now))}
    ordered = sorted(starts)
    runs = len(ordered) / days
    wanted = set(job.fetch)
    everything = "all" in wanted
    lists = (len(plan.seeds) if everything or "front" in wanted else 0) + (
        len(plan.sidebar) if everything or "sidebar" in wanted else 0
    )
    new = ASSUMED_NEW if new_a_day is None else new_a_day
    articles, busiest, delay = 0.0, 0.0, None
    if everything or "articles" in wanted:
        watched = max(1, policy.until.days)
        made = simulation.histories(_SIMULATED, watched)
        by_age = simulation.checks_by_day(policy, watched, made)
        # On the d-th day there are articles of each age up to d.
        of_day = [new * (1 + sum(by_age[: day + 1])) for day in range(days)]
        articles, busiest = sum(of_day) / days, max(of_day)
        looked = simulation.measure(simulation.adaptive(policy), made)
        # A check that is due waits for the job's next start.
        delay = looked.delay * 60 + _mean_wait(ordered, span).total_seconds() / 60
    most = job.max_pages * runs if job.max_pages else float("inf")
    allowed = min(articles, max(0.0, most - lists * runs))
    return Load(
        job=job.name,
        site=plan.name,
        days=days,
        runs_a_day=round(runs, 2),
        list_requests_a_day=round(lists * runs, 1),
        article_requests_a_day=round(allowed, 1),
        busiest_day=round(min(lists * runs + busiest, max(most, lists * runs)), 1),
        list_delay_minutes=round(_mean_wait(ordered, span).total_seconds() / 60, 1) if lists else None,
        article_delay_minutes=round(delay, 1) if delay is not None else None,
        new_a_day=round(new, 1),
        measured=new_a_day is not None,
        left_over_a_day=round(articles - allowed, 1),
    )


def _mean_wait(starts: list[datetime], span: timedelta) -> timedelta:
    """How long something that happens at any moment waits for the next start, on average."""
    if len(starts) < 2:
        return span / 2
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    return timedelta(seconds=sum(gap * gap for gap in gaps) / (2 * sum(gaps)))
