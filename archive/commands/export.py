"""`seogo export`: articles and captures for other programs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from archive.cli import Deferred
from archive.commands.options import ArchiveCommand, archive_option, day, examples
from archive.errors import WriteFailed


@click.group(epilog=examples("export jsonl > articles.jsonl", "export csv --site example -o articles.csv"))
def export() -> None:
    """Write articles as JSON Lines, CSV or Parquet, captures as CDXJ or WACZ."""


def narrowing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose articles as `seogo search` does."""
    for option in (
        click.option("--before", callback=day, metavar="DATE", help="Only articles earlier than that day."),
        click.option("--after", callback=day, metavar="DATE", help="Only articles of that day or later."),
        click.option("--site", help="Only articles of that site."),
        click.option("--query", default="", help="Only articles that this search finds."),
    ):
        command = option(command)
    return command


_FILE = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, with NAME.schema.json beside it; without it, standard output.",
)


@export.command(
    "jsonl", cls=ArchiveCommand, epilog=examples("export jsonl --query 신약 --after 2026-11 -o drugs.jsonl")
)
@narrowing
@_FILE
@archive_option
def jsonl(
    query: str, site: str | None, after: str | None, before: str | None, output: Path | None, directory: Path
) -> None:
    """Write articles, each in its latest version, as JSON, one a line."""
    import archive
    from archive.index.exports import json_lines

    with archive.open(directory) as opened:
        _write(json_lines(opened.rows(query, site=site, after=after, before=before)), output)


@export.command("csv", cls=ArchiveCommand, epilog=examples("export csv --site example -o articles.csv"))
@narrowing
@_FILE
@archive_option
def csv(
    query: str, site: str | None, after: str | None, before: str | None, output: Path | None, directory: Path
) -> None:
    """Write articles, each in its latest version, as CSV in UTF-8.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    import archive
    from archive.index.exports import csv_lines

    with archive.open(directory) as opened:
        _write(csv_lines(opened.rows(query, site=site, after=after, before=before)), output)


@export.command("parquet", cls=ArchiveCommand, epilog=examples("export parquet -o articles/"))
@narrowing
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="The directory to write to."
)
@archive_option
def parquet(query: str, site: str | None, after: str | None, before: str | None, output: Path, directory: Path) -> None:
    """Write articles, each in its latest version, as Parquet files, one a month, compressed with zstd.

    Needs the extra: pip install 'seogo[parquet]'.
    """
    import archive
    from archive.index.parquet import write

    with archive.open(directory) as opened, _failures_named(output):
        files = write(output, opened.rows(query, site=site, after=after, before=before))
        _write_schema(output / "articles.schema.json")
    click.echo(f"{len(files)} files in {output}")


@export.command("cdxj", cls=ArchiveCommand, epilog=examples("export cdxj", "export cdxj -a DIR"))
@archive_option
def cdxj(directory: Path) -> None:
    """Write the captures as a CDXJ index, DIR/indexes/index.cdxj, so that pywb and others replay the archive."""
    from archive.replay.cdxj import write_index
    from archive.replay.store import Store

    with _failures_named(directory / "indexes"):
        path, count = write_index(Store(directory))
    click.echo(f"{count} captures in {path}")


def _write(lines: Iterable[str], output: Path | None) -> None:
    if output is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    part = output.with_name(output.name + ".part")
    with _failures_named(output):
        with part.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
        _write_schema(output.with_name(output.name + ".schema.json"))
        part.replace(output)


def _write_schema(path: Path) -> None:
    import json

    from archive.index.exports import schema

    path.write_text(json.dumps(schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@contextlib.contextmanager
def _failures_named(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteFailed(f"{target} cannot be written: {error.strerror}") from error


export.add_command(
    Deferred("wacz", "archive.commands.export_wacz:wacz", "Pack captures into a WACZ file that replay tools play.")
)
