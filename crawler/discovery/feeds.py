"""Addresses of articles out of feeds (RSS, Atom, JSON Feed) and sitemaps (indexes, gzip, Google News): pure, bounded.

What a document says is data from outside: no entity is expanded, nothing is fetched or opened for it, sizes and counts
have limits. Whether an address belongs to the crawl is for its scope to say.
"""

from __future__ import annotations

import calendar
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser
from lxml import etree

from archive.urls import is_http
from crawler.errors import CrawlerError

MAX_BYTES: Final = 64 << 20
MAX_RATIO: Final = 200
MAX_ENTRIES: Final = 50_000
MAX_URL: Final = 2_000
MAX_TEXT: Final = 500

_GZIP: Final = b"\x1f\x8b"
_FEED_BYTES: Final = 8 << 20


class BadFeed(CrawlerError):
    """A document that is no feed and no sitemap, or a broken one; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One address. `dated` is the text as it stands; `at` the aware instant of it, None where it is none."""

    url: str
    title: str | None = None
    dated: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a document lists: pages in its order, each once; other sitemaps (`children`); what was cut or left out."""

    entries: tuple[Entry, ...] = ()
    children: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def read_feed(data: bytes, url: str) -> Feed:
    """The feed or sitemap in a decoded response body. Raises BadFeed."""
    text = _unzipped(data).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise BadFeed(f"{url}: the feed is empty")
    if text[:1] == b"{":
        return _distinct(_of_json(text, url), (), url)
    root = _root_name(text, url)
    if root in ("urlset", "sitemapindex"):
        return _sitemap(text, url)
    if root in ("rss", "feed", "RDF", "rdf"):
        return _distinct(_of_feed(text, url), (), url)
    raise BadFeed(f"{url}: no feed and no sitemap begins with <{root[:40]}>")


def _unzipped(data: bytes) -> bytes:
    """The document, decompressed once where it is gzip. Raises BadFeed."""
    if not data.startswith(_GZIP):
        return data
    limit = min(MAX_BYTES, len(data) * MAX_RATIO)
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(data, limit)
    except zlib.error as error:
        raise BadFeed(f"the gzip file is broken: {error}") from error
    if inflater.unconsumed_tail:
        raise BadFeed(f"the gzip file holds more than {limit} bytes")
    return text


def _root_name(text: bytes, url: str) -> str:
    try:
        for _, element in etree.iterparse(io.BytesIO(text[: 1 << 16]), events=("start",), **_SAFE):
            declared = element.getroottree().docinfo.internalDTD
            if declared is not None and declared.entities():
                # Honest feeds declare none; of the others some grow without end.
                raise BadFeed(f"{url}: the document declares entities of its own")
            return etree.QName(element).localname
    except etree.XMLSyntaxError as error:
        # Feeds are broken in ways that feedparser forgives; sitemaps are not.
        head = text[:2000].lower()
        if b"<rss" in head or b"<feed" in head:
            return "rss"
        raise BadFeed(f"{url}: no XML: {str(error)[:120]}") from error
    raise BadFeed(f"{url}: no XML element in it")


_SAFE: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def _sitemap(text: bytes, url: str) -> Feed:
    """Read as it streams: a broken end costs what stands behind it, and is noted."""
    pages: list[Entry] = []
    children: list[Entry] = []
    notes: list[str] = []
    try:
        for _, element in etree.iterparse(io.BytesIO(text), events=("end",), tag=("{*}url", "{*}sitemap"), **_SAFE):
            fields = {etree.QName(one).localname: _text(one) for one in element.iter() if isinstance(one.tag, str)}
            entry = Entry(
                fields.get("loc") or "",
                fields.get("title"),
                fields.get("publication_date") or fields.get("lastmod"),
                instant(fields.get("publication_date") or fields.get("lastmod")),
            )
            (children if etree.QName(element).localname == "sitemap" else pages).append(entry)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if len(pages) + len(children) >= MAX_ENTRIES:
                notes.append(f"more than {MAX_ENTRIES} entries: the rest is left out")
                break
    except etree.XMLSyntaxError as error:
        if not pages and not children:
            raise BadFeed(f"{url}: a broken sitemap: {str(error)[:120]}") from error
        notes.append(f"broken behind {len(pages) + len(children)} entries: {str(error)[:120]}")
    found = _distinct(pages, children, url)
    return Feed(found.entries, found.children, (*notes, *found.notes))


def _of_feed(text: bytes, url: str) -> Iterator[Entry]:
    # From a file object: of plain bytes the library would make a file's name or an address.
    parsed = feedparser.parse(io.BytesIO(text[:_FEED_BYTES]), response_headers={"content-location": url})
    for entry in parsed.entries[:MAX_ENTRIES]:
        dated = entry.get("published") or entry.get("updated")
        moment = entry.get("published_parsed") or entry.get("updated_parsed")
        sane = moment is not None and 1970 < moment.tm_year < 2100
        at = datetime.fromtimestamp(calendar.timegm(moment), UTC) if sane else None
        yield Entry(str(entry.get("link") or ""), _short(entry.get("title")), _short(dated), at)


def _of_json(text: bytes, url: str) -> Iterator[Entry]:
    try:
        value = json.loads(text[:_FEED_BYTES])
    except (ValueError, RecursionError) as error:
        raise BadFeed(f"{url}: no JSON feed: {str(error)[:120]}") from error
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise BadFeed(f"{url}: JSON without a list of items")
    for item in items[:MAX_ENTRIES]:
        if isinstance(item, dict):
            dated = _short(item.get("date_published") or item.get("date_modified"))
            link = item.get("url") or item.get("id")
            yield Entry(link if isinstance(link, str) else "", _short(item.get("title")), dated, instant(dated))


def instant(text: str | None) -> datetime | None:
    """The aware instant of a date in ISO 8601; None for a day that never was, a time without zone is UTC's.

    >>> instant("2026-11-23T09:00:00+09:00"), instant("0000-00-00"), instant("November 2026")
    (datetime.datetime(2026, 11, 23, 0, 0, tzinfo=datetime.timezone.utc), None, None)
    """
    try:
        found = datetime.fromisoformat((text or "").strip())
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _distinct(entries: Any, children: Any, base: str) -> Feed:
    """Addresses made absolute, those that are none left out, each once."""
    bad = 0
    kept: list[dict[str, Entry]] = [{}, {}]
    for place, some in enumerate((entries, children)):
        for entry in some:
            address = "".join(entry.url.split())
            try:
                whole = urljoin(base, address) if address and len(address) <= MAX_URL else ""
            except ValueError:
                whole = ""
            if not whole or not is_http(whole):
                bad += 1
                continue
            kept[place].setdefault(whole, Entry(whole, entry.title, entry.dated, entry.at))
    notes = (f"{bad} entries without an http(s) address",) if bad else ()
    return Feed(tuple(kept[0].values()), tuple(kept[1].values()), notes)


def _text(element: Any) -> str | None:
    return element.text.strip()[: MAX_URL * 2] if element.text else None


def _short(value: Any) -> str | None:
    return " ".join(value.split())[:MAX_TEXT] if isinstance(value, str) else None
