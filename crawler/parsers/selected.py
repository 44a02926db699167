"""What a site's definition selects: parts of a page by CSS selector, with `::text` and `::attr(name)`."""

from __future__ import annotations

from lxml import etree

from archive.document import Document
from crawler.parsers.text import squeeze
from crawler.sites import css

MAX_MATCHES = 200


def texts(document: Document, selector: str | None) -> list[str]:
    """The squeezed, non-empty texts that a selector finds, in document order; [] without a selector."""
    if not selector:
        return []
    found = (squeeze(text) for text in css.values(document.tree, selector)[:MAX_MATCHES])
    return [text for text in found if text]


def elements(document: Document, selector: str | None) -> list[etree._Element]:
    """The elements that a selector finds, in document order; [] without a selector."""
    return css.elements(document.tree, selector)[:MAX_MATCHES] if selector else []
