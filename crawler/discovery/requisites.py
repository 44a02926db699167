"""Requisites: what a page needs to look right, its stylesheets and pictures, and what its stylesheets need in turn.

Addresses are read as the safe view reads them, so that what it asks for is what was fetched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.document import Document, parse_document
from archive.handed import Handed
from archive.model import Items, Page
from archive.prepare import prepared
from archive.replay import lazy
from archive.replay.css import rewrite_css
from archive.replay.markup import local_name
from archive.replay.srcset import parse_srcset
from archive.urls import is_http, same_page
from crawler.items import identify
from crawler.parsing import ParseTask
from crawler.sites.model import GENERAL_REQUISITES

_MAX_CSS = 1_000_000
# Of the sizes of a picture the one is fetched that a sharp screen takes, and no poster.
_MAX_WIDTH, _MAX_DENSITY = 2000, 2.0
_ICONS = frozenset(("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"))
_PRELOADED = frozenset(("style", "font", "image"))


@dataclass(frozen=True, slots=True)
class Requires:
    """What a page needs: the addresses of its requisites, stylesheets first, and of the documents in its frames."""

    requisites: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed(Handed):
    """A page taken apart, with all that storing it takes, and what it needs."""

    items: Items
    requires: Requires = Requires()

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.items.page


def take_apart(task: ParseTask) -> Parsed:
    """What a crawl's parsing processes run: the page's parts and its requisites. Raises DocumentError."""
    from crawler.parsers.page import page_of

    document = parse_document(task.html, task.url, task.content_type)
    page = page_of(document, captured_at=task.captured_at, site=task.site)
    items = prepared(identify(page, task.site, task.url))
    most = (task.site.requisites if task.site is not None else GENERAL_REQUISITES).page
    if page.kind == "soft-block" or most == 0 or not task.requisites:
        return Parsed(items)
    # The last to look at the tree: it wakes lazy pictures in it.
    return Parsed(items, requires(document, most))


def requires(document: Document, most: int) -> Requires:
    """What a page needs, absolute: at most `most` requisites. The document is changed: lazy pictures are awake in it.

    A page that names no icon has the one at `/favicon.ico`, which browsers ask for.
    """
    found = _Found(document)
    for element in document.tree.iter(etree.Element):
        found.look_at(element)
    if not found.has_icon:
        found.pictures.append("/favicon.ico")
    addresses = (document.absolute(link) for link in (*found.styles, *found.pictures))
    frames = (document.absolute(link) for link in found.frames)
    return Requires(_distinct(addresses, most), _distinct(frames, most))


def requisites_of_css(css: str, url: str, most: int) -> tuple[str, ...]:
    """What a stylesheet at `url` loads: imports, fonts, backgrounds; absolute, at most `most`.

    >>> requisites_of_css('@import "a.css"; p { background: url(../b.png) }', "http://e.org/css/x.css", 9)
    ('http://e.org/css/a.css', 'http://e.org/b.png')
    """
    return _distinct((_join(url, link) for link in _in_css(css)), most)


class _Found:
    """The links of a page as they are met, in the order of how much they matter."""

    def __init__(self, document: Document) -> None:
        self.styles: list[str] = []
        self.pictures: list[str] = []
        self.frames: list[str] = []
        self.has_icon = False
        self._document = document

    def look_at(self, element: etree._Element) -> None:
        """Note what an element loads."""
        tag = local_name(element)
        if tag == "style":
            self.styles += _in_css(element.text or "")
            return
        if not element.attrib:
            return
        if tag == "link":
            self._link(element)
            return
        if not lazy.NAMES.isdisjoint(element.keys()):
            lazy.awaken(element, tag)
        if tag in ("iframe", "frame"):
            self._add(self.frames, element.get("src"))
        elif tag in ("img", "source") or (tag == "input" and (element.get("type") or "").lower() == "image"):
            parent = element.getparent()
            if tag != "source" or (parent is not None and local_name(parent) == "picture"):
                self._add(self.pictures, element.get("src"))
                self._add(self.pictures, _best(element.get("srcset") or ""))
        elif tag == "image":
            self._add(self.pictures, element.get("href") or element.get("{http://www.w3.org/1999/xlink}href"))
            self._add(self.pictures, element.get("xlink:href"))
        elif tag in ("object", "embed") and (element.get("type") or "").strip().lower().startswith("image/"):
            self._add(self.pictures, element.get("data" if tag == "object" else "src"))
        self._add(self.pictures, element.get("poster"))
        self._add(self.pictures, element.get("background"))
        if style := element.get("style"):
            self.pictures += _in_css(style)

    def _link(self, element: etree._Element) -> None:
        relations = set((element.get("rel") or "").lower().split())
        href = element.get("href")
        if "stylesheet" in relations and "alternate" not in relations:
            self._add(self.styles, href)
        elif relations & _ICONS:
            self.has_icon = self.has_icon or "icon" in relations
            self._add(self.pictures, href)
        elif "preload" in relations and (element.get("as") or "").lower() in _PRELOADED:
            self._add(self.styles, href)

    def _add(self, links: list[str], link: str | None) -> None:
        if link and link.lstrip()[:5].lower() != "data:":
            links.append(link)


def _in_css(css: str) -> list[str]:
    found: list[str] = []

    def note(link: str) -> str:
        found.append(link)
        return link

    # Without a parenthesis or an import nothing is loaded.
    if "(" in css or "@" in css:
        rewrite_css(css[:_MAX_CSS], note)
    return found


def _best(srcset: str) -> str | None:
    """The largest of the candidates that is not larger than a sharp screen wants; else the smallest."""
    sized: list[tuple[float, str]] = []
    for link, descriptor in parse_srcset(srcset)[:100]:
        size = 1.0
        with contextlib.suppress(ValueError):
            if descriptor.endswith("w"):
                size = float(descriptor[:-1]) / _MAX_WIDTH
            elif descriptor.endswith("x"):
                size = float(descriptor[:-1]) / _MAX_DENSITY
            else:
                size = 1 / _MAX_DENSITY
        sized.append((size, link))
    fitting = [one for one in sized if one[0] <= 1]
    return max(fitting)[1] if fitting else min(sized)[1] if sized else None


def _distinct(links: Iterator[str | None], most: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for link in links:
        if len(found) >= most:
            break
        if link and is_http(link):
            found[same_page(link)] = None
    return tuple(found)


def _join(base: str, link: str) -> str | None:
    try:
        joined = urljoin(base, link.strip())
        return joined if urlsplit(joined).hostname else None
    except ValueError:
        return None
