"""Search: ranked articles for what a person typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.index.query import Query, excluded_expression, forms, match_expression
from archive.index.snippets import Marked, mark, snippet

# Ranking reads every match: of more than this the newest are ranked, and the result says so.
MOST_RANKED = 20_000
# A word in the headline weighs as much as several in the text.
_SCORE = "bm25(article_search, 8.0, 1.0)"
_DAY = "coalesce(substr(a.published, 1, 10), substr(a.first_captured_at, 1, 10))"
_NEWEST = "a.dated_at DESC, a.id"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: its columns, the capture of its latest version, and why it was found."""

    id: str
    site: str
    key: str
    url: str
    title: str | None
    published: str | None
    first_captured_at: str
    last_captured_at: str
    capture_id: str | None
    headline: Marked
    snippet: Marked


_HIT_COLUMNS = tuple(field.name for field in fields(Hit))[:-2]


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the articles found are of each site, author and month, the most first; months the latest first."""

    site: tuple[tuple[str, int], ...]
    author: tuple[tuple[str, int], ...]
    month: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, in order; `matches` is how many articles match; `capped`: there are more, and the rest is unranked."""

    hits: tuple[Hit, ...]
    matches: int
    capped: bool


def search(db: Database, query: Query, *, limit: int = 20, offset: int = 0, newest: bool = False) -> Found:
    """Find articles by the text of their latest version. A query of nothing but punctuation finds nothing."""
    if not (query.terms or query.excluded or query.filtered):
        return Found((), 0, False)
    matched, parameters = _matched(query)
    total = db.conn.execute(f"SELECT count(*) FROM ({matched})", parameters).fetchone()[0]
    order = _NEWEST if newest or not query.terms else f"m.score, {_NEWEST}"
    rows = db.conn.execute(
        f"""SELECT a.id, a.site, a.key, a.url, a.title, a.published, a.first_captured_at, a.last_captured_at,
                (SELECT c.id FROM reading v JOIN capture c ON c.n = v.capture
                 WHERE v.article = a.n AND v.changed ORDER BY v.at DESC, c.id DESC LIMIT 1),
                t.title, t.text
            FROM ({matched}) m JOIN article a ON a.n = m.n JOIN content t ON t.n = a.indexed
            ORDER BY {order} LIMIT ? OFFSET ?""",
        (*parameters, limit, offset),
    ).fetchall()
    wanted = [form for term in query.terms for form in forms(term)]
    hits = tuple(_hit(row, wanted) for row in rows)
    return Found(hits, min(total, MOST_RANKED), total > MOST_RANKED)


def facets(db: Database, query: Query, *, most: int = 20) -> Facets:
    """Count what `search` finds; of more than MOST_RANKED articles the newest ones."""
    if not (query.terms or query.excluded or query.filtered):
        return Facets((), (), ())
    matched, parameters = _matched(query)
    found = f"WITH m AS MATERIALIZED (SELECT n FROM ({matched}) LIMIT {MOST_RANKED})"

    def counted(what: str, source: str, order: str) -> tuple[tuple[str, int], ...]:
        sql = f"{found} SELECT {what}, count(*) FROM m JOIN article a ON a.n = m.n {source} GROUP BY 1 ORDER BY {order}"
        return tuple(db.conn.execute(f"{sql} LIMIT ?", (*parameters, most)).fetchall())

    return Facets(
        counted("a.site", "", "2 DESC, 1"),
        counted("j.value", "JOIN content t ON t.n = a.indexed, json_each(t.authors) j", "2 DESC, 1"),
        counted("strftime('%Y-%m', a.dated_at / 1000, 'unixepoch')", "", "1 DESC"),
    )


def _hit(row: Sequence[Any], forms: Sequence[str]) -> Hit:
    *columns, title, text = row
    values = dict(zip(_HIT_COLUMNS, columns, strict=True))
    return Hit(**values, headline=mark(title or "", forms), snippet=snippet(text, forms))


def _matched(query: Query) -> tuple[str, tuple[Any, ...]]:
    """A query for local article keys `n` and scores, and its parameters."""
    conditions: list[str] = []
    parameters: list[Any] = []
    expression = match_expression(query)
    if expression is not None:
        source = "article_search JOIN article a ON a.n = article_search.rowid"
        conditions.append("article_search MATCH ?")
        parameters.append(expression)
        score, newest = _SCORE, "article_search.rowid DESC"
    else:
        source = "article a"
        score, newest = "0.0", _NEWEST
        conditions.append("a.indexed IS NOT NULL")
        if query.excluded:
            conditions.append("a.n NOT IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)")
            parameters.append(excluded_expression(query))
    for condition, value in _filters(query):
        conditions.append(condition)
        parameters.append(value)
    sql = f"""SELECT a.n, {score} AS score FROM {source} WHERE {" AND ".join(conditions)}
        ORDER BY {newest} LIMIT {MOST_RANKED + 1}"""
    return sql, tuple(parameters)


def condition(query: Query) -> tuple[str, tuple[str, ...]]:
    """The condition on article `a` under which it is found, and its parameters; nothing is capped or ranked."""
    conditions = ["a.indexed IS NOT NULL"]
    parameters: list[str] = []
    expression = match_expression(query)
    if expression is not None:
        conditions.append("a.n IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)")
        parameters.append(expression)
    elif query.excluded:
        conditions.append("a.n NOT IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)")
        parameters.append(excluded_expression(query))
    for text, value in _filters(query):
        conditions.append(text)
        parameters.append(value)
    return " AND ".join(conditions), tuple(parameters)


def _filters(query: Query) -> Iterable[tuple[str, str]]:
    if query.site is not None:
        yield "a.site = ?", query.site
    if query.author is not None:
        yield "a.indexed IN (SELECT n FROM content WHERE instr(lower(authors), lower(?)))", query.author
    if query.after is not None:
        yield f"{_DAY} >= ?", query.after
    if query.before is not None:
        yield f"{_DAY} < ?", query.before
