"""A definition drafted from one page: what the generic parser found there, written down."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.document import parse_document
from archive.model import Page
from crawler.discovery.scope import host_of
from crawler.parsing import ParseTask, parse_here
from crawler.sites import freeze, shapes
from crawler.sites.model import Layout, Site

# Zones of languages where language and offset leave one that is meant; summer time is the zone's own affair.
_ZONES = {
    ("ko", 540): "Asia/Seoul", ("ja", 540): "Asia/Tokyo", ("vi", 420): "Asia/Ho_Chi_Minh", ("th", 420): "Asia/Bangkok",
    ("de", 60): "Europe/Berlin", ("de", 120): "Europe/Berlin", ("it", 60): "Europe/Rome", ("it", 120): "Europe/Rome",
    ("pl", 60): "Europe/Warsaw", ("pl", 120): "Europe/Warsaw", ("fi", 120): "Europe/Helsinki",
    ("fi", 180): "Europe/Helsinki", ("tr", 180): "Europe/Istanbul", ("sv", 60): "Europe/Stockholm",
    ("sv", 120): "Europe/Stockholm", ("da", 60): "Europe/Copenhagen", ("da", 120): "Europe/Copenhagen",
}  # fmt: skip
_GENERAL = frozenset("co com or org go gov ne net ac edu re pe".split())
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)$")
_FRONT_DOORS = ("www", "m", "mobile", "news")


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted site, and the page that it was drafted from, as the generic parser took it apart."""

    site: Site
    page: Page


def drafted(task: ParseTask) -> Draft:
    """A definition for the site of a page, without selectors: what a parsing process runs. Raises DocumentError."""
    page = parse_here(task)
    document = parse_document(task.html, task.url, task.content_type)
    title = next(
        (
            " ".join((meta.get("content") or "").split())[:100]
            for meta in document.tree.iter("meta")
            if meta.get("property") == "og:site_name"
        ),
        "",
    )
    return Draft(_site(page, "".join(one for one in title if one.isprintable())), page)


def frozen(task: ParseTask) -> Draft:
    """The same with selectors for the parts of the page, as far as they find there what the generic parser found."""
    draft = drafted(task)
    document = parse_document(task.html, task.url, task.content_type)

    def unchanged(layout: Layout) -> bool:
        site = replace(draft.site, layouts=(layout,))
        return same_parts(parse_here(replace(task, site=site)), draft.page)

    layout = freeze.layout_of(document, draft.page, unchanged)
    return replace(draft, site=replace(draft.site, layouts=(layout,)) if layout != Layout() else draft.site)


def same_parts(one: Page, other: Page) -> bool:
    """Whether two readings of a page have equal parts; notes, which tell how it was read, may differ."""
    return replace(one, notes=()) == replace(other, notes=())


def _site(page: Page, title: str) -> Site:
    host = host_of(page.url)
    hosts = tuple(dict.fromkeys([host, *_twins(page, host)]))
    front = f"{urlsplit(page.url).scheme}://{urlsplit(page.url).netloc.rpartition('@')[2]}/"
    seeds = [front]
    if page.kind in ("list", "front") and page.url not in seeds and len(page.url) < 500:
        seeds.append(page.url)
    more = [one.more_url for one in page.sections if one.more_url]
    sidebar = list(dict.fromkeys(one.more_url for one in page.ranked_lists if one.more_url))
    lists = list(shapes.same_site([*seeds, *more, *sidebar], hosts))
    own = [url for url in (page.url, page.canonical_url) if url] if page.kind == "article" else []
    listed = [item.url for one in page.ranked_lists for item in one.items if item.url]
    listed += [item.url for one in page.sections for item in one.items if item.url]
    articles = shapes.article_rules(
        list(shapes.same_site(own, hosts)),
        shapes.same_site(listed, hosts),
        list(shapes.same_site(page.links, hosts)),
        [url for url in lists if url not in own],
    )
    address = urlsplit(page.url).hostname or ""
    return Site(
        name=name_of(host),
        title=title,
        zone=_zone(page),
        hosts=hosts,
        seeds=tuple(seeds),
        sidebar=tuple(url for url in shapes.same_site(sidebar, hosts) if url not in seeds),
        articles=tuple(articles),
        lists=tuple(shapes.list_rules(lists, articles)),
        allow_private=_is_private(address),
    )


def name_of(host: str) -> str:
    """A site's name from its host.

    >>> name_of("www.paper.co.kr"), name_of("news.paper.example"), name_of("127.0.0.1")
    ('paper', 'paper', 'site-127-0-0-1')
    """
    if _is_address(host):
        return "site-" + re.sub(r"[^0-9a-f]+", "-", host).strip("-")
    labels = host.split(".")
    while len(labels) > 1 and labels[0] in _FRONT_DOORS:
        labels = labels[1:]
    if len(labels) > 1:
        labels = labels[:-1]
    if len(labels) > 1 and labels[-1] in _GENERAL:
        labels = labels[:-1]
    name = re.sub(r"[^a-z0-9-]+", "-", labels[-1].lower()).strip("-")
    return name[:60] or "site"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_private(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_private)


def _twins(page: Page, host: str) -> Iterator[str]:
    """The hosts among a page's links that differ from its own by www, m or mobile alone."""

    def bare(name: str) -> str:
        return re.sub(r"^(?:www|m|mobile)\.(?=[^.]+\.)", "", name)

    for url in (page.canonical_url or "", *page.links):
        other = host_of(url)
        if other and bare(other) == bare(host):
            yield other


def _zone(page: Page) -> str | None:
    offset = _OFFSET.search((page.body.published or "") if page.body else "")
    lang = (page.lang or "").partition("-")[0]
    if offset is None:
        return {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}.get(lang)
    minutes = (int(offset[2]) * 60 + int(offset[3])) * (-1 if offset[1] == "-" else 1)
    return _ZONES.get((lang, minutes))
