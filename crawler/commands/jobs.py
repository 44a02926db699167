"""`seogo jobs`: list, run, run-due; the other commands have modules of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import archive_option, examples, json_option
from archive.commands.output import printable
from crawler.commands.jobs_install import install
from crawler.commands.jobs_plan import plan
from crawler.commands.jobs_status import status
from crawler.commands.options import log_to_stderr, worker_option, workers_option

if TYPE_CHECKING:
    from crawler.jobs.job import JobFile
    from crawler.jobs.running import Jobs
    from crawler.jobs.runs import Ended


@click.group()
def jobs() -> None:
    """Jobs: what `jobs.toml` in the archive's directory says is fetched when."""


for command in (status, plan, install):
    jobs.add_command(command)


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

    def main(runner: Jobs) -> Awaitable[object]:
        return runner.watch() if watch else runner.run_due()

    _run(directory, file, parse_workers, as_json, main, worker, stays=watch)


def _run(
    directory: Path,
    file: JobFile,
    workers: int | None,
    as_json: bool,
    main: Callable[[Jobs], Any],
    worker: str | None = None,
    *,
    stays: bool = False,
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
    # One that stays was told to go; what failed in its days is in its output and in `jobs status`.
    raise SystemExit(1 if failed and not stays else 0)


def _print(ended: Ended, as_json: bool) -> None:
    if as_json:
        row = {"job": ended.job, **ended.summary.to_dict(), "unanswered": list(ended.unanswered), "why": ended.why}
        row["remarks"] = list(ended.remarks)
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        first, *rest = ended.summary.lines()
        click.echo("\n".join((f"{ended.job}: {first}{f' ({printable(ended.why)})' if ended.why else ''}", *rest)))
    for remark in ended.remarks:
        click.echo(f"Note: {ended.job}: {printable(remark)}", err=True)
    for said in ended.unanswered:
        click.echo(f"Error: {ended.job}: a seed got no answer: {printable(said)}", err=True)
    for url in ended.unparsed:
        click.echo(
            f"Error: {ended.job}: a page could not be parsed or stored: {printable(url) or '(see the log)'}", err=True
        )
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
