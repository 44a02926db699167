"""What list pages load when somebody wants more of them."""

from __future__ import annotations

import json

import pytest

from crawler.discovery.loading import MAX_LINKS, following, links_of
from crawler.sites.model import LoadRule, Site

URL = "https://paper.example/api/list?page=2"
SITE = Site(
    "paper",
    ("https://paper.example/",),
    load=(LoadRule("/list", {"cat": "*"}, "https://paper.example/api/list?c={cat}&page={page}"),),
)


def test_parameters_of_the_list_page_go_into_what_it_loads() -> None:
    found = following(SITE, "https://paper.example/list?cat=a%26b%20%ED%95%9C&x=1", 3)
    assert found == "https://paper.example/api/list?c=a%26b%20%ED%95%9C&page=3"
    assert following(SITE, "https://paper.example/list", 2) is None
    assert following(None, "https://paper.example/list?cat=1", 2) is None


@pytest.mark.parametrize(
    "answer",
    [
        '<li><a href="/view?no=17">하나</a></li><li><a href="//paper.example/view?no=18">둘</a></li>',
        json.dumps(
            {"items": [{"url": "/view?no=17", "title": "/ a slash"}, {"link": "https://paper.example/view?no=18"}]}
        ),
        json.dumps({"html": "<ul><li><a href='/view?no=17'>하나</a><a href='view?no=1' ></a></ul>", "next": 3}),
        json.dumps([["/view?no=17", "//paper.example/view?no=18", "javascript:alert(1)", "17", None, True]]),
    ],
)
def test_addresses_in_html_in_json_and_in_html_in_json(answer: str) -> None:
    assert "https://paper.example/view?no=17" in links_of(answer.encode(), URL)
    assert all(link.startswith("https://paper.example/") for link in links_of(answer.encode(), URL))


@pytest.mark.parametrize("answer", ["", "{", "[1,2", "[" * 100_000, "{}", "null", "\x00\xff", '{"a": "\\ud800"}'])
def test_what_is_no_answer_has_no_links(answer: str) -> None:
    assert links_of(answer.encode("utf-8", "surrogatepass"), URL) == ()


def test_links_are_bounded() -> None:
    assert len(links_of(b"".join(b'<a href="/%d">x</a>' % n for n in range(20_000)), URL)) == MAX_LINKS
