"""`seogo parse`."""

from __future__ import annotations

import contextlib
import gzip
import json
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import log_to_stderr

if TYPE_CHECKING:
    from sqlite_utils import Database

_MAX_FILE = 64 << 20
# Links of a page whose address is not known are resolved against one that reaches nowhere (RFC 2606).
_NOWHERE = "http://page.invalid/"


@dataclass(frozen=True, slots=True)
class _Source:
    """A page's bytes with what is known of them."""

    html: bytes
    url: str
    content_type: str | None = None
    captured_at: datetime | None = None


@click.command(
    epilog=examples(
        "parse page.html --url https://www.example.org/1",
        "parse *.html.gz --json",
        "parse https://www.example.org/1 --fetch",
    )
)
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "--url", metavar="URL", help="The address of the page in FILE, for its links; else the one that the page names."
)
@click.option("--site", "site_name", metavar="SITE", help="A definition, by name or file.")
@click.option("--fetch", is_flag=True, help="Take URLs from the network, keeping nothing, instead of from the archive.")
@click.option("--allow-private", is_flag=True, help="With --fetch: let loopback and private addresses be fetched.")
@archive_option
@json_option
def parse(
    sources: tuple[str, ...],
    url: str | None,
    site_name: str | None,
    fetch: bool,
    allow_private: bool,
    directory: Path,
    as_json: bool,
) -> None:
    """Take pages apart and print their parts as JSON.

    A FILE may be gzipped. A URL is read from the archive, its latest capture. With --json one line a page.
    """
    from archive.errors import ArchiveError
    from archive.urls import is_http
    from crawler.errors import BadUrl, CrawlerError
    from crawler.parsing import ParsePool, ParseTask, parse_here
    from crawler.sites.loader import load

    log_to_stderr()
    if url is not None and not is_http(url):
        raise BadUrl(f"--url {url!r} is no http or https URL")
    site = load(site_name) if site_name is not None else None
    addresses = [source for source in sources if "://" in source]
    worst = 0
    with contextlib.ExitStack() as stack:
        if fetch and addresses:
            directory = stack.enter_context(
                _fetched(addresses, allow_private or (site is not None and site.allow_private))
            )
        pool = stack.enter_context(ParsePool(1, function=parse_here))
        for source in sources:
            try:
                page = _of_archive(source, directory) if source in addresses else _of_file(Path(source), url)
                task = ParseTask(page.html, page.url, page.content_type, page.captured_at, site)
                parts = pool.parse_now(task)
                if page.url == _NOWHERE and parts.canonical_url:
                    # The page says itself where it stands.
                    parts = pool.parse_now(replace(task, url=parts.canonical_url))
            except (ArchiveError, CrawlerError) as error:
                # The other pages are not at fault.
                said = str(error).replace(f"{_NOWHERE}: ", "")
                click.echo(f"Error: {said if source in said else f'{source}: {said}'}", err=True)
                worst = max(worst, error.exit_code)
                continue
            text = json.dumps(parts.to_dict(), ensure_ascii=False, indent=None if as_json else 2)
            click.echo(text.encode("utf-8", "replace"))
    raise SystemExit(worst)


def _of_file(path: Path, url: str | None) -> _Source:
    from archive.errors import DocumentError
    from crawler.errors import BadInput

    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                data = unpacked.read(_MAX_FILE + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{path}: a damaged gzip file: {error}") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > _MAX_FILE:
        raise BadInput(f"{path}: larger than {_MAX_FILE} bytes, so no page")
    if not data.strip():
        raise DocumentError(f"{path}: the file is empty, there is nothing to parse")
    return _Source(data, url or _NOWHERE)


@contextlib.contextmanager
def _fetched(urls: Sequence[str], allow_private: bool) -> Iterator[Path]:
    """An archive of these pages alone, gone when the block ends: fetched as a crawl fetches, with all its guards."""
    from crawler.commands import crawling
    from crawler.discovery.requisites import take_apart
    from crawler.parsing import ParsePool
    from crawler.spiders.plan import plan_of

    plan = plan_of(urls, depth=0, delay=0.0, requisites=False, allow_private=allow_private)
    with tempfile.TemporaryDirectory(prefix="seogo-") as folder, ParsePool(1, function=take_apart) as pool:
        crawling.in_reactor(lambda: crawling.crawl(plan, Path(folder), pool, quiet=True))
        yield Path(folder)


def _of_archive(url: str, directory: Path) -> _Source:
    from archive.errors import DocumentError, NotFound
    from archive.http import DecodeError
    from archive.index import captures
    from archive.index.database import connect
    from archive.times import from_text
    from archive.urls import url_key
    from archive.warc.content import content_of_capture
    from crawler.discovery.scope import seed

    address = seed(url)
    if not (directory / "index.db").is_file():
        raise NotFound(f"{url}: there is no archive in {directory}; crawl first, or give --fetch")
    db = connect(directory / "index.db", readonly=True)
    try:
        found = [one for one in captures.of_url(db, url_key(address)) if one.status in (200, 203, 304)]
        if not found:
            raise NotFound(f"{url}: {_why_not(db, address)}")
        content = content_of_capture(directory, found[-1], lambda one: captures.get(db, one))
        at = from_text(found[-1].captured_at)
        return _Source(content.decode().data, found[-1].url, content.content_type, at)
    except DecodeError as error:
        raise DocumentError(f"{url}: its content cannot be decoded: {error}") from error
    finally:
        db.close()


def _why_not(db: Database, url: str) -> str:
    from archive.index import captures
    from archive.urls import url_key

    latest = captures.latest(db, url_key(url))
    if latest is not None:
        return f"the answer had status {latest.status}, no page"
    sql = "SELECT reason FROM outcomes WHERE url = ? AND reason != '' ORDER BY at DESC LIMIT 1"
    row = db.execute(sql, [url]).fetchone()
    return str(row[0]) if row else "the archive has no capture of it; --fetch takes it from the network"
