"""`seogo rankings`: ranked lists, now, at an instant or over time."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option

_EPILOG = examples(
    "rankings --compare 2026-11-22",
    "rankings example --since 2026-11-01 --chart moves.svg",
    "rankings",
    "rankings example --list 인기기사 --at 2026-11-23T09:00",
    "rankings example --since 2026-11-01 --until 2026-11-07 --json",
    "rankings --article https://news.example/article/12",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("site", required=False)
@click.option("--list", "heading", metavar="HEADING", help="Only lists with that heading.")
@click.option("--tab", help="Only that tab of a list.")
@click.option("--at", metavar="TIME", help="As it stood at that time; a day alone means its end.")
@click.option("--since", metavar="TIME", help="The stretches from that time on, and the gaps.")
@click.option("--until", metavar="TIME", help="The stretches up to that time, and the gaps.")
@click.option("--article", metavar="URL", help="The path of one article through the lists.")
@click.option("--compare", metavar="TIME", help="What moved since that time.")
@click.option(
    "--chart",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw the places over time into an SVG file; gaps are upright lines.",
)
@archive_option
@json_option
def rankings(
    site: str | None,
    heading: str | None,
    tab: str | None,
    at: str | None,
    since: str | None,
    until: str | None,
    article: str | None,
    compare: str | None,
    chart: Path | None,
    directory: Path,
    as_json: bool,
) -> None:
    """Show ranked lists: as last seen, as they stood at an instant, or how ranks changed over time.

    Times without a zone are the site's, else the machine's.
    """
    from archive.commands.listings import print_lists

    print_lists(
        directory,
        "ranked",
        site=site,
        heading=heading,
        tab=tab,
        at=at,
        since=since,
        until=until,
        article=article,
        compare=compare,
        chart=chart,
        as_json=as_json,
    )
