"""`seogo search`: find articles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import ArchiveCommand, archive_option, day, examples, json_option

if TYPE_CHECKING:
    from archive.index.search import Facets, Found, Hit

_EPILOG = examples(
    "search 신약개발",
    "search '임상 3상 -백신 after:2026-11'",
    "search '\"한빛재단\" site:example' --newest --limit 5",
    "search FDA --json | jq .url",
    "search 신약 --facets",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many articles."
)
@click.option("--site", help="Only articles of that site.")
@click.option("--after", callback=day, metavar="DATE", help="Only articles of that day or later.")
@click.option("--before", callback=day, metavar="DATE", help="Only articles earlier than that day.")
@click.option("--newest", is_flag=True, help="Newest first instead of best first.")
@click.option("--facets", is_flag=True, help="Count the articles by site, author and month instead.")
@archive_option
@json_option
def search(
    query: tuple[str, ...],
    limit: int,
    site: str | None,
    after: str | None,
    before: str | None,
    newest: bool,
    facets: bool,
    directory: Path,
    as_json: bool,
) -> None:
    """Find articles by headline and text.

    All words must be there; Korean particles at a word's end are optional. "..." is a phrase, -word excludes,
    site:, author:, after: and before: narrow. Every string is a valid query. Begin with -- if it begins with a dash.
    """
    import archive

    with archive.open(directory) as opened:
        if facets:
            _print_facets(opened.facets(" ".join(query), site=site, after=after, before=before), as_json=as_json)
            return
        found = opened.search(" ".join(query), limit=limit, site=site, after=after, before=before, newest=newest)
    if as_json:
        from archive.commands.output import print_json

        print_json(_objects(found.hits))
    else:
        _print(found)


def _print_facets(found: Facets, *, as_json: bool) -> None:
    from archive.commands.output import print_json, print_table

    named = {"site": found.site, "author": found.author, "month": found.month}
    if as_json:
        print_json([{name: dict(counts) for name, counts in named.items()}])
        return
    for name, counts in named.items():
        print_table((name, "articles"), counts)
        click.echo()


def _objects(hits: Iterable[Hit]) -> Iterable[dict[str, Any]]:
    for hit in hits:
        columns = {name: getattr(hit, name) for name in hit.__slots__ if name not in ("headline", "snippet")}
        yield {**columns, "snippet": hit.snippet.text, "marks": hit.snippet.marks}


def _print(found: Found) -> None:
    from rich.text import Text

    from archive.commands.output import console, marked, printable

    out = console()
    for hit in found.hits:
        headline = marked(hit.headline, terminal=out.is_terminal)
        headline.stylize("bold")
        out.print(headline if hit.headline.text else Text("(no headline)"), soft_wrap=True)
        date = (hit.published or hit.first_captured_at)[:10]
        out.print(Text(printable(f"  {date}  {hit.site}  {hit.url}  {hit.id}"), style="dim"), soft_wrap=True)
        out.print(Text("  ").append_text(marked(hit.snippet, terminal=out.is_terminal)), soft_wrap=True)
    if found.capped:
        out.print(f"More than {found.matches} articles match; the last {found.matches} added were ranked.")
    elif not found.hits:
        out.print("Nothing found.")
    elif found.matches > len(found.hits):
        out.print(f"{len(found.hits)} of {found.matches} articles.")
