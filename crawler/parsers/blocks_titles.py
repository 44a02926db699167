"""The title of a row: the headline alone, without rank, kicker, time, view count and excerpt."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_names import names_title
from crawler.parsers.blocks_rows import Row
from crawler.parsers.blocks_times import is_aside
from crawler.parsers.blocks_words import folded, is_more, weight
from crawler.parsers.tree import HEADINGS, Tree

_ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:rank(?:ing)?|num(?:ber|bers)?|no|n\d{1,2}|count(?:er)?|cnt|index|position|order|date|"
    r"datetime|time(?:stamp)?|ago|kicker|overline|over-?title|antetitulo|volanta|"
    r"category|categories|cat|cate|section|label|tag|tags|badge|flag|icon|ico|author|authors|byline|by|"
    r"autor|writer|reporter|meta|info|comments?|views?|hits?|reply|shares?|"
    r"new|premium|paywall|plus-?(?:icon|label|badge)|sr-only|visually-?hidden|screen-reader-text|blind|"
    r"a11y-hidden|eyebrow|topic|roofline|spitzmarke|dachzeile|prefix|summary|excerpt|desc(?:ription)?|"
    r"lead|lede|teaser-text|standfirst|caption|"
    r"source|media|press|provider|thumb(?:nail)?|duration|stats|subtitle)(?=$|[\s_-])"
)
_RANK_LEFT = re.compile(
    r"^\s*(?:(?:no\.?|#|nr\.?|제|第)\s*)?\(?(\d{1,2})(?:\s*[.)、:．,\]](?!\d)\s*|위\s+|位\s*|\s+|(?=[^\W\d_]))(?=\S)",
    re.IGNORECASE,
)
_CUT = re.compile(r"(?:…|\.\.+|⋯)\s*$")


def row_title(links: Links, row: Row) -> str:
    """The headline of a row; empty where it has none."""
    tree = links.tree
    anchors = [link for link in links.in_node(row.node) if link.key == row.key]
    best = _heading(links, row)
    nodes = [link.node for link in anchors]
    if not best:
        titles = [node for node in nodes if _under_title(tree, node, row.node) and weight(tree.text(node)) >= 6]
        texts = [clean_text(tree, node) for node in titles or nodes]
        texts = [text for text in texts if text and not is_more(text)] or texts
        best = max(texts, key=weight, default="")
        if weight(best) < 6:
            named = _named(tree, row.node) or clean_text(tree, row.node)
            if weight(named) > weight(best):
                best = named
    for node in nodes:
        attribute = tree.nodes[node].get("title") or ""
        best = _without_kicker(tree, node, _whole(best, attribute), attribute)
    if not best:
        best = _attribute_title(tree, nodes)
    return " ".join(best.split())


def _heading(links: Links, row: Row) -> str:
    """The text of a row's heading element: one named as title first, then the highest."""
    tree = links.tree
    best: tuple[int, str] | None = None
    for node in range(row.node, min(tree.end[row.node], row.node + 80)):
        tag = tree.tags[node]
        if tag not in HEADINGS:
            continue
        if any(link.key != row.key for link in links.in_node(node)):
            continue
        text = clean_text(tree, node)
        if weight(text) < 4 or is_aside(text):
            continue
        name = tree.names[node]
        order = (
            int(tag[1]) + (10 if name and _ASIDE_NAME.search(name) else 0) - (5 if name and names_title(name) else 0)
        )
        if best is None or order < best[0]:
            best = (order, text)
    return best[1] if best else ""


def _under_title(tree: Tree, node: int, top: int) -> bool:
    """Whether a link, or an element around it inside its row, is named as title."""
    while node > top:
        if tree.names[node] and names_title(tree.names[node]):
            return True
        node = tree.parent[node]
    return False


def _named(tree: Tree, top: int) -> str:
    best = ""
    for node in range(top + 1, min(tree.end[top], top + 60)):
        if tree.names[node] and names_title(tree.names[node]):
            text = clean_text(tree, node)
            if weight(text) > max(5, weight(best)):
                best = text
    return best


def _whole(text: str, attribute: str) -> str:
    """The whole headline where the text is a cut copy of it."""
    kept = _CUT.sub("", text)
    if len(attribute) <= len(kept) or not kept:
        return text
    head = folded(kept)
    if len(head) >= 4 and folded(attribute).startswith(head[: max(4, len(head) - 2)]):
        return attribute if _CUT.search(text) else text
    return text


def _without_kicker(tree: Tree, node: int, text: str, attribute: str) -> str:
    """The part of a link's text that its `title` has too, where it starts with something the title has not."""
    if len(attribute) < 12 or text in attribute:
        return text
    first, last = tree.first_run[node], tree.last_run[node]
    for run in range(first + 1, min(last, first + 5)):
        rest = tree.text_between(run, last)
        if weight(rest) >= 12 and text.endswith(rest) and rest in attribute:
            return rest
    return text


def _attribute_title(tree: Tree, nodes: list[int]) -> str:
    for node in nodes:
        element = tree.nodes[node]
        for text in (element.get("title"), element.get("aria-label")):
            if text and weight(text) >= 4:
                return str(text)
    for node in nodes:
        for inner in range(node + 1, min(tree.end[node], node + 12)):
            if tree.tags[inner] == "img":
                alt = tree.nodes[inner].get("alt")
                if alt and weight(alt) >= 4:
                    return str(alt)
    return ""


def clean_text(tree: Tree, top: int) -> str:
    """The text of a node without what its parts' tags, names or looks tell to be no title."""
    position, stop = tree.first_run[top], tree.last_run[top]
    if tree.end[top] == top + 1 and stop - position <= 1:
        return tree.text_between(position, stop)  # nothing inside, as in most links
    named = _named_inside(tree, top)
    if named:
        return named
    skip_from: list[tuple[int, int]] = []
    node, end = top + 1, tree.end[top]
    steps = 0
    while node < end and steps < 120:
        steps += 1
        if _is_aside_node(tree, node):
            skip_from.append((tree.first_run[node], tree.last_run[node]))
            node = tree.end[node]
        else:
            node += 1
    kept: list[tuple[int, int]] = []
    for first, last in skip_from:
        kept.append((position, first))
        position = max(position, last)
    kept.append((position, stop))
    text = _main_line(tree, kept) or " ".join(" ".join("".join(tree.runs[a:b]) for a, b in kept).split())
    if weight(text) < 4:
        text = tree.text(top)
    return text


_TIMED = re.compile(r"\d{1,2}[:：]\d\d\W*$")
_ENDED = frozenset(".。।,:;")
_LABEL = 24  # the weight of a label beside a title: a topic, a source


def _main_line(tree: Tree, kept: list[tuple[int, int]]) -> str:
    """The line that is a title among lines that are labels, in spans of runs; empty where no line stands out."""
    lines: list[str] = []
    for first, last in kept:
        inner = range(first + 1, last)
        ends = [first, *(run for run in inner if run in tree.walls or _is_glued(tree, run)), last]
        lines.extend(tree.text_between(begin, end) for begin, end in pairwise(ends))
    told = [line for line in lines if line]
    lines = sorted((line for line in lines if line), key=weight, reverse=True)
    # A line that closes with a time says when and by whom, however long it is.
    lines = lines[:1] + [line for line in lines[1:] if not _TIMED.search(line)] + [""] * (len(lines) > 1)
    if len(lines) < 2 or weight(lines[1]) > min(_LABEL, weight(lines[0]) // 2):
        return _over_summary(told)
    return lines[0].lstrip(": ")


def _over_summary(lines: list[str]) -> str:
    """The title of a card that is one link, over a longer line that tells the story; empty for any other shape."""
    said = [line for line in lines if weight(line) > _LABEL]
    if len(said) != 2 or weight(said[1]) < 1.2 * weight(said[0]) or said[0][-1] in _ENDED:
        return ""
    first = lines.index(said[0])
    return said[0] if all(weight(line) <= _LABEL for line in lines[:first]) else ""


def _is_glued(tree: Tree, run: int) -> bool:
    """Whether a run joins the one before in mid-word, as only a style sheet parts a label and a title: "SportGulls"."""
    before, text = tree.runs[run - 1], tree.runs[run]
    return len(before) >= 3 and before[-1].islower() and text[0].isupper() and tree.owners[run - 1] != tree.owners[run]


def _named_inside(tree: Tree, top: int) -> str:
    for node in range(top + 1, min(tree.end[top], top + 40)):
        if tree.tags[node] in HEADINGS or (tree.names[node] and names_title(tree.names[node])):
            if tree.last_run[node] - tree.first_run[node] < 1:
                continue
            text = clean_text(tree, node)
            if weight(text) >= 6 and not is_aside(text):
                return text
    return ""


@lru_cache(maxsize=8192)
def _names_aside(name: str) -> bool:
    return _ASIDE_NAME.search(name) is not None and not names_title(name)


def _is_aside_node(tree: Tree, node: int) -> bool:
    first, last = tree.first_run[node], tree.last_run[node]
    if first == last:
        return False
    tag = tree.tags[node]
    if tag in ("time", "figcaption", "button", "sup"):
        return True
    name = tree.names[node]
    if name and _names_aside(name):
        return True
    if last - first <= 3:
        text = tree.text(node)
        return len(text) <= 30 and is_aside(text)
    return False


def split_rank(text: str) -> tuple[int | None, str]:
    """A rank glued before a title, and the title.

    >>> split_rank("3. Title here"), split_rank("2、标题"), split_rank("100 days")
    ((3, 'Title here'), (2, '标题'), (None, '100 days'))
    """
    found = _RANK_LEFT.match(text)
    if found is None:
        return None, text
    return int(found[1]), text[found.end() :].strip()
