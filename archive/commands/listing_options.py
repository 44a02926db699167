"""The options that `rankings` and `sections` share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from archive.commands.options import archive_option, json_option


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lists, and of what time; times and the article's URL as they were typed."""

    site: str | None
    heading: str | None
    at: str | None
    since: str | None
    until: str | None
    article: str | None
    compare: str | None
    chart: Path | None
    tab: str | None = None


def list_options(noun: str, article: str) -> Callable[[Callable[[Path, Asked, bool], None]], Callable[..., None]]:
    """Give a command SITE and the options that choose lists called `noun`; `article` is the help of `--article`."""
    parameters = (
        click.argument("site", required=False),
        click.option("--list", "heading", metavar="HEADING", help=f"Only {noun} with that heading."),
        click.option("--at", metavar="TIME", help="As it stood at that time; a day alone means its end."),
        click.option("--since", metavar="TIME", help="The stretches from that time on, and the gaps."),
        click.option("--until", metavar="TIME", help="The stretches up to that time, and the gaps."),
        click.option("--article", metavar="URL", help=article),
        click.option("--compare", metavar="TIME", help="What moved since that time."),
        click.option(
            "--chart",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Draw the places over time into an SVG file; gaps are upright bands.",
        ),
        archive_option,
        json_option,
    )

    def decorate(command: Callable[[Path, Asked, bool], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(directory: Path, as_json: bool, **asked: str | Path | None) -> None:
            command(directory, Asked(**asked), as_json)  # type: ignore[arg-type]  # click gives each its type

        wrapped: Callable[..., None] = run
        for parameter in reversed(parameters):
            wrapped = parameter(wrapped)
        return wrapped

    return decorate
