"""Items: a parsed page with its identities, which article it shows and which lists over time its blocks belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from archive.model import Items, ListIdentity, Page, Section
from archive.urls import site_name as site_name
from archive.urls import url_key
from crawler.discovery.scope import Scope, article_key, host_of, page_key
from crawler.sites.model import Site

_BRACKETED = re.compile(r"[(\[<【（][^)\]>】）]{0,24}\d[^)\]>】）]{0,24}[)\]>】）]")
_DAY = re.compile(
    r"\d{2,4}\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}\s?[.일]?|\d{1,2}\s?월\s?\d{1,2}\s?일|"
    r"(?<!\d)\d{1,2}[./]\d{1,2}(?!\w)"
)
_CLOCK = re.compile(
    r"(?:오전|오후|am|pm)?\s?\d{1,2}(?::\d{2}(?::\d{2})?|\s?시(?:\s?\d{1,2}\s?분)?)(?:\s?(?:am|pm))?", re.I
)
_AS_OF = re.compile(r"(?:기준|현재|as of|updated?|업데이트)(?=\W|$)", re.I)
_MORE = re.compile(r"(?:\W|^)(?:더\s?보기|전체\s?보기|more|see all)\s?[+>›»]?\s*$", re.I)
_COUNT = re.compile(r"(?<=\s)\d+\s?(?:건|개|items?)$", re.I)
_EDGES = " \t|·:-–—/+>›»,."

# Blocks whose links go with the page they stand on, on every page others.
_OF_THE_PAGE = re.compile(
    r"관련|연관|함께\s?(?:본|볼|읽)|이\s?기사|이전\s?기사|다음\s?기사|기자가?\s?(?:쓴|의)|기자의?\s?(?:다른|최신)|이\s?시각\s?추천|추천\s?기사|"
    r"related|read (?:next|more)|more (?:from|by|on|like)|you may|recommended|see also|also in|previous|next",
    re.I,
)
_PAGING = re.compile(r"(?:[?&](?:page|pg|p|pageno|page_no|pn|start|offset)=|/page/)(\d+)", re.I)


def identify(page: Page, site: Site | None, url: str) -> Items:
    """The page's items under the URL that was fetched (after redirects).

    An article's key comes from the definition's rules, on the fetched URL or on a canonical one in the crawl's scope;
    without a rule from the address itself when the parser takes the page for an article.
    """
    key, shown = _article(page, site, url)
    return Items(
        page=page,
        site=site.name if site is not None else site_name(url),
        article_key=key,
        article_url=shown if key is not None else None,
        lists=tuple(_distinct(_lists(page, url))),
    )


def heading_key(heading: str | None) -> str:
    """A block's heading without times, counts and "more", so that it stays the same from crawl to crawl.

    >>> heading_key("인기기사 (11.23 09:00 기준) | 더보기 +"), heading_key("많이 본 뉴스 2026-11-23")
    ('인기기사', '많이 본 뉴스')
    """
    full = " ".join(unicodedata.normalize("NFKC", (heading or "")[:300]).split())
    text = _MORE.sub("", full)
    for pattern in (_BRACKETED, _DAY, _CLOCK, _AS_OF, _COUNT):
        text = pattern.sub(" ", text)
    return " ".join(text.split()).strip(_EDGES) or full


def _article(page: Page, site: Site | None, url: str) -> tuple[str | None, str | None]:
    canonical = page.canonical_url if _trusted(page.canonical_url, site, url) else None
    if page.kind != "article" or page.body is None:
        return None, None
    if site is not None and site.articles:
        for candidate in (url, canonical):
            key = article_key(site, candidate) if candidate else None
            if key:
                return key, canonical or url
        return None, None
    shown = canonical or url
    return page_key(shown), shown


def _trusted(canonical: str | None, site: Site | None, url: str) -> bool:
    """Whether a canonical URL is in the site's scope and no home page (a common mistake of templates)."""
    if not canonical:
        return False
    scope = Scope.of_site(site) if site is not None else Scope.of_urls([url])
    if not scope.has_host(host_of(canonical)):
        return False
    home = url_key(canonical).partition(")")[2] in ("", "/")
    return not home or url_key(canonical) == url_key(url)


def _lists(page: Page, url: str) -> Iterator[ListIdentity]:
    here = page_key(url)
    # The second page of a list is not the list's first with other entries; the blocks beside it are the same.
    later_page = (found := _PAGING.search(url)) is not None and int(found[1][:9]) > 1
    candidates = [section for section in page.sections if later_page and _may_be_this_list(section, url)]
    turned = max(candidates, key=lambda section: (section.more_url is None, len(section.items)), default=None)
    for ranked in page.ranked_lists:
        later = later_page and bool(ranked.items) and min(item.rank for item in ranked.items) > 1
        yield ListIdentity("ranked", heading_key(ranked.heading), heading_key(ranked.tab), here if later else "")
    for section in page.sections:
        heading = heading_key(section.heading)
        own = not heading or _OF_THE_PAGE.search(heading) is not None or section is turned
        yield ListIdentity("section", heading, "", here if own else "")


def _may_be_this_list(section: Section, url: str) -> bool:
    """Whether a block on a later page of a list can be the list itself: no "more" link leads from it to another one."""
    return section.more_url is None or _unturned(section.more_url) == _unturned(url)


def _unturned(url: str) -> str:
    return _PAGING.sub("", url_key(url)).replace("?", "&")


def _distinct(lists: Iterator[ListIdentity]) -> Iterator[ListIdentity]:
    """Two lists of one page that their headings cannot tell apart are told apart by their order."""
    seen: dict[ListIdentity, int] = {}
    for one in lists:
        seen[one] = number = seen.get(one, 0) + 1
        yield one if number == 1 else ListIdentity(one.kind, one.heading, f"{one.tab}#{number}", one.page_scope)
