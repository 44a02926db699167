"""`seogo jobs plan`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option, local_time
from crawler.commands.jobs_status import index_of

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command(epilog=examples("jobs plan", "jobs plan --simulate 30d", "jobs plan --json"))
@archive_option
@click.option("--simulate", "long", metavar="SPAN", help="Requests and delays over a span like 30d, by simulation.")
@json_option
def plan(directory: Path, long: str | None, as_json: bool) -> None:
    """What comes next, and with --simulate what it costs and how soon changes are seen. Fetches nothing."""
    from archive import times
    from crawler.jobs import planning
    from crawler.jobs.file import load
    from crawler.jobs.starting import plan_for
    from crawler.jobs.state import State
    from crawler.report import table

    file = load(directory)
    now = times.now()
    if long is None:
        with State.open(directory) as state:
            starts = {job.name: planning.next_starts(job, state.job(job.name, now), now) for job in file.job}
        if as_json:
            for name, instants in starts.items():
                click.echo(json.dumps({"job": name, "starts": instants}))
        else:
            shown = [(name, "  ".join(local_time(at, None) for at in instants)) for name, instants in starts.items()]
            click.echo("\n".join(table([("job", "next starts"), *shown], most=200)))
        return
    with index_of(directory) as db:
        loads = [
            planning.load_of(job, found, now, _span(long), _new_a_day(db, found.name, now), file.policy(job.site))
            for job in file.job
            for found in (plan_for(job, file.contact),)
        ]
    if as_json:
        for one in loads:
            click.echo(json.dumps(one.to_dict()))
        return
    cells: list[tuple[str, ...]] = [
        ("job", "runs/day", "lists/day", "articles/day", "busiest day", "list change seen", "article change seen")
    ]
    for one in loads:
        numbers = (one.runs_a_day, one.list_requests_a_day, one.article_requests_a_day, one.busiest_day)
        delays = (_minutes(one.list_delay_minutes), _minutes(one.article_delay_minutes))
        cells.append((one.job, *(f"{number:.0f}" for number in numbers), *delays))
    click.echo("\n".join(table(cells)))
    for one in loads:
        if one.left_over_a_day:
            click.echo(f"{one.job}: max_pages leaves {one.left_over_a_day:.0f} requests a day for later, ever more")
        if not one.measured and one.article_requests_a_day:
            click.echo(f"{one.job}: {one.new_a_day:.0f} new articles a day are assumed, the archive tells nothing yet")


def _span(text: str) -> timedelta:
    from crawler.jobs.job import span

    try:
        long = span(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--simulate") from error
    if not timedelta(days=1) <= long <= timedelta(days=366):
        raise click.BadParameter(f"{text} is not between 1d and 366d", param_hint="--simulate")
    return long


def _new_a_day(db: Database | None, site: str, now: datetime) -> float | None:
    """New articles a day lately; the first day, on which all that stood there was new, apart."""
    from archive import times
    from archive.index.yields import newest_articles

    if db is None:
        return None
    firsts = newest_articles(db, site, times.to_text(now - timedelta(days=30)))
    if not firsts:
        return None
    begun = times.from_text(firsts[0]) + timedelta(days=1)
    days = (now - begun).total_seconds() / 86_400
    return sum(times.from_text(first) > begun for first in firsts) / days if days >= 1 else None


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "-"
    return f"after {minutes:.0f} min" if minutes < 180 else f"after {minutes / 60:.1f} h"
