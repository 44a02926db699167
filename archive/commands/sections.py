"""`seogo sections`: section blocks, now, at an instant or over time."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.listing_options import Asked, list_options
from archive.commands.options import ArchiveCommand, examples

_EPILOG = examples(
    "sections --compare 2026-11-22",
    "sections example --since 2026-11-01 --chart moves.svg",
    "sections",
    "sections example --list 인터뷰 --at 2026-11-23",
    "sections example --since 2026-11-01 --json",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@list_options("sections", "Where one article stood.")
def sections(directory: Path, asked: Asked, as_json: bool) -> None:
    """Show sections: as last seen, as they stood at an instant, or how their links changed over time.

    Times without a zone are the site's, else the machine's.
    """
    from archive.commands.listings import print_lists

    print_lists(directory, "section", asked, as_json=as_json)
