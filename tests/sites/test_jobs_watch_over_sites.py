"""Redesigns, busy sites, sites that refuse us and full disks, each met by jobs on a clock of their own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from paper import MENDED

from example_crawls import ROOT, environment

JOB = """
[[job]]
name = "paper"
site = "./paper.toml"
fetch = ["all"]
every = "1h"
delay = {delay}
notify = ["exec:{folder}/tell"]
"""


def month(folder: Path, script: list[dict[str, Any]], delay: float = 0.01) -> list[dict[str, Any]]:
    folder.mkdir()
    (folder / "jobs.toml").write_text(JOB.format(folder=folder, delay=delay), encoding="utf-8")
    command = folder / "tell"
    command.write_text(f'#!/bin/sh\ncat >> "{folder}/told"; echo >> "{folder}/told"\n')
    command.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "jobs_month.py"), str(folder), json.dumps(script)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    said: list[dict[str, Any]] = json.loads(ended.stdout.splitlines()[-1])
    return said


def told(folder: Path) -> list[dict[str, Any]]:
    """What the command was told, event by event."""
    path = folder / "told"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [event for line in lines for event in json.loads(line)["events"]]


def test_a_redesign_is_alarmed_within_two_runs_and_cleared_when_it_is_over(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(
        folder,
        [
            {"runs": 12, "news": 2},
            {"runs": 2, "news": 2, "look": "redesigned"},
            {"runs": 4, "news": 2, "look": "plain"},
        ],
    )
    assert [one["alarms"] for one in said[:12]] == [[]] * 12
    assert any("ranked lists of http" in alarm for alarm in said[13]["alarms"])
    assert any("text of articles" in alarm for alarm in said[13]["alarms"])
    assert all(before and after and before != after for before, after in said[13]["captures"])
    assert said[-1]["alarms"] == []
    events = told(folder)
    raised = [event for event in events if event["event"] == "alarm"]
    assert len(raised) == len({event["said"] for event in raised})
    assert {event["event"] for event in events} == {"alarm", "cleared"}


def test_an_alarm_clears_when_the_definition_is_mended_and_the_gap_is_parsed_again(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(
        folder,
        [
            {"runs": 24, "news": 1},
            {"runs": 3, "news": 1, "look": "boxes"},
            {"runs": 1, "definition": MENDED},
            {"runs": 8, "news": 1, "look": "redesigned"},
        ],
    )
    assert [one["alarms"] for one in said[:24]] == [[]] * 24
    before = said[26]["alarms"]
    assert {alarm.partition(": ")[2].partition(" of ")[0] for alarm in before} >= {"text", "title", "ranked lists"}
    assert said[27]["status"] == [], "after the reindex, before anything is fetched again"
    assert said[27]["alarms"] == []
    cleared = [event for event in told(folder) if event["event"] == "cleared"]
    assert {event["said"] for event in cleared} == {f"all is well again: {alarm}" for alarm in before}
    for event in cleared:
        assert event["before"]
        assert event["after"]
        assert event["raised_at"].startswith("2026-11-03T0")
    # The next redesign is one of the new layout, which is told by its dates.
    assert said[-1]["alarms"]
    assert all("(layout from 2026-11-03)" in alarm for alarm in said[-1]["alarms"])


def test_nothing_new_for_too_long_is_one_alarm_until_something_new_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(folder, [{"runs": 6, "news": 1}, {"runs": 27}, {"runs": 2, "news": 1}])
    quiet = [number for number, one in enumerate(said) if one["alarms"]]
    # A day, and three times the longest wait before.
    assert quiet == list(range(quiet[0], 33))
    assert 29 <= quiet[0] <= 31
    assert "nothing new was found for 24 hours" in said[32]["alarms"][0]
    assert [event["event"] for event in told(folder)] == ["alarm", "cleared"]


def test_a_busy_site_is_left_alone_beyond_the_run(tmp_path: Path) -> None:
    said = month(
        tmp_path / "a",
        [{"runs": 1}, {"runs": 4, "manner": "busy", "retry_after": "9000"}, {"runs": 1, "manner": "open"}],
        delay=0.2,
    )
    # What was on its way at the first refusal, and robots.txt.
    assert said[1]["asked"] <= 5
    assert said[1]["runs"] == [["paper", "unfinished", "host-busy"]]
    assert said[2]["asked"] == said[3]["asked"] == 0
    assert said[2]["events"][0][0] == "held"
    assert "503" in said[2]["events"][0][2]
    # Two and a half hours later it is asked again, and the slots between have their reason.
    assert said[4]["asked"] > 0
    assert any(kind == "missed" and "left alone" in why for kind, _, why in said[4]["events"])


def test_a_site_that_refuses_us_pauses_for_longer_each_time_until_it_is_well(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(
        folder,
        [{"runs": 2}, {"runs": 6, "manner": "blocking", "news": 4}, {"runs": 14, "manner": "open"}],
    )
    tried = [number for number, one in enumerate(said) if number >= 2 and one["runs"]]
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits[:3] == [1, 3, 12]
    assert all("refused" in said[number]["events"][0][2] for number in tried[:3])
    assert said[-1]["runs"] == [["paper", "finished", ""]]
    assert said[-1]["pauses"] == {}


def test_a_full_disk_holds_jobs_back_and_says_so_once(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(folder, [{"runs": 1}, {"runs": 3, "least_room": 1 << 60}, {"runs": 1}])
    assert [one["asked"] for one in said[1:4]] == [0, 0, 0]
    assert [event[:2] for event in said[3]["events"]] == [["held", 3]]
    assert said[4]["runs"] == [["paper", "finished", ""]]
    assert any(kind == "missed" and "the disk has" in why for kind, _, why in said[4]["events"])


def test_28_a_soft_block_pauses_the_site_with_a_reason_and_is_no_drop_out_of_a_ranking(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    said = month(folder, [{"runs": 3}, {"runs": 2, "manner": "asking", "news": 6}, {"runs": 8, "manner": "open"}])
    [paused] = [event for event in said[3]["events"] if event[0] == "paused"]
    assert "soft block" in paused[2]
    assert said[3]["pauses"].keys() == {"site paper"}
    assert said[-1]["runs"] == [["paper", "finished", ""]]
    assert said[-1]["pauses"] == {}
    assert any("left alone until" in event["said"] and event["event"] == "paused" for event in told(folder))
    with sqlite3.connect(folder / "index.db") as db:
        soft = {row[0] for row in db.execute("SELECT capture_id FROM outcomes WHERE outcome = 'soft-block'")}
        seen = {row[0] for row in db.execute("SELECT DISTINCT capture_id FROM sightings")}
        assert soft
        assert not soft & seen
        # Whoever stood in the ranking before and after stood there all the while.
        stretches = db.execute(
            "SELECT title, rank, count(*) FROM ranking_history GROUP BY title, rank HAVING count(*) > 1"
        ).fetchall()
    assert stretches == []
    assert not any("ranked lists" in alarm for one in said for alarm in one["alarms"])


def test_29_a_busy_site_is_left_alone_for_as_long_as_it_asks_up_to_a_day(tmp_path: Path) -> None:
    for asked_for, hours in (("-1", 0), ("1e9", 24), ("7200", 2)):
        said = month(
            tmp_path / asked_for.replace("-", "minus "),
            [{"runs": 1}, {"runs": 1, "manner": "busy", "retry_after": asked_for}, {"runs": 1, "manner": "open"}],
        )
        waits = [seconds for what, seconds in said[1]["pauses"].items() if what.startswith("host ")]
        assert len(waits) == 1
        least, most = (hours * 3600 - 60, hours * 3600) if hours else (60, 1800)
        assert least <= waits[0] <= most
        if hours > 1:
            assert said[2]["asked"] == 0, "beyond the end of the run"
