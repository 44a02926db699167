"""`seogo rankings`: ranked lists, now, at an instant or over time."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.listing_options import Asked, list_options
from archive.commands.options import ArchiveCommand, examples

_EPILOG = examples(
    "rankings --compare 2026-11-22",
    "rankings example --since 2026-11-01 --chart moves.svg",
    "rankings",
    "rankings example --list 인기기사 --at 2026-11-23T09:00",
    "rankings example --since 2026-11-01 --until 2026-11-07 --json",
    "rankings --article https://news.example/article/12",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.option("--tab", help="Only that tab of a list.")
@list_options("lists", "The path of one article through the lists.")
def rankings(directory: Path, asked: Asked, as_json: bool) -> None:
    """Show ranked lists: as last seen, as they stood at an instant, or how ranks changed over time.

    Times without a zone are the site's, else the machine's.
    """
    from archive.commands.listings import print_lists

    print_lists(directory, "ranked", asked, as_json=as_json)
