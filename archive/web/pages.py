"""What stands on each page of the browse server: plain values for the templates, read in one go from the archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from archive.api import Archive
from archive.difference import compare, compare_line
from archive.index.search import Facets
from archive.index.stretches import Stretch
from archive.index.versions import Version
from archive.replay import addresses
from archive.replay.store import Store
from archive.times import from_text, now, to_text, to_timestamp
from archive.web import overview
from archive.web.charts import bump_chart

STORIES = 24
RESULTS = 20
FACET_VALUES = 8
# A chart of more changes than these is no longer read.
MOST_CHANGES = 200
_MOST_PAGES = 500
_MOST_VERSIONS = 30
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPANS = {"1d": 1, "7d": 7, "30d": 30, "all": 0}


class BadQuery(ValueError):
    """A parameter that no link or form of ours makes."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses in replay. `origin` is like `http://localhost:8002`; empty where no replay server runs."""

    origin: str

    def capture(self, capture_id: str, block_id: str | None = None) -> str:
        """A capture, opened at a block."""
        fragment = f"#{addresses.block_anchor(block_id)}" if block_id else ""
        return f"{self.origin}{addresses.capture(capture_id)}{fragment}"

    def memento(self, url: str, captured_at: str) -> str:
        """A URL at an instant of the index."""
        return f"{self.origin}{addresses.memento(to_timestamp(captured_at), url)}"

    def comparison(self, one: str, other: str) -> str:
        """Two captures side by side."""
        return f"{self.origin}{addresses.comparison(one, other)}"

    def calendar(self, url: str) -> str:
        """The captures of a URL by day."""
        return f"{self.origin}{addresses.calendar(url)}"


def home(store: Store, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The front page: sites, latest articles, rankings now."""
    archive = store.archive
    page = _number(arguments, "page")
    day_ago = to_text(now() - timedelta(days=1))
    stories = overview.stories(archive.db, STORIES + 1, (page - 1) * STORIES)
    return {
        "sites": _sites(store),
        "day_ago": day_ago,
        "stories": stories[:STORIES],
        "rankings": overview.rankings(archive, 6) if page == 1 else [],
        "changed": overview.changed_since(archive.db, day_ago, 8) if page == 1 else [],
        "page": page,
        "more": len(stories) > STORIES,
    }


def search(store: Store, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Hits with marks, twenty a page, and the filters as they were set."""
    archive = store.archive
    query = arguments.get("q", "")[:500]
    page = _number(arguments, "page")
    filters = {name: arguments.get(name, "").strip() for name in ("site", "after", "before")}
    for name in ("after", "before"):
        if filters[name] and not _is_day(filters[name]):
            raise BadQuery(f"{name} is a day like 2026-11-23.")
    newest = arguments.get("sort", "") == "newest"
    found, facets = None, None
    if query.strip():
        chosen = {name: value or None for name, value in filters.items()}
        found = archive.search(query, limit=RESULTS, offset=(page - 1) * RESULTS, newest=newest, **chosen)
        facets = archive.facets(query, **chosen) if found.matches > 1 else None
    kept = {"q": query, **{name: value for name, value in filters.items() if value}}
    if newest:
        kept["sort"] = "newest"
    return {
        "query": query,
        "filters": filters,
        "newest": newest,
        "found": found,
        "facets": _facets(facets, kept) if facets else [],
        "sites": [line.site for line in _sites(store)],
        "page": page,
        "more": found is not None and found.matches > page * RESULTS,
        "base": urlencode(kept),
    }


def _sites(store: Store) -> list[overview.SiteLine]:
    """The sites with their counts, for which all articles are read: told anew every half minute."""
    found: list[overview.SiteLine] = store.remembered("sites", 30, lambda: overview.sites(store.db))
    return found


def _facets(facets: Facets, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets that narrow, each value with the search that it leads to; a filter that is set leads back."""
    query = kept["q"]
    shown = []
    for name, counts in (("site", facets.site), ("author", facets.author), ("month", facets.month)):
        values = []
        for value, count in counts[:FACET_VALUES]:
            if name == "author":
                change = {"q": f'{query} author:"{value}"'}
            elif name == "month":
                change = {"after": f"{value}-01", "before": _next_month(value)}
            else:
                change = {"site": value}
            values.append({"value": value, "count": count, "href": urlencode({**kept, **change})})
        # One value alone narrows nothing, unless it is the filter that was set.
        if len(values) > 1:
            shown.append({"name": name, "values": values})
    return shown


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}-01"


def article(store: Store, article_id: str, links: Links) -> dict[str, Any]:
    """An article: its latest text, its versions with what changed, its captures, where it ranked. Raises NotFound."""
    archive = store.archive
    found = archive.article(article_id)
    versions = archive.versions(article_id)
    latest = versions[-1] if versions else None
    visits = archive.visits(article_id)
    ranked = sorted(archive.history("ranked", url=found.url), key=lambda stretch: stretch.last_seen, reverse=True)
    stood = sorted(archive.history("section", url=found.url), key=lambda stretch: stretch.last_seen, reverse=True)
    placed = [*ranked[:40], *stood[:20]]
    blocks = overview.blocks_on(archive.db, [(stretch.list_id, stretch.capture_id) for stretch in placed])
    return {
        "site": found.site,
        "article": found,
        "latest": latest,
        "paragraphs": latest.text.split("\n\n") if latest else [],
        "versions": [_version(later, earlier) for earlier, later in _newest_pairs(versions)],
        "visits": [visit for visit in reversed(visits) if visit.shows or visit.status is None][:40],
        "visit_count": len(visits),
        "addresses": [url for url in archive.addresses(article_id) if url != found.url],
        "ranked": [_place(stretch, blocks, links) for stretch in ranked[:40]],
        "stood": [_place(stretch, blocks, links) for stretch in stood[:20]],
        "elsewhere": [one for one in archive.group(article_id) if one.article_id != article_id][:30],
        "charts": _charts_by_list(ranked, store.zone(found.site)),
    }


def list_page(store: Store, list_id: str, arguments: Mapping[str, str], links: Links) -> dict[str, Any]:
    """A list over time: chart, gaps, the list at an instant, the captures that show it. Raises NotFound, BadQuery."""
    archive = store.archive
    line = overview.list_line(archive.db, list_id)
    span = arguments.get("span", "7d")
    if span not in _SPANS:
        raise BadQuery("span is 1d, 7d, 30d or all.")
    seen = overview.seen(archive.db, list_id, 60)
    until = seen[0].captured_at if seen else to_text(now())
    days = _SPANS[span]
    since = to_text(from_text(until) - timedelta(days=days)) if days else None
    floor = overview.begin_of_changes(archive.db, list_id, MOST_CHANGES)
    cut = floor is not None and (since is None or since < floor)
    if cut:
        since = floor
    history = archive.history("ranked" if line.kind == "ranked" else "section", list_id=list_id, since=since)
    stretches = [_from(stretch, since) for stretch in history]
    gaps = archive.gaps(list_id, since=since)
    return {
        "site": line.site,
        "list": line,
        "span": span,
        "spans": list(_SPANS),
        "cut": since if cut else None,
        "chart": bump_chart(stretches, gaps, f"{line.heading} {line.tab}", store.zone(line.site))
        if line.kind == "ranked"
        else "",
        "shown": overview.shown(archive.db, list_id, 20) if line.kind == "section" else [],
        "standing": _standing(archive, line, arguments.get("at", "")),
        "seen": [
            {"at": one.captured_at, "url": one.url, "href": links.capture(one.capture_id, one.block_id)} for one in seen
        ],
        "gaps": list(reversed(gaps))[:60],
        "stretches": sorted(stretches, key=lambda stretch: (stretch.last_seen, -stretch.place), reverse=True)[:100],
    }


def lists(archive: Archive) -> dict[str, Any]:
    """All lists by site."""
    found = overview.lists(archive.db)
    return {
        "lists": [line for line in found if not line.page_scope],
        "of_pages": [line for line in found if line.page_scope],
    }


def _standing(archive: Archive, line: overview.ListLine, at: str) -> overview.Ranking | None:
    if at:
        try:
            instant = from_text(at)
        except ValueError:
            raise BadQuery("at is an instant like 2026-11-23T03:28:46Z.") from None
        at = to_text(instant)
    options = {"site": line.site, "heading": line.heading, "page_scope": line.page_scope, "at": at or None}
    found = archive.rankings(**options) if line.kind == "ranked" else archive.sections(**options)
    for standing in found:
        if standing.list_id == line.id:
            return overview.with_moves(archive, standing)
    return None


def _from(stretch: Stretch, since: str | None) -> Stretch:
    """The stretch as far as it lies in the span shown."""
    if since is None or stretch.first_seen >= since:
        return stretch
    values = {name: getattr(stretch, name) for name in Stretch.__slots__}
    return Stretch(**{**values, "first_seen": since})


def _newest_pairs(versions: list[Version]) -> list[tuple[Version | None, Version]]:
    pairs = list(zip([None, *versions[:-1]], versions, strict=True))
    return list(reversed(pairs))[:_MOST_VERSIONS]


def _version(later: Version, earlier: Version | None) -> dict[str, Any]:
    return {
        "version": later,
        "first": earlier is None,
        "before": earlier.capture_id if earlier else None,
        "headline": compare_line(earlier.title or "", later.title or "")
        if earlier and earlier.title != later.title
        else (),
        "text": compare(earlier.text, later.text) if earlier and earlier.text != later.text else [],
    }


def _place(stretch: Stretch, blocks: Mapping[tuple[str, str], str], links: Links) -> dict[str, Any]:
    block = blocks.get((stretch.list_id, stretch.capture_id))
    return {"stretch": stretch, "href": links.capture(stretch.capture_id, block)}


def _charts_by_list(ranked: list[Stretch], zone: tzinfo | None) -> list[dict[str, str]]:
    by_list: dict[str, list[Stretch]] = {}
    for stretch in ranked:
        by_list.setdefault(stretch.list_id, []).append(stretch)
    return [
        {
            "name": " · ".join(filter(None, (stretches[0].heading, stretches[0].tab))),
            "svg": bump_chart(stretches, [], stretches[0].heading, zone, small=True),
        }
        for stretches in list(by_list.values())[:3]
        if len(stretches) > 1
    ]


def _number(arguments: Mapping[str, str], name: str) -> int:
    text = arguments.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= _MOST_PAGES):
        raise BadQuery(f"{name} is a number from 1 to {_MOST_PAGES}.")
    return int(text)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
