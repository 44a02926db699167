"""The whole path: crawl the example site, and find in the archive what a reader of the site would have seen."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import archive
from crawler.example.answers import expected
from example_crawls import ROOT, TwoCrawls, environment, seogo

PUBLIC = (
    *("captures", "articles", "article_urls", "article_versions", "lists", "blocks", "block_entries", "sightings"),
    *("ranking_history", "section_history", "repeats", "runs", "outcomes"),
)


def rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / "index.db") as db:
        return db.execute(sql).fetchall()


def test_every_listed_article_is_found(two_crawls: TwoCrawls) -> None:
    answers = expected(2, two_crawls.site.origin).articles
    found = dict(rows(two_crawls.directory, "SELECT key, title FROM articles"))
    wanted = {key: answer.title for key, answer in answers.items() if not answer.unlisted}
    missing = {key: title for key, title in wanted.items() if key not in found}
    assert not missing
    assert {key for key in found if key not in answers} == set()
    assert sum(found[key] == title for key, title in wanted.items()) >= 0.95 * len(wanted)


def test_a_short_link_is_followed_to_the_article_that_only_it_leads_to(two_crawls: TwoCrawls) -> None:
    hops = rows(two_crawls.directory, "SELECT status FROM captures WHERE url LIKE '%/s/fair'")
    assert hops[0] == (302,)
    assert rows(two_crawls.directory, "SELECT count(*) FROM articles WHERE key = '2001'") == [(1,)]


def test_blocks_beside_a_list_stand_across_the_site_on_its_second_page_too(two_crawls: TwoCrawls) -> None:
    scopes = rows(two_crawls.directory, "SELECT DISTINCT page_scope FROM lists WHERE heading = '피플'")
    assert scopes == [("",)]


def test_summaries_count_durable_rows(two_crawls: TwoCrawls) -> None:
    for summary in (two_crawls.first, two_crawls.second):
        run = summary["run"]
        assert summary["outcome"] == "finished"
        assert (
            summary["captures"]
            == rows(two_crawls.directory, f"SELECT count(*) FROM captures WHERE run_id = '{run}'")[0][0]
        )
        counts = json.loads(rows(two_crawls.directory, f"SELECT counts FROM runs WHERE id = '{run}'")[0][0])
        assert counts["captures"] == summary["captures"] == summary["new"] + summary["unchanged"]
    assert two_crawls.first["articles"] > 50
    assert two_crawls.first["repeats"] > 20
    assert two_crawls.first["failed"]["http-404"] == 1
    assert rows(two_crawls.directory, "SELECT count(*) FROM captures WHERE parsed_by IS NULL") == [(0,)]


@pytest.mark.parametrize("edition", [1, 2])
def test_the_ranked_list_as_each_crawl_saw_it(two_crawls: TwoCrawls, edition: int) -> None:
    run = (two_crawls.first, two_crawls.second)[edition - 1]["run"]
    at = rows(two_crawls.directory, f"SELECT finished_at FROM runs WHERE id = '{run}'")[0][0]
    with archive.open(two_crawls.directory) as found:
        standing = [one for one in found.rankings("example", at=at) if one.tab == "일간" and not one.page_scope]
    answer = expected(edition, two_crawls.site.origin).rankings["일간"]
    shown = [(entry.rank, entry.title) for entry in standing[0].entries]
    assert shown in ([row[:2] for row in answer.items], [row[:2] for row in answer.full])


def test_the_empty_section_is_seen(two_crawls: TwoCrawls) -> None:
    answers = expected(2, two_crawls.site.origin).sections
    seen = dict(
        rows(
            two_crawls.directory,
            "SELECT l.heading, max(s.captured_at) FROM lists l JOIN sightings s ON s.list_id = l.id"
            " WHERE l.kind = 'section' AND l.page_scope = '' GROUP BY 1",
        )
    )
    assert set(answers) <= set(seen)


def test_known_articles_are_not_fetched_again(two_crawls: TwoCrawls) -> None:
    before = {hit.path for hit in two_crawls.site.log[: two_crawls.hits_before_second]}
    after = [hit.path for hit in two_crawls.site.log[two_crawls.hits_before_second :]]
    again = [path for path in after if path in before and "view.html" in path]
    assert again == []
    assert any("ranking.html" in path for path in after)
    assert "/" in after


def test_nothing_is_fetched_twice_in_one_run(two_crawls: TwoCrawls) -> None:
    paths = [hit.path for hit in two_crawls.site.log[: two_crawls.hits_before_second] if hit.path != "/robots.txt"]
    assert sorted(paths) == sorted(set(paths))
    keys = [parse_qs(urlsplit(path).query).get("no", [path])[0] for path in paths if "/news/view.html" in path]
    assert sorted(keys) == sorted(set(keys))


def test_pages_have_their_pictures_and_styles(two_crawls: TwoCrawls) -> None:
    kinds = dict(rows(two_crawls.directory, "SELECT mime, count(*) FROM captures GROUP BY 1"))
    assert kinds["text/css"] >= 1
    assert kinds["image/png"] >= 5


def test_other_tools_read_the_files(two_crawls: TwoCrawls) -> None:
    files = sorted((two_crawls.directory / "archive").iterdir())
    assert all(path.name.endswith(".warc.gz") for path in files)
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_page_is_parsed_out_of_the_archive(two_crawls: TwoCrawls) -> None:
    answer = next(
        one for one in expected(1, two_crawls.site.origin).articles.values() if one.lang == "ko" and not one.unlisted
    )
    url = rows(two_crawls.directory, f"SELECT url FROM articles WHERE key = '{answer.key}'")[0][0]
    ended = seogo("parse", url, "-a", str(two_crawls.directory), "--json", "--site", two_crawls.definition)
    assert ended.returncode == 0, ended.stderr
    page = json.loads(ended.stdout)
    assert page["body"]["title"] == answer.title
    assert page["kind"] == "article"


def test_the_index_is_rebuilt_from_the_files_alone(two_crawls: TwoCrawls, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(two_crawls.directory / "archive", copy / "archive")
    ended = seogo("reindex", "-a", str(copy), "--site", two_crawls.definition, "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["damage"] == []
    for table in PUBLIC:
        query = f"SELECT * FROM {table}"
        assert sorted(map(repr, rows(copy, query))) == sorted(map(repr, rows(two_crawls.directory, query))), table


def test_it_is_a_scrapy_project_like_any(two_crawls: TwoCrawls, tmp_path: Path) -> None:
    def scrapy(*arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments],
            cwd=ROOT,
            env=environment(SEOGO_ARCHIVE=str(tmp_path / "a")),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended.stdout

    assert scrapy("list").split() == ["backfill", "news", "sidebar"]
    scrapy("crawl", "sidebar", "-a", f"site={two_crawls.definition}")
    assert rows(tmp_path / "a", "SELECT outcome FROM runs") == [("finished",)]
    assert rows(tmp_path / "a", "SELECT count(*) FROM lists")[0][0] > 3
