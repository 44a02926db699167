"""What a payload is, whatever its Content-Type says."""

from __future__ import annotations

import re

# First bytes of what is served as text/html and is none (WHATWG MIME Sniffing, 6.1 to 6.4, and containers of our own).
_BINARY = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"RIFF",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"Rar!",
    b"OggS",
    b"ID3",
    b"\x1aE\xdf\xa3",
    b"wOFF",
    b"wOF2",
    b"\x7fELF",
    b"MZ\x90",
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# Types that say nothing: what servers send when they do not know.
_VAGUE_TYPES = frozenset(
    {"", "text/plain", "application/octet-stream", "application/unknown", "unknown/unknown", "*/*"}
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|script|h1|div|table)[\s>/]", re.IGNORECASE)
_OTHER_XML = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg)[\s>]", re.I | re.S
)
_JSON = (b'{"', b"[{", b'["', b"{}", b"[]")
_SNIFFED = 1024


def is_html(media_type: str | None, payload: bytes) -> bool:
    """Whether a decoded payload is a page to parse: its first kilobyte decides, the declared type where that is vague.

    >>> is_html("text/html", b"<p>Hello")
    True
    >>> is_html("text/html", b"%PDF-1.7 ...")
    False
    >>> is_html("application/octet-stream", b"<!DOCTYPE html><title>Hello")
    True
    """
    start = payload[:_SNIFFED]
    if start.startswith(_UTF16):
        # UTF-16 of markup is ASCII with NUL bytes between.
        start = start[2:].replace(b"\0", b"")
    elif start.startswith(_BINARY) or start[4:8] == b"ftyp":
        return False
    elif b"\0" in start[:256]:
        # UTF-16 without a mark, or a page with stray NUL bytes, which browsers pass over; anything else is binary.
        start = start.replace(b"\0", b"")
        if not _MARKUP.search(start):
            return False
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return False
    declared = (media_type or "").strip().lower()
    if declared in _HTML_TYPES:
        return not _OTHER_XML.match(start) and not start.startswith(_JSON)
    if declared in _VAGUE_TYPES:
        return _MARKUP.search(start) is not None
    return False
