"""The example site: what it serves is what `expected()` says, with the peculiarities that crawls are tested on."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import lxml.html
import pytest

from crawler.example import ExampleSite, expected, serve
from crawler.sites.loader import load


@pytest.fixture(scope="module")
def site() -> Iterator[ExampleSite]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def first_edition(site: ExampleSite) -> None:
    site.edition = 1


class Got:
    """One answer, its body still in its content coding."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def payload(self) -> bytes:
        return gzip.decompress(self.body) if self.headers["Content-Encoding"] == "gzip" else self.body


def get(site: ExampleSite, path: str, method: str = "GET", **headers: str) -> Got:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return Got(connection.getresponse())
    finally:
        connection.close()


def page(site: ExampleSite, path: str, encoding: str = "utf-8") -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(get(site, path).payload.decode(encoding))


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_the_paper_has_about_sixty_articles_all_different() -> None:
    first, second = expected(1), expected(2)
    assert len(first.articles) == 58
    assert len(second.articles) == 60
    titles = [article.title for article in second.articles.values()]
    assert len(set(titles)) == len(titles)
    assert {article.copy for article in first.articles.values()} == {"mobile", "print", "audio"}
    assert {article.lang for article in first.articles.values()} == {"ko", "en"}
    assert all(len(article.paragraphs) >= 4 for article in second.articles.values())
    korean = [article for article in second.articles.values() if article.lang == "ko" and not article.unlisted]
    assert all(380 <= sum(map(len, article.paragraphs)) <= 900 for article in korean)


def test_every_article_page_holds_each_paragraph_twice(site: ExampleSite) -> None:
    answers = expected(1, site.origin)
    for article in answers.articles.values():
        encoding = "cp949" if article.charset == "euc-kr" else "utf-8"
        text = get(site, path_of(article.url)).payload.decode(encoding)
        tree = lxml.html.document_fromstring(text)
        shown = tree.xpath("string(//main)")
        for paragraph in article.paragraphs:
            wanted = 2 * article.paragraphs.count(paragraph)
            assert shown.count(paragraph) >= wanted, (article.key, paragraph)
        assert article.title in shown
        assert tree.xpath("string(//html/@lang)") == article.lang
        if article.charset == "utf-8":
            assert tree.xpath("string(//link[@rel='canonical']/@href)") == article.url


def test_the_refrain_stands_twice_and_the_press_release_thrice() -> None:
    articles = expected(1).articles
    refrain = [text for text in articles["1604"].paragraphs if articles["1604"].paragraphs.count(text) == 2]
    assert len(refrain) == 2
    shared = set(articles["1203"].paragraphs) & set(articles["1506"].paragraphs)
    assert len(shared) >= 2
    assert articles["1203"].paragraphs != articles["1304"].paragraphs != articles["1506"].paragraphs


@pytest.mark.parametrize("edition", [1, 2, 3])
def test_the_sidebar_ranks_what_is_expected(site: ExampleSite, edition: int) -> None:
    site.edition = edition
    answers = expected(edition, site.origin)
    tree = page(site, "/news/list.html?cat=11")
    for tab, panel in (("일간", "rank-day"), ("주간", "rank-week")):
        rows = tree.xpath(f"//div[@id='{panel}']//li/a")
        shown = [(int(row.findtext("em")), row.get("title") or row.findtext("span"), row.get("href")) for row in rows]
        assert shown == [(rank, title, path_of(url)) for rank, title, url in answers.rankings[tab].items]
        more = tree.xpath(f"string(//div[@id='{panel}']/a[@class='more']/@href)")
        assert site.origin + more == answers.rankings[tab].more_url
        full = page(site, more).xpath("//div[@class='full-columns']//li/a")
        assert [row.get("href") for row in full] == [path_of(url) for _, _, url in answers.rankings[tab].full]


def test_from_edition_to_edition_entries_enter_leave_move_and_stay() -> None:
    for tab in ("일간", "주간"):
        before = {url: rank for rank, _, url in expected(1).rankings[tab].items}
        after = {url: rank for rank, _, url in expected(2).rankings[tab].items}
        assert after.keys() - before.keys()
        assert before.keys() - after.keys()
        assert {url for url in before.keys() & after.keys() if before[url] != after[url]}
    assert expected(2).rankings["일간"].items == expected(2).rankings["일간"].items
    assert len(expected(5).rankings["주간"].full) == 20


def test_an_article_is_rewritten_in_the_second_edition(site: ExampleSite) -> None:
    before, after = expected(1).articles["1101"], expected(2).articles["1101"]
    assert before.url == after.url
    assert before.title != after.title
    assert before.published == after.published
    assert before.modified == "2026-11-20T09:12:00+09:00"
    assert after.modified == "2026-11-21T10:30:00+09:00"
    site.edition = 2
    assert after.title in page(site, path_of(after.url)).xpath("string(//h1)")


def test_sections_show_their_newest_and_one_is_empty(site: ExampleSite) -> None:
    answers = expected(1, site.origin)
    assert list(answers.sections) == ["인터뷰", "피플", "컬처"]
    tree = page(site, "/")
    for box in tree.xpath("//aside/section[@class='box']"):
        section = answers.sections[box.findtext("h3")]
        shown = [(link.text, site.origin + link.get("href")) for link in box.xpath("ul/li/a")]
        assert shown == list(section.items)
        assert site.origin + box.xpath("string(a[@class='more']/@href)") == section.more_url
    assert answers.sections["컬처"].items == ()
    assert "등록된 기사가 없습니다" in page(site, path_of(answers.sections["컬처"].more_url)).text_content()


def test_list_pages_lead_to_all_listed_articles_by_the_next_link(site: ExampleSite) -> None:
    found: list[str] = []
    path: str | None = "/news/list.html"
    pages = 0
    while path:
        tree = page(site, path)
        found += [site.origin + href for href in tree.xpath("//ul[@class='rows']//h4/a/@href")]
        path = next(iter(tree.xpath("//a[@class='next']/@href")), None)
        pages += 1
    assert pages == 4
    assert sorted(found) == sorted(a.url for a in expected(1, site.origin).articles.values() if not a.unlisted)


def test_the_local_pages_are_korean_in_two_bytes_declared_in_header_or_meta(site: ExampleSite) -> None:
    declared = set()
    for number in range(1501, 1509):
        got = get(site, f"/news/view.html?cat=15&no={number}")
        in_header = "euc-kr" in got.headers["Content-Type"]
        in_meta = b'http-equiv="Content-Type" content="text/html; charset=euc-kr"' in got.payload
        declared.add((in_header, in_meta))
        assert expected().articles[str(number)].title in got.payload.decode("cp949")
        with pytest.raises(UnicodeDecodeError):
            got.payload.decode("utf-8")
    assert declared == {(True, False), (False, True)}
    with pytest.raises(UnicodeDecodeError):
        get(site, "/news/view.html?cat=15&no=1503").payload.decode("euc-kr")


def test_pages_come_gzipped_chunked_and_plain(site: ExampleSite) -> None:
    seen = set()
    for key in range(1101, 1109):
        got = get(site, f"/news/view.html?cat=11&no={key}", Accept_Encoding="gzip, deflate")
        chunked = got.headers["Transfer-Encoding"] == "chunked"
        assert chunked == ("Content-Length" not in got.headers)
        seen.add((chunked, got.headers["Content-Encoding"]))
        assert got.payload == get(site, f"/news/view.html?cat=11&no={key}").body
    assert seen == {(False, "gzip"), (True, None), (False, None), (True, "gzip")}


def test_the_same_question_gets_the_same_bytes(site: ExampleSite) -> None:
    for path in ("/", "/news/view.html?cat=11&no=1101", "/img/photo/1101.png", "/rss.xml"):
        assert get(site, path, Accept_Encoding="gzip").body == get(site, path, Accept_Encoding="gzip").body


def test_conditional_requests_are_answered_304_until_the_edition_changes(site: ExampleSite) -> None:
    for path, ours, theirs in (
        ("/news/view.html?cat=11&no=1104", "ETag", "If_None_Match"),
        ("/news/view.html?cat=11&no=1109", "Last-Modified", "If_Modified_Since"),
        ("/static/site.css", "ETag", "If_None_Match"),
    ):
        validator = get(site, path).headers[ours]
        assert validator, path
        got = get(site, path, **{theirs: validator})
        assert (got.status, got.body) == (304, b"")
        site.edition = 2
        assert get(site, path, **{theirs: validator}).status == (304 if "static" in path else 200)
        site.edition = 1


def test_redirects_missing_pages_and_the_soft_404(site: ExampleSite) -> None:
    old = get(site, "/news/articleView.html?idxno=1201")
    assert (old.status, old.headers["Location"]) == (301, "/news/view.html?cat=12&no=1201")
    fair = get(site, "/s/fair")
    assert (fair.status, fair.headers["Location"]) == (302, "/news/view.html?cat=13&no=2001")
    assert expected().articles["2001"].unlisted
    for path in ("/company/history.html", "/news/view.html?cat=13&no=1399", "/nowhere", "/news/list.html?cat=99"):
        assert get(site, path).status == 404
    withdrawn = get(site, "/news/view.html?cat=12&no=1190")
    assert withdrawn.status == 200
    assert "존재하지 않는 기사" in withdrawn.payload.decode()


def test_one_article_answers_at_several_addresses_and_names_one(site: ExampleSite) -> None:
    canonical = expected(1, site.origin).articles["1101"].url
    for path in (
        "/news/view.html?no=1101&cat=11",
        "/news/view.html?no=1101",
        "/news/view.html?cat=11&no=1101&utm_source=front&utm_medium=lead",
        "/m/view.html?no=1101",
    ):
        assert page(site, path).xpath("string(//link[@rel='canonical']/@href)") == canonical


def test_robots_refuses_what_pages_link_to(site: ExampleSite) -> None:
    robots = get(site, "/robots.txt").body.decode()
    refused = re.findall(r"^Disallow: (\S+)", robots, re.MULTILINE)
    links = page(site, "/").xpath("//a/@href")
    assert all(any(link.startswith(prefix) for link in links) for prefix in refused)
    assert f"Sitemap: {site.origin}/sitemap.xml" in robots


def test_sitemap_and_feed_name_articles(site: ExampleSite) -> None:
    listed = {a.url for a in expected(1, site.origin).articles.values() if not a.unlisted}
    sitemap = lxml.etree.fromstring(get(site, "/sitemap.xml").body)
    assert listed <= set(sitemap.xpath("//*[local-name()='loc']/text()"))
    feed = lxml.etree.fromstring(get(site, "/rss.xml").body)
    links = feed.xpath("//item/link/text()")
    assert len(links) == 20
    assert set(links) <= listed


def test_pictures_and_style_sheets_exist(site: ExampleSite) -> None:
    tree = page(site, "/news/view.html?cat=11&no=1101")
    sources = tree.xpath("//img/@src") + [part.split()[0] for part in tree.xpath("//img/@srcset")[0].split(",")]
    for source in sources:
        got = get(site, source)
        assert got.status == 200
        assert got.headers["Content-Type"].startswith("image/")
    style = get(site, "/static/site.css").body.decode()
    assert '@import "base.css"' in style
    assert 'url("/img/paper.svg")' in get(site, "/static/base.css").body.decode()
    assert get(site, "/static/../server.py").status == 404


def test_connections_are_kept_alive_and_requests_logged(site: ExampleSite) -> None:
    site.log.clear()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("HEAD", "/")
    assert connection.getresponse().read() == b""
    port = connection.sock.getsockname()[1]
    connection.request("GET", "/news/list.html?cat=11&page=2")
    connection.getresponse().read()
    assert connection.sock.getsockname()[1] == port
    connection.close()
    assert [(hit.method, hit.path) for hit in site.log] == [("HEAD", "/"), ("GET", "/news/list.html?cat=11&page=2")]
    assert abs(site.log[0].time - time.time()) < 600


def test_leaving_closes_idle_connections_and_frees_the_port() -> None:
    before = threading.active_count()
    with serve() as own:
        idle = socket.create_connection(("127.0.0.1", own.port), timeout=60)
        idle.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(9) == b"HTTP/1.1 "
        with pytest.raises(OSError, match="in use"), serve(own.port):
            pass
    idle.settimeout(60)
    while idle.recv(4096):
        pass
    idle.close()
    deadline = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
    with serve(own.port) as again:
        assert get(again, "/robots.txt").status == 200


def test_editions_count_from_one() -> None:
    with pytest.raises(ValueError, match="edition 0"), serve(edition=0):
        pass


def test_the_definition_names_its_articles_and_pages() -> None:
    definition = load("example")
    assert definition.allow_private
    assert definition.zone == "Asia/Seoul"
    answers = expected(1, "http://127.0.0.1:8003")
    sections = {section.more_url for section in answers.sections.values()}
    assert set(definition.sidebar) == {ranked.more_url for ranked in answers.rankings.values()} | sections
