"""What jobs remember is whole after a kill, shared by two processes, and does not grow without end."""

from __future__ import annotations

import multiprocessing
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import CrawlerError
from crawler.jobs.disk import Room
from crawler.jobs.feeds import Feeds
from crawler.jobs.job import Job, JobFile
from crawler.jobs.starting import decision_for, ready
from crawler.jobs.state import KEPT_EVENTS, State
from crawler.jobs.tables import SCHEMA, SCHEMA_VERSION, SINCE

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
JOB = Job(name="a", site="example", every="1h")


def test_a_start_that_has_not_ended_is_due_again_at_once_three_times(tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        for number in range(1, 4):
            state.begin("a", NOW, NOW, f"run{number}")
            assert decision_for(JOB, state.job("a", NOW), NOW).due == (number <= 3)
            assert state.interrupted("a", NOW) == number
        remembered = state.job("a", NOW)
        assert not decision_for(JOB, remembered, NOW + HOUR / 2).due
        assert decision_for(JOB, remembered, NOW + HOUR).due
        state.begin("a", NOW + HOUR, NOW + HOUR, "run4")
        state.finish("a", "finished", NOW + HOUR)
        assert state.job("a", NOW).interrupted == 0


def test_like_events_in_a_row_are_one_and_old_ones_go(tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        assert state.note("a", "refused", "busy", NOW)
        assert not state.note("a", "refused", "busy", NOW + HOUR)
        [event] = state.events("a")
        assert (event.count, event.first_at[11:13], event.last_at[11:13]) == (2, "09", "10")
        for number in range(KEPT_EVENTS + 50):
            state.note("a", "held", f"{number}", NOW)
        assert len(state.events("a", most=10_000)) == KEPT_EVENTS


def test_pauses_grow_until_all_is_well(tmp_path: Path) -> None:
    spans = [HOUR, 3 * HOUR]
    with State.open(tmp_path) as state:
        untils = [state.pause("site a", NOW, spans, "refused", timedelta(0)).until for _ in range(3)]
        assert [until - NOW for until in untils] == [HOUR, 3 * HOUR, 3 * HOUR]
        assert state.resume("site a")
        assert not state.resume("site a")
        assert state.pause("site a", NOW, spans, "refused", timedelta(0)).until == NOW + HOUR


def _note(directory: Path, name: str) -> None:
    with State.open(directory) as state:
        for number in range(50):
            state.note(name, "refused", f"{number}", NOW)


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    both = [multiprocessing.get_context("spawn").Process(target=_note, args=(tmp_path, name)) for name in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    with State.open(tmp_path) as state:
        assert [len(state.events(name)) for name in "ab"] == [50, 50]


def test_a_file_of_another_version_or_none_is_told(tmp_path: Path) -> None:
    State.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "state" / "jobs.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(CrawlerError, match="version 99"):
        State.open(tmp_path)
    broken = tmp_path / "broken" / "state" / "jobs.db"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no database" * 100)
    with pytest.raises(CrawlerError, match="cannot be opened"):
        State.open(tmp_path / "broken")


def test_a_held_job_is_asked_after_once_a_minute(tmp_path: Path) -> None:
    file = JobFile(job=(Job(name="a", site="https://news.invalid/", every="1h"),))
    held_at: dict[str, datetime] = {}
    room = Room(1 << 40, 0)
    with State.open(tmp_path) as state:
        for second in range(150):
            assert ready(file, state, NOW + timedelta(seconds=second), room, (), held_at) == []
        assert [(event.kind, event.count) for event in state.events("a")] == [("held", 3)]
        # Also after a clock was set back.
        ready(file, state, NOW - HOUR, room, (), held_at)
        assert state.events("a")[0].count == 4


def test_state_of_every_earlier_version_is_taken_over(tmp_path: Path) -> None:
    for version in range(1, SCHEMA_VERSION):
        folder = tmp_path / f"{version}"
        (folder / "state").mkdir(parents=True)
        with sqlite3.connect(folder / "state" / "jobs.db") as db:
            db.executescript(SCHEMA)
            for later, statement in SINCE.items():
                if later <= version:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {version}")
        with State.open(folder) as state:
            state.begin("a", NOW, NOW, "run")
            assert state.asked_lately(NOW) == {}
            assert Feeds(state, "a").found(["http://e.org/rss"], NOW) == ["http://e.org/rss"]


def test_feeds_of_a_site_are_few_and_its_robots_txt_has_its_time(tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        feeds = Feeds(state, "a")
        assert len(feeds.found([f"http://e.org/{n}" for n in range(1000)], NOW)) == 10
        assert feeds.found(["http://e.org/new"], NOW) == []
        feeds.forget("http://e.org/0")
        assert feeds.found(["http://e.org/1", "http://e.org/new"], NOW) == ["http://e.org/new"]
        assert len(feeds.known()) == 10
        assert [feeds.takes_robots("r", NOW + n * HOUR / 2) for n in range(4)] == [True, False, True, False]
        assert feeds.takes_robots("r", NOW - 5 * HOUR), "a clock that was set back"
