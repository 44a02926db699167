"""The anatomy's picture marks every part and lets nothing of the page run."""

from __future__ import annotations

from lxml import html

from archive.model import Block, Body, Page, RankedItem, RankedList, Repeat, Section, SectionItem
from crawler.picture import draw

PAGE = b"""<html><head><title>t</title><script>alert(1)</script></head><body onload="alert(2)">
<h1>Bridge reopens</h1>
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
    body=Body(title="Bridge reopens", blocks=(Block("p", "The bridge reopened on Monday."),), xpath="/html/body/div"),
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
    assert texts("repeat") == ["The bridge reopened on Monday."]
    assert "Advertisement" in texts("ignored")


def test_ranked_items_show_their_ranks() -> None:
    assert [badge.text for badge in drawn().xpath("//b[@class='x-rank']")] == ["1", "2"]


def test_nothing_of_the_page_runs_or_leaves() -> None:
    picture = draw(PAGE, TAKEN_APART)
    page = drawn().get_element_by_id("page")
    assert "evil.example" not in picture
    assert not page.xpath(".//script|.//style|.//iframe|.//img|.//link|.//form")
    assert {name for element in page.iter() for name in element.attrib} <= {"id", "class"}
    assert "default-src 'none'" in picture
    assert "<script>" not in picture


def test_an_xpath_that_is_no_plain_path_is_not_evaluated() -> None:
    page = Page("https://news.example/", None, "other", None, "test", sections=(Section(None, None, "//*[x()]"),))
    assert "x-frame-section" not in draw(PAGE, page).split("</style>")[1]


def test_a_deeply_nested_page_is_drawn() -> None:
    page = b"<html><body>" + b"<div>" * 1500 + b"deep" + b"</div>" * 1500
    assert "deep" in draw(page, Page("https://news.example/", None, "other", None, "test"))
