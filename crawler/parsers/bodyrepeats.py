"""Second copies of the article's text: mobile, print, audio and preview copies, leads shown twice.

Two copies of a paragraph that stand in different branches of the tree are one text rendered twice: the branch that a
reader sees, after the headline, wins. Two that are neighbours in one flow of text are a refrain and stay, unless a
whole run of paragraphs comes again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from archive.document import Document
from archive.model import Repeat
from crawler.parsers.outline import Line, Outline

MIN_KEY = 24
MIN_POURED = 200
MAX_REPEATS = 500  # an XPath takes time linear in the siblings, so that thousands of repeats would take hours
MAX_COPIES = 6
_SECONDARY = re.compile(
    r"(?:^|[\s_-])(?:m|mo|mobile|mob|print|printable|app|amp|audio|tts|voice|copy|clone|preview|fade|phone|"
    r"tablet|reader|excerpt|summary|lead|backup|pdf)(?:$|[\s_-]|only|view)"
    r"|mobile[-_]?only|print[-_]?(?:area|view|body)|m[-_]view|only[-_]mobile",
    re.I,
)


def mark_copies(outline: Outline, title: Line | None) -> None:
    """Set `copy_of` on each line that repeats another one elsewhere, choosing which of them is the copy."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in outline.lines:
        if line.size >= MIN_KEY:
            text = line.key
            if len(text) >= MIN_KEY * (0.4 if not text.isascii() else 0.8):
                groups[text].append(line)
    rivals: dict[tuple[int, int], list[tuple[Line, Line]]] = defaultdict(list)
    flow: dict[int, int] = {}
    for lines in groups.values():
        if len(lines) < 2:
            continue
        for i, first in enumerate(lines[:MAX_COPIES]):
            # All pairs of a few; of many, each with the first.
            for second in lines[i + 1 : None if i == 0 else MAX_COPIES]:
                branches = _branches(outline, first.node, second.node)
                if branches is None:
                    flow[second.index] = min(first.index, flow.get(second.index, first.index))
                else:
                    rivals[branches].append((first, second))
    _mark_poured(outline)
    if not rivals and not flow:
        return
    mass = _mass(outline)
    for (a, b), pairs in sorted(rivals.items()):
        if _loses(outline, a, b, mass, title, sum(first.size for first, _ in pairs)):
            pairs = [(second, first) for first, second in pairs]
        for original, copy in pairs:
            if original.copy_of < 0 and copy.copy_of < 0:
                copy.copy_of = original.index
    _mark_runs(outline, flow)


def _mark_poured(outline: Outline) -> None:
    """Set `copy_of` on a line that is other lines' text in one piece: an audio or print copy without paragraphs."""
    running = [line for line in outline.lines if line.size >= MIN_KEY and line.linked * 2 < line.size]
    total = sum(line.size for line in running)
    for big in running:
        if big.size < MIN_POURED or 3 * big.size < total:
            continue
        inside = [line for line in running if line is not big and line.size < big.size and line.key in big.key]
        if len(inside) >= 2 and sum(len(line.key) for line in inside) >= 0.7 * len(big.key):
            big.copy_of = inside[0].index


def _branches(outline: Outline, a: int, b: int) -> tuple[int, int] | None:
    """The two children of the nearest common ancestor that lead to two nodes; None where they are one flow of text."""
    if a == b:
        return None
    above_a = outline.ancestors(a)
    above_b = outline.ancestors(b)
    i, j = len(above_a) - 1, len(above_b) - 1
    while i >= 0 and j >= 0 and above_a[i] == above_b[j]:
        i -= 1
        j -= 1
    if i < 0 or j < 0:
        # One holds the other: text of a container and text of a paragraph inside it.
        return None
    if i == 0 and j == 0:
        return None
    return above_a[i], above_b[j]


def _mass(outline: Outline) -> list[int]:
    mass = [0] * len(outline.nodes)
    for line in outline.lines:
        if line.linked * 2 < line.size and line.size >= 60:
            mass[line.node] += line.size
    for node in reversed(outline.nodes):
        if node.parent >= 0:
            mass[node.parent] += mass[node.index]
    return mass


def _loses(outline: Outline, a: int, b: int, mass: Sequence[int], title: Line | None, shared: int) -> bool:
    """Whether the copy in the first branch is the one to drop."""

    def standing(branch: int) -> float:
        node = outline.nodes[branch]
        value = 0.0
        hidden = node.hidden or any(outline.nodes[i].hidden for i in outline.ancestors(branch))
        if hidden:
            value -= 4
        if _SECONDARY.search(node.names):
            value -= 2
        if node.claim in ("chrome", "related", "comments", "caption", "box", "share"):
            value -= 2
        if title is not None and node.index < title.node and not _holds(outline, branch, title.node):
            value -= 1.5
        if node.content or node.tag in ("article", "main"):
            value += 0.5
        return value

    first, second = standing(a), standing(b)
    big, small = max(mass[a], mass[b]), min(mass[a], mass[b])
    if small < 0.5 * big:
        # One is the whole text, the other a preview, lead or quotation out of it.
        first += 1.0 if mass[a] >= mass[b] else -1.0
    return first < second


def _holds(outline: Outline, branch: int, node: int) -> bool:
    return branch in outline.ancestors(node)


def _mark_runs(outline: Outline, flow: dict[int, int]) -> None:
    """In one flow of text: drop a paragraph that follows its like at once, and runs of two or more that come again."""
    lines = outline.lines
    for index in sorted(flow):
        original = flow[index]
        if lines[index].copy_of >= 0 or lines[original].copy_of >= 0:
            continue
        adjacent = index - original == 1
        run = (flow.get(index + 1) == original + 1 and index - original > 1) or (flow.get(index - 1) == original - 1)
        if adjacent or run:
            lines[index].copy_of = original


def body_repeats(document: Document, outline: Outline, taken: Sequence[Line], container: int) -> tuple[Repeat, ...]:
    """What was dropped: a whole second body as one entry, single paragraphs each."""
    kept = {line.index for line in taken}
    total = sum(line.size for line in taken) or 1
    copies = [line for line in outline.lines if line.copy_of >= 0 and _origin(outline, line) in kept]
    size_under: dict[int, int] = defaultdict(int)
    for line in copies:
        for index in outline.ancestors(line.node):
            size_under[index] += line.size
    whole: list[int] = []
    covered: set[int] = set()
    body_path = set(outline.ancestors(container))
    for line in copies:
        # The smallest branch beside the article's own that holds at least half of the text again.
        for index in outline.ancestors(line.node):
            if index in body_path:
                break
            if size_under[index] >= 0.5 * total:
                if index not in whole:
                    whole.append(index)
                covered.add(line.index)
                break
    repeats: list[Repeat] = []
    body_xpath = document.xpath_of(outline.nodes[container].element)
    for index in whole:
        node = outline.nodes[index]
        text = next(line.text for line in copies if index in outline.ancestors(line.node))
        repeats.append(Repeat("body", body_xpath, document.xpath_of(node.element), text[:80]))
    for line in copies:
        if len(repeats) >= MAX_REPEATS:
            break
        if line.index in covered or any(index in whole for index in outline.ancestors(line.node)):
            continue
        original = outline.lines[_origin(outline, line)]
        repeats.append(
            Repeat(
                "paragraph",
                document.xpath_of(outline.nodes[original.node].element),
                document.xpath_of(outline.nodes[line.node].element),
                line.text[:80],
            )
        )
    return tuple(repeats)


def _origin(outline: Outline, line: Line) -> int:
    index = line.copy_of
    for _ in range(MAX_COPIES):
        if outline.lines[index].copy_of < 0:
            break
        index = outline.lines[index].copy_of
    return index
