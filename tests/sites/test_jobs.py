"""Jobs by the command itself against the example site: due once, side by side, refused, killed, gone on with."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveBusy
from archive.lock import Lock
from crawler.example.server import ExampleSite, serve
from crawler.jobs import notify
from crawler.jobs.state import State
from crawler.report import width
from example_crawls import ROOT, definition, environment, seogo
from manners import keeps

LISTS = """
[[job]]
name = "lists"
site = "./example.toml"
fetch = ["front", "sidebar"]
every = "1h"
priority = 5
"""
ARTICLES = """
[[job]]
name = "articles"
site = "./example.toml"
fetch = ["articles"]
every = "1h"
"""


def archive_with(folder: Path, site: ExampleSite, jobs: str) -> Path:
    folder.mkdir(exist_ok=True)
    definition(folder, site.port)
    (folder / "jobs.toml").write_text(jobs, encoding="utf-8")
    return folder


def jobs(folder: Path, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    # Parsed in process: others take a second to start, and what runs when is the same.
    workers = ("--parse-workers", "0") if arguments[0] in ("run", "run-due") else ()
    ended = seogo("jobs", *arguments, "-a", str(folder), "--json", *workers)
    assert ended.returncode == code, ended.stderr + ended.stdout
    return [json.loads(line) for line in ended.stdout.splitlines()]


def rows(folder: Path, sql: str, name: str = "index.db") -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / name) as db:
        return db.execute(sql).fetchall()


def events(folder: Path) -> list[tuple[Any, ...]]:
    return rows(folder, "SELECT job, kind, count, said FROM event ORDER BY id", "state/jobs.db")


def as_if_slept(folder: Path, job: str, hours: int) -> None:
    """The job's starts, so many hours earlier."""
    with sqlite3.connect(folder / "state/jobs.db") as db:
        for column in ("anchor", "slot", "started_at", "finished_at"):
            db.execute(
                f"UPDATE job SET {column} = strftime('%Y-%m-%dT%H:%M:%fZ', {column}, ?) WHERE name = ?",
                (f"-{hours} hours", job),
            )


def test_a_run_longer_than_its_interval_is_one_run(tmp_path: Path, site: ExampleSite) -> None:
    # Pages at 0.4 s each, and due again after a second.
    folder = archive_with(tmp_path / "a", site, LISTS.replace('"1h"', '"1s"') + "delay = 0.4\n")
    [only] = jobs(folder, "run-due")
    assert only["captures"] > 3
    [again] = jobs(folder, "run-due")
    assert again["outcome"] == "finished"


def test_due_once_then_again_and_what_was_slept_through_is_told(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS)
    [first] = jobs(folder, "run-due")
    assert (first["job"], first["outcome"]) == ("lists", "finished")
    assert first["ranked_lists"] > 0
    assert first["articles"] == 0
    hits = len(site.log)
    assert jobs(folder, "run-due") == []
    assert len(site.log) == hits
    as_if_slept(folder, "lists", 5)
    jobs(folder, "run-due")
    # What pages need to look right is not fetched again within a day; the pages are.
    runs = rows(folder, "SELECT id FROM runs ORDER BY started_at")
    pages = [set(rows(folder, f"SELECT o.url FROM outcomes o JOIN captures c ON c.id = o.capture_id"
             f" WHERE o.run_id = '{run_id}' AND c.url NOT LIKE '%/img/%' AND c.url NOT LIKE '%/static/%'"))
             for run_id, in runs]  # fmt: skip
    assert pages[0] == pages[1]
    assert len(pages[0]) > 10
    assert jobs(folder, "run-due") == []
    [missed] = events(folder)
    assert missed[:3] == ("lists", "missed", 4)
    assert "asleep" in missed[3]
    assert (
        rows(folder, "SELECT job, site, outcome FROM runs ORDER BY started_at")
        == [("lists", "example", "finished")] * 2
    )


def test_articles_wait_for_the_job_that_fetches_them_and_are_fetched_once(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS)
    jobs(folder, "run", "lists")
    assert not any("view.html" in hit.path for hit in site.log)
    archive_with(folder, site, LISTS + ARTICLES)
    [ended] = jobs(folder, "run", "articles")
    assert ended["articles"] > 10
    front = [hit.path for hit in site.log].count("/")
    hits = len(site.log)
    [ended] = jobs(folder, "run", "articles")
    assert [hit.path for hit in site.log].count("/") == front
    assert {hit.path for hit in site.log[hits:]} <= {"/robots.txt", "/rss.xml"}
    site.edition = 2
    jobs(folder, "run", "lists")
    [ended] = jobs(folder, "run", "articles")
    assert ended["articles"] > 0
    with sqlite3.connect(folder / "state/jobs.db") as db:
        db.execute("UPDATE page SET next_at = checked_at WHERE checked_at IS NOT NULL AND next_at IS NOT NULL")
    [ended] = jobs(folder, "run", "articles")
    assert ended["articles"] == 0
    assert ended["versions"] > 0
    changed, unchanged = rows(
        folder,
        "SELECT sum(changes), sum(changes = 0) FROM page WHERE checks > 1",
        "state/jobs.db",
    )[0]
    assert changed == ended["versions"]
    assert unchanged > changed
    [longer] = rows(
        folder, "SELECT count(*) FROM page WHERE changes = 0 AND checks > 1 AND seconds > 1800", "state/jobs.db"
    )
    assert longer[0] == unchanged


def test_side_by_side_with_one_delay_a_host(tmp_path: Path, site: ExampleSite) -> None:
    delayed = (LISTS + ARTICLES.replace('["articles"]', '["all"]')).replace('every = "1h"', 'every = "1h"\ndelay = 0.1')
    folder = archive_with(tmp_path / "a", site, delayed + "max_pages = 15\n")
    ended = jobs(folder, "run-due")
    assert {one["job"] for one in ended} == {"lists", "articles"}
    spans = rows(folder, "SELECT started_at, finished_at FROM runs ORDER BY started_at")
    assert spans[1][0] < spans[0][1], "they did not run side by side"
    assert len(site.log) > 16
    assert keeps(0.1, [hit.time for hit in site.log])
    assert rows(folder, "SELECT count(DISTINCT run_id), count(*) FROM captures")[0] == (2, len(site.log))


def test_refused_while_another_process_writes(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS)
    with Lock.acquire(folder):
        jobs(folder, "run-due", code=75)
        jobs(folder, "run-due", code=75)
        jobs(folder, "run", "lists", code=75)
    assert site.log == []
    [refused] = events(folder)
    assert refused[:3] == ("lists", "refused", 3)
    assert f"process {os.getpid()}" in refused[3]
    assert len(jobs(folder, "run-due")) == 1


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler.cli", "jobs", "run-due", "-a", str(folder), "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def test_two_at_once_run_nothing_twice(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS)
    both = [start(folder) for _ in range(2)]
    said = [process.communicate(timeout=600) for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 75]), said
    assert len(rows(folder, "SELECT id FROM runs")) == 1
    assert [hit.path for hit in site.log].count("/") == 1


def test_killed_it_is_told_and_gone_on_with_at_once(tmp_path: Path, site: ExampleSite) -> None:
    slow = ARTICLES.replace('["articles"]', '["all"]').replace('every = "1h"', 'every = "1h"\ndelay = 0.05')
    folder = archive_with(tmp_path / "a", site, slow)
    process = start(folder)
    deadline = time.monotonic() + 600
    while len(site.log) < 25:
        assert time.monotonic() < deadline, "the job does not begin"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    archive_with(folder, site, slow.replace("0.05", "0"))
    [ended] = jobs(folder, "run-due")
    assert ended["outcome"] == "finished"
    assert [row[:2] for row in events(folder)] == [("articles", "interrupted")]
    [(killed, cut_off), (_, last)] = rows(folder, "SELECT id, outcome FROM runs ORDER BY started_at")
    assert (cut_off != "finished", last) == (True, "finished")
    kept = {url for (url,) in rows(folder, f"SELECT url FROM captures WHERE run_id = '{killed}'")}
    asked = Counter(f"{site.origin}{hit.path}" for hit in site.log if "view.html" in hit.path)
    assert kept & asked.keys()
    assert [url for url in kept & asked.keys() if asked[url] > 1] == [], "only what was on the wire is fetched again"
    assert jobs(folder, "run-due") == []


def test_a_foreign_site_needs_a_contact_first(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    job = '[[job]]\nname = "far"\nsite = "https://news.invalid/"\nevery = "1h"\n'
    (folder / "jobs.toml").write_text(job, encoding="utf-8")
    assert jobs(folder, "run-due") == []
    ended = seogo("jobs", "run", "far", "-a", str(folder))
    assert ended.returncode == 1
    assert "contact" in ended.stderr
    assert {row[1] for row in events(folder)} == {"held"}
    assert not (folder / "index.db").exists()


def test_held_jobs_are_told_of_once(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    tell = folder / "tell"
    tell.write_text(f'#!/bin/sh\ncat >> "{folder}/told"; echo >> "{folder}/told"\n', encoding="utf-8")
    tell.chmod(0o755)
    job = f'[[job]]\nname = "far"\nsite = "https://news.invalid/"\nevery = "1h"\nnotify = ["exec:{tell}"]\n'
    (folder / "jobs.toml").write_text(job, encoding="utf-8")
    for _ in range(2):
        assert jobs(folder, "run-due") == []
    [line] = (folder / "told").read_text(encoding="utf-8").splitlines()
    [event] = json.loads(line)["events"]
    assert (event["event"], event["job"]) == ("held", "far")
    assert "no contact is set" in event["said"]


def test_damage_in_the_archive_is_told_and_the_run_goes_into_another_file(tmp_path: Path, site: ExampleSite) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    tell = folder / "tell"
    tell.write_text(f'#!/bin/sh\ncat >> "{folder}/told"; echo >> "{folder}/told"\n', encoding="utf-8")
    tell.chmod(0o755)
    archive_with(folder, site, LISTS + f'notify = ["exec:{tell}"]\n')
    jobs(folder, "run", "lists")
    [(torn, rest)] = rows(folder, "SELECT warc_file, max(offset) FROM captures")
    path = next(folder.glob(f"archive/**/{torn}"))
    path.write_bytes(path.read_bytes()[:rest])
    size = path.stat().st_size
    [ended] = jobs(folder, "run", "lists")
    assert ended["outcome"] == "finished"
    assert path.stat().st_size == size
    assert {row[0] for row in rows(folder, "SELECT DISTINCT warc_file FROM captures")} > {torn}
    [event] = [row for row in events(folder) if row[1] == "failed"]
    assert torn in event[3]
    told = [json.loads(line) for line in (folder / "told").read_text(encoding="utf-8").splitlines()]
    assert [one["event"] for line in told for one in line["events"]] == ["failed"]
    assert torn in told[0]["events"][0]["said"]


def test_what_a_removed_job_left_is_forgotten(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, ARTICLES.replace('["articles"]', '["all"]') + "max_pages = 10\n")
    [ended] = jobs(folder, "run", "articles")
    assert ended["outcome"] == "unfinished"
    assert rows(folder, "SELECT key FROM crawls", "state/frontier.db") == [("job:articles",)]
    archive_with(folder, site, LISTS)
    jobs(folder, "run", "lists")
    assert rows(folder, "SELECT count(*) FROM requests", "state/frontier.db") == [(0,)]
    assert rows(folder, "SELECT name FROM job", "state/jobs.db") == [("lists",)]


def test_86_nothing_out_of_a_page_or_file_steers_the_terminal_and_no_secret_is_told(
    tmp_path: Path, site: ExampleSite
) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS + 'notify = ["http://127.0.0.1:1/T0/secret"]\n')
    jobs(folder, "run", "lists")
    with State.open(folder) as state:
        state.note("lists", "failed", "a seed\x1b[2J\r\ngot no answer", datetime(2026, 11, 23, tzinfo=UTC))
        notify.post(state, ["http://127.0.0.1:1/T0/secret"], {"said": "one"}, datetime(2026, 11, 23, tzinfo=UTC))
    jobs(folder, "run", "lists")
    shown = seogo("jobs", "status", "-a", str(folder), "--events", "50")
    assert "got no answer" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "\r" not in shown.stdout
    assert "127.0.0.1/..." in shown.stdout
    assert "secret" not in shown.stdout + shown.stderr


def test_the_status_is_aligned_by_what_a_terminal_shows(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS)
    (folder / "서고.toml").write_text((folder / "example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "jobs.toml").write_text(
        LISTS + LISTS.replace('"lists"', '"gone"').replace("./example.toml", "./없는 신문.toml"), encoding="utf-8"
    )
    head, *lines = seogo("jobs", "status", "-a", str(folder)).stdout.splitlines()
    column = width(head[: head.index("state")])
    for line, word in zip(lines, ("due", "held"), strict=False):
        assert width(line[: line.index(word)]) == column


def test_max_pages_leaves_the_rest_for_the_next_run(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, ARTICLES.replace('["articles"]', '["all"]') + "max_pages = 20\n")
    [first] = jobs(folder, "run", "articles")
    assert (first["outcome"], first["why"]) == ("unfinished", "max_pages")
    archive_with(folder, site, ARTICLES.replace('["articles"]', '["all"]'))
    [second] = jobs(folder, "run", "articles")
    assert second["outcome"] == "finished"
    whole = tmp_path / "whole"
    with serve(0) as other:
        archive_with(whole, other, ARTICLES.replace('["articles"]', '["all"]'))
        [all_at_once] = jobs(whole, "run", "articles")
    assert first["articles"] + second["articles"] == all_at_once["articles"]
    paths = [hit.path for hit in site.log if "view.html" in hit.path]
    assert len(paths) == len(set(paths))


def test_an_error_is_one_sentence(tmp_path: Path) -> None:
    ended = seogo("jobs", "run-due", "-a", str(tmp_path))
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    (tmp_path / "jobs.toml").write_text('[[job]]\nname = "a"\nsite = "nowhere"\nevery = "1h"\n', encoding="utf-8")
    ended = seogo("jobs", "list", "-a", str(tmp_path))
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr
    ended = seogo("jobs", "run", "b", "-a", str(tmp_path))
    assert (ended.returncode, "no job is named" in ended.stderr) == (2, True)


def lock_comes_free(folder: Path) -> bool:
    limit = time.monotonic() + 600
    while time.monotonic() < limit:
        try:
            Lock.acquire(folder).release()
        except ArchiveBusy:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.mark.parametrize("signal_sent", [signal.SIGTERM])
def test_watching_runs_what_becomes_due_and_ends_when_asked(
    tmp_path: Path, site: ExampleSite, signal_sent: signal.Signals
) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS.replace('"1h"', '"10s"'))
    command = [sys.executable, "-m", "crawler.cli", "jobs", "run-due", "--watch", "-a", str(folder), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["job"] == "lists"
        with sqlite3.connect(folder / "state/jobs.db") as db:
            db.execute("UPDATE job SET slot = anchor, anchor = '2026-01-01T00:00:00.000Z', slot = anchor")
        assert json.loads(process.stdout.readline())["job"] == "lists"
        assert lock_comes_free(folder)
    finally:
        process.send_signal(signal_sent)
        assert process.wait(timeout=600) == 0


def test_articles_are_found_in_feeds_and_sitemaps_and_a_broken_one_is_an_outcome(
    tmp_path: Path, site: ExampleSite
) -> None:
    folder = archive_with(tmp_path / "a", site, ARTICLES)
    path = folder / "example.toml"
    text = path.read_text(encoding="utf-8")
    feeds = [f"{site.origin}/{name}" for name in ("rss.xml", "sitemap.xml", "company/about.html")]
    path.write_text(text.replace("sidebar = [", f"feeds = {json.dumps(feeds)}\nsidebar = [", 1), encoding="utf-8")
    [first] = jobs(folder, "run", "articles")
    assert first["articles"] > 15
    assert first["failed"]["bad-sitemap"] == 1
    assert not any(hit.path == "/" for hit in site.log)
    hits = len(site.log)
    [again] = jobs(folder, "run", "articles")
    assert again["articles"] == 0
    assert not any("view.html" in hit.path for hit in site.log[hits:])


def test_feeds_that_a_site_names_by_itself_are_found_by_one_job_and_looked_into_by_another(
    tmp_path: Path, site: ExampleSite
) -> None:
    front = LISTS.replace('["front", "sidebar"]', '["front"]')
    folder = archive_with(tmp_path / "a", site, front + ARTICLES)
    [ended] = jobs(folder, "run", "articles")
    paths = [hit.path for hit in site.log]
    assert ended["articles"] > 15, "the sitemap in robots.txt"
    assert "/sitemap.xml" in paths
    assert not {"/", "/rss.xml"} & set(paths)
    jobs(folder, "run", "lists")
    hits = len(site.log)
    jobs(folder, "run", "articles")
    # The feed of the front page each time, conditionally; the sitemaps of robots.txt once an hour.
    assert "/rss.xml" in {hit.path for hit in site.log[hits:]}
    hits = len(site.log)
    jobs(folder, "run", "articles")
    assert [hit.path for hit in site.log[hits:] if "xml" in hit.path] == ["/rss.xml"]
    [(reason,)] = rows(folder, "SELECT reason FROM outcomes WHERE url LIKE '%/rss.xml' ORDER BY at DESC LIMIT 1")
    assert reason == "HTTP 304"
    site.edition = 2
    [new] = jobs(folder, "run", "articles")
    assert new["articles"] > 0, "out of the feed alone"
    path = folder / "example.toml"
    text = path.read_text(encoding="utf-8")
    named = text.replace("sidebar = [", f'feeds = ["{site.origin}/company/none.xml"]\nsidebar = [', 1)
    path.write_text(named, encoding="utf-8")
    hits = len(site.log)
    jobs(folder, "run", "articles")
    assert "/rss.xml" not in {hit.path for hit in site.log[hits:]}, "the definition's feeds are the site's"


def test_the_bounds_of_revisits_hold_in_runs_and_in_the_plan(tmp_path: Path, site: ExampleSite) -> None:
    seldom = ARTICLES + 'revisit = { first = "3h", least = "2h", most = "2d", until = "5d" }\n'
    folder = archive_with(tmp_path / "a", site, LISTS + seldom)
    [rare] = jobs(folder, "plan", "--simulate", "30d")[1:]
    jobs(folder, "run", "lists")
    [ended] = jobs(folder, "run", "articles")
    assert ended["articles"] > 10
    waits = rows(folder, "SELECT DISTINCT seconds FROM page WHERE checks = 1", "state/jobs.db")
    assert waits == [(3 * 3600,)]
    archive_with(folder, site, LISTS + ARTICLES)
    [usual] = jobs(folder, "plan", "--simulate", "30d")[1:]
    assert rare["article_requests_a_day"] < usual["article_requests_a_day"]


def test_status_and_plan_tell_before_and_after(tmp_path: Path, site: ExampleSite) -> None:
    folder = archive_with(tmp_path / "a", site, LISTS + ARTICLES)
    before = jobs(folder, "status")
    assert [row["state"] for row in before[:2]] == ["due", "due"]
    assert before[2]["disk"]["free_bytes"] > 0
    planned = jobs(folder, "plan", "--simulate", "30d")
    assert [row["list_requests_a_day"] > 0 for row in planned] == [True, False]
    assert planned[1]["article_delay_minutes"] > 0
    archive_with(folder, site, LISTS + ARTICLES + "max_pages = 2\n")
    capped = jobs(folder, "plan", "--simulate", "30d")[1]
    assert capped["busiest_day"] == capped["article_requests_a_day"] == pytest.approx(48, abs=0.2)
    assert capped["left_over_a_day"] == pytest.approx(planned[1]["article_requests_a_day"] - 48, abs=0.5)
    assert "max_pages leaves" in seogo("jobs", "plan", "--simulate", "30d", "-a", str(folder)).stdout
    archive_with(folder, site, LISTS + ARTICLES)
    assert site.log == []
    jobs(folder, "run", "lists")
    after = jobs(folder, "status")[0]
    assert (after["state"], after["outcome"], after["alarms"]) == ("ok", "finished", [])
    assert after["waiting"] > 10
    assert after["yields"][f"ranked lists of {site.origin}/"] == 1.0
    [lists, _] = jobs(folder, "plan")
    assert len(lists["starts"]) == 5
    shown = seogo("jobs", "status", "-a", str(folder))
    assert (shown.returncode, "disk:" in shown.stdout) == (0, True)
