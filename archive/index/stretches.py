"""Lists over time: the stretches in which entries kept their places, and the gaps in which a list was not seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.index import lists
from archive.index.names import spelling
from archive.index.values import milliseconds, storable
from archive.index.views import history
from archive.model import ListKind

_DAY = 86_400_000
_EVER = ("0001-01-02T00:00:00.000Z", "9999-12-30T00:00:00.000Z")


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
    list_id: str | None = None,
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
    # Of the many lists of single pages almost none ever had the entry.
    had = "n IN (SELECT b.list FROM block_entry be JOIN block b ON b.n = be.block WHERE be.entry IN ({}))"
    chosen = lists.keys(
        db,
        kind,
        list_id=list_id,
        site=site,
        heading=heading,
        tab=tab,
        condition=had.format(_ENTRIES) if url is not None else "",
        parameters=(spelling(url),) * 2 if url is not None else (),
    )
    begin, end = since or _EVER[0], until or _EVER[1]
    for list_key in chosen:
        found = _of_time(db, kind, list_key, begin, end) if url is None else _of_entry(db, kind, list_key, url)
        yield from (stretch for stretch in found if stretch.last_seen >= begin and stretch.first_seen <= end)


def _of_entry(db: Database, kind: ListKind, list_key: int, url: str) -> list[Stretch]:
    """The stretches of one entry in one list: they lie between its first and its last sighting there."""
    address = spelling(url)
    first, last = db.conn.execute(
        f"""SELECT min(s.first_at), max(s.last_at) FROM block_entry be JOIN block b ON b.n = be.block AND b.list = ?
            JOIN span s ON s.block = b.n WHERE be.entry IN ({_ENTRIES})""",
        (list_key, address, address),
    ).fetchone()
    if first is None:
        return []
    return _within(db, kind, list_key, first, last, f" WHERE e.n IN ({_ENTRIES})", (address, address))


def _of_time(db: Database, kind: ListKind, list_key: int, begin: str, end: str) -> list[Stretch]:
    """The stretches of one list from `begin` to `end`, whole: read with so much time around them that none is cut."""
    first, last = db.conn.execute("SELECT min(first_at), max(last_at) FROM span WHERE list = ?", (list_key,)).fetchone()
    if first is None:
        return []
    places = _places(db, list_key)
    margin = _DAY
    while True:
        low = db.conn.execute(
            "SELECT max(first_at) FROM span WHERE list = ? AND first_at < ?", (list_key, milliseconds(begin) - margin)
        ).fetchone()[0]
        high = db.conn.execute(
            "SELECT min(last_at) FROM span WHERE list = ? AND first_at > ?", (list_key, milliseconds(end) + margin)
        ).fetchone()[0]
        found = _within(db, kind, list_key, first if low is None else low, last if high is None else high)
        if places:
            # Copies say nothing of places below their end: at each place something must lie wholly outside.
            cut_low = len({one.place for one in found if one.last_seen < begin}) < places
            cut_high = len({one.place for one in found if one.first_seen > end}) < places
        else:
            wanted = [one for one in found if one.last_seen >= begin and one.first_seen <= end]
            cut_low = min((one.first_seen for one in wanted), default="") == min(one.first_seen for one in found)
            cut_high = max((one.last_seen for one in wanted), default="") == max(one.last_seen for one in found)
        if not (low is not None and cut_low) and not (high is not None and cut_high):
            return found
        margin *= 8


def _places(db: Database, list_key: int) -> int:
    """How many places a list with a page of its own has at most; 0 for a list without."""
    row = db.conn.execute(
        """SELECT max(b.size) FROM block b WHERE b.list = ? AND EXISTS (
               SELECT 1 FROM list_page p CROSS JOIN address k ON k.n = p.page
               CROSS JOIN capture c ON c.url_key = k.text
               CROSS JOIN showing s ON s.at = c.at AND s.capture = c.n
               CROSS JOIN arranged a ON a.arrangement = s.arrangement AND a.list = p.list AND a.stands
               WHERE p.list = ?)""",
        (list_key, list_key),
    ).fetchone()
    return int(row[0] or 0)


def _within(
    db: Database,
    kind: ListKind,
    list_key: int,
    low: int,
    high: int,
    condition: str = "",
    parameters: tuple[str, ...] = (),
) -> list[Stretch]:
    """The stretches that the spans of one list between two instants make."""
    sql = history(kind, "WHERE s.list = ? AND s.last_at >= ? AND s.first_at <= ?") + condition
    rows = db.conn.execute(sql, (list_key, low, high, *parameters))
    found = [Stretch(*(row if kind == "ranked" else (*row[:3], "", *row[3:]))) for row in rows]
    return sorted(found, key=lambda stretch: (stretch.first_seen, stretch.place, stretch.last_seen))


def gaps(db: Database, list_id: str, *, since: str | None = None, until: str | None = None) -> list[Gap]:
    """The gaps of a list in order of time: captures that were parsed, or that are error pages, without it."""
    row = db.conn.execute(
        """SELECT n, (SELECT coalesce(sum(s.sightings), 0) FROM span s WHERE s.list = l.n), (SELECT max(n) FROM capture)
           FROM list l WHERE id = ?""",
        (storable(list_id),),
    ).fetchone()
    if row is None:
        return []
    list_key, sightings, captures = row
    begin, end = milliseconds(since or _EVER[0]), milliseconds(until or _EVER[1])
    most = captures // _FEW_OF_ALL
    [[within]] = db.conn.execute(
        "SELECT count(*) FROM (SELECT 1 FROM capture WHERE at BETWEEN ? AND ? LIMIT ?)", (begin, end, most + 1)
    )
    if within <= most:
        sql = _GAPS_AMONG.format("INDEXED BY capture_at")
    elif sightings > most:
        sql = _GAPS_AMONG.format("NOT INDEXED")
    else:
        sql = _GAPS_ON_ITS_PAGES
    rows = db.conn.execute(sql, (list_key, begin, end))
    return [Gap(list_id, *row) for row in rows]


# Below this share of all captures those of a span of time are gone through; else, from this share on, the captures
# without a list are found sooner than the pages on which it stood.
_FEW_OF_ALL = 4
_WITHOUT = """(c.page_kind IS NOT NULL OR c.status >= 400) AND c.at BETWEEN ?2 AND ?3
    AND NOT EXISTS (SELECT 1 FROM showing s WHERE s.at = c.at AND s.capture = c.n AND +s.arrangement IN stand)"""
# The arrangements in which the list stands; the + keeps SQLite from looking each of them up for each capture.
_HAVING = "stand AS MATERIALIZED (SELECT arrangement FROM arranged WHERE list = ?1 AND stands)"
_GAPS_ON_ITS_PAGES = f"""
WITH {_HAVING}, page AS MATERIALIZED (
    SELECT c.url_key, min(c.captured_at) AS since
    FROM stand h CROSS JOIN showing s ON s.arrangement = h.arrangement CROSS JOIN capture c ON c.n = s.capture
    GROUP BY c.url_key)
SELECT c.id, c.captured_at, c.url, c.status
FROM page p JOIN capture c ON c.url_key = p.url_key AND c.captured_at > p.since
WHERE {_WITHOUT} ORDER BY c.captured_at, c.id"""
_GAPS_AMONG = f"""
WITH {_HAVING}, missing AS MATERIALIZED (SELECT c.n, c.url_key FROM capture c {{}} WHERE {_WITHOUT}),
page AS MATERIALIZED (
    SELECT url_key, (SELECT d.captured_at FROM capture d WHERE d.url_key = m.url_key
            AND EXISTS (SELECT 1 FROM showing s WHERE s.at = d.at AND s.capture = d.n AND +s.arrangement IN stand)
        ORDER BY d.captured_at LIMIT 1) AS since
    FROM (SELECT DISTINCT url_key FROM missing) m)
SELECT c.id, c.captured_at, c.url, c.status
FROM missing m JOIN capture c ON c.n = m.n JOIN page p ON p.url_key = m.url_key AND c.captured_at > p.since
ORDER BY c.captured_at, c.id"""

# The entries at an address, and those at any other address of the article that is shown there.
_ENTRIES = """SELECT n FROM entry WHERE address IN (
    SELECT n FROM address WHERE text = ?
    UNION SELECT other.address FROM address k JOIN article_address aa ON aa.address = k.n
    JOIN article_address other ON other.article = aa.article WHERE k.text = ?)"""
