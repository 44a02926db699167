"""What the example paper has printed: its categories, and its articles as they stand in articles/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

PAPER = "온새미식품신문"
ARTICLES = Path(__file__).parent / "articles"

Skin = Literal["modern", "classic", "table"]
Copy = Literal["mobile", "print", "audio"]
BlockType = Literal["p", "h", "li", "quote"]
_MARKS: Mapping[str, BlockType] = {"## ": "h", "- ": "li", "> ": "quote"}
_COPIES: tuple[Copy, ...] = ("mobile", "print", "audio")


@dataclass(frozen=True, slots=True)
class Category:
    """A part of the paper. `slug` names its file of articles, `code` stands in its addresses."""

    slug: str
    code: str
    name: str
    skin: Skin = "modern"
    charset: str = "utf-8"
    rows: int = 5


CATEGORIES: Mapping[str, Category] = {
    category.slug: category
    for category in (
        Category("policy", "11", "정책"),
        Category("industry", "12", "산업", "classic"),
        Category("market", "13", "유통", "classic"),
        Category("tech", "14", "기술"),
        Category("local", "15", "지역", "table", "euc-kr", 4),
        Category("interview", "16", "인터뷰", "classic", rows=4),
        Category("people", "17", "피플", "modern", rows=4),
        Category("culture", "18", "컬처"),
        Category("english", "en", "English", rows=10),
    )
}


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a body: a paragraph, subheading, list item or quotation."""

    type: BlockType
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one edition. `published` and `modified` are Korean local time, or a day alone.

    `since` is the edition in which it first appears; `unlisted` articles stand in no list, sitemap or feed. `related`
    names other articles, `elsewhere` holds further related links (title, path): old, broken and withdrawn addresses.
    """

    key: str
    category: Category
    title: str
    authors: tuple[str, ...]
    published: date
    parts: tuple[Part, ...]
    kicker: str | None = None
    subtitle: str | None = None
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    caption: str | None = None
    related: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    since: int = 1
    unlisted: bool = False

    @property
    def number(self) -> int:
        """The running number by which the article's peculiarities (copy, coding, metadata) are dealt out."""
        return int(self.key.rpartition("-")[2])

    @property
    def lang(self) -> str:
        return "en" if self.category.slug == "english" else "ko"

    @property
    def copy(self) -> Copy:
        """How the second copy of the body stands on the page."""
        return _COPIES[self.number % 3]

    @property
    def has_open_graph(self) -> bool:
        return self.category.skin != "table" and self.number % 4 != 3

    @property
    def has_json_ld(self) -> bool:
        return self.category.skin == "modern" and self.number % 2 == 0

    @property
    def path(self) -> str:
        """The address that the article's canonical link gives."""
        if self.lang == "en":
            return f"/en/{self.published.year}/{self.key}.html"
        return f"/news/view.html?cat={self.category.code}&no={self.key}"

    @property
    def summary(self) -> str:
        """The first sentences, as list pages show them."""
        text = next(part.text for part in self.parts if part.type == "p")
        return text if len(text) <= 90 else text[:88].rstrip() + "…"


def articles(edition: int) -> tuple[Article, ...]:
    """All articles of an edition that stand in lists, newest first."""
    listed = (article for article in _printed(edition) if not article.unlisted)
    return tuple(sorted(listed, key=lambda article: (article.published.isoformat(), article.key), reverse=True))


def find(key: str, edition: int) -> Article | None:
    """The article of that key as the edition has it, listed or not."""
    return _by_key(edition).get(key)


def every(edition: int) -> tuple[Article, ...]:
    """All articles of an edition, those in no list too."""
    return _printed(edition)


def parse_body(text: str) -> tuple[Part, ...]:
    """The blocks of a body written with a blank line between them.

    >>> parse_body("## A\\n\\n- b\\n- c\\n\\nd")[1]
    Part(type='li', text='b')
    """
    parts = []
    for chunk in text.strip().split("\n\n"):
        lines = chunk.split("\n")
        mark = next((mark for mark in _MARKS if chunk.startswith(mark)), None)
        if mark is None:
            parts.append(Part("p", " ".join(lines)))
        else:
            parts.extend(Part(_MARKS[mark], line.removeprefix(mark)) for line in lines)
    return tuple(parts)


@cache
def _by_key(edition: int) -> Mapping[str, Article]:
    return {article.key: article for article in _printed(edition)}


@cache
def _printed(edition: int) -> tuple[Article, ...]:
    shown = []
    for article, revisions in _written():
        if article.since > edition:
            continue
        for since, changes in revisions:
            if since <= edition:
                article = replace(article, **changes)
        shown.append(article)
    return tuple(shown)


@cache
def _written() -> tuple[tuple[Article, tuple[tuple[int, dict[str, Any]], ...]], ...]:
    written: list[tuple[Article, tuple[tuple[int, dict[str, Any]], ...]]] = []
    for category in CATEGORIES.values():
        path = ARTICLES / f"{category.slug}.toml"
        if path.exists():
            rows = tomllib.loads(path.read_text(encoding="utf-8"))["article"]
            written.extend((_article(category, row), _revisions(row)) for row in rows)
    return tuple(written)


def _article(category: Category, row: Mapping[str, Any]) -> Article:
    return Article(category=category, **_fields(row))


def _revisions(row: Mapping[str, Any]) -> tuple[tuple[int, dict[str, Any]], ...]:
    return tuple(
        (change["since"], _fields({k: v for k, v in change.items() if k != "since"}))
        for change in row.get("revised", ())
    )


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: _frozen(value) for name, value in row.items() if name != "revised"}
    if "body" in fields:
        fields["parts"] = parse_body(fields.pop("body"))
    return fields


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
