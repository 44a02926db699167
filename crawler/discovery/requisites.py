"""Requisites: what a page needs to look right, its stylesheets and pictures, and what its stylesheets need in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from archive.document import Document, parse_document
from archive.model import Page
from archive.urls import is_http, same_page
from crawler.parsing import ParseTask

MAX_PER_PAGE = 80
MAX_PER_STYLESHEET = 40
_MAX_CSS = 1_000_000

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_CSS_URL = re.compile(
    r"""(?:url\(\s*|@import\s+(?!url))(?:"([^"\n)]{1,2000})"|'([^'\n)]{1,2000})'|([^"'\s)(;]{1,2000}))""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page taken apart, and the addresses of its requisites, stylesheets first."""

    page: Page
    requisites: tuple[str, ...]


def take_apart(task: ParseTask) -> Parsed:
    """What a crawl's parsing processes run: the page's parts and its requisites. Raises DocumentError."""
    from crawler.parsers import parse_page

    page = parse_page(task.html, task.url, content_type=task.content_type, captured_at=task.captured_at, site=task.site)
    return Parsed(page, requisites_of(parse_document(task.html, task.url, task.content_type)))


def requisites_of(document: Document) -> tuple[str, ...]:
    """The stylesheets, icons and pictures of a page, absolute, at most MAX_PER_PAGE."""
    return _distinct((document.absolute(link) for link in _links(document)), MAX_PER_PAGE)


def requisites_of_css(css: str, url: str) -> tuple[str, ...]:
    """What a stylesheet at `url` loads: imports, fonts, backgrounds; absolute, at most MAX_PER_STYLESHEET.

    >>> requisites_of_css('@import "a.css"; p { background: url(../b.png) }', "http://e.org/css/x.css")
    ('http://e.org/css/a.css', 'http://e.org/b.png')
    """
    found = (one or two or bare for one, two, bare in _CSS_URL.findall(css[:_MAX_CSS]) if not bare.startswith("data:"))
    return _distinct((_join(url, link) for link in found), MAX_PER_STYLESHEET)


def _links(document: Document) -> Iterator[str]:
    pictures: list[str] = []
    for element in document.tree.iter("link", "img", "source", "input", "image", "video", "style"):
        if element.tag == "link":
            relations = (element.get("rel") or "").lower().split()
            if "alternate" not in relations and {"stylesheet", "icon"} & set(relations):
                yield element.get("href") or ""
        elif element.tag == "style":
            yield from requisites_of_css(element.text or "", document.base_url)
        elif element.tag == "video":
            pictures.append(element.get("poster") or "")
        elif element.tag != "input" or (element.get("type") or "").lower() == "image":
            pictures.extend(_pictures(element.attrib))
    yield from pictures


def _pictures(attributes: object) -> Iterator[str]:
    get = attributes.get  # type: ignore[attr-defined]  # lxml's attributes are a mapping without its type
    for name in ("src", *_LAZY):
        link = get(name)
        if link and not link.startswith("data:"):
            yield link
    for name in ("srcset", "data-srcset"):
        # Of several sizes the safe view's browser picks one; the first stands for all where the others are missing.
        first = (get(name) or "").strip().split(None, 1)
        if first:
            yield first[0].rstrip(",")


def _distinct(links: Iterator[str | None], most: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for link in links:
        if link and is_http(link):
            found[same_page(link)] = None
            if len(found) >= most:
                break
    return tuple(found)


def _join(base: str, link: str) -> str | None:
    try:
        joined = urljoin(base, link.strip())
        return joined if urlsplit(joined).hostname else None
    except ValueError:
        return None
