"""A request survives the frontier as JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request, Spider

from crawler.errors import CrawlerError
from crawler.frontier.request_json import dump, load


class Reader(Spider):
    name = "reader"

    def page(self, response: object) -> None: ...

    def failed(self, failure: object) -> None: ...


SPIDER = Reader()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(["GET", "POST"]),
    st.binary(max_size=50),
    st.dictionaries(st.sampled_from(["role", "hops", "identity"]), PLAIN),
    st.integers(-9, 99),
    st.booleans(),
)
def test_what_a_request_is_comes_back(method: str, body: bytes, meta: dict, priority: int, dont_filter: bool) -> None:
    request = Request(
        "https://news.example/기사?no=1",
        callback=SPIDER.page,
        errback=SPIDER.failed,
        method=method,
        body=body,
        headers={"X-Odd": ["a", "ü"]},
        meta=meta,
        priority=priority,
        dont_filter=dont_filter,
    )
    text = dump(request, SPIDER)
    json.loads(text)
    again = load(text, SPIDER)
    assert again.to_dict(spider=SPIDER) == request.to_dict(spider=SPIDER)


def test_what_one_fetch_left_behind_is_not_kept() -> None:
    request = Request("https://news.example/", meta={"role": "seed", "frontier_id": 4, "download_latency": 0.1})
    assert load(dump(request, SPIDER), SPIDER).meta == {"role": "seed"}


def test_meta_that_json_cannot_hold_is_refused_in_a_sentence() -> None:
    with pytest.raises(CrawlerError, match="cannot hold"):
        dump(Request("https://news.example/", meta={"odd": object()}), SPIDER)


def test_a_callback_of_nobody_is_refused() -> None:
    with pytest.raises(CrawlerError, match="no method of the spider"):
        dump(Request("https://news.example/", callback=lambda _: None), SPIDER)
