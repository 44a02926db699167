"""Whole crawls killed at random moments: nothing stored is lost, no URL is lost, nothing durable is fetched again.

`SEOGO_KILLS` sets how many kills; the default is small on a person's machine and twenty in CI.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.urls import url_key
from crawler.discovery.scope import article_key
from crawler.example import ExampleSite, serve
from crawler.sites.loader import load

KILLS = int(os.environ.get("SEOGO_KILLS") or (20 if os.environ.get("CI") else 5))
DEFINITION = Path(__file__).resolve().parents[2] / "crawler" / "sites" / "example.toml"


def seogo(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def definition(site: ExampleSite, folder: Path) -> str:
    text = DEFINITION.read_text(encoding="utf-8").replace("http://127.0.0.1:8003", site.origin)
    file = folder / "example.toml"
    file.write_text(text.replace("127.0.0.1:8003", f"127.0.0.1:{site.port}"), encoding="utf-8")
    return str(file)


def captures(archive: Path) -> list[tuple[str, str, int]]:
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'captures'").fetchone():
            return []  # killed while the index was made
        return connection.execute("SELECT id, url, status FROM captures ORDER BY captured_at, id").fetchall()


def crawl(target: str, archive: Path) -> subprocess.Popen[str]:
    return seogo("crawl", target, "-a", str(archive), "--delay", "0")


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


def pages_of(rows: list[tuple[str, str, int]], target: str) -> list[str]:
    """What was fetched, robots.txt apart: an article by its key, whichever of its addresses was met first."""
    site = load(target)
    urls = [url for _, url, _ in rows if not url.endswith("/robots.txt")]
    return [article_key(site, url) or url_key(url).partition(")")[2] for url in urls]


@pytest.fixture
def whole(tmp_path: Path) -> set[str]:
    """The pages that a crawl which nobody stops stores."""
    archive = tmp_path / "whole"
    with serve() as site:
        target = definition(site, tmp_path)
        finished(crawl(target, archive))
        return set(pages_of(captures(archive), target))


def test_a_crawl_killed_again_and_again_loses_nothing_and_repeats_nothing(tmp_path: Path, whole: set[str]) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    killed = round_number = 0
    while killed < KILLS:
        round_number += 1
        archive = tmp_path / f"archive{round_number}"
        folder = tmp_path / f"site{round_number}"
        folder.mkdir()
        stored: set[str] = set()
        with serve() as site:
            target = definition(site, folder)
            while True:
                process = crawl(target, archive)
                if killed < KILLS:
                    wait_for_hits(site, process, chance.choice((0, 1, 1, 2, 4, 8, 16, 32)))
                    time.sleep(chance.uniform(0, 0.3))
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGKILL)
                _, err = process.communicate(timeout=600)
                rows = captures(archive) if (archive / "index.db").exists() else []
                now = {identity for identity, _, _ in rows}
                assert stored <= now, f"captures that were stored are gone (seed {seed})"
                stored = now
                if process.returncode == 0:
                    break
                assert process.returncode == -signal.SIGKILL, f"{err[-3000:]} (seed {seed})"
                killed += 1
                if rows and not queued(archive):
                    break  # killed on its way out: the crawl had come to its end
        times = Counter(pages_of(rows, target))
        assert set(times) == whole, f"URLs are missing or too many (seed {seed})"
        assert [url for url, number in times.items() if number > 1] == [], f"durable, and fetched again (seed {seed})"
        finished(seogo("recover", "-a", str(archive)))
        report = finished(seogo("verify", "-a", str(archive), "--json"))
        assert all(json.loads(line) for line in report.splitlines())
        assert not owed(archive)


def wait_for_hits(site: ExampleSite, process: subprocess.Popen[str], count: int) -> None:
    """Until the process has asked for so many pages, or has come to its end."""
    until, limit = len(site.log) + count, time.monotonic() + 600
    while len(site.log) < until and process.poll() is None:
        assert time.monotonic() < limit, "the crawl hangs"
        time.sleep(0.005)


def queued(archive: Path) -> int:
    with sqlite3.connect(f"file:{archive / 'state' / 'frontier.db'}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM crawls").fetchone()[0])


def owed(archive: Path) -> list[str]:
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as connection:
        return [row[0] for row in connection.execute("SELECT url FROM captures WHERE parsed_by IS NULL")]


def test_the_lock_of_a_killed_crawl_is_free(tmp_path: Path) -> None:
    with serve() as site:
        target = definition(site, tmp_path)
        process = crawl(target, tmp_path / "archive")
        wait_for_hits(site, process, 1)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        finished(crawl(target, tmp_path / "archive"))
