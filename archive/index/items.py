"""The one place where a page's items become derived rows; the functions do not commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from sqlite_utils import Database

from archive.errors import NotFound
from archive.index import articles, lists
from archive.index.names import intern
from archive.index.values import storable
from archive.model import Capture, Items, Outcome, Repeat
from archive.times import now, to_text

# https://sqlite.org/rescode.html: what one page's values can cause.
_PAGE_CODES: Final = frozenset(
    (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH)
)


def apply(db: Database, capture: Capture, items: Items) -> None:
    """Make the derived rows of a capture those of `items`, and note the parser; whatever was derived before goes.

    The public tables depend on the set of captures and their items alone, whatever the order of the calls. Raises
    NotFound when the capture is not in the index. Of a capture that was taken down nothing is derived.
    """
    key, hidden = _remove(db, capture.id)
    if hidden:
        return
    db.conn.execute(
        "UPDATE capture SET parsed_by = ?, page_kind = ? WHERE n = ?", (items.page.parser, items.page.kind, key)
    )
    if articles.is_reading(capture, items):
        articles.add(db, key, capture, items)
    lists.add(db, key, capture, items)
    _add_repeats(db, key, items.page.repeats)


def _add_repeats(db: Database, key: int, repeats: Sequence[Repeat]) -> None:
    if not repeats:
        return
    paths = intern(db, "xpath", "path", (storable(path) for one in repeats for path in (one.of, one.xpath)))
    db.conn.executemany(
        "INSERT INTO repeat(capture, position, kind, of, xpath, text) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (key, position, one.kind, paths[storable(one.of)], paths[storable(one.xpath)], storable(one.text))
            for position, one in enumerate(repeats)
        ],
    )


def apply_or_outcome(db: Database, capture: Capture, items: Items, run_id: str) -> Outcome | None:
    """`apply` for one page among many: where its items cannot be applied it becomes an outcome of the run.

    Nothing of that page is left then, and what else the transaction holds stands. The caller records the outcome. What
    concerns the index as a whole (a full or failing disk, damage) is raised as ever.
    """
    try:
        with db.atomic():
            apply(db, capture, items)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not _of_the_page(error):
            raise
        reason = f"its parts cannot be written to the index: {type(error).__name__}: {error}"[:500]
        return Outcome(run_id, capture.url, to_text(now()), "index-failed", reason, capture.id)
    return None


def _of_the_page(error: sqlite3.Error) -> bool:
    """Whether a statement failed for what it was given, and not for the state of the file or the machine."""
    code = getattr(error, "sqlite_errorcode", None)  # errors that Python's own module raises have none
    return code is None or code & 0xFF in _PAGE_CODES


def remove(db: Database, capture_id: str) -> None:
    """Take back everything that was derived from a capture. Raises NotFound."""
    key, _ = _remove(db, capture_id)
    db.conn.execute("UPDATE capture SET page_kind = NULL WHERE n = ?", (key,))


def _remove(db: Database, capture_id: str) -> tuple[int, bool]:
    """Take back what was derived; gives the capture's key, and whether it was taken down."""
    row = db.conn.execute("SELECT n, page_kind, excluded FROM capture WHERE id = ?", (capture_id,)).fetchone()
    if row is None:
        raise NotFound(f"no capture {capture_id!r} in the index")
    key, kind, hidden = int(row[0]), row[1], bool(row[2])
    db.conn.execute("DELETE FROM outcome WHERE capture_id = ?", (capture_id,))
    if kind is not None:  # else nothing was ever derived
        articles.remove(db, key)
        lists.remove(db, key)
        db.conn.execute("DELETE FROM repeat WHERE capture = ?", (key,))
    return key, hidden
