"""The page as lines of text between block boundaries, each with where it stands: what the body finder works on."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from crawler.parsers.text import ends_sentence, key, squeeze, weight
from crawler.parsers.tree import Tree


class Node:
    """A block element with text in it. `number` is its number in the tree; `size` and `linked` are the text weights
    inside it, itself and all below."""

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
        "number",
        "parent",
        "size",
        "tag",
    )

    def __init__(
        self, index: int, parent: int, number: int, element: etree._Element, tag: str, names: str, claim: str
    ) -> None:
        self.index = index
        self.parent = parent
        self.number = number
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
    of its text inside links; `bold` of that in bold; `runs` its first and last run in the tree. Later steps set `zone`
    (what it stands in), `copy_of` (the index of the line it repeats, or -1), `score` and `noise`.
    """

    __slots__ = (
        "_key",
        "bold",
        "copy_of",
        "ends",
        "index",
        "linked",
        "links",
        "node",
        "noise",
        "runs",
        "score",
        "size",
        "tag",
        "text",
        "zone",
    )

    def __init__(
        self, index: int, node: int, tag: str, text: str, linked: int, links: int, bold: int, runs: tuple[int, int]
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
        self.runs = runs
        self.zone = ""
        self.copy_of = -1
        self.noise: bool | None = None
        self.score = 0.0
        self._key: str | None = None

    @property
    def key(self) -> str:
        """What copies of the text have in common."""
        if self._key is None:
            self._key = key(self.text)
        return self._key


@dataclass(slots=True)
class Outline:
    """The page's block elements and lines, both in document order. Node 0 is the root.

    `times` are the `<time>` elements, each as the number of lines before it and its attributes.
    `cards` is set by the body finder: the share of the page's running text that stands in teasers of other articles.
    """

    tree: Tree
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    cards: float = 0.0
    times: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def spaced(self, line: Line) -> str:
        """A line's text with a space between its elements, as styles part "By Jane Doe" and "22 Nov" in one line."""
        return " ".join(self.pieces(line))

    def pieces(self, line: Line) -> list[str]:
        """The texts of a line's elements."""
        runs, owners = self.tree.runs, self.tree.owners
        parts: list[str] = []
        for run in range(line.runs[0], line.runs[1] + 1):
            if parts and owners[run] == owners[run - 1]:
                parts[-1] += runs[run]
            else:
                parts.append(runs[run])
        return [squeeze(part) for part in parts if part.strip()]

    def names_near(self, line: Line, count: int) -> list[str]:
        """The names of the node that a line stands in and of those right above it, `count` in all, innermost first."""
        names: list[str] = []
        index = line.node
        while index >= 0 and len(names) < count:
            names.append(self.nodes[index].names)
            index = self.nodes[index].parent
        return names

    def ancestors(self, index: int) -> list[int]:
        """The node's index and those of all above it, innermost first."""
        chain, nodes = [], self.nodes
        while index >= 0:
            chain.append(index)
            index = nodes[index].parent
        return chain
