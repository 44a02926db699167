"""What a person can get wrong: one sentence that says what and where, the right exit code, no traceback."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.example.server import ExampleSite
from example_crawls import ROOT, environment, seogo

DEFINITION = "name = 'x'\nseeds = ['http://x.example/']\n"


def told(code: int, *arguments: str) -> str:
    ended = seogo(*arguments)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip()
    return ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crawl", "nosuch"), "'nosuch'"),
        (("crawl", "./none.toml"), "none.toml"),
        (("crawl", "http://"), "'http://'"),
        (("crawl", "http://127.0.0.1:99999/"), "port"),
        (("crawl", "javascript:alert(1)"), "javascript"),
        (("crawl", "example", "http://x.example/"), "example"),
        (("crawl", "http://x.example/", "--proxy", "nonsense"), "nonsense"),
        (("crawl", "http://x.example/", "--ca-file", "/none.pem"), "/none.pem"),
        (("crawl", "http://x.example/", "--contact", "a\nb"), "header"),
        (("crawl", "http://8.8.8.8/"), "--contact mailto:"),
        (("crawl", "http://x.example/", "--delay", "-1"), "--delay"),
        (("crawl", "http://x.example/", "--delay", "nan"), "--delay"),
        (("crawl",), "Missing"),
        (("parse", "/none.html"), "/none.html"),
        (("parse", "/none.html", "--url", "ftp://x"), "ftp://x"),
        (("parse", "/none.html", "--site", "nosuch"), "nosuch"),
        (("reindex", "-a", "/none"), "/none"),
        (("sites", "check", "./none.toml"), ""),
        (("nosuch",), "nosuch"),
    ],
)
def test_mistakes_on_the_command_line(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    if arguments[0] == "sites":
        assert seogo(*arguments).returncode == 2
        return
    where = () if "-a" in arguments or arguments[0] == "nosuch" else ("-a", str(tmp_path))
    assert said in told(2, *arguments, *where)
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_definition(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(DEFINITION + "colour = 'red'\n")
    said = told(2, "crawl", str(path), "-a", str(tmp_path / "a"))
    assert str(path) in said
    assert "colour" in said
    assert not (tmp_path / "a").exists()


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in told(2, "crawl", "http://127.0.0.1:9/", "-a", str(tmp_path / "file" / "a"))


def test_a_host_that_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        port = taken.getsockname()[1]
        options = ("-a", str(tmp_path / "a"), "--delay", "0", "--allow-private")
        said = told(1, "crawl", f"http://127.0.0.1:{port}/", *options)
    assert f"http://127.0.0.1:{port}/" in said


def test_a_private_address_is_refused_and_told(tmp_path: Path) -> None:
    said = told(1, "crawl", "http://127.0.0.1:9/", "-a", str(tmp_path / "a"), "--delay", "0")
    assert "--allow-private" in said


def test_files_that_are_no_pages_do_not_stop_the_others(tmp_path: Path) -> None:
    files = {
        "empty.html": b"",
        "blank.html": b" \n\0 ",
        "picture.html": b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        "broken.html.gz": gzip.compress(b"<p>hello" * 1000)[:40],
        "good.html": "<title>제목</title><p>본문".encode(),
        "good.html.gz": gzip.compress(b"<p>hello"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    ended = seogo("parse", *(str(tmp_path / name) for name in files), "--json")
    assert ended.returncode == 2
    assert len([json.loads(line) for line in ended.stdout.splitlines()]) == 2
    assert [name for name in files if str(tmp_path / name) in ended.stderr] == list(files)[:4]
    assert "Traceback" not in ended.stderr
    assert seogo("parse", str(tmp_path / "empty.html")).returncode == 1


def test_help_is_quick_and_complete() -> None:
    said = seogo("--help").stdout
    for command in ("demo", "crawl", "parse", "reindex", "search", "show", "verify", "serve", "sites"):
        assert f"\n  {command} " in said
        assert "Examples:" in seogo(command, "--help").stdout or command == "sites"


def test_a_file_without_an_address_takes_the_one_that_its_page_names(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<link rel="canonical" href="https://paper.example/n/1"><p><a href="/n/2">Two</a>')
    ended = seogo("parse", str(page), "--json")
    assert json.loads(ended.stdout)["url"] == "https://paper.example/n/1"
    assert json.loads(ended.stdout)["links"] == ["https://paper.example/n/2"]


def test_a_terminal_of_another_encoding_gets_escapes() -> None:
    command = [sys.executable, "-m", "crawler.cli", "sites", "list", "--json"]
    ended = subprocess.run(
        command, env=environment(PYTHONIOENCODING="latin-1"), capture_output=True, check=False, cwd=ROOT
    )
    assert ended.returncode == 0, ended.stderr.decode("latin-1")
    assert "온새미식품신문" in {json.loads(line)["title"] for line in ended.stdout.decode("latin-1").splitlines()}


def test_an_address_that_redirects_is_the_page_where_it_leads(site: ExampleSite) -> None:
    ended = seogo("parse", f"{site.origin}/s/fair", "--fetch", "--allow-private", "--json")
    assert ended.returncode == 0, ended.stderr
    page = json.loads(ended.stdout)
    assert page["url"].startswith(f"{site.origin}/news/view.html")
    assert page["kind"] == "article"
