"""`seogo merge`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import is_terminal, log_to_stderr, workers_option

if TYPE_CHECKING:
    from archive.merging import Merged

_TOLD = 20
_SAID = {
    "copied": "copied",
    "linked": "linked, since nobody writes to it any more",
    "extended": "grown since it was merged; the rest was added",
    "known": "there already",
}


@click.command(
    epilog=examples("merge ./worker-1 ./worker-2 ./worker-3 -a ./seogo-data", "merge /mnt/shard-2 -a ./all --json")
)
@click.argument("directories", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@archive_option
@workers_option
@json_option
def merge(directories: tuple[Path, ...], directory: Path, parse_workers: int | None, as_json: bool) -> None:
    """Join archives into one: their WARC files as they are, what was taken down, and an index of it all.

    The archives named are only read; -a is where they go. Files are copied, or hard-linked where nobody writes to them
    any more; a taken name gets a number. Every page of what is new is parsed, so that the index is what `seogo reindex`
    would make. Merging again adds what has come since, and nothing twice.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from archive.lock import Lock
    from archive.merging import held
    from archive.merging import merge as join
    from crawler.parsing import ParsePool
    from crawler.reparse import definitions, join_definitions, parser_for_rebuild, read_again

    log_to_stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_terminal())
    stages = {"copy": "copying WARC files", "parse": "parsing pages"}
    tasks = {name: bar.add_task(said, total=None, visible=False) for name, said in stages.items()}

    def show(stage: str, done: int, of: int) -> None:
        bar.update(tasks[stage], completed=done, total=of, visible=True)

    with (
        Lock.acquire(directory) as lock,
        held(directories, directory) as sources,
        ParsePool(parse_workers, function=read_again) as pool,
        bar,
    ):
        notes = join_definitions(sources, directory)
        parse = parser_for_rebuild(pool, definitions(directory))
        merged = join(sources, directory, lock, parse, show, workers=pool.workers)
    if as_json:
        row = {**asdict(merged), "notes": [*notes, *merged.notes]}
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        for line in _lines(merged):
            click.echo(line)
    _tell("Note", [*notes, *merged.notes])
    _tell("Error", [*merged.refused, *merged.damage])
    raise SystemExit(3 if merged.damage else 1 if merged.refused else 0)


def _lines(merged: Merged) -> list[str]:
    from archive.commands.output import printable
    from crawler.report import size

    lines = [f"{printable(one.source)}: {_SAID[one.how]} ({one.file}, {size(one.bytes)})" for one in merged.files]
    lines.append(f"{merged.captures} captures are new, {merged.pages} pages parsed")
    if merged.exclusions:
        lines.append(f"{merged.exclusions} lines of excluded.jsonl taken over")
    found = merged.duplicates
    if found.payloads:
        lines.append(
            f"{found.payloads} payloads were stored by several workers, {found.captures} times in all; "
            f"one of each would spare {size(found.bytes)}"
        )
    return lines


def _tell(kind: str, sentences: list[str]) -> None:
    from archive.commands.output import printable

    for sentence in sentences[:_TOLD]:
        click.echo(f"{kind}: {printable(sentence)}", err=True)
    if len(sentences) > _TOLD:
        click.echo(f"{kind}: {len(sentences) - _TOLD} more like these", err=True)
