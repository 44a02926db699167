"""The path of one entry through a list: when it entered, how high it rose, how long it stayed, when it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.index.arrangements import between
from archive.index.stretches import Stretch
from archive.index.values import milliseconds

_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Path:
    """`hours` counts from first to last sighting of each unbroken stay; `left` is the first capture without it."""

    list_id: str
    entered: str
    best: int
    hours: float
    left: str | None


def path_of(db: Database, own: Sequence[Stretch]) -> Path:
    """The path that the stretches of one entry in one list make; there must be one at least."""
    ordered = sorted(own, key=lambda stretch: (stretch.first_seen, stretch.last_seen))
    stays: list[tuple[str, str]] = []
    for stretch in ordered:
        # A stretch that begins with the very next capture of the list is a move, not a return.
        if stays and (
            stretch.first_seen <= stays[-1][1] or _next(db, stretch.list_id, stays[-1][1]) == stretch.first_seen
        ):
            stays[-1] = (stays[-1][0], max(stays[-1][1], stretch.last_seen))
        else:
            stays.append((stretch.first_seen, stretch.last_seen))
    hours = sum(milliseconds(last) - milliseconds(first) for first, last in stays) / _HOUR
    return Path(
        ordered[0].list_id,
        ordered[0].first_seen,
        min(stretch.place for stretch in own),
        hours,
        _next(db, ordered[0].list_id, stays[-1][1]),
    )


def _next(db: Database, list_id: str, after: str) -> str | None:
    """The instant of the first standing sighting of a list after another."""
    instant = milliseconds(after)
    [own] = db.conn.execute("SELECT n FROM list WHERE id = ?", (list_id,)).fetchone()
    within = db.conn.execute(
        "SELECT max(last_at) FROM span WHERE list = ? AND first_at <= ?", (own, instant)
    ).fetchone()[0]
    inside = next(between(db, own, instant + 1, within), None) if within is not None and within > instant else None
    if inside is not None:
        return str(db.conn.execute("SELECT captured_at FROM capture WHERE n = ?", (inside.capture,)).fetchone()[0])
    row = db.conn.execute(
        """SELECT c.captured_at FROM span s JOIN capture c ON c.n = s.first_capture
           WHERE s.list = ? AND s.first_at > ? ORDER BY s.first_at LIMIT 1""",
        (own, instant),
    ).fetchone()
    return row[0] if row else None
