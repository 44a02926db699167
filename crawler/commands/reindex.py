"""`seogo reindex`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import is_terminal, log_to_stderr


@click.command(
    epilog=examples(
        "reindex -a ./seogo-data",
        "reindex --jobs 8",
        "reindex --diff",
        "reindex --diff --json | jq 'select(.table == \"articles\")'",
        "reindex --engine dask --scheduler tcp://10.0.0.1:8786 -a /mnt/news",
    )
)
@archive_option
@click.option("--site", "site_name", metavar="SITE", help="A definition, by name or file, for the pages of its site.")
@click.option("--jobs", type=click.IntRange(0, 64), metavar="N", help="Parsing processes; 0 parses in this one.")
@click.option("--engine", type=click.Choice(["pool", "dask"]), default="pool", show_default=True, help="Who parses.")
@click.option("--scheduler", metavar="URL", help="The Dask cluster's scheduler, like tcp://10.0.0.1:8786.")
@click.option("--diff", "as_diff", is_flag=True, help="Only show what would change, and change nothing.")
@click.option(
    "--samples", type=click.IntRange(0, 1000), default=3, show_default=True, help="Rows of each change shown."
)
@json_option
def reindex(
    directory: Path,
    site_name: str | None,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    as_diff: bool,
    samples: int,
    as_json: bool,
) -> None:
    """Build the index anew from the WARC files, parsing every page again.

    The old index stands until the new one is whole. Killed in the middle, the next reindex goes on where it stood.

    --diff shows what the present parser and definitions would change: articles, versions, lists and sections gained,
    lost and changed. The next reindex then has nothing left to parse.

    --engine dask gives each WARC file to a worker of a Dask cluster that sees the archive under the same path. On one
    machine the built-in pool is faster: a cluster pays from several machines on, since reading the files and writing
    the index stay here (docs/scale.md has figures).
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from archive.lock import Lock
    from archive.rebuild import NAME, build, rebuild
    from crawler.batches import parse_batch, parse_in
    from crawler.commands.reindex_diff import print_differences
    from crawler.errors import BadInput
    from crawler.parsing import ParsePool
    from crawler.reparse import definitions, made_by, parser_for_rebuild, read_again
    from crawler.sites.loader import load

    log_to_stderr()
    if (engine == "dask") != (scheduler is not None):
        raise BadInput("--engine dask and --scheduler tcp://HOST:PORT go together")
    site = load(site_name) if site_name is not None else None
    if not (directory / "archive").is_dir():
        raise BadInput(f"{directory} is no archive: there is no folder {directory / 'archive'}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_terminal())
    stages = {"read": "reading WARC files", "parse": "parsing pages"}
    tasks = {name: bar.add_task(said, total=None, visible=False) for name, said in stages.items()}

    def show(stage: str, done: int, of: int) -> None:
        bar.update(tasks[stage], completed=done, total=of, visible=True)

    if as_diff and not (directory / "index.db").is_file():
        raise BadInput(f"{directory / 'index.db'} does not exist: there is nothing to compare with")
    sites = definitions(directory, site)
    with ExitStack() as stack:
        stack.enter_context(Lock.acquire(directory))
        # Its processes start with the first page that a batch leaves.
        pool = stack.enter_context(ParsePool(jobs, function=read_again))
        if scheduler is not None:
            from crawler.elsewhere import cluster, parse_there

            client = stack.enter_context(cluster(scheduler))
            elsewhere = parse_there(client, directory, sites, lambda done, of: show("parse", done, of))
        else:
            batches = stack.enter_context(ParsePool(jobs, function=parse_batch))
            elsewhere = parse_in(batches, directory, sites, lambda done, of: show("parse", done, of))
        stack.enter_context(bar)
        rebuilt = (build if as_diff else rebuild)(
            directory,
            parser_for_rebuild(pool, sites),
            show,
            workers=pool.workers,
            elsewhere=elsewhere,
            made_by=made_by(directory, site),
        )
        bar.stop()
        if as_diff:
            print_differences(directory / "index.db", directory / NAME, samples, as_json=as_json)
    damage = [str(error) for error in rebuilt.damage]
    if as_diff:
        click.echo(f"{directory / NAME} holds what was compared: `seogo reindex` puts it into place", err=True)
    elif as_json:
        counts = {"files": rebuilt.files, "captures": rebuilt.captures, "pages": rebuilt.parsed, "damage": damage}
        click.echo(json.dumps(counts, ensure_ascii=False))
    else:
        click.echo(f"{rebuilt.captures} captures in {rebuilt.files} WARC files, {rebuilt.parsed} pages parsed")
    for said in damage:
        click.echo(f"Error: {said}", err=True)
    raise SystemExit(3 if damage else 0)
