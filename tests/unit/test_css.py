"""Selectors of definitions find what a browser would."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.sites import css

PAGE = html.document_fromstring(
    """<html><body><div id="a" class="box wide"><p>1</p><p class="x">2 <b>bold</b> end</p>
    <section><p class="x y" data-Rank="7">3</p></section></div><!-- c --><div class="box"><p>4</p><i></i></div>
    </body></html>"""
)


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("p", ["1", "2 bold end", "3", "4"]),
        ("#a > p", ["1", "2 bold end"]),
        ("#a p", ["1", "2 bold end", "3"]),
        ("p + p", ["2 bold end"]),
        ("p.x + section p", ["3"]),
        (".box.wide .y, .box > p", ["1", "2 bold end", "3", "4"]),
        ("div:not(.wide) > p", ["4"]),
        (":is(section, .wide) > p", ["1", "2 bold end", "3"]),
        ("p[data-rank]", ["3"]),
        ("p[class^=x]::text", ["2 ", " end", "3"]),
        ("[data-rank]::attr(data-rank)", ["7"]),
        ("i:empty", [""]),
        ("html body div section p", ["3"]),
        ("section div p", []),
        ("P", ["1", "2 bold end", "3", "4"]),
    ],
)
def test_selected_values(selector: str, texts: list[str]) -> None:
    assert css.values(PAGE, selector) == texts


def test_matches_come_once_and_in_document_order() -> None:
    assert [one.tag for one in css.elements(PAGE, "section, p, p.x")] == ["p", "p", "section", "p", "p"]


def test_a_part_of_the_tree_knows_its_ancestors() -> None:
    section = css.elements(PAGE, "section")[0]
    assert css.values(section, "#a p") == ["3"]
    assert css.values(section, "section") == ["3"]
    assert css.values(section, "p.x + p") == []


@pytest.mark.parametrize(
    "selector", ["a:hover", "p:has(b)", "a ~ b", "p:nth-of-type(2)", "p::first-line", "a, b::text"]
)
def test_what_a_definition_cannot_use_is_told(selector: str) -> None:
    with pytest.raises(css.BadSelector):
        css.compiled(selector, texts=True)
