"""Ranked lists and sections over time: lists, their blocks, and the sightings of blocks on captures.

History reads spans: successive sightings of a list (in the order captured_at, id) that show one block. A new sighting
touches the spans beside it and no other, so that late captures cost no more than others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from archive.index.names import address_key, text_key, xpath_key
from archive.index.values import content_digest, content_id, integer_or_none, milliseconds, storable, storable_or_none
from archive.model import Capture, Items, ListIdentity, RankedItem, RankedList, Section
from archive.urls import url_key

_Entries = tuple[tuple[int | None, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A block on a page: its list's and its own key, how many entries it has, where it stood, where "more" leads."""

    list: int
    block: int
    size: int
    xpath: int
    more: int | None


@dataclass(frozen=True, slots=True)
class _Span:
    first_at: int
    first_id: str
    first_capture: int
    last_at: int
    last_id: str
    block: int


def add(db: Database, key: int, capture: Capture, items: Items) -> None:
    """Add the sightings of all lists on capture `key`."""
    at = milliseconds(capture.captured_at)
    seen = list(_seen(db, items))
    standing = _standing(seen)
    db.conn.executemany(
        "INSERT INTO sighting(list, at, capture, xpath, block, more, stands) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(one.list, at, key, one.xpath, one.block, one.more, standing.get(one.list) is one) for one in seen],
    )
    db.conn.executemany("UPDATE block SET sightings = sightings + 1 WHERE n = ?", [(one.block,) for one in seen])
    db.conn.executemany(
        "INSERT INTO list_page(list, page, sightings) VALUES (?, ?, 1)"
        " ON CONFLICT(list, page) DO UPDATE SET sightings = sightings + 1",
        [(one.list, one.more) for one in seen if one.more is not None],
    )
    for one in standing.values():
        _extend(db, one.list, at, key, capture.id, one.block)


def remove(db: Database, key: int) -> None:
    """Take back the sightings on capture `key`, and blocks and lists that no other capture shows."""
    rows = db.conn.execute(
        "SELECT s.list, s.at, c.id, s.block, s.more, s.stands FROM sighting s JOIN capture c ON c.n = s.capture"
        " WHERE s.capture = ?",
        (key,),
    ).fetchall()
    if not rows:
        return
    db.conn.execute("DELETE FROM sighting WHERE capture = ?", (key,))
    for list_key, at, capture_id, block, more, stands in rows:
        if stands:
            _shrink(db, list_key, at, capture_id)
        db.conn.execute("UPDATE block SET sightings = sightings - 1 WHERE n = ?", (block,))
        if more is not None:
            db.conn.execute(
                "UPDATE list_page SET sightings = sightings - 1 WHERE list = ? AND page = ?", (list_key, more)
            )
    for list_key, _, _, block, _, _ in rows:
        db.conn.execute("DELETE FROM list_page WHERE list = ? AND sightings = 0", (list_key,))
        _drop_unseen_block(db, block)
        db.conn.execute(
            "DELETE FROM list WHERE n = ? AND NOT EXISTS (SELECT 1 FROM block WHERE list = list.n)", (list_key,)
        )


def _seen(db: Database, items: Items) -> Iterator[_Seen]:
    known: set[tuple[int, int]] = set()
    found: tuple[RankedList | Section, ...] = (*items.page.ranked_lists, *items.page.sections)
    for identity, value in zip(items.lists, found, strict=True):
        list_id, list_key = _list_key(db, items.site, identity)
        xpath = xpath_key(db, value.xpath)
        if (list_key, xpath) in known:
            continue
        known.add((list_key, xpath))
        entries: _Entries = tuple(
            (
                integer_or_none(item.rank) if isinstance(item, RankedItem) else None,
                storable(item.title),
                storable_or_none(item.url),
            )
            for item in value.items
        )
        more = text_key(db, url_key(value.more_url)) if value.more_url else None
        yield _Seen(list_key, _block_key(db, list_id, list_key, entries), len(entries), xpath, more)


def _standing(seen: list[_Seen]) -> dict[int, _Seen]:
    """The block that a capture shows of each list: that with most entries, the first of several; never an empty one."""
    standing: dict[int, _Seen] = {}
    for one in seen:
        if one.size > (standing[one.list].size if one.list in standing else 0):
            standing[one.list] = one
    return standing


def _list_key(db: Database, site: str, identity: ListIdentity) -> tuple[str, int]:
    natural = tuple(
        storable(part) for part in (site, identity.kind, identity.heading, identity.tab, identity.page_scope)
    )
    list_id = _list_id(*natural)
    row = db.conn.execute("SELECT n FROM list WHERE id = ?", (list_id,)).fetchone()
    if row is None:
        row = db.conn.execute(
            "INSERT INTO list(id, site, kind, heading, tab, page_scope) VALUES (?, ?, ?, ?, ?, ?) RETURNING n",
            (list_id, *natural),
        ).fetchone()
    return list_id, int(row[0])


@lru_cache(maxsize=4096)
def _list_id(*natural: str) -> str:
    return content_id(*natural)


def _block_key(db: Database, list_id: str, list_key: int, entries: _Entries) -> int:
    block_id = content_id(list_id, entries)
    row = db.conn.execute("SELECT n FROM block WHERE id = ?", (block_id,)).fetchone()
    if row is not None:
        return int(row[0])
    block = int(
        db.conn.execute(
            "INSERT INTO block(id, list, size) VALUES (?, ?, ?) RETURNING n", (block_id, list_key, len(entries))
        ).fetchone()[0]
    )
    db.conn.executemany(
        "INSERT INTO block_entry(block, position, rank, entry) VALUES (?, ?, ?, ?)",
        [(block, position, rank, _entry_key(db, title, url)) for position, (rank, title, url) in enumerate(entries, 1)],
    )
    return block


def _entry_key(db: Database, title: str, url: str | None) -> int:
    digest = content_digest((title, url))[:16]
    row = db.conn.execute("SELECT n FROM entry WHERE digest = ?", (digest,)).fetchone()
    if row is None:
        row = db.conn.execute(
            "INSERT INTO entry(digest, title, url, address) VALUES (?, ?, ?, ?) RETURNING n",
            (digest, title, url, address_key(db, url) if url else None),
        ).fetchone()
    return int(row[0])


def _drop_unseen_block(db: Database, block: int) -> None:
    if not db.conn.execute("SELECT 1 FROM block WHERE n = ? AND sightings = 0", (block,)).fetchone():
        return
    entries = db.conn.execute("SELECT entry FROM block_entry WHERE block = ?", (block,)).fetchall()
    db.conn.execute("DELETE FROM block_entry WHERE block = ?", (block,))
    db.conn.execute("DELETE FROM block WHERE n = ?", (block,))
    db.conn.executemany(
        "DELETE FROM entry WHERE n = ? AND NOT EXISTS (SELECT 1 FROM block_entry WHERE entry = entry.n)", entries
    )


def _extend(db: Database, list_key: int, at: int, capture: int, capture_id: str, block: int) -> None:
    """Put one more standing sighting into the spans of its list."""
    before = _span(db, list_key, at, capture_id, later=False)
    if before is not None and before.block == block:
        later = (at, capture_id) > (before.last_at, before.last_id)
        db.conn.execute(
            f"UPDATE span SET sightings = sightings + 1{', last_at = ?, last_capture = ?' if later else ''}"
            " WHERE list = ? AND first_at = ? AND first_capture = ?",
            (*((at, capture) if later else ()), list_key, before.first_at, before.first_capture),
        )
        return
    if before is not None and (at, capture_id) < (before.last_at, before.last_id):
        _respan(db, list_key, (before.first_at, before.first_id), (before.last_at, before.last_id))
        return
    after = _span(db, list_key, at, capture_id, later=True)
    if after is not None and after.block == block:
        db.conn.execute(
            "UPDATE span SET sightings = sightings + 1, first_at = ?, first_capture = ?"
            " WHERE list = ? AND first_at = ? AND first_capture = ?",
            (at, capture, list_key, after.first_at, after.first_capture),
        )
        return
    db.conn.execute("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, 1)", (list_key, at, capture, at, capture, block))


def _shrink(db: Database, list_key: int, at: int, capture_id: str) -> None:
    """Take a standing sighting, already deleted, out of the spans of its list; spans beside it may become one."""
    own = _span(db, list_key, at, capture_id, later=False, with_equal=True)
    assert own is not None
    if (own.first_at, own.first_id) < (at, capture_id) < (own.last_at, own.last_id):
        db.conn.execute(
            "UPDATE span SET sightings = sightings - 1 WHERE list = ? AND first_at = ? AND first_capture = ?",
            (list_key, own.first_at, own.first_capture),
        )
        return
    before = _span(db, list_key, own.first_at, own.first_id, later=False)
    after = _span(db, list_key, own.first_at, own.first_id, later=True)
    first = own if before is None else before
    last = own if after is None else after
    _respan(db, list_key, (first.first_at, first.first_id), (last.last_at, last.last_id))


def _span(
    db: Database, list_key: int, at: int, capture_id: str, *, later: bool, with_equal: bool = False
) -> _Span | None:
    """The span whose beginning is next to an instant, before or after it."""
    compare, order = (">", "ASC") if later else ("<", "DESC")
    row = db.conn.execute(
        f"""SELECT s.first_at, f.id, s.first_capture, s.last_at, l.id, s.block
            FROM span s JOIN capture f ON f.n = s.first_capture JOIN capture l ON l.n = s.last_capture
            WHERE s.list = ? AND s.first_at {compare}= ?
                AND (s.first_at {compare} ? OR f.id {compare}{"=" if with_equal else ""} ?)
            ORDER BY s.first_at {order}, f.id {order} LIMIT 1""",
        (list_key, at, at, capture_id),
    ).fetchone()
    return None if row is None else _Span(*row)


def _respan(db: Database, list_key: int, first: tuple[int, str], last: tuple[int, str]) -> None:
    """Derive the spans from `first` to `last` (instants with capture ids, both within) anew from the sightings."""
    within = [
        (at, capture, block)
        for at, capture, block, capture_id in db.conn.execute(
            """SELECT s.at, s.capture, s.block, c.id FROM sighting s JOIN capture c ON c.n = s.capture
               WHERE s.list = ? AND s.at BETWEEN ? AND ? AND s.stands ORDER BY s.at, c.id""",
            (list_key, first[0], last[0]),
        )
        if first <= (at, capture_id) <= last
    ]
    old = [
        (list_key, at, capture)
        for at, capture, capture_id in db.conn.execute(
            """SELECT s.first_at, s.first_capture, c.id FROM span s JOIN capture c ON c.n = s.first_capture
               WHERE s.list = ? AND s.first_at BETWEEN ? AND ?""",
            (list_key, first[0], last[0]),
        ).fetchall()
        if first <= (at, capture_id) <= last
    ]
    db.conn.executemany("DELETE FROM span WHERE list = ? AND first_at = ? AND first_capture = ?", old)
    spans: list[list[int]] = []
    for at, capture, block in within:
        if spans and spans[-1][5] == block:
            spans[-1][3:5] = [at, capture]
            spans[-1][6] += 1
        else:
            spans.append([list_key, at, capture, at, capture, block, 1])
    db.conn.executemany("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, ?)", spans)
