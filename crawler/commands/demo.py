"""`seogo demo`: the whole path in one command, over the bundled example site."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import log_to_stderr

if TYPE_CHECKING:
    from archive.api import Archive
    from crawler.commands.crawling import Crawled
    from crawler.discovery.requisites import Parsed
    from crawler.example.server import ExampleSite
    from crawler.parsing import ParsePool
    from crawler.sites.model import Site
    from crawler.spiders.plan import Plan

_RANKS = 10
_ARTICLES = 6
_SECTIONS = 9


@click.command(epilog=examples("demo"))
@archive_option
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Serve the example site at this port.")
@json_option
def demo(directory: Path, port: int | None, as_json: bool) -> None:
    """Crawl the bundled example site twice, as a day passes on it, and show what was found."""
    import archive
    from crawler.commands import crawling
    from crawler.discovery.requisites import take_apart
    from crawler.parsing import ParsePool
    from crawler.sites.loader import load
    from crawler.spiders.plan import plan_of

    log_to_stderr()
    site = load("example")
    with ExitStack() as stack:
        served = stack.enter_context(_Served(site, port))
        pool = stack.enter_context(ParsePool(None, function=take_apart))
        plan = replace(plan_of(["example"]), site=served.site, seeds=served.site.seeds)
        if not as_json:
            click.echo(f"{served.site.title}, the example site, at {served.running.origin}\n")
        ended = crawling.in_reactor(lambda: _twice(plan, directory, pool, served.running, as_json))
    with archive.open(directory) as found:
        parts = _found(found, directory, site.name)
    if as_json:
        summaries = [one.summary.to_dict() for one in ended]
        click.echo(json.dumps({"crawls": summaries, **parts}, ensure_ascii=False))
    else:
        click.echo("\n".join(_shown(parts, directory)))
    raise SystemExit(max(one.exit_code for one in ended))


class _Served:
    """The example site on its port, on a free one when that is taken; and its definition with that port."""

    def __init__(self, site: Site, port: int | None) -> None:
        self.site = site
        self._port = port
        self._stack = ExitStack()

    def __enter__(self) -> _Served:
        from crawler.errors import BadInput
        from crawler.example.server import serve

        own = urlsplit(self.site.seeds[0]).port or 80
        try:
            self.running = self._stack.enter_context(serve(self._port or own))
        except OSError as error:
            if self._port is not None:
                raise BadInput(f"--port {self._port} cannot be served: {error.strerror}") from error
            self.running = self._stack.enter_context(serve(0))
        self.site = replace(
            self.site,
            seeds=tuple(url.replace(f":{own}/", f":{self.running.port}/") for url in self.site.seeds),
            sidebar=tuple(url.replace(f":{own}/", f":{self.running.port}/") for url in self.site.sidebar),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


async def _twice(plan: Plan, directory: Path, pool: ParsePool[Parsed], site: ExampleSite, quiet: bool) -> list[Crawled]:
    from crawler.commands import crawling

    ended: list[Crawled] = []
    # Another demo in the same archive goes on where the last one ended: ranks move on.
    first = 1 + _editions_seen(directory)
    for edition in (first, first + 1):
        site.edition = edition
        crawled = await crawling.crawl(plan, directory, pool)
        if not quiet:
            click.echo(f"Crawl {len(ended) + 1}. " + "\n".join(crawled.summary.lines()) + "\n")
        ended.append(crawled)
    return ended


def _editions_seen(directory: Path) -> int:
    import archive
    from archive.errors import ArchiveMissing

    try:
        with archive.open(directory) as found:
            runs = found.db.execute("SELECT count(*) FROM runs WHERE site = 'example' AND outcome = 'finished'")
            return int(runs.fetchone()[0])
    except ArchiveMissing:
        return 0


def _found(found: Archive, directory: Path, site: str) -> dict[str, Any]:
    """What the archive has of the site, as the JSON tells it."""
    seen = _sightings(found, site)
    standing = (one for one in found.rankings(site) if one.entries)
    ranked = max(standing, key=lambda one: seen.get(one.list_id, 0), default=None)
    before = _before(found, ranked.list_id) if ranked is not None else {}
    repeats = found.db.execute(
        "SELECT r.kind, count(*), min(r.text) FROM repeats r JOIN captures c ON c.id = r.capture_id"
        " WHERE c.site = ? GROUP BY r.kind",
        [site],
    )
    return {
        "articles": [
            {"id": one.id, "title": one.title, "published": one.published, "url": one.url}
            for one in found.articles(site=site, limit=_ARTICLES)
        ],
        "ranked_list": ranked
        and {
            "heading": ranked.heading,
            "tab": ranked.tab,
            "captured_at": ranked.captured_at,
            "items": [
                {"rank": one.rank, "was": before.get(one.url), "title": one.title, "url": one.url}
                for one in ranked.entries
            ],
        },
        "sections": _sections(found, site, seen),
        "repeats": [{"kind": kind, "count": count, "text": text} for kind, count, text in repeats],
        "files": [
            {"name": path.name, "bytes": path.stat().st_size} for path in sorted((directory / "archive").iterdir())
        ],
    }


def _sightings(found: Archive, site: str) -> dict[str, int]:
    """How often each list of the site was seen."""
    sql = "SELECT s.list_id, count(*) FROM sightings s JOIN lists l ON l.id = s.list_id WHERE l.site = ? GROUP BY 1"
    return dict(found.db.execute(sql, [site]).fetchall())


def _sections(found: Archive, site: str, seen: dict[str, int]) -> list[dict[str, Any]]:
    """The sections that stand across the site, those seen most often first, empty ones too."""
    rows: list[dict[str, Any]] = [
        {
            "heading": one.heading,
            "seen": seen.get(one.list_id, 0),
            "items": len(one.entries),
            "first": one.entries[0].title if one.entries else None,
        }
        for one in found.sections(site, page_scope="")
    ]
    return sorted(rows, key=lambda row: (-row["seen"], row["heading"]))


def _before(found: Archive, list_id: str) -> dict[str | None, int | None]:
    """The ranks of a list's entries on the run before its last, from where the run saw most of it."""
    row = found.db.execute(
        "WITH seen AS (SELECT c.run_id, s.captured_at, s.block_id FROM sightings s JOIN captures c"
        " ON c.id = s.capture_id WHERE s.list_id = :list),"
        " before AS (SELECT run_id FROM seen GROUP BY run_id ORDER BY max(captured_at) DESC LIMIT 1 OFFSET 1)"
        " SELECT block_id FROM seen JOIN before USING (run_id) ORDER BY"
        " (SELECT count(*) FROM block_entries e WHERE e.block_id = seen.block_id) DESC, captured_at DESC LIMIT 1",
        {"list": list_id},
    ).fetchone()
    if row is None:
        return {}
    return dict(found.db.execute("SELECT url, rank FROM block_entries WHERE block_id = ?", [row[0]]).fetchall())


def _shown(parts: dict[str, Any], directory: Path) -> Iterator[str]:
    from crawler.report import size, table

    yield "Articles, the last captured first:"
    yield from _indented(table([(one["published"] or "", one["title"] or "") for one in parts["articles"]]))
    ranked = parts["ranked_list"]
    if ranked is not None:
        yield f"\n{ranked['heading']} {ranked['tab']}".rstrip() + ", with ranks and moves since the crawl before:"
        rows = [(f"{one['rank']:>2}", _move(one["rank"], one["was"]), one["title"]) for one in ranked["items"][:_RANKS]]
        yield from _indented(table(rows))
    yield "\nSection blocks, with their number of items and the first:"
    most = parts["sections"][:_SECTIONS]
    rows = [(one["heading"], f"{one['items']:>2}", one["first"] or "(empty)") for one in most]
    yield from _indented(table(rows))
    yield "\nRepeats dropped:"
    rows = [(one["kind"], f"{one['count']:>3}", f"“{one['text']}”") for one in parts["repeats"]]
    yield from _indented(table(rows))
    yield f"\nWARC files in {directory / 'archive'}:"
    yield from _indented(table([(one["name"], size(one["bytes"])) for one in parts["files"]], most=100))
    where = "" if str(directory) == "seogo-data" else f" -a {directory}"
    yield "\nNext:"
    for command in ("search 김치", "rankings", "sections", "verify", "serve", "crawl example"):
        yield f"  {_program()} {command}{where}"


def _program() -> str:
    """How this command was called, so that the next ones can be copied: `make demo` has no `seogo` on the path."""
    called = Path(sys.argv[0])
    if called.name != "seogo" or shutil.which("seogo") == str(called):
        return "seogo"
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)


def _indented(lines: list[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _move(rank: int | None, was: int | None) -> str:
    if was is None or rank is None:
        return "new"
    return "=" if was == rank else f"▲{was - rank}" if was > rank else f"▼{rank - was}"
