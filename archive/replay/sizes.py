"""Pictures in several sizes: of the addresses in a `srcset` a browser takes one, so those stay that are archived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import islice

from lxml import etree

from archive.replay.srcset import parse_srcset

# Which of some addresses lead to a capture.
Held = Callable[[Sequence[str]], Collection[str]]

_MOST_PICTURES = 300
_MOST_SIZES = 20


def keep_held(root: etree._Element, held: Held) -> None:
    """Take the sizes that are not archived out of a rewritten page, where another size or the picture itself stays."""
    offered = [
        (element, parse_srcset(value)[:_MOST_SIZES])
        for element in islice(root.iter("img", "source"), _MOST_PICTURES)
        if (value := element.get("srcset"))
    ]
    # One question for the page: a picture of its own each would cost as much as all else.
    found = held(list({address: None for _, candidates in offered for address, _ in candidates}))
    for element, candidates in offered:
        kept = [
            f"{address} {size}".strip() for address, size in candidates if address in found or address[:5] == "data:"
        ]
        if kept:
            element.set("srcset", ", ".join(kept))
        elif element.tag == "source" or element.get("src"):
            del element.attrib["srcset"]
