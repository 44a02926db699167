"""A page that a definition names an article is one, however short; a page that is blocked stays blocked."""

from __future__ import annotations

from crawler.parsers import parse_page
from crawler.sites.model import Site, UrlRule

SITE = Site("paper", ("https://paper.example/",), articles=(UrlRule("/a/{key}"),))
SHORT = b"""<!doctype html><title>Ferry late</title><article><h1>Ferry late</h1>
<p>The morning ferry to the islands left an hour late on Monday.</p>
<p>Fog over the harbour had closed the fairway, the port said.</p></article>"""
MISSING = b"<!doctype html><title>Not found</title><h1>404 Page not found</h1><p>The page you look for is gone.</p>"


def test_a_short_article_is_one_where_the_definition_says_so() -> None:
    page = parse_page(SHORT, "https://paper.example/a/17", site=SITE)
    assert page.kind == "article"
    assert page.body is not None
    assert len(page.body.paragraphs) == 2


def test_elsewhere_it_has_to_show_it() -> None:
    assert parse_page(SHORT, "https://paper.example/b/17", site=SITE).kind == "other"


def test_a_missing_page_is_no_article_at_an_articles_address() -> None:
    assert parse_page(MISSING, "https://paper.example/a/18", site=SITE).body is None
