"""One pass over the tree: the page as lines of text between block boundaries, each with where it stands.

Everything the body finder asks (how long, how much of it links, under what, claimed as what) is collected here, in
time linear in the page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from lxml import etree

from archive.document import Document
from crawler.parsers import zones
from crawler.parsers.text import ends_sentence, squeeze, weight

MAX_ELEMENTS = 60_000
MAX_LINE = 200_000
MAX_NAMES = 600

_SKIP = frozenset(
    "script style noscript template svg math head iframe object embed canvas audio video map select option optgroup "
    "textarea datalist input progress meter source track link meta param base frameset applet".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rp rt ruby s "
    "samp small "
    "span strike strong sub sup time tt u var wbr center-inline nolayer o:p amp-link".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong"))
_NAMED = frozenset(("li", "blockquote", "dd", "dt", "td", "th", "tr", "figcaption"))
# Elements that are navigation by their very tag.
_FRAME = frozenset(("nav", "footer", "menu", "dialog"))
# Elements that stand in a line of text without ending it.
_UNSEEN = frozenset("script style template noscript link meta source track param input".split())
MIN_TEXT = 400


class Node:
    """A block element. `size` and `linked` are the text weights inside it, itself and all below."""

    __slots__ = (
        "card",
        "claim",
        "content",
        "direct",
        "element",
        "good",
        "hidden",
        "index",
        "linked",
        "names",
        "parent",
        "size",
        "tag",
    )

    def __init__(self, index: int, parent: int, element: etree._Element, tag: str, names: str, claim: str) -> None:
        self.index = index
        self.parent = parent
        self.element = element
        self.tag = tag
        self.names = names
        self.claim = claim
        self.hidden = claim == "hidden"
        self.content = False
        self.size = 0
        self.linked = 0
        self.good = 0.0
        self.direct = 0
        self.card = False


class Line:
    """A run of text between two block boundaries: a paragraph, list item, cell, or a part between `<br><br>`.

    `node` is the index of the block element around it; `tag` the nearest tag that says what it is; `linked` the weight
    of its text inside links; `bold` of that in bold. `first` is the element where it begins. Later steps set `zone`
    (what it stands in), `copy_of` (the index of the line it repeats, or -1), `score` and `noise`.
    """

    __slots__ = (
        "bold",
        "copy_of",
        "ends",
        "first",
        "index",
        "linked",
        "links",
        "node",
        "noise",
        "score",
        "size",
        "tag",
        "text",
        "zone",
    )

    def __init__(
        self, index: int, node: int, tag: str, text: str, linked: int, links: int, bold: int, first: etree._Element
    ) -> None:
        self.index = index
        self.node = node
        self.tag = tag
        self.text = text
        self.size = weight(text)
        self.ends = ends_sentence(text)
        self.linked = linked
        self.links = links
        self.bold = bold
        self.first = first
        self.zone = ""
        self.copy_of = -1
        self.noise: bool | None = None
        self.score = 0.0


@dataclass(slots=True)
class Outline:
    """The page's block elements and lines, both in document order. Node 0 is the root.

    `times` are the `<time>` elements, each as the number of lines before it and its attributes.
    `cards` is set by the body finder: the share of the page's running text that stands in teasers of other articles.
    """

    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    truncated: bool = False
    cards: float = 0.0
    times: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def ancestors(self, index: int) -> list[int]:
        """The node's index and those of all above it, innermost first."""
        chain = []
        while index >= 0:
            chain.append(index)
            index = self.nodes[index].parent
        return chain


class _Walk:
    """What the walk knows at an element: the block it is in, and the line being gathered."""

    __slots__ = ("bold", "breaks", "first", "in_bold", "in_link", "linked", "links", "node", "outline", "parts", "tag")

    def __init__(self, outline: Outline, root: Node) -> None:
        self.outline = outline
        self.node = root
        self.tag = "div"
        self.parts: list[str] = []
        self.first: etree._Element | None = None
        self.linked = self.links = self.bold = self.breaks = 0
        self.in_link = self.in_bold = 0

    def add(self, text: str, element: etree._Element) -> None:
        """Add a text node to the line; two `<br>` before it end the line, one is a space."""
        if self.breaks:
            if self.breaks >= 2:
                self.flush()
            else:
                self.parts.append("\n")
            self.breaks = 0
        if self.first is None:
            self.first = element
        self.parts.append(text)
        if self.in_link:
            self.linked += weight(text.strip())
        if self.in_bold:
            self.bold += len(text)

    def flush(self) -> None:
        """End the line."""
        if self.first is not None:
            text = squeeze("".join(self.parts))
            if text:
                lines = self.outline.lines
                line = Line(
                    len(lines),
                    self.node.index,
                    self.tag,
                    text[:MAX_LINE],
                    self.linked,
                    self.links,
                    self.bold,
                    self.first,
                )
                lines.append(line)
                self.node.size += line.size
                self.node.linked += min(self.linked, line.size)
            self.first = None
        if self.parts:
            self.parts = []
        self.linked = self.links = self.bold = self.breaks = 0


# What an open element did, so that its end can undo it.
_NOTHING, _BLOCK, _LINK, _BOLD_TEXT, _CUT = range(5)


def outline(
    document: Document, cut: Collection[etree._Element] = (), listed: Collection[etree._Element] = ()
) -> Outline:
    """Read the page's text in document order.

    Elements in `cut` are left out with all that is in them, and so is the page's navigation, unless hardly any text is
    left without it (a `<nav>` that is never closed swallows the page). Those in `listed` hold ranked lists or sections.
    """
    result = _read(document, cut, listed, _FRAME)
    if result.nodes[0].size < MIN_TEXT and not result.truncated:
        result = _read(document, cut, listed, frozenset())
    return result


def _read(
    document: Document, cut: Collection[etree._Element], listed: Collection[etree._Element], frame: frozenset[str]
) -> Outline:
    result = Outline()
    nodes = result.nodes
    root = Node(0, -1, document.tree, "html", "", "")
    nodes.append(root)
    walk = _Walk(result, root)
    add, flush = walk.add, walk.flush
    above: list[tuple[Node, str]] = []
    opened: list[int] = []
    in_row = False
    count = 0
    skipped = _SKIP | frame
    walker = etree.iterwalk(document.tree, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "end":
            did = opened.pop()
            if did == _BLOCK:
                if walk.first is not None or walk.parts:
                    flush()
                walk.breaks = walk.links = 0
                walk.node, walk.tag = above.pop()
                if tag == "tr":
                    in_row = False
            elif did == _LINK:
                walk.in_link -= 1
            elif did == _BOLD_TEXT:
                walk.in_bold -= 1
            text = element.tail
            if text:
                if not text.isspace():
                    add(text, element)
                elif walk.parts:
                    walk.parts.append(" ")
            continue
        count += 1
        if count > MAX_ELEMENTS:
            result.truncated = True
            break
        if tag in skipped or (cut and element in cut):
            walker.skip_subtree()
            opened.append(_CUT)
            if tag not in _UNSEEN:
                flush()
            continue
        if tag == "br":
            walk.breaks += 1
            opened.append(_NOTHING)
            continue
        attributes = dict(element.items())
        inline = tag in _INLINE
        names = attributes.get("class", "")
        if "id" in attributes:
            names = f"{names} {attributes['id']}"
        if len(names) > MAX_NAMES:
            names = names[:MAX_NAMES]
        is_listed = bool(listed) and element in listed
        if is_listed:
            claim, content = "listed", False
        elif inline and (tag == "a" or not names):
            claim, content = "", False
        else:
            claim, content = zones.claim("" if inline else tag, names, attributes.get("role", ""))
        if "hidden" in attributes or ("style" in attributes and zones.is_hidden_style(attributes["style"])):
            claim = "hidden"
        if inline and not claim:
            if tag == "time":
                result.times.append((len(result.lines), attributes))
            if tag == "a":
                walk.in_link += 1
                walk.links += 1
                opened.append(_LINK)
            elif tag in _BOLD:
                walk.in_bold += 1
                opened.append(_BOLD_TEXT)
            else:
                opened.append(_NOTHING)
        elif in_row and tag in ("td", "th"):
            # The cells of a data row are one line.
            if walk.parts:
                walk.parts.append(" ")
            opened.append(_NOTHING)
        else:
            if tag == "tr":
                in_row = _is_data(element)
            elif tag == "figure" and not claim and _is_picture(element):
                claim = "caption"
            if walk.first is not None or walk.parts:
                flush()
            walk.breaks = walk.links = 0
            node = Node(len(nodes), walk.node.index, element, tag, names, claim)
            node.content = content or attributes.get("itemprop") == "articleBody"
            nodes.append(node)
            above.append((walk.node, walk.tag))
            walk.node, walk.tag = node, _kind(tag, walk.tag)
            opened.append(_BLOCK)
        text = element.text
        if text:
            if not text.isspace():
                add(text, element)
            elif walk.parts:
                walk.parts.append(" ")
    flush()
    for node in reversed(nodes):
        if node.parent >= 0:
            parent = nodes[node.parent]
            parent.size += node.size
            parent.linked += node.linked
    return result


def _kind(tag: str, above: str) -> str:
    """What a line directly in an element is: "h", "p", "li", "blockquote", a cell, or "div"."""
    if tag in _HEADINGS:
        return "h"
    if tag in _NAMED:
        return tag
    if above in ("li", "blockquote") or (tag != "p" and above == "h"):
        return above
    return "p" if tag == "p" else "div"


_CELL_BLOCKS = (
    "p",
    "div",
    "table",
    "ul",
    "ol",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "br",
    "section",
    "article",
    "img",
    "form",
    "blockquote",
)


def _is_data(row: etree._Element) -> bool:
    """Whether a table row holds data, not layout: two cells or more, no blocks in them."""
    return len(row) >= 2 and next(row.iterdescendants(*_CELL_BLOCKS), None) is None


def _is_picture(figure: etree._Element) -> bool:
    """Whether a `<figure>` shows a picture or film: its text is a caption. One with a table or quotation is text."""
    if next(figure.iterdescendants("table", "blockquote", "pre"), None) is not None:
        return False
    return next(figure.iterdescendants("img", "picture", "video", "amp-img", "iframe"), None) is not None
