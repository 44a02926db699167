"""What a site's definition selects: parts of a page by CSS selector, with `::text` and `::attr(name)`."""

from __future__ import annotations

from lxml import etree
from parsel import Selector

from archive.document import Document
from crawler.parsers.text import squeeze

MAX_MATCHES = 200


def texts(document: Document, selector: str | None) -> list[str]:
    """The squeezed, non-empty texts that a selector finds, in document order; [] without a selector."""
    if not selector:
        return []
    found = []
    for match in Selector(root=document.tree).css(selector)[:MAX_MATCHES]:
        root = match.root
        text = squeeze(
            str(etree.tostring(root, method="text", encoding="unicode"))
            if isinstance(root, etree._Element)
            else str(root)
        )
        if text:
            found.append(text)
    return found


def elements(document: Document, selector: str | None) -> list[etree._Element]:
    """The elements that a selector finds, in document order; [] without a selector."""
    if not selector:
        return []
    matches = Selector(root=document.tree).css(selector)[:MAX_MATCHES]
    return [match.root for match in matches if isinstance(match.root, etree._Element)]
