"""What comes into the index after it was taken down: hidden at once; see archive/index/exclusions.py."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from archive.index.names import groups

_HIDE = """UPDATE capture SET excluded = 1, parsed_by = coalesce(parsed_by, '') WHERE id = ? AND NOT excluded AND (
    EXISTS (SELECT 1 FROM exclusion x WHERE x.kind = 'url' AND x.value = capture.url_key)
    OR EXISTS (SELECT 1 FROM exclusion x WHERE x.kind = 'capture' AND x.value = capture.id)
    OR EXISTS (SELECT 1 FROM capture o WHERE o.id = capture.refers_to AND o.excluded))"""


def any_there(db: Database) -> bool:
    """Whether anything was taken down."""
    return db.conn.execute("SELECT 1 FROM exclusion LIMIT 1").fetchone() is not None


def hide_new(db: Database, capture_ids: Iterable[str]) -> None:
    """Hide those of new captures that exclusions cover, and revisits of such; what they repeat comes before them."""
    if any_there(db):
        db.conn.executemany(_HIDE, [(one,) for one in capture_ids])


def covered(db: Database, url_keys: Iterable[str]) -> set[str]:
    """Those of the url keys that were taken down."""
    found: set[str] = set()
    for part in groups(sorted(set(url_keys))):
        marks = ",".join("?" * len(part))
        sql = f"SELECT value FROM exclusion WHERE kind = 'url' AND value IN ({marks})"
        found.update(row[0] for row in db.conn.execute(sql, part))
    return found
