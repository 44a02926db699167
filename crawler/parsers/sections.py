"""Blocks as drafts: rows with a heading, gathered from groups, before they become ranked lists and sections."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from crawler.parsers.blocks_links import Link, Links
from crawler.parsers.blocks_rows import Group, Row
from crawler.parsers.blocks_words import folded, is_box, is_legal, is_more, names_more, weight
from crawler.parsers.headings import Heading, find_heading, pieces_between
from crawler.parsers.headings_text import heading_text
from crawler.parsers.popularity import is_popular
from crawler.parsers.sections_empty import heads_shell
from crawler.parsers.tree import Tree

MAX_PROSE = 800  # characters of text between the rows of one block
MAX_TEXT_BETWEEN = 300  # characters of other text between two groups of one block


@dataclass(slots=True)
class Draft:
    """A block in the making: its groups, and the element it is read from where that is known (`pane`)."""

    heading: Heading | None
    parts: list[Group] = field(default_factory=list)
    tab: str | None = None
    pane: int | None = None
    more_url: str | None = None
    more_known: bool = False

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]

    @property
    def start(self) -> int:
        if self.parts:
            return self.parts[0].start
        return self.heading.node if self.heading else self.pane or 0

    @property
    def text(self) -> str:
        return self.heading.text if self.heading else ""


def draft_blocks(links: Links, groups: list[Group], page_title: str) -> list[Draft]:
    """Give each group its heading; groups under one heading become one draft."""
    tree = links.tree
    starts = sorted(row.node for group in groups for row in group.rows)
    drafts: list[Draft] = []
    for group in groups:
        before = bisect_left(starts, group.start) - 1
        after = tree.end[starts[before]] if before >= 0 else 0
        heading = find_heading(links, group.start, group.parent, after)
        if heading is not None and _is_page_title(heading, page_title) and not is_popular(heading.text):
            heading = None
        if heading is not None and heads_shell(links, heading.node, heading.scope):
            heading = None
        if heading is None:
            joined = next((draft for draft in reversed(drafts[-4:]) if _continues(tree, draft, group)), None)
            if joined is not None:
                joined.parts.append(group)
                continue
        draft = Draft(heading, [group])
        drafts.append(draft)
    return drafts


def _continues(tree: Tree, draft: Draft, group: Group) -> bool:
    """Whether a group without a heading stands in the element that a draft's heading heads."""
    if draft.heading is None or not tree.within(group.parent, draft.heading.scope):
        return False
    first, last = tree.last_run[draft.parts[-1].rows[-1].node], tree.first_run[group.start]
    return first >= last or tree.size(first, last) <= MAX_TEXT_BETWEEN


def popular_headings(links: Links) -> list[Heading]:
    """All headings of popularity by tag, with the element right above each."""
    tree = links.tree
    found = []
    for node in tree.headings:
        if not tree.chrome[node] and not links.state[node]:
            text = heading_text(links, node)
            if 2 <= weight(text) <= 60 and is_popular(text):
                found.append(Heading(node, text, 3, max(tree.parent[node], 0)))
    return found


def lists_content(links: Links, heading: Heading, rows: list[Row], titles: list[str], ranked: bool) -> bool:
    """Whether rows are pieces of content, not a menu, a strip of topics, tools, or one teaser's kicker and title."""
    sizes = sorted(weight(title) for title in titles)
    middle = sizes[len(sizes) // 2]
    like = sum(map(links.is_article, [row.url for row in rows])) / len(rows)
    # Addresses of articles, all of them, speak for short titles too: "Bread prices up again".
    sure = len(rows) >= 3 and like >= 0.8
    if ranked:
        # A strip of topics is what "Trending" without another word often stands over.
        if _is_menu(titles, middle, 3 if sure and not _TOPICS.match(folded(heading.text)) else 4):
            return False
        return len(rows) > 1 and middle >= (10 if sure else 13 if like >= 0.5 else 25)
    if (is_box(heading.text) and not (sure and folded(heading.text) in _VIEWS)) or len(heading.text) > (
        64 if heading.strength == 3 else 40
    ):
        return False
    if len(rows) == 1:
        own = links.tree.tags[heading.node] == "h1"  # the article's headline heads no block
        return (
            heading.strength == 3
            and not own
            and middle >= 14
            and like == 1
            and folded(heading.text) != folded(titles[0])
            and _is_near(links, heading, rows[0])
        )
    if _is_menu(titles, middle, 3) or sum(map(is_legal, titles)) >= max(1, len(titles) // 4):
        return False
    if len(rows) > 4 and is_more(titles[0]) and folded(heading.text) in folded(titles[0]):
        return False
    if middle < (18 if len(rows) == 2 or like < 0.6 else 11 if sure else 14):
        return False
    if heading.strength == 1:
        return len(rows) >= 3 and like >= 0.6 and middle >= 20
    return like >= 0.3 or middle >= 26


def _is_near(links: Links, heading: Heading, row: Row) -> bool:
    """Whether hardly any text stands between a heading and the link of the one row under it."""
    tree = links.tree
    link = next((link.node for link in links.in_node(row.node) if link.key == row.key), row.node)
    first, last = tree.last_run[heading.node], tree.first_run[link]
    return first >= last or tree.size(first, last) < _LABELS


_LABELS = 120
_VIEWS = frozenset(("评论", "評論"))  # comments, or a newspaper's views
_TOPICS = re.compile(r"\W*(?:top |now )?trend(?:ing|s)?(?: now| today| topics)?\W*$")


def parts_prose(tree: Tree, draft: Draft) -> bool:
    """Whether an article's text stands between a heading and its rows, or between two rows: they are no block."""
    after = tree.last_run[draft.heading.node] if draft.heading is not None else 0
    for row in draft.rows:
        size = tree.size(after, tree.first_run[row.node]) if tree.first_run[row.node] > after else 0
        # A script without spaces says as much in a quarter of the characters.
        if size > MAX_PROSE or (
            size > MAX_PROSE // 4 and _is_dense(tree.text_between(after, tree.first_run[row.node]))
        ):
            return True
        after = max(after, tree.last_run[row.node])
    return False


def _is_dense(text: str) -> bool:
    """Whether a text is mostly Chinese or Japanese."""
    return 2 * sum("\u3041" <= char <= "\u9fff" for char in text) > len(text)


def _is_menu(titles: list[str], middle: int, words: float) -> bool:
    """Whether titles are names of a few words, as a menu's are, in a script that parts words by spaces."""
    if middle >= 24 or any(char >= "\u0e00" for title in titles for char in title[:3]):
        return False
    return sum(len(title.split()) for title in titles) < words * len(titles)


def _is_page_title(heading: Heading, page_title: str) -> bool:
    text = folded(heading.text)
    return weight(text) >= 20 and text in page_title


def more_link(links: Links, heading: Heading, start: int, stop: int) -> str | None:
    """The address of the whole list: the "more" link of the block's region, else the heading's own link.

    The region runs from the heading's element to `stop`, where the next block begins, or to the end of an element
    around the block that holds no other block's rows; `start` is the block's first row.
    """
    tree = links.tree
    scope = heading.scope
    for _ in range(2):
        above = tree.parent[scope]
        if above < 0 or tree.tags[above] in ("body", "main", "article", "aside") or tree.end[above] > stop:
            break
        if links.span(above)[0] != links.span(scope)[0]:
            break
        # An article's text around a block: a "more" link behind it is its author's.
        text = tree.size(tree.first_run[above], tree.last_run[above])
        if text - tree.size(tree.first_run[scope], tree.last_run[scope]) > MAX_PROSE:
            break
        scope = above
    end = min(tree.end[scope], stop)
    first, last = links.span(scope)
    entries = {link.key for link in links.strong[first:last]}
    own: str | None = None
    # Far before both stands no link of theirs; a scope may begin at the top of the page.
    place = bisect_left(links.nodes, max(min(scope, heading.node), min(heading.node, start) - _NEAR))
    while place < len(links.all) and links.nodes[place] < end:
        link = links.all[place]
        place += 1
        if link.strong or link.key in entries or _is_feed(link.url):
            continue
        label = "more" if names_more(tree.names[link.node]) else _label(tree, link)
        if tree.within(link.node, heading.node) or tree.within(heading.node, link.node):
            if is_more(label) and folded(label) != folded(heading.text):
                return link.url
            own = own or link.url
        elif (
            link.node > min(heading.node, start) - 12
            and is_more(label)
            and not _is_of_another(links, link.node, heading.node, start)
        ):
            return link.url
    if own is None:
        at = tree.parent[heading.node]
        if at >= 0 and tree.tags[at] == "a":
            own = next((link.url for link in links.all if link.node == at), None)
        elif at >= 0 and tree.end[at] - at < _BAR and not links.state[at]:
            beside = {link.url: link for link in links.in_node(at)}
            alone = beside.popitem()[1] if len(beside) == 1 else None
            if alone is not None and links.leads_on(alone):
                own = alone.url
    return own


def _is_of_another(links: Links, node: int, heading: int, start: int) -> bool:
    """Whether a "more" link closes the block before a heading, or stands under a further heading after the rows."""
    tree = links.tree
    if node < heading:
        around = tree.parent[node]
        while tree.end[around] <= heading:
            around = tree.parent[around]
        return links.span(around)[0] < bisect_left(links.strong_nodes, node)
    place = bisect_left(links.strong_nodes, node) - 1
    if place < 0 or (row := links.strong_nodes[place]) < start:
        return False
    pieces = pieces_between(links, tree.end[row], node, tree.parent[node]) or []
    return any(piece.strength >= 2 for piece in pieces)


_NEAR = 200  # elements
_BAR = 9  # elements of a bar that holds a heading and one link


def _is_feed(url: str) -> bool:
    return "rss" in url or url.endswith((".xml", "/feed", "/feed/"))


def _label(tree: Tree, link: Link) -> str:
    if link.text:
        return link.text
    element = tree.nodes[link.node]
    for name in ("aria-label", "title"):
        if element.get(name):
            return str(element.get(name))
    for node in range(link.node + 1, tree.end[link.node]):
        if tree.tags[node] == "img":
            return str(tree.nodes[node].get("alt") or "")
    return ""
