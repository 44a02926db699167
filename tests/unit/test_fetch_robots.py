from __future__ import annotations

import pytest

from cpu_time import within
from crawler.fetch.robots import product_token, read

LIMIT = 500 << 10


def allowed(text: str | bytes, path: str = "/page", agent: str = "Seogo") -> bool:
    data = text.encode() if isinstance(text, str) else text
    return read(data, agent, LIMIT).can_fetch(f"https://example.org{path}", agent)


ALL = "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ("", "/page", True),
        (ALL, "/page", False),
        (ALL, "/robots.txt", True),
        (b"\xef\xbb\xbf" + ALL.encode(), "/page", False),
        (ALL.encode("utf-16"), "/page", False),
        (ALL.encode("utf-16-le"), "/page", False),
        (ALL.encode("utf-16-be"), "/page", False),
        (ALL.replace("\n", "\r"), "/page", False),
        (b"<!doctype html><p>User-agent: *\nDisallow: /\n", "/page", True),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "/page", True),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /\nAllow: /page\n", "/page", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Seogo\nDisallow: /private\n", "/page", True),
        ("User-agent: seogo\nDisallow: /\n", "/page", False),
        ("User-agent: Seogo/2.0\nDisallow: /\n", "/page", False),
        ("User-agent: Seo\nDisallow: /\n", "/page", True),
        ("User-agent: other\nUser-agent: Seogo\nDisallow: /page\n", "/page", False),
        ("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow:\n", "/page", True),
        ("Disallow: /\n", "/page", True),
    ],
)
def test_rules(data: str | bytes, path: str, expected: bool) -> None:
    assert allowed(data, path) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("5", 5.0), ("0.1", 0.1), ("-1", None), ("99999", 99999.0), ("soon", None), ("inf", None)]
)
def test_crawl_delay(value: str, expected: float | None) -> None:
    rules = read(f"User-agent: *\nCrawl-delay: {value}\n".encode(), "Seogo", LIMIT)
    assert rules.crawl_delay("Seogo") == expected


def test_a_rule_that_the_limit_cuts_is_left_out() -> None:
    data = b"User-agent: *\nAllow: /\nDisallow: /private\n"
    limit = data.index(b"private")
    assert read(data, "Seogo", limit).can_fetch("https://example.org/page", "Seogo")


def test_many_agents_and_stars_do_not_cost_time() -> None:
    hostile = b"".join(b"User-agent: a%d\n" % n for n in range(15_000))
    hostile += b"".join(b"Disallow: /%d*a*a*a*a*a*a*b$\n" % n for n in range(9_000))
    hostile += b"User-agent: *\nDisallow: /" + b"*a" * 2_000 + b"b\n"
    with within(2):
        rules = read(hostile, "Seogo", LIMIT)
        assert rules.can_fetch("https://example.org/" + "a" * 8_000, "Seogo")


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [("Seogo/0.1 (+https://example.org)", "Seogo"), ("my-bot", "my-bot"), ("", "*"), ("  Seogo ", "Seogo")],
)
def test_product_token(user_agent: str, expected: str) -> None:
    assert product_token(user_agent) == expected
