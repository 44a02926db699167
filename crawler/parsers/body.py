"""Find the article on the page and take its lines.

A line of running text speaks for the element it stands in, a line of links against it; the element with the largest
balance holds the article. Inside it, what claims to be something else, and what reads like something else, is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from crawler.parsers.blocks_times import is_time
from crawler.parsers.bodyothers import claim_others
from crawler.parsers.bodyquotes import drop_pulled, names_speaker
from crawler.parsers.bodyzones import settle_zones
from crawler.parsers.metadata import Title
from crawler.parsers.noise import is_noise
from crawler.parsers.noise_calls import starts_other
from crawler.parsers.outline import Line, Node, Outline
from crawler.parsers.text import key

_LEAVES = frozenset("p h1 h2 h3 h4 h5 h6 li dd dt blockquote figure span font b strong em i".split())
_MEDIA = re.compile(
    r"(?:^|[\s_-])(?:media|images?|img|photos?|fotos?|pic|picture|bild|figure|embed|video)(?![a-z]{3})|"
    r"[a-z](?:Image|Photo|Media|Picture|Bild)"
)


_SIGN = 60
_CAPTION = 120  # the weight of what is said under a picture


@dataclass(frozen=True, slots=True)
class Found:
    """The article's lines in document order, and the element that holds them."""

    container: Node
    lines: tuple[Line, ...]


def find_body(outline: Outline, title: Title, chosen: etree._Element | None = None) -> Found | None:
    """The article of a page, or None where nothing on it reads like one. `chosen` is the element that a site's
    definition names as its container."""
    _score(outline)
    claim_others(outline, title)
    settle_zones(outline)
    _balance(outline)
    container = next((node for node in outline.nodes if node.element is chosen), None) if chosen is not None else None
    container = container or _container(outline)
    if container is None:
        return None
    lines = tuple(_take(outline, container, key(title.text or ""), title.line.index if title.line else 0))
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
        nodes[line.node].direct += 1


def _balance(outline: Outline) -> None:
    """Sum the lines' scores up the tree. Lines of other zones count nothing, those that are noise against."""
    nodes = outline.nodes
    for line in outline.lines:
        if line.zone or line.copy_of >= 0:
            continue
        if line.score > 0 and line.size <= 400 and _is_noise(line):
            line.score = -10.0
        nodes[line.node].good += line.score
    for node in reversed(nodes):
        if node.parent >= 0:
            nodes[node.parent].good += node.good


def _container(outline: Outline) -> Node | None:
    nodes = outline.nodes
    best: Node | None = None
    best_value = 0.0
    for node in nodes:
        if node.tag in _LEAVES and node.direct < 3:
            continue
        value = node.good * (1.15 if node.content else 1.0)
        if value > 0 and value >= best_value * 0.999:
            best, best_value = node, value
    if best is None:
        return None
    # Go down while one child holds nearly all: what it leaves behind are odd lines of the frame.
    children: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent].append(node)
    while True:
        heir = max(children[best.index], key=lambda child: child.good, default=None)
        if heir is None or (heir.tag in _LEAVES and heir.direct < 3):
            return best
        share = 0.8 if best.tag in ("html", "body") or heir.content or heir.tag in ("article", "main") else 0.9
        if heir.good < share * best.good:
            return best
        best = heir


@dataclass(slots=True)
class _Branch:
    """A part of the container that holds none of the main flow: its lines speak for or against it together."""

    size: int = 0
    linked: int = 0
    noise: int = 0
    lines: int = 0
    long: int = 0
    other: bool = False
    teaser: bool = False


def _take(outline: Outline, container: Node, title: str, start: int) -> list[Line]:
    nodes = outline.nodes
    inside = [False] * len(nodes)
    for node in nodes[container.index :]:
        inside[node.index] = node is container or (node.parent >= 0 and inside[node.parent])
    lines = [line for line in outline.lines if inside[line.node] and not line.zone and line.copy_of < 0]
    # A small box that is named for its picture and has one: its text is a caption.
    boxes = [
        inside[node.index] and node.size < 500 and node is not container and _is_picture_box(node) for node in nodes
    ]
    if any(boxes):
        for node in nodes:
            boxes[node.index] = boxes[node.index] or (node.parent >= 0 and boxes[node.parent])
        if sum(line.size for line in lines if boxes[line.node]) < 0.4 * sum(line.size for line in lines):
            lines = [line for line in lines if not boxes[line.node]]
    main = _main_flow(nodes, lines)
    on_main = [False] * len(nodes)
    for line in lines:
        if line.index in main:
            index = line.node
            while index >= 0 and not on_main[index]:
                on_main[index] = True
                index = nodes[index].parent
    branches: dict[int, _Branch] = {}
    branch_of: dict[int, int] = {}
    for line in lines:
        top = -1
        index = line.node
        while index != container.index and not on_main[index]:
            top = index
            index = nodes[index].parent
        if top < 0:
            continue
        branch_of[line.index] = top
        branch = branches.setdefault(top, _Branch())
        branch.size += line.size
        branch.linked += line.linked
        branch.lines += 1
        # A linked headline and a line or two under it.
        if branch.lines == 1:
            branch.teaser = line.tag == "h" and line.linked > 0.9 * line.size
        branch.teaser = branch.teaser and branch.lines < 4 and branch.size < 500
        branch.long += line.size >= 60 and line.ends > 0
        if _is_noise(line):
            branch.noise += line.size
        if starts_other(line.text):
            branch.other = True
    # The same few words beside the text three times over are an advert, or a label of the site's.
    said: dict[int, str] = defaultdict(str)
    for line in lines:
        if line.index in branch_of:
            said[branch_of[line.index]] += line.key
    often = {text for text, count in Counter(said.values()).items() if count > 2}
    taken: list[Line] = []
    for line in lines:
        top = branch_of.get(line.index, -1)
        if top >= 0 and (_drop_branch(nodes[top], branches[top]) or said[top] in often):
            continue
        share = line.linked / line.size if line.size else 0.0
        if share > 0.6 and not (
            (line.index in main or top < 0) and (line.links > 1 or share < 0.9) and (line.ends or line.size < 200)
        ):
            continue
        if _is_noise(line) or not line.key or (title and _is_title(line, title)):
            continue
        # A kicker.
        if line.index < start and line.size < _SIGN and not line.ends:
            continue
        # Who is named under a quotation that was told before.
        if top >= 0 and names_speaker(line) and outline.lines[line.index - 1].copy_of >= 0:
            continue
        if _is_under_picture(nodes[line.node], line):
            continue
        taken.append(line)
    drop_pulled(nodes, taken)
    headings = [line for line in outline.lines if inside[line.node] and line.zone == "listed" and line.tag == "h"]
    return _trim([*lines, *headings], taken, main)


def _is_title(line: Line, title: str) -> bool:
    """Whether a line is the headline again, with a kicker at most."""
    if line.size > 400:
        return False
    text = line.key
    return text == title or (len(title) > 20 and title in text and len(text) < 1.6 * len(title))


def _main_flow(nodes: list[Node], lines: list[Line]) -> set[int]:
    """The lines that stand together with most of the text: in the same element, or in elements of the same shape."""
    flow: dict[object, float] = defaultdict(float)
    places: dict[int, tuple[int, tuple[str, str, str, str]]] = {}
    for line in lines:
        node = nodes[line.node]
        parent = node.parent if node.tag in _LEAVES else node.index
        above = nodes[parent] if parent >= 0 else node
        shape = (node.tag, node.names[:60], above.tag, above.names[:60])
        places[line.index] = (parent, shape)
        if line.score > 0:
            flow[parent] += line.score
            flow[shape] += line.score
    if not flow:
        return set()
    top_parent = max((value for name, value in flow.items() if isinstance(name, int)), default=0.0)
    total = sum(value for name, value in flow.items() if isinstance(name, int))
    main: set[int] = set()
    for line in lines:
        parent, shape = places[line.index]
        if (flow[parent] >= 0.25 * top_parent and flow[parent] > 0.1 * total) or flow[shape] >= 0.25 * total:
            main.add(line.index)
    return main


def _drop_branch(node: Node, branch: _Branch) -> bool:
    if branch.linked > 0.45 * branch.size or branch.noise > 0.3 * branch.size or branch.other or branch.teaser:
        return True
    return branch.size < 400 and _is_picture_box(node)


def _is_picture_box(node: Node) -> bool:
    return _names_media(node.names) and next(node.element.iter("img", "video", "picture"), None) is not None


def _is_under_picture(node: Node, line: Line) -> bool:
    """Whether a few words, no sentence, stand right under a picture in a paragraph of their own."""
    if line.size > _CAPTION or line.ends or line.tag == "h" or node.tag not in ("p", "div") or node.direct > 2:
        return False
    element = node.element
    first = element[0] if len(element) and not (element.text or "").strip() else None
    while first is not None and first.tag in ("a", "span", "strong", "b", "center") and len(first):
        first = first[0] if not (first.text or "").strip() else None
    return first is not None and first.tag == "img"


@lru_cache(maxsize=8192)
def _names_media(names: str) -> bool:
    return _MEDIA.search(names) is not None


def _is_noise(line: Line) -> bool:
    if line.tag == "blockquote":
        return False
    if line.noise is None:
        # A day as a subheading parts the text; a time on its own is a stamp.
        stamp = line.tag != "h" and is_time(line.text)
        line.noise = stamp or is_noise(line.text, line.linked / line.size if line.size else 0.0)
    return line.noise


def _trim(lines: list[Line], taken: list[Line], main: set[int]) -> list[Line]:
    """Cut what follows the heading of another block after the last line of the main flow, and headings that
    head nothing."""
    last = max((line.index for line in taken if line.index in main and line.score > 0), default=-1)
    end = min((line.index for line in lines if line.index > last and starts_other(line.text)), default=None)
    if end is not None:
        taken = [line for line in taken if line.index < end]
    while taken and taken[-1].tag == "h":
        taken.pop()
    return taken
