"""`seogo stats`: what an archive holds, in numbers."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option, local_time, zone_of

_COLUMNS = ("captures", "revisits", "errors", "articles", "versions", "ranked_lists", "sections", "repeats")


@click.command(cls=ArchiveCommand, epilog=examples("stats", "stats --json | jq .articles"))
@archive_option
@json_option
def stats(directory: Path, as_json: bool) -> None:
    """Count captures, articles, versions, lists and bytes of each site, and say which parser made the index."""
    import archive
    from archive.commands.output import print_json, print_table

    with archive.open(directory) as opened:
        sites = opened.statistics()
        parsers = opened.parsers()
    if as_json:
        print_json(sites)
        return
    if not sites:
        click.echo("Nothing is stored yet.")
        return
    print_table(
        ("site", *(column.replace("_", " ") for column in _COLUMNS), "MB", "first", "last"),
        (
            (
                row["site"],
                *(row[column] for column in _COLUMNS),
                f"{int(row['bytes'] or 0) / 1e6:.1f}",
                *(_time(row, column) for column in ("first_captured_at", "last_captured_at")),
            )
            for row in sites
        ),
    )
    parsed = sum(int(row["captures"] or 0) for row in parsers)
    for row in parsers:
        share = 100 * int(row["captures"] or 0) / parsed
        click.echo(f"{row['parser']} parsed {row['captures']} captures ({share:.0f} %)")
    owed = sum(int(row["unparsed"] or 0) for row in sites)
    if owed:
        click.echo(f"{owed} captures wait to be parsed: the next crawl, import or reindex does it")
    if len(parsers) > 1:
        click.echo("`seogo reindex` parses all with one version")


def _time(row: dict[str, int | str | None], column: str) -> str:
    value = row[column]
    return local_time(None if value is None else str(value), zone_of(str(row["site"])))
