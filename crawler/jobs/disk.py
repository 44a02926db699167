"""Room on the disk: jobs pause before the archive's writer fails, and people are told how many days are left."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.warc import files
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


def with_pace(room: Room, directory: Path, now: datetime) -> Room:
    """With the pace of the last two weeks, told by the files: the WARC files begun in them, and beside each byte of
    these as much of index and state as there is beside each byte of all.
    """
    since = now - timedelta(days=_DAYS)
    warc = {path.name.removesuffix(files.OPEN): size for path, size in _sizes(files.folder(directory))}
    begun = {name: at for name in warc if (at := files.begun_at(name)) is not None and at <= now}
    lately = sum(warc[name] for name, at in begun.items() if at >= since)
    if not lately:
        return room
    beside = sum(size for path, size in _sizes(directory) if path.name.startswith("index.db"))
    beside += sum(size for _, size in _sizes(directory / "state"))
    days = max((now - max(since, min(begun.values()))) / timedelta(days=1), 1.0)
    return Room(room.free, room.least, lately * (1 + beside / sum(warc.values())) / days)


def _sizes(folder: Path) -> Iterator[tuple[Path, int]]:
    """The files of a folder with their sizes; what goes away meanwhile, as a run renames it, is left out."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                if path.is_file():
                    yield path, path.stat().st_size
