"""A site definition: what a person knows of a site that its pages do not say.

Everything is optional but name and seeds; what a definition leaves out, the generic parser and crawler find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.handed import Handed


@dataclass(frozen=True, slots=True)
class UrlRule:
    """Recognises URLs by path and query, without regular expressions.

    `path` is a template: `*` stands for any run of characters but `/`, `**` for any run, `{key}` for the part that
    names the article. `query` holds parameters that must be there (`"*"`: with any value). `key` names the query
    parameter that names the article, where the path does not.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors for parts of a page; None leaves the part to the generic parser. `ignore` is cut out first."""

    body: str | None = None
    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    authors: str | None = None
    published: str | None = None
    modified: str | None = None
    tags: str | None = None
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSelectors:
    """Where a ranked list or section stands: its container, and inside it heading, rows and "more" link."""

    container: str
    item: str | None = None
    heading: str | None = None
    tab: str | None = None
    more: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A dated shape of a site's pages, chosen by capture time: from `valid_from`, before `valid_until`."""

    valid_from: date | None = None
    valid_until: date | None = None
    selectors: Selectors = field(default_factory=Selectors)
    ranked: tuple[ListSelectors, ...] = ()
    sections: tuple[ListSelectors, ...] = ()


GENERIC_LAYOUT = Layout()


@dataclass(frozen=True, slots=True)
class Requisites:
    """How much of what pages need to look right is fetched: at most so many addresses `page` by page and `stylesheet`
    by style sheet, `levels` deep from the page's own style sheets, and so many `frames` of the site itself on a page.
    """

    page: int = 120
    stylesheet: int = 60
    levels: int = 3
    frames: int = 4


GENERAL_REQUISITES = Requisites()


@dataclass(frozen=True, slots=True)
class LoadRule:
    """What list pages with such a `path` and `query`, as in a UrlRule, load when somebody wants more of them.

    `url` is its address: `{page}` stands for 2, 3 and so on, another name for the list page's parameter of that name.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Backfill:
    """How the addresses of a site's past are made: of an article from its number, `{id}` in `article`; of the pages
    that list a day's articles from `{year}`, `{month}` and `{day}` in `day`, each written with all its digits.
    """

    article: str | None = None
    day: str | None = None


NO_BACKFILL = Backfill()


@dataclass(frozen=True, slots=True)
class Site(Handed):
    """One site's definition. `hosts` are exact names, or `.example.org` for a domain with all below it.

    `feeds` are URLs of RSS, Atom or JSON feeds and of sitemaps, in which jobs look for new articles. `tls` is
    `verified`, or `unverified`: the site's hosts are taken whatever their certificate, from TLS 1.0 on.
    """

    name: str
    seeds: tuple[str, ...]
    title: str = ""
    zone: str | None = None
    hosts: tuple[str, ...] = ()
    allow: tuple[UrlRule, ...] = ()
    deny: tuple[UrlRule, ...] = ()
    articles: tuple[UrlRule, ...] = ()
    lists: tuple[UrlRule, ...] = ()
    load: tuple[LoadRule, ...] = ()
    sidebar: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    allow_private: bool = False
    tls: str = "verified"
    delay: float | None = None
    max_pages: int | None = None
    requisites: Requisites = GENERAL_REQUISITES
    backfill: Backfill = NO_BACKFILL
    digest: str = ""

    def layout(self, captured_at: datetime | None) -> Layout:
        """The layout in force at an instant; the last one where the time is unknown, else the generic one.

        The dates of a layout are days of the site's zone.
        """
        if captured_at is None:
            return self.layouts[-1] if self.layouts else GENERIC_LAYOUT
        aware = captured_at.tzinfo is not None and self.zone is not None
        day = (captured_at.astimezone(ZoneInfo(self.zone)) if aware and self.zone else captured_at).date()
        for layout in self.layouts:
            starts = layout.valid_from is None or layout.valid_from <= day
            ends = layout.valid_until is not None and layout.valid_until <= day
            if starts and not ends:
                return layout
        return GENERIC_LAYOUT
