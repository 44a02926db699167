"""Ranked lists and sections over time: the sightings of their blocks on captures; the functions do not commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.index import spans
from archive.index.blocks import Seen, drop_unseen, seen
from archive.index.names import Remembering
from archive.index.values import milliseconds, storable
from archive.model import Capture, Items, ListKind


def add(db: Database, key: int, capture: Capture, items: Items) -> None:
    """Add the sightings of all lists on capture `key`."""
    at = milliseconds(capture.captured_at)
    blocks = seen(db, items)
    if not blocks:
        return
    standing = _standing(blocks)
    db.conn.executemany(
        "INSERT INTO sighting(list, at, capture, xpath, block, more, stands) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(one.list, at, key, one.xpath, one.block, one.more, standing.get(one.list) is one) for one in blocks],
    )
    db.conn.executemany("UPDATE block SET sightings = sightings + 1 WHERE n = ?", [(one.block,) for one in blocks])
    db.conn.executemany(
        "INSERT INTO list_page(list, page, sightings) VALUES (?, ?, 1)"
        " ON CONFLICT(list, page) DO UPDATE SET sightings = sightings + 1",
        [(one.list, one.more) for one in blocks if one.more is not None],
    )
    spans.extend(db, [(one.list, one.block) for one in standing.values()], at, key, capture.id)


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
        "SELECT s.list, s.at, c.id, s.block, s.more, s.stands FROM sighting s JOIN capture c ON c.n = s.capture"
        " WHERE s.capture = ?",
        (key,),
    ).fetchall()
    if not rows:
        return
    if isinstance(db, Remembering):
        db.forget()
    db.conn.execute("DELETE FROM sighting WHERE capture = ?", (key,))
    for list_key, at, capture_id, block, more, stands in rows:
        if stands:
            spans.shrink(db, list_key, at, capture_id)
        db.conn.execute("UPDATE block SET sightings = sightings - 1 WHERE n = ?", (block,))
        if more is not None:
            db.conn.execute(
                "UPDATE list_page SET sightings = sightings - 1 WHERE list = ? AND page = ?", (list_key, more)
            )
    for list_key, _, _, block, _, _ in rows:
        db.conn.execute("DELETE FROM list_page WHERE list = ? AND sightings = 0", (list_key,))
        drop_unseen(db, block)
        db.conn.execute(
            "DELETE FROM list WHERE n = ? AND NOT EXISTS (SELECT 1 FROM block WHERE list = list.n)", (list_key,)
        )


def _standing(blocks: Sequence[Seen]) -> dict[int, Seen]:
    """The block that a capture shows of each list: that with most entries, the first of several; never an empty one."""
    standing: dict[int, Seen] = {}
    for one in blocks:
        if one.size > (standing[one.list].size if one.list in standing else 0):
            standing[one.list] = one
    return standing
