"""The anatomy's picture marks every part and lets nothing of the page run."""

from __future__ import annotations

from lxml import html

from archive.model import Block, Body, Page, RankedItem, RankedList, Repeat, Section, SectionItem
from cpu_time import within
from crawler.picture import draw

PAGE = b"""<html><head><title>t</title><script>alert(1)</script></head><body onload="alert(2)">
<h1>Bridge reopens</h1><p>By Jane Doe</p><p>November 20, 2025 (2025-11-20)</p>
<div><p style="display:none" onclick="alert(3)">The bridge reopened on Monday.</p><p>Advertisement</p></div>
<ol><li><a href="/1">First story</a></li><li><a href="/2">Second story</a></li></ol>
<section><h2>Interviews</h2><a href="javascript:alert(4)">Third</a></section>
<table><tr><td>The bridge reopened on Monday.</td></tr></table>
<iframe src="https://evil.example/"></iframe><img src="https://evil.example/x.png" alt="A <b>bridge</b>">
<style>body { background: url(https://evil.example/y.png) }</style></body></html>"""

TAKEN_APART = Page(
    url="https://news.example/<script>",
    canonical_url=None,
    kind="article",
    lang="en",
    parser="test",
    body=Body(
        title="Bridge reopens",
        authors=("Jane Doe",),
        published="2025-11-20T06:00:00+09:00",
        blocks=(Block("p", "The bridge reopened on Monday."),),
        xpath="/html/body/div",
    ),
    ranked_lists=(
        RankedList(
            "Most read",
            None,
            None,
            "/html/body/ol",
            (
                RankedItem(1, "First story", "https://news.example/1"),
                RankedItem(2, "Second story", "https://news.example/2"),
            ),
        ),
    ),
    sections=(Section("Interviews", None, "/html/body/section", (SectionItem("Third", None),)),),
    repeats=(Repeat("body", "/html/body/div", "/html/body/table", "The bridge reopened"),),
)


def drawn() -> html.HtmlElement:
    return html.document_fromstring(draw(PAGE, TAKEN_APART))


def texts(part: str) -> list[str]:
    return [found.text for found in drawn().xpath(f"//div[@id='page']//span[@class='x-{part}']")]


def test_each_part_has_its_mark() -> None:
    assert texts("title") == ["Bridge reopens"]
    assert texts("body") == ["The bridge reopened on Monday."]
    assert texts("ranked") == ["First story", "Second story"]
    assert texts("section") == ["Interviews", "Third"]
    assert texts("fact") == ["By Jane Doe", "November 20, 2025 (2025-11-20)"]
    assert texts("repeat") == ["The bridge reopened on Monday."]
    assert "Advertisement" in texts("ignored")


def test_ranked_items_show_their_ranks() -> None:
    assert [badge.text for badge in drawn().xpath("//b[@class='x-rank']")] == ["1", "2"]


def test_nothing_of_the_page_runs_or_leaves() -> None:
    picture = draw(PAGE, TAKEN_APART)
    page = drawn().get_element_by_id("page")
    assert "evil.example" not in picture
    assert {element.tag for element in page.iter()} <= {"div", "span", "b"}
    assert {name for element in page.iter() for name in element.attrib} <= {"id", "class", "lang"}
    assert "default-src 'none'" in picture
    assert "<script>" not in picture


def test_an_xpath_that_is_no_plain_path_is_not_evaluated() -> None:
    page = Page("https://news.example/", None, "other", None, "test", sections=(Section(None, None, "//*[x()]"),))
    assert "x-frame-section" not in draw(PAGE, page).split("</style>")[1]


def test_lists_of_several_tabs_in_one_place_keep_their_own_ranks() -> None:
    page = b"""<div><ol><li><a href="/1">1 Alpha story</a><li><a href="/2">2 Beta story</a></ol>
    <ol><li><a href="/2">1 Beta story</a><li><a href="/1">2 Alpha story</a></ol></div>"""
    rows = (("Alpha story", "https://news.example/1"), ("Beta story", "https://news.example/2"))
    lists = tuple(
        RankedList("Top", tab, None, "/html/body/div", tuple(RankedItem(n, *row) for n, row in enumerate(order, 1)))
        for tab, order in (("day", rows), ("week", rows[::-1]))
    )
    picture = html.document_fromstring(
        draw(page, Page("https://news.example/", None, "front", None, "test", ranked_lists=lists))
    )
    assert [badge.text for badge in picture.xpath("//b[@class='x-rank']")] == ["1", "2", "1", "2"]
    assert [label.text for label in picture.xpath("//b[contains(@class, 'x-label')]")] == [
        "ranked: Top / day, 2 items",
        "ranked: Top / week, 2 items",
    ]


def drawn_lists(page: bytes, **lists: object) -> html.HtmlElement:
    value = Page("https://news.example/", None, "front", None, "test", **lists)  # type: ignore[arg-type]
    return html.document_fromstring(draw(page, value))


def test_lists_in_one_place_have_a_frame_each_and_a_shared_link_the_colour_of_where_it_stands() -> None:
    page = b"""<div><p>Menu</p><h3>Economy</h3><ul><li><a href="/1">Alpha story</a><li><a href="/2">Beta story</a></ul>
    <p>Advertisement</p><h3>Most read</h3><p>today</p><ol><li><a href="/2">Beta story</a>
    <li><a href="/1">Alpha story</a></ol></div>"""
    alpha, beta = ("Alpha story", "https://news.example/1"), ("Beta story", "https://news.example/2")
    picture = drawn_lists(
        page,
        sections=(Section("Economy", None, "/html/body/div", (SectionItem(*alpha), SectionItem(*beta))),),
        ranked_lists=(
            RankedList("Most read", None, None, "/html/body/div", (RankedItem(1, *beta), RankedItem(2, *alpha))),
        ),
    )
    frames = picture.xpath("//div[@id='page']//*[starts-with(@class, 'x-frame ')]")
    assert [frame.get("class") for frame in frames] == ["x-frame x-frame-section", "x-frame x-frame-ranked"]
    assert [[span.text for span in frame.xpath(".//span[not(contains(@class, 't-'))]")] for frame in frames] == [
        ["Economy", "Alpha story", "Beta story"],
        ["Most read", "today", "Beta story", "Alpha story"],
    ]
    assert [span.text for span in frames[0].xpath(".//span[@class='x-section']")] == [
        "Economy",
        "Alpha story",
        "Beta story",
    ]
    assert frames[1].xpath(".//span[@class='x-ranked']/text()") == ["Most read", "Beta story", "Alpha story"]


def test_a_place_whose_lists_cannot_be_told_apart_keeps_one_frame_with_all_labels() -> None:
    page = b'<div><p><a href="/1">Alpha story</a> <a href="/2">Beta story</a></p></div>'
    sections = tuple(
        Section(None, None, "/html/body/div", (SectionItem(f"{name} story", f"https://news.example/{n}"),))
        for n, name in enumerate(("Alpha", "Beta"), 1)
    )
    picture = drawn_lists(page, sections=sections)
    assert len(picture.xpath("//*[contains(@class, 'x-frame ')]")) == 1
    assert len(picture.xpath("//b[contains(@class, 'x-label ')]")) == 2


def test_each_of_a_tie_and_each_place_of_a_repeated_address_has_its_number() -> None:
    rows = [(1, "Alpha", 1), (2, "Beta", 2), (2, "Gamma", 3), (4, "Alpha again", 1)]
    page = "<ol>{}</ol>".format("".join(f'<li><a href="/{to}">{title} story</a>' for _, title, to in rows)).encode()
    items = tuple(RankedItem(rank, f"{title} story", f"https://news.example/{to}") for rank, title, to in rows)
    picture = drawn_lists(page, ranked_lists=(RankedList("Top", None, None, "/html/body/ol", items),))
    assert [badge.text for badge in picture.xpath("//b[@class='x-rank']")] == ["1", "2", "2", "4"]


def test_a_title_that_the_page_cuts_is_marked_too() -> None:
    page = b'<div><a href="/1">A bridge has reop...</a> <a href="/2">More...</a></div>'
    item = SectionItem("A bridge has reopened", "https://news.example/1")
    sections = (Section("Bridges", None, "/html/body/div", (item,)),)
    picture = html.document_fromstring(
        draw(page, Page("https://news.example/", None, "front", None, "test", sections=sections))
    )
    assert [span.text for span in picture.xpath("//*[@id='page']//*[@class='x-section']")] == ["A bridge has reop..."]
    assert [span.text for span in picture.xpath("//*[@id='page']//*[@class='x-ignored']")] == ["More..."]


def test_the_legend_leads_to_each_part_and_escapes_what_the_page_says() -> None:
    picture = drawn()
    anchors = {element.get("id") for element in picture.xpath("//div[@id='page']//*[@id]")}
    links = [link.get("href") for link in picture.xpath("//*[@id='facts']//a")]
    assert links == ["#body", "#ranked-0", "#section-0", "#repeat-0"]
    assert {link[1:] for link in links} <= anchors
    assert "https://news.example/<script>" in picture.xpath("//*[@id='facts']")[0].text_content()


def test_a_page_of_many_parts_is_drawn_in_little_time() -> None:
    page = b"<body>" + b"<div><ol><li><a href=/1>Some story of today</a></ol></div>" * 4000
    repeats = tuple(Repeat("item", "/html/body/div[1]", f"/html/body/div[{n}]", "x") for n in range(1, 4000))
    with within(5):
        draw(page, Page("https://news.example/", None, "front", None, "test", repeats=repeats))


def test_a_deeply_nested_page_is_drawn() -> None:
    page = b"<html><body>" + b"<div>" * 1500 + b"deep" + b"</div>" * 1500
    assert "deep" in draw(page, Page("https://news.example/", None, "other", None, "test"))
