"""Lists over time: the stretches in which entries kept their places, and the gaps in which a list was not seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.index.values import storable
from archive.index.views import history
from archive.model import ListKind
from archive.urls import same_page


@dataclass(frozen=True, slots=True)
class Stretch:
    """A row of `ranking_history` or `section_history`; `place` is its rank or position."""

    list_id: str
    site: str
    heading: str
    tab: str
    first_seen: str
    last_seen: str
    sightings: int
    place: int
    title: str
    url: str | None
    article_id: str | None
    capture_id: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A capture of a page on which a list had stood before, and on which it is absent or empty."""

    list_id: str
    capture_id: str
    captured_at: str
    url: str
    status: int | None


def stretches(
    db: Database,
    kind: ListKind,
    *,
    site: str | None = None,
    heading: str | None = None,
    tab: str | None = None,
    url: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Iterator[Stretch]:
    """The stretches of lists that reach into the time from `since` to `until`, by list, beginning and place.

    `url` keeps those of one entry, or of the article at that address; instants are ISO 8601 texts in UTC.
    """
    narrowed, parameters = [], []
    for column, value in (("site", site), ("heading", heading), ("tab", tab)):
        if value is not None:
            narrowed.append(f"l.{column} = ?")
            parameters.append(storable(value))
    if url is not None:
        narrowed.append(
            "s.list IN (SELECT b.list FROM block b JOIN block_entry be ON be.block = b.n"
            f" WHERE be.entry IN ({_ENTRIES}))"
        )
        parameters += _entry_parameters(url)
    conditions = []
    if url is not None:
        conditions.append(f"e.n IN ({_ENTRIES})")
        parameters += _entry_parameters(url)
    if since is not None:
        conditions.append("lc.captured_at >= ?")
        parameters.append(since)
    if until is not None:
        conditions.append("fc.captured_at <= ?")
        parameters.append(until)
    only = f"WHERE {' AND '.join(narrowed)}" if narrowed else ""
    sql = history(kind, only) + (f"WHERE {' AND '.join(conditions)}" if conditions else "")
    place = 7 if kind == "ranked" else 6
    for row in db.conn.execute(
        f"{sql} ORDER BY 2, 3, {'4, 5' if kind == 'ranked' else '4'}, {place + 1}, 1", parameters
    ):
        columns = row if kind == "ranked" else (*row[:3], "", *row[3:])
        yield Stretch(*columns)


def gaps(db: Database, list_id: str, *, since: str | None = None, until: str | None = None) -> list[Gap]:
    """The gaps of a list in order of time: captures that were parsed, or that are error pages, without it."""
    rows = db.conn.execute(
        """WITH own AS MATERIALIZED (SELECT n FROM list WHERE id = ?),
           page AS MATERIALIZED (
               SELECT c.url_key, min(c.captured_at) AS since FROM sighting s JOIN capture c ON c.n = s.capture
               WHERE s.list = (SELECT n FROM own) AND s.stands GROUP BY c.url_key)
           SELECT c.id, c.captured_at, c.url, c.status
           FROM page p JOIN capture c ON c.url_key = p.url_key AND c.captured_at > p.since
           WHERE (c.page_kind IS NOT NULL OR c.status >= 400)
               AND NOT EXISTS (SELECT 1 FROM sighting s
                   WHERE s.capture = c.n AND s.list = (SELECT n FROM own) AND s.stands)
               AND c.captured_at >= ? AND c.captured_at <= ?
           ORDER BY c.captured_at, c.id""",
        (storable(list_id), since or "", until or "9999"),
    )
    return [Gap(list_id, *row) for row in rows]


# The entries at an address, and those at any other address of the article that is shown there.
_ENTRIES = """SELECT n FROM entry WHERE address IN (
    SELECT n FROM address WHERE text = ?
    UNION SELECT other.address FROM address k JOIN article_address aa ON aa.address = k.n
    JOIN article_address other ON other.article = aa.article WHERE k.text = ?)"""


def _entry_parameters(url: str) -> list[str]:
    return [same_page(storable(url))] * 2
