"""Quotations pulled from an article's own text, to break it up: the sentence stands there twice."""

from __future__ import annotations

from collections import Counter

from crawler.parsers.outline import Line, Node

_PULLED = 40
_NAMED = 80
_NEAR = 12  # lines


def names_speaker(line: Line) -> bool:
    """Whether a line may be who said what stands over it."""
    return line.size < _NAMED and not line.ends and line.tag not in ("h", "li")


def drop_pulled(nodes: list[Node], taken: list[Line]) -> None:
    """Take out quotations pulled from the text, and who is named under them: sentences of a paragraph near by, again
    in an element of another look."""
    names = Counter(nodes[line.node].names for line in taken)
    common = names.most_common(1)[0][0] if names else ""
    copies: set[int] = set()
    for place, line in enumerate(taken):
        if (
            line.size < _PULLED
            or line.tag in ("h", "li")
            or (line.tag != "blockquote" and nodes[line.node].names == common)
        ):
            continue
        near = taken[max(0, place - _NEAR) : place + _NEAR]
        source = next((other for other in near if len(other.text) > len(line.text) and line.key in other.key), None)
        if source is not None:
            line.copy_of = source.index
            copies.add(place)
            after = taken[place + 1] if place + 1 < len(taken) else line
            if names_speaker(after) and nodes[after.node].names != common:
                copies.add(place + 1)
    for place in sorted(copies, reverse=True):
        del taken[place]
