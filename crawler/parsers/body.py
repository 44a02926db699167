"""Find the article on the page and take its lines.

A line of running text speaks for the element it stands in, a line of links against it; the element with the largest
balance holds the article. Inside it, what claims to be something else, and what reads like something else, is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.parsers.noise import is_noise, starts_other
from crawler.parsers.outline import Line, Node, Outline
from crawler.parsers.text import key

_LEAVES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "blockquote", "figure", "span", "font", "b", "strong", "em", "i"))
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
        nodes[line.node].direct += 1
    for node in reversed(nodes):
        if node.parent >= 0:
            nodes[node.parent].good += node.good


def _zones(outline: Outline) -> None:
    """Settle the claims: one that would take most of the page's text is refused, and so is a class that many parts
    of the article share (`p.paywall`)."""
    nodes = outline.nodes
    mass = [0.0] * len(nodes)
    for line in outline.lines:
        mass[line.node] += max(0.0, line.score)
    content = [0.0] * len(nodes)
    for node in reversed(nodes):
        if node.content:
            content[node.index] = mass[node.index]
        if node.parent >= 0:
            mass[node.parent] += mass[node.index]
            content[node.parent] = max(content[node.parent], content[node.index])
    total = mass[0] or 1.0
    claimed: dict[tuple[str, str], float] = {}
    for node in nodes:
        if node.claim:
            kind = (node.claim, f"{node.tag} {node.names}")
            claimed[kind] = claimed.get(kind, 0.0) + mass[node.index]
    settled = [""] * len(nodes)
    for node in nodes:
        inherited = settled[node.parent] if node.parent >= 0 else ""
        claim = node.claim
        if claim and not inherited:
            limit = 0.45 if claim in _SOFT else 0.85
            mine = mass[node.index]
            if (
                node.tag in ("html", "body", "main")
                or mine > limit * total
                or (claimed[claim, f"{node.tag} {node.names}"] > limit * total and claim != "comments")
                or (claim not in ("hidden", "comments", "related") and mine > 200 and content[node.index] > 0.6 * mine)
            ):
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
        if node.tag in _LEAVES and node.direct < 3:
            continue
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
        share = line.linked / line.size if line.size else 0.0
        if share > 0.6 or is_noise(line.text, share):
            continue
        if title and key(line.text) == title:
            continue
        taken.append(line)
    return _trim(outline, container, taken)


def _trim(outline: Outline, container: Node, taken: list[Line]) -> list[Line]:
    """Cut what follows the heading of another block, and headings that head nothing."""
    total = sum(line.size for line in taken) or 1
    seen = 0
    kept = {line.index for line in taken}
    end = None
    first = taken[0].index if taken else 0
    last = taken[-1].index if taken else 0
    sizes = {line.index: line.size for line in taken}
    for line in outline.lines[first : last + 1]:
        if line.index in kept:
            seen += sizes[line.index]
        elif seen > 0.55 * total and not line.zone and starts_other(line.text) and line.links < 2:
            end = line.index
            break
    if end is not None:
        taken = [line for line in taken if line.index < end]
    while taken and taken[-1].tag == "h":
        taken.pop()
    return taken
