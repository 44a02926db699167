"""A page's tree as flat lists: one pass in document order, after which every question is an index or a slice.

Nodes are numbered in document order; the subtree of node `n` is `range(n, end[n])`. Visible text is a list of runs in
the same order; the text of node `n` is `runs[first_run[n]:last_run[n]]`. Nothing here changes the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# A page has about a thousand elements; what stands behind this many is not looked at, so that time stays bounded.
MAX_NODES = 60_000
MAX_RUN = 2_000

SKIPPED = frozenset(
    "head script style noscript template svg iframe object select option textarea math canvas audio map".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub"
    " sup time tt u var wbr".split()
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
CHROME_TAGS = frozenset(["nav", "footer"])
CHROME_ROLES = frozenset(["navigation", "contentinfo", "menu", "menubar", "search", "banner"])
CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:main|site|page|global|top|primary|mega|mobile|off-?canvas|drop-?down|sub|side|head(?:er)?|foot(?:er)?)?"
    r"[_-]?(?:nav(?:i|bar|igation)?|menu)|gnb|lnb|snb|(?:site|page|main|global)[_-]?(?:footer|header)|footer"
    r"|breadcrumbs?|sitemap|megamenu|hamburger|off-?canvas|language(?:s|-?(?:switch(?:er)?|list|selector))|cookie\S*)"
    r"(?=$|[\s_]|-(?:wrap\w*|container|inner|main|menu|list|nav|content|top|bottom|area|links|section|widgets?))"
)
NO_CHROME = INLINE | {"html", "body", "main", "article", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
SPACES = re.compile(r"\s+")


class Outline:
    """The flat lists. `chrome` marks navigation and page furniture, `hidden` what a style or attribute hides."""

    __slots__ = (
        "_claims",
        "chrome",
        "depth",
        "end",
        "first_run",
        "hidden",
        "index",
        "last_run",
        "names",
        "nodes",
        "owners",
        "parent",
        "runs",
        "tags",
        "truncated",
    )

    def __init__(self, tree: HtmlElement) -> None:
        self.nodes: list[HtmlElement] = []
        self.tags: list[str] = []
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
        self.index: dict[HtmlElement, int] = {}
        self.truncated = False
        self._claims: list[int] = []
        self._scan(tree)
        self._settle_chrome()

    def _scan(self, tree: HtmlElement) -> None:
        index, nodes, tags, parents, runs = self.index, self.nodes, self.tags, self.parent, self.runs
        stack: list[int] = []
        for element in tree.iter():
            above = element.getparent()
            at = index.get(above, -1) if stack else -1
            if stack and at < 0:
                continue  # inside something skipped
            while stack and stack[-1] != at:
                self._close(stack.pop())
            tag = element.tag
            if not isinstance(tag, str) or tag in SKIPPED:
                if stack and element.tail:
                    self._run(element.tail, at)
                continue
            number = len(nodes)
            if number >= MAX_NODES:
                self.truncated = True
                break
            index[element] = number
            nodes.append(element)
            tags.append(tag)
            parents.append(at)
            self.end.append(number + 1)
            self._mark(element, tag, at)
            if tag not in INLINE:
                self._space(at)
            self.first_run.append(len(runs))
            self.last_run.append(len(runs))
            if element.text:
                self._run(element.text, number)
            stack.append(number)
        while stack:
            self._close(stack.pop())

    def _mark(self, element: HtmlElement, tag: str, at: int) -> None:
        attributes = element.attrib
        hidden = False
        if at >= 0:
            hidden = self.hidden[at]
            self.depth.append(self.depth[at] + 1)
        else:
            self.depth.append(0)
        name = ""
        claim = tag in CHROME_TAGS
        if attributes:
            name = attributes.get("class") or ""
            identity = attributes.get("id")
            if identity:
                name = f"{name} {identity}"
            name = name.lower()
            if not hidden:
                style = attributes.get("style")
                hidden = (style is not None and HIDDEN_STYLE.search(style) is not None) or "hidden" in attributes
            if not claim and tag not in NO_CHROME:
                role = attributes.get("role")
                claim = (role is not None and role in CHROME_ROLES) or (
                    name != "" and CHROME_NAME.search(name) is not None
                )
        if claim:
            self._claims.append(len(self.nodes) - 1)
        self.names.append(name)
        self.hidden.append(hidden)

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

    def _run(self, text: str, owner: int) -> None:
        if text.isspace():
            self._space(owner)
        else:
            self.runs.append(text[:MAX_RUN])
            self.owners.append(owner)

    def _space(self, owner: int) -> None:
        if self.runs and self.runs[-1] != " ":
            self.runs.append(" ")
            self.owners.append(owner)

    def _close(self, number: int) -> None:
        at = self.parent[number]
        self.end[number] = len(self.nodes)
        self.last_run[number] = len(self.runs)
        if self.tags[number] not in INLINE:
            self._space(at)
        tail = self.nodes[number].tail
        if tail and at >= 0:
            self._run(tail, at)

    def text(self, number: int) -> str:
        """The text of a node, spaces collapsed, a space between block elements."""
        return self.text_between(self.first_run[number], self.last_run[number])

    def text_between(self, first: int, last: int) -> str:
        """The text of the runs `first` up to `last`, spaces collapsed."""
        if first >= last:
            return ""
        return SPACES.sub(" ", "".join(self.runs[first:last])).strip()

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
