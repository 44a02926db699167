"""Pictures in several sizes: of the addresses in a `srcset` a browser takes one, so those stay that are archived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from lxml import etree

from archive.replay.srcset import parse_srcset

# Which of some addresses lead to a capture.
Held = Callable[[Sequence[str]], Collection[str]]

_MOST_PICTURES = 300
_MOST_SIZES = 20


def keep_held(root: etree._Element, held: Held) -> None:
    """Take the sizes that are not archived out of a rewritten page, where another size or the picture itself stays."""
    for number, element in enumerate(root.iter("img", "source")):
        if number >= _MOST_PICTURES:
            return
        value = element.get("srcset")
        if not value:
            continue
        candidates = parse_srcset(value)[:_MOST_SIZES]
        found = held([address for address, _ in candidates])
        kept = [
            f"{address} {size}".strip() for address, size in candidates if address in found or address[:5] == "data:"
        ]
        if kept:
            element.set("srcset", ", ".join(kept))
        elif element.tag == "source" or element.get("src"):
            del element.attrib["srcset"]
