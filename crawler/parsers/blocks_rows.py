"""Rows: what repeats side by side, one content address a row.

A row is the highest element in which only one content address is linked; rows with one parent are a group.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from crawler.parsers.blocks_links import SEVERAL, Link, Links
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.tree import INLINE, Tree


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


def find_groups(links: Links) -> list[Group]:
    """The groups of a page, in order of their first rows."""
    tree, state = links.tree, links.state
    groups: dict[int, Group] = {}
    seen: set[int] = set()
    for link in links.strong:
        number = state[link.node]
        if number == SEVERAL:
            continue
        root = link.node
        while True:
            above = tree.parent[root]
            if above < 0 or state[above] != number or tree.tags[above] in ("body", "main"):
                break
            if _is_headed(links, link, root, above):
                break
            root = above
        if root in seen:
            continue
        seen.add(root)
        parent = tree.parent[root]
        groups.setdefault(parent, Group(parent)).rows.append(Row(root, link.key, link.url))
    found = _joined_rows(links, groups)
    for group in found:
        _drop_pictures(links, group)
        _drop_adverts(links, group)
        _add_short_rows(links, group)
    return sorted(found, key=lambda group: group.start)


# Elements that are an entry, or a list, by their tag: what stands before one is no part of it.
_ENTRIES = frozenset(["li", "article", "ul", "ol", "dl", "table", "tbody"])


def _is_headed(links: Links, link: Link, root: int, above: int) -> bool:
    """Whether an element with one entry has, before the entry, a heading that is not the entry's own."""
    tree = links.tree
    headings = tree.headings
    if tree.tags[root] not in _ENTRIES:
        return False
    first, last = bisect_left(headings, above), bisect_left(headings, root)
    if first == last or weight(link.text) < 12:
        return False
    heading = headings[last - 1]
    if not tree.text(heading):
        return False
    inside = links.in_node(heading)
    if inside:
        return all(other.key != link.key for other in inside)
    own = bisect_left(headings, tree.end[root])
    return own > last and tree.tags[heading] != "h1"


def _drop_pictures(links: Links, group: Group) -> None:
    """Drop rows without text beside a row of the same address that has some: a `dt` with a picture before its `dd`."""
    tree, rows = links.tree, group.rows
    if len(rows) < 2:
        return
    told = {row.key for row in rows if tree.first_run[row.node] < tree.last_run[row.node] and tree.text(row.node)}
    if len(told) < len(rows):
        group.rows = [row for row in rows if row.key not in told or tree.text(row.node)]


def _drop_adverts(links: Links, group: Group) -> None:
    """Drop rows unlike the others that lead to another site where hardly any other does."""
    away = [row for row in group.rows if links.leads_off(row.url)]
    if not away or 3 * len(away) > len(group.rows):
        return
    tree = links.tree
    kinds = {_kind(tree, row.node) for row in group.rows if row not in away}
    group.rows = [row for row in group.rows if row not in away or _kind(tree, row.node) in kinds]


def _add_short_rows(links: Links, group: Group) -> None:
    """Add the siblings that are like a list's rows, though their titles are too short to tell by themselves."""
    tree = links.tree
    if len(group.rows) < 3:
        return
    kinds = {_kind(tree, row.node) for row in group.rows}
    known = {row.node for row in group.rows}
    if len(kinds) > 1 or next(iter(kinds))[0] in INLINE:
        return
    added = False
    for node in tree.children(group.parent):
        if node in known or links.state[node] or node < group.start:
            continue
        if _kind(tree, node) not in kinds:
            continue
        inside = [link for link in links.in_node(node) if weight(link.text) >= 6 and not is_more(link.text)]
        if len({link.key for link in inside}) == 1 and links.is_article(inside[0].url):
            group.rows.append(Row(node, inside[0].key, inside[0].url))
            added = True
    if added:
        group.rows.sort(key=lambda row: row.node)


def _joined_rows(links: Links, groups: dict[int, Group]) -> list[Group]:
    """Groups, with small ones that repeat side by side made rows of one group.

    Where each entry of a list links to two or three addresses (the headline and its source, topic or writer), each
    entry would be a group of its own; entries are alike, the links inside one are not.
    """
    tree = links.tree
    beside: dict[int, list[tuple[int, Group]]] = {}
    for group in groups.values():
        if not 2 <= len(group.rows) <= 3:
            continue
        first, last = links.span(group.parent)
        if last - first > 8:
            continue
        entry = group.parent
        while (above := tree.parent[entry]) > 0 and links.span(above) == (first, last):
            entry = above
        if above > 0:
            beside.setdefault(above, []).append((entry, group))
    for above, entries in beside.items():
        if (list_ := groups.get(above)) is not None and len(list_.rows) >= 2:
            entries = _join_alike(links, groups, list_, entries)
        shapes = [tuple(_shape(tree, row.node, entry) for row in group.rows) for entry, group in entries]
        if len(entries) < 2 or len({tree.tags[entry] for entry, _ in entries}) > 1:
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
    tree = links.tree
    kinds = {_kind(tree, row.node) for row in group.rows}
    others = []
    for entry, inner in entries:
        if _kind(tree, entry) not in kinds:
            others.append((entry, inner))
            continue
        keys = [row.key for row in inner.rows]
        row = max(
            inner.rows,
            key=lambda row: (
                _has_heading(tree, row.node),
                any(row.key.startswith(key + "/") for key in keys),
                weight(tree.text(row.node)),
            ),
        )
        group.rows.append(Row(entry, row.key, row.url))
        del groups[inner.parent]
    group.rows.sort(key=lambda row: row.node)
    return others


def _kind(tree: Tree, node: int) -> tuple[str, str]:
    return tree.tags[node], tree.names[node].split(" ", 1)[0]


def _has_heading(tree: Tree, node: int) -> bool:
    place = bisect_left(tree.headings, node)
    return place < len(tree.headings) and tree.headings[place] < tree.end[node]


def _shape(tree: Tree, node: int, entry: int) -> str:
    path = []
    at = node
    while at != entry and at > 0:
        path.append(tree.tags[at] + "." + tree.names[at])
        at = tree.parent[at]
    if node + 1 < tree.end[node]:
        path.append(tree.tags[node + 1] + "." + tree.names[node + 1])
    return "/".join(path)


def _headline_place(links: Links, groups: list[Group]) -> int:
    """Which of an entry's links is the headline: the one with much more text than another; -1 when all are alike."""
    tree = links.tree
    sums = [
        sum(min(weight(tree.text(group.rows[place].node)), 90) for group in groups)
        for place in range(len(groups[0].rows))
    ]
    return sums.index(max(sums)) if min(sums) <= 0.7 * max(sums) else -1
