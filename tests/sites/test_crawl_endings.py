"""How crawls end: pages that cannot be parsed, budgets, signals, kills, and what the next crawl makes of it."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import archive
from archive.lock import Lock
from archive.warc.reader import read_record
from crawler.example.server import ExampleSite
from example_crawls import ROOT, crawled, definition, environment, seogo
from manners import keeps

# For what has nothing to do with the parsers: their processes take a second to start.
IN_PROCESS = ("--parse-workers", "0")


def rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / "index.db") as db:
        return db.execute(sql).fetchall()


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "crawl", *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_hits(site: ExampleSite, count: int) -> None:
    limit = time.monotonic() + 600
    while len(site.log) < count:
        assert time.monotonic() < limit, "the crawl does not begin"
        time.sleep(0.02)


def test_pages_that_break_the_parser_cost_themselves_alone(site: ExampleSite, tmp_path: Path) -> None:
    path = definition(tmp_path, site.port)
    command = [sys.executable, str(Path(__file__).parent / "bad_parser.py"), path, str(tmp_path / "a")]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 1, ended.stderr
    failed = json.loads(ended.stdout)["failed"]
    assert (failed["parse-timeout"], failed["parse-memory"], failed["parse-crash"]) == (1, 1, 1)
    assert json.loads(ended.stdout)["articles"] > 45
    broken = rows(
        tmp_path / "a",
        "SELECT o.outcome, c.status, c.parsed_by FROM outcomes o JOIN captures c ON c.id = o.capture_id"
        " WHERE o.outcome LIKE 'parse-%'",
    )
    assert sorted(broken) == [("parse-crash", 200, ""), ("parse-memory", 200, ""), ("parse-timeout", 200, "")]
    # A parser without the defect takes them in.
    assert seogo("reindex", "-a", str(tmp_path / "a"), "--site", path).returncode == 0
    keys = {key for (key,) in rows(tmp_path / "a", "SELECT key FROM articles")}
    assert {"1101", "1102", "1103"} <= keys


def test_a_budget_is_kept_and_the_rest_waits(site: ExampleSite, tmp_path: Path) -> None:
    path = definition(tmp_path, site.port)
    options = (path, "-a", str(tmp_path / "a"), "--no-requisites", *IN_PROCESS)
    first = crawled(*options, "--max-pages", "12")
    assert first["outcome"] == "unfinished"
    assert sum(hit.path != "/robots.txt" for hit in site.log) == 12
    second = crawled(*options)
    assert second["outcome"] == "finished"
    again = [path for path, count in Counter(hit.path for hit in site.log).items() if count > 1]
    assert again == ["/robots.txt"]
    assert rows(tmp_path / "a", "SELECT count(*) FROM articles")[0][0] > 50


def test_ctrl_c_ends_cleanly_and_a_kill_loses_nothing(site: ExampleSite, tmp_path: Path) -> None:
    path = definition(tmp_path, site.port)
    options = (path, "-a", str(tmp_path / "a"), "--no-requisites", "--delay", "0.05")
    running = started(*options)
    wait_for_hits(site, 10)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=600)
    assert running.returncode == 1, err
    assert "unfinished" in out
    assert "Traceback" not in err
    running = started(*options)
    wait_for_hits(site, len(site.log) + 10)
    running.kill()
    running.communicate(timeout=600)
    summary = crawled(*options[:-1], "0")
    assert summary["outcome"] == "finished"
    outcomes = [outcome for (outcome,) in rows(tmp_path / "a", "SELECT outcome FROM runs ORDER BY started_at")]
    assert outcomes == ["unfinished", "unfinished", "finished"]
    assert rows(tmp_path / "a", "SELECT count(*) FROM articles")[0][0] > 50
    assert rows(tmp_path / "a", "SELECT count(*) FROM captures WHERE parsed_by IS NULL") == [(0,)]
    assert seogo("verify", "-a", str(tmp_path / "a")).returncode == 0


def test_the_delay_is_kept(site: ExampleSite, tmp_path: Path) -> None:
    how = ("--delay", "0.2", "--max-pages", "8", *IN_PROCESS)
    crawled(definition(tmp_path, site.port), "-a", str(tmp_path / "a"), *how)
    times = [hit.time for hit in site.log if hit.path != "/robots.txt"]
    assert len(times) >= 8
    assert keeps(0.2, times)


def test_depth_zero_fetches_the_given_pages_alone(site: ExampleSite, tmp_path: Path) -> None:
    pages = [f"{site.origin}/news/list.html?cat=11", f"{site.origin}/news/list.html?cat=12"]
    options = (
        "-a",
        str(tmp_path / "a"),
        "--depth",
        "0",
        "--delay",
        "0",
        "--allow-private",
        "--no-requisites",
        *IN_PROCESS,
    )
    assert crawled(*pages, *options)["pages"] == 2
    assert sorted(site.origin + hit.path for hit in site.log if hit.path != "/robots.txt") == pages


def test_a_busy_archive_is_left_alone(site: ExampleSite, tmp_path: Path) -> None:
    with Lock.acquire(tmp_path / "a"):
        ended = seogo("crawl", definition(tmp_path, site.port), "-a", str(tmp_path / "a"))
    assert ended.returncode == 75
    assert ended.stderr.count("\n") == 1
    assert site.log == []


def test_who_to_ask_goes_into_every_request(site: ExampleSite, tmp_path: Path) -> None:
    options = ("-a", str(tmp_path / "a"), "--depth", "0", "--allow-private", "--contact", "mailto:desk@example.org")
    options += IN_PROCESS
    crawled(site.origin + "/", *options)
    with archive.open(tmp_path / "a") as found:
        capture = found.captures(site.origin + "/")[0]
        assert capture.request_offset is not None
        request = read_record(tmp_path / "a", capture.warc_file, capture.request_offset).block()
    assert b"(+mailto:desk@example.org)" in request
