"""What list pages load when somebody scrolls or presses "more": addresses that a definition names. Pure, bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError

from archive.urls import is_http, same_page
from crawler.discovery import rules
from crawler.sites.model import Site, UrlRule

MAX_BYTES = 8 << 20
MAX_LINKS = 2_000
_MAX_NESTING = 60
_NAME = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'<>]+|/[^\s\"'<>/][^\s\"'<>]*")


def following(site: Site | None, url: str, number: int) -> str | None:
    """What the list page at `url` loads as its part `number`; None where no rule of the definition says so.

    >>> from crawler.sites.model import LoadRule
    >>> rule = LoadRule("/list", url="https://e.org/api?c={cat}&p={page}")
    >>> following(Site("x", ("https://e.org/",), load=(rule,)), "https://e.org/list?cat=7", 2)
    'https://e.org/api?c=7&p=2'
    """
    for rule in site.load if site is not None else ():
        if rules.matches(UrlRule(rule.path, rule.query), url):
            given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=200))
            return same_page(_filled(rule.url, {**given, "page": str(number)}))
    return None


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def links_of(data: bytes, url: str) -> tuple[str, ...]:
    """The addresses in an answer, which is JSON, with addresses or pieces of HTML in it, or a piece of HTML itself."""
    text = data[:MAX_BYTES].decode("utf-8", "replace").strip()
    found: dict[str, None] = {}
    for address in _in_json(text) if text[:1] in ("{", "[") else _in_html(text):
        try:
            whole = urljoin(url, address.strip())
        except ValueError:
            continue
        if is_http(whole) and len(whole) <= rules.MAX_URL:
            found.setdefault(same_page(whole))
        if len(found) >= MAX_LINKS:
            break
    return tuple(found)


def _in_json(text: str) -> Iterator[str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from _in_html(text)
        return
    for said in _texts(value, 0):
        if "<a" in said.lower():
            yield from _in_html(said)
        elif _ADDRESS.fullmatch(said.strip()):
            yield said


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < _MAX_NESTING and isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth + 1)


def _in_html(text: str) -> Iterator[str]:
    try:
        tree = lxml_html.fragment_fromstring(text, create_parent="div")
    except (LxmlError, ValueError):
        return
    for link in tree.iter("a"):
        href = link.get("href")
        if href and not href.lower().lstrip().startswith(("javascript:", "mailto:", "tel:", "#")):
            yield href
