"""The page's JSON has the documented keys, in the documented shape."""

from __future__ import annotations

import json

from archive.model import Block, Body, Image, Page, RankedItem, RankedList, Repeat, Section, SectionItem


def page() -> Page:
    return Page(
        url="https://news.example/1",
        canonical_url=None,
        kind="article",
        lang="ko",
        parser="test",
        notes=("zone-from-language",),
        body=Body(
            title="제목",
            authors=("홍길동",),
            blocks=(Block("h", "소제목"), Block("p", "본문이다.")),
            images=(Image("https://news.example/1.png", caption="사진"),),
            xpath="/html/body/div",
        ),
        ranked_lists=(RankedList("인기기사", None, None, "/html/body/ol", (RankedItem(1, "첫째", None),)),),
        sections=(Section("인터뷰", "https://news.example/more", "/html/body/div[2]", (SectionItem("하나", None),)),),
        repeats=(Repeat("body", "/html/body/div", "/html/body/div[3]", "본문이다."),),
        links=("https://news.example/2",),
    )


def test_a_page_has_the_documented_keys() -> None:
    top = page().to_dict()
    assert list(top) == [
        "url", "canonical_url", "kind", "lang", "parser", "notes",
        "body", "ranked_lists", "sections", "repeats", "links",
    ]  # fmt: skip
    assert set(top["body"]) == {
        "title", "kicker", "subtitle", "authors", "published", "modified", "tags",
        "blocks", "paragraphs", "images", "xpath",
    }  # fmt: skip
    assert set(top["ranked_lists"][0]) == {"heading", "tab", "more_url", "xpath", "items"}
    assert set(top["sections"][0]) == {"heading", "more_url", "xpath", "items"}
    assert set(top["repeats"][0]) == {"kind", "of", "xpath", "text"}


def test_paragraphs_are_the_text_of_all_blocks_in_order() -> None:
    assert page().to_dict()["body"]["paragraphs"] == ["소제목", "본문이다."]


def test_the_json_has_only_json_types() -> None:
    top = page().to_dict()
    assert json.loads(json.dumps(top, ensure_ascii=False)) == top


def test_a_page_without_an_article_has_a_null_body() -> None:
    assert Page("https://news.example/", None, "front", None, "test").to_dict()["body"] is None
