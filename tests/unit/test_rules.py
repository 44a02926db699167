"""URL rules: templates, keys, and no pair of template and URL that takes long."""

from __future__ import annotations

import pytest

from cpu_time import within
from crawler.discovery.rules import check, match, matches
from crawler.sites.model import UrlRule

ORIGIN = "https://example.org"


@pytest.mark.parametrize(
    ("template", "path", "key"),
    [
        ("/", "/", ""),
        ("/news/{key}", "/news/17", "17"),
        ("/news/{key}", "/news/17/", None),
        ("/news/{key}.html", "/news/17.html", "17"),
        ("/news/{key}-*.html", "/news/17-a-headline.html", "17"),
        ("/news/*-{key}.html", "/news/a-headline-17.html", "17"),
        ("/*/{key}", "/a/b/17", None),
        ("/**/{key}", "/a/b/17", "17"),
        ("/a/**/x*y", "/a/xa/xy", ""),
        ("/a/*", "/a/b/c", None),
        ("/a/**", "/a/b/c", ""),
        ("/뉴스/{key}", "/%EB%89%B4%EC%8A%A4/3", "3"),
    ],
)
def test_paths(template: str, path: str, key: str | None) -> None:
    assert match(UrlRule(template), ORIGIN + path) == key


def test_queries() -> None:
    rule = UrlRule("/news/index.html", {"mode": "view", "nid": "*"}, "nid")
    assert match(rule, f"{ORIGIN}/news/index.html?cat=12&nid=5&mode=view&utm_source=x") == "5"
    assert match(rule, f"{ORIGIN}/news/index.html?mode=view&nid=") is None
    assert match(rule, f"{ORIGIN}/news/index.html?mode=list&nid=5") is None
    assert not matches(rule, f"{ORIGIN}/news/index.html")


def test_odd_urls_match_nothing() -> None:
    for url in ("http://[::1", "https://example.org/" + "a" * 9000, f"{ORIGIN}/?" + "a=1&" * 300):
        assert not matches(UrlRule("/**", {"a": "*"}), url)


@pytest.mark.parametrize(
    "rule",
    [
        UrlRule("news"),
        UrlRule("/{nid}"),
        UrlRule("/{key}/{key}"),
        UrlRule("/***"),
        UrlRule("/*{key}"),
        UrlRule("/{key}", key="nid"),
    ],
)
def test_malformed_rules_are_told(rule: UrlRule) -> None:
    assert check(rule)


def test_no_template_is_slow() -> None:
    rule = UrlRule("/" + "**a" * 60 + "{key}" + "!**" * 30)
    with within(2):
        assert not matches(rule, f"{ORIGIN}/{'a' * 8000}")
