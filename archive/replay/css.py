"""Addresses inside style sheets: every `url()` and `@import` led into the archive, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from archive.charset import decode

# What cannot be led into the archive: an address without content that no browser asks a server for.
NOWHERE = "data:,"

_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    | @import\s+(?P<import>"[^"\n]*"|'[^'\n]*')
    | url\(\s*(?P<url>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"'()]*)\s*\)
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'""",
    re.I | re.X | re.S,
)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_CHARSET_RULE = re.compile(r"""\A@charset\s+["'][^"'\n]{0,40}["']\s*;""", re.I)


def rewrite_css(text: str, lead: Callable[[str], str | None]) -> str:
    """The style sheet with each address replaced by what `lead` makes of it (None: NOWHERE).

    Inline `data:` stays, as do fragments (`url(#filter)`). Addresses hidden behind escapes in the word `url` itself are
    left to the page's Content-Security-Policy, which refuses them.

    >>> rewrite_css("a{b:url( 'x.png' )} /* url(y) */", lambda href: "/web/" + href)
    'a{b:url("/web/x.png")} /* url(y) */'
    """

    def replace(found: re.Match[str]) -> str:
        if (word := found.group("import")) is not None:
            return f"@import {_quoted(word[1:-1], lead)}"
        if (word := found.group("url")) is not None:
            inner = word[1:-1] if word[:1] in ('"', "'") else word
            return f"url({_quoted(inner, lead)})"
        return found.group()

    return _TOKEN.sub(replace, text)


def rewrite_stylesheet(data: bytes, content_type: str | None, lead: Callable[[str], str | None]) -> bytes:
    """A style sheet's decoded payload, rewritten, in UTF-8 (say so in its Content-Type)."""
    text = decode(data, content_type).text
    return rewrite_css(_CHARSET_RULE.sub("", text), lead).encode("utf-8", "replace")


def _quoted(word: str, lead: Callable[[str], str | None]) -> str:
    href = _ESCAPE.sub(_unescape, word).strip()
    if not href or href.startswith("#") or href[:5].lower() == "data:":
        target: str | None = href
    else:
        target = lead(href)
    # `<` never: a style element ends at the first `</style`, whatever quotes it stands in.
    safe = (target or NOWHERE).translate({0x22: "%22", 0x5C: "%5C", 0x0A: "", 0x0D: "", 0x0C: "", 0x3C: "%3C"})
    return f'"{safe}"'


def _unescape(found: re.Match[str]) -> str:
    if found.group(1) is None:
        return found.group(2)
    code = int(found.group(1), 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"
