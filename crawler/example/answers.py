"""What a reader of the example site should find, from the same data that the pages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.example import content, pages
from crawler.example.content import CATEGORIES, Copy, Part
from crawler.example.pages import SIDE_ROWS, SIDE_SECTIONS, category_listing, zoned
from crawler.example.ranking import HEADING, PERIODS, SHORT, TABS, Period, ranking

Row = tuple[int, str, str]
"""Rank, whole title, absolute URL."""
Link = tuple[str, str]
"""Title, absolute URL."""


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """One article's answer. Dates are ISO 8601; `copy` says how the body's second copy stands on the page."""

    key: str
    url: str
    lang: str
    charset: str
    title: str
    kicker: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    published: str
    modified: str | None
    tags: tuple[str, ...]
    parts: tuple[Part, ...]
    copy: Copy
    unlisted: bool
    related: tuple[Link, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class ExpectedList:
    """A ranked list: ten rows in the sidebar, twenty (`full`) on the page behind its "more" link."""

    heading: str
    tab: str
    more_url: str
    items: tuple[Row, ...]
    full: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ExpectedSection:
    """A section of the sidebar, and all that its pages behind the "more" link hold."""

    heading: str
    more_url: str
    items: tuple[Link, ...]
    all: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """One edition's answers: articles by key, the ranked lists by tab, the sidebar's sections by heading."""

    articles: Mapping[str, ExpectedArticle]
    rankings: Mapping[str, ExpectedList]
    sections: Mapping[str, ExpectedSection]


def expected(edition: int = 1, origin: str = "http://127.0.0.1:8003") -> Expected:
    """The answers for an edition as a site at `origin` shows it."""
    return Expected(
        {article.key: _article(article, edition, origin) for article in content.every(edition)},
        {TABS[period]: _ranking(period, edition, origin) for period in PERIODS},
        {CATEGORIES[slug].name: _section(slug, edition, origin) for slug in SIDE_SECTIONS},
    )


def _article(article: content.Article, edition: int, origin: str) -> ExpectedArticle:
    return ExpectedArticle(
        key=article.key,
        url=origin + article.path,
        lang=article.lang,
        charset=article.category.charset,
        title=article.title,
        kicker=article.kicker,
        subtitle=article.subtitle,
        authors=article.authors,
        published=zoned(article.published),
        modified=zoned(article.modified) if article.modified else None,
        tags=article.tags,
        parts=article.parts,
        copy=article.copy,
        unlisted=article.unlisted,
        related=tuple((title, origin + path) for title, path in pages.related_links(article, edition)),
    )


def _ranking(period: Period, edition: int, origin: str) -> ExpectedList:
    full = tuple(
        (rank, article.title, origin + pages.ranked_path(article))
        for rank, article in enumerate(ranking(period, edition), 1)
    )
    return ExpectedList(HEADING, TABS[period], origin + pages.full_ranking_path(period), full[:SHORT], full)


def _section(slug: str, edition: int, origin: str) -> ExpectedSection:
    listing = category_listing(CATEGORIES[slug], edition)
    links = tuple((article.title, origin + article.path) for article in listing.articles)
    return ExpectedSection(listing.heading, origin + listing.address, links[:SIDE_ROWS], links)
