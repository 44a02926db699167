"""Lists with labels of their own ("Today", "Sport") under one heading of popularity: each is a tab of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_times import is_period
from crawler.parsers.blocks_words import weight
from crawler.parsers.headings import Heading
from crawler.parsers.popularity import is_popular
from crawler.parsers.ranked_tabs import LABEL_WEIGHT, STRIP
from crawler.parsers.sections import Draft
from crawler.parsers.tree import Tree

MAX_POPULAR = 100
"""Headings of popularity that are looked at for panes below them: each looks at all blocks."""


def adopt_panes(links: Links, drafts: list[Draft], popular: list[Heading]) -> list[Draft]:
    """Give panes with headings of their own (a day, a topic) the heading of popularity that stands over them.

    `popular` are headings of popularity, used or not. A heading is one of panes when at least two blocks in its scope
    have headings of one kind that differs from its own; headings of its own kind belong to other blocks.
    """
    tree = links.tree
    for heading in popular[:MAX_POPULAR]:
        scope = heading.scope
        for _ in range(2):
            below = [
                draft for draft in drafts if draft.heading is not None and heading.node < draft.start < tree.end[scope]
            ]
            if below:
                break
            scope = tree.parent[scope] if tree.parent[scope] >= 0 else scope
        if not below or tree.tags[scope] == "body":
            continue
        first = below[0]
        if first.heading is None:
            continue
        if first.heading.node == heading.node:
            passed = first.heading.passed
            if passed is None or len(below) < 2:
                continue
            tag, depth, text, rest = passed.tag, passed.depth, passed.text, below[1:]
        else:
            tag, depth = tree.tags[first.heading.node], tree.depth(first.heading.node)
            text, rest = first.heading.text, below[1:]
        own = (tree.tags[heading.node], tree.depth(heading.node))
        if own == (tag, depth) or (tree.tags[heading.node] == tag and depth <= own[1]):
            continue
        panes = []
        for draft in rest:
            if draft.heading is None or (tree.tags[draft.heading.node], tree.depth(draft.heading.node)) != (
                tag,
                depth,
            ):
                break
            panes.append(draft)
        if (
            not panes
            or any(weight(draft.text) > LABEL_WEIGHT or is_popular(draft.text) for draft in panes)
            or weight(text) > LABEL_WEIGHT
            or (is_popular(text) and first.heading.node != heading.node)
        ):
            continue
        first.tab, first.heading = text, replace(heading, scope=first.heading.scope)
        for draft in panes:
            draft.tab = draft.text
            draft.heading = replace(heading, scope=draft.heading.scope if draft.heading else heading.scope)
    return drafts


def adopt_labelled(links: Links, drafts: list[Draft]) -> list[Draft]:
    """Make tabs of lists that follow one under words of popularity, each under a label like the one over that list:
    beside each other under periods ("today", "this week"), or each in a box of its own ("Sport", "Culture")."""
    tree = links.tree
    like: dict[int, tuple[str, str, int]] = {}  # the labels of tabs found so, by draft
    for before, draft in pairwise(drafts):
        over, heading = before.heading, draft.heading
        if over is None or heading is None or not (before.tab or is_popular(before.text)):
            continue
        if is_popular(draft.text) or draft.tab is not None or weight(draft.text) > LABEL_WEIGHT:
            continue
        period = is_period(draft.text)
        kind = (tree.tags[heading.node], tree.names[heading.node], tree.depth(heading.node))
        if not _stand_alike(tree, before.parts[-1].parent, draft.parts[0].parent, heading.node, period):
            continue
        if before.tab is None:
            label = next(
                (
                    node
                    for node in range(over.node + 1, min(before.start, over.node + STRIP))
                    if (tree.tags[node], tree.names[node], tree.depth(node)) == kind and weight(tree.text(node))
                ),
                -1,
            )
            if label < 0 and not period:
                continue
            before.tab = tree.text(label) if label >= 0 else None
        elif like.get(id(before), kind if period else None) != kind:
            continue
        like[id(draft)] = kind
        # Where the tabs begin and end, a link to the whole list may stand behind the last.
        draft.tab, draft.heading, draft.pane = draft.text, over, draft.pane or draft.parts[0].parent
    return drafts


def _stand_alike(tree: Tree, last: int, first: int, label: int, period: bool) -> bool:
    """Whether two lists stand beside each other, or in boxes that do, the second list's label in its box."""
    if tree.tags[last] != tree.tags[first]:
        return False
    box, other = tree.parent[first], tree.parent[last]
    if box == other:
        return period
    return (
        tree.parent[box] == tree.parent[other]
        and tree.parent[label] == box
        and (tree.tags[box], tree.names[box]) == (tree.tags[other], tree.names[other])
    )
