"""Links that lead to content, and the rows they make: what repeats side by side, one address a row.

A row is the highest element in which only one content address is linked; rows with one parent are a group.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from archive.document import Document
from crawler.parsers.blocks_outline import HEADINGS, INLINE, Outline
from crawler.parsers.blocks_words import is_aside, is_more, is_popular, weight

SEVERAL = -1
NONE = 0
MAX_LINKS = 6_000

_SLUG = re.compile(
    r"(?:[^/-]+-){3,}|\d{4,}|\d{4}/\d\d?/|[0-9a-f]{8,}|/(?:articles?|story|stories|posts?|artikel|articulo|nachricht|noticia|clanek|statia)/.+|/(?=[^/]*\d)[a-z0-9_]{10,}(?:/|$)|\.s?html?$|\.(?:php|aspx?|do|jsp|read)$",
    re.IGNORECASE,
)
_QUERY_ID = re.compile(
    r"(?:^|&)(?:\w*_)?(?:news|article|art|n|a|o|s|doc|post|story|item|content)?_?(?:id|no|idx|idxno|key|seq|num|p)=\w*\d{2,}",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|kategorie|authors?|autor(?:e|en|es)?|search|users?|login|account|"
    r"hashtag|keywords?|writers?|reporter)s?[/?]"
    r"|list(?:\.\w+)?/?$|[?&](?:sorder|sc_|cat|section|tag)[^&]*$",
    re.IGNORECASE,
)
TITLE_NAME = re.compile(
    r"(?:^|[\s_-])(?:title|titles|titre|titulo|título|titel|tit|ttl|headline|head-line|heading|subject|"
    r"sbj|news_?ttl|hed)(?=$|[\s_\d-])|(?:title|headline|ttl)(?:$|h\d)"
)
_SERVICE = re.compile(
    r"[/=](?:log-?in|sign-?(?:in|up)|signup|register|registration|registr\w*|subscri\w+|abo|account|password|profile|newsletters?|impressum|datenschutz|privacy\S*|terms\S*|legal|contact\S*|kontakt|sharer?)(?:[/?.&]|$)",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"(?:share|tweet|copy link|copy url|teilen|partager|compartir|compartilhar|condividi|udostępnij|dela|"
    r"del p|jaa|bagikan|sign (?:in|up|out)|log ?in|anmelden|registr|subscribe|abonn|print|drucken|imprimer"
    r"|e-?mail|save|follow|comment(?:s|er)?$|로그인|회원가입|공유|シェア|ログイン|会員登録|分享|登录)(?!\w)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|instagram|linkedin|pinterest|whatsapp|telegram|t|reddit|youtube|"
    r"tiktok|threads|line|kakao|band|vk|ok|tumblr|flipboard|bsky)"
    r"\.(?:com|me|net|us|app|ru|it)$|^(?:apps\.apple|play\.google|news\.google|policies\.google)\.com$"
)


@lru_cache(maxsize=4096)
def article_like(url: str) -> bool:
    """Whether an address looks like that of one piece of content, not of a list of them."""
    inner = url.rfind("http", 8)  # an address inside an address, as web archives write them
    parts = urlsplit(url[inner:] if inner > 0 else url)
    if _SLUG.search(parts.path):
        return not _LISTING.search(parts.path + "/")
    return bool(parts.query) and _QUERY_ID.search(parts.query) is not None


def link_key(url: str) -> str:
    """One text for the addresses of one target: no scheme, `www.`, fragment and closing slash."""
    key = url.split("//", 1)[-1].split("#", 1)[0].rstrip("/")
    return key[4:] if key.startswith("www.") else key


def _spoken(outline: Outline, node: int) -> str:
    """What a link without text says: its `title`, its label, or its picture's alternative text."""
    element = outline.nodes[node]
    for name in ("title", "aria-label"):
        text = element.get(name)
        if text:
            return str(text)
    for inner in range(node + 1, min(outline.end[node], node + 12)):
        if outline.tags[inner] == "img":
            return str(outline.nodes[inner].get("alt") or "")
    return ""


@dataclass(slots=True)
class Link:
    """An `a` with an address. `strong`: it leads to content and its text, or the row around it, is a title."""

    node: int
    url: str
    key: str
    text: str
    strong: bool = False
    inline: bool = False


@dataclass(slots=True)
class Row:
    """One entry: its highest element, the key and address of its link."""

    node: int
    key: str
    url: str


@dataclass(slots=True)
class Group:
    """Rows under one parent, in document order."""

    parent: int
    rows: list[Row] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.rows[0].node


class Links:
    """All links of a page, and which address each subtree holds: NONE, one (a number from 1), or SEVERAL."""

    def __init__(self, document: Document, outline: Outline) -> None:
        self.outline = outline
        self.all: list[Link] = []
        self.state = [NONE] * len(outline.nodes)
        self._numbers: dict[str, int] = {}
        self._read(document)
        self.nodes = [link.node for link in self.all]
        self._set_headings_apart()
        for link in self.all:
            if link.strong:
                self._spread(link)
        self.strong = [link for link in self.all if link.strong]
        self.strong_nodes = [link.node for link in self.strong]

    def _read(self, document: Document) -> None:
        outline = self.outline
        for node, tag in enumerate(outline.tags):
            if tag != "a":
                continue
            href = outline.nodes[node].get("href")
            if not href or href[0] == "#" or (outline.chrome[node] and not self._in_block_footer(node)):
                continue
            url = document.absolute(href)
            if url is None:
                continue
            link = Link(node, url, link_key(url), outline.text(node))
            self.all.append(link)
            link.strong = self._is_strong(link)
            if len(self.all) >= MAX_LINKS:
                break

    def _in_block_footer(self, node: int) -> bool:
        """Whether a link stands in the closing line of a block, where "more" links do, not in the page's footer."""
        outline = self.outline
        for _ in range(4):
            node = outline.parent[node]
            if node < 0:
                return False
            if outline.tags[node] == "footer":
                return (
                    outline.tags[outline.parent[node]] in ("section", "aside", "article", "div")
                    and outline.end[node] - node < 12
                )
        return False

    def _is_strong(self, link: Link) -> bool:
        outline, node = self.outline, link.node
        if (
            outline.chrome[node]
            or (len(link.text) <= 40 and _TOOL.match(link.text))
            or _AWAY.search(link.key.split("/", 1)[0])
        ):
            return False
        like = article_like(link.url)
        text = link.text
        if not text:
            spoken = _spoken(outline, node)
            return like and not _TOOL.match(spoken) and (weight(spoken) >= 12 or self._covers(node))
        size = weight(text)
        if size < (7 if like else 20) or is_aside(text) or (not like and is_more(text)):
            return False
        if size < 12 and is_more(text):
            return False
        if not like and _LISTING.search(link.url + "/"):
            return False
        link.inline = self._is_inline(link, size)
        return not link.inline

    def _covers(self, node: int) -> bool:
        """Whether a link without text lies over, or beside, a title: the nearest element with text has one."""
        outline = self.outline
        for _ in range(4):
            node = outline.parent[node]
            if node < 0:
                return False
            length = outline.size(outline.first_run[node], outline.last_run[node])
            if length > 400:
                return False
            if length > 12:
                return True
        return False

    def _is_inline(self, link: Link, size: int) -> bool:
        outline = self.outline
        block = outline.parent[link.node]
        while block >= 0 and outline.tags[block] in INLINE:
            block = outline.parent[block]
        if block < 0:
            return False
        tag = outline.tags[block]
        if tag in HEADINGS:
            return False
        first, last = outline.first_run[block], outline.last_run[block]
        total = outline.size(first, last)
        if total < 1.5 * len(link.text) + 40:
            return False
        before = outline.size(first, outline.first_run[link.node])
        own = outline.own_size(block)
        if tag == "p":
            return own > 0.6 * len(link.text)
        return before > 30 and own > len(link.text)

    def _set_headings_apart(self) -> None:
        """A heading that links to its own list page is no row: nothing but other addresses follows it."""
        outline = self.outline
        titled: list[tuple[int, Link]] = []
        for link in self.all:
            if link.strong and (at := self._title_around(link)) >= 0:
                titled.append((at, link))
        for place, (at, link) in enumerate(titled):
            size = weight(link.text)
            if size > 44:
                continue
            stop = titled[place + 1][0] if place + 1 < len(titled) else len(outline.nodes)
            after = bisect_left(self.nodes, outline.end[max(at, link.node)])
            others = {
                other.key
                for other in self.all[after : after + 12]
                if other.strong and other.node < stop and other.key != link.key
            }
            if not others:
                continue
            if not article_like(link.url) or is_popular(link.text):
                link.strong = False
            elif len(others) >= 3 and size <= 30 and outline.tags[at] in HEADINGS:
                # An address like an article's, over several others of another shape: a heading all the same.
                alike = stop < len(outline.nodes) and outline.tags[stop] == outline.tags[at]
                link.strong = alike

    def _title_around(self, link: Link) -> int:
        """The element that makes a link's text a title: a heading, or named so; -1 where there is none."""
        outline = self.outline
        at = link.node
        for _ in range(4):
            if at < 0:
                return -1
            if outline.tags[at] in HEADINGS or (
                at != link.node and outline.names[at] and TITLE_NAME.search(outline.names[at])
            ):
                return at
            at = outline.parent[at]
        for inner in range(link.node + 1, min(outline.end[link.node], link.node + 6)):
            if outline.tags[inner] in HEADINGS:
                return inner
        return -1

    def number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _spread(self, link: Link) -> None:
        number, state, parent = self.number(link.key), self.state, self.outline.parent
        at = link.node
        while at >= 0:
            if state[at] == NONE:
                state[at] = number
            elif state[at] == number or state[at] == SEVERAL:
                if at != link.node:
                    break
            else:
                state[at] = SEVERAL
            at = parent[at]

    def in_node(self, node: int) -> list[Link]:
        """All links of a subtree, in order."""
        outline = self.outline
        return self.all[bisect_left(self.nodes, node) : bisect_left(self.nodes, outline.end[node])]

    def span(self, node: int) -> tuple[int, int]:
        """The slice of `strong` that stands in a node."""
        return bisect_left(self.strong_nodes, node), bisect_left(self.strong_nodes, self.outline.end[node])


def find_groups(links: Links) -> list[Group]:
    """The groups of a page, in order of their first rows."""
    outline, state = links.outline, links.state
    groups: dict[int, Group] = {}
    seen: set[int] = set()
    for link in links.strong:
        number = state[link.node]
        if number == SEVERAL:
            continue
        root = link.node
        while True:
            above = outline.parent[root]
            if above < 0 or state[above] != number or outline.tags[above] in ("body", "main"):
                break
            if _is_headed(links, link, root, above):
                break
            root = above
        if root in seen:
            continue
        seen.add(root)
        parent = outline.parent[root]
        groups.setdefault(parent, Group(parent)).rows.append(Row(root, link.key, link.url))
    found = _joined_rows(links, groups)
    for group in found:
        _add_short_rows(links, group)
    return sorted(found, key=lambda group: group.start)


# Elements that are an entry, or a list, by their tag: what stands before one is no part of it.
_ENTRIES = frozenset(["li", "article", "ul", "ol", "dl", "table", "tbody"])


def _is_headed(links: Links, link: Link, root: int, above: int) -> bool:
    """Whether an element with one entry has, before the entry, a heading that is not the entry's own."""
    outline = links.outline
    headings = outline.headings
    if outline.tags[root] not in _ENTRIES:
        return False
    first, last = bisect_left(headings, above), bisect_left(headings, root)
    if first == last or weight(link.text) < 12:
        return False
    heading = headings[last - 1]
    if not outline.text(heading):
        return False
    inside = links.in_node(heading)
    if inside:
        return all(other.key != link.key for other in inside)
    own = bisect_left(headings, outline.end[root])
    return own > last and outline.tags[heading] != "h1"


def _add_short_rows(links: Links, group: Group) -> None:
    """Add the siblings that are like a list's rows, though their titles are too short to tell by themselves."""
    outline = links.outline
    if len(group.rows) < 3:
        return
    kinds = {_kind(outline, row.node) for row in group.rows}
    known = {row.node for row in group.rows}
    if len(kinds) > 1 or next(iter(kinds))[0] in INLINE:
        return
    added = False
    for node in outline.children(group.parent):
        if node in known or links.state[node] or node < group.start:
            continue
        if _kind(outline, node) not in kinds:
            continue
        inside = [link for link in links.in_node(node) if weight(link.text) >= 6 and not is_more(link.text)]
        if len({link.key for link in inside}) == 1 and article_like(inside[0].url):
            group.rows.append(Row(node, inside[0].key, inside[0].url))
            added = True
    if added:
        group.rows.sort(key=lambda row: row.node)


def _joined_rows(links: Links, groups: dict[int, Group]) -> list[Group]:
    """Groups, with small ones that repeat side by side made rows of one group.

    Where each entry of a list links to two or three addresses (the headline and its source, topic or writer), each
    entry would be a group of its own; entries are alike, the links inside one are not.
    """
    outline = links.outline
    beside: dict[int, list[tuple[int, Group]]] = {}
    for group in groups.values():
        if not 2 <= len(group.rows) <= 3:
            continue
        first, last = links.span(group.parent)
        if last - first > 8:
            continue
        entry = group.parent
        while (above := outline.parent[entry]) > 0 and links.span(above) == (first, last):
            entry = above
        if above > 0:
            beside.setdefault(above, []).append((entry, group))
    for above, entries in beside.items():
        if (list_ := groups.get(above)) is not None and len(list_.rows) >= 2:
            entries = _join_alike(links, groups, list_, entries)
        shapes = [tuple(_shape(outline, row.node, entry) for row in group.rows) for entry, group in entries]
        if len(entries) < 2 or len({outline.tags[entry] for entry, _ in entries}) > 1:
            continue
        usual = max(set(shapes), key=lambda shape: (shapes.count(shape), -shapes.index(shape)))
        if len(set(usual)) < len(usual) or shapes.count(usual) < max(2, 0.6 * len(entries)):
            continue
        place = _headline_place(
            links, [group for (_, group), shape in zip(entries, shapes, strict=True) if shape == usual]
        )
        joined = groups.setdefault(above, Group(above))
        for entry, group in entries:
            row = group.rows[min(place, len(group.rows) - 1)]
            joined.rows.append(Row(entry, row.key, row.url))
            del groups[group.parent]
        joined.rows.sort(key=lambda row: row.node)
    return list(groups.values())


def _join_alike(
    links: Links, groups: dict[int, Group], group: Group, entries: list[tuple[int, Group]]
) -> list[tuple[int, Group]]:
    """Make rows of entries that look like a list's rows but hold a second link; returns the others."""
    outline = links.outline
    kinds = {_kind(outline, row.node) for row in group.rows}
    others = []
    for entry, inner in entries:
        if _kind(outline, entry) not in kinds:
            others.append((entry, inner))
            continue
        keys = [row.key for row in inner.rows]
        row = max(
            inner.rows,
            key=lambda row: (
                _has_heading(outline, row.node),
                any(row.key.startswith(key + "/") for key in keys),
                weight(outline.text(row.node)),
            ),
        )
        group.rows.append(Row(entry, row.key, row.url))
        del groups[inner.parent]
    group.rows.sort(key=lambda row: row.node)
    return others


def _kind(outline: Outline, node: int) -> tuple[str, str]:
    return outline.tags[node], outline.names[node].split(" ", 1)[0]


def _has_heading(outline: Outline, node: int) -> bool:
    place = bisect_left(outline.headings, node)
    return place < len(outline.headings) and outline.headings[place] < outline.end[node]


def _shape(outline: Outline, node: int, entry: int) -> str:
    path = []
    at = node
    while at != entry and at > 0:
        path.append(outline.tags[at] + "." + outline.names[at])
        at = outline.parent[at]
    if node + 1 < outline.end[node]:
        path.append(outline.tags[node + 1] + "." + outline.names[node + 1])
    return "/".join(path)


def _headline_place(links: Links, groups: list[Group]) -> int:
    """Which of an entry's links is the headline: the one with much more text than another; -1 when all are alike."""
    outline = links.outline
    sums = [
        sum(min(weight(outline.text(group.rows[place].node)), 90) for group in groups)
        for place in range(len(groups[0].rows))
    ]
    return sums.index(max(sums)) if min(sums) <= 0.7 * max(sums) else -1
