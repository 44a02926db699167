"""Spans: successive standing sightings of a list, in the order (captured_at, id), that show one block.

History reads them. A new sighting touches the spans beside it and no other, so that late captures cost no more than
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.index import arrangements
from archive.index.names import NEVER, Remembering, groups

_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Span:
    first_at: int
    first_id: str
    first_capture: int
    last_at: int
    last_id: str
    block: int


def extend(db: Database, standing: Sequence[tuple[int, int]], at: int, capture: int, capture_id: str) -> None:
    """Put the standing sightings of one capture, pairs of list and block, into the spans of their lists."""
    last = db.spans if isinstance(db, Remembering) else {}
    _look_up(db, [one for one, _ in standing if one not in last], last)
    longer, new = [], []
    for list_key, block in standing:
        end = last.pop(list_key, None)
        if end is None:
            _extend(db, list_key, at, capture, capture_id, block)
            continue
        first_at, first_capture, last_at, last_block = end
        if last_at >= at:
            _extend(db, list_key, at, capture, capture_id, block)
            continue
        if last_block == block:
            longer.append((at, capture, list_key, first_at, first_capture))
        else:
            new.append((list_key, at, capture, at, capture, block))
            first_at, first_capture = at, capture
        last[list_key] = (first_at, first_capture, at, block)
    # Captures mostly come in the order of time: then only the last span of a list changes, or one is added behind it.
    db.conn.executemany(
        "UPDATE span SET sightings = sightings + 1, last_at = ?, last_capture = ?"
        " WHERE list = ? AND first_at = ? AND first_capture = ?",
        longer,
    )
    db.conn.executemany("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, 1)", new)


def _look_up(db: Database, lists: Sequence[int], last: dict[int, tuple[int, ...]]) -> None:
    """Put the last span of each list into `last`: first instant and capture, last instant, block.

    A list without a span is one whose last ended before all time; where two begin at one instant there is none.
    """
    if len(last) > _MOST_REMEMBERED:
        last.clear()
    twice: set[int] = set()
    for part in groups(lists):
        rows = db.conn.execute(
            f"""SELECT DISTINCT s.list, s.first_at, s.first_capture, s.last_at, s.block
                FROM (VALUES {",".join(["(?)"] * len(part))}) v
                JOIN span s ON s.list = v.column1
                    AND s.first_at = (SELECT max(first_at) FROM span WHERE list = v.column1)""",
            part,
        )
        found: dict[int, tuple[int, ...]] = dict.fromkeys(part, NEVER)
        for list_key, *span in rows:
            if found[list_key] is not NEVER:
                twice.add(list_key)
            found[list_key] = tuple(span)
        last.update(found)
    for list_key in twice:
        last.pop(list_key, None)


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


def shrink(db: Database, list_key: int, at: int, capture_id: str) -> None:
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
        (one.at, one.capture, one.block)
        for one in arrangements.between(db, list_key, first[0], last[0])
        if first <= (one.at, one.capture_id) <= last
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
