"""`seogo jobs`."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import archive_option, examples, json_option, local_time
from archive.commands.output import printable
from crawler.commands.options import log_to_stderr, workers_option

if TYPE_CHECKING:
    from sqlite_utils import Database

    from crawler.jobs.file import JobFile
    from crawler.jobs.running import Ended, Jobs


worker_option = click.option(
    "--worker", envvar="SEOGO_WORKER", metavar="NAME", help="Run the jobs that name this worker, and no others."
)


@click.group()
def jobs() -> None:
    """Jobs: what `jobs.toml` in the archive's directory says is fetched when."""


@jobs.command("list", epilog=examples("jobs list", "jobs list -a ./archive --json"))
@archive_option
@json_option
def list_jobs(directory: Path, as_json: bool) -> None:
    """The jobs of the job file, which is checked with it, their sites' definitions included."""
    import msgspec

    from crawler.jobs.file import load
    from crawler.jobs.starting import plan_for
    from crawler.report import table

    file = load(directory)
    rows = []
    for job in file.job:
        plan_for(job, file.contact)
        if as_json:
            click.echo(json.dumps(msgspec.to_builtins(job), ensure_ascii=False))
        fetched = " ".join(job.fetch)
        rows.append((job.name, job.site, fetched, job.when, job.zone or "UTC", f"{job.priority}", job.worker or ""))
    if rows and not as_json:
        click.echo("\n".join(table([("job", "site", "fetch", "when", "zone", "priority", "worker"), *rows])))
    elif not as_json:
        click.echo("The job file names no job.")


@jobs.command(epilog=examples("jobs run yakup-lists"))
@click.argument("name")
@archive_option
@workers_option
@json_option
def run(name: str, directory: Path, parse_workers: int | None, as_json: bool) -> None:
    """Run one job now, whether it is due or not. Ends with 75 where another process writes to the archive."""
    from crawler.jobs.file import load

    _run(directory, load(directory), parse_workers, as_json, lambda runner: runner.run_one(name))


@jobs.command("run-due", epilog=examples("jobs run-due", "jobs run-due --watch"))
@archive_option
@click.option("--watch", is_flag=True, help="Stay, and run jobs as they become due, until stopped.")
@worker_option
@workers_option
@json_option
def run_due(directory: Path, watch: bool, worker: str | None, parse_workers: int | None, as_json: bool) -> None:
    """Run all jobs that are due, side by side. Made for timers: where none is due, it ends at once.

    Jobs that name a worker run where --worker or SEOGO_WORKER names it, and nowhere else.

    Asked twice, it does nothing the second time; of the starts that were slept through, the last is made up for. Ends
    with 75 where another process writes to the archive: such a start is written down, and the next call makes up for
    it.
    """
    from crawler.jobs.file import load

    file = load(directory).of(worker)
    _run(directory, file, parse_workers, as_json, lambda runner: runner.watch() if watch else runner.run_due(), worker)


@jobs.command(epilog=examples("jobs status", "jobs status --json", "jobs status --events 20"))
@archive_option
@click.option("--events", type=click.IntRange(0, 2000), default=5, show_default=True, help="So many last events.")
@json_option
def status(directory: Path, events: int, as_json: bool) -> None:
    """How the jobs stand: last and next runs, what was missed and why, alarms, pages that wait, room on the disk."""
    from archive import times
    from crawler.jobs import alarms
    from crawler.jobs.file import load
    from crawler.jobs.standing import room_of, standings
    from crawler.jobs.state import State
    from crawler.report import size, table

    file = load(directory)
    now = times.now()
    with State.open(directory) as state, _index(directory) as db:
        room = room_of(directory, db, now)
        rows = list(standings(file, state, db, now, room))
        if as_json:
            for row in rows:
                click.echo(json.dumps(row.to_dict(), ensure_ascii=False))
            disk = {"free_bytes": room.free, "bytes_a_day": room.a_day, "days_left": room.days_left, "low": room.low}
            click.echo(json.dumps({"disk": disk}))
            for event in state.events(most=events):
                click.echo(json.dumps({"event": dataclasses.asdict(event)}, ensure_ascii=False))
            return
        cells: list[tuple[str, ...]] = [
            ("job", "site", "state", "last run", "outcome", "next", "missed", "refused", "new", "watched")
        ]
        for row in rows:
            instants = (_short(row.started_at), row.outcome or "", _short(row.next_at))
            numbers = (row.missed, row.refused, row.waiting, row.watched)
            cells.append((row.job, row.site, row.state, *instants, *map(str, numbers)))
        click.echo("\n".join(table(cells, most=30)))
        for row in rows:
            if row.why:
                click.echo(f"{row.job}: {printable(row.why)}")
        for alarm in alarms.standing(state):
            click.echo(f"ALARM since {_short(alarm.raised_at)}: {printable(alarm.said)}")
            if alarm.before and alarm.after:
                click.echo(f"  before: seogo show {alarm.before}\n  after:  seogo show {alarm.after}")
        days = "" if room.days_left is None else f", {room.days_left} days at the pace of the last two weeks"
        click.echo(f"disk: {size(room.free)} free{days}{' - LOW, jobs pause' if room.low else ''}")
        for event in state.events(most=events):
            many = f" ({event.count} times)" if event.count > 1 else ""
            click.echo(f"{_short(event.last_at)} {event.job} {event.kind}{many}: {printable(event.said)}")


@jobs.command(epilog=examples("jobs plan", "jobs plan --simulate 30d", "jobs plan --json"))
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
            shown = [(name, "  ".join(map(_short, instants))) for name, instants in starts.items()]
            click.echo("\n".join(table([("job", "next starts"), *shown], most=200)))
        return
    with _index(directory) as db:
        loads = [
            planning.load_of(job, found, now, _span(long), _new_a_day(db, found.name, now))
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
        if not one.measured and one.article_requests_a_day:
            click.echo(f"{one.job}: {one.new_a_day:.0f} new articles a day are assumed, the archive tells nothing yet")


def _span(text: str) -> timedelta:
    from crawler.jobs.file import span

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


@jobs.command(epilog=examples("jobs install", "jobs install --yes", "jobs install --crontab"))
@archive_option
@click.option("--crontab", is_flag=True, help="A line in your crontab instead of systemd units.")
@click.option(
    "--units",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("~/.config/systemd/user"),
    show_default=True,
    help="Where the units go; /etc/systemd/system for the machine's.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@worker_option
def install(directory: Path, crontab: bool, folder: Path, yes: bool, worker: str | None) -> None:
    """Show, then write, what lets this machine run the jobs: each minute it asks what is due."""
    from crawler.jobs import installing
    from crawler.jobs.file import load

    load(directory)
    whole = directory.resolve()
    command = Path(sys.prefix) / "bin" / "seogo"
    if crontab:
        line = installing.crontab_line(whole, command, worker=worker)
        click.echo(line)
        if yes or click.confirm("Put this line into your crontab?"):
            _write_crontab(installing.crontab_with(_crontab(), line))
            click.echo("Written. `crontab -e` takes it out again.")
        return
    folder = folder.expanduser()
    files = installing.units(whole, command, worker=worker)
    for name, text in files.items():
        click.echo(f"# {folder / name}\n{text}")
    if not (yes or click.confirm(f"Write these {len(files)} files?")):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{folder}: cannot be written: {error.strerror}") from error
    scope = "" if folder.is_relative_to("/etc") else "--user "
    click.echo(f"Written. Now:\n  systemctl {scope}daemon-reload")
    click.echo(f"  systemctl {scope}enable --now {installing.name_of(whole)}.timer")
    if scope:
        click.echo("  loginctl enable-linger    # so that it runs while nobody is logged in")


def _crontab() -> str:
    try:
        shown = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607  the user's
    except OSError as error:
        raise click.ClickException(f"there is no crontab command: {error.strerror}") from error
    return shown.stdout if shown.returncode == 0 else ""


def _write_crontab(text: str) -> None:
    ended = subprocess.run(["crontab", "-"], input=text, text=True, capture_output=True, check=False)  # noqa: S607
    if ended.returncode:
        raise click.ClickException(f"crontab refused it: {ended.stderr.strip()}")


@contextlib.contextmanager
def _index(directory: Path) -> Iterator[Database | None]:
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


def _run(
    directory: Path,
    file: JobFile,
    workers: int | None,
    as_json: bool,
    main: Callable[[Jobs], Any],
    worker: str | None = None,
) -> None:
    from crawler.commands.crawling import in_reactor
    from crawler.discovery.requisites import take_apart
    from crawler.jobs.running import Jobs
    from crawler.jobs.state import State
    from crawler.parsing import ParsePool

    log_to_stderr()
    failed = False

    def say(ended: Ended) -> None:
        nonlocal failed
        failed = failed or ended.failed
        _print(ended, as_json)

    with State.open(directory) as state, ParsePool(workers, function=take_apart) as pool:

        async def work() -> None:
            runner = Jobs(directory, file, state, pool, say, worker=worker)
            _stop_on_signals(runner)
            await main(runner)

        in_reactor(work)
    raise SystemExit(1 if failed else 0)


def _print(ended: Ended, as_json: bool) -> None:
    if as_json:
        row = {"job": ended.job, **ended.summary.to_dict(), "unanswered": list(ended.unanswered), "why": ended.why}
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        first, *rest = ended.summary.lines()
        click.echo("\n".join((f"{ended.job}: {first}{f' ({ended.why})' if ended.why else ''}", *rest)))
    for said in ended.unanswered:
        click.echo(f"Error: {ended.job}: a seed got no answer: {said}", err=True)
    for url in ended.unparsed:
        click.echo(f"Error: {ended.job}: a page could not be parsed or stored: {url or '(see the log)'}", err=True)
    sys.stdout.flush()


def _stop_on_signals(runner: Jobs) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if runner.stopping:
            os._exit(1)  # asked twice; what was stored is durable, as after a kill
        print("\nStopping after what is on the wire; Ctrl-C again stops at once.", file=sys.stderr)
        runner.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
