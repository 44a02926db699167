"""Feeds and sitemaps of all kinds, and what is no feed: bounded, told in a sentence, nothing read or fetched."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpu_time import within
from crawler.discovery.feeds import MAX_ENTRIES, BadFeed, read_feed
from crawler.discovery.paging import Rows, next_page
from crawler.example.server import serve

URL = "https://news.test/feed.xml"
MAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://news.test/</link>{}</channel></rss>'
)


def addresses(data: str | bytes) -> list[str]:
    return [entry.url for entry in read_feed(data.encode() if isinstance(data, str) else data, URL).entries]


def test_the_example_site_s_own() -> None:
    import urllib.request

    with serve(0) as site:
        for path in ("/sitemap.xml", "/rss.xml"):
            with urllib.request.urlopen(site.origin + path) as answer:
                found = read_feed(answer.read(), site.origin + path)
            assert len(found.entries) >= 20
            assert all(entry.url.startswith(site.origin) for entry in found.entries)
            assert sum(entry.at is not None for entry in found.entries) > 15


def test_rss_with_relative_links_no_guid_doubles_and_markup_in_titles() -> None:
    item = "<item><title>&lt;b&gt;하나&lt;/b&gt;</title><link>{}</link><guid>1</guid></item>"
    links = ("/news/1", "https://news.test/news/1", "https://ads.test/x", "javascript:alert(1)", "")
    found = read_feed(RSS.format("".join(item.format(link) for link in links)).encode(), URL)
    assert [entry.url for entry in found.entries] == ["https://news.test/news/1", "https://ads.test/x"]
    assert found.notes == ("2 entries without an http(s) address",) or len(found.notes) == 1


def test_atom_and_json() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="/a"/>'
        "<updated>2026-11-23T09:00:00+09:00</updated></entry></feed>"
    )
    [entry] = read_feed(atom.encode(), URL).entries
    assert (entry.url, entry.at is not None and entry.at.hour) == ("https://news.test/a", 0)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "url": "/j"}, {"id": 7}, 3, {"url": []}],
    }
    assert addresses(json.dumps(feed)) == ["https://news.test/j"]


def test_google_news_and_an_index_and_gzip() -> None:
    news = (
        '<url><loc>\n https://news.test/1 \n</loc><news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        "<news:publication><news:name>n</news:name></news:publication>"
        "<news:publication_date>2026-11-23</news:publication_date><news:title>제목</news:title></news:news></url>"
    )
    [entry] = read_feed(gzip.compress(MAP.format(news).encode()), URL).entries
    assert (entry.url, entry.title, entry.dated) == ("https://news.test/1", "제목", "2026-11-23")
    index = MAP.replace("urlset", "sitemapindex").format("<sitemap><loc>/a.xml</loc></sitemap>" * 3)
    assert [child.url for child in read_feed(index.encode(), URL).children] == ["https://news.test/a.xml"]


@pytest.mark.parametrize("date", ["0000-00-00", "9999-99-99", "November 2026", "", "2026-13-01", "1e9"])
def test_a_date_that_is_none_is_kept_as_text(date: str) -> None:
    [entry] = read_feed(MAP.format(f"<url><loc>/a</loc><lastmod>{date}</lastmod></url>").encode(), URL).entries
    assert (entry.dated or "", entry.at) == (date, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"<html><body>not found</body></html>",
        b"\x1f\x8bjunk",
        b"\x1f\x8b",
        gzip.compress(b"<html/>")[:-9],
        b"<urlset",
        b"{}",
        b'{"items": 3}',
        b"{" * 100_000,
        b"/etc/passwd",
        b"https://news.test/other.xml",
        b"\x00\x01\x02",
        gzip.compress(b"<urlset>" + b" " * (300 << 20), 9),
    ],
    ids=range(14),
)
def test_what_is_no_feed_is_told_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadFeed) as caught:
        read_feed(data, URL)
    assert "\n" not in str(caught.value)


def test_a_map_that_breaks_off_gives_what_stands_before() -> None:
    whole = MAP.format("<url><loc>/a</loc></url>" * 1 + "<url><loc>/b</loc></url>")
    found = read_feed(whole[:-25].encode(), URL)
    assert [entry.url for entry in found.entries] == ["https://news.test/a"]
    assert "broken behind" in found.notes[0]


@pytest.mark.parametrize("kind", [MAP.format("<url><loc>{}</loc></url>"), RSS.format("<item><link>{}</link></item>")])
def test_entities_read_no_file_and_do_not_grow(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://news.test/SECRET")
    head, body = kind.split("?>", 1)
    root = "urlset" if "urlset" in kind else "rss"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for entities, use in (
        (f'<!ENTITY x SYSTEM "file://{secret}">', "&x;"),
        (f'<!ENTITY % p SYSTEM "file://{secret}"> %p;', "/a"),
        ('<!ENTITY l0 "ha">' + laughs, "&l9;"),
    ):
        text = f"{head}?><!DOCTYPE {root} [{entities}]>" + body.format(use)
        with within(2):
            try:
                found = read_feed(text.encode(), URL)
            except BadFeed:
                continue
        assert not any("SECRET" in entry.url or len(entry.url) > 2000 for entry in found.entries)


def test_endless_maps_are_cut() -> None:
    urls = "".join(f"<url><loc>/{number}</loc></url>" for number in range(MAX_ENTRIES + 10))
    found = read_feed(MAP.format(urls).encode(), URL)
    assert len(found.entries) == MAX_ENTRIES
    assert "left out" in found.notes[0]


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: RSS.format(text).encode("utf-8", "replace")))
def test_any_bytes_give_a_feed_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(BadFeed):
        assert len(read_feed(data, URL).entries) < 300


LIST = "https://news.test/list?cat=1"


@pytest.mark.parametrize(
    ("url", "links", "following"),
    [
        (LIST, [LIST + "&page=2", LIST + "&page=9"], LIST + "&page=2"),
        (LIST + "&page=2", [LIST, LIST + "&page=1", LIST + "&page=3"], LIST + "&page=3"),
        (LIST, ["https://news.test/list?cat=2&page=2"], None),
        (LIST, ["https://news.test/news/2"], None),
        ("https://news.test/list/page/2/", ["https://news.test/list/page/3/"], "https://news.test/list/page/3/"),
    ],
)
def test_the_next_page(url: str, links: list[str], following: str | None) -> None:
    assert next_page(url, links) == following


def test_paging_ends_where_nothing_is_new() -> None:
    rows = Rows()
    links = [f"{LIST}&page={number}" for number in range(1, 50)]
    assert rows.follow(LIST, links, 0) is None
    asked, url = 0, LIST
    while (following := rows.follow(url, links, 5 if asked < 4 else 0)) is not None:
        url, asked = following, asked + 1
    assert asked == 6
