"""A disk that fails under a real crawl, and a kill at each step of a commit: nothing is lost, the next run goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from crawler.example import ExampleSite, serve

# Runs `seogo` with one function of the archive replaced from its nth call on.
HARMED = """
import errno, os, signal, sys
import archive.commit
import threading, time
from archive.index import database
from archive.warc import writer
from crawler.cli import main

where, times, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
module, name = {
    "write": (os, "write"), "fdatasync": (os, "fdatasync"), "migrate": (database, "_migrate"),
    "commit": (archive.commit.captures, "set_indexed_to"), "finish": (writer.WarcWriter, "finish"),
    "begin": (writer.WarcWriter, "_begin"), "warcinfo": (writer.WarcWriter, "_write_warcinfo"),
    "checkpoint": (archive.commit.Writer, "commit"),
}[where]
real, calls = getattr(module, name), 0

def harmed(*arguments, **more):
    global calls
    # A disk fails files, not the pipes to the parsers.
    if where == "write" and ".warc.gz" not in os.readlink(f"/proc/self/fd/{arguments[0]}"):
        return real(*arguments, **more)
    calls += 1
    if calls < times:
        return real(*arguments, **more)
    if where == "checkpoint":
        real(*arguments, **more)
        db = arguments[0].db.conn
        if calls == times:
            db.execute("PRAGMA wal_autocheckpoint = 0")
        if calls < times + 10:
            return
        threading.Timer(float(what), os.kill, (os.getpid(), signal.SIGKILL)).start()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        time.sleep(600)
    if what == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "after":
        real(*arguments, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.EIO, os.strerror(errno.EIO))

setattr(module, name, harmed)
main(sys.argv[4:])
"""
# Runs `seogo` with a parser that is too slow for what an earlier run left unparsed.
LATE = """
import sys
from crawler import reparse
from crawler.cli import main
from crawler.errors import ParseTimeout

def late(capture, content, content_type, pool, sites):
    reparse.task_of(capture, content, content_type, sites)
    raise ParseTimeout(f"{capture.url}: not parsed in time")

reparse.items_of = late
main(sys.argv[1:])
"""
# What a disk does to an archive is the same wherever pages are parsed; a process more takes a second to start.
HOW = ("--delay", "0", "--parse-workers", "0")
DEFINITION = Path(__file__).resolve().parents[2] / "crawler" / "sites" / "example.toml"


def seogo(
    *arguments: str, harm: tuple[str, int, str] | None = None, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    program = ["-c", HARMED, harm[0], str(harm[1]), harm[2]] if harm else ["-m", "crawler.cli"]
    return subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, **(settings or {})},
    )


def definition(site: ExampleSite, folder: Path) -> str:
    text = DEFINITION.read_text(encoding="utf-8").replace("http://127.0.0.1:8003", site.origin)
    file = folder / "example.toml"
    file.write_text(text.replace("127.0.0.1:8003", f"127.0.0.1:{site.port}"), encoding="utf-8")
    return str(file)


def stored(archive: Path) -> Counter[str]:
    index = archive / "index.db"
    if not index.exists() or not index.stat().st_size:
        return Counter()
    with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'captures'").fetchone():
            return Counter()
        return Counter(url for (url,) in connection.execute("SELECT url FROM captures"))


def crawl_on(archive: Path, target: str, settings: Mapping[str, str] | None = None) -> None:
    """The next run comes to its end, and the archive is sound and has each page once."""
    before = stored(archive)
    again = seogo("crawl", target, "-a", str(archive), *HOW, settings=settings)
    assert again.returncode == 0, again.stderr
    verified = seogo("verify", "-a", str(archive))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    after = stored(archive)
    assert before <= after
    assert len(after) > 30
    assert [url for url, number in after.items() if number > 1 and not url.endswith("/robots.txt")] == []


@pytest.mark.parametrize(("where", "times"), [("write", 30), ("fdatasync", 3)])
def test_71_an_input_output_error_ends_the_crawl_with_a_sentence(tmp_path: Path, where: str, times: int) -> None:
    with serve() as site:
        target = definition(site, tmp_path)
        done = seogo("crawl", target, "-a", str(tmp_path / "a"), *HOW, harm=(where, times, "error"))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "Input/output error" in done.stderr
        assert "start the run again" in done.stderr
        crawl_on(tmp_path / "a", target)


KILLED = [("fdatasync", 3, "after"), ("commit", 3, "before"), ("finish", 1, "after"), ("migrate", 1, "after")]


@pytest.mark.parametrize(("where", "times", "when"), KILLED)
def test_77_killed_at_a_step(tmp_path: Path, where: str, times: int, when: str) -> None:
    with serve() as site:
        target = definition(site, tmp_path)
        done = seogo("crawl", target, "-a", str(tmp_path / "a"), *HOW, harm=(where, times, when))
        assert done.returncode == -signal.SIGKILL, done.stderr
        if where == "finish":
            # The crawl had come to its end; another would fetch all anew.
            assert seogo("recover", "-a", str(tmp_path / "a")).returncode == 0
            assert seogo("verify", "-a", str(tmp_path / "a")).returncode == 0
            return
        crawl_on(tmp_path / "a", target)


def test_77_pages_that_could_not_be_parsed_after_a_kill_still_lead_on(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    with serve() as site:
        arguments = ("crawl", definition(site, tmp_path), "-a", str(archive), "--delay", "0")
        done = seogo(*arguments, harm=("fdatasync", 3, "after"))
        assert done.returncode == -signal.SIGKILL, done.stderr
        left = stored(archive)
        again = subprocess.run([sys.executable, "-c", LATE, *arguments], capture_output=True, text=True, timeout=600)
        assert again.returncode == 1, again.stderr
        assert "not parsed" in again.stderr or "could not be parsed" in again.stderr
    after = stored(archive)
    assert left <= after
    assert len(after) > 30
    assert [url for url, number in after.items() if number > 1 and not url.endswith("/robots.txt")] == []
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT url, outcome FROM outcomes WHERE outcome IN ('no-page', 'parse-timeout')"
                                  " AND url NOT LIKE '%robots.txt'").fetchall() == []  # fmt: skip
        assert connection.execute("SELECT count(*) FROM captures WHERE parsed_by IS NULL").fetchone() == (0,)


# Small files, so that a crawl of this size begins several: each step of going over from one to the next.
@pytest.mark.parametrize(
    ("where", "times", "when"), [("finish", 2, "before"), ("begin", 3, "before"), ("warcinfo", 3, "before")]
)
def test_77_killed_between_two_warc_files(tmp_path: Path, where: str, times: int, when: str) -> None:
    small = {"SEOGO_WARC_BYTES": "20000", "SEOGO_COMMIT_RECORDS": "5"}
    with serve() as site:
        target = definition(site, tmp_path)
        arguments = ("crawl", target, "-a", str(tmp_path / "a"), *HOW)
        done = seogo(*arguments, harm=(where, times, when), settings=small)
        assert done.returncode == -signal.SIGKILL, done.stderr
        crawl_on(tmp_path / "a", target, small)
        names = sorted(path.name for path in (tmp_path / "a" / "archive").iterdir())
        assert len(names) > 4
        assert not [name for name in names if name.endswith(".open")]


@pytest.mark.parametrize("after", ["0", "0.002"])
def test_77_killed_inside_a_checkpoint(tmp_path: Path, after: str) -> None:
    often = {"SEOGO_COMMIT_RECORDS": "2"}
    with serve() as site:
        target = definition(site, tmp_path)
        arguments = ("crawl", target, "-a", str(tmp_path / "a"), *HOW)
        done = seogo(*arguments, harm=("checkpoint", 3, after), settings=often)
        assert done.returncode == -signal.SIGKILL, done.stderr
        crawl_on(tmp_path / "a", target)
