"""Room on the disk: jobs pause before the archive's writer fails, and people are told how many days are left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from archive.times import from_text, to_text
from crawler.report import size

LEAST = 1 << 30
"""Bytes that must be free for a job to begin, or go on: the file being written, the index's log and a migration."""

_DAYS = 14


@dataclass(frozen=True, slots=True)
class Room:
    """Free bytes, what must stay free, and bytes stored a day lately (None: nothing to judge by)."""

    free: int
    least: int
    a_day: float | None = None

    @property
    def low(self) -> bool:
        """Whether jobs pause."""
        return self.free < self.least

    @property
    def days_left(self) -> int | None:
        """Days until jobs pause, at the pace of the last two weeks."""
        return None if not self.a_day else int(max(0, self.free - self.least) / self.a_day)

    @property
    def said(self) -> str:
        """Why jobs pause."""
        return f"the disk has less than {size(self.least)} left"


def look(directory: Path, least: int = LEAST) -> Room:
    """How much room there is."""
    return Room(shutil.disk_usage(directory).free, least)


def with_pace(room: Room, db: Database, now: datetime) -> Room:
    """With the pace of the last two weeks, from the index."""
    since = to_text(now - timedelta(days=_DAYS))
    # Not by each capture: a year of them takes long to add up. Runs carry their sums.
    row = db.execute(
        "SELECT sum(coalesce(json_extract(counts, '$.bytes'), 0)), min(started_at) FROM runs WHERE started_at >= ?",
        (since,),
    ).fetchone()
    if not row or not row[0]:
        return room
    days = max((now - from_text(row[1])).total_seconds() / 86_400, 1.0)
    return Room(room.free, room.least, row[0] / days)
