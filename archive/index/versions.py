"""Articles and their versions, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.errors import NotFound
from archive.index.names import spelling
from archive.index.values import storable


@dataclass(frozen=True, slots=True)
class Article:
    """A row of `articles`."""

    id: str
    site: str
    key: str
    url: str
    title: str | None
    published: str | None
    first_captured_at: str
    last_captured_at: str


@dataclass(frozen=True, slots=True)
class Version:
    """A row of `article_versions`, its authors as a tuple."""

    id: str
    article_id: str
    capture_id: str
    captured_at: str
    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    published: str | None
    modified: str | None
    lang: str | None
    text: str
    text_digest: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A capture of one of an article's addresses: whether it shows the article, and whether as a new version."""

    capture_id: str
    captured_at: str
    url: str
    status: int | None
    page_kind: str | None
    shows: bool
    version: bool


_ARTICLE = "SELECT " + ", ".join(field.name for field in fields(Article)) + " FROM articles"
_VERSION = "SELECT " + ", ".join(field.name for field in fields(Version)) + " FROM article_versions"


def recent(db: Database, *, site: str | None = None, limit: int = 20, offset: int = 0) -> list[Article]:
    """The articles last captured, newest first."""
    where, parameters = ("WHERE site = ?", [site]) if site is not None else ("", [])
    rows = db.conn.execute(
        f"{_ARTICLE} {where} ORDER BY last_captured_at DESC, id LIMIT ? OFFSET ?", (*parameters, limit, offset)
    )
    return [Article(*row) for row in rows]


def article(db: Database, article_id: str) -> Article:
    """The article of that id. Raises NotFound."""
    row = db.conn.execute(f"{_ARTICLE} WHERE id = ?", (storable(article_id),)).fetchone()
    if row is None:
        raise NotFound(f"no article {article_id!r} in the index")
    return Article(*row)


def article_at(db: Database, url: str) -> Article | None:
    """The article last captured at an address, in any spelling of it."""
    row = db.conn.execute(
        f"{_ARTICLE} WHERE id IN (SELECT article_id FROM article_urls WHERE url = ?)"
        " ORDER BY last_captured_at DESC, id LIMIT 1",
        (spelling(url),),
    ).fetchone()
    return None if row is None else Article(*row)


def article_on(db: Database, capture_id: str) -> Article | None:
    """The article that a capture shows."""
    row = db.conn.execute(
        """SELECT a.id FROM reading v JOIN capture c ON c.n = v.capture JOIN article a ON a.n = v.article
           WHERE c.id = ?""",
        (storable(capture_id),),
    ).fetchone()
    return None if row is None else article(db, row[0])


def addresses(db: Database, article_id: str) -> list[str]:
    """All addresses of an article."""
    rows = db.conn.execute("SELECT url FROM article_urls WHERE article_id = ? ORDER BY url", (article_id,))
    return [row[0] for row in rows]


def versions(db: Database, article_id: str) -> list[Version]:
    """An article's versions in order of time."""
    rows = db.conn.execute(f"{_VERSION} WHERE article_id = ? ORDER BY captured_at, id", (article_id,))
    return [_version(row) for row in rows]


def visits(db: Database, article_id: str) -> Iterator[Visit]:
    """All captures of an article's addresses in order of time, those that do not show it included."""
    rows = db.conn.execute(
        """SELECT DISTINCT c.id, c.captured_at, c.url, c.status, c.page_kind, v.article IS a.n, coalesce(v.changed, 0)
           FROM article a JOIN reading own ON own.article = a.n JOIN capture oc ON oc.n = own.capture
           JOIN capture c ON c.url_key = oc.url_key LEFT JOIN reading v ON v.capture = c.n
           WHERE a.id = ? ORDER BY c.captured_at, c.id""",
        (article_id,),
    )
    for row in rows:
        capture_id, captured_at, url, status, page_kind, shows, changed = row
        yield Visit(capture_id, captured_at, url, status, page_kind, bool(shows), bool(shows and changed))


def _version(row: tuple[Any, ...]) -> Version:
    values = dict(zip((field.name for field in fields(Version)), row, strict=True))
    values["authors"] = tuple(json.loads(values["authors"]))
    return Version(**values)
