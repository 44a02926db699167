"""Reads the flat tree into an outline.

Everything the body finder asks (how long, how much of it links, under what, claimed as what) is collected here from
the flat tree, in time linear in the page. Only elements that hold text become nodes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain

from crawler.parsers import zones
from crawler.parsers.outline import Line, Node, Outline
from crawler.parsers.text import weight
from crawler.parsers.tree import BOLD, HEADINGS, INLINE, Tree

MAX_LINE = 200_000
MIN_TEXT = 400
_STAMP = 60

_NAMED = frozenset(("li", "blockquote", "dd", "dt", "td", "th", "tr", "figcaption"))
# Elements that are navigation by their very tag.
_FRAME = frozenset(("nav", "footer", "menu", "dialog"))
_CELL_BLOCKS = frozenset("p div table ul ol dl h1 h2 h3 h4 h5 h6 br section article img form blockquote".split())
_QUOTED = frozenset(("table", "blockquote", "pre"))
_PICTURES = frozenset(("img", "picture", "video", "amp-img", "iframe"))

# Where a text stands: the index of its block's node (-1 for a part that is left out), the numbers of the link and of
# the bold element around it (-1 for none).
_Place = tuple[int, int, int]
_NOWHERE: _Place = (-1, -1, -1)


def read_outline(tree: Tree, cut: Collection[int] = (), listed: Collection[int] = ()) -> Outline:
    """Read the page's text in document order.

    Elements whose numbers are in `cut` are left out with all that is in them, and so is the page's navigation, unless
    hardly any text is left without it (a `<nav>` that is never closed swallows the page). Those in `listed` hold
    ranked lists or sections.
    """
    result = _Reader(tree, cut, listed, _FRAME).read()
    if result.nodes[0].size < MIN_TEXT:
        result = _Reader(tree, cut, listed, frozenset()).read()
    return result


class _Reader:
    """Reads runs into lines, making the nodes they stand in."""

    def __init__(self, tree: Tree, cut: Collection[int], listed: Collection[int], frame: frozenset[str]) -> None:
        self.tree = tree
        self.cut = cut
        self.listed = listed
        self.frame = frame
        self.result = Outline(tree)
        self.result.nodes.append(Node(0, -1, 0, tree.nodes[0], "html", "", ""))
        self.kinds = ["div"]
        self.tags, self.labels, self.hidden, self.elements = tree.tags, tree.labels, tree.hidden, tree.nodes
        self.places: dict[int, _Place] = {0: (0, -1, -1)}
        self.marked = {*cut, *listed}
        self.data_rows: dict[int, bool] = {}

    def read(self) -> Outline:
        result, tree, places = self.result, self.tree, self.places
        runs, owners, lines, nodes = tree.runs, tree.owners, result.lines, result.nodes
        walls, breaks = tree.walls, Counter(tree.breaks).get
        ends: list[int] = []
        first, last, block = 0, -1, -1
        linked = links = bold = in_link = 0
        for run in chain.from_iterable(self._kept()):
            text = runs[run]
            if text == " ":
                continue
            owner = owners[run]
            place = places.get(owner) or self._place(owner)
            ended = place[0] != block
            if not ended and last >= 0:
                ended = run in walls or breaks(run, 0) > 1
                if last < run - 1 and not ended:
                    ended = run - 1 in walls or breaks(run - 1, 0) + breaks(run, 0) > 1
            # A blank of full width begins a paragraph, as an indent does in print.
            if not ended and text[0] == "\u3000" and breaks(run, 0):
                ended = True
            if ended:
                if block >= 0 and last >= 0:
                    self._end_line(first, last, block, linked, links, bold)
                    ends.append(last)
                block, first = place[0], run
                linked = links = bold = 0
                in_link = -1
            last = run
            if place[1] >= 0:
                linked += weight(text.strip())
                if place[1] != in_link:
                    in_link = place[1]
                    links += block >= 0 and in_link > nodes[block].number
            if place[2] >= 0:
                bold += len(text)
        if block >= 0 and last >= 0:
            self._end_line(first, last, block, linked, links, bold)
            ends.append(last)
        for number in tree.times:
            if (places.get(number) or self._place(number))[0] >= 0:
                attributes = {str(name): str(value) for name, value in tree.nodes[number].items()}
                before = min(bisect_left(ends, tree.first_run[number]), len(lines))
                result.times.append((before, attributes))
                if before < len(lines):
                    _mark_stamp(lines[before], tree.text(number))
        for node in reversed(nodes):
            if node.parent >= 0:
                parent = nodes[node.parent]
                parent.size += node.size
                parent.linked += node.linked
        return result

    def _kept(self) -> Iterator[range]:
        """The numbers of the runs that stand in no part that is left out."""
        tree, frame, cut = self.tree, self.frame, self.cut
        at = 0
        left_out = {number for number, tag in enumerate(tree.tags) if tag in frame}
        for number in sorted(left_out.union(cut)):
            if tree.first_run[number] >= at and not self._opens(number):
                yield range(at, tree.first_run[number])
                at = tree.last_run[number]
        yield range(at, len(tree.runs))

    def _opens(self, number: int) -> bool:
        """Whether a `<footer>` stands before the text that it signs: some systems put an article's byline there."""
        tree = self.tree
        if tree.tags[number] != "footer" or number in self.cut:
            return False
        size = tree.size(tree.first_run[number], tree.last_run[number])
        above = tree.parent[number]
        below = tree.size(tree.last_run[number], tree.last_run[above])
        return tree.tags[above] in ("article", "section") and size < 400 and below > 200 and below > 2 * size

    def _end_line(self, first: int, last: int, block: int, linked: int, links: int, bold: int) -> None:
        text = self.tree.text_between(first, last + 1)[:MAX_LINE]
        lines, node = self.result.lines, self.result.nodes[block]
        line = Line(len(lines), block, self.kinds[block], text, linked, links, bold, (first, last))
        lines.append(line)
        node.size += line.size
        node.linked += min(linked, line.size)

    def _place(self, number: int) -> _Place:
        """Where the text of an element stands; makes the nodes above it that are not made yet."""
        places, parent, tags, labels = self.places, self.tree.parent, self.tags, self.labels
        above = []
        while number not in places:
            above.append(number)
            number = parent[number]
        place = places[number]
        for inner in reversed(above):
            if place[0] >= 0:
                tag = tags[inner]
                # Many elements are plain inline ones: nothing that they could claim.
                if tag not in INLINE or (labels[inner] and tag != "a") or self.hidden[inner] or inner in self.marked:
                    place = self._inside(inner, *place)
                elif tag == "a":
                    place = (place[0], inner, place[2])
                elif tag in BOLD:
                    place = (place[0], place[1], inner)
            places[inner] = place
        return place

    def _inside(self, number: int, block: int, link: int, bold: int) -> _Place:
        tag, label, hidden = self.tags[number], self.labels[number], self.hidden[number]
        inline = tag in INLINE
        claim, content = "", False
        if (tag in self.frame or number in self.cut) and not self._opens(number):
            return _NOWHERE
        element = self.elements[number]
        if number in self.listed:
            claim = "listed"
        elif not inline or (label and tag != "a"):
            claim, content = zones.claim("" if inline else tag, label, element.get(b"role") or "")
        if hidden and not self.hidden[self.tree.parent[number]]:
            claim = "hidden"
        if tag == "a":
            link = number
        elif tag in BOLD:
            bold = number
        if (inline and not claim) or ((tag == "td" or tag == "th") and self._is_data(self.tree.parent[number])):
            # The cells of a data row are one line.
            return block, link, bold
        if tag == "figure" and not claim and self._is_picture(number):
            claim = "caption"
        nodes, kinds = self.result.nodes, self.kinds
        node = Node(len(nodes), block, number, element, tag, label, claim)
        node.content = content or (not inline and element.get(b"itemprop") == "articleBody")
        nodes.append(node)
        kinds.append(_kind(tag, kinds[block]))
        return node.index, link, bold

    def _is_data(self, row: int) -> bool:
        """Whether a table row holds data, not layout: two cells or more, no blocks in them."""
        known = self.data_rows.get(row)
        if known is None:
            tree = self.tree
            inside = tree.tags[row + 1 : tree.end[row]]
            known = tree.tags[row] == "tr" and len(tree.children(row)) >= 2 and _CELL_BLOCKS.isdisjoint(inside)
            self.data_rows[row] = known
        return known

    def _is_picture(self, figure: int) -> bool:
        """Whether a `<figure>` shows a picture or film: its text is a caption. One with a table or quotation is
        text."""
        element = self.tree.nodes[figure]
        if not _QUOTED.isdisjoint(self.tree.tags[figure : self.tree.end[figure]]):
            return False
        return next(element.iterdescendants(*_PICTURES), None) is not None


def _mark_stamp(line: Line, time: str) -> None:
    """A short line that is mostly a `<time>`, with a duration or a place beside it, is no text."""
    if line.size < _STAMP and line.tag != "h" and not line.ends and 2 * len(time) > len(line.text):
        line.noise = True


def _kind(tag: str, above: str) -> str:
    """What a line directly in an element is: "h", "p", "li", "blockquote", a cell, or "div"."""
    if tag in HEADINGS:
        return "h"
    if tag in _NAMED:
        return tag
    if above in ("li", "blockquote") or (tag != "p" and above == "h"):
        return above
    return "p" if tag == "p" else "div"
