"""Blocks on pages made to take long: time stays bounded, whatever the page."""

from __future__ import annotations

import pytest

from archive.document import parse_document
from cpu_time import within
from crawler.parsers.blocks import find_blocks
from crawler.parsers.tree import Tree
from crawler.sites.model import GENERIC_LAYOUT

ROW = '<li><a href="/news/article-{n}.html">A headline that says something {n}</a></li>'
LINK = '<a href="/news/article-{n}.html">A headline that says something {n}</a>'

PAGES = {
    "200,000 siblings": "<h3>Most read</h3><ul>" + "".join(ROW.format(n=n) for n in range(200_000)),
    "one flat run of links": "<h3>Most read</h3><div>" + "".join(LINK.format(n=n) for n in range(60_000)),
    "100,000 nested": "<div>" * 100_000 + LINK.format(n=1),
    "a million nodes": "<p>x" * 1_000_000,
    "headings only": "<h3>Most read</h3>" * 60_000,
    "empty lists": "<h3>Most read</h3><ul></ul>" * 30_000,
    "widgets of one row": ("<div><h3>Most read</h3><ul>" + ROW.format(n=1) + "</ul></div>") * 20_000,
    "rankings in one place": "".join(f"<h3>Most read</h3><ul>{ROW.format(n=n)}</ul>" for n in range(20_000)),
    "a strip of tabs": "<ul>"
    + "<li><button>Most read</button></li>" * 3_000
    + "</ul>"
    + "".join(
        f"<div class=tab><ol>{''.join(ROW.format(n=9 * n + row) for row in range(5))}</ol></div>" for n in range(3_000)
    ),
    "one address": "<h3>Most read</h3><ul>" + ROW.format(n=1) * 30_000,
    "short texts before a list": "<h3>Most read</h3>" + "<span>x</span>" * 50_000 + "<ul>" + ROW.format(n=1) * 9,
    "nested lists": ("<ul><li>" + LINK.format(n=1)) * 900,
    "long names": "".join(f'<div class="{"nav-title-" * 300}{n}">x' for n in range(1_000)),
    "long words": f"<h3>{'most ' * 9_000}</h3><ul><li><a href='/{'a-' * 4_000}'>{'more ' * 9_000}</a>{'12:' * 90_000}",
}


@pytest.mark.parametrize("page", PAGES)
def test_time_is_bounded(page: str) -> None:
    document = parse_document(f"<html><body>{PAGES[page]}".encode(), "https://a.example/", "text/html; charset=utf-8")
    with within(8):
        find_blocks(document, Tree(document.tree), GENERIC_LAYOUT)
