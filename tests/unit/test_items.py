"""Identities: which article a page shows, and which lists over time its blocks belong to."""

from __future__ import annotations

from typing import Any

import pytest

from archive.model import Block, Body, Page, RankedItem, RankedList, Section, SectionItem
from crawler.items import heading_key, identify
from crawler.sites.model import Site, UrlRule

SITE = Site("paper", ("https://www.paper.example/",), hosts=("www.paper.example",), articles=(UrlRule("/n/{key}"),))
URL = "https://www.paper.example/n/17?utm_source=x"
BODY = Body("제목", blocks=(Block("p", "본문"),))


def page(**parts: Any) -> Page:
    values: dict[str, Any] = {
        "url": URL,
        "canonical_url": None,
        "kind": "article",
        "lang": "ko",
        "parser": "p/1",
        "body": BODY,
    }
    return Page(**{**values, **parts})


def ranked(heading: str | None, tab: str | None = None, first: int = 1) -> RankedList:
    return RankedList(heading, tab, None, "/html", (RankedItem(first, "가", None), RankedItem(first + 1, "나", None)))


def section(heading: str | None, count: int = 2) -> Section:
    return Section(heading, None, "/html", tuple(SectionItem(str(n), None) for n in range(count)))


def test_the_definition_names_the_article() -> None:
    items = identify(page(), SITE, URL)
    assert (items.site, items.article_key, items.article_url) == ("paper", "17", URL)


def test_a_canonical_url_counts_within_the_site_alone() -> None:
    other = "https://www.paper.example/print/17"
    assert identify(page(canonical_url="https://www.paper.example/n/17"), SITE, other).article_key == "17"
    assert identify(page(canonical_url="https://evil.example/n/9"), SITE, URL).article_key == "17"
    assert identify(page(canonical_url="https://evil.example/n/9"), SITE, other).article_key is None
    assert identify(page(canonical_url="https://www.paper.example/"), None, URL).article_url == URL


def test_without_a_definition_the_address_is_the_key() -> None:
    items = identify(page(), None, URL)
    twin = identify(page(), None, "http://m.paper.example/n/17")
    assert items.site == "paper.example"
    assert items.article_key == twin.article_key is not None


@pytest.mark.parametrize("parts", [{"kind": "list"}, {"kind": "soft-block"}, {"body": None}])
def test_what_is_no_article_has_no_key(parts: dict[str, Any]) -> None:
    items = identify(page(**parts), SITE, URL)
    assert (items.article_key, items.article_url) == (None, None)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("인기기사 (11.23 09:00 기준) | 더보기 +", "인기기사"),
        ("많이 본 뉴스 2026-11-23", "많이 본 뉴스"),
        ("실시간 랭킹 09:30 기준", "실시간 랭킹"),
        ("관련기사 12건", "관련기사"),
        ("컬쳐/클래시그널", "컬쳐/클래시그널"),
        ("2026 대선", "2026 대선"),
        ("3.1운동", "3.1운동"),
        ("Most read (24h)", "Most read"),
        ("11월 23일", "11월 23일"),
        ("", ""),
        (None, ""),
        ("(" * 100_000, "(" * 300),
    ],
)
def test_headings_stay_the_same_over_time(heading: str | None, key: str) -> None:
    assert heading_key(heading) == key


def test_lists_stand_across_the_site_unless_they_are_the_pages_own() -> None:
    parts = page(
        ranked_lists=(ranked("인기기사", "일간"), ranked("인기기사", "주간")),
        sections=(section("인터뷰"), section("관련기사"), section(None)),
    )
    lists = identify(parts, SITE, URL).lists
    assert [(one.kind, one.heading, one.tab, bool(one.page_scope)) for one in lists] == [
        ("ranked", "인기기사", "일간", False),
        ("ranked", "인기기사", "주간", False),
        ("section", "인터뷰", "", False),
        ("section", "관련기사", "", True),
        ("section", "", "", True),
    ]


def test_two_lists_that_look_alike_are_told_apart() -> None:
    lists = identify(page(ranked_lists=(ranked("인기"), ranked("인기"))), SITE, URL).lists
    assert [one.tab for one in lists] == ["", "#2"]


def test_the_second_page_of_a_list_is_not_its_first() -> None:
    parts = page(
        kind="list",
        ranked_lists=(ranked("인기"), ranked("전체 순위", first=21)),
        sections=(section("전체", 9), section("인터뷰")),
    )
    lists = identify(parts, SITE, "https://www.paper.example/list?page=2").lists
    assert [bool(one.page_scope) for one in lists] == [False, True, True, False]
    assert not any(one.page_scope for one in identify(parts, SITE, "https://www.paper.example/list?page=1").lists)
