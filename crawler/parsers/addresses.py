"""What an address says by itself: whether it is one piece of content's, a list's, a service's, another site's."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.parsers.text import caseless

_DIGITS = re.compile(r"\d{4}")
_SLUG = caseless(
    r"[^/-]-[^/-]+-[^/-]+-|[0-9a-f]{8}|/(?:articles?|story|stories|posts?|artikel|art[ií]culo|articolo|artigo|articol|"
    r"artykul|artikkel|nachricht|noticia|notizia|clan[eo]k|cikk|statia|haber|berita|vijest|uutinen|article-view)/.+|/(?=[^/]*\d)[a-z0-9_]{10,}(?:/|$)|\.s?html?$|\.(?:php|aspx?|do|jsp|read)$",
)
_QUERY_ID = caseless(
    r"(?:^|&)(?:\w*_)?(?:news|article|art|n|a|o|s|doc|post|story|item|content)?_?(?:id|no|idx|idxno|key|seq|num|p)=\w*\d{2,}",
)
# A page that shows one piece, whatever folder it stands in: "/Users/News/NewsView.html?ID=20113".
_VIEW = caseless(r"(?:view|read|article|detail)\w*(?:\.\w{2,5})?$")
_INDEX = caseless(r"/(?:index|default|main)\.\w{2,5}$")
PIECE = re.compile(r"(?=[^/?]*(?:\d|-[^/?]*-))[^/?]+/?(?:\?|$)")
LISTING = caseless(
    r"/(?:tags?|topics?(?!s?/(?:detail|article|view|read)s?/)|categor(?:y|ies)|kategorie|authors?|autor(?:e|en|es)?|search|users?|login|account|"
    r"hashtag|keywords?|writers?|reporter)s?[/?]"
    r"|list(?:\.\w+)?/?$|[?&](?:sorder|sc_|cat|section|tag)[^&]*$",
)
# Behind a page's own address: its other pages.
PAGED = re.compile(
    r"(?:\?(?:[^&]*&)*?(?:page|p|pg|pn|paged|pageno|page_no)=\d{1,3}(?:&|$)|/?(?:page/)?\d{1,2}/?$)", re.IGNORECASE
)
# A list's own page: "/news/ranking.html".
RANKING = re.compile(
    r"/(?:[\w-]*ranking|most-?\w*|popular|access|best|trending)(?:\.\w{2,5}|/)?(?:\?|$)", re.IGNORECASE
)
SERVICE = caseless(
    r"[/=](?:log-?in|sign-?(?:in|up)|signup|register|registration|registr\w*|"
    r"subscri\w+|abo|account|password|profile|newsletters?|impressum|datenschutz|privacy\S*|terms\S*|legal|contact\S*|kontakt|sharer?)(?:[/?.&]|$)",
)
_AWAY = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|instagram|linkedin|pinterest|whatsapp|telegram|t|reddit|youtube|"
    r"tiktok|threads|line|kakao|band|vk|ok|tumblr|flipboard|bsky)"
    r"\.(?:com|me|net|us|app|ru|it)$|^(?:apps\.apple|play\.google|news\.google|policies\.google)\.com$"
)


@lru_cache(maxsize=4096)
def leads_away(host: str) -> bool:
    """Whether a host is a network's or a shop's, where a site's own articles are not."""
    return _AWAY.search(host) is not None


@lru_cache(maxsize=4096)
def article_like(url: str) -> bool:
    """Whether an address looks like that of one piece of content, not of a list of them."""
    url = url.lower()
    inner = url.rfind("http", 8)  # an address inside an address, as web archives write them
    address, _, query = (url[inner:] if inner > 0 else url).split("#", 1)[0].partition("?")
    _, double, rest = address.partition("//")
    path = "".join(rest.partition("/")[1:]) if double else address
    # Most have a number: looked for by itself it costs a tenth of the whole pattern.
    if (_DIGITS.search(path) or _SLUG.search(path)) and not _INDEX.search(path):
        if not LISTING.search(path + "/"):
            return True
        return query != "" and _VIEW.search(path) is not None and _QUERY_ID.search(query) is not None
    return query != "" and _QUERY_ID.search(query) is not None


def folder_of(url: str) -> str:
    """The address of the folder that a page stands in, where the page's own name is one of a piece of content; else
    empty. The root is no such folder."""
    path = url.split("?", 1)[0].rstrip("/")
    folder, _, name = path.rpartition("/")
    return (
        f"{folder}/" if folder.count("/") > 2 and PIECE.match(name) and not LISTING.search(folder.lower() + "/") else ""
    )


def shape_of(url: str) -> str:
    """What an address has in common with those of other pieces of its kind; empty where it names no piece.

    >>> shape_of("https://a.example/artykul/900/old-mill?x=1"), shape_of("https://a.example/sport/")
    ('a.example/artykul/0/-', '')
    """
    host, _, path = link_key(url.split("?", 1)[0]).partition("/")
    parts = ["0" if part.isdigit() else "-" if "-" in part else part for part in path.split("/")]
    return f"{host}/{'/'.join(parts)}" if len(parts) > 1 and parts[-1] in "0-" and parts[-1] else ""


def stem_of(url: str) -> str:
    """An address up to the first part of its path that has a number or a dash: what others of its shape begin with."""
    end = url.find("/", url.find("//") + 2) + 1
    for part in url[end:].split("/"):
        if part.isdigit() or "-" in part:
            break
        end += len(part) + 1
    return url[:end]


def site_of(url: str) -> str:
    """The last two labels of an address's host: enough to tell a site from its advertisers."""
    return ".".join(url.split("//", 1)[-1].partition("/")[0].split(":", 1)[0].rsplit(".", 2)[-2:])


def link_key(url: str) -> str:
    """One text for the addresses of one target: no scheme, `www.`, fragment and closing slash."""
    key = url.split("//", 1)[-1].split("#", 1)[0].rstrip("/")
    return key[4:] if key.startswith("www.") else key
