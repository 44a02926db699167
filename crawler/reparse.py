"""Captures parsed again from the WARC: those to which a parse is owed, and all of them for `seogo reindex`."""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive import times
from archive.ahead import in_order
from archive.document import parse_document
from archive.errors import ArchiveError, DocumentError
from archive.http import DecodeError
from archive.index import captures
from archive.model import Capture, Items, Outcome
from archive.prepare import searchable
from archive.warc.content import content_of_capture
from crawler.errors import DefinitionError, ParseFailed
from crawler.fetch.content import is_html
from crawler.items import identify
from crawler.parsers import PARSER_VERSION
from crawler.parsers.page import page_of
from crawler.parsing import ParsePool, ParseTask
from crawler.sites.loader import BUNDLED, load
from crawler.sites.model import Site

if TYPE_CHECKING:  # both bring Scrapy with them, which a rebuild's processes have no use for
    from crawler.discovery.requisites import Parsed
    from crawler.pipelines import Keeper

# What `crawler.sites` allows as a definition's name.
_MAY_BE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Sites = Callable[[str], Site | None]


def definitions(directory: Path, given: Site | None = None) -> Sites:
    """Finds the definition of a capture's site: the given one, the archive's copy, or the bundled one."""

    # One thread at a time: msgspec crashes the process where several build the decoder of one type at once.
    lock = threading.Lock()

    @functools.cache
    def load_once(name: str) -> Site | None:
        if given is not None and given.name == name:
            return given
        if not _MAY_BE_NAME.fullmatch(name):
            return None  # the host of a bare address, which never becomes a path
        for place in (str(definition_copy(directory, name)), name):
            try:
                return load(place)
            except DefinitionError:
                continue
        return None

    def find(name: str) -> Site | None:
        with lock:
            return load_once(name)

    return find


def definition_copy(directory: Path, name: str) -> Path:
    """Where an archive keeps the definition that a crawl was given as a file."""
    return directory / "state" / "sites" / f"{name.replace('/', '_')}.toml"


def copy_definition(directory: Path, site: Site, definition: Path) -> None:
    """Copy a definition that was given as a file into the archive: a reindex needs the same one."""
    copy = definition_copy(directory, site.name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not (copy.exists() and copy.samefile(definition)):
        shutil.copyfile(definition, copy)


def join_definitions(sources: Iterable[Path], target: Path) -> list[str]:
    """Take over the definitions that other archives keep; a sentence for each that is another one here, or none."""
    said = []
    for source in sources:
        for copy in sorted((source / "state" / "sites").glob("*.toml")):
            try:
                site = load(str(copy)) if not copy.is_symlink() else None
            except DefinitionError as error:
                said.append(f"{error}; it is not taken over")
                continue
            if site is None or copy != definition_copy(source, site.name):
                said.append(f"{copy} is no copy of a definition, and is not taken over")
                continue
            here = definition_copy(target, site.name)
            if not here.exists():
                copy_definition(target, site, copy)
            elif load(str(here)).digest != site.digest:
                said.append(f"{copy} is not the definition of {site.name} that {target} has, which is kept")
    return said


def items_of(
    capture: Capture, content: bytes, content_type: str | None, pool: ParsePool[Parsed], sites: Sites
) -> Items:
    """The items of a capture's decoded content. Raises DocumentError where it is no page, and ParseFailed."""
    return pool.parse_now(task_of(capture, content, content_type, sites)).items


def task_of(capture: Capture, content: bytes, content_type: str | None, sites: Sites) -> ParseTask:
    """What a parser needs of a capture. Raises DocumentError where it is no page."""
    if urlsplit(capture.url).path == "/robots.txt" or not is_html((content_type or "").partition(";")[0], content):
        raise DocumentError(f"{capture.url}: no page")
    at = times.from_text(capture.captured_at)
    return ParseTask(content, capture.url, content_type, at, sites(capture.site))


def read_again(task: ParseTask) -> Items:
    """What the parsing processes of a rebuild run: the items that the index takes. Raises DocumentError."""
    document = parse_document(task.html, task.url, task.content_type)
    page = page_of(document, captured_at=task.captured_at, site=task.site, links=False)
    return searchable(identify(page, task.site, task.url))


def made_by(directory: Path, given: Site | None = None) -> str:
    """What an index depends on besides the WARC files: the parser's version and all definitions, in few characters."""
    known = hashlib.sha256()
    places = [*sorted(BUNDLED.glob("*.toml")), *sorted((directory / "state" / "sites").glob("*.toml"))]
    for place in places:
        known.update(place.name.encode() + b"\0" + place.read_bytes() + b"\0")
    if given is not None:
        known.update(f"{given.name} {given.digest}".encode())
    return f"{PARSER_VERSION} {known.hexdigest()[:16]}"


def parser_for_rebuild(
    pool: ParsePool[Items], sites: Sites
) -> Callable[[Capture, bytes, str | None], Items | Outcome | None]:
    """What `archive.owed` calls for a capture that no batch has settled; the pool's function is `read_again`."""

    def parse(capture: Capture, content: bytes, content_type: str | None) -> Items | Outcome | None:
        try:
            return pool.parse_now(task_of(capture, content, content_type, sites))
        except DocumentError:
            return None
        except ParseFailed as error:
            at = times.to_text(times.now())
            return Outcome(capture.run_id, capture.url, at, error.outcome, str(error), capture.id)

    return parse


@dataclass(frozen=True, slots=True)
class _Owed:
    """A capture that is owed a parse, with its decoded content, or with the outcome and reason of its having none."""

    capture: Capture
    content: bytes = b""
    content_type: str | None = None
    failed: tuple[str, str] | None = None


def parse_owed(kept: Keeper, progress: Callable[[int], None] | None = None) -> int:
    """Parse the captures that a killed run, or an import, left unparsed; returns how many there were.

    Pages are parsed as many at a time as the pool has workers, and written in the order of their captures.
    `progress(done)` is called for each.
    """
    writer = kept.writer
    sites = definitions(kept.directory, kept.site)
    seen: set[str] = set()

    def parse(page: _Owed) -> Items | ParseFailed | None:
        if page.failed:
            return None
        try:
            return items_of(page.capture, page.content, page.content_type, kept.pool, sites)
        except DocumentError:
            return None
        except ParseFailed as error:
            return error

    count = -1
    while count < len(seen):
        # Once more when there were any: a page can make a parse owed to an earlier one that another parser read.
        count = len(seen)
        for page, found in in_order(_owed(kept, seen), parse, kept.pool.workers, lambda one: len(one.content)):
            if isinstance(found, Items):
                writer.add_items(page.capture, found)
            elif found is not None:
                kept.fail(page.capture, found.outcome, str(found))
            elif page.failed is not None:
                kept.fail(page.capture, *page.failed)
            else:
                writer.nothing_to_parse(page.capture)
            if writer.due():
                writer.commit()
            if progress:
                progress(len(seen))
        writer.commit()
    return len(seen)


def _owed(kept: Keeper, seen: set[str]) -> Iterator[_Owed]:
    db = kept.writer.db
    for capture in captures.unparsed(db):
        if capture.id in seen:
            continue
        seen.add(capture.id)
        try:
            content = content_of_capture(kept.directory, capture, lambda one: captures.get(db, one))
            yield _Owed(capture, content.page(), content.content_type)
        except DecodeError as error:
            yield _Owed(capture, failed=(error.outcome, f"the content cannot be decoded: {error}"))
        except ArchiveError as error:
            # Damage is for `verify` to tell; what cannot be read is not tried at every start.
            yield _Owed(capture, failed=("unreadable", str(error)))
