"""What belongs to a crawl, and what names a page."""

from __future__ import annotations

import pytest

from crawler.discovery.scope import Scope, article_key, page_key, seed
from crawler.errors import BadUrl
from crawler.sites.model import Site, UrlRule

SITE = Site(
    "paper",
    ("https://www.paper.example/",),
    hosts=("www.paper.example", ".press.example"),
    deny=(UrlRule("/search/**"),),
    articles=(UrlRule("/news/{key}"),),
    lists=(UrlRule("/list", {"cat": "*"}),),
)


def test_a_definition_names_its_hosts() -> None:
    scope = Scope.of_site(SITE)
    assert scope.has("https://www.paper.example/news/1")
    assert scope.has("http://a.b.press.example/x")
    assert scope.has("http://press.example/x")
    assert not scope.has("https://paper.example/news/1")
    assert not scope.has("https://evilpress.example/")
    assert not scope.has("https://www.paper.example/search/x")
    assert not scope.has("https://www.paper.example/a.jpg")


def test_bare_urls_take_their_twins_along() -> None:
    scope = Scope.of_urls(["https://paper.example/"])
    for host in ("paper.example", "www.paper.example", "m.paper.example", "PAPER.example"):
        assert scope.has(f"http://{host}/x")
    assert not scope.has("http://other.paper.example/")
    assert not scope.has("http://m.example/")


def test_kinds() -> None:
    scope = Scope.of_site(SITE)
    assert scope.kind("https://www.paper.example/news/1") == "article"
    assert scope.kind("https://www.paper.example/list?cat=3") == "list"
    assert scope.kind("https://www.paper.example/about") == "page"


def test_allow_narrows_and_roots_stay() -> None:
    site = Site("x", ("https://x.example/start.xml",), hosts=("x.example",), allow=(UrlRule("/in/**"),))
    scope = Scope.of_site(site)
    assert scope.has("https://x.example/in/a")
    assert not scope.has("https://x.example/out/a")
    assert scope.has("https://x.example/start.xml")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://[::1", "mailto:a@b", "data:text/html,x", "http://paper.example/" + "a" * 9000],
)
def test_what_is_no_page_is_out(url: str) -> None:
    assert not Scope.of_urls(["http://paper.example/"]).has(url)


def test_traps_are_out_and_remembered_by_their_reason() -> None:
    scope = Scope.of_urls(["http://paper.example/"])
    assert not scope.has("http://paper.example/a/b/a/b/a/b")
    assert not scope.has("http://paper.example/c/d/c/d/c/d")
    assert scope.has("http://paper.example/news/17")
    assert scope.traps == {"a path that repeats itself": "http://paper.example/a/b/a/b/a/b"}


def test_seeds_as_people_type_them() -> None:
    assert seed("paper.example") == "https://paper.example/"
    assert seed("localhost:8000/a") == "http://localhost:8000/a"
    assert seed(" https://paper.example/a?utm_source=x#top ") == "https://paper.example/a"
    for text in ("http://", "foo", "javascript:alert(1)", "ftp://x.example/", "", "http://a b.example/"):
        with pytest.raises(BadUrl):
            seed(text)


def test_keys() -> None:
    assert article_key(SITE, "https://www.paper.example/news/17?utm_source=x") == "17"
    assert article_key(SITE, "https://www.paper.example/about") is None
    assert article_key(None, "https://www.paper.example/news/17") is None
    assert page_key("https://m.paper.example/a?utm_id=2") == page_key("http://www.paper.example/a")
    assert page_key("https://m.example/a") != page_key("https://example/a")
