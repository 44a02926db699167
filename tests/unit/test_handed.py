"""Values that go from process to process come out as they went in, whatever text a page has."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from archive.model import Block, Body, Items, ListIdentity, Page, RankedItem, RankedList
from archive.prepare import prepared
from crawler.discovery.requisites import Parsed, Requires
from crawler.sites.loader import load


def items(title: str, rank: int = 1) -> Items:
    ranking = RankedList("많이 본", None, None, "/html/body/ol", (RankedItem(rank, title, "https://news.test/1"),))
    body = Body(title, authors=("한 기자",), blocks=(Block("p", f"{title} 본문"), Block("h", "소제목")))
    page = Page("https://news.test/1", None, "article", "ko", "test/1", body=body, ranked_lists=(ranking,))
    return Items(page, "paper", "1", page.url, (ListIdentity("ranked", "많이 본", "", ""),))


@pytest.mark.parametrize(("title", "rank"), [("제목", 1), ("\udc80 \ud800", 1), ("제목", 10**30)])
def test_a_parsed_page(title: str, rank: int) -> None:
    sent = Parsed(prepared(items(title, rank)), Requires(("https://news.test/a.css",), ()))
    came = pickle.loads(pickle.dumps(sent))
    assert came == sent
    assert came.items.prepared == sent.items.prepared


def test_a_definition() -> None:
    site = load("yakup")
    assert pickle.loads(pickle.dumps(site)) == site
    assert site.layout(None) == pickle.loads(pickle.dumps(site)).layout(None)


def test_what_is_prepared_is_what_the_writer_would_make(tmp_path: Path) -> None:
    made = prepared(items("제목")).prepared
    assert made is not None
    assert made.record == items("제목").page.to_json(links=False)
    assert made.search is not None
    assert made.search.text == "제목 목본 본문 문 소제 제목 목"
