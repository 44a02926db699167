"""`seogo stats`: what an archive holds, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option, local_time, zone_of

_OF_MONTH = ("captures", "articles", "versions", "lists")
_BAR = 24
_COLUMNS = ("captures", "revisits", "errors", "articles", "versions", "ranked_lists", "sections", "repeats")


@click.command(cls=ArchiveCommand, epilog=examples("stats", "stats --json | jq .articles"))
@archive_option
@json_option
def stats(directory: Path, as_json: bool) -> None:
    """Count captures, articles, versions, lists and bytes of each site and month, and say which parser made the index.

    Months are those of UTC. A list counts in each month in which it showed something new.
    """
    import archive
    from archive.commands.output import print_json, print_table

    with archive.open(directory) as opened:
        sites = opened.statistics()
        parsers = opened.parsers()
        months = opened.months()
    if as_json:
        print_json(
            {
                **row,
                "months": [
                    {k: v for k, v in one.items() if k != "site"} for one in months if one["site"] == row["site"]
                ],
            }
            for row in sites
        )
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
    click.echo()
    print_table(("site", "month", *_OF_MONTH, "MB", "MB so far", "captures a month"), _growth(months))
    click.echo()
    parsed = sum(int(row["captures"] or 0) for row in parsers)
    for row in parsers:
        share = 100 * int(row["captures"] or 0) / parsed
        click.echo(f"{row['parser']} parsed {row['captures']} captures ({share:.0f} %)")
    owed = sum(int(row["unparsed"] or 0) for row in sites)
    if owed:
        click.echo(f"{owed} captures wait to be parsed: the next crawl, import or reindex does it")
    if len(parsers) > 1:
        click.echo("`seogo reindex` parses all with one version")


def _growth(months: list[dict[str, int | str | None]]) -> Iterator[tuple[object, ...]]:
    most = max((int(row["captures"] or 0) for row in months), default=0) or 1
    total: dict[object, int] = {}
    for row in months:
        own = int(row["bytes"] or 0)
        total[row["site"]] = total.get(row["site"], 0) + own
        captures = int(row["captures"] or 0)
        bar = "█" * max(round(_BAR * captures / most), 1 if captures else 0)
        sizes = (f"{size / 1e6:.1f}" for size in (own, total[row["site"]]))
        yield (row["site"], row["month"], *(row[column] for column in _OF_MONTH), *sizes, bar)


def _time(row: dict[str, int | str | None], column: str) -> str:
    value = row[column]
    return local_time(None if value is None else str(value), zone_of(str(row["site"])))
