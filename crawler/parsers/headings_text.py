"""The words of a heading's element, without what else stands in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.tree import Tree

_PARTING = frozenset("|｜│┃∣")


def heading_text(links: Links, node: int) -> str:
    """The text of a heading element without a time or a "more" link inside it."""
    text = links.headings.get(node)
    if text is None:
        text = links.headings[node] = _heading_text(links.tree, node)
    return text


def _heading_text(tree: Tree, node: int) -> str:
    text = _timeless(tree, node) or tree.text(node) or _picture_text(tree, node)
    first, last = tree.first_run[node], tree.last_run[node]
    bar = next((run for run in range(first + 1, last - 1) if parts_labels(tree, run, first, last)), None)
    if bar is not None:
        return tree.text_between(first, bar)
    # All anchors: some are buttons for a script, not links.
    anchors = tree.anchors[bisect_right(tree.anchors, node) : bisect_left(tree.anchors, tree.end[node])]
    for anchor in anchors:
        if tree.last_run[anchor] - tree.first_run[anchor] == tree.last_run[node] - tree.first_run[node]:
            continue
        said = tree.text(anchor)
        if said and is_more(said) and len(said) < len(text):
            before = tree.text_between(tree.first_run[node], tree.first_run[anchor])
            return f"{before} {tree.text_between(tree.last_run[anchor], tree.last_run[node])}".strip()
    return _without_notes(tree, node, text) if len(text) > 30 else text


def heads_column(tree: Tree, node: int) -> bool:
    """Whether a `th` stands over one of several columns; a "more" link beside it is no column."""
    beside = [other for other in tree.children(tree.parent[node]) if tree.tags[other] == "th" and other != node]
    return any(text and not is_more(text) for text in map(tree.text, beside[:8]))


def _timeless(tree: Tree, node: int) -> str:
    """A heading's text without the time in an element of its own; empty where there is none, or nothing else."""
    place = bisect_left(tree.times, node + 1)
    if place == len(tree.times) or tree.times[place] >= tree.end[node]:
        return ""
    time = tree.times[place]
    before = tree.text_between(tree.first_run[node], tree.first_run[time])
    text = f"{before} {tree.text_between(tree.last_run[time], tree.last_run[node])}".strip()
    return text if weight(text) >= 2 else ""


def _without_notes(tree: Tree, node: int, text: str) -> str:
    """A heading's text without a sentence about it, in an element of its own: "counted from 1 to 2 p.m."."""
    for child in tree.children(node):
        note = tree.text(child)
        if len(note) < len(text) and weight(note) >= 16 and note[-1:] in ".。" and note in text:
            rest = " ".join(text.replace(note, " ", 1).split())
            if weight(rest) >= 4:
                text = rest
    return text


def _picture_text(tree: Tree, node: int) -> str:
    place = bisect_left(tree.pictures, node)
    if place < len(tree.pictures) and tree.pictures[place] < tree.end[node]:
        return (tree.nodes[tree.pictures[place]].get("alt") or "").strip()
    return ""


def parts_labels(tree: Tree, run: int, first: int, last: int) -> bool:
    """Whether a run is a sign that parts two texts: "Most read | Latest"."""
    return tree.runs[run].strip() in _PARTING and all(
        weight(text) for text in (tree.text_between(first, run), tree.text_between(run + 1, last))
    )
