"""Reading an archive from Python: `archive.open(DIR)`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archive.errors import ArchiveMissing
from archive.index import captures, exports, search, standings, statistics, stories, stretches, versions
from archive.index.database import connect, damage_named
from archive.index.query import Query, parse_query
from archive.index.search import Facets, Found
from archive.index.standings import Standing
from archive.index.stretches import Gap, Stretch
from archive.index.versions import Article, Version, Visit
from archive.model import Capture, ListKind
from archive.times import from_text, to_text
from archive.urls import url_key

if TYPE_CHECKING:
    from archive.warc.content import Content
    from archive.warc.reader import Record


class Archive:
    """An archive directory, opened for reading. A context manager; one thread at a time.

    Instants are ISO 8601 texts with a zone. Everything raises ArchiveDamaged where the index is broken.
    """

    def __init__(self, directory: Path) -> None:
        """Raises ArchiveMissing, SchemaTooNew, ArchiveDamaged."""
        if not directory.is_dir():
            raise ArchiveMissing(f"{directory} is no archive: there is no such directory")
        if not (directory / "index.db").is_file():
            if (directory / "archive").is_dir():
                raise ArchiveMissing(f"{directory} has no index: run `seogo reindex -a {directory}`")
            raise ArchiveMissing(f"{directory} is no archive: it holds neither index.db nor archive/")
        self.directory = directory
        self.path = directory / "index.db"
        self.db = connect(self.path, readonly=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.db.close()

    def capture(self, capture_id: str) -> Capture:
        """The capture of that id. Raises NotFound."""
        with damage_named(self.path):
            return captures.get(self.db, capture_id)

    def captures(self, url: str) -> list[Capture]:
        """All captures of an address, in order of time."""
        with damage_named(self.path):
            return captures.of_url(self.db, url_key(url))

    def closest(self, url: str, at: str) -> Capture | None:
        """The capture of an address nearest in time to an instant."""
        with damage_named(self.path):
            return captures.closest(self.db, url_key(url), _instant(at))

    def record(self, capture: Capture) -> Record:
        """The WARC record of a capture. Raises RecordError, ArchiveMissing."""
        from archive.warc.reader import read_record

        return read_record(self.directory, capture.warc_file, capture.offset)

    def content(self, capture: Capture) -> Content:
        """The page behind a capture, read through a revisit. Raises RecordError, NotFound, ArchiveMissing."""
        from archive.warc.content import content_of_capture

        return content_of_capture(self.directory, capture, self.capture)

    def articles(self, *, site: str | None = None, limit: int = 20, offset: int = 0) -> list[Article]:
        """The articles last captured, newest first."""
        with damage_named(self.path):
            return versions.recent(self.db, site=site, limit=_count(limit), offset=_count(offset))

    def article(self, article_id: str) -> Article:
        """The article of that id. Raises NotFound."""
        with damage_named(self.path):
            return versions.article(self.db, article_id)

    def article_at(self, url: str) -> Article | None:
        """The article at an address, in any spelling of it."""
        with damage_named(self.path):
            return versions.article_at(self.db, url)

    def article_on(self, capture_id: str) -> Article | None:
        """The article that a capture shows."""
        with damage_named(self.path):
            return versions.article_on(self.db, capture_id)

    def addresses(self, article_id: str) -> list[str]:
        """All addresses of an article."""
        with damage_named(self.path):
            return versions.addresses(self.db, article_id)

    def versions(self, article_id: str) -> list[Version]:
        """An article's versions in order of time."""
        with damage_named(self.path):
            return versions.versions(self.db, article_id)

    def visits(self, article_id: str) -> list[Visit]:
        """All captures of an article's addresses in order of time, also those that do not show it."""
        with damage_named(self.path):
            return list(versions.visits(self.db, article_id))

    def rankings(
        self,
        site: str | None = None,
        *,
        heading: str | None = None,
        tab: str | None = None,
        at: str | None = None,
        page_scope: str | None = None,
    ) -> list[Standing]:
        """The ranked lists as they stood at an instant (None: as last seen); `page_scope` "": those of whole sites."""
        return self._standings("ranked", site, heading, tab, at, page_scope)

    def sections(
        self,
        site: str | None = None,
        *,
        heading: str | None = None,
        at: str | None = None,
        page_scope: str | None = None,
    ) -> list[Standing]:
        """The sections as they stood at an instant (None: as last seen); `page_scope` "": those of whole sites."""
        return self._standings("section", site, heading, None, at, page_scope)

    def history(
        self,
        kind: ListKind,
        *,
        list_id: str | None = None,
        site: str | None = None,
        heading: str | None = None,
        tab: str | None = None,
        url: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Stretch]:
        """The stretches of ranked lists or sections; `url` keeps those of one entry or article."""
        with damage_named(self.path):
            yield from stretches.stretches(
                self.db,
                kind,
                list_id=list_id,
                site=site,
                heading=heading,
                tab=tab,
                url=url,
                since=_instant(since) if since else None,
                until=_instant(until) if until else None,
            )

    def gaps(self, list_id: str, *, since: str | None = None, until: str | None = None) -> list[Gap]:
        """The captures on which a list that belongs there is absent or empty."""
        with damage_named(self.path):
            return stretches.gaps(
                self.db,
                list_id,
                since=_instant(since) if since else None,
                until=_instant(until) if until else None,
            )

    def block(self, block_id: str) -> Standing:
        """A block by its id, as last seen. Raises NotFound."""
        with damage_named(self.path):
            return standings.block(self.db, block_id)

    def blocks(self, capture_id: str) -> list[Standing]:
        """All blocks on a capture, empty ones included."""
        with damage_named(self.path):
            return standings.on_capture(self.db, capture_id)

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        newest: bool = False,
        site: str | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Found:
        """Find articles. Every string is a query; `after` and `before` are dates (`2026-11-23`), as in the query."""
        parsed = _query(query, site, after, before)
        if parsed is None:
            return Found((), 0, False)
        with damage_named(self.path):
            return search.search(self.db, parsed, limit=_count(limit), offset=_count(offset), newest=newest)

    def facets(
        self, query: str, *, site: str | None = None, after: str | None = None, before: str | None = None
    ) -> Facets:
        """How many articles `search` finds of each site, author and month."""
        parsed = _query(query, site, after, before)
        if parsed is None:
            return Facets((), (), ())
        with damage_named(self.path):
            return search.facets(self.db, parsed)

    def rows(
        self, query: str = "", *, site: str | None = None, after: str | None = None, before: str | None = None
    ) -> Iterator[exports.Row]:
        """All articles, or those that a query finds, each in its latest version, as exports have them."""
        parsed = _query(query, site, after, before)
        if parsed is not None:
            with damage_named(self.path):
                yield from exports.rows(self.db, parsed)

    def group(self, article_id: str) -> list[stories.Member]:
        """The articles that tell the same story in nearly the same words; empty for one that is alone."""
        with damage_named(self.path):
            return stories.group(self.db, article_id)

    def has_site(self, site: str) -> bool:
        """Whether the archive has a capture or a list of a site of that name."""
        with damage_named(self.path):
            return statistics.has_site(self.db, site)

    def statistics(self) -> list[dict[str, int | str | None]]:
        """Counts by site; see `archive.index.statistics`."""
        with damage_named(self.path):
            return statistics.by_site(self.db)

    def months(self) -> list[dict[str, int | str | None]]:
        """Counts by site and month; see `archive.index.statistics`."""
        with damage_named(self.path):
            return statistics.by_month(self.db)

    def parsers(self) -> list[dict[str, int | str | None]]:
        """Which parser versions made how much of the index, that of the latest capture first."""
        with damage_named(self.path):
            return statistics.parsers(self.db)

    def _standings(
        self,
        kind: ListKind,
        site: str | None,
        heading: str | None,
        tab: str | None,
        at: str | None,
        page_scope: str | None,
    ) -> list[Standing]:
        with damage_named(self.path):
            return list(
                standings.at_instant(
                    self.db,
                    kind,
                    at=_instant(at) if at else None,
                    site=site,
                    heading=heading,
                    tab=tab,
                    page_scope=page_scope,
                )
            )


def _query(text: str, site: str | None, after: str | None, before: str | None) -> Query | None:
    """A query with what narrows it; None for a text of nothing but punctuation, which finds nothing."""
    parsed = parse_query(text)
    if text.strip() and not (parsed.terms or parsed.excluded or parsed.filtered):
        return None
    return replace(parsed, site=site or parsed.site, after=after or parsed.after, before=before or parsed.before)


def _count(number: int) -> int:
    """A limit or offset as SQLite can take it: a negative one there would mean none."""
    return max(0, min(number, 2**31))


def _instant(text: str) -> str:
    """The instant as the index writes it, so that texts compare as instants do."""
    return to_text(from_text(text))
