"""Captures parsed again from the WARC: those to which a parse is owed, and all of them for `seogo reindex`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from archive import times
from archive.errors import ArchiveError, DocumentError
from archive.http import DecodeError
from archive.index import captures
from archive.model import Capture, Items, Outcome
from archive.warc.content import content_of_capture
from crawler.discovery.requisites import Parsed
from crawler.errors import DefinitionError, ParseFailed
from crawler.fetch.content import is_html
from crawler.items import identify
from crawler.parsing import ParsePool, ParseTask
from crawler.pipelines import Keeper
from crawler.sites.loader import load
from crawler.sites.model import Site

Sites = Callable[[str], Site | None]


def definitions(directory: Path, given: Site | None = None) -> Sites:
    """Finds the definition of a capture's site: the given one, the archive's copy, or the bundled one."""

    @functools.cache
    def find(name: str) -> Site | None:
        if given is not None and given.name == name:
            return given
        for place in (str(definition_copy(directory, name)), name):
            try:
                return load(place)
            except DefinitionError:
                continue
        return None

    return find


def definition_copy(directory: Path, name: str) -> Path:
    """Where an archive keeps the definition that a crawl was given as a file."""
    return directory / "state" / "sites" / f"{name.replace('/', '_')}.toml"


def items_of(
    capture: Capture, content: bytes, content_type: str | None, pool: ParsePool[Parsed], sites: Sites
) -> Items:
    """The items of a capture's decoded content. Raises DocumentError where it is no page, and ParseFailed."""
    if urlsplit(capture.url).path == "/robots.txt" or not is_html((content_type or "").partition(";")[0], content):
        raise DocumentError(f"{capture.url}: no page")
    site = sites(capture.site)
    at = times.from_text(capture.captured_at)
    parsed = pool.parse_now(ParseTask(content, capture.url, content_type, at, site))
    return identify(parsed.page, site, capture.url)


def parser_for_rebuild(
    pool: ParsePool[Parsed], sites: Sites
) -> Callable[[Capture, bytes, str | None], Items | Outcome | None]:
    """What `archive.commit.rebuild` calls for each capture."""

    def parse(capture: Capture, content: bytes, content_type: str | None) -> Items | Outcome | None:
        try:
            return items_of(capture, content, content_type, pool, sites)
        except DocumentError:
            return None
        except ParseFailed as error:
            at = times.to_text(times.now())
            return Outcome(capture.run_id, capture.url, at, error.outcome, str(error), capture.id)

    return parse


def parse_owed(kept: Keeper) -> int:
    """Parse the captures that a killed run left unparsed; returns how many there were."""
    writer = kept.writer
    sites = definitions(kept.directory, kept.site)
    count = 0
    for capture in captures.unparsed(writer.db):
        count += 1
        try:
            content = content_of_capture(kept.directory, capture, lambda one: captures.get(writer.db, one))
            items = items_of(capture, content.decode().data, content.content_type, kept.pool, sites)
        except (DocumentError, DecodeError):
            writer.nothing_to_parse(capture)
        except ParseFailed as error:
            kept.fail(capture, error.outcome, str(error))
        except ArchiveError as error:
            # Damage is for `verify` to tell; what cannot be read is not tried at every start.
            kept.fail(capture, "unreadable", str(error))
        else:
            writer.add_items(capture, items)
        if writer.due():
            writer.commit()
    writer.commit()
    return count
