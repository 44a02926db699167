"""Selectors for the parts of a page, from where the generic parser found them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from archive.document import Document
from archive.model import Page
from crawler.sites import css
from crawler.sites.model import Layout, ListSelectors

MOST_LISTS = 20
"""Of each kind."""

_NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]{1,59}")
_MADE = re.compile(r"^(?:css|sc|jsx|svelte|emotion)-|\d{3,}|__[A-Za-z0-9]{5,}$")
_LOOKS = re.compile(
    r"(?:text|bg|border|font|flex|grid|col|row|[mp][trblxy]?|w|h|gap|justify|items|whitespace|overflow|rounded|order|self"
    r"|align|leading|tracking)(?:-|$)"
)
_PLAIN_PATH = re.compile(r"(/[\w:.-]+(\[\d+\])?)+")
_MOST_ABOVE = 6


def layout_of(document: Document, page: Page, unchanged: Callable[[Layout], bool]) -> Layout:
    """A layout whose selectors find what stands in `page`; `unchanged` tells whether a layout leaves its parts as they
    are. A selector that would change a part is left out.
    """
    layout = Layout()
    for name, selector in _selectors(document, page):
        if getattr(layout.selectors, name) is None:
            chosen = replace(layout.selectors, **{name: selector})  # type: ignore[arg-type]  # names are Selectors' own
            tried = replace(layout, selectors=chosen)
            layout = tried if unchanged(tried) else layout
    for kind, blocks in (("ranked", page.ranked_lists), ("sections", page.sections)):
        for block in blocks[:MOST_LISTS]:
            container = selector_at(document, block.xpath)
            if container is None:
                continue
            lists = (*getattr(layout, kind), ListSelectors(container))
            tried = replace(layout, **{kind: lists})  # type: ignore[arg-type]  # the two are Layout's own
            layout = tried if unchanged(tried) else layout
    return layout


def selector_at(document: Document, xpath: str | None) -> str | None:
    """A stable selector for the element at a path that the parser wrote; None where there is none."""
    if not xpath or not _PLAIN_PATH.fullmatch(xpath):
        return None
    found = document.tree.getroottree().xpath(xpath)
    element = found[0] if isinstance(found, list) and found else None
    return selector_of(document.tree, element) if isinstance(element, etree._Element) else None


def selector_of(root: etree._Element, element: etree._Element) -> str | None:
    """A selector that matches this element alone, by ids and classes that do not look generated."""
    own = list(_names(element))
    for name in own:
        if css.elements(root, name) == [element]:
            return name
    above = element.getparent()
    for _ in range(_MOST_ABOVE):
        if above is None or above.tag in ("html", "body"):
            return None
        for name in _names(above):
            if name == above.tag:
                continue
            for inner in own:
                joined = f"{name} > {inner}" if above is element.getparent() else f"{name} {inner}"
                if css.elements(root, joined) == [element]:
                    return joined
        above = above.getparent()
    return None


def _names(element: etree._Element) -> Iterator[str]:
    """An element's id, classes and tag, as selectors, the surest first."""
    if not isinstance(element.tag, str) or not element.tag.isalnum():
        return
    identity = element.get("id") or ""
    if _is_stable(identity):
        yield f"#{identity}"
    classes = [name for name in (element.get("class") or "").split()[:6] if _is_stable(name)]
    for name in classes:
        yield f".{name}"
        yield f"{element.tag}.{name}"
    if len(classes) > 1:
        yield "".join(f".{name}" for name in classes)
    yield element.tag


def _is_stable(name: str) -> bool:
    """Whether an id or class looks written by a person, and for what the element is rather than how it looks.

    >>> [_is_stable(name) for name in ("article-body", "css-1x2y3z", "title__3kd9s", "post-48213", "cmjZrf", "mt-4")]
    [True, False, False, False, False, False]
    """
    if not _NAME.fullmatch(name) or _MADE.search(name) or _LOOKS.match(name):
        return False
    mixed = re.search(r"\d", name) is not None or re.search(r"[a-z][A-Z]", name) is not None
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return not (mixed and any(len(word) > 1 and not re.search(r"[aeiou]", word.lower()) for word in words))


def _selectors(document: Document, page: Page) -> Iterator[tuple[str, str]]:
    body = page.body
    if body is None:
        return
    at = selector_at(document, body.xpath)
    if at is not None:
        yield "body", at
    wanted = {"title": body.title, "kicker": body.kicker, "subtitle": body.subtitle}
    names = {" ".join(name.split()) for name in body.authors}
    days = {"published": _digits(body.published), "modified": _digits(body.modified)}
    places: list[tuple[int, int, str, etree._Element]] = []
    for element in document.tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "head", "title", "meta"):
            continue
        text = " ".join("".join(map(str, element.itertext())).split()) if len(element) < 8 else ""
        if not text or len(text) > 300:
            continue
        parts = [name for name, value in wanted.items() if value and text == value]
        if names and len(text) < 80 and all(name in text for name in names):
            parts.append("authors")
        if len(text) < 60:
            parts += [name for name, digits in days.items() if len(digits) >= 8 and digits[:8] in _digits(text)]
        places += [(len(text), len(places), part, element) for part in parts]
    # The element that has least beside what is wanted comes first.
    for *_, part, element in sorted(places, key=lambda place: place[:2]):
        selector = selector_of(document.tree, element)
        if selector is not None:
            yield part, selector


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")
