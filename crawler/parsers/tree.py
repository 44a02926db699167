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

from crawler.parsers.text import holds, parts

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
BOLD = frozenset(["b", "strong"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LISTED = HEADINGS | {"a", "img", "ol", "time", "ul"}
CHROME_TAGS = frozenset(["nav", "footer"])
CHROME_ROLES = frozenset(["navigation", "contentinfo", "menu", "menubar", "search", "banner"])
CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:main|site|page|global|top|primary|mega|mobile|off-?canvas|drop-?down|sub|side|"
    r"head(?:er)?|foot(?:er)?)?"
    r"[_-]?(?:nav(?:i|bar|igation)?|menu)|gnb|lnb|snb|(?:site|page|main|global)[_-]?(?:footer|header)|footer"
    r"|breadcrumbs?|sitemap|megamenu|hamburger|off-?canvas|language(?:s|-?(?:switch(?:er)?|list|selector))|cookie\S*)"
    r"(?=$|[\s_]|-(?:wrap\w*|container|inner|main|menu|list|nav|content|top|bottom|area|links|section|widgets?))"
)
TABS_NAME = re.compile(r"(?:^|[_-])tab(?!l)[a-z]{0,6}[_-]|^nav-(?:tabs|pills)$")
# What closes an article holds its tags, and blocks.
_ARTICLE_FOOTER = re.compile(r"^(?:article|post|entry|story|content|node)[_-]{1,2}footer")
_CHROME_HINTS = parts(
    "nav", "menu", "gnb", "lnb", "snb", "foot", "header", "bread", "sitemap", "hamburger", "canvas", "language",
    "cookie",
)  # fmt: skip
NO_CHROME = INLINE | {"html", "body", "main", "article", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)


# What an element's tag does to the text around it. A cell of a data row and a br end no line by themselves.
_INLINE, _BREAK, _BLOCK, _SKIP, _SKIP_BLOCK = range(5)
_KINDS = (
    dict.fromkeys(SKIPPED, _SKIP_BLOCK)
    | dict.fromkeys((*_UNSEEN, "svg"), _SKIP)
    | dict.fromkeys(INLINE, _INLINE)
    | dict.fromkeys(("br", "td", "th"), _BREAK)
)


@lru_cache(maxsize=8192)
def _names_chrome(name: str) -> bool:
    if not holds(name, _CHROME_HINTS):
        return False
    # The bar of a block's tabs is called a navigation as well: its labels are the block's headings.
    words = name.split()
    tabs = any(TABS_NAME.search(word) for word in words)
    return any(
        CHROME_NAME.search(word)
        and not (tabs and word == "nav")
        and not TABS_NAME.search(word)
        and not _ARTICLE_FOOTER.match(word)
        for word in words
    )


class Tree:
    """The flat lists. `chrome` marks navigation and page furniture, `hidden` what a style or attribute hides."""

    __slots__ = (
        "_depths",
        "_numbers",
        "_own",
        "_sizes",
        "anchors",
        "breaks",
        "chrome",
        "end",
        "first_run",
        "headings",
        "hidden",
        "labels",
        "last_run",
        "lists",
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
        self.parent: list[int] = []
        self.end: list[int] = []
        self.hidden: list[bool] = []
        self.runs: list[str] = []
        self.owners: list[int] = []  # the node each run stands in
        self.first_run: list[int] = []
        self.last_run: list[int] = []
        self.breaks: list[int] = []  # for each br, the number of the run that follows it
        self.walls: set[int] = set()  # the numbers of the runs right before which a block begins or ends
        self.truncated = False
        self.headings: list[int] = []
        self.anchors: list[int] = []
        self.lists: list[int] = []  # ol and ul
        self.times: list[int] = []
        self.pictures: list[int] = []  # images with an alternative text
        self._sort_out(self._scan(root))
        self.names: list[str] = list(map(str.lower, self.labels))  # class and id, lower case
        self.chrome: list[bool] = [False] * len(self.nodes)
        self._settle_chrome()
        self._sizes = list(accumulate(map(len, self.runs), initial=0))
        self._numbers: dict[etree._Element, int] = {}
        self._own: dict[int, int] = {}
        self._depths: dict[int, int] = {-1: -1}

    def _scan(self, root: etree._Element) -> list[int]:
        """Fill the lists; returns the numbers of the elements that have a list of their own."""
        # The hot loop of the whole parser: local names, no calls that can be avoided.
        labels, parents, ends, hiddens = self.labels, self.parent, self.end, self.hidden
        runs, owners, lasts = self.runs, self.owners, self.last_run
        add_node, add_tag, add_first = self.nodes.append, self.tags.append, self.first_run.append
        add_run, add_owner, add_wall = runs.append, owners.append, self.walls.add
        kinds: list[int] = []
        listed: list[int] = []
        # `at` is the innermost open node. `spaced`: the last run is a space, another would say nothing.
        at, count, size, wall, spaced, skipping = -1, 0, 0, -1, True, False
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                text = element.tail
                if skipping:
                    skipping = False
                else:
                    ends[at] = count
                    lasts[at] = size
                    kind = kinds[at]
                    at = parents[at]
                    if kind:
                        if not spaced:
                            add_run(" ")
                            add_owner(at)
                            size += 1
                            spaced = True
                        if kind == _BLOCK and size != wall:
                            add_wall(size)
                            wall = size
            else:
                tag = element.tag
                kind = _KINDS.get(tag, _BLOCK)
                if kind >= _SKIP:
                    walker.skip_subtree()
                    skipping = True
                    if kind == _SKIP_BLOCK:
                        add_wall(size)
                    continue
                if count == MAX_NODES:
                    self.truncated = True
                    break
                if kind:
                    if not spaced:
                        add_run(" ")
                        add_owner(at)
                        size += 1
                        spaced = True
                    if kind == _BLOCK:
                        if size != wall:
                            add_wall(size)
                            wall = size
                    elif tag == "br":
                        self.breaks.append(size)
                if tag in _LISTED:
                    listed.append(count)
                add_node(element)
                add_tag(tag)
                add_first(size)
                ends.append(0)
                lasts.append(0)
                kinds.append(kind)
                get = element.get
                # As bytes: lxml would encode a name each time it is asked for.
                label = get(b"class") or ""
                identity = get(b"id")
                if identity:
                    label = f"{label} {identity}"
                labels.append(label if len(label) <= MAX_NAMES else label[:MAX_NAMES])
                if (at >= 0 and hiddens[at]) or get(b"hidden") is not None:
                    hiddens.append(True)
                else:
                    style = get(b"style")
                    hiddens.append(style is not None and _HIDDEN_STYLE.search(style) is not None)
                parents.append(at)
                at = count
                count += 1
                text = element.text
            if text:
                if not text.isspace():
                    add_run(text if len(text) <= MAX_RUN else text[:MAX_RUN])
                    add_owner(at)
                    size += 1
                    spaced = False
                elif not spaced:
                    add_run(" ")
                    add_owner(at)
                    size += 1
                    spaced = True
        while at >= 0:
            ends[at], lasts[at] = count, size
            at = parents[at]
        return listed

    def _sort_out(self, listed: list[int]) -> None:
        for number in listed:
            tag = self.tags[number]
            if tag == "a":
                self.anchors.append(number)
            elif tag in HEADINGS:
                self.headings.append(number)
            elif tag == "time":
                self.times.append(number)
            elif tag != "img":
                self.lists.append(number)
            elif self.nodes[number].get("alt"):
                self.pictures.append(number)

    def _settle_chrome(self) -> None:
        """Believe a claim to be navigation unless the element holds the page's headline or much of its text."""
        nodes, tags, names = self.nodes, self.tags, self.names
        titles = [number for number in self.headings if tags[number] == "h1"][:20]
        limit = 0.4 * len(self.runs) + 20
        done = 0
        for number, (tag, name) in enumerate(zip(tags, names, strict=True)):
            if tag in NO_CHROME or number < done:
                continue
            if not (tag in CHROME_TAGS or (name and _names_chrome(name)) or nodes[number].get(b"role") in CHROME_ROLES):
                continue
            stop = self.end[number]
            if self.last_run[number] - self.first_run[number] > limit:
                continue
            if tag not in CHROME_TAGS and any(number < title < stop for title in titles):
                continue
            self.chrome[number:stop] = [True] * (stop - number)
            done = stop

    def depth(self, number: int) -> int:
        """How many elements stand around a node."""
        depths, parent = self._depths, self.parent
        chain = []
        while number not in depths:
            chain.append(number)
            number = parent[number]
        depth = depths[number]
        for inner in reversed(chain):
            depth += 1
            depths[inner] = depth
        return depth

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
        text = self.runs[first] if last - first == 1 else "".join(self.runs[first:last])
        return " ".join(text.split())

    def has_text(self, first: int, last: int) -> bool:
        """Whether any text stands in the runs `first` up to `last`: of two runs side by side at most one is blank."""
        return last - first > 1 or (last > first and self.runs[first] != " ")

    def size(self, first: int, last: int) -> int:
        """The characters in the runs `first` up to `last`."""
        return self._sizes[last] - self._sizes[first]

    def own_size(self, number: int) -> int:
        """The characters that stand in a node itself, not in an element inside it."""
        if number not in self._own:
            part = slice(self.first_run[number], self.last_run[number])
            runs = zip(self.runs[part], self.owners[part], strict=True)
            self._own[number] = sum([len(run) for run, owner in runs if owner == number])
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
