"""A disk that fills up under a real crawl: it stands still with a word, goes on when there is room, and loses nothing.

The disk is a tmpfs of a few megabytes, so these tests need root.
"""

from __future__ import annotations

import functools
import http.server
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PAGES = 80
SIZE = "24m"
# What is left at first: enough to begin, too little for all pages.
LEFT = 1_500_000


class _Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/":
            body = "".join(f"<a href=/{number}>{number}</a>" for number in range(PAGES)).encode()
        elif self.path == "/robots.txt":
            body = b""
        else:
            dice = random.Random(self.path)
            # Nothing can be packed better than to three quarters.
            words = (f"{dice.getrandbits(64):x}" for _ in range(2000))
            body = f"<html><title>{self.path}</title><article><h1>x</h1><p>{' '.join(words)}</p></article>".encode()
        self.send_response(404 if self.path == "/favicon.ico" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.asked.append(self.path)  # type: ignore[attr-defined]  # set below

    def log_message(self, *_: object) -> None:
        pass


class Site:
    """A site of pages that no compression makes small, and what was asked of it."""

    def __init__(self, server: http.server.ThreadingHTTPServer) -> None:
        self.asked: list[str] = []
        server.asked = self.asked  # type: ignore[attr-defined]  # for the handler
        self.origin = f"http://127.0.0.1:{server.server_port}/"


@pytest.fixture
def site() -> Iterator[Site]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=functools.partial(server.serve_forever, 0.05), daemon=True).start()
        yield Site(server)
        server.shutdown()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "seogo-test", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


Crawl = Callable[[Site, Path], subprocess.Popen[str]]


@pytest.fixture
def crawl() -> Iterator[Crawl]:
    """Starts a crawl, which does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(site: Site, archive: Path) -> subprocess.Popen[str]:
        arguments = ["crawl", site.origin, "-a", str(archive), "--delay", "0", "--allow-private"]
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", *arguments, "--parse-workers", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def verified(archive: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "verify", "-a", str(archive)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fill(folder: Path, leave: int) -> Path:
    """Fills a disk up but for so many bytes."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with ballast.open("wb") as out:
        out.write(bytes(max(0, free.f_bavail * free.f_bsize - leave)))
    return ballast


def stored(archive: Path) -> Counter[str]:
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as connection:
        urls = [url for (url,) in connection.execute("SELECT url FROM captures WHERE status = 200")]
    return Counter(url.rpartition("/")[2] for url in urls if not url.endswith("/robots.txt"))


def line_of(process: subprocess.Popen[str], said: str) -> str:
    """Reads what a process tells people until it says something."""
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if said in line:
            return line
    raise AssertionError(f"it ended without {said!r}: {told}")


def settled(site: Site) -> int:
    """How many pages were asked for, once what was on the wire has come."""
    asked = -1
    while asked != len(site.asked):
        asked = len(site.asked)
        time.sleep(1.5)
    return asked


EVERYTHING = Counter(["", *map(str, range(PAGES))])


def test_71_a_crawl_waits_for_room_and_goes_on(disk: Path, site: Site, crawl: Crawl) -> None:
    archive = disk / "archive"
    ballast = fill(disk, LEFT)
    process = crawl(site, archive)
    said = line_of(process, "The disk is full")
    assert "the crawl waits, and goes on by itself once there is room" in said
    assert settled(site) < PAGES
    assert process.poll() is None
    ballast.unlink()
    assert "goes on" in line_of(process, "room on the disk again")
    _, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert stored(archive) == EVERYTHING
    assert Counter(path.removeprefix("/") for path in site.asked if "." not in path) == EVERYTHING
    assert "all whole, and the index agrees" in verified(archive)


def test_71_a_crawl_told_to_stop_waits_no_longer_and_the_next_goes_on(disk: Path, site: Site, crawl: Crawl) -> None:
    archive = disk / "archive"
    ballast = fill(disk, LEFT)
    process = crawl(site, archive)
    line_of(process, "The disk is full")
    process.terminate()
    _, err = process.communicate(timeout=600)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "make room" in err
    ballast.unlink()
    again = crawl(site, archive)
    _, err = again.communicate(timeout=600)
    assert again.returncode == 0, err
    assert stored(archive) == EVERYTHING
    assert "all whole, and the index agrees" in verified(archive)


def test_71_a_crawl_on_a_disk_that_is_full_from_the_start_says_so(disk: Path, site: Site, crawl: Crawl) -> None:
    fill(disk, 0)
    process = crawl(site, disk / "archive")
    _, err = process.communicate(timeout=600)
    assert process.returncode in (1, 2)
    assert "Traceback" not in err
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1
    assert site.asked == []
