"""The paper's pages as HTML text, made from the content by templates/*.html."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from crawler.example.content import CATEGORIES, PAPER, Article, Category, articles, find
from crawler.example.ranking import FULL, HEADING, PERIODS, SHORT, TABS, Period, ranking, reads

SIDE_SECTIONS = ("interview", "people", "culture")
SIDE_ROWS = 4
FRONT_SECTIONS = ("policy", "industry", "market", "tech", "local")
FRONT_ROWS = 4
# Not the locale's names, which would make pages differ from machine to machine.
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class View:
    """What every page depends on: the edition, and the origin that canonical links name."""

    edition: int
    origin: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of articles over pages: its heading, its address without `page`, how many rows a page has."""

    heading: str
    address: str
    articles: tuple[Article, ...]
    rows: int
    own_section: str | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.articles) // self.rows))

    def page(self, number: int) -> tuple[Article, ...]:
        return self.articles[(number - 1) * self.rows : number * self.rows]

    def link(self, number: int) -> str:
        if number == 1:
            return self.address
        return f"{self.address}{'&' if '?' in self.address else '?'}page={number}"


def category_listing(category: Category, edition: int) -> Listing:
    own = tuple(article for article in articles(edition) if article.category is category)
    return Listing(category.name, category_path(category), own, category.rows, category.slug)


def reporter_listing(reporter: str, edition: int) -> Listing:
    own = tuple(article for article in articles(edition) if reporter in article.authors)
    return Listing(f"{reporter} 기자", reporter_path(reporter), own, 10)


def whole_listing(edition: int) -> Listing:
    return Listing("전체기사", "/news/list.html", articles(edition), 15)


def category_path(category: Category) -> str:
    return "/en/" if category.code == "en" else f"/news/list.html?cat={category.code}"


def reporter_path(reporter: str) -> str:
    return f"/news/list.html?reporter={quote(reporter)}"


def ranked_path(article: Article) -> str:
    """The address that ranked lists give: the canonical one with its parameters the other way round."""
    if article.lang == "en":
        return article.path
    return f"/news/view.html?no={article.key}&cat={article.category.code}"


def tracked_path(article: Article) -> str:
    """The address that the front page's lead gives: with tracking parameters."""
    return article.path + ("&" if "?" in article.path else "?") + "utm_source=front&utm_medium=lead"


def full_ranking_path(period: Period) -> str:
    return f"/news/ranking.html?period={period}"


def photo_path(article: Article) -> str:
    return f"/img/photo/{article.key}.png"


def article_page(article: Article, view: View, *, mobile: bool = False) -> str:
    """One article; `mobile` is the page under `/m/`, of another shape and with the same canonical link."""
    skin = "modern" if mobile else article.category.skin
    return _render(
        f"article_{skin}.html",
        view,
        title=f"{article.title} - {PAPER}",
        article=article,
        lang=article.lang,
        canonical=view.origin + article.path,
        stamps=stamps(article, skin),
        json_ld=_json_ld(article, view) if article.has_json_ld and not mobile else None,
        open_graph=article.has_open_graph and not mobile,
        related=related_links(article, view.edition),
        mobile=mobile,
        charset=article.category.charset,
    )


def related_links(article: Article, edition: int) -> list[tuple[str, str]]:
    """Title and path of each related link of an article."""
    related = (find(key, edition) for key in article.related)
    return [(other.title, other.path) for other in related if other is not None] + list(article.elsewhere)


def front_page(view: View) -> str:
    printed = articles(view.edition)
    lead = next(article for article in printed if article.caption)
    blocks = [category_listing(CATEGORIES[slug], view.edition) for slug in FRONT_SECTIONS]
    english = category_listing(CATEGORIES["english"], view.edition)
    return _render(
        "front.html",
        view,
        title=f"{PAPER} - 먹거리를 만드는 사람들의 신문",
        canonical=f"{view.origin}/",
        lead=lead,
        heads=[article for article in printed if article is not lead][:6],
        blocks=[*blocks, english],
    )


def list_page(listing: Listing, number: int, view: View, *, charset: str = "utf-8", lang: str = "ko") -> str:
    return _render(
        "list.html",
        view,
        title=f"{listing.heading} - {PAPER}" + (f" ({number}쪽)" if number > 1 else ""),
        canonical=view.origin + listing.link(number),
        listing=listing,
        number=number,
        charset=charset,
        lang=lang,
        own=listing.own_section,
    )


def ranking_page(period: Period, view: View) -> str:
    rows = [
        (rank, article, reads(article, period, view.edition))
        for rank, article in enumerate(ranking(period, view.edition), 1)
    ]
    return _render(
        "ranking.html",
        view,
        title=f"{HEADING} - {PAPER}",
        canonical=view.origin + full_ranking_path(period),
        period=period,
        columns=[(1, rows[: FULL // 2]), (FULL // 2 + 1, rows[FULL // 2 :])],
        own="ranking",
    )


def message_page(heading: str, text: str, view: View) -> str:
    """A page that says one thing: not found, withdrawn, for members."""
    return _render("message.html", view, title=f"{heading} - {PAPER}", canonical=None, heading=heading, text=text)


def stamps(article: Article, skin: str) -> list[str]:
    """The lines that say when an article was entered and changed, in the form of its part of the paper."""
    published, modified = article.published, article.modified
    if article.lang == "en":
        lines = [f"Published {_english(published)}"]
        return lines + ([f"Updated {_english(modified)}"] if modified else [])
    if skin == "modern":
        lines = [f"입력 {_dotted(published)}"]
        return lines + ([f"수정 {_dotted(modified)}"] if modified else [])
    if skin == "table":
        lines = [f"승인 {_dotted(published)}"]
        return lines + ([f"최종수정 {_dotted(modified)}"] if modified else [])
    if article.number % 2 and not modified:
        return [f"기사입력 {_spoken(published)}"]
    lines = [f"입력 : {published.isoformat().replace('T', ' ')}"]
    return lines + ([f"수정 : {modified.isoformat(' ')}"] if modified else [])


def _dotted(when: date) -> str:
    return f"{when:%Y.%m.%d %H:%M}" if isinstance(when, datetime) else f"{when:%Y.%m.%d}"


def _spoken(when: date) -> str:
    day = f"{when.year}년 {when.month}월 {when.day}일"
    return f"{day} {when.hour:02d}시 {when.minute:02d}분" if isinstance(when, datetime) else day


def _english(when: date) -> str:
    day = f"{_ENGLISH_MONTHS[when.month - 1]} {when.day}, {when.year}"
    return f"{day} {when:%H:%M} KST" if isinstance(when, datetime) else day


def _json_ld(article: Article, view: View) -> str:
    """schema.org's NewsArticle as JSON that may stand inside <script>."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "inLanguage": article.lang,
        "datePublished": zoned(article.published),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "keywords": list(article.tags),
        "publisher": {"@type": "Organization", "name": PAPER},
        "mainEntityOfPage": view.origin + article.path,
    }
    if article.modified:
        said["dateModified"] = zoned(article.modified)
    if article.caption:
        said["image"] = [view.origin + photo_path(article)]
    return json.dumps(said, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def zoned(when: date) -> str:
    """A Korean local time as ISO 8601 with its offset; a day stays a day.

    >>> zoned(date(2026, 11, 5))
    '2026-11-05'
    """
    return f"{when.isoformat()}+09:00" if isinstance(when, datetime) else when.isoformat()


def _render(template: str, view: View, **context: Any) -> str:
    own = context.setdefault("own", None)
    defaults: dict[str, Any] = {"charset": "utf-8", "lang": "ko", "article": None, "open_graph": False, "json_ld": None}
    sections = [category_listing(CATEGORIES[slug], view.edition) for slug in SIDE_SECTIONS if slug != own]
    return _templates.get_template(template).render(
        defaults
        | {
            "paper": PAPER,
            "view": view,
            "categories": list(CATEGORIES.values()),
            "ranked_heading": HEADING,
            "rankings": [] if own == "ranking" else _side_rankings(view.edition),
            "side_sections": sections,
            "side_rows": SIDE_ROWS,
            "front_rows": FRONT_ROWS,
            "tabs": TABS,
            "category_path": category_path,
            "reporter_path": reporter_path,
            "ranked_path": ranked_path,
            "tracked_path": tracked_path,
            "photo_path": photo_path,
            "full_ranking_path": full_ranking_path,
        }
        | context
    )


def _side_rankings(edition: int) -> Sequence[tuple[Period, tuple[Article, ...]]]:
    return [(period, ranking(period, edition)[:SHORT]) for period in PERIODS]
