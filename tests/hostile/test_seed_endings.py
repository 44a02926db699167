"""What a person who typed an address is told when no page comes of it, and the exit code that goes with it."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from fetch_lab import Answer, raw_server

ROOT = Path(__file__).parents[2]
# In the crawl's own process: another takes a second to start.
PARSED = ("--parse-workers", "0")
HTML = b"<!doctype html><title>t</title>" + b"".join(b"<p>%d" % number for number in range(3000))


def answer(body: bytes, more: bytes = b"Content-Type: text/html\r\n", status: bytes = b"200 OK") -> Answer:
    return Answer(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, more, len(body), body))


def to(location: bytes) -> Answer:
    return answer(b"", b"Location: %s\r\n" % location, b"302 Found")


# What a seed answers, the outcome's word, what is said, the exit code.
ENDINGS = {
    "/page": (answer(HTML), "stored", "", 0),
    "/empty": (answer(b""), "no-page", "Note: {url}: The answer is empty.", 0),
    "/picture": (
        answer(b"\x89PNG\r\n\x1a\n", b"Content-Type: image/png\r\n"),
        "no-page",
        "Note: {url}: The answer is image/png and no HTML.",
        0,
    ),
    "/gone": (answer(b"no", status=b"410 Gone"), "http-error", "Note: {url}: The answer is an error, HTTP 410.", 0),
    "/loop": (to(b"/loop"), "redirect-limit", "Note: {url}: 10 redirects in a row", 0),
    "/file": (to(b"file:///etc/passwd"), "bad-redirect", "Note: {url}: The redirect leads to 'file:///etc/passwd'", 0),
    "/inside": (to(b"http://169.254.169.254/"), "redirect", "Note: {url} led to http://169.254.169.254/:", 0),
    "/cut-gzip": (
        answer(gzip.compress(HTML)[:-900], b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n"),
        "truncated-encoding",
        "Error: a page that arrived could not be parsed or stored: {url}: The content's coding ends too early",
        1,
    ),
    "/half": (
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", "close"),
        "disconnect",
        "Error: a seed got no answer: {url}: The connection was closed before the answer was whole.",
        1,
    ),
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


def seogo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "crawler.cli", *arguments)


def crawl(archive: Path, *urls: str) -> subprocess.CompletedProcess[str]:
    return seogo("crawl", *urls, "-a", str(archive), "--allow-private", "--depth", "0", "--delay", "0", *PARSED)


def outcomes(archive: Path) -> dict[str, tuple[str, str]]:
    with sqlite3.connect(archive / "index.db") as db:
        return {url: (word, reason) for url, word, reason in db.execute("SELECT url, outcome, reason FROM outcomes")}


@pytest.mark.parametrize("code", [0, 1])
def test_each_ending_is_told_once_and_recorded(tmp_path: Path, code: int) -> None:
    wanted = {path: ending for path, ending in ENDINGS.items() if ending[3] == code}
    with raw_server({path: ending[0] for path, ending in wanted.items()}) as server:
        urls = {path: server.origin + path for path in wanted}
        ended = crawl(tmp_path, *urls.values())
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    said = [line for line in ended.stderr.splitlines() if line.startswith(("Note:", "Error:"))]
    recorded = outcomes(tmp_path)
    for path, (_, word, sentence, _) in wanted.items():
        assert recorded[urls[path]][0] == word, path
        told = [line for line in said if f"{urls[path]}:" in line or f"{urls[path]} led" in line]
        assert len(told) == (1 if sentence else 0), (path, said)
        assert all(line.startswith(sentence.format(url=urls[path])) for line in told), told
    assert len(said) == sum(bool(ending[2]) for ending in wanted.values())
    assert seogo("verify", "-a", str(tmp_path)).returncode == 0


def test_a_rebuild_comes_to_the_same_endings(tmp_path: Path) -> None:
    with raw_server({path: ending[0] for path, ending in ENDINGS.items()}) as server:
        crawl(tmp_path, *(server.origin + path for path in ENDINGS))
    before = outcomes(tmp_path)
    assert len(before) > len(ENDINGS)
    (tmp_path / "index.db").unlink()
    rebuilt = seogo("reindex", "-a", str(tmp_path))
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert outcomes(tmp_path) == before


def test_a_host_without_a_dot_is_an_address(tmp_path: Path) -> None:
    ended = crawl(tmp_path, "http://no-such-intranet/")
    assert ended.returncode == 1
    assert outcomes(tmp_path)["http://no-such-intranet/"][0] == "dns"
    assert "no-such-intranet" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("news", "-a", "site=nosuch"), "Error: no site definition is named 'nosuch'"),
        (("news", "-a", "nothing=1"), "Error: there is no argument 'nothing'"),
        (("nobody",), "there is no spider 'nobody'"),
    ],
)
def test_a_mistake_in_scrapy_crawl_is_told_in_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    ended = run(sys.executable, "-m", "scrapy.cmdline", "crawl", *arguments, "-L", "ERROR")
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_project_is_one_of_scrapy(tmp_path: Path) -> None:
    listed = run(sys.executable, "-m", "scrapy.cmdline", "list")
    assert {"news", "sidebar"} <= set(listed.stdout.split())
    with raw_server({"/page": answer(HTML)}) as server:
        url = f"{server.origin}/page"
        shell = run(
            *(sys.executable, "-m", "scrapy.cmdline", "shell", url, "-L", "ERROR"),
            *("-c", "(response.status, response.css('title::text').get())"),
        )
        definition = tmp_path / "raw.toml"
        definition.write_text(f'name = "raw"\nseeds = ["{url}"]\nallow_private = true\n')
        crawled = run(
            *(sys.executable, "-m", "scrapy.cmdline", "crawl", "news", "-a", f"site={definition}", "-L", "ERROR"),
            *("-s", f"SEOGO_ARCHIVE={tmp_path / 'a'}"),
        )
    assert shell.stdout.strip() == "(200, 't')", shell.stderr
    assert crawled.returncode == 0, crawled.stderr
    assert outcomes(tmp_path / "a")[url][0] == "stored"


@pytest.mark.parametrize("arguments", [("--help",), ("export", "jsonl", "--help"), ("sites", "list")])
def test_a_reader_that_goes_away_is_no_failure(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    with os.fdopen(writing, "wb") as nobody:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=nobody, stderr=subprocess.PIPE, timeout=600, check=False
        )
    assert (ended.returncode, ended.stderr) == (0, b"")
