"""Links, and which of them lead to content: by their text, their address and where they stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from archive.document import Document
from crawler.parsers.addresses import (
    LISTING,
    PAGED,
    PIECE,
    RANKING,
    SERVICE,
    article_like,
    folder_of,
    leads_away,
    link_key,
    shape_of,
    site_of,
    stem_of,
)
from crawler.parsers.blocks_apart import set_headings_apart
from crawler.parsers.blocks_times import is_aside
from crawler.parsers.blocks_words import is_box, is_legal, is_more, names_more, weight
from crawler.parsers.popularity import is_popular
from crawler.parsers.text import caseless
from crawler.parsers.tree import HEADINGS, INLINE, Tree

SEVERAL = -1
NONE = 0
MAX_LINKS = 6_000
MAX_ENTRIES = 30

_TOOL = caseless(
    r"(?:share|tweet|copy link|copy url|teilen|partager|compartir|compartilhar|condividi|udostępnij|dela|"
    r"del p|jaa|bagikan|sign (?:in|up|out)|log ?in|anmelden|registr|subscribe|abonn|print|drucken|imprimer"
    r"|e-?mail|save|follow|comment(?:s|er)?$|로그인|회원가입|공유|シェア|ログイン|会員登録|分享|登录)(?!\w)",
)
_BLOCKS = frozenset(("section", "aside", "article", "div"))


def _spoken(tree: Tree, node: int) -> str:
    """What a link without text says: its `title`, its label, or its picture's alternative text."""
    element = tree.nodes[node]
    for name in ("title", "aria-label"):
        text = element.get(name)
        if text:
            return str(text)
    for inner in range(node + 1, min(tree.end[node], node + 12)):
        if tree.tags[inner] == "img":
            return str(tree.nodes[inner].get("alt") or "")
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


class Links:
    """All links of a page, and which address each subtree holds: NONE, one (a number from 1), or SEVERAL."""

    def __init__(self, document: Document, tree: Tree) -> None:
        self.tree = tree
        self.all: list[Link] = []
        self.state = [NONE] * len(tree.nodes)
        self.headings: dict[int, str] = {}  # what `heading_text` found, by node
        self._numbers: dict[str, int] = {}
        self._folder = folder_of(document.url)
        self._shape = shape_of(document.url) if self._folder else ""
        self._stem = stem_of(document.url)
        self._site = site_of(document.url)
        self._page = document.url.split("?", 1)[0].split("#", 1)[0]
        self._ranked: set[str] = set()
        self._read(document)
        self.nodes = [link.node for link in self.all]
        self._believe_rankings()
        set_headings_apart(self)
        for link in self.all:
            if link.strong:
                self._spread(link)
        self.strong = [link for link in self.all if link.strong]
        self.strong_nodes = [link.node for link in self.strong]

    def is_article(self, url: str) -> bool:
        """Whether an address looks like that of one piece of content: by itself, since a ranking lists it, or since it
        stands in the page's own folder, as `/p/tide-tables-wrong` does on `/p/old-pier-reopens`, or is made like the
        page's own, as `/p/17/tide-tables` on `/p/23/old-pier`."""
        if article_like(url) or url in self._ranked:
            return True
        folder = self._folder
        if folder == "":
            return False
        if url.startswith(folder) and PIECE.match(url, len(folder)) is not None:
            return True
        return url.startswith(self._stem) and shape_of(url) == self._shape != "" and not LISTING.search(url.lower())

    def leads_on(self, link: Link) -> bool:
        """Whether a link could lead from a heading to its list page: within the site, to no article and no service."""
        service = (
            is_legal(link.text)
            or is_box(link.text)
            or _TOOL.match(link.text.lower())
            or SERVICE.search(link.url.lower())
        )
        return not service and not article_like(link.url) and site_of(link.url) == self._site

    def leads_off(self, url: str) -> bool:
        """Whether an address is another site's; one that only speaks of this site passes for its own."""
        return self._site not in url

    def _read(self, document: Document) -> None:
        tree = self.tree
        for node in tree.anchors:
            href = tree.nodes[node].get(b"href")
            if not href or href[0] == "#" or (tree.chrome[node] and not self._in_block_footer(node)):
                continue
            url = document.absolute(href)
            if url is None:
                continue
            link = Link(node, url, link_key(url), tree.text(node))
            self.all.append(link)
            link.strong = self._is_strong(link)
            if len(self.all) >= MAX_LINKS:
                break

    def _believe_rankings(self) -> None:
        """Entries of a list right under words of popularity are titles, short as they are: "Gulls win again"."""
        tree = self.tree
        for node in tree.lists:
            if tree.chrome[node]:
                continue
            before = tree.first_run[node] - 1
            while before >= 0 and tree.runs[before] == " ":
                before -= 1
            if before < 0 or not is_popular(tree.runs[before]):
                continue
            entries = [self.in_node(child) for child in tree.children(node)[:MAX_ENTRIES] if tree.tags[child] == "li"]
            words = sum(len(links[0].text.split()) for links in entries if links)
            if len(entries) < 3 or words < 2.5 * len(entries):
                continue
            if all(len(links) == 1 and self._is_short_title(links[0]) for links in entries):
                for links in entries:
                    links[0].strong = True
                    self._ranked.add(links[0].url)

    @staticmethod
    def _is_short_title(link: Link) -> bool:
        if weight(link.text) < 7 or is_more(link.text) or is_aside(link.text) or _TOOL.match(link.text.lower()):
            return False
        host, _, path = link.key.partition("/")
        return bool(path) and not LISTING.search(link.url.lower() + "/") and not leads_away(host)

    def _in_block_footer(self, node: int) -> bool:
        """Whether a link stands in the closing line of a block, where "more" links do, not in the page's footer."""
        tree = self.tree
        for _ in range(4):
            node = tree.parent[node]
            if node < 0:
                return False
            if tree.tags[node] == "footer" or "footer" in tree.names[node]:
                return tree.tags[tree.parent[node]] in _BLOCKS and tree.end[node] - node < 12
        return False

    def _is_strong(self, link: Link) -> bool:
        tree, node = self.tree, link.node
        if (
            tree.chrome[node]
            or (len(link.text) <= 40 and _TOOL.match(link.text.lower()))
            or leads_away(link.key.partition("/")[0])
        ):
            return False
        like = self.is_article(link.url)
        text = link.text
        if not text:
            spoken = _spoken(tree, node)
            return like and not _TOOL.match(spoken.lower()) and (weight(spoken) >= 12 or self._covers(node))
        size = weight(text)
        if size < (7 if like else 20) or is_aside(text) or (not like and is_more(text)):
            return False
        if (size < 12 and is_more(text)) or names_more(tree.names[node]):
            return False
        if not like and LISTING.search(link.url.lower() + "/"):
            return False
        if link.url.startswith(self._page) and PAGED.match(link.url, len(self._page)):
            return False
        if size <= 40 and RANKING.search(link.url) and is_popular(text):
            return False
        link.inline = self._is_inline(link, size)
        return not link.inline

    def _covers(self, node: int) -> bool:
        """Whether a link without text lies over, or beside, a title: the nearest element with text has one."""
        tree = self.tree
        for _ in range(4):
            node = tree.parent[node]
            if node < 0:
                return False
            length = tree.size(tree.first_run[node], tree.last_run[node])
            if length > 400:
                return False
            if length > 12:
                return True
        return False

    def _is_inline(self, link: Link, size: int) -> bool:
        tree = self.tree
        block = tree.parent[link.node]
        while block >= 0 and tree.tags[block] in INLINE:
            block = tree.parent[block]
        if block < 0:
            return False
        tag = tree.tags[block]
        if tag in HEADINGS:
            return False
        first, last = tree.first_run[block], tree.last_run[block]
        own, total = tree.own_size(block), tree.size(first, last)
        if tree.breaks and self._stands_alone(link.node, first, last):
            return False
        if own < 0.5 * (total - own):
            return False  # most of the block is links, or elements: numbers and dates between them are no prose
        if tag == "p":
            return own > max(16, 0.6 * len(link.text))
        if total < 1.5 * len(link.text) + 40:
            return False
        before = tree.size(first, tree.first_run[link.node])
        return before > 30 and own > len(link.text)

    def _stands_alone(self, node: int, first: int, last: int) -> bool:
        """Whether nothing but a mark stands beside a link between two breaks of a line, in the runs of its block."""
        tree = self.tree
        place = bisect_right(tree.breaks, tree.first_run[node])
        begin = max(first, tree.breaks[place - 1] if place else first)
        end = min(last, tree.breaks[place] if place < len(tree.breaks) else last)
        if begin == first and end == last:
            return False
        beside = tree.text_between(begin, tree.first_run[node]) + tree.text_between(tree.last_run[node], end)
        return len(beside) <= 4 and weight(beside) == 0

    def number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _spread(self, link: Link) -> None:
        number, state, parent = self.number(link.key), self.state, self.tree.parent
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
        tree = self.tree
        return self.all[bisect_left(self.nodes, node) : bisect_left(self.nodes, tree.end[node])]

    def span(self, node: int) -> tuple[int, int]:
        """The slice of `strong` that stands in a node."""
        return bisect_left(self.strong_nodes, node), bisect_left(self.strong_nodes, self.tree.end[node])
