"""The text of a page as it stands on the screen, run by run: what two captures of a page are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAX_PASSAGES = 5000

_SILENT = frozenset(
    ("script", "style", "template", "head", "title", "noscript", "textarea", "select", "object", "seogo-banner")
)
_INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
     "sup", "time", "tt", "u", "var", "wbr", "picture", "source")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text without a break, and the innermost element that is laid out as a block around it."""

    element: etree._Element
    text: str


def passages(root: etree._Element) -> Iterator[Passage]:
    """The passages of a tree in order, blanks as one, at most MAX_PASSAGES."""
    count = 0
    blocks: list[etree._Element] = [root]
    held: list[str] = []
    silent = 0

    def take() -> Passage | None:
        text = " ".join("".join(held).split())
        held.clear()
        return Passage(blocks[-1], text) if text else None

    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        found = None
        if not tag:
            pass
        elif event == "start":
            silent += tag in _SILENT
            if tag not in _INLINE:
                found = take()
                blocks.append(element)
            if element.text and not silent:
                held.append(element.text)
        else:
            if tag not in _INLINE:
                found = take()
                blocks.pop()
            silent -= tag in _SILENT
        if event != "start" and element.tail and not silent and element is not root:
            held.append(element.tail)
        if found is not None:
            yield found
            count += 1
            if count == MAX_PASSAGES:
                return
