"""The pages that commands are given: files, and addresses from the archive or the network."""

from __future__ import annotations

import contextlib
import gzip
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.model import Capture
    from crawler.parsing import ParseTask

NOWHERE = "http://page.invalid/"
"""Links of a page whose address is not known are resolved against one that reaches nowhere (RFC 2606)."""

_MAX_FILE = 64 << 20
_MOST_REDIRECTS = 10
_TAG = re.compile(rb"<[a-zA-Z!]")


def of_file(path: Path, url: str | None) -> ParseTask:
    """The page in a file, gzipped or not. Raises BadInput, DocumentError."""
    from archive.errors import DocumentError
    from crawler.errors import BadInput
    from crawler.parsing import ParseTask

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
    if not _is_page(data):
        raise DocumentError(f"{path}: this is no HTML page, there is nothing to parse")
    return ParseTask(data, url or NOWHERE)


def known_only(value: Any) -> Any:
    """A page's JSON with null for each address that is not known, because the page's own is not."""
    if isinstance(value, dict):
        return {key: known_only(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known_only(item) for item in value if not (isinstance(item, str) and item.startswith(NOWHERE))]
    return None if isinstance(value, str) and value.startswith(NOWHERE) else value


def _is_page(data: bytes) -> bool:
    """Whether a file without a Content-Type can be HTML: no binary format, few control characters, some tag."""
    from crawler.fetch.content import is_html

    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")
    odd = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in start)
    return is_html("text/html", data) and odd * 20 <= len(start) and _TAG.search(data.replace(b"\0", b"")) is not None


@contextlib.contextmanager
def fetched(urls: Sequence[str], allow_private: bool) -> Iterator[Path]:
    """An archive of these pages alone, gone when the block ends: fetched as a crawl fetches, with all its guards."""
    from crawler.commands import crawling
    from crawler.discovery.requisites import take_apart
    from crawler.parsing import ParsePool
    from crawler.spiders.plan import plan_of

    plan = plan_of(urls, depth=0, delay=0.0, requisites=False, allow_private=allow_private)
    with tempfile.TemporaryDirectory(prefix="seogo-") as folder, ParsePool(1, function=take_apart) as pool:
        crawling.in_reactor(lambda: crawling.crawl(plan, Path(folder), pool, quiet=True))
        yield Path(folder)


def of_archive(url: str, directory: Path) -> ParseTask:
    """The latest page at an address, or where its latest capture redirects to.

    Raises BadUrl, NotFound, DocumentError, RecordError.
    """
    from archive.errors import DocumentError, NotFound
    from archive.http import DecodeError
    from archive.index import captures
    from archive.index.database import connect
    from archive.times import from_text
    from archive.warc.content import content_of_capture
    from crawler.discovery.scope import seed
    from crawler.parsing import ParseTask

    address = seed(url)
    if not (directory / "index.db").is_file():
        raise NotFound(f"{url}: there is no archive in {directory}; crawl first, or give --fetch")
    db = connect(directory / "index.db", readonly=True)
    try:
        found = _page_at(db, directory, address)
        if found is None:
            raise NotFound(f"{url}: {_why_not(db, address)}")
        content = content_of_capture(directory, found, lambda one: captures.get(db, one))
        return ParseTask(content.decode().data, found.url, content.content_type, from_text(found.captured_at))
    except DecodeError as error:
        raise DocumentError(f"{url}: its content cannot be decoded: {error}") from error
    finally:
        db.close()


def _page_at(db: Database, directory: Path, address: str) -> Capture | None:
    from archive.index import captures
    from archive.replay.answers import redirect_target
    from archive.replay.store import Store
    from archive.urls import url_key

    target: str | None = address
    for _ in range(_MOST_REDIRECTS):
        of_address = captures.of_url(db, url_key(target)) if target else []
        pages = [one for one in of_address if one.status in (200, 203, 304)]
        if pages or not of_address:
            return pages[-1] if pages else None
        target = redirect_target(Store(directory), of_address[-1])
    return None


def _why_not(db: Database, url: str) -> str:
    from archive.index import captures
    from archive.urls import url_key

    latest = captures.latest(db, url_key(url))
    if latest is not None:
        return f"the answer had status {latest.status}, no page"
    sql = "SELECT reason FROM outcomes WHERE url = ? AND reason != '' ORDER BY at DESC LIMIT 1"
    row = db.execute(sql, [url]).fetchone()
    return str(row[0]) if row else "the archive has no capture of it; --fetch takes it from the network"
