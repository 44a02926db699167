"""How long the disk lasts, told by what lies on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.warc import files
from crawler.jobs.disk import Room, look, with_pace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MB = 1_000_000


def archive(directory: Path, *ages: timedelta) -> Path:
    """WARC files of one megabyte each, begun so long ago; index and state of three together."""
    files.folder(directory).mkdir(parents=True)
    for number, age in enumerate(ages):
        name = files.new_name(NOW - age, number)
        (files.folder(directory) / (name + files.OPEN * (number == 0))).write_bytes(bytes(MB))
    (directory / "index.db").write_bytes(bytes(2 * MB))
    (directory / "state").mkdir()
    (directory / "state" / "frontier.db").write_bytes(bytes(MB))
    return directory


@pytest.mark.parametrize(
    ("ages", "a_day"),
    [
        # All there is, in less than a day: one of WARC, three beside it.
        ((timedelta(hours=1),), 4 * MB),
        # In four days; beside each byte of WARC lie one and a half.
        ((timedelta(hours=1), timedelta(days=4)), 5 * MB / 4),
        # One of three in two weeks, and beside each byte lies another.
        ((timedelta(days=1), timedelta(days=30), timedelta(days=31)), 2 * MB / 14),
    ],
)
def test_the_pace_of_the_last_two_weeks(tmp_path: Path, ages: tuple[timedelta, ...], a_day: float) -> None:
    room = with_pace(Room(50 * MB, 10 * MB), archive(tmp_path / "a", *ages), NOW)
    assert room.a_day == pytest.approx(a_day)
    assert room.days_left == int(40 * MB / a_day)


@pytest.mark.parametrize("ages", [(), (timedelta(days=40), timedelta(days=41))])
def test_without_files_of_late_there_is_no_pace(tmp_path: Path, ages: tuple[timedelta, ...]) -> None:
    room = with_pace(Room(50 * MB, 10 * MB), archive(tmp_path / "a", *ages), NOW)
    assert (room.a_day, room.days_left) == (None, None)


def test_other_tools_files_are_no_pace(tmp_path: Path) -> None:
    directory = archive(tmp_path / "a")
    (files.folder(directory) / "crawl-2026.warc.gz").write_bytes(bytes(MB))
    assert with_pace(look(directory), directory, NOW).days_left is None
