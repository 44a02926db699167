"""A page's tree as flat lists: one pass in document order, after which every question is an index or a slice.

Nodes are numbered in document order; the subtree of node `n` is `range(n, end[n])`. Visible text is a list of runs in
the same order; the text of node `n` is `runs[first_run[n]:last_run[n]]`. Nothing here changes the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
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
    r"(?:^|[\s_-])(?:(?:main|site|page|global|top|primary|mega|mobile|off-?canvas|drop-?down|sub|side|"
    r"head(?:er)?|foot(?:er)?)?"
    r"[_-]?(?:nav(?:i|bar|igation)?|menu)|gnb|lnb|snb|(?:site|page|main|global)[_-]?(?:footer|header)|footer"
    r"|breadcrumbs?|sitemap|megamenu|hamburger|off-?canvas|language(?:s|-?(?:switch(?:er)?|list|selector))|cookie\S*)"
    r"(?=$|[\s_]|-(?:wrap\w*|container|inner|main|menu|list|nav|content|top|bottom|area|links|section|widgets?))"
)
_CHROME_HINT = re.compile(r"nav|menu|[gls]nb|foot|head|bread|sitemap|hamburger|canvas|language|cookie")
NO_CHROME = INLINE | {"html", "body", "main", "article", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
SPACES = re.compile(r"\s+")


@lru_cache(maxsize=8192)
def _names_chrome(name: str) -> bool:
    return _CHROME_HINT.search(name) is not None and CHROME_NAME.search(name) is not None


class Outline:
    """The flat lists. `chrome` marks navigation and page furniture, `hidden` what a style or attribute hides."""

    __slots__ = (
        "_claims",
        "_numbers",
        "_own",
        "_sizes",
        "chrome",
        "depth",
        "end",
        "first_run",
        "headings",
        "hidden",
        "last_run",
        "names",
        "nodes",
        "owners",
        "parent",
        "pictures",
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
        self.headings: list[int] = []  # the numbers of h1 to h6
        self.pictures: list[int] = []  # the numbers of images with an alternative text
        self.truncated = False
        self._claims: list[int] = []
        self._numbers: dict[HtmlElement, int] = {}
        self._scan(tree)
        self._settle_chrome()
        self._sizes = list(accumulate(map(len, self.runs), initial=0))
        self._own: dict[int, int] = {}

    def _scan(self, tree: HtmlElement) -> None:
        runs, owners, last_run, end = self.runs, self.owners, self.last_run, self.end
        stack: list[tuple[int, bool, HtmlElement, Iterator[HtmlElement]]] = []
        at = self._open(tree, "html", -1)
        stack.append((at, False, tree, iter(tree)))
        while stack:
            at, inline, element, children = stack[-1]
            for child in children:
                tag = child.tag
                if tag.__class__ is str and tag not in SKIPPED:
                    break
                if child.tail:
                    self._run(child.tail, at)
            else:
                stack.pop()
                end[at] = len(self.nodes)
                last_run[at] = len(runs)
                if stack:
                    above = stack[-1][0]
                    if not inline and runs and runs[-1] != " ":
                        runs.append(" ")
                        owners.append(above)
                    if element.tail:
                        self._run(element.tail, above)
                continue
            if len(self.nodes) >= MAX_NODES:
                self.truncated = True
                self._close_all([entry[0] for entry in stack])
                return
            inline = tag in INLINE
            if not inline and runs and runs[-1] != " ":
                runs.append(" ")
                owners.append(at)
            number = self._open(child, tag, at)
            if child.text:
                self._run(child.text, number)
            stack.append((number, inline, child, iter(child)))

    def _open(self, element: HtmlElement, tag: str, at: int) -> int:
        number = len(self.nodes)
        self.nodes.append(element)
        self.tags.append(tag)
        self.parent.append(at)
        self.end.append(number + 1)
        self.depth.append(self.depth[at] + 1 if at >= 0 else 0)
        hidden = at >= 0 and self.hidden[at]
        name = ""
        claim = tag in CHROME_TAGS
        attributes = element.attrib
        if attributes:
            get = element.get
            name = get("class") or ""
            identity = get("id")
            if identity:
                name = f"{name} {identity}"
            name = name.lower()
            if not hidden:
                style = get("style")
                hidden = get("hidden") is not None or (style is not None and HIDDEN_STYLE.search(style) is not None)
            if not claim and tag not in NO_CHROME:
                claim = get("role") in CHROME_ROLES or (name != "" and _names_chrome(name))
        if claim:
            self._claims.append(number)
        if tag in HEADINGS:
            self.headings.append(number)
        elif tag == "img" and element.get("alt"):
            self.pictures.append(number)
        self.names.append(name)
        self.hidden.append(hidden)
        self.first_run.append(len(self.runs))
        self.last_run.append(len(self.runs))
        return number

    def _close_all(self, open_nodes: list[int]) -> None:
        for number in open_nodes:
            self.end[number] = len(self.nodes)
            self.last_run[number] = len(self.runs)

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

    def number(self, element: HtmlElement) -> int | None:
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
        return SPACES.sub(" ", "".join(self.runs[first:last])).strip()

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
