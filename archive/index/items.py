"""The one place where a page's items become derived rows; the functions do not commit."""

from __future__ import annotations

from sqlite_utils import Database

from archive.errors import NotFound
from archive.index import articles, lists
from archive.index.names import xpath_key
from archive.index.values import storable
from archive.model import Capture, Items


def apply(db: Database, capture: Capture, items: Items) -> None:
    """Make the derived rows of a capture those of `items`, and note the parser; whatever was derived before goes.

    The public tables depend on the set of captures and their items alone, whatever the order of the calls. Raises
    NotFound when the capture is not in the index.
    """
    key = _remove(db, capture.id)
    db.conn.execute(
        "UPDATE capture SET parsed_by = ?, page_kind = ? WHERE n = ?", (items.page.parser, items.page.kind, key)
    )
    if articles.is_reading(capture, items):
        articles.add(db, key, capture, items)
    lists.add(db, key, capture, items)
    repeats = [
        (key, position, repeat.kind, xpath_key(db, repeat.of), xpath_key(db, repeat.xpath), storable(repeat.text))
        for position, repeat in enumerate(items.page.repeats)
    ]
    db.conn.executemany(
        "INSERT INTO repeat(capture, position, kind, of, xpath, text) VALUES (?, ?, ?, ?, ?, ?)", repeats
    )


def remove(db: Database, capture_id: str) -> None:
    """Take back everything that was derived from a capture. Raises NotFound."""
    key = _remove(db, capture_id)
    db.conn.execute("UPDATE capture SET page_kind = NULL WHERE n = ?", (key,))


def _remove(db: Database, capture_id: str) -> int:
    row = db.conn.execute("SELECT n, page_kind FROM capture WHERE id = ?", (capture_id,)).fetchone()
    if row is None:
        raise NotFound(f"no capture {capture_id!r} in the index")
    key = int(row[0])
    db.conn.execute("DELETE FROM outcome WHERE capture_id = ?", (capture_id,))
    if row[1] is None:  # nothing was ever derived
        return key
    articles.remove(db, key)
    lists.remove(db, key)
    db.conn.execute("DELETE FROM repeat WHERE capture = ?", (key,))
    return key
