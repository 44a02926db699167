"""One pass over the tree: the page as lines of text between block boundaries, each with where it stands.

Everything the body finder asks (how long, how much of it links, under what, claimed as what) is collected here, in
time linear in the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from collections.abc import Collection

from lxml import etree

from archive.document import Document
from crawler.parsers import zones
from crawler.parsers.text import sentences, squeeze, weight

MAX_ELEMENTS = 400_000
MAX_LINE = 200_000

_SKIP = frozenset(
    "script style noscript template svg math head iframe object embed canvas audio video map select option optgroup "
    "textarea datalist input progress meter source track link meta param base frameset applet".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr center-inline nolayer o:p amp-link".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong"))


class Node:
    """A block element. `size` and `linked` are the text weights inside it, itself and all below."""

    __slots__ = (
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


class Line:
    """A run of text between two block boundaries: a paragraph, list item, cell, or a part between `<br><br>`.

    `node` is the index of the block element around it; `tag` the nearest tag that says what it is; `linked` the weight
    of its text inside links; `bold` of that in bold. `first` is the element where it begins. Later steps set `zone` (what
    it stands in), `copy_of` (the index of the line it repeats, or -1), `score` and `noise`.
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
        self.ends = sentences(text)
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
    """The page's block elements and lines, both in document order. Node 0 is the root."""

    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    truncated: bool = False

    def ancestors(self, index: int) -> list[int]:
        """The node's index and those of all above it, innermost first."""
        chain = []
        while index >= 0:
            chain.append(index)
            index = self.nodes[index].parent
        return chain


class _Run:
    """The line being gathered."""

    __slots__ = ("bold", "breaks", "first", "linked", "links", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.linked = 0
        self.links = 0
        self.bold = 0
        self.breaks = 0
        self.first: etree._Element | None = None


def outline(
    document: Document, cut: Collection[etree._Element] = (), listed: Collection[etree._Element] = ()
) -> Outline:
    """Read the page's text in document order. Elements in `cut` are left out with all that is in them; those in
    `listed` hold ranked lists or sections."""
    result = Outline()
    nodes, lines = result.nodes, result.lines
    run = _Run()
    root = document.tree
    node = Node(0, -1, root, "html", "", "")
    nodes.append(node)
    kinds: list[str] = ["div"]
    in_link = 0
    in_bold = 0
    in_row = False
    opened: list[int] = []  # what each open element did, so that its end can undo it: 0 nothing, 1 node, 2 link, 3 bold

    def flush() -> None:
        if run.first is not None:
            text = squeeze("".join(run.parts))
            if text:
                lines.append(
                    Line(len(lines), node.index, kinds[-1], text[:MAX_LINE], run.linked, run.links, run.bold, run.first)
                )
                node.size += lines[-1].size
                node.linked += min(run.linked, lines[-1].size)
            run.first = None
        run.parts = []
        run.linked = run.links = run.bold = run.breaks = 0

    def add(text: str, element: etree._Element) -> None:
        if text.isspace():
            if run.parts:
                run.parts.append(" ")
            return
        if run.breaks >= 2:
            flush()
        elif run.breaks:
            run.parts.append("\n")
        run.breaks = 0
        if run.first is None:
            run.first = element
        run.parts.append(text)
        if in_link:
            run.linked += weight(text.strip())
        if in_bold:
            run.bold += weight(text.strip())

    walker = etree.iterwalk(root, events=("start", "end"))
    count = 0
    for event, element in walker:
        tag = element.tag
        if not isinstance(tag, str):
            if event == "end" and element.tail:
                add(element.tail, element)
            continue
        if event == "start":
            count += 1
            if count > MAX_ELEMENTS:
                result.truncated = True
                break
            if tag in _SKIP or element in cut:
                walker.skip_subtree()
                opened.append(4)
                continue
            if tag == "br":
                run.breaks += 1
                opened.append(0)
                continue
            names = element.get("class") or ""
            ident = element.get("id")
            if ident:
                names = f"{names} {ident}"
            if tag in _INLINE:
                claim = zones.claim("", names, element.get("role") or "") if names and tag != "a" else ""
                style = element.get("style")
                if (style and zones.is_hidden_style(style)) or element.get("hidden") is not None:
                    claim = "hidden"
                if not claim and not (listed and element in listed):
                    if tag == "a":
                        in_link += 1
                        run.links += 1
                        opened.append(2)
                    elif tag in _BOLD:
                        in_bold += 1
                        opened.append(3)
                    else:
                        opened.append(0)
                    if element.text:
                        add(element.text, element)
                    continue
            else:
                if tag == "tr":
                    in_row = _is_data(element)
                elif in_row and tag in ("td", "th"):
                    # The cells of a data row are one line.
                    if run.parts:
                        run.parts.append(" ")
                    opened.append(0)
                    if element.text:
                        add(element.text, element)
                    continue
                claim = zones.claim(tag, names, element.get("role") or "")
                if tag == "figure" and not claim and _is_picture(element):
                    claim = "caption"
                style = element.get("style")
                if (style and zones.is_hidden_style(style)) or element.get("hidden") is not None:
                    claim = "hidden"
            if listed and element in listed and claim != "hidden":
                claim = "listed"
            flush()
            node = Node(len(nodes), node.index, element, tag, names, claim)
            node.content = (
                bool(names and zones.is_content(names)) or "articlebody" in (element.get("itemprop") or "").lower()
            )
            nodes.append(node)
            if tag in _HEADINGS:
                kinds.append("h")
            elif tag in ("li", "blockquote", "dd", "dt", "td", "th", "tr", "figcaption"):
                kinds.append(tag)
            elif tag == "p":
                kinds.append(kinds[-1] if kinds[-1] in ("li", "blockquote") else "p")
            else:
                kinds.append(kinds[-1] if kinds[-1] in ("li", "blockquote", "h") else "div")
            opened.append(1)
            if element.text:
                add(element.text, element)
        else:
            did = opened.pop()
            if tag == "tr":
                in_row = False
            if did == 1:
                flush()
                kinds.pop()
                node = nodes[node.parent]
            elif did == 2:
                in_link -= 1
            elif did == 3:
                in_bold -= 1
            if element.tail:
                add(element.tail, element)
    flush()
    for node in reversed(nodes):
        if node.parent >= 0:
            above = nodes[node.parent]
            above.size += node.size
            above.linked += node.linked
    return result


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
