"""What captures gave: whether each page had a text, a date, list items; health is computed from this."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

_COLUMNS = """c.id, c.url, c.captured_at, c.page_kind, t.title IS NOT NULL, length(coalesce(t.text, '')) > 0,
    coalesce(t.authors, '[]') != '[]', t.published IS NOT NULL,
    (SELECT coalesce(sum(b.size), 0) FROM showing s JOIN arranged p ON p.arrangement = s.arrangement
        JOIN block b ON b.n = p.block JOIN list l ON l.n = p.list
        WHERE s.at = c.at AND s.capture = c.n AND l.kind = 'ranked'),
    (SELECT coalesce(sum(b.size), 0) FROM showing s JOIN arranged p ON p.arrangement = s.arrangement
        JOIN block b ON b.n = p.block JOIN list l ON l.n = p.list
        WHERE s.at = c.at AND s.capture = c.n AND l.kind = 'section')"""
_READ = "LEFT JOIN reading r ON r.capture = c.n LEFT JOIN content t ON t.n = r.content"
# A soft block says nothing of a page's parts, nor does an error page.
_PAGE = "c.page_kind IS NOT NULL AND c.page_kind != 'soft-block' AND (c.status BETWEEN 200 AND 299 OR c.status = 304)"


@dataclass(frozen=True, slots=True)
class Yield:
    """What one capture of a page gave; `ranked` and `sections` count list items."""

    capture_id: str
    url: str
    at: str
    kind: str
    title: bool
    text: bool
    authors: bool
    published: bool
    ranked: int
    sections: int


def of_url(db: Database, url_key: str, most: int) -> list[Yield]:
    """The last captures of one page, the oldest first."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM capture c {_READ} WHERE c.url_key = ? AND {_PAGE}"
        " ORDER BY c.captured_at DESC, c.id DESC LIMIT ?",
        (url_key, most),
    ).fetchall()
    return [_yield(row) for row in reversed(rows)]


def of_site(db: Database, site: str, without: Collection[str], since: str, most: int) -> list[Yield]:
    """The last captures of a site's pages but `without` (url keys), by runs since an instant, in order of time."""
    marks = ", ".join("?" * len(without))
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM run CROSS JOIN capture c ON c.run = run.n {_READ}"
        f" WHERE run.site = ? AND run.started_at >= ? AND {_PAGE} AND c.url_key NOT IN ({marks})"
        " ORDER BY c.captured_at DESC, c.id DESC LIMIT ?",
        (site, since, *without, most),
    ).fetchall()
    return [_yield(row) for row in reversed(rows)]


def newest_articles(db: Database, site: str, since: str) -> list[str]:
    """When a site's articles were captured first, since an instant, in order of time."""
    rows = db.conn.execute(
        "SELECT first_captured_at FROM article WHERE site = ? AND first_captured_at >= ? ORDER BY 1", (site, since)
    )
    return [str(row[0]) for row in rows]


def _yield(row: tuple[str | int, ...]) -> Yield:
    capture_id, url, at, kind, title, text, authors, published, ranked, sections = row
    return Yield(
        capture_id=str(capture_id),
        url=str(url),
        at=str(at),
        kind=str(kind),
        title=bool(title),
        text=bool(text),
        authors=bool(authors),
        published=bool(published),
        ranked=int(ranked),
        sections=int(sections),
    )
