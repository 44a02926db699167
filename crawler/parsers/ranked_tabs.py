"""Tabs: several lists under one heading, of which a reader sees one at a time, told from one list in several parts."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_times import is_period
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.headings import ACTIVE
from crawler.parsers.popularity import is_popular
from crawler.parsers.ranked import shown_rank
from crawler.parsers.sections import Draft
from crawler.parsers.tree import HEADINGS, Tree

_PANE_NAME = re.compile(
    r"(?:^|[\s_-])(?:tab|tabs|pane|panel|tab_?cont\w*|tabs?-?content|period)(?=$|[\s_\d-])|tab(?:panel|"
    r"content|pane)|(?:panel|pane)\b"
)
MAX_WINDOWS = 100
_FAR = 400  # elements
_LABEL_TAGS = frozenset(("a", "button", "li", "label"))
_POINTERS = ("aria-controls", "href", "data-target", "data-bs-target", "data-tab", "data-tab-content", "for")
LABEL_WEIGHT = 26
STRIP = 40


def split_tabs(links: Links, draft: Draft) -> list[Draft]:
    """One draft for each tab, with its label; the draft itself where its parts are one list.

    Under a heading that claims no popularity ("Top 5") the labels are the headings, where one of them does.
    """
    if len(draft.parts) < 2 or draft.heading is None:
        return [draft]
    tree = links.tree
    top, panes = _panes(tree, draft)
    if len(panes) < 2:
        return [draft]
    labels = _labels(links, draft, top, [pane for pane, _ in panes])
    popular = is_popular(draft.text)
    if not _are_tabs(tree, draft, panes, labels) or not (popular or any(is_popular(text) for _, text in labels)):
        return [draft]
    drafts: list[Draft] = []
    nodes = [node for node, _ in labels]
    for place, (pane, parts) in enumerate(panes):
        heading = draft.heading
        tab = labels[place][1] if labels else None
        if not popular:
            heading = replace(heading, node=nodes[place], text=labels[place][1])
            tab = None
        elif labels and any(tree.within(node, heading.node) or tree.within(heading.node, node) for node in nodes):
            heading = replace(heading, text=labels[place][1])
        drafts.append(Draft(heading, [draft.parts[part] for part in parts], tab, pane))
    return drafts


def under_active(tree: Tree, draft: Draft) -> Draft:
    """The draft with the label that is marked as current, where its heading is another label of the same strip: the
    list that is there belongs to that one, the heading's own is yet to be loaded."""
    heading = draft.heading
    if heading is None or len(draft.parts) > 1 or tree.tags[heading.node] in HEADINGS:
        return draft
    at = heading.node
    while at > heading.scope and len(_beside(tree, at)) < 2:
        at = tree.parent[at]
    strip = [node for node in _beside(tree, at) if tree.tags[node] == tree.tags[at]]
    if not 2 <= len(strip) <= 6 or at not in strip or _is_current(tree, at) or tree.tags[at] in HEADINGS:
        return draft
    current = [node for node in strip if _is_current(tree, node)]
    text = tree.text(current[0]) if len(current) == 1 else ""
    if not 0 < weight(text) <= LABEL_WEIGHT or is_period(text) or is_popular(text) or is_more(text):
        return draft
    return replace(draft, heading=replace(heading, node=current[0], text=text))


def _beside(tree: Tree, node: int) -> list[int]:
    """A node and its siblings, as many as make a strip of labels and a few more: a flat container has thousands."""
    found: list[int] = []
    child, stop = tree.parent[node] + 1, tree.end[tree.parent[node]]
    while child < stop and len(found) < STRIP:
        found.append(child)
        child = tree.end[child]
    return found


def _is_current(tree: Tree, node: int) -> bool:
    for at in range(node, min(tree.end[node], node + 2)):
        if tree.size(tree.first_run[at], tree.last_run[at]) < 0.5 * tree.size(
            tree.first_run[node], tree.last_run[node]
        ):
            break  # one label of a strip, not the whole
        element = tree.nodes[at]
        if element.get("aria-selected") == "true" or (element.get("aria-current") or "false") != "false":
            return True
        if ACTIVE.search(tree.names[at]):
            return True
    return False


def active_label(tree: Tree, draft: Draft) -> str | None:
    """The label that is marked as current in a strip of links or buttons between a heading and its one list: the
    other tabs are pages of their own."""
    if draft.heading is None:
        return None
    for node in range(draft.heading.node + 1, min(draft.start, draft.heading.node + 60)):
        element = tree.nodes[node]
        if not (
            (element.get("aria-current") or "false") != "false"
            or element.get("aria-selected") == "true"
            or (tree.tags[node] in ("li", "a", "button", "span") and ACTIVE.search(tree.names[node]))
        ):
            continue
        at = node
        while at > draft.heading.scope and len(_beside(tree, at)) < 2:
            at = tree.parent[at]
        beside = [tree.text(child) for child in _beside(tree, at)]
        text = tree.text(node)
        if 2 <= len(beside) <= 12 and text in beside and all(0 < weight(label) <= LABEL_WEIGHT for label in beside):
            return text
    return None


def _panes(tree: Tree, draft: Draft) -> tuple[int, list[tuple[int, list[int]]]]:
    """The lowest element that holds all parts, and its children that do, each with its parts."""
    first, last = draft.parts[0].start, draft.parts[-1].start
    top = draft.parts[0].parent
    while tree.end[top] <= last or top > first:
        top = tree.parent[top]
    panes: list[tuple[int, list[int]]] = []
    for place, part in enumerate(draft.parts):
        if part.parent == top:
            return top, []
        pane = part.parent
        while tree.parent[pane] != top:
            pane = tree.parent[pane]
        if panes and panes[-1][0] == pane:
            panes[-1][1].append(place)
        else:
            panes.append((pane, [place]))
    return top, panes


def _are_tabs(tree: Tree, draft: Draft, panes: list[tuple[int, list[int]]], labels: list[tuple[int, str]]) -> bool:
    firsts = [shown_rank(tree, draft.parts[parts[0]].rows[0]) for _, parts in panes]
    if any(rank is not None and rank > 1 for rank in firsts[1:]):
        return False
    if any(
        (tree.nodes[node].get("start") or "1") != "1"
        for pane, _ in panes
        for node in range(pane, min(tree.end[pane], pane + 3))
    ):
        return False
    if labels or all(rank == 1 for rank in firsts):
        return True
    hidden = {tree.hidden[pane] for pane, _ in panes}
    named = all(_PANE_NAME.search(tree.names[pane]) or tree.nodes[pane].get("role") == "tabpanel" for pane, _ in panes)
    return len(hidden) > 1 or named


def _pointing(tree: Tree, begin: int, panes: list[int]) -> list[tuple[int, str]]:
    """The labels before the first pane that name the panes by their ids; none unless each pane has one."""
    ids = [tree.nodes[pane].get("id") for pane in panes]
    if not all(ids) or panes[0] - begin > _FAR:
        return []
    labels: dict[str, tuple[int, str]] = {}
    for node in range(begin, panes[0]):
        if tree.tags[node] in _LABEL_TAGS:
            get = tree.nodes[node].get
            for name in _POINTERS:
                target = (get(name) or "").lstrip("#")
                if target in ids and 1 <= weight(text := tree.text(node)) <= LABEL_WEIGHT:
                    labels.setdefault(target, (node, text))
    return [labels[identity] for identity in ids if identity in labels] if len(labels) == len(ids) else []


def _labels(links: Links, draft: Draft, top: int, panes: list[int]) -> list[tuple[int, str]]:
    """The labels of the panes: what names them by their ids, else the nearest row of as many short texts before the
    first one."""
    tree = links.tree
    heading = draft.heading
    count = len(panes)
    begin = min(heading.scope if heading else top, top)
    pointing = _pointing(tree, begin, panes)
    if pointing:
        return pointing
    units: list[tuple[int, str]] = []
    seen = -1
    for run in range(tree.first_run[begin], tree.first_run[panes[0]]):
        owner = tree.owners[run]
        if owner < begin or not weight(tree.runs[run]):
            continue
        unit = owner
        if unit == seen:
            continue
        seen = unit
        text = tree.text(unit)
        if text and (not is_more(text) or is_popular(text)):  # "Xem nhiều" is the most viewed
            units.append((unit, text))
    for last in range(len(units), max(count - 1, len(units) - MAX_WINDOWS), -1):
        window = units[last - count : last]
        if all(1 <= weight(text) <= LABEL_WEIGHT for _, text in window) and _one_strip(tree, window, units):
            return window
    return []


def _one_strip(tree: Tree, window: list[tuple[int, str]], units: list[tuple[int, str]]) -> bool:
    """Whether the lowest element that holds the labels holds no other text before the panes."""
    first, last = window[0][0], window[-1][0]
    strip = tree.parent[first]
    while strip >= 0 and tree.end[strip] <= last:
        strip = tree.parent[strip]
    inside = sum(1 for node, _ in units if tree.within(node, strip))
    if inside == len(window):
        return len({tree.depth(node) for node, _ in window}) == 1
    alike = {(tree.depth(node), tree.tags[node]) for node, _ in window}
    return len(alike) == 1 and sum(
        1 for node, _ in units if (tree.depth(node), tree.tags[node]) in alike and tree.within(node, strip)
    ) == len(window)
