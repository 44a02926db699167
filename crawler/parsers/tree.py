"""A page's tree as flat lists: one pass in document order, after which every question is an index or a slice.

Nodes are numbered in document order; the subtree of node `n` is `range(n, end[n])`. Visible text is a list of runs in
the same order; the text of node `n` is `runs[first_run[n]:last_run[n]]`. The body finder and the block finder both read
from here, so that lxml is asked once. Nothing here changes the tree.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from lxml import etree

from crawler.parsers.text import holds

# A page has about a thousand elements; what stands behind this many is not looked at, so that time stays bounded.
MAX_NODES = 60_000
MAX_RUN = 200_000
MAX_NAMES = 600

# Void or unseen elements that may stand in a line of text without ending it.
_UNSEEN = frozenset("script style template noscript link meta base source track param input".split())
SKIPPED = _UNSEEN | frozenset(
    "head svg iframe frameset object applet embed select option optgroup datalist textarea math canvas audio video map "
    "progress meter".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr center-inline nolayer o:p amp-link".split()
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
CHROME_TAGS = frozenset(["nav", "footer"])
CHROME_ROLES = frozenset(["navigation", "contentinfo", "menu", "menubar", "search", "banner"])
CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:main|site|page|global|top|primary|mega|mobile|off-?canvas|drop-?down|sub|side|"
    r"head(?:er)?|foot(?:er)?)?"
    r"[_-]?(?:nav(?:i|bar|igation)?|menu)|gnb|lnb|snb|(?:site|page|main|global)[_-]?(?:footer|header)|footer"
    r"|breadcrumbs?|sitemap|megamenu|hamburger|off-?canvas|language(?:s|-?(?:switch(?:er)?|list|selector))|cookie\S*)"
    r"(?=$|[\s_]|-(?:wrap\w*|container|inner|main|menu|list|nav|content|top|bottom|area|links|section|widgets?))"
)
_CHROME_HINTS = (
    "nav", "menu", "gnb", "lnb", "snb", "foot", "header", "bread", "sitemap", "hamburger", "canvas", "language",
    "cookie",
)  # fmt: skip
NO_CHROME = INLINE | {"html", "body", "main", "article", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)


@lru_cache(maxsize=8192)
def _names_chrome(name: str) -> bool:
    return holds(name, _CHROME_HINTS) and CHROME_NAME.search(name) is not None


class Tree:
    """The flat lists. `chrome` marks navigation and page furniture, `hidden` what a style or attribute hides."""

    __slots__ = (
        "_claims",
        "_numbers",
        "_own",
        "_sizes",
        "anchors",
        "breaks",
        "chrome",
        "depth",
        "end",
        "first_run",
        "headings",
        "hidden",
        "labels",
        "last_run",
        "names",
        "nodes",
        "owners",
        "parent",
        "pictures",
        "runs",
        "tags",
        "times",
        "truncated",
        "walls",
    )

    def __init__(self, root: etree._Element) -> None:
        self.nodes: list[etree._Element] = []
        self.tags: list[str] = []
        self.labels: list[str] = []  # class and id as written
        self.names: list[str] = []  # class and id, lower case
        self.parent: list[int] = []
        self.end: list[int] = []
        self.depth: list[int] = []
        self.chrome: list[bool] = []
        self.hidden: list[bool] = []
        self.runs: list[str] = []
        self.owners: list[int] = []  # the node each run stands in
        self.first_run: list[int] = []
        self.last_run: list[int] = []
        self.headings: list[int] = []  # the numbers of h1 to h6
        self.pictures: list[int] = []  # the numbers of images with an alternative text
        self.anchors: list[int] = []  # the numbers of a
        self.times: list[int] = []  # the numbers of time
        self.breaks: list[int] = []  # for each br, the number of the run that follows it
        self.walls: list[int] = [-1]  # the numbers of the runs right before which a block begins or ends
        self.truncated = False
        self._claims: list[int] = []
        self._numbers: dict[etree._Element, int] = {}
        self._scan(root)
        self._settle_chrome()
        self._sizes = list(accumulate(map(len, self.runs), initial=0))
        self._own: dict[int, int] = {}

    def _scan(self, root: etree._Element) -> None:
        nodes, tags, labels, names = self.nodes, self.tags, self.labels, self.names
        parents, ends, depths, hiddens = self.parent, self.end, self.depth, self.hidden
        runs, owners, firsts, lasts = self.runs, self.owners, self.first_run, self.last_run
        walls, claims = self.walls, self._claims
        # The elements that are open: their numbers, -1 for one that is skipped.
        opened: list[int] = []
        at, depth, hidden = -1, -1, False
        # Whether the last run is a space, so that another would say nothing; text never begins with one.
        spaced = True
        count = 0
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                number = opened.pop()
                if number >= 0:
                    ends[number] = len(nodes)
                    lasts[number] = len(runs)
                    at = parents[number]
                    depth -= 1
                    hidden = at >= 0 and hiddens[at]
                    tag = tags[number]
                    if tag not in INLINE:
                        if not spaced:
                            runs.append(" ")
                            owners.append(at)
                            spaced = True
                        if tag != "br" and tag != "td" and tag != "th" and walls[-1] != len(runs):
                            walls.append(len(runs))
                text = element.tail
                owner = at
            else:
                tag = element.tag
                if tag in SKIPPED:
                    walker.skip_subtree()
                    opened.append(-1)
                    if tag not in _UNSEEN and tag != "svg" and walls[-1] != len(runs):
                        walls.append(len(runs))
                    continue
                if count >= MAX_NODES:
                    self.truncated = True
                    break
                number = count
                count += 1
                opened.append(number)
                if tag not in INLINE:
                    if not spaced:
                        runs.append(" ")
                        owners.append(at)
                        spaced = True
                    if tag == "br":
                        self.breaks.append(len(runs))
                    elif tag != "td" and tag != "th" and walls[-1] != len(runs):
                        walls.append(len(runs))
                depth += 1
                nodes.append(element)
                tags.append(tag)
                parents.append(at)
                depths.append(depth)
                ends.append(count)
                firsts.append(len(runs))
                lasts.append(len(runs))
                get = element.get
                label = get("class") or ""
                identity = get("id")
                if identity:
                    label = f"{label} {identity}"
                name = label
                if label:
                    if len(label) > MAX_NAMES:
                        label = label[:MAX_NAMES]
                    name = label.lower()
                labels.append(label)
                names.append(name)
                if not hidden:
                    style = get("style")
                    hidden = (style is not None and _HIDDEN_STYLE.search(style) is not None) or get(
                        "hidden"
                    ) is not None
                hiddens.append(hidden)
                if tag not in NO_CHROME and (
                    tag in CHROME_TAGS or (name and _names_chrome(name)) or get("role") in CHROME_ROLES
                ):
                    claims.append(number)
                if tag == "a":
                    self.anchors.append(number)
                elif tag in HEADINGS:
                    self.headings.append(number)
                elif tag == "img":
                    if get("alt"):
                        self.pictures.append(number)
                elif tag == "time":
                    self.times.append(number)
                at = owner = number
                text = element.text
            if text:
                if not text.isspace():
                    runs.append(text if len(text) <= MAX_RUN else text[:MAX_RUN])
                    owners.append(owner)
                    spaced = False
                elif not spaced:
                    runs.append(" ")
                    owners.append(owner)
                    spaced = True
        for number in opened:
            if number >= 0:
                ends[number] = len(nodes)
                lasts[number] = len(runs)

    def _settle_chrome(self) -> None:
        """Believe a claim to be navigation unless the element holds the page's headline or much of its text."""
        self.chrome = [False] * len(self.nodes)
        titles = [number for number, tag in enumerate(self.tags) if tag == "h1"]
        done = 0
        for number in self._claims:
            stop = self.end[number]
            if number < done:
                continue
            if self.last_run[number] - self.first_run[number] > 0.4 * len(self.runs) + 20:
                continue
            if self.tags[number] not in CHROME_TAGS and any(number < title < stop for title in titles[:20]):
                continue
            self.chrome[number:stop] = [True] * (stop - number)
            done = stop

    def number(self, element: etree._Element) -> int | None:
        """The number of an element; None for one that is skipped."""
        if not self._numbers:
            self._numbers = {node: number for number, node in enumerate(self.nodes)}
        return self._numbers.get(element)

    def text(self, number: int) -> str:
        """The text of a node, spaces collapsed, a space between block elements."""
        return self.text_between(self.first_run[number], self.last_run[number])

    def text_between(self, first: int, last: int) -> str:
        """The text of the runs `first` up to `last`, spaces collapsed."""
        if first >= last:
            return ""
        return " ".join("".join(self.runs[first:last]).split())

    def size(self, first: int, last: int) -> int:
        """The characters in the runs `first` up to `last`."""
        return self._sizes[last] - self._sizes[first]

    def own_size(self, number: int) -> int:
        """The characters that stand in a node itself, not in an element inside it."""
        if number not in self._own:
            runs = range(self.first_run[number], self.last_run[number])
            self._own[number] = sum(len(self.runs[run]) for run in runs if self.owners[run] == number)
        return self._own[number]

    def children(self, number: int) -> list[int]:
        """The numbers of a node's child elements."""
        found, child, stop = [], number + 1, self.end[number]
        while child < stop:
            found.append(child)
            child = self.end[child]
        return found

    def within(self, number: int, above: int) -> bool:
        """Whether a node is `above` or stands inside it."""
        return above <= number < self.end[above]
