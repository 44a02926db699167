"""Find the article on the page and take its lines.

A line of running text speaks for the element it stands in, a line of links against it; the element with the largest
balance holds the article. Inside it, what claims to be something else, and what reads like something else, is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.parsers.outline import Line, Node, Outline
from crawler.parsers.text import key

_SOFT = frozenset(("caption", "byline", "box", "share", "advert", "copyright"))


@dataclass(frozen=True, slots=True)
class Found:
    """The article's lines in document order, and the element that holds them."""

    container: Node
    lines: tuple[Line, ...]


def find_body(outline: Outline, title: str | None) -> Found | None:
    """The article of a page, or None where nothing on it reads like one."""
    _score(outline)
    _zones(outline)
    container = _container(outline)
    if container is None:
        return None
    lines = tuple(_take(outline, container, key(title or "")))
    return Found(container, lines) if lines else None


def _score(outline: Outline) -> None:
    """Give each line its balance: text speaks for, links and crumbs against."""
    nodes = outline.nodes
    for line in outline.lines:
        if line.copy_of >= 0:
            continue
        share = line.linked / line.size if line.size else 0.0
        if share > 0.5:
            line.score = -12.0 - 0.1 * min(line.size, 200)
        elif line.tag == "h":
            line.score = 0.0
        elif line.size >= 60 and line.ends:
            line.score = min(line.size, 800) * (1 - share) ** 2
            if share > 0.25:
                line.score *= 0.3
        elif line.size >= 110:
            line.score = min(line.size, 800) * (1 - share) ** 2 * 0.5
        else:
            line.score = -4.0 if line.ends == 0 else 2.0
        nodes[line.node].good += line.score
    for node in reversed(nodes):
        if node.parent >= 0:
            nodes[node.parent].good += node.good


def _zones(outline: Outline) -> None:
    """Settle the claims: one that would take most of the page's text is refused."""
    nodes = outline.nodes
    mass = [0.0] * len(nodes)
    for line in outline.lines:
        mass[line.node] += max(0.0, line.score)
    for node in reversed(nodes):
        if node.parent >= 0:
            mass[node.parent] += mass[node.index]
    total = mass[0] or 1.0
    settled = [""] * len(nodes)
    for node in nodes:
        inherited = settled[node.parent] if node.parent >= 0 else ""
        claim = node.claim
        if claim and not inherited:
            share = mass[node.index] / total
            limit = 0.5 if claim in _SOFT else 0.85
            if node.tag in ("html", "body", "main") or share > limit:
                claim = ""
        settled[node.index] = inherited or claim
    gone = [0.0] * len(nodes)
    for line in outline.lines:
        line.zone = settled[line.node]
        if line.zone:
            gone[line.node] += line.score
    for node in reversed(nodes):
        node.good -= gone[node.index]
        if node.parent >= 0:
            gone[node.parent] += gone[node.index]


def _container(outline: Outline) -> Node | None:
    best: Node | None = None
    best_value = 0.0
    for node in outline.nodes:
        value = node.good * (1.15 if node.content else 1.0)
        if value > 0 and value >= best_value * 0.999:
            best, best_value = node, value
    return best


def _take(outline: Outline, container: Node, title: str) -> list[Line]:
    nodes = outline.nodes
    inside = [False] * len(nodes)
    dropped = [False] * len(nodes)
    for node in nodes[container.index :]:
        if node is container:
            inside[node.index] = True
        elif node.parent >= 0 and inside[node.parent]:
            inside[node.index] = True
            dropped[node.index] = dropped[node.parent] or (
                node.good < 0 and node.tag in ("ul", "ol", "div", "section", "table", "dl")
            )
    taken: list[Line] = []
    for line in outline.lines:
        if not inside[line.node] or line.zone or line.copy_of >= 0 or dropped[line.node]:
            continue
        if line.linked > line.size * 0.6:
            continue
        if title and key(line.text) == title:
            continue
        taken.append(line)
    while taken and taken[-1].tag == "h":
        taken.pop()
    return taken
