"""Answers of servers by the numbers of the list of hostile cases, 1 to 20, 24, 25, 27 to 29, through `seogo crawl`.

For each: no crash, one outcome with a reason, the bytes in the WARC as they came, `WARC-Truncated` where they were cut.
The numbers about addresses, credentials, TLS and robots.txt are in test_fetch_network.py.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
from answers import BIG, CHUNKED, GZIPPED, HTML, OK, TYPE, chunked, sized
from fetch_lab import Answer, RawServer, raw_server

import archive
from archive.warc.reader import read_record

ROOT = Path(__file__).parents[2]
# As a site's operator would not wait: the limits, lowered; of time only where nothing comes, as all else may be slow.
QUICK = {"body_bytes": 2 << 20}
SLOW = {"header_seconds": 6.0, "rate_seconds": 4.0, "exchange_seconds": 12.0}
PROGRAM = """
import crawler.cli, crawler.settings as settings
settings.FETCH_LIMITS, settings.RETRY_TIMES = {limits}, {retries}
crawler.cli.main()
"""
BLOCKED = HTML.replace(b"<p>", b"<title>Just a moment...</title><div id='cf-challenge-running'></div><p>", 1)


@dataclass(frozen=True)
class Case:
    """An answer, how the URL ends, what of the answer is kept (None: all of it; b"": there is no capture)."""

    answer: Answer
    outcome: str = "stored"
    truncated: str | None = None
    kept: bytes | None = None
    note: str = ""


def whole(data: bytes, then: str = "keep", **more: str) -> Case:
    return Case(Answer(data, then), **more)


def coded(body: bytes, coding: bytes) -> bytes:
    return OK + sized(body, b"Content-Encoding: %s\r\n" % coding)


def to(location: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location


HALF = OK + TYPE + b"Content-Length: 100000\r\n\r\n" + HTML[:5000]
TWO = OK + TYPE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
TRAILED = OK + TYPE + b"Trailer: X-T\r\n" + CHUNKED + chunked(HTML, b";a=b", b"X-T: yes\r\n")
ODD = OK + b"no colon here\r\nX-Fold: one\r\n\ttwo\r\nX-Cr: a\rSet-Cookie: evil\r\n" + sized(HTML)
RAW = OK + b"X-Latin: caf\xe9\r\nX-Utf8: \xec\x84\x9c\r\nX-Nul: a\0b\r\n" + sized(HTML)
MIXED = OK + b"Set-Cookie: a=1\r\nsErVeR: x\r\nset-cookie: b=2\r\nSet-Cookie: c=3\r\n" + sized(HTML)
BOMB = b"\0" * (40 << 20)

CASES: dict[str, Case] = {
    "1-length-larger-than-body": Case(Answer(HALF, "close"), "disconnect", "disconnect"),
    "2-length-smaller-than-body": Case(
        Answer(OK + TYPE + b"Content-Length: 2\r\n\r\n" + HTML),
        "no-page",
        kept=OK + TYPE + b"Content-Length: 2\r\n\r\n" + HTML[:2],
        note="excess",
    ),
    "3-two-lengths": Case(
        Answer(TWO), "bad-http", "unspecified", OK + TYPE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
    ),
    "4-length-and-chunked": whole(
        OK + TYPE + b"Content-Length: 3\r\n" + CHUNKED + chunked(HTML), note="content-length-ignored"
    ),
    "5-chunk-size-zzz": Case(
        Answer(OK + TYPE + CHUNKED + b"3\r\nabc\r\nZZZ\r\nmore", "hang"), "bad-http", "unspecified"
    ),
    "5-chunk-size-huge": Case(
        Answer(OK + TYPE + CHUNKED + b"FFFFFFFFFF\r\n" + HTML, "close"), "disconnect", "disconnect"
    ),
    "6-extensions-and-trailers": whole(TRAILED),
    "7-no-status-line": Case(Answer(HTML, "close"), "bad-http", "unspecified"),
    "7-empty-reply": Case(Answer(b"", "close"), "disconnect", kept=b""),
    "7-reset-in-the-body": Case(Answer(HALF, "reset"), "disconnect", "disconnect"),
    "8-status-999": whole(b"HTTP/1.1 999 Denied\r\n" + sized(b"no"), outcome="http-error"),
    "8-status-42": whole(b"HTTP/1.1 42 Low\r\n" + sized(b"no"), outcome="bad-http"),
    "8-status-000": whole(b"HTTP/1.1 000 Nil\r\n" + sized(b"no"), outcome="bad-http"),
    "8-status-ok": Case(Answer(b"HTTP/1.1 OK\r\n" + sized(HTML), "close"), "bad-http", "unspecified"),
    "9-interim-responses": Case(
        Answer(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK + sized(HTML + b"9")
        ),
        kept=OK + sized(HTML + b"9"),
        note="interim-response-left-out 103",
    ),
    "10-no-content-with-a-body": Case(
        Answer(b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\nbody"),
        "no-page",
        kept=b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
        note="excess 4",
    ),
    "10-not-modified-with-a-body": Case(
        Answer(b"HTTP/1.1 304 Not Modified\r\nX-A: b\r\n\r\nbody"),
        "unchanged",
        kept=b"HTTP/1.1 304 Not Modified\r\nX-A: b\r\n\r\n",
        note="excess 4",
    ),
    "11-odd-header-lines": whole(ODD),
    "12-bytes-in-headers": whole(RAW),
    "13-header-of-a-mebibyte": Case(Answer(OK + b"X: " + b"y" * (1 << 20), "hang"), "header-limit", "length"),
    "13-a-hundred-thousand-headers": Case(Answer(OK + b"a: b\r\n" * 100_000, "hang"), "header-limit", "length"),
    "14-duplicate-and-mixed-names": whole(MIXED),
    "15-gzip-bomb": whole(coded(gzip.compress(BOMB, 9), b"gzip"), outcome="decode-limit"),
    "15-brotli-bomb": whole(coded(brotli.compress(BOMB, quality=1), b"br"), outcome="decode-limit"),
    "15-gzip-in-gzip-in-gzip": whole(
        coded(gzip.compress(gzip.compress(gzip.compress(BOMB, 9))), b"gzip, gzip, gzip"), outcome="decode-limit"
    ),
    "16-truncated-gzip": whole(coded(GZIPPED[:-700], b"gzip"), outcome="truncated-encoding", note="truncated-encoding"),
    "17-gzip-on-plain-text": whole(coded(HTML + b"17", b"gzip"), note="not-encoded"),
    "17-unknown-encoding": whole(coded(b"\x04" + HTML, b"klingon"), outcome="bad-encoding"),
    "17-unknown-encoding-on-plain-text": whole(coded(HTML + b"17u", b"klingon"), note="not-encoded"),
    "17-gzip-twice": whole(coded(gzip.compress(GZIPPED), b"gzip, gzip")),
    "18-slow-body": Case(Answer(OK + sized(HTML), "hang", drip=0.02), "too-slow", "time"),
    "18-slow-header": Case(Answer(OK + b"X-Y: " + b"z" * 5000, "hang", drip=0.02), "timeout", "time"),
    "18-endless-body": Case(Answer(OK + b"Content-Type: audio/mpeg\r\n\r\n" + BIG, "hang"), "too-large", "length"),
    "18-hanging-body": Case(Answer(HALF, "hang"), "too-slow", "time"),
    "19-redirect-loop": whole(to(b"/19-redirect-loop"), outcome="redirect-limit"),
    "20-redirect-to-a-file": whole(to(b"file:///etc/passwd"), outcome="bad-redirect"),
    "20-redirect-to-data": whole(to(b"data:text/html,x"), outcome="bad-redirect"),
    "20-redirect-to-ftp": whole(to(b"ftp://example.org/x"), outcome="bad-redirect"),
    "20-redirect-to-a-script": whole(to(b"javascript:alert(1)"), outcome="bad-redirect"),
    "24-location-broken": whole(to(b"http://[::1"), outcome="bad-redirect"),
    "24-location-empty": whole(to(b""), outcome="bad-redirect"),
    "24-location-of-100-kib": whole(to(b"/" + b"x" * 100_000), outcome="bad-redirect"),
    "25-policies-that-name-code": whole(
        OK + b"Referrer-Policy: os.system\r\nRefresh: 0;url=javascript:alert(1)\r\n" + sized(HTML + b"25")
    ),
    "27-picture-as-html": whole(OK + sized(b"\xff\xd8\xff\xe0" + bytes(100)), outcome="no-page"),
    "27-pdf-as-html": whole(OK + sized(b"%PDF-1.7 \n" + bytes(100)), outcome="no-page"),
    "27-charset-klingon": whole(
        OK + b"Content-Type: text/html; charset=klingon\r\nContent-Length: %d\r\n\r\n" % len(HTML + b"k") + HTML + b"k"
    ),
    "27-no-type": whole(OK + b"Content-Length: %d\r\n\r\n" % len(HTML + b"n") + HTML + b"n"),
    "28-challenge-with-503": whole(b"HTTP/1.1 503 Unavailable\r\n" + sized(BLOCKED), outcome="http-error"),
    "29-retry-after-negative": whole(
        b"HTTP/1.1 429 Slow Down\r\nRetry-After: -1\r\n" + sized(b"-1"), outcome="http-error"
    ),
    "29-retry-after-no-number": whole(
        b"HTTP/1.1 429 Slow Down\r\nRetry-After: nan\r\n" + sized(b"n"), outcome="http-error"
    ),
}


@dataclass(frozen=True)
class Archived:
    """The finished crawls of all cases."""

    directory: Path
    server: RawServer
    ended: tuple[subprocess.CompletedProcess[str], ...]

    def outcome(self, name: str) -> tuple[str, str]:
        with sqlite3.connect(self.directory / "index.db") as db:
            ((word, reason),) = db.execute(
                "SELECT outcome, reason FROM outcomes WHERE url = ?", (f"{self.server.origin}/{name}",)
            ).fetchall()
        return word, reason


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    directory = tmp_path_factory.mktemp("cases")
    with raw_server({f"/{name}": case.answer for name, case in CASES.items()}) as server:

        def crawl(names: list[str], limits: dict[str, float], retries: int) -> subprocess.CompletedProcess[str]:
            urls = [f"{server.origin}/{name}" for name in names]
            options = ("--allow-private", "--depth", "0", "--delay", "0", "--json", "--parse-workers", "1")
            program = PROGRAM.format(limits=limits, retries=retries)
            return subprocess.run(
                [sys.executable, "-c", program, "crawl", *urls, "-a", str(directory), *options],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )

        slow = [name for name, case in CASES.items() if case.truncated == "time"]
        quick = [name for name in CASES if name not in slow]
        yield Archived(directory, server, (crawl(quick, QUICK, 1), crawl(slow, SLOW, 0)))


@pytest.mark.parametrize("name", CASES)
def test_case(archived: Archived, name: str) -> None:
    case = CASES[name]
    word, reason = archived.outcome(name)
    assert word == case.outcome, reason
    assert bool(reason) == (word != "stored"), reason
    with archive.open(archived.directory) as found:
        captures = found.captures(f"{archived.server.origin}/{name}")
    if case.kept == b"":
        assert captures == []
        return
    # Each attempt is a capture, and they are alike.
    assert 1 <= len(captures) <= 11
    for capture in captures:
        record = read_record(archived.directory, capture.warc_file, capture.offset)
        stored = record.block()
        sent = case.answer.data if case.kept is None else case.kept
        if capture.kind == "revisit":
            assert sent.startswith(stored)
        elif case.truncated is None or word in ("disconnect", "bad-http"):
            assert stored == sent if name != "5-chunk-size-zzz" else sent.startswith(stored)
        else:
            assert stored
            assert sent.startswith(stored)
        assert record.headers.get("WARC-Truncated") == capture.truncated == case.truncated
        notes = record.headers.get_all("Seogo-Note")
        assert not case.note or any(note.startswith(case.note) for note in notes), notes
        assert capture.request_offset is not None
        request = read_record(archived.directory, capture.warc_file, capture.request_offset).block()
        assert request in archived.server.requests


def test_the_crawls_came_to_their_end_and_say_what_failed(archived: Archived) -> None:
    failed: set[str] = set()
    for ended in archived.ended:
        assert ended.returncode == 1
        assert "Traceback" not in ended.stderr
        told = json.loads(ended.stdout)
        assert told["outcome"] == "finished"
        failed |= set(told["failed"])
        for line in ended.stderr.splitlines():
            assert line.startswith(
                ("Note: http://127.0.0.1", "Error: a seed got no answer: ", "Error: a page that arrived")
            )
            assert len(line) < 600
    assert failed >= {"decode-limit", "header-limit", "too-slow", "timeout", "bad-http", "disconnect"}


def test_the_archive_holds_together(archived: Archived) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "verify", "-a", str(archived.directory)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_retries_end_in_one_outcome(archived: Archived) -> None:
    with sqlite3.connect(archived.directory / "index.db") as db:
        counted = db.execute("SELECT url FROM outcomes GROUP BY run_id, url HAVING count(*) > 1").fetchall()
    assert counted == []
    with archive.open(archived.directory) as found:
        tried = found.captures(f"{archived.server.origin}/1-length-larger-than-body")
    assert len(tried) == 2
