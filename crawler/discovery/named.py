"""Feeds and sitemaps that a site names by itself: in the head of a page, in its robots.txt. Pure, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from archive.urls import is_http, same_page

HEAD = 256 << 10
"""Bytes of a page in which the links of its head are looked for."""

ROBOTS = 500 << 10
"""Bytes of a robots.txt that are looked at for sitemaps."""

_TAG = re.compile(rb"<(link|base)\b([^<>]{1,4000})>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_SITEMAP = re.compile(rb"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})")


def feeds_of_page(body: bytes, url: str) -> list[str]:
    """The addresses of `<link rel="alternate">` of a feed's type, in their order, each once.

    >>> feeds_of_page(b'<link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2">', "http://e.org/x")
    ['http://e.org/rss?a=1&b=2']
    """
    base = url
    found: list[str] = []
    for tag in _TAG.finditer(body[:HEAD]):
        pairs = _ATTRIBUTE.findall(tag[2].decode("utf-8", "replace"))
        values = {name.lower(): unescape("".join(said)) for name, *said in pairs}
        href = values.get("href", "")
        if tag[1].lower() == b"base":
            base = next(_whole(url, [href]), base)
        elif (
            "alternate" in values.get("rel", "").lower().split()
            and values.get("type", "").partition(";")[0].strip().lower() in _FEEDS
        ):
            found.append(href)
    return list(dict.fromkeys(_whole(base, found)))


def sitemaps_of_robots(body: bytes, url: str) -> list[str]:
    """The addresses in the `Sitemap:` lines of the robots.txt at `url`, in their order, each once.

    >>> sitemaps_of_robots(b"User-agent: *\\nSitemap: /news.xml\\n", "http://e.org/robots.txt")
    ['http://e.org/news.xml']
    """
    named = (one.decode("utf-8", "replace") for one in _SITEMAP.findall(body[:ROBOTS]))
    return list(dict.fromkeys(_whole(url, named)))


def _whole(base: str, addresses: list[str] | Iterator[str]) -> Iterator[str]:
    for address in addresses:
        try:
            url = same_page(urljoin(base, address.strip())) if address.strip() else ""
        except ValueError:
            continue
        if is_http(url):
            yield url
