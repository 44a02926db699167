"""What a command that crawled says at its end, and the code that it exits with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import click

from crawler.commands.options import printable

if TYPE_CHECKING:
    from crawler.commands.crawling import Crawled
    from crawler.stages import Profile

_TOLD = 20
"""How many pages that could not be taken in are told by name."""


def end(ended: Crawled, *, as_json: bool, spent: Profile | None = None) -> NoReturn:
    """Print how a crawl went, where its time went if that is known, and exit."""
    if as_json:
        said: dict[str, Any] = {"unanswered": list(ended.unanswered), "remarks": list(ended.remarks)}
        if spent is not None:
            said["profile"] = spent.to_dict()
        click.echo(json.dumps({**ended.summary.to_dict(), **said}, ensure_ascii=False))
    else:
        click.echo("\n".join([*ended.summary.lines(), *(spent.lines() if spent is not None else ())]))
    for remark in ended.remarks:
        click.echo(f"Note: {printable(remark)}", err=True)
    for seed in ended.unanswered:
        click.echo(f"Error: a seed got no answer: {printable(seed)}", err=True)
    for page in ended.unparsed[:_TOLD]:
        told = printable(page) or "(see the log)"
        click.echo(f"Error: a page that arrived could not be parsed or stored: {told}", err=True)
    if len(ended.unparsed) > _TOLD:
        click.echo("Error: more pages could not be parsed or stored; the table `outcomes` has them all", err=True)
    if ended.broken:
        click.echo(f"Error: the crawl was ended: {ended.broken}", err=True)
    raise SystemExit(ended.exit_code)
