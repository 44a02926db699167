"""Blocks where a site definition says they stand: its selectors win over the finder's own judgement."""

from __future__ import annotations

from lxml import etree

from archive.document import Document
from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_rows import Group, Row
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.headings import Heading, find_heading
from crawler.parsers.sections import Draft
from crawler.parsers.sections_empty import first_heading
from crawler.parsers.tree import Tree
from crawler.sites import css
from crawler.sites.model import ListSelectors

MAX_CONTAINERS = 200


def ignored_nodes(tree: Tree, selectors: tuple[str, ...]) -> None:
    """Mark what a definition's `ignore` selectors match as page furniture."""
    for selector in selectors:
        for node in _numbers(tree, css.elements(tree.nodes[0], selector)):
            stop = tree.end[node]
            tree.chrome[node:stop] = [True] * (stop - node)


def open_containers(document: Document, tree: Tree, selectors: tuple[ListSelectors, ...]) -> None:
    """Make what a definition names as lists no page furniture, though it stands in a `<nav>` or `<footer>`."""
    for rule in selectors:
        for node in _numbers(tree, css.elements(document.tree, rule.container))[:MAX_CONTAINERS]:
            stop = tree.end[node]
            tree.chrome[node:stop] = [False] * (stop - node)


def defined_drafts(
    document: Document, links: Links, groups: list[Group], selectors: tuple[ListSelectors, ...], apart: list[int]
) -> list[Draft]:
    """A draft for each element that a container selector matches, in document order; without rows where it has none.

    A container inside another of the same selector is part of that one. `apart` are containers of other lists: what
    stands in one is no part of a list around it.
    """
    tree = links.tree
    drafts: list[Draft] = []
    taken: set[int] = set(apart)
    for rule in selectors:
        end = 0
        for container in _numbers(tree, css.elements(document.tree, rule.container))[:MAX_CONTAINERS]:
            if container in taken or container < end:
                continue
            end = tree.end[container]
            taken.add(container)
            drafts.append(_draft(document, links, groups, rule, container, apart))
    return sorted(drafts, key=lambda draft: draft.pane or 0)


def _draft(
    document: Document, links: Links, groups: list[Group], rule: ListSelectors, container: int, apart: list[int]
) -> Draft:
    tree = links.tree
    element = tree.nodes[container]
    others = [other for other in apart if other != container and tree.within(other, container)]
    parts = _without(tree, _rows(links, groups, rule, container), others)
    draft = Draft(None, parts, pane=container)
    if rule.heading is not None:
        node = next(iter(_numbers(tree, css.elements(element, rule.heading))), None)
        if node is not None:
            draft.heading = Heading(node, _text(tree, node), 3, container)
    elif parts:
        draft.heading = find_heading(links, draft.start, parts[0].parent, container)
    else:
        draft.heading = first_heading(links, container)
    if rule.tab is not None:
        node = next(iter(_numbers(tree, css.elements(element, rule.tab))), None)
        draft.tab = _text(tree, node) if node is not None else None
    if rule.more is not None:
        found = css.elements(element, rule.more)
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
    end = 0
    for node in _numbers(tree, css.elements(tree.nodes[container], rule.item)):
        found = links.in_node(node) if node >= end else []
        if found:
            end = tree.end[node]
            best = max(found, key=lambda link: (link.strong, weight(link.text)))
            rows.append(Row(node, best.key, best.url))
    return [Group(container, rows)] if rows else []


def _without(tree: Tree, parts: list[Group], others: list[int]) -> list[Group]:
    """Groups without the rows that stand in containers of other lists."""
    if not others:
        return parts
    kept = [
        Group(part.parent, [row for row in part.rows if not any(tree.within(row.node, other) for other in others)])
        for part in parts
    ]
    return [part for part in kept if part.rows]


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
