"""`seogo parse`."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import log_to_stderr

if TYPE_CHECKING:
    from archive.model import Page
    from crawler.parsing import ParseTask


@click.command(
    epilog=examples(
        "parse page.html --url https://www.example.org/1",
        "parse *.html.gz --json",
        "parse https://www.example.org/1 --fetch",
        "parse page.html --html anatomy.html     # a picture of the parts, to look at in a browser",
        "parse *.html --html pictures/           # one picture a page",
    )
)
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "--url", metavar="URL", help="The address of the page in FILE, for its links; else the one that the page names."
)
@click.option("--site", "site_name", metavar="SITE", help="A definition, by name or file.")
@click.option(
    "--html",
    "picture",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the page with its parts in colour to this file instead of JSON; a directory for several pages.",
)
@click.option("--fetch", is_flag=True, help="Take URLs from the network, keeping nothing, instead of from the archive.")
@click.option("--allow-private", is_flag=True, help="With --fetch: let loopback and private addresses be fetched.")
@archive_option
@json_option
def parse(
    sources: tuple[str, ...],
    url: str | None,
    site_name: str | None,
    picture: Path | None,
    fetch: bool,
    allow_private: bool,
    directory: Path,
    as_json: bool,
) -> None:
    """Take pages apart and print their parts as JSON, or draw them.

    A FILE may be gzipped. A URL is read from the archive, its latest capture. With --json one line a page, with --html
    too.
    """
    from archive.errors import ArchiveError
    from archive.urls import is_http
    from crawler.commands import pages
    from crawler.errors import BadUrl, CrawlerError
    from crawler.parsing import ParsePool
    from crawler.picture import drawn
    from crawler.sites.loader import load

    log_to_stderr()
    if url is not None and not is_http(url):
        raise BadUrl(f"--url {url!r} is no http or https URL")
    site = load(site_name) if site_name is not None else None
    pictures = _pictures(picture, sources) if picture is not None else {}
    addresses = [source for source in sources if "://" in source]
    worst = 0
    with contextlib.ExitStack() as stack:
        if fetch and addresses:
            private = allow_private or (site is not None and site.allow_private)
            directory = stack.enter_context(pages.fetched(addresses, private))
        pool = stack.enter_context(ParsePool(1, function=drawn if pictures else undrawn))
        for source in sources:
            try:
                given = pages.of_archive(source, directory) if "://" in source else pages.of_file(Path(source), url)
                task = replace(given, site=site)
                page, text = pool.parse_now(task)
                if page.url == pages.NOWHERE and page.canonical_url:
                    # The page says itself where it stands.
                    page, text = pool.parse_now(replace(task, url=page.canonical_url))
                if pictures:
                    _write(pictures[source], text)
            except (ArchiveError, CrawlerError) as error:
                # The other pages are not at fault.
                said = str(error).replace(f"{pages.NOWHERE}: ", "")
                click.echo(f"Error: {said if source in said else f'{source}: {said}'}", err=True)
                worst = max(worst, error.exit_code)
                continue
            if pictures and not as_json:
                click.echo(f"{pictures[source]}: {page.kind}, {_counts(page)}")
                continue
            line = json.dumps(pages.known_only(page.to_dict()), ensure_ascii=False, indent=None if as_json else 2)
            click.echo(line.encode("utf-8", "replace"))
    raise SystemExit(worst)


def undrawn(task: ParseTask) -> tuple[Page, str]:
    """A page's parts, without a picture: what the parsing process runs."""
    from crawler.parsing import parse_here

    return parse_here(task), ""


def _pictures(out: Path, sources: tuple[str, ...]) -> dict[str, Path]:
    """Where the picture of each page goes. Raises BadInput."""
    from crawler.errors import BadInput

    try:
        if not out.is_dir():
            if len(sources) == 1:
                if not out.parent.is_dir():
                    raise BadInput(f"--html {out}: there is no directory {out.parent}")
                if out.resolve() in [Path(one).resolve() for one in sources]:
                    raise BadInput(f"--html {out} is the page itself, which would be overwritten; name another file")
                return {sources[0]: out}
            raise BadInput(f"--html {out} is no directory, but there are {len(sources)} pages; make it one")
    except (OSError, ValueError) as error:
        raise BadInput(f"--html {str(out)!r} cannot be written: {error}") from error
    found: dict[str, Path] = {}
    for source in dict.fromkeys(sources):
        stem = re.sub(r"[^\w.-]+", "-", source.partition("://")[2]) if "://" in source else Path(source).name
        stem = re.sub(r"(\.html?)?(\.gz)?$", "", stem)[:80].strip(".-") or "page"
        name, number = f"{stem}.anatomy.html", 2
        while out / name in found.values():
            name, number = f"{stem}-{number}.anatomy.html", number + 1
        found[source] = out / name
    return found


def _write(path: Path, text: str) -> None:
    from crawler.errors import BadInput

    try:
        path.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise BadInput(f"--html {path}: cannot be written: {error.strerror}") from error


def _counts(page: Page) -> str:
    paragraphs = len(page.body.paragraphs) if page.body else 0
    return (
        f"{paragraphs} paragraphs, {len(page.ranked_lists)} ranked lists, {len(page.sections)} sections,"
        f" {len(page.repeats)} repeats"
    )
