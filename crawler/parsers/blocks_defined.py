"""Blocks where a site definition says they stand: its selectors win over the finder's own judgement."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree
from parsel.csstranslator import HTMLTranslator

from archive.document import Document
from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_rows import Group, Row
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.headings import Heading, find_heading
from crawler.parsers.sections import Draft
from crawler.parsers.sections_empty import first_heading
from crawler.parsers.tree import Tree
from crawler.sites.model import ListSelectors


@lru_cache(maxsize=256)
def compiled(selector: str) -> etree.XPath:
    """A CSS selector as a compiled XPath, relative to an element.

    Raises cssselect.SelectorError for a selector that is none; a definition's loader has checked it before.
    """
    return etree.XPath(HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::"))


def matches(selector: str, element: etree._Element) -> list[etree._Element]:
    """The elements in or at `element` that a CSS selector matches, in document order."""
    found = compiled(selector)(element)
    return [match for match in found if isinstance(match, etree._Element)] if isinstance(found, list) else []


def ignored_nodes(tree: Tree, selectors: tuple[str, ...]) -> None:
    """Mark what a definition's `ignore` selectors match as page furniture."""
    for selector in selectors:
        for node in _numbers(tree, matches(selector, tree.nodes[0])):
            stop = tree.end[node]
            tree.chrome[node:stop] = [True] * (stop - node)


def defined_drafts(
    document: Document, links: Links, groups: list[Group], selectors: tuple[ListSelectors, ...]
) -> list[Draft]:
    """A draft for each element that a container selector matches, in document order; without rows where it has none."""
    tree = links.tree
    drafts: list[Draft] = []
    taken: set[int] = set()
    for rule in selectors:
        for container in _numbers(tree, matches(rule.container, document.tree)):
            if container in taken:
                continue
            taken.add(container)
            drafts.append(_draft(document, links, groups, rule, container))
    return sorted(drafts, key=lambda draft: draft.pane or 0)


def _draft(document: Document, links: Links, groups: list[Group], rule: ListSelectors, container: int) -> Draft:
    tree = links.tree
    element = tree.nodes[container]
    parts = _rows(links, groups, rule, container)
    draft = Draft(None, parts, pane=container)
    if rule.heading is not None:
        node = next(iter(_numbers(tree, matches(rule.heading, element))), None)
        if node is not None:
            draft.heading = Heading(node, _text(tree, node), 3, container)
    elif parts:
        draft.heading = find_heading(links, draft.start, parts[0].parent, container)
    else:
        draft.heading = first_heading(links, container)
    if rule.tab is not None:
        node = next(iter(_numbers(tree, matches(rule.tab, element))), None)
        draft.tab = _text(tree, node) if node is not None else None
    if rule.more is not None:
        found = matches(rule.more, element)
        draft.more_url = next((url for link in found if (url := document.absolute(link.get("href")))), None)
        draft.more_known = True
    return draft


def _rows(links: Links, groups: list[Group], rule: ListSelectors, container: int) -> list[Group]:
    tree = links.tree
    if rule.item is None:
        inside = [group for group in groups if tree.within(group.parent, container)]
        if inside:
            return inside
        rows = [Row(link.node, link.key, link.url) for link in links.in_node(container) if weight(link.text) >= 4]
        return [Group(container, [row for row in rows if not is_more(tree.text(row.node))])] if rows else []
    rows = []
    for node in _numbers(tree, matches(rule.item, tree.nodes[container])):
        found = links.in_node(node)
        if found:
            best = max(found, key=lambda link: (link.strong, weight(link.text)))
            rows.append(Row(node, best.key, best.url))
    return [Group(container, rows)] if rows else []


def _numbers(tree: Tree, elements: list[etree._Element]) -> list[int]:
    return [number for element in elements if (number := tree.number(element)) is not None]


def _text(tree: Tree, node: int) -> str:
    text = tree.text(node)
    if text:
        return text
    for inner in range(node, tree.end[node]):
        alt = tree.nodes[inner].get("alt") if tree.tags[inner] == "img" else None
        if alt:
            return str(alt)
    return ""
