"""Links that are headings of lists, not titles in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from crawler.parsers.blocks_names import names_title
from crawler.parsers.blocks_words import weight
from crawler.parsers.popularity import is_popular
from crawler.parsers.tree import HEADINGS

if TYPE_CHECKING:
    from crawler.parsers.blocks_links import Link, Links

_NUMBER = re.compile(r"\d{3}")


def set_headings_apart(links: Links) -> None:
    """A heading that links to its own list page is no row: nothing but other addresses follows it."""
    tree = links.tree
    titled = [(at, link) for link in links.all if link.strong and (at := _title_around(links, link)) >= 0]
    for place, (at, link) in enumerate(titled):
        size = weight(link.text)
        if size > 44:
            continue
        stop = titled[place + 1][0] if place + 1 < len(titled) else len(tree.nodes)
        end = tree.end[max(at, link.node)]
        after = bisect_left(links.nodes, end)
        heading = is_popular(link.text) or not links.is_article(link.url)
        before = stop if heading else _next_heading(links, at, end, stop)
        others = {
            other.key
            for other in links.all[after : after + 12]
            if other.strong and other.node < before and other.key != link.key
        }
        if not heading and size <= 30 and not _NUMBER.search(link.key) and _heads_numbered(links, after, link.key):
            link.strong = False
            continue
        if not others:
            continue
        if heading:
            link.strong = False
        elif len(others) >= 3 and size <= 30 and tree.tags[at] in HEADINGS:
            # An address like an article's, over several others of another shape: a heading all the same.
            link.strong = stop < len(tree.nodes) and tree.tags[stop] == tree.tags[at]


def _heads_numbered(links: Links, after: int, key: str) -> bool:
    """Whether links to pieces with numbers follow one without: "/china.shtml", then "/2026/03-02/1037.shtml"."""
    following = [other.key for other in links.all[after : after + 12] if other.strong and other.key != key][:4]
    return len(set(following)) >= 2 and all(map(_NUMBER.search, following))


def _next_heading(links: Links, at: int, end: int, stop: int) -> int:
    """The first heading behind `end` and before `stop` that is no lower than the one at `at`: what follows it is
    headed by it. Else `stop`."""
    tree = links.tree
    if tree.tags[at] not in HEADINGS:
        return stop
    for heading in tree.headings[bisect_left(tree.headings, end) :]:
        if heading >= stop or tree.tags[heading] <= tree.tags[at]:
            return min(heading, stop)
    return stop


def _title_around(links: Links, link: Link) -> int:
    """The element that makes a link's text a title: a heading, or named so; -1 where there is none."""
    tree = links.tree
    at = link.node
    for _ in range(4):
        if at < 0:
            return -1
        if tree.tags[at] in HEADINGS or (at != link.node and tree.names[at] and names_title(tree.names[at])):
            return at
        at = tree.parent[at]
    for inner in range(link.node + 1, min(tree.end[link.node], link.node + 6)):
        if tree.tags[inner] in HEADINGS:
            return inner
    return -1
