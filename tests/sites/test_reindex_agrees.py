"""A crawl of answers that are hardly HTTP leaves an index that the WARC alone gives again, row for row."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.index.contract import TABLES
from example_crawls import seogo
from hostile.fetch_lab import Answer, raw_server

PAGE = (
    "<!doctype html><html lang=ko><title>시험</title><body><article><h1>시험 기사의 제목</h1>"
    + "".join(f"<p>이것은 {number}번째 문단이며 충분히 긴 본문을 이루는 문장이다.</p>" for number in range(6))
    + "</article></body></html>"
).encode()


def _answer(status: str = "200 OK", *headers: str, body: bytes = PAGE) -> bytes:
    lines = (f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers)
    return "\r\n".join((*lines, "Connection: close", "", "")).encode() + body


ANSWERS = {
    "/good": Answer(_answer("200 OK", f"Content-Length: {len(PAGE)}")),
    "/http09": Answer(PAGE, then="close"),
    "/no-status": Answer(_answer("OK"), then="close"),
    "/status-42": Answer(_answer("42 Odd"), then="close"),
    "/short": Answer(_answer("200 OK", "Content-Length: 99999"), then="close"),
    "/error": Answer(_answer("500 Broken", "Content-Length: 2", body=b"no"), then="close"),
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("answers") / "archive"
    with raw_server(ANSWERS) as server:
        urls = [server.origin + path for path in ANSWERS]
        done = seogo("crawl", *urls, "-a", str(directory), "--allow-private", "--delay", "0", "--depth", "0")
    assert "Traceback" not in done.stderr
    return directory


def _rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / "index.db") as db:
        return db.execute(sql).fetchall()


def _tables(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(_rows(directory, f"SELECT * FROM {name}"), key=repr) for name in TABLES}


def test_a_reindex_gives_what_the_crawl_gave(directory: Path) -> None:
    before = _tables(directory)
    done = seogo("reindex", "-a", str(directory))
    assert done.returncode == 0, done.stderr
    after = _tables(directory)
    for name, rows in before.items():
        assert after[name] == rows, name
    parsed = "SELECT url FROM captures WHERE parsed_by != ''"
    assert [url.rpartition("/")[2] for (url,) in _rows(directory, parsed)] == ["good"]


def test_every_url_ends_in_one_outcome(directory: Path) -> None:
    found = _rows(directory, "SELECT url, outcome FROM outcomes WHERE url NOT LIKE '%/robots.txt' ORDER BY 1")
    assert [(url.rpartition("/")[2], outcome) for url, outcome in found] == [
        ("error", "http-error"),
        ("favicon.ico", "http-error"),
        ("good", "stored"),
        ("http09", "bad-http"),
        ("no-status", "bad-http"),
        ("short", "disconnect"),
        ("status-42", "bad-http"),
    ]
    assert _rows(directory, "SELECT count(*) FROM captures WHERE url LIKE '%/error'") == [(3,)]


def test_a_lost_file_is_told_by_name_and_the_index_kept(directory: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(directory, tmp_path / "copy"))
    (file,) = (copy / "archive").iterdir()
    file.unlink()
    before = _tables(copy)
    done = seogo("reindex", "-a", str(copy))
    assert done.returncode == 3
    assert file.name in done.stderr
    assert "Traceback" not in done.stderr
    assert _tables(copy) == before


def test_a_crawl_into_an_archive_that_lost_its_end_says_so(directory: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(directory, tmp_path / "copy"))
    (file,) = (copy / "archive").iterdir()
    os.truncate(file, file.stat().st_size - 100)
    with raw_server(ANSWERS) as server:
        url = f"{server.origin}/good"
        done = seogo("crawl", url, "-a", str(copy), "--allow-private", "--delay", "0", "--depth", "0")
    assert done.returncode == 0
    (said,) = [line for line in done.stderr.splitlines() if file.name in line]
    assert "its end is lost" in said
    recovered = seogo("recover", "-a", str(copy))
    assert recovered.returncode == 3
    assert f"seogo reindex -a {copy}" in recovered.stdout
    seogo("reindex", "-a", str(copy))
    assert "its end is lost" not in seogo("recover", "-a", str(copy)).stdout
