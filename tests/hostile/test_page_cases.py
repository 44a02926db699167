"""Pages that mislead a parser, each test named for its case: layouts, repeats, lists in odd places, hidden sources."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from archive.model import Page
from cpu_time import within
from crawler.parsers import parse_page
from crawler.sites.model import Layout, Selectors, Site

URL = "https://paper.example/news/2024/100-harbour.html"
TITLE = "Harbour bridge opens after nine years of work"
TEXT = [
    f"Paragraph {name} tells in one long sentence what the council decided about the harbour bridge that evening."
    for name in ("one", "two", "three", "four", "five", "six")
]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)
ROWS = [(f"Bakers strike over the price of flour, day {n}", f"/news/2024/20{n}-bakers.html") for n in range(1, 6)]


def rows(tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="{href}">{title}</a></{tag}>' for title, href in ROWS)


def parse(body: str, head: str = "", *, site: Site | None = None, charset: str = "utf-8") -> Page:
    html = f"<html><head><title>{TITLE} - Paper</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    return parse_page(html.encode(charset), URL, site=site)


def paragraphs(page: Page) -> list[str]:
    assert page.body is not None
    return list(page.body.paragraphs)


@pytest.mark.parametrize(("depth", "cut"), [(200, False), (2_000, False), (2_060, True), (100_000, True)])
def test_41_depth_beyond_what_the_parser_keeps_is_noted(depth: int, cut: bool) -> None:
    page = parse("<div>" * depth + "<p>Deep text.</p>" + "</div>" * depth)
    assert ("tree-truncated" in page.notes) == cut


def test_43_memory_stays_near_the_size_of_the_page() -> None:
    page = f"<html><body><h1>{TITLE}</h1>{BODY}<script>{'x' * 8_000_000}</script><p>{'y ' * 2_000_000}</p>".encode()
    tracemalloc.start()
    try:
        parse_page(page, URL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(page)


def test_43_a_page_beyond_the_cap_is_cut_and_noted() -> None:
    page = parse(BODY + "<script>" + "a" * 17_000_000 + "</script>")
    assert "tree-truncated" in page.notes
    assert paragraphs(page) == TEXT


def test_45_lead_quotes_captions_and_cards() -> None:
    page = parse(
        f'<p class="lead">{TEXT[0]}</p><article>'
        f'<figure><img src="/a.jpg" alt="{TITLE}"><figcaption>{TITLE}</figcaption></figure>{BODY}'
        f'<aside class="pullquote">{TEXT[2]}</aside>'
        '<div class="read-more"><a href="/news/2024/300-other.html">Read also: another story of the port</a></div>'
        '<div class="newsletter"><p>Sign up for our newsletter, your e-mail address stays with us.</p></div></article>'
    )
    assert paragraphs(page) == TEXT
    assert {repeat.kind for repeat in page.repeats} == {"paragraph"}


TIES = "".join(f"<li><b>{n}</b> <a href='{h}'>{t}</a>" for n, (t, h) in zip((1, 2, 2, 4, 5), ROWS, strict=True))


@pytest.mark.parametrize(
    ("list_", "ranks"),
    [
        (f"<ol>{rows()}</ol>", [1, 2, 3, 4, 5]),
        (f"<ol reversed>{rows()}</ol>", [5, 4, 3, 2, 1]),
        (f"<ol start=6>{rows()}</ol>", [6, 7, 8, 9, 10]),
        (f"<ul>{TIES}</ul>", [1, 2, 2, 4, 5]),
    ],
    ids=["plain", "reversed", "start", "ties"],
)
def test_46_a_ranked_list_inside_the_article_is_kept_apart(list_: str, ranks: list[int]) -> None:
    page = parse(f"<article>{BODY}<div class=box><h3>Most read</h3>{list_}</div></article>")
    assert paragraphs(page) == TEXT
    assert [[item.rank for item in found.items] for found in page.ranked_lists] == [ranks]


def test_46_no_items_and_tabs() -> None:
    page = parse(f"<article>{BODY}</article><div><h3>Most read</h3><ol></ol></div>")
    assert [(found.heading, found.items) for found in page.ranked_lists] == [("Most read", ())]
    other = "".join(f'<li><a href="/news/2024/40{n}-x.html">Night trains return to line {n}</a>' for n in range(5))
    page = parse(
        f"<article>{BODY}</article><section><h3>Most read</h3><div class=tabs><button class=on>Today</button>"
        f"<button>Week</button></div><div class=panel><ol>{rows()}</ol></div>"
        f"<div class=panel hidden><ol>{other}</ol></div></section>"
    )
    assert [(found.tab, len(found.items)) for found in page.ranked_lists] == [("Today", 5), ("Week", 5)]


def test_47_one_story_in_several_blocks_and_a_cloned_carousel() -> None:
    first = f'<li><a href="{ROWS[0][1]}">{ROWS[0][0]}</a></li>'
    blocks = "".join(
        f"<section><h3>{name}</h3><ul>{first}"
        + "".join(f'<li><a href="/news/{n}{k}-s.html">The {name} desk tells story number {k}</a>' for k in range(3))
        + "</ul></section>"
        for n, name in enumerate(("Culture", "Economy", "Science"), 51)
    )
    page = parse(f"<article>{BODY}</article>{blocks}")
    assert [(found.heading, len(found.items)) for found in page.sections] == [
        ("Culture", 4), ("Economy", 4), ("Science", 4),
    ]  # fmt: skip
    clone = f'<li class="slick-cloned"><a href="{ROWS[4][1]}">{ROWS[4][0]}</a></li>'
    page = parse(f"<article>{BODY}</article><section><h3>Culture</h3><ul>{clone}{rows()}</ul></section>")
    assert [len(found.items) for found in page.sections] == [5]
    assert [repeat.kind for repeat in page.repeats] == ["item"]


def test_48_a_live_blog_of_800_entries_takes_no_long_time() -> None:
    entries = "".join(
        f"<div class=entry id=e{n}><time>12:{n % 60:02}</time><h3>Update number {n}</h3>"
        f"<p>Entry {n} of the evening says in a sentence of its own what happened at the harbour.</p></div>"
        for n in range(800, 0, -1)
    )
    with within(5):
        page = parse(f"<article>{entries}</article>")
    assert sum(text.startswith("Entry ") for text in paragraphs(page)) == 800


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (f"<noscript>{BODY}</noscript>", "body-from-noscript"),
        (f"<template>{BODY}</template>", "body-from-template"),
        (
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(TEXT)})
            + "</script>",
            "body-from-jsonld",
        ),
        (
            '<script id="__NEXT_DATA__" type="application/json">'
            + json.dumps({"props": {"article": {"title": TITLE, "body": BODY}}})
            + "</script>",
            "body-from-state",
        ),
    ],
    ids=["noscript", "template", "json-ld", "next"],
)
def test_49_text_only_in_another_source_is_found_and_marked(body: str, note: str) -> None:
    page = parse(body, '<meta property="og:type" content="article"><meta name="date" content="2024-05-01">')
    assert paragraphs(page) == TEXT
    assert note in page.notes


def test_50_hidden_text_is_no_part_of_the_body() -> None:
    hidden = "A hidden sentence that search engines may read but no reader of the paper ever sees on the page."
    page = parse(
        f"<article>{BODY}<p style='display: none'>{hidden}</p><p class='sr-only'>{hidden} Again.</p></article>"
    )
    assert paragraphs(page) == TEXT


@pytest.mark.parametrize(
    ("charset", "declared", "text"),
    [
        ("cp949", "euc-kr", "시의회는 밤늦게 항구 다리를 열기로 정했다고 밝혔다. 숩똠방각하도 왔다."),
        ("cp949", "utf-8", "시의회는 밤늦게 항구 다리를 열기로 정했다고 밝혔다. 사람들이 모였다."),
        ("cp932", "shift_jis", "市議会は夜遅くに港の橋を開くことを決めたと発表した。人々が集まった。"),
        ("gb18030", "gbk", "市议会深夜决定开放港口大桥，人们聚集在那里，这是九年来的第一次。"),
        ("cp1252", "utf-8", "Der Stadtrat öffnet die Brücke – „endlich“, sagt der Bürgermeister über die Straße."),
    ],
)
def test_51_encodings_right_and_wrongly_declared(charset: str, declared: str, text: str) -> None:
    body = "".join(f"<p>{n}. {text}</p>" for n in range(6))
    html = f"<html><head><meta charset={declared}><title>1</title></head><body><h1>{text[:20]}</h1>{body}</body></html>"
    page = parse_page(html.encode(charset), URL)
    assert page.body is not None
    assert all(text in paragraph for paragraph in page.body.paragraphs)


@pytest.mark.parametrize("date", ["2 hours ago", "gestern", "12/11/2026", "9999-01-01", "soon", ""])
def test_53_what_is_no_certain_date_is_null(date: str) -> None:
    page = parse(f'<span class=date>{date}</span>{BODY}<meta name="date" content="{date}">')
    assert page.body is not None
    assert page.body.published is None


def test_53_two_zones_and_a_change_before_publication_stay_as_given() -> None:
    head = (
        '<meta property="article:published_time" content="2024-05-02T09:00:00+09:00">'
        '<meta property="article:modified_time" content="2024-05-01T23:30:00Z">'
    )
    page = parse(BODY, head)
    assert page.body is not None
    assert page.body.published == "2024-05-02T09:00:00+09:00"
    assert page.body.modified == "2024-05-01T23:30:00+00:00"


def test_56_names_that_change_overnight_change_nothing() -> None:
    found = [
        parse(
            f'<div class="{a}"><div class="{b}">{BODY}</div></div>'
            f'<div class="{c}"><h3>Most read</h3><ul class="{a}">{rows()}</ul></div>'
        )
        for a, b, c in (("css-1x9", "css-77a", "css-0b"), ("sc-kPAaWt", "sc-bdVaJa", "sc-htpNat"), ("", "", ""))
    ]
    assert all(paragraphs(page) == TEXT for page in found)
    assert [[len(each.items) for each in page.ranked_lists] for page in found] == [[5], [5], [5]]


@pytest.mark.parametrize(
    "body",
    [
        f'<amp-img src="/a.jpg"></amp-img><div class="article-content">{BODY}</div><amp-ad>Advertisement</amp-ad>',
        f"<table width=640><tr><td><font size=2>{'<br><br>'.join(TEXT)}</font></td></tr></table>",
        f"<div id=wrap><div class=m_view>{BODY}</div><a href=/pc>PC version</a></div>",
    ],
    ids=["amp", "print", "mobile"],
)
def test_57_other_editions_of_a_page_are_read_by_the_generic_parser(body: str) -> None:
    assert paragraphs(parse(body)) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000 + "!",
        "1." * 300_000,
        "by " * 200_000,
        "(" * 300_000,
        "- " * 300_000,
        "사진=" * 200_000,
        "@" * 99_999,
    ],
)
def test_58_no_pattern_backtracks(text: str) -> None:
    hostile = f"<p class='byline'>{text}</p><h3>{text}</h3><a href='/news/1234-a.html'>{text}</a><time>{text}</time>"
    with within(5):
        parse(hostile + BODY)


def test_87_a_definition_whose_selectors_find_nothing_leaves_the_generic_parser_at_work() -> None:
    layout = Layout(selectors=Selectors(body="div.gone", title="h1.gone", authors="b", published="i", ignore=("u",)))
    site = Site(name="paper", seeds=(URL,), layouts=(layout,))
    page = parse_page(
        f"<html><body><h1>{TITLE}</h1>{BODY}</body></html>".encode(), URL, site=site, captured_at=datetime.now(UTC)
    )
    assert page.body is not None
    assert (page.body.title, list(page.body.paragraphs)) == (TITLE, TEXT)
