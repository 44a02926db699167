"""`seogo jobs status`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option, local_time
from archive.commands.output import printable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from crawler.jobs.disk import Room
    from crawler.jobs.standing import Standing
    from crawler.jobs.state import State


@click.command(epilog=examples("jobs status", "jobs status --json", "jobs status --events 20"))
@archive_option
@click.option("--events", type=click.IntRange(0, 2000), default=5, show_default=True, help="So many last events.")
@json_option
def status(directory: Path, events: int, as_json: bool) -> None:
    """How the jobs stand: last and next runs, what was missed and why, alarms, pauses, room on the disk.

    Looks at the index as it is now: an alarm that a reindex has settled is not shown any more.
    """
    from archive import times
    from crawler.jobs import disk
    from crawler.jobs.file import load
    from crawler.jobs.standing import standings
    from crawler.jobs.state import State

    file = load(directory)
    now = times.now()
    with State.open(directory) as state, index_of(directory) as db:
        room = disk.with_pace(disk.look(directory), directory, now)
        rows = list(standings(file, state, db, now, room))
        if as_json:
            _print_json(rows, room, state, now, events)
        else:
            _print(rows, room, state, now, events)


def _print_json(rows: list[Standing], room: Room, state: State, now: datetime, events: int) -> None:
    from archive.times import to_text

    said: list[object] = [row.to_dict() for row in rows]
    disk = {"free_bytes": room.free, "bytes_a_day": room.a_day, "days_left": room.days_left, "low": room.low}
    said.append({"disk": disk})
    for pause in state.pauses().values():
        if pause.until > now:
            since, until = to_text(pause.since), to_text(pause.until)
            said.append({"pause": {"what": pause.what, "since": since, "until": until, "said": pause.said}})
    said += [{"event": dataclasses.asdict(event)} for event in state.events(most=events)]
    for one in said:
        click.echo(json.dumps(one, ensure_ascii=False))


def _print(rows: list[Standing], room: Room, state: State, now: datetime, events: int) -> None:
    from archive.times import to_text
    from crawler.report import size, table

    cells: list[tuple[str, ...]] = [
        ("job", "site", "state", "last run", "outcome", "next", "missed", "refused", "new", "watched", "health")
    ]
    for row in rows:
        instants = (_short(row.started_at), row.outcome or "", _short(row.next_at))
        numbers = (row.missed, row.refused, row.waiting, row.watched)
        cells.append((row.job, row.site, row.state, *instants, *map(str, numbers), row.health))
    click.echo("\n".join(table(cells, most=30)))
    for row in rows:
        if row.why:
            click.echo(f"{row.job}: {printable(row.why)}")
        if row.missed_why:
            click.echo(f"{row.job}: {row.missed} missed, the last: {printable(row.missed_why)}")
    for alarm in {alarm.key: alarm for row in rows for alarm in row.alarms}.values():
        click.echo(f"ALARM since {_short(alarm.raised_at)}: {printable(alarm.said)}")
        if alarm.before and alarm.after:
            click.echo(f"  before: seogo show {alarm.before}\n  after:  seogo show {alarm.after}")
    for pause in state.pauses().values():
        if pause.until > now:
            click.echo(f"paused until {_short(to_text(pause.until))}: {pause.what}: {printable(pause.said)}")
    days = "" if room.days_left is None else f", {room.days_left} days at the pace of the last two weeks"
    click.echo(f"disk: {size(room.free)} free{days}{' - LOW, jobs pause' if room.low else ''}")
    for event in state.events(most=events):
        many = f" ({event.count} times)" if event.count > 1 else ""
        click.echo(f"{_short(event.last_at)} {event.job} {event.kind}{many}: {printable(event.said)}")


@contextlib.contextmanager
def index_of(directory: Path) -> Iterator[Database | None]:
    """The index for reading; None where nothing was crawled yet."""
    from archive.index.database import connect

    path = directory / "index.db"
    if not path.is_file():
        yield None
        return
    db = connect(path, readonly=True)
    try:
        yield db
    finally:
        db.close()


def _short(instant: str | None) -> str:
    return local_time(instant, None)
