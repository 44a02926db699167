"""One container of rows cut into blocks: where headings, or labels that look alike, stand between its rows."""

from __future__ import annotations

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_names import names_heading
from crawler.parsers.blocks_rows import Group
from crawler.parsers.blocks_times import is_aside, is_period, is_rank
from crawler.parsers.blocks_words import is_box, is_more, weight
from crawler.parsers.headings import pieces_between
from crawler.parsers.headings_choice import Piece

_TITLE = 24


def split_groups(links: Links, groups: list[Group]) -> list[Group]:
    """Groups cut where a heading stands between two rows of one flat container."""
    tree = links.tree
    cut: list[Group] = []
    for group in groups:
        part = Group(group.parent, group.rows[:1])
        label = _label_before(links, group)
        for before, row in zip(group.rows, group.rows[1:], strict=False):
            begin = tree.end[before.node]
            if _heading_between(links, begin, row.node, group.parent) or (
                label >= 0 and _is_labelled(links, label, begin, row.node)
            ):
                cut.append(part)
                part = Group(group.parent)
            part.rows.append(row)
        cut.append(part)
    cut.sort(key=lambda group: group.start)
    return cut


def _label_before(links: Links, group: Group) -> int:
    """The short text in an element of its own, with a class, right before a group's first row; -1 where none is."""
    tree, first = links.tree, group.rows[0].node
    if tree.parent[first] != group.parent:
        return -1
    label = first - 1
    while label > group.parent and tree.parent[label] != group.parent:
        label = tree.parent[label]
    return label if label > group.parent and tree.names[label] and _is_label(links, label) else -1


def _is_label(links: Links, node: int) -> bool:
    text = links.tree.text(node)
    return (
        2 <= weight(text) <= 40
        and not links.state[node]
        and not (is_aside(text) or is_more(text) or is_period(text) or is_rank(text) or is_box(text))
    )


def _is_labelled(links: Links, label: int, begin: int, stop: int) -> bool:
    """Whether a label like the one over the first row, in other words, stands right before another row."""
    tree = links.tree
    node, last = begin, -1
    while node < stop:
        if tree.parent[node] == tree.parent[label]:
            last = node
        node = tree.end[node]
    return (
        last >= 0
        and (tree.tags[last], tree.names[last]) == (tree.tags[label], tree.names[label])
        and tree.text(last) != tree.text(label)
        and _is_label(links, last)
    )


def _is_teaser(links: Links, piece: Piece, row: int) -> bool:
    """Whether a heading between two rows is a linked title with the tag of theirs: an advert among them."""
    tree = links.tree
    if piece.tag not in tree.tags[row : tree.end[row]] or weight(piece.text) < _TITLE:
        return False
    above = tree.parent[piece.node]
    inside = piece.node + 1
    return tree.tags[above] == "a" or (inside < tree.end[piece.node] and tree.tags[inside] == "a")


def _heading_between(links: Links, begin: int, stop: int, scope: int) -> bool:
    if begin >= stop:
        return False
    tree = links.tree
    return any(
        (piece.strength == 3 and not _is_teaser(links, piece, stop))
        # Named so, and a sibling of the rows: a heading as well.
        or (piece.strength == 2 and tree.parent[piece.node] == scope and names_heading(tree.names[piece.node]))
        for piece in pieces_between(links, begin, stop, scope) or ()
    )
