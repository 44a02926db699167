"""Bytes to tree: the one door through which HTML becomes a DOM, for the parsers and for replay.

Bounded by construction: at most MAX_BYTES are parsed, libxml2 nests no deeper than 2,048 elements, nothing is fetched
and no entity is expanded from outside. What had to be cut is in `Document.notes`.

The tree is libxml2's. lexbor builds one in less than half the time (0.55 ms against 1.3 for a news page of 276 KB), but
each look at a node from Python costs as much as here or more, so that reading all of it takes the same 2 to 3 ms in
the end, and XPath, which places every block and lets replay find it again, would be lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml import etree

from archive.charset import decode
from archive.errors import DocumentError

__all__ = ["MAX_BYTES", "Document", "DocumentError", "parse_document"]

MAX_BYTES = 16 * 1024 * 1024
MAX_URL = 8192
MAX_PARTS = 100_000
"""Elements that `Document.parts` gives at most, of all kinds together."""

# Images, archives, fonts, PDF: what is served as HTML by mistake.
_MAGIC = (
    b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"PK\x03\x04", b"\x1f\x8b\x08", b"RIFF", b"OggS",
    b"wOFF", b"wOF2", b"\x00\x00\x01\x00",
)  # fmt: skip
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_URL_BREAKS = re.compile(r"[\t\r\n]")
_LOOKUP = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
_PLAIN_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?/[^\s\\<>\"#]*$")
_PLAIN_HOST = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?$")
_PLAIN_ROOTED = re.compile(r"/(?:[^/\s\\<>\"#][^\s\\<>\"#]*)?$")
_OTHER_SCHEMES = ("javascript:", "mailto:", "tel:")
_ODD = re.compile(r"""[\s\\<>"]""")


_HEAD = frozenset({"title", "meta", "link", "script", "style", "base", "noscript", "template", "object", "bgsound"})
_PARTS = ("a", "area", "base", "link", "meta", "script", "title")


@dataclass(frozen=True, slots=True)
class Document:
    """A page as a tree. `tree` is the `<html>` element; `charset` the encoding that was right, not the declared one.

    Notes: `charset-mismatch` (a declaration was wrong), `charset-damaged` (bytes that no encoding reads),
    `tree-truncated` (cut at MAX_BYTES or at libxml2's depth), `nul-bytes`.
    """

    tree: lxml.html.HtmlElement
    url: str
    base_url: str
    charset: str
    notes: tuple[str, ...] = ()
    _known: dict[str | None, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _parts: dict[str, list[etree._Element]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def parts(self, kind: str) -> list[etree._Element]:
        """The page's `base`, `link`, `meta`, `script`, `title`, or `a` with `area`, in document order: as they were
        when first asked for. All are found in one walk: each would cost as much by itself."""
        known = self._parts
        if not known:
            known.update(_parts(self.tree))
        return known[kind]

    def absolute(self, href: str | None) -> str | None:
        """The absolute http(s) address of a link, without userinfo and fragment; None for every other scheme.

        >>> page = parse_document(b"<p>x", "http://a.example/b/", None)
        >>> page.absolute(" ../c?d=1#e "), page.absolute("javascript:void(0)"), page.absolute("http://u:p@h.example/")
        ('http://a.example/c?d=1', None, 'http://h.example/')
        """
        known = self._known
        if href not in known:
            known[href] = _absolute(href, self.base_url)
        return known[href]

    def xpath_of(self, element: etree._Element) -> str:
        """Where an element stands, as an XPath from the root (`/html/body/div[2]`)."""
        return str(self.tree.getroottree().getpath(element))


def parse_document(data: bytes, url: str, content_type: str | None) -> Document:
    """Parse a page's decoded payload.

    `content_type` is the response's header, where it had one. Raises DocumentError for bytes that hold no text: empty,
    or an image, PDF, archive.
    """
    if not data[:1000].strip(b" \t\r\n\0") and not data.strip(b" \t\r\n\0"):
        raise DocumentError(f"{url}: the page is empty, there is nothing to parse")
    if data.startswith(_MAGIC):
        raise DocumentError(f"{url}: this is no HTML page but a binary file; it is archived, not parsed")
    notes: list[str] = []
    if len(data) > MAX_BYTES:
        data = data[:MAX_BYTES]
        notes.append("tree-truncated")
    decoded = decode(data, content_type)
    if decoded.mismatch:
        notes.append("charset-mismatch")
    if decoded.damaged:
        notes.append("charset-damaged")
    text = decoded.text
    if (b"\0" in data) if decoded.clean else ("\0" in text):
        notes.append("nul-bytes")
    if not text or text.isspace():
        raise DocumentError(f"{url}: the page has no text, there is nothing to parse")
    # huge_tree lifts libxml2's depth limit from 256 to 2,048 and that of text nodes to our MAX_BYTES.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False
    )
    # lxml.html's own lookup calls Python for every element touched; this one is C and as good for reading.
    parser.set_element_class_lookup(_LOOKUP)
    # Clean UTF-8 goes in as it came.
    source = data if decoded.clean else text.encode("utf-8", "replace")
    try:
        root = etree.fromstring(source.translate(None, _CONTROLS), parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentError(f"{url}: no HTML could be read from the page ({error})") from error
    if root is None:
        raise DocumentError(f"{url}: no HTML could be read from the page")
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        notes.append("tree-truncated")
    _end_head(root)
    parts = _parts(root)
    document = Document(root, url, _base(parts["base"], url), decoded.charset, tuple(dict.fromkeys(notes)))
    document._parts.update(parts)
    return document


def _parts(root: etree._Element) -> dict[str, list[etree._Element]]:
    parts: dict[str, list[etree._Element]] = {tag: [] for tag in _PARTS}
    parts["area"] = parts["a"]
    for element in islice(root.iter(*_PARTS), MAX_PARTS):
        parts[element.tag].append(element)
    return parts


def _end_head(root: etree._Element) -> None:
    """Begin the body at the first element that belongs there, where a page leaves `<body>` out (HTML Living Standard,
    13.2.6.4.4). libxml2 knows no HTML5 element and leaves `<article>` or `<main>` in the head.
    """
    head = root.find("head")
    if head is None:
        return
    stray = next((at for at, child in enumerate(head) if child.tag not in _HEAD), None)
    if stray is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    moved = list(head)[stray:]
    moved[-1].tail = (moved[-1].tail or "") + (body.text or "")
    body.text = None
    for place, child in enumerate(moved):
        body.insert(place, child)


def _base(elements: list[etree._Element], url: str) -> str:
    for element in elements:
        href = element.get("href")
        if href:
            return _absolute(href, url) or url
    return url


@lru_cache(maxsize=256)
def _origin(base: str) -> str | None:
    rooted = _resolve("/", base)
    return rooted[:-1] if rooted else None


def _absolute(href: str | None, base: str) -> str | None:
    if not href or len(href) > MAX_URL:
        return None
    # Most links of a page need no resolving; the general way below costs ten times as much.
    if href[0] == "#" or href.startswith(_OTHER_SCHEMES):
        return None
    plain, mark, _ = href.partition("#")
    if "/." not in plain and not (mark and plain.endswith("?")):
        if plain[:2] == "//":
            plain = f"{base.partition(':')[0]}:{plain}"
        if plain[:1] == "/":
            if _PLAIN_ROOTED.match(plain) and (origin := _origin(base)):
                return origin + plain
        elif _PLAIN_ABSOLUTE.match(plain):
            return plain
        elif _PLAIN_HOST.match(plain):
            return plain + "/"
    return _resolve(href, base)


def _resolve(href: str, base: str) -> str | None:
    href = href.strip()
    if _ODD.search(href):
        # As browsers do (WHATWG URL): breaks and tabs vanish, a backslash in the path is a slash, the rest is escaped.
        href = _URL_BREAKS.sub("", href)
        path, mark, query = href.partition("?")
        href = path.replace("\\", "/") + mark + query
        href = href.replace(" ", "%20").replace('"', "%22").replace("<", "%3C").replace(">", "%3E")
    if href[:1] == "#":
        return None
    try:
        parts = urlsplit(urljoin(base, href))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        _ = parts.port
    except ValueError:
        return None
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, path=parts.path or "/", fragment="").geturl()
