"""Sitemaps, feeds and links that mislead a crawl, case by case; each through whole commands on a server of our own."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from answering import answering
from example_crawls import seogo

HTML, XML = "text/html; charset=utf-8", "application/xml"
TEXT = "".join(f"<p>이 시험을 위해 지어낸 {n}번째 문단이며 어느 신문에도 실린 적이 없는 글이다.</p>" for n in range(6))
DAY = "2026-03-02T09:00:00+09:00"


@dataclass
class Paper:
    """What a server answers by path without query; `asked` are the paths as they came."""

    origin: str = ""
    answers: dict[str, Callable[[str], tuple[str, bytes]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, kind: str = XML) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.answers[path] = lambda whole: (kind, data)

    def article(self, path: str, title: str, head: str = "") -> None:
        self.put(path, f"<html lang=ko><head>{head}</head><article><h1>{title}</h1>{TEXT}</article></html>", HTML)

    def definition(self, folder: Path) -> str:
        file = folder / "paper.toml"
        rule = '[[articles]]\npath = "/view/{key}"\n[[articles]]\npath = "/view.html"\nkey = "no"\n'
        file.write_text(
            f'name = "paper"\nseeds = ["{self.origin}/"]\nzone = "Asia/Seoul"\ndelay = 0\nallow_private = true\n{rule}',
            encoding="utf-8",
        )
        return str(file)


@pytest.fixture
def paper() -> Iterator[Paper]:
    made = Paper()

    def answer(path: str) -> tuple[int, str, bytes]:
        made.asked.append(path)
        known = made.answers.get(path.partition("?")[0])
        return (200, *known(path)) if known else (404, "text/plain", b"")

    with answering(answer) as made.origin:
        yield made


def day_of(paper: Paper, folder: Path) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Fill in a day out of the sitemaps; the summary and the outcomes."""
    span = ("--since", "2026-03-02", "--until", "2026-03-03", "--yes", "--json", "--parse-workers", "0")
    done = seogo("backfill", paper.definition(folder), *span, "-a", str(folder / "a"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), outcomes(folder / "a")


def crawl(paper: Paper, folder: Path, *more: str) -> tuple[dict[str, Any], str]:
    """Crawl from the front page without a definition; the summary and what a person was told beside it."""
    asked = ("--delay", "0", "--allow-private", "--no-requisites", "--parse-workers", "0", "--json", *more)
    done = seogo("crawl", f"{paper.origin}/", *asked, "-a", str(folder / "a"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def outcomes(archive: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(archive / "index.db") as db:
        return db.execute("SELECT outcome, url, reason FROM outcomes ORDER BY at").fetchall()


def sitemap(*urls: str, tag: str = "url", date: str = DAY) -> str:
    rows = "".join(f"<{tag}><loc>{url}</loc><lastmod>{date}</lastmod></{tag}>" for url in urls)
    return f'<?xml version="1.0"?><{"urlset" if tag == "url" else "sitemapindex"}>{rows}</{tag}set>'.replace(
        "</sitemapset>", "</sitemapindex>"
    )


def robots(paper: Paper, *names: str) -> None:
    paper.put("/robots.txt", "".join(f"Sitemap: {paper.origin}{name}\n" for name in names), "text/plain")


def test_31_sitemap_indexes_that_name_themselves_each_other_and_ever_more(paper: Paper, tmp_path: Path) -> None:
    own = paper.origin
    robots(paper, "/self.xml", "/deep0.xml")
    paper.put("/self.xml", sitemap(f"{own}/self.xml", f"{own}/self.xml#again", f"{own}/deep0.xml", tag="sitemap"))
    for level in range(50):
        paper.put(f"/deep{level}.xml", sitemap(f"{own}/deep{level + 1}.xml", f"{own}/leaf.xml", tag="sitemap"))
    paper.put("/leaf.xml", sitemap(f"{own}/view/17"))
    paper.article("/view/17", "자기를 부르는 목록의 끝")
    found, _ = day_of(paper, tmp_path)
    assert found["articles"] == 1
    assert paper.asked.count("/self.xml") == 1
    assert paper.asked.count("/leaf.xml") == 1
    assert sum(path.startswith("/deep") for path in paper.asked) < 10


def test_32_sitemaps_that_are_none_are_outcomes(paper: Paper, tmp_path: Path) -> None:
    broken = {
        "/empty.xml": b"",
        "/page.xml": b"<html><body>not found</body></html>",
        "/junk.xml": b"\x1f\x8bjunk",
        "/bomb.xml": gzip.compress(b"<urlset>" + b" " * (80 << 20), 9),
        "/cut.xml": gzip.compress(b"<html/>" * 100)[:-9],
    }
    for name, data in broken.items():
        paper.put(name, data)
    paper.put("/good.xml", sitemap(f"{paper.origin}/view/17")[:-9])
    paper.article("/view/17", "끝이 잘린 목록에서 읽은 기사")
    robots(paper, *broken, "/good.xml")
    found, recorded = day_of(paper, tmp_path)
    assert found["articles"] == 1
    told = {url.removeprefix(paper.origin): reason for outcome, url, reason in recorded if outcome == "bad-sitemap"}
    assert set(told) == set(broken)
    assert all(told.values())


def test_33_entities_in_a_sitemap_open_nothing(paper: Paper, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{paper.origin}/view/secret")
    robots(paper, "/xxe.xml", "/dtd.xml", "/laughs.xml")
    body = f"<url><loc>&x;</loc><lastmod>{DAY}</lastmod></url>"
    paper.put("/xxe.xml", f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]><urlset>{body}</urlset>')
    paper.put("/dtd.xml", f'<!DOCTYPE urlset SYSTEM "{paper.origin}/outside.dtd"><urlset>{body}</urlset>')
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    paper.put("/laughs.xml", f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}]><urlset>{body}</urlset>')
    day_of(paper, tmp_path)
    assert not {"/view/secret", "/outside.dtd"} & set(paper.asked)


def test_34_addresses_in_a_sitemap_are_checked(paper: Paper, tmp_path: Path) -> None:
    robots(paper, "/map.xml")
    locs = [
        f"\n  {paper.origin}/view/1\n ",
        f"<![CDATA[{paper.origin}/view/2]]>",
        f"{paper.origin}/view.html?a=1&amp;no=3",
        "https://elsewhere.invalid/view/4",
        "javascript:alert(1)",
        f"{paper.origin}/view/" + "x" * (1 << 20),
        "http://[::1",
        "",
    ]
    paper.put("/map.xml", sitemap(*locs))
    for name in ("/view/1", "/view/2", "/view.html"):
        paper.article(name, f"주소를 살핀 목록의 {name[-1]}번 기사")
    found, _ = day_of(paper, tmp_path)
    assert found["articles"] == 3
    assert {path for path in paper.asked if "view" in path} == {"/view/1", "/view/2", "/view.html?a=1&no=3"}


@pytest.mark.parametrize("date", ["0000-00-00", "9999-99-99", "11월 3일", "2199-01-01", "1970-01-01", "2026-03-02"])
def test_35_dates_of_a_sitemap_that_are_none_choose_nothing(paper: Paper, tmp_path: Path, date: str) -> None:
    robots(paper, "/map.xml")
    paper.put("/map.xml", sitemap(f"{paper.origin}/view/1", date=date))
    paper.article("/view/1", "날짜로 고른 기사")
    found, _ = day_of(paper, tmp_path)
    assert found["articles"] == (1 if date == "2026-03-02" else 0)


def test_36_feeds_as_they_come_through_a_job(paper: Paper, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    paper.definition(folder)
    job = '[[job]]\nname = "new"\nsite = "./paper.toml"\nfetch = ["articles"]\nevery = "1h"\n'
    (folder / "jobs.toml").write_text(job, encoding="utf-8")
    # What nobody chose: the front page names the feed, as one of its own host and one of another.
    alternate = "<link rel='alternate  feed' type='application/rss+xml; charset=utf-8' href="
    paper.put("/", f"<html><head>{alternate}'rss.xml?a=1&amp;b=2'>{alternate}'//elsewhere.invalid/rss'></head>", HTML)
    items = [
        "<item><title>&lt;b&gt;굵은&lt;/b&gt; 제목 &lt;script&gt;x()&lt;/script&gt;</title><link>/view/1</link></item>",
        "<item><guid>same</guid><link>view/2</link><pubDate>yesterday</pubDate></item>",
        f"<item><guid>same</guid><link>\n {paper.origin}/view/3?utm_source=rss </link></item>",
        "<item><title>광고</title><link>https://shop.invalid/view/4</link></item>",
        "<item><guid isPermaLink='false'>5</guid><link>javascript:alert(5)</link></item>",
        "<item><title>옛 글</title><link>/view/6</link><pubDate>Mon, 02 Mar 2015 09:00:00 +0900</pubDate></item>",
        "<item/>",
    ]
    for number in range(1, 7):
        paper.article(f"/view/{number}", f"피드가 가리킨 {number}번 기사")

    def run(order: list[str], fetch: str) -> dict[str, Any]:
        paper.put("/rss.xml", f"<rss version='2.0'><channel>{''.join(order)}</channel></rss>", "text/html")
        (folder / "jobs.toml").write_text(job.replace("articles", fetch), encoding="utf-8")
        done = seogo("jobs", "run", "new", "-a", str(folder), "--json", "--parse-workers", "0")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    run(items, "front")
    assert run(items, "articles")["articles"] == 3
    assert {path for path in paper.asked if "view" in path} == {"/view/1", "/view/2", "/view/3"}
    assert "/rss.xml?a=1&b=2" in paper.asked
    asked = len(paper.asked)
    assert run(items[::-1], "articles")["articles"] == 0
    assert not any("view" in path for path in paper.asked[asked:]), "found again is not fetched again"
    with sqlite3.connect(folder / "index.db") as db:
        hosts = {url.split("/")[2] for (url,) in db.execute("SELECT url FROM outcomes")}
    assert hosts == {paper.origin.partition("//")[2]}


def test_37_rows_without_end_are_left_alone_and_told(paper: Paper, tmp_path: Path) -> None:
    def calendar(path: str) -> tuple[str, bytes]:
        year = int(path.rpartition("=")[2] if "=" in path else 2026)
        links = f'<a href="/events?year={year + 1}">next</a><a href="/a/b{path.count("b")}">x</a>'
        return HTML, f"<html><h1>{year}</h1>{links}</html>".encode()

    paper.put(
        "/",
        '<html><a href="/events?year=2026">일정</a><a href="/a/b/a/b/a/b">깊이</a>'
        '<a href="/view/1;jsessionid=0A1B2C">기사</a><a href="/list?page=99999">끝</a></html>',
        HTML,
    )
    paper.answers["/events"] = calendar
    found, told = crawl(paper, tmp_path, "--depth", "30")
    assert len(paper.asked) < 12
    reasons = {reason for outcome, _, reason in outcomes(tmp_path / "a") if outcome == "trap"}
    assert {reason.split()[1] for reason in reasons} >= {"calendar", "path", "session", "page"}
    assert told.count("row without end") == len(reasons)
    assert found["failed"].keys() <= {"http-404"}


def test_37_jobs_name_rows_without_end_in_their_status(paper: Paper, tmp_path: Path) -> None:
    paper.put("/", '<html><a href="/view/1;jsessionid=0A1B2C">기사</a><a href="/list?page=99999">끝</a></html>', HTML)
    job = f'[[job]]\nname = "all"\nsite = "{paper.origin}/"\nevery = "1h"\nallow_private = true\n'
    (tmp_path / "jobs.toml").write_text(job, encoding="utf-8")
    done = seogo("jobs", "run", "all", "-a", str(tmp_path), "--parse-workers", "0")
    assert done.returncode == 0, done.stderr
    shown = seogo("jobs", "status", "-a", str(tmp_path)).stdout
    assert [line for line in shown.splitlines() if " all trap: " in line and "jsessionid=0A1B2C" in line]
    assert paper.asked.count("/list?page=99999") == 0


def test_38_one_article_at_its_many_addresses(paper: Paper, tmp_path: Path) -> None:
    canonical = f'<link rel="canonical" href="{paper.origin}/news/17">'
    paths = ["/news/17", "/news/17/", "/amp/news/17", "/news/17?utm_source=x", "/news/17#top", "/print/17"]
    paper.put("/", "<html>" + "".join(f'<a href="{path}">기사</a>' for path in paths) + "</html>", HTML)
    for path in ("/news/17", "/news/17/", "/amp/news/17", "/print/17"):
        paper.article(path, "주소가 여럿인 기사", canonical)
    found, _ = crawl(paper, tmp_path, "--depth", "1")
    assert (found["articles"], found["versions"]) == (1, 1)
    assert paper.asked.count("/news/17") == 1
    assert not any("utm_" in path for path in paper.asked)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://elsewhere.invalid/news/1">',
        '<link rel="canonical" href="/">',
        '<link rel="canonical" href="http://[::1">',
        '<link rel="canonical" href="javascript:alert(1)">',
        '<link rel="canonical" href="/news/9"><link rel="canonical" href="/news/8">',
    ],
    ids=["other-host", "home", "broken", "script", "two"],
)
def test_39_a_canonical_address_that_is_not_to_be_trusted_joins_nothing(
    paper: Paper, tmp_path: Path, head: str
) -> None:
    paper.put("/", '<html><a href="/news/1">하나</a><a href="/news/2">둘</a></html>', HTML)
    for number in (1, 2):
        paper.article(f"/news/{number}", f"믿지 못할 주소의 {number}번 기사", head if number == 1 else "")
    found, _ = crawl(paper, tmp_path, "--depth", "1")
    assert found["articles"] == 2


def test_40_addresses_made_to_mislead(paper: Paper, tmp_path: Path) -> None:
    port = paper.origin.rpartition(":")[2]
    paper.put(
        "/",
        f'<html><head><base href="http://user:secret@127.0.0.1:{port}/news/"></head>'
        '<a href="1">하나</a><a href="//elsewhere.invalid/x">남</a><a href="http://e.invalid\\@127.0.0.1/y">꼬임</a>'
        f'<a href="http://me:word@127.0.0.1:{port}/news/2">둘</a><a href="http://раper.invalid/">닮음</a></html>',
        HTML,
    )
    for number in (1, 2):
        paper.article(f"/news/{number}", f"꼬인 주소의 {number}번 기사")
    found, told = crawl(paper, tmp_path, "--depth", "1")
    assert found["articles"] == 2
    with sqlite3.connect(tmp_path / "a" / "index.db") as db:
        urls = [url for (url,) in db.execute("SELECT url FROM captures")]
    assert not any("secret" in url or "word" in url or "@" in url for url in urls)
    assert "secret" not in told
    assert {path for path in paper.asked if path.startswith("/news")} == {"/news/1", "/news/2"}
