"""Pages asked for only if they changed: a 304 is a revisit, and counts as a sighting of the page that it confirms."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import archive
from crawler.example.server import ExampleSite
from example_crawls import ROOT, definition, environment, seogo

TABLES = (
    *("captures", "articles", "article_versions", "lists", "blocks", "block_entries", "sightings"),
    *("ranking_history", "section_history", "repeats", "outcomes"),
)
CRAWL = (sys.executable, str(Path(__file__).with_name("conditional_crawl.py")), "crawl")


def crawl(*arguments: str) -> dict[str, Any]:
    """Crawl conditionally; the summary."""
    done = subprocess.run(
        [*CRAWL, *arguments, "--json", "--parse-workers", "0"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / "index.db") as db:
        return db.execute(sql).fetchall()


def contents(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(rows(directory, f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def test_unchanged_pages_are_confirmed_and_a_rebuild_agrees(site: ExampleSite, tmp_path: Path) -> None:
    directory = tmp_path / "archive"
    how = (definition(tmp_path, site.port), "-a", str(directory), "--delay", "0")
    crawl(*how)
    versions = rows(directory, "SELECT count(*) FROM article_versions")
    sightings = rows(directory, "SELECT count(*) FROM sightings")[0][0]
    crawl(*how, "--fresh")
    confirmed = rows(
        directory,
        "SELECT c.id, c.kind, c.parsed_by, o.status, c.url = o.url FROM captures c"
        " JOIN captures o ON o.id = c.refers_to WHERE c.status = 304",
    )
    assert len(confirmed) > 20
    assert {row[1:2] + row[3:] for row in confirmed} == {("revisit", 200, 1)}
    # Pages are parsed as the pages they confirm; pictures and styles have nothing to parse.
    parsed = [row[0] for row in confirmed if row[2]]
    assert len(parsed) > 10
    assert rows(directory, "SELECT count(*) FROM captures WHERE parsed_by IS NULL") == [(0,)]
    assert rows(directory, "SELECT count(*) FROM sightings")[0][0] == 2 * sightings
    assert rows(directory, "SELECT count(*) FROM article_versions") == versions
    with archive.open(directory) as opened:
        capture = opened.capture(parsed[0])
        record = opened.record(capture)
        assert (record.headers.get("WARC-Profile") or "").endswith("/server-not-modified")
        assert opened.content(capture).payload
    assert seogo("verify", "-a", str(directory)).returncode == 0
    before = contents(directory)
    assert seogo("reindex", "-a", str(directory)).returncode == 0
    assert contents(directory) == before


class Versioned:
    """A server whose pages have versions. `asked` keeps what each request named; `answers` replaces answers by path."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.origin = ""

    def of(self, path: str) -> tuple[str | None, str | None]:
        """What the last request for a path named: an ETag, a date."""
        return next(one[1:] for one in reversed(self.asked) if one[0] == path)

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """While the block runs, it answers; its origin."""
        versioned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = (self.headers["If-None-Match"], self.headers["If-Modified-Since"])
                versioned.asked.append((self.path, *asked))
                status, headers = versioned.answers.get(self.path, (404, {}))
                if status == 200 and any(asked) and asked == (headers.get("ETag"), headers.get("Last-Modified")):
                    status, headers = 304, {} if self.path == "/both" else headers
                body = b"" if status == 304 else f"<h1>Page {self.path}</h1><p>{'A line of text. ' * 20}".encode()
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            self.origin = f"http://127.0.0.1:{server.server_port}"
            try:
                yield self.origin
            finally:
                server.shutdown()


DATE = "Mon, 23 Nov 2026 03:00:00 GMT"


def test_what_is_asked_and_what_is_made_of_the_answer(tmp_path: Path) -> None:
    served = Versioned()
    served.answers = {
        "/both": (200, {"ETag": '"both 1"', "Last-Modified": DATE}),
        "/dated": (200, {"Last-Modified": DATE}),
        "/latin": (200, {"ETag": '"caf\xe9"'}),
        "/long": (200, {"ETag": f'"{"x" * 4000}"'}),
        "/none": (200, {}),
        "/moves": (200, {"ETag": '"moves"'}),
        "/fails": (200, {"ETag": '"fails"'}),
        "/damaged": (200, {"ETag": '"damaged"'}),
        "/later": (200, {}),
    }
    directory = tmp_path / "archive"
    with served.serving() as origin:
        urls = [origin + path for path in served.answers]
        how = (*urls, "--depth", "0", "--delay", "0", "--allow-private", "--no-requisites", "--fresh")
        crawl(*how, "-a", str(directory))
        assert {one[1:] for one in served.asked} == {(None, None)}
        damage(directory, f"{origin}/damaged")
        served.answers["/moves"] = (302, {"Location": "/both"})
        served.answers["/fails"] = (500, {})
        served.answers["/later"] = (200, {"ETag": '"later"'})
        # Nobody asked whether it changed.
        served.answers["/none"] = (304, {})
        crawl(*how, "-a", str(directory))
        assert served.of("/both") == ('"both 1"', DATE)
        assert served.of("/dated") == (None, DATE)
        assert served.of("/latin") == ('"caf\xe9"', None)
        assert served.of("/long") == served.of("/none") == (None, None)
        assert ("/moves", '"moves"', None) in served.asked
        # The address that a redirect leads to has validators of its own.
        assert {one[1:] for one in served.asked if one[0] == "/both"} == {(None, None), ('"both 1"', DATE)}
        # A version that cannot be read is not asked after.
        assert served.of("/damaged") == (None, None)
        statuses = dict(rows(directory, "SELECT url, status FROM captures ORDER BY captured_at"))
        found = {path: statuses[origin + path] for path in served.answers}
        assert found == {
            **dict.fromkeys(("/both", "/dated", "/latin", "/none"), 304),
            "/long": 200,
            "/moves": 302,
            "/fails": 500,
            "/damaged": 200,
            "/later": 200,
        }
        assert rows(directory, "SELECT count(*) FROM captures WHERE parsed_by IS NULL") == [(0,)]
        paths = rows(directory, "SELECT DISTINCT url FROM captures WHERE status = 304 AND parsed_by != ''")
        assert {url.removeprefix(origin) for (url,) in paths} == {"/both", "/dated", "/latin", "/none"}

        # A revisit by now, of a page that is lost.
        damage(directory, f"{origin}/later")
        crawl(*how, "-a", str(directory))
        # A 304 that names no version confirms the one of the page before it; an error confirms nothing.
        assert served.of("/both") == ('"both 1"', DATE)
        assert served.of("/fails") == (None, None)
        # What a 304 confirms cannot be read any more: the page is fetched whole.
        assert [one[1:] for one in served.asked if one[0] == "/later"][2:] == [('"later"', None), (None, None)]
        assert rows(directory, "SELECT count(*) FROM captures WHERE parsed_by IS NULL") == [(0,)]


def damage(directory: Path, url: str) -> None:
    """Flip a byte of the body in a capture's record."""
    [[name, offset, length]] = rows(
        directory, f"SELECT warc_file, offset, length FROM captures WHERE url = '{url}' AND kind = 'response'"
    )
    file = directory / "archive" / name
    data = bytearray(file.read_bytes())
    data[offset + length - 12] ^= 0x55
    file.write_bytes(data)
