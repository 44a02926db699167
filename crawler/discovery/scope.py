"""Scope: which URLs belong to a crawl, and which of them are articles, list pages or nothing to fetch."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from archive import times
from archive.urls import is_http, same_page, url_key
from crawler.discovery import rules
from crawler.discovery.traps import trap_of
from crawler.errors import BadUrl
from crawler.sites.model import Site, UrlRule

UrlKind = Literal["article", "list", "page"]

# Files that are no pages, by the end of the path: not fetched as pages, whatever links to them.
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|js|mjs|json|xml|rss|atom|txt|woff2?|ttf|eot|otf|mp[34]|m4[av]|"
    r"avi|mov|wmv|flv|webm|ogg|wav|zip|gz|tgz|rar|7z|exe|msi|dmg|apk|pdf|hwpx?|docx?|xlsx?|pptx?|epub|csv|ics)$",
    re.IGNORECASE,
)
_TWIN = re.compile(r"^(?:www\d*|m|mobile)\.(?=[^.]+\.[^.])")
_LOOPBACK = re.compile(r"localhost(?=[:/]|$)|127\.|\[::1\]")
# A name of a local network, which only a whole URL can mean.
_ONE_LABEL = re.compile(r"[\w-]{1,63}")


@dataclass(slots=True)
class Scope:
    """What a crawl may fetch: a definition's hosts and rules, or the hosts of bare URLs with their www and m twins.

    `hosts` as in `Site.hosts`. `roots` are the url keys of seeds and sidebar pages, which are in scope by themselves.
    `traps` are the reasons for which addresses were taken for rows without end, each with the first such address.
    """

    site: Site | None
    hosts: tuple[str, ...]
    roots: frozenset[str] = field(default_factory=frozenset)
    traps: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_site(cls, site: Site) -> Scope:
        """The scope of a definition."""
        return cls(site, site.hosts, frozenset(url_key(url) for url in (*site.seeds, *site.sidebar)))

    @classmethod
    def of_urls(cls, urls: Iterable[str]) -> Scope:
        """The scope of bare URLs: their hosts."""
        scope = cls(None, (), frozenset(url_key(url) for url in urls))
        for url in urls:
            scope.admit(url)
        return scope

    def admit(self, url: str) -> None:
        """Take a URL's host into the scope, as when a seed redirects to another."""
        host = host_of(url)
        if host and not self.has_host(host):
            self.hosts = (*self.hosts, host)

    def has_host(self, host: str) -> bool:
        """Whether a host is one of the crawl's; without a definition www and m make no difference."""
        for known in self.hosts:
            if known.startswith("."):
                if host == known[1:] or host.endswith(known):
                    return True
            elif host == known or (self.site is None and _TWIN.sub("", host) == _TWIN.sub("", known)):
                return True
        return False

    def has(self, url: str) -> bool:
        """Whether a link's target may be fetched as a page of this crawl."""
        if len(url) > rules.MAX_URL or not is_http(url) or not self.has_host(host_of(url)):
            return False
        if url_key(url) in self.roots:
            return True
        if _NO_PAGE.search(urlsplit(url).path) or self._is_trap(url):
            return False
        if self.site is None:
            return True
        if _any(self.site.deny, url):
            return False
        return not self.site.allow or _any((*self.site.allow, *self.site.articles, *self.site.lists), url)

    def _is_trap(self, url: str) -> bool:
        reason = trap_of(url, times.now().year)
        if reason is not None:
            self.traps.setdefault(reason, url)
        return reason is not None

    def kind(self, url: str) -> UrlKind:
        """What the definition says a URL is: an article, a list page, or some page."""
        if self.site is not None:
            if _any(self.site.articles, url):
                return "article"
            if _any(self.site.lists, url):
                return "list"
        return "page"


def seed(text: str) -> str:
    """A URL that a person typed, as it will be fetched; https (on loopback http) without a scheme. Raises BadUrl."""
    url = text.strip()
    named = "://" in url
    if not named and not re.match(r"(?i)(?:javascript|data|mailto|file|about|ftp|tel):", url):
        url = f"{'http' if _LOOPBACK.match(url) else 'https'}://{url}"
    if not is_http(url) or not (_plausible(host_of(url)) or (named and _ONE_LABEL.fullmatch(host_of(url)))):
        raise BadUrl(f"{text!r} is no http or https URL; write one like https://www.example.org/")
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise BadUrl(f"{text!r} has no port from 0 to 65535 behind its host") from None
    if len(url) > rules.MAX_URL:
        raise BadUrl(f"{text[:60]!r}...: a URL of more than {rules.MAX_URL} characters")
    return same_page(url)


def article_key(site: Site | None, url: str) -> str | None:
    """What names the article at a URL by the site's rules; None when they do not take it for an article.

    >>> article_key(Site("x", ("http://e.org/",), articles=(UrlRule("/news/{key}"),)), "http://e.org/news/17?utm_id=4")
    '17'
    """
    for rule in site.articles if site is not None else ():
        key = rules.match(rule, url)
        if key:
            return key
    return None


def page_key(url: str) -> str:
    """A key for a page that no rule names: its url key without tracking parameters and without www, m or mobile."""
    key = url_key(same_page(url))
    host, closing, rest = key.partition(")")
    return re.sub(r"^([^,]+,[^,]+(?:,[^,]+)*),(?:m|mobile)$", r"\1", host) + closing + rest


def host_of(url: str) -> str:
    """The host of a URL in lower case; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _any(some: Iterable[UrlRule], url: str) -> bool:
    return any(rules.matches(rule, url) for rule in some)


def _plausible(host: str) -> bool:
    """Whether a typed host can be one: an address, localhost, or a name with a dot."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".") or host == "localhost"
    return True
