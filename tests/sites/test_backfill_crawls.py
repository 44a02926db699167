"""`seogo backfill`: a site's past by numbers, by days' list pages, out of sitemaps; its plan first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from answering import answering
from example_crawls import seogo

ARTICLES = {number: f"2026-03-0{number // 10}" for number in range(10, 40)}
GONE = {13, 27}


@dataclass
class Paper:
    """A paper with thirty numbered articles, ten a day, list pages of six a day, and a sitemap index."""

    origin: str
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, str, str]:
        name, _, query = path.partition("?")
        if name == "/view" and query.startswith("no="):
            number = int(query.removeprefix("no="))
            return (
                (200, "text/html", self.article(number)) if number in ARTICLES.keys() - GONE else (404, "text/html", "")
            )
        if name.startswith("/days/"):
            day = name.removeprefix("/days/")
            page = int(query.removeprefix("page=") or 1)
            held = sorted((n for n, on in ARTICLES.items() if on == day and n not in GONE), reverse=True)
            rows = "".join(
                f'<li><a href="/view?no={n}">보기 기사 제목 {n}번 이야기</a></li>'
                for n in held[page * 6 - 6 : page * 6]
            )
            more = f'<a href="/days/{day}?page={page + 1}">{page + 1}</a>' if len(held) > page * 6 else ""
            return 200, "text/html", f"<html lang=ko><h1>{day}</h1><ul>{rows}</ul>{more}</html>"
        if name == "/robots.txt":
            return 200, "text/plain", f"Sitemap: {self.origin}/index.xml\n"
        if name == "/index.xml":
            maps = (("old", "2026-02-01"), ("new", "2026-03-04"))
            rows = "".join(
                f"<sitemap><loc>{self.origin}/{m}.xml</loc><lastmod>{d}</lastmod></sitemap>" for m, d in maps
            )
            return 200, "application/xml", f"<sitemapindex>{rows}</sitemapindex>"
        if name in ("/new.xml", "/old.xml"):
            rows = "".join(
                f"<url><loc>{self.origin}/view?no={n}</loc><lastmod>{day}T09:00:00+09:00</lastmod></url>"
                for n, day in ARTICLES.items()
            )
            return 200, "application/xml", f"<urlset>{rows}</urlset>"
        return 404, "text/plain", ""

    def article(self, number: int) -> str:
        text = "".join(
            f"<p>{number}번 기사의 {n}번째 문단은 이 시험을 위해 지어낸 글이며 어디에도 실린 적이 없다.</p>"
            for n in range(5)
        )
        head = f"<title>기사 {number}</title>"
        return f"<html lang=ko>{head}<article><h1>보기 기사 제목 {number}번</h1>{text}</article></html>"

    def articles(self) -> list[int]:
        """The numbers of the articles that were asked for, in order."""
        return [int(path.removeprefix("/view?no=")) for path in self.asked if path.startswith("/view?no=")]


@pytest.fixture
def paper() -> Iterator[Paper]:
    made = Paper("")

    def answer(path: str) -> tuple[int, str, bytes]:
        made.asked.append(path)
        status, kind, text = made.answer(path)
        return status, f"{kind}; charset=utf-8", text.encode()

    with answering(answer) as made.origin:
        yield made


@pytest.fixture
def definition(paper: Paper, tmp_path: Path) -> str:
    return write(paper, tmp_path, f'article = "{paper.origin}/view?no={{id}}"')


def write(paper: Paper, folder: Path, backfill: str) -> str:
    file = folder / "paper.toml"
    file.write_text(
        f"""name = "paper"
seeds = ["{paper.origin}/"]
zone = "Asia/Seoul"
delay = 0
allow_private = true
backfill = {{ {backfill} }}
[[articles]]
path = "/view"
key = "no"
[[lists]]
path = "/days/*"
""",
        encoding="utf-8",
    )
    return str(file)


def filled(*arguments: str) -> dict[str, Any]:
    done = seogo("backfill", *arguments, "--yes", "--json", "--parse-workers", "1")
    assert done.returncode == 0, done.stderr + done.stdout
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def test_numbers_are_fetched_once(paper: Paper, definition: str, tmp_path: Path) -> None:
    archive = str(tmp_path / "a")
    first = filled(definition, "--ids", "20-29", "-a", archive)
    assert first["articles"] == 9
    assert sorted(paper.articles()) == list(range(20, 30))

    paper.asked.clear()
    planned = seogo("backfill", definition, "--ids", "15-29", "--plan", "--json", "-a", archive)
    plan = json.loads(planned.stdout)
    assert (plan["addresses"], plan["held"], plan["requests"]) == (15, 10, 5)
    assert plan["first"].endswith("no=29")
    assert plan["last"].endswith("no=15")
    assert paper.asked == []

    second = filled(definition, "--ids", "15-29", "-a", archive)
    assert second["articles"] == 5
    assert sorted(paper.articles()) == list(range(15, 20))


def test_a_budget_leaves_the_rest_to_the_same_command(paper: Paper, definition: str, tmp_path: Path) -> None:
    archive = str(tmp_path / "a")
    first = filled(definition, "--ids", "30-39", "--max-pages", "4", "-a", archive)
    assert first["outcome"] == "unfinished"
    assert 4 <= len(paper.articles()) < 10
    second = filled(definition, "--ids", "30-39", "-a", archive)
    assert second["outcome"] == "finished"
    assert sorted(paper.articles()) == list(range(30, 40))


def test_days_by_their_list_pages_with_all_their_pages(paper: Paper, tmp_path: Path) -> None:
    definition = write(paper, tmp_path, f'day = "{paper.origin}/days/{{year}}-{{month}}-{{day}}"')
    found = filled(definition, "--since", "2026-03-01", "--until", "2026-03-03", "-a", str(tmp_path / "a"))
    assert found["articles"] == 18
    assert sorted(paper.articles()) == sorted(set(range(10, 30)) - GONE)
    assert "/days/2026-03-01?page=2" in paper.asked
    assert not any(path.startswith("/days/2026-03-03") for path in paper.asked)


def test_days_out_of_the_sitemaps_that_robots_txt_names(paper: Paper, tmp_path: Path) -> None:
    definition = write(paper, tmp_path, "")
    found = filled(definition, "--since", "2026-03-02", "--until", "2026-03-03", "-a", str(tmp_path / "a"))
    assert found["articles"] == 9
    assert sorted(paper.articles()) == list(range(20, 30))
    assert "/old.xml" not in paper.asked


def test_a_plan_for_people_and_nobody_to_ask(paper: Paper, definition: str, tmp_path: Path) -> None:
    shown = seogo("backfill", definition, "--ids", "20-29", "--delay", "2", "-a", str(tmp_path / "a"))
    assert shown.returncode == 2
    assert "nobody is there to ask" in shown.stderr
    assert "10, at 2 s each at least 0:00:20" in shown.stdout
    assert paper.asked == []


def test_mistakes_are_told_in_a_sentence(paper: Paper, tmp_path: Path) -> None:
    definition = write(paper, tmp_path, "")
    for arguments, said in (
        (("--ids", "1-2"), "how an article's address is made"),
        (("--ids", "1-2", "--since", "2026-01-01"), "either --ids"),
        (("--until", "2026-01-01"), "either --ids"),
    ):
        done = seogo("backfill", definition, *arguments, "--plan")
        assert done.returncode == 2
        assert said in done.stderr
    elsewhere = write(paper, tmp_path, 'article = "https://elsewhere.example/{id}"')
    done = seogo("backfill", elsewhere, "--ids", "1-2", "--plan")
    assert done.returncode == 2
    assert "out of the scope" in done.stderr
