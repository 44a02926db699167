"""Hostile and broken pages: each ends in a Page or a DocumentError, in bounded time, and can be written as JSON."""

from __future__ import annotations

import json

import pytest

from archive.errors import DocumentError
from archive.model import Page
from cpu_time import within
from crawler.parsers import parse_page

URL = "https://paper.example/news/1"
TITLE = "제목 하나 있는 기사입니다"
TEXT = [f"이 문장은 충분히 길어서 기사 본문으로 보입니다. 모두 다른 문단이며 번호는 {i}번입니다." for i in range(10)]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)


def parse(body: str, head: str = "") -> Page:
    data = (
        f"<html><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    )
    with within(10):
        page = parse_page(data.encode("utf-8", "surrogatepass"), URL)
    json.dumps(page.to_dict(), ensure_ascii=False).encode()
    return page


def linked_data(text: str) -> Page:
    return parse(BODY, f'<script type="application/ld+json">{text}</script>')


@pytest.mark.parametrize(
    "body",
    ["<div>" * 100_000 + BODY, "<span>" * 100_000 + BODY, "<table><tr><td>" * 5_000 + BODY, "<b></b>" * 300_000 + BODY],
    ids=["41-nested-div", "41-nested-span", "41-nested-tables", "43-tiny-nodes"],
)
def test_what_is_cut_is_noted(body: str) -> None:
    assert "tree-truncated" in parse(body).notes


@pytest.mark.parametrize(
    "extra",
    [
        f"<div class='{'a ' * 2_000_000}'>x</div>",
        f"<div id='{'a' * 4_000_000}'>x</div>",
        "<script>" + "a" * 8_000_000 + "</script>",
        "<svg>" + '<path d="M0 0"/>' * 100_000 + "</svg>",
        "x<br>" * 30_000,
        "<p>" + "By A " * 60 + "</p><p>" + "a@" * 200 + "</p><p>" + " 가=나/다 " * 40 + "기자</p>",
        "<p>" + "a" * 1_000_000 + "!</p>",
    ],
    ids=["43-attribute", "43-id", "43-script", "43-svg", "br", "58-backtracking", "58-aaaa"],
)
def test_large_things_beside_an_article(extra: str) -> None:
    page = parse(BODY + extra)
    assert page.body is not None
    assert set(TEXT) <= set(page.body.paragraphs)


def test_42_many_siblings() -> None:
    page = parse("<p>짧은 문장이다.</p>" * 40_000)
    assert page.kind in ("article", "other")


def test_same_paragraph_many_times() -> None:
    page = parse(BODY * 200)
    assert page.body is not None
    assert list(page.body.paragraphs) == TEXT
    assert len(page.repeats) <= 500


@pytest.mark.parametrize(
    "html",
    [
        f"<html><body>{BODY}</body><body>{BODY}</body></html>",
        f"<article>{BODY}</article><article>{BODY}</article>",
        f"<article><h1>{TITLE}</h1><article>{BODY}</article></article>",
        f"<p><b>{BODY}</i></b></p></div></div>",
        f"<nav><ul><li><a href=/x>x</a>{BODY}",
    ],
    ids=["44-two-bodies", "44-two-articles", "44-article-in-article", "44-misnested", "44-unclosed-nav"],
)
def test_44_broken_structure_gives_the_text_once(html: str) -> None:
    page = parse_page(html.encode(), URL)
    assert page.body is not None
    assert list(page.body.paragraphs) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"@type":"NewsArticle","wordCount":' + "9" * 5_000 + "}",
        '{"@type":"NewsArticle","author":"\\ud800","headline":"\\ud800"}',
        '{"@type":"NewsArticle","x":NaN,"y":Infinity}',
        '"a string"',
        "null",
        '{"@type":"NewsArticle","datePublished":["soon",{"x":1}],"author":[1,null,[],{"name":{}}]}',
        '{"@graph":"x","@type":{"a":1}}',
    ],
    ids=["deep-list", "deep-object", "int", "surrogate", "nan", "string", "null", "types", "graph"],
)
def test_52_linked_data_never_hurts(text: str) -> None:
    page = linked_data(text)
    assert page.body is not None
    assert list(page.body.paragraphs) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","author":{"name":"홍길동",},}',
        '/* <![CDATA[ */ {"@type":"NewsArticle","author":["홍길동"]} /* ]]> */',
        '<!-- {"@type":"NewsArticle","author":["홍길동"]} -->',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;author&quot;:&quot;홍길동&quot;}",
        '[{"@graph":[{"@type":["Report","NewsArticle"],"author":{"@id":"#a"}},{"@id":"#a","name":"홍길동"}]}]',
    ],
    ids=["comma", "cdata", "comment", "escaped", "graph-reference"],
)
def test_52_linked_data_with_the_usual_defects_is_read(text: str) -> None:
    page = linked_data(text)
    assert page.body is not None
    assert page.body.authors == ("홍길동",)


def test_54_two_hundred_authors_are_bounded() -> None:
    names = ",".join(f'{{"name":"Jane {chr(65 + i % 26)}{chr(97 + i // 26)}xx"}}' for i in range(200))
    page = linked_data(f'{{"@type":"NewsArticle","author":[{names}]}}')
    assert page.body is not None
    assert len(page.body.authors) == 20


@pytest.mark.parametrize(
    "title", ["&lt;/title>&lt;script>alert(1)&lt;/script>", "t" * 1_000_000, " &nbsp; ", "\x01\x02", ""]
)
def test_55_titles(title: str) -> None:
    page = parse_page(f"<html><head><title>{title}</title></head><body>{BODY}</body></html>".encode(), URL)
    assert page.body is not None
    assert page.body.title is None or 0 < len(page.body.title) <= 500


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\x89PNG\r\n\x1a\n", b"<!-- -->", b"%PDF-1.4"])
def test_27_what_is_no_page_is_an_error_in_one_sentence(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"https://paper\.example/news/1: "):
        parse_page(data, URL)


def test_50_invisible_marks_do_not_hide_a_repeat() -> None:
    marked = [text.replace("문", "문\u200b").replace("다", "다\u00ad") for text in TEXT]
    spread = "".join(f"<p>{text}</p>" for text in marked)
    page = parse(f"<div class=view>{BODY}</div><div class=print>{spread}</div>")
    assert page.body is not None
    assert list(page.body.paragraphs) == TEXT
    assert [repeat.kind for repeat in page.repeats] == ["body"]
