"""`seogo sites`: drafts from files, the archive and the network; checks against golden pages and captures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from crawler.example.server import ExampleSite
from crawler.sites.loader import BUNDLED, load
from example_crawls import seogo

PAGE = "<html lang=en><meta property=og:type content=article><h1>A bridge reopens</h1><p>" + "It reopened today. " * 30


def article_of(two_crawls: object) -> str:
    import archive

    with archive.open(two_crawls.directory) as found:  # type: ignore[attr-defined]  # the fixture's own type
        return next(one.url for one in found.articles(site="example") if "/news/view.html" in one.url)


def test_a_draft_from_the_archive_names_the_article(two_crawls: object, tmp_path: Path) -> None:
    url = article_of(two_crawls)
    out = tmp_path / "drafted.toml"
    ended = seogo("sites", "new", url, "-a", str(two_crawls.directory), "-o", str(out), "--name", "drafted")  # type: ignore[attr-defined]
    assert ended.returncode == 0, ended.stderr
    assert "headline" in ended.stdout
    site = load(str(out))
    assert site.articles[0].key == "no"
    assert site.zone == "Asia/Seoul"
    again = seogo("sites", "new", url, "-a", str(two_crawls.directory), "-o", str(out))  # type: ignore[attr-defined]
    assert again.returncode == 2
    assert "already" in again.stderr


def test_a_draft_from_the_network(site: ExampleSite, tmp_path: Path) -> None:
    ended = seogo("sites", "new", f"{site.origin}/", "--fetch", "--allow-private", "--freeze")
    assert ended.returncode == 0, ended.stderr
    file = tmp_path / "drafted.toml"
    file.write_text(ended.stdout, encoding="utf-8")
    drafted = load(str(file))
    assert drafted.allow_private
    assert drafted.articles
    assert "front" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("page.html",), "--url"),
        (("none.html",), "none.html"),
        (("page.html", "--url", "ftp://x"), "ftp://x"),
        (("page.html", "--url", "https://paper.example/1", "--name", "No Name"), "name"),
        (("https://paper.example/1", "-a", "none"), "archive"),
    ],
)
def test_what_cannot_be_drafted_is_told(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    ended = seogo("sites", "new", *(str(tmp_path / one) if one.endswith(".html") else one for one in arguments))
    assert ended.returncode in (1, 2)
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_bundled_definitions_are_fine(tmp_path: Path) -> None:
    ended = seogo("sites", "check", "--json", "-a", str(tmp_path))
    assert ended.returncode == 0, ended.stdout
    rows = {row["site"]: row for row in map(json.loads, ended.stdout.splitlines())}
    assert len(rows["yakup"]["golden"]) >= 4
    assert all(rows["yakup"]["golden"].values())


def test_a_golden_page_that_differs_is_a_finding(tmp_path: Path) -> None:
    shutil.copy(BUNDLED / "yakup.toml", tmp_path)
    shutil.copytree(BUNDLED / "golden", tmp_path / "golden")
    expected = tmp_path / "golden" / "yakup" / "article-2025" / "expected.json"
    expected.write_text(expected.read_text(encoding="utf-8").replace("322683", "322684"), encoding="utf-8")
    ended = seogo("sites", "check", str(tmp_path / "yakup.toml"), "-a", str(tmp_path))
    assert ended.returncode == 1
    assert "golden article-2025: article_key" in ended.stdout
    assert "3 of 4 golden pages" in ended.stdout


def test_captures_show_the_yield_and_dead_selectors(two_crawls: object, tmp_path: Path) -> None:
    text = Path(two_crawls.definition).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    file = tmp_path / "example.toml"
    file.write_text(text + "\n[[layouts]]\nselectors = { title = 'h1', body = '#gone' }\n", encoding="utf-8")
    ended = seogo("sites", "check", str(file), "-a", str(two_crawls.directory), "--json")  # type: ignore[attr-defined]
    assert ended.returncode == 1, ended.stderr
    seen = json.loads(ended.stdout)["captures"]
    assert seen["articles"] > 5
    assert seen["bodies"] == seen["titles"] == seen["articles"]
    assert seen["ranked_items"] > 5
    assert seen["dead"] == ["layouts[0].selectors.body"]


def test_definitions_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder, host in (("one", "a"), ("two", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.toml").write_text(f"name = 'x'\nseeds = ['http://{host}.example/']\n")
    ended = seogo("sites", "check", *(str(tmp_path / one / "x.toml") for one in ("one", "two")))
    assert ended.returncode == 2
    assert "is taken by" in ended.stdout
