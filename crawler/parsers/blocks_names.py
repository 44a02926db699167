"""What an element's class or id claims to be: a title, a heading. Names lie; who asks looks at more than these."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.parsers.text import holds, parts

TITLE_NAME = re.compile(
    r"(?:^|[\s_-])(?:title|titles|titre|titulo|título|titel|titlu|naslov|otsikko|nadpis|tytul|baslik|tit|ttl|headline|head-line|heading|subject|"
    r"sbj|news_?ttl|hed)(?=$|[\s_\d-])|(?:title|headline|ttl)(?:$|h\d)"
)

_TITLE_HINTS = parts(
    "tit", "tít", "ttl", "head", "subject", "sbj", "hed", "naslov", "otsik", "nadpis", "tytul", "baslik"
)


@lru_cache(maxsize=8192)
def names_title(name: str) -> bool:
    """Whether a class or id claims to be a title."""
    return holds(name, _TITLE_HINTS) and TITLE_NAME.search(name) is not None


HEADING_NAME = re.compile(
    r"(?:^|[\s_-])(?:title|titles|tit|titre|titulo|titel|tit|ttl|heading|headline|head|header|hd|hdr|"
    r"tit\w?|label|caption|subject|tit[0-9]|h[0-9]|mtitle|stitle|legend)(?=$|[\s_-])|(?:title|header|heading|"
    r"ttl)\d?(?=$|\s)"
)

_HEADING_HINTS = parts(
    "tit", "ttl", "head", "hd", "label", "caption", "subject", "legend", *(f"h{n}" for n in range(10))
)


@lru_cache(maxsize=8192)
def names_heading(name: str) -> bool:
    """Whether a class or id claims to be a heading."""
    return holds(name, _HEADING_HINTS) and HEADING_NAME.search(name) is not None
