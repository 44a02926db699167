"""Ranked lists and sections over time: the sightings of their blocks on captures; the functions do not commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.index import arrangements, spans
from archive.index.blocks import Identified
from archive.index.names import Remembering
from archive.index.values import milliseconds, storable
from archive.model import Capture, Items, ListKind, RankedList, Section


def add(db: Database, key: int, capture: Capture, items: Items) -> None:
    """Add the sightings of all lists on capture `key`."""
    at = milliseconds(capture.captured_at)
    values: tuple[RankedList | Section, ...] = (*items.page.ranked_lists, *items.page.sections)
    across: list[Identified] = []
    own: list[Identified] = []
    for identity, value in zip(items.lists, values, strict=True):
        (own if identity.page_scope else across).append((identity, value))
    parts = [(part, part is across) for part in (across, own) if part]
    added = arrangements.add(db, items.site, parts)
    db.conn.executemany(
        "INSERT INTO showing(at, capture, arrangement) VALUES (?, ?, ?)",
        [(at, key, arrangement) for arrangement, _ in added],
    )
    standing = [one for _, stands in added for one in stands]
    if standing:
        spans.extend(db, standing, at, key, capture.id)


def keys(
    db: Database,
    kind: ListKind,
    *,
    list_id: str | None = None,
    site: str | None = None,
    heading: str | None = None,
    tab: str | None = None,
    page_scope: str | None = None,
    condition: str = "",
    parameters: Sequence[str] = (),
) -> list[int]:
    """The keys of lists, those of whole sites first; what is given narrows, `condition` is SQL with its `parameters`.

    `page_scope` "" leaves the lists that stand across a site.
    """
    # Kind and scope are written out, so that SQLite takes the index of just these lists.
    conditions = ["kind = 'ranked'" if kind == "ranked" else "kind = 'section'"]
    if page_scope == "":
        conditions.append("page_scope = ''")
    values: list[str] = []
    given = {"id": list_id, "site": site, "heading": heading, "tab": tab, "page_scope": page_scope or None}
    for column, value in given.items():
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(storable(value))
    if condition:
        conditions.append(condition)
    rows = db.conn.execute(
        f"SELECT n FROM list WHERE {' AND '.join(conditions)} ORDER BY site, page_scope, heading, tab, id",
        (*values, *parameters),
    )
    return [row[0] for row in rows.fetchall()]


def remove(db: Database, key: int) -> None:
    """Take back the sightings on capture `key`, and blocks and lists that no other capture shows."""
    rows = db.conn.execute(
        """SELECT s.arrangement, s.at, c.id FROM capture c JOIN showing s ON s.at = c.at AND s.capture = c.n
           WHERE c.n = ?""",
        (key,),
    ).fetchall()
    if not rows:
        return
    if isinstance(db, Remembering):
        db.forget()
    for arrangement, at, capture_id in rows:
        db.conn.execute("DELETE FROM showing WHERE at = ? AND capture = ? AND arrangement = ?", (at, key, arrangement))
        standing = db.conn.execute("SELECT list FROM arranged WHERE arrangement = ? AND stands", (arrangement,))
        for (list_key,) in standing.fetchall():
            spans.shrink(db, list_key, at, capture_id)
        arrangements.drop_unshown(db, arrangement)
