"""Ranks: the numbers of a ranked list's rows, read where they are shown, counted where they are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from crawler.parsers.blocks_rows import Row
from crawler.parsers.blocks_titles import split_rank
from crawler.parsers.tree import Tree

MAX_RANK = 100
_NUMBER = re.compile(r"^\W*(?:no\.?\s*|공동\s*)?(\d{1,3})\W*(?:위|位|°|º)?\W*$", re.IGNORECASE)
_PICTURE = re.compile(
    r"(?:^|[/_-]|rank|num|no|img|icon|ico|n)0*(\d{1,2})(?:_?on|_?off)?\.(?:gif|png|jpe?g|svg|webp)", re.IGNORECASE
)
_NAME = re.compile(r"(?:^|[\s_-])(?:rank(?:ing)?|num(?:ber)?|no|n|r|rk|top|pos(?:ition)?)[_-]?0*(\d{1,2})(?=$|\s)")


def rank_rows(tree: Tree, rows: list[Row], titles: list[str]) -> tuple[list[Row], list[int], list[str]]:
    """The rows of a ranked list in their order, with ranks, and titles without a rank glued to them.

    The first of these that numbers every row wins: a text of its own, a number before the title, a picture's
    alternative text or name, an attribute or class, the list's own counting; else the order of the rows counts. Ties
    and reversed lists keep their numbers; a list told in columns is put in order.
    """
    if not rows:
        return [], [], []
    for source in (_shown, _beside, _pictured, _attributed, _closing):
        ranks = _all(source, tree, rows)
        if ranks is not None and (source is not _closing or 1 in ranks):
            glued = [split_rank(title) for title in titles]
            if [rank for rank, _ in glued] == ranks:
                titles = [title for _, title in glued]
            return _in_order(rows, ranks, titles)
    glued = [split_rank(title) for title in titles]
    numbers = [rank for rank, _ in glued if rank is not None]
    if len(numbers) == len(rows) >= 2 and _plausible(numbers) and len(set(numbers)) > 1:
        return _in_order(rows, numbers, [title for _, title in glued])
    return rows, _counted(tree, rows), titles


def shown_rank(tree: Tree, row: Row) -> int | None:
    """The rank that is shown in or right before a row; None where order alone counts."""
    for source in (_shown, _beside, _pictured):
        rank = source(tree, row, -1)
        if rank is not None:
            return rank
    return None


def _all(source: Callable[[Tree, Row, int], int | None], tree: Tree, rows: list[Row]) -> list[int] | None:
    ranks: list[int] = []
    after = -1
    for row in rows:
        rank = source(tree, row, after)
        if rank is None:
            return None
        ranks.append(rank)
        after = row.node
    return ranks if _plausible(ranks) else None


def _plausible(ranks: list[int]) -> bool:
    """Whether numbers are ranks: from 1 (or as long as the list) on, without holes but those that ties leave."""
    if min(ranks) < 1 or max(ranks) > MAX_RANK:
        return False
    ordered = sorted(ranks)
    if len(ranks) > 1 and ordered[0] == ordered[-1]:
        return False
    if ordered[0] != 1:
        return len(ranks) > 1 and ordered == list(range(ordered[0], ordered[0] + len(ranks)))
    return all(b - a <= max(1, ordered.count(a)) for a, b in pairwise(ordered))


def _in_order(rows: list[Row], ranks: list[int], titles: list[str]) -> tuple[list[Row], list[int], list[str]]:
    if ranks == sorted(ranks) or ranks == sorted(ranks, reverse=True):
        return rows, ranks, titles
    order = sorted(range(len(rows)), key=lambda place: ranks[place])
    return [rows[place] for place in order], [ranks[place] for place in order], [titles[place] for place in order]


def _number(text: str) -> int | None:
    found = _NUMBER.match(text)
    return int(found[1]) if found else None


def _texts(tree: Tree, row: Row) -> list[str]:
    return [text for text in tree.runs[tree.first_run[row.node] : tree.last_run[row.node]] if text != " "]


def _shown(tree: Tree, row: Row, after: int) -> int | None:
    texts = _texts(tree, row)
    return _number(texts[0]) if len(texts) > 1 else None


def _closing(tree: Tree, row: Row, after: int) -> int | None:
    """A number that closes a row, after its title."""
    texts = _texts(tree, row)
    return _number(texts[-1]) if len(texts) > 1 else None


def _beside(tree: Tree, row: Row, after: int) -> int | None:
    """A number right before a row, behind the row before it."""
    stop = tree.first_run[row.node]
    first = tree.last_run[after] if after >= 0 else max(0, stop - 4)
    if after < 0:
        # What closes the block before is no rank of this one.
        first = max(first, tree.first_run[max(tree.parent[max(tree.parent[row.node], 0)], 0)])
    for run in range(stop - 1, max(first, stop - 5) - 1, -1):
        if tree.runs[run] != " ":
            return _number(tree.runs[run])
    return None


def _pictured(tree: Tree, row: Row, after: int) -> int | None:
    """The number of the first picture in a row, else of one right before it."""
    inside = range(row.node, min(tree.end[row.node], row.node + 12))
    before = (
        range(max(tree.end[after], row.node - 4), row.node) if after >= 0 else range(max(0, row.node - 3), row.node)
    )
    for node in (*inside, *before):
        if tree.tags[node] != "img":
            continue
        element = tree.nodes[node]
        rank = _number(element.get("alt") or "")
        if rank is not None:
            return rank
        found = _PICTURE.search((element.get("src") or "").rsplit("/", 1)[-1])
        if found:
            return int(found[1])
    return None


def _attributed(tree: Tree, row: Row, after: int) -> int | None:
    for node in range(row.node, min(tree.end[row.node], row.node + 4)):
        value = tree.nodes[node].get("data-rank") or (
            tree.nodes[node].get("value") if tree.tags[node] == "li" else None
        )
        if value and value.strip().isdecimal() and len(value.strip()) <= 3:
            return int(value)
        found = _NAME.search(tree.names[node])
        if found:
            return int(found[1])
    return None


def _counted(tree: Tree, rows: list[Row]) -> list[int]:
    """The order of the rows, or what an `ol` that starts elsewhere or runs backwards counts."""
    parent = tree.nodes[tree.parent[rows[0].node]]
    if parent.tag == "ol" and all(tree.parent[row.node] == tree.parent[rows[0].node] for row in rows):
        if parent.get("reversed") is not None:
            return list(range(len(rows), 0, -1))
        start = (parent.get("start") or "").strip()
        if start.isdecimal() and 1 <= int(start[:4]) <= MAX_RANK:
            return list(range(int(start[:4]), int(start[:4]) + len(rows)))
    return list(range(1, len(rows) + 1))
