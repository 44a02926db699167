"""Ranked lists and sections as they stood at an instant, and blocks by id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from archive.errors import NotFound
from archive.index import lists
from archive.index.arrangements import EVER, Sighting, latest
from archive.index.values import milliseconds, storable
from archive.model import ListKind
from archive.times import from_text, to_text

# A list's own page wins over copies of it on other pages, but not when it was last captured longer before them.
OWN_PAGE_HOURS = 24


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a block; `rank` is None in sections, `article_id` where the archive has no such article."""

    position: int
    rank: int | None
    title: str
    url: str | None
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A list with the block that it showed on one capture."""

    list_id: str
    site: str
    kind: ListKind
    heading: str
    tab: str
    page_scope: str
    block_id: str
    capture_id: str
    captured_at: str
    xpath: str
    entries: tuple[Entry, ...]


_COLUMNS = tuple(field.name for field in fields(Standing))[:-1]
_FROM_LIST = """
SELECT l.id, l.site, l.kind, l.heading, l.tab, l.page_scope, b.id, c.id, c.captured_at, x.path
FROM list l, block b, capture c, xpath x WHERE l.n = ? AND b.n = ? AND c.n = ? AND x.n = ?
"""
# CROSS JOIN keeps the order: a capture shows two arrangements, and a list stands in any number.
_FROM_CAPTURE = """
SELECT l.id, l.site, l.kind, l.heading, l.tab, l.page_scope, b.id, c.id, c.captured_at, x.path
FROM capture c CROSS JOIN showing s ON s.at = c.at AND s.capture = c.n
CROSS JOIN arranged p ON p.arrangement = s.arrangement
JOIN list l ON l.n = p.list JOIN block b ON b.n = p.block JOIN xpath x ON x.n = p.xpath
"""


def at_instant(
    db: Database,
    kind: ListKind,
    *,
    at: str | None = None,
    site: str | None = None,
    heading: str | None = None,
    tab: str | None = None,
    page_scope: str | None = None,
) -> Iterator[Standing]:
    """Each list of a kind as it stood at `at` (ISO 8601 with a zone; None: now), the lists of whole sites first.

    The other arguments narrow; `page_scope` "" leaves the lists that stand across a site.

    A list that was absent or empty on the captures before `at` stands as it was last seen; `captured_at` says when.
    One that had no entry on any capture until then stands without entries.
    """
    chosen = lists.keys(db, kind, site=site, heading=heading, tab=tab, page_scope=page_scope)
    instant = milliseconds(at) if at is not None else EVER
    for list_key in chosen:
        standing = _standing(db, list_key, instant)
        if standing is not None:
            yield standing


def block(db: Database, block_id: str) -> Standing:
    """A block by its id, as last seen. Raises NotFound."""
    row = db.conn.execute("SELECT list, n FROM block WHERE id = ?", (storable(block_id),)).fetchone()
    seen = latest(db, row[0], EVER, block=row[1], standing=False) if row else []
    if not seen:
        raise NotFound(f"no block {block_id!r} in the index")
    return _seen(db, row[0], seen[0])


def on_capture(db: Database, capture_id: str) -> list[Standing]:
    """All blocks of a capture, empty ones included, in the order of their lists' kinds and headings."""
    rows = db.conn.execute(
        f"{_FROM_CAPTURE} WHERE c.id = ? ORDER BY l.kind, l.heading, l.tab, x.path", (storable(capture_id),)
    )
    return [_with_entries(db, row) for row in rows.fetchall()]


def _standing(db: Database, list_key: int, instant: int) -> Standing | None:
    found = _last(db, list_key, instant)
    if found is None:
        empty = latest(db, list_key, instant, standing=False)
        return _seen(db, list_key, empty[0]) if empty else None
    # CROSS JOIN keeps the order: a list's own pages are few, and its copies many.
    own = db.conn.execute(
        """SELECT c.n FROM list_page p CROSS JOIN address k ON k.n = p.page
           CROSS JOIN capture c ON c.url_key = k.text AND c.captured_at BETWEEN ? AND ?
           CROSS JOIN showing s ON s.at = c.at AND s.capture = c.n
           CROSS JOIN arranged a ON a.arrangement = s.arrangement AND a.list = p.list AND a.stands
           WHERE p.list = ? ORDER BY c.captured_at DESC, c.id DESC LIMIT 1""",
        (to_text(from_text(found.captured_at) - timedelta(hours=OWN_PAGE_HOURS)), found.captured_at, list_key),
    ).fetchone()
    return found if own is None else _on(db, list_key, own[0])


def _last(db: Database, list_key: int, instant: int) -> Standing | None:
    """A list as it last stood up to an instant; what stood is known by span, so that few captures are looked at."""
    row = db.conn.execute(
        """SELECT s.block, s.last_at, s.last_capture FROM span s JOIN capture c ON c.n = s.first_capture
           WHERE s.list = ? AND s.first_at <= ? ORDER BY s.first_at DESC, c.id DESC LIMIT 1""",
        (list_key, instant),
    ).fetchone()
    if row is None:
        return None
    shown, last_at, last = row
    if last_at <= instant:
        return _on(db, list_key, last)
    return _seen(db, list_key, latest(db, list_key, instant, block=shown)[0])


def _on(db: Database, list_key: int, capture: int) -> Standing:
    return _with_entries(
        db,
        db.conn.execute(f"{_FROM_CAPTURE} WHERE c.n = ? AND p.list = ? AND p.stands", (capture, list_key)).fetchone(),
    )


def _seen(db: Database, list_key: int, one: Sighting) -> Standing:
    row = db.conn.execute(_FROM_LIST, (list_key, one.block, one.capture, one.xpath)).fetchone()
    return _with_entries(db, row)


def _with_entries(db: Database, row: tuple[Any, ...]) -> Standing:
    entries = db.conn.execute(
        "SELECT position, rank, title, url, article_id FROM block_entries WHERE block_id = ? ORDER BY position",
        (row[6],),
    )
    values = dict(zip(_COLUMNS, row, strict=True))
    return Standing(**values, entries=tuple(Entry(*entry) for entry in entries))
