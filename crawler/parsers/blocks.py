"""Ranked lists and section blocks of a page, as data: the door to the finder.

How it works: one pass makes the tree flat (blocks_outline); links that lead to content make rows, rows that stand side
by side make groups (blocks_rows); each group gets the heading that stands over it (headings); groups under one heading
are a draft (sections); a draft whose heading claims popularity is a ranked list (ranked), any other with a heading a
section; second copies go (repeats). Headings without rows stay as empty blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from lxml import etree

from archive.document import Document
from archive.model import RankedItem, RankedList, Repeat, Section, SectionItem
from crawler.parsers.blocks_outline import Outline
from crawler.parsers.blocks_rows import Links, find_groups
from crawler.parsers.blocks_titles import row_title
from crawler.parsers.blocks_words import folded, is_popular
from crawler.parsers.ranked import rank_rows
from crawler.parsers.ranked_tabs import adopt_panes, split_tabs
from crawler.parsers.repeats import drop_copied_drafts, drop_copied_rows
from crawler.parsers.sections import (
    Draft,
    draft_blocks,
    lists_content,
    more_link,
    popular_headings,
    split_groups,
)
from crawler.parsers.sections_empty import empty_shells
from crawler.sites.model import Layout

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and the element it was read from."""

    value: T
    element: etree._Element


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a page lists beside its article, in document order; `repeats` are the copies that were dropped."""

    ranked: tuple[Found[RankedList], ...] = ()
    sections: tuple[Found[Section], ...] = ()
    repeats: tuple[Repeat, ...] = ()


def find_blocks(document: Document, layout: Layout) -> Blocks:
    """Find the ranked lists and section blocks of a page. Deterministic; does not change the tree."""
    outline = Outline(document.tree)
    links = Links(document, outline)
    groups = split_groups(links, find_groups(links))
    drafts = [draft for draft in draft_blocks(links, groups, _page_title(document)) if draft.heading is not None]
    drafts = adopt_panes(links, drafts, popular_headings(links))
    drafts = [tab for draft in drafts for tab in (split_tabs(links, draft) if is_popular(draft.text) else [draft])]
    drafts, copies = drop_copied_drafts(outline, drafts)
    repeats = [
        Repeat(
            "block",
            _xpath(document, outline, kept),
            _xpath(document, outline, copy),
            outline.text(_container(outline, copy))[:80],
        )
        for copy, kept in copies
    ]
    ranked: list[tuple[int, Found[RankedList]]] = []
    sections: list[tuple[int, Found[Section]]] = []
    used = set()
    order = sorted(drafts, key=lambda draft: draft.start)
    for place, draft in enumerate(order):
        heading = draft.heading
        if heading is None:
            continue
        used.add(heading.node)
        stop = order[place + 1].start if place + 1 < len(order) else len(outline.nodes)
        if (
            place + 1 < len(order)
            and (following := order[place + 1].heading) is not None
            and following.node > draft.start
        ):
            stop = following.node
        rows, clones = drop_copied_rows(outline, draft.rows)
        titled = [(row, title) for row in rows if (title := row_title(links, row))]
        if not titled:
            continue
        rows, titles = [row for row, _ in titled], [title for _, title in titled]
        more = more_link(links, heading, draft.start, stop)
        container = _container(outline, draft)
        element = outline.nodes[container]
        xpath = document.xpath_of(element)
        popular = is_popular(heading.text)
        if not lists_content(heading, rows, titles, more is not None, popular):
            continue
        if popular:
            ranks, titles = rank_rows(outline, rows, titles)
            items = tuple(
                RankedItem(rank, title, row.url) for rank, title, row in zip(ranks, titles, rows, strict=True)
            )
            ranked.append((draft.start, Found(RankedList(heading.text, draft.tab, more, xpath, items), element)))
        else:
            entries = tuple(SectionItem(title, row.url) for title, row in zip(titles, rows, strict=True))
            sections.append((draft.start, Found(Section(heading.text, more, xpath, entries), element)))
        for clone, row in clones:
            repeats.append(
                Repeat(
                    "item",
                    document.xpath_of(outline.nodes[row.node]),
                    document.xpath_of(outline.nodes[clone.node]),
                    outline.text(clone.node)[:80],
                )
            )
    for heading in empty_shells(links, used):
        element = outline.nodes[heading.scope]
        xpath = document.xpath_of(element)
        more = more_link(links, heading, heading.node, outline.end[heading.scope])
        if is_popular(heading.text):
            ranked.append((heading.node, Found(RankedList(heading.text, None, more, xpath), element)))
        else:
            sections.append((heading.node, Found(Section(heading.text, more, xpath), element)))
    ranked.sort(key=lambda pair: pair[0])
    sections.sort(key=lambda pair: pair[0])
    return Blocks(tuple(found for _, found in ranked), tuple(found for _, found in sections), tuple(repeats))


def _page_title(document: Document) -> str:
    title = document.tree.find(".//title")
    return folded(title.text_content()) if title is not None else ""


def _container(outline: Outline, draft: Draft) -> int:
    """The lowest element that holds all rows and, where that is near, the heading."""
    first, last = draft.rows[0].node, draft.rows[-1].node
    at = draft.parts[0].parent
    while outline.end[at] <= last or at > first:
        at = outline.parent[at]
    if draft.pane is not None:
        return draft.pane
    heading = draft.heading
    if heading is not None and outline.within(at, heading.scope):
        return heading.scope
    return at


def _xpath(document: Document, outline: Outline, draft: Draft) -> str:
    return document.xpath_of(outline.nodes[_container(outline, draft)])
