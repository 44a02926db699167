"""Addresses inside style sheets: every `url()` and `@import` led into the archive, or nowhere."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from archive.charset import decode, python_name

# What cannot be led into the archive: an address without content that no browser asks a server for.
NOWHERE = "data:,"


def _spelled(word: str) -> str:
    """A pattern for a CSS name in any spelling: `u\\72l` is `url` to a browser."""
    letters = []
    for letter in word:
        codes = "|".join(sorted({f"{ord(form):x}" for form in (letter.lower(), letter.upper())}))
        plain = re.escape(letter) if letter in "0123456789abcdef-" else rf"\\?{re.escape(letter)}"
        letters.append(rf"(?:{plain}|\\0{{0,4}}(?:{codes})\s?)")
    return "".join(letters)


_STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_TOKEN = re.compile(
    rf"""/\*.*?(?:\*/|\Z)
    | @{_spelled("import")}\s*(?P<import>{_STRING})
    | {_spelled("url")}\(\s*(?P<url>{_STRING}|(?:\\[0-9a-fA-F]{{1,6}}\s?|\\[^\n]|[^\s"'()\\])*)\s*\)
    | (?P<set>{_spelled("image-set")}\((?:[^()"']|{_STRING}|\([^()]*\))*\))
    | {_STRING}""",
    re.I | re.X | re.S,
)
_IN_SET = re.compile(
    rf"(?P<type>\b{_spelled('type')}\(\s*{_STRING}\s*\))|(?P<url>{_spelled('url')}\([^()]*\))|{_STRING}", re.I
)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.I)
_CHARSET_RULE = re.compile(rb"""\A@charset\s+["']([A-Za-z0-9_.:-]{1,40})["']\s*;""", re.I)


def rewrite_css(text: str, lead: Callable[[str], str | None]) -> str:
    """The style sheet with each address replaced by what `lead` makes of it (None: NOWHERE).

    Inline `data:` stays, as do fragments (`url(#filter)`).

    >>> rewrite_css("a{b:url( 'x.png' )} /* url(y) */", lambda href: "/web/" + href)
    'a{b:url("/web/x.png")} /* url(y) */'
    """

    def replace(found: re.Match[str]) -> str:
        if (word := found.group("import")) is not None:
            return f"@import {_quoted(word[1:-1], lead)}"
        if (word := found.group("url")) is not None:
            inner = word[1:-1] if word[:1] in ('"', "'") else word
            return f"url({_quoted(inner, lead)})"
        if (word := found.group("set")) is not None:
            return _IN_SET.sub(replace_in_set, word)
        return found.group()

    def replace_in_set(found: re.Match[str]) -> str:
        if found.group("type") is not None:
            return found.group()
        if found.group("url") is not None:
            return _TOKEN.sub(replace, found.group())
        return _quoted(found.group()[1:-1], lead)

    return _TOKEN.sub(replace, text)


def rewrite_stylesheet(data: bytes, content_type: str | None, lead: Callable[[str], str | None]) -> bytes:
    """A style sheet's decoded payload, rewritten, in UTF-8 (say so in its Content-Type)."""
    rule = _CHARSET_RULE.match(data)
    if rule:
        data = data[rule.end() :]
    declared = _CHARSET.search(content_type or "")
    label = declared.group(1) if declared else rule.group(1).decode("ascii") if rule else ""
    return rewrite_css(_text(data, label, content_type), lead).encode("utf-8", "replace")


def _text(data: bytes, label: str, content_type: str | None) -> str:
    """A style sheet has too few letters to guess by: what it declares is taken where it fits, then UTF-8."""
    for name in (python_name(label) if label else None, "utf-8"):
        if name and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
    return decode(data, content_type).text


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
