"""Search: ranked articles for what a person typed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.index.query import Query, excluded_expression, forms, match_expression
from archive.index.snippets import Marked, mark, snippet

# Ranking reads every match: of more than this the newest are ranked, and the result says so.
MOST_RANKED = 20_000
# Who wrote an article stands beside its text, where it is slow to read of very many.
MOST_SIGNED = 5_000
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


_HIT = """
SELECT a.id, a.site, a.key, a.url, a.title, a.published, a.first_captured_at, a.last_captured_at,
    (SELECT c.id FROM reading v JOIN capture c ON c.n = v.capture
     WHERE v.article = a.n AND v.changed ORDER BY v.at DESC, c.id DESC LIMIT 1),
    t.title, t.text
FROM article a JOIN content t ON t.n = a.indexed WHERE a.n = ?
"""
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
    by_score = not newest and bool(query.terms)
    # Articles and texts are read of the best alone: of those that score as well as the last that is wanted.
    best = "WHERE m.score <= (SELECT max(score) FROM (SELECT score FROM m ORDER BY score LIMIT :most))"
    keys = db.conn.execute(
        f"""WITH m AS MATERIALIZED ({matched})
            SELECT a.n, (SELECT count(*) FROM m) FROM m JOIN article a ON a.n = m.n {best if by_score else ""}
            ORDER BY {"m.score, " if by_score else ""}{_NEWEST} LIMIT :limit OFFSET :offset""",
        {**parameters, "most": limit + offset, "limit": limit, "offset": offset},
    ).fetchall()
    total = keys[0][1] if keys else _count(db, matched, parameters)
    rows = [db.conn.execute(_HIT, (key,)).fetchone() for key, _ in keys]
    wanted = [form for term in query.terms for form in forms(term)]
    hits = tuple(_hit(row, wanted) for row in rows)
    return Found(hits, min(total, MOST_RANKED), total > MOST_RANKED)


def _count(db: Database, matched: str, parameters: dict[str, str]) -> int:
    return int(db.conn.execute(f"SELECT count(*) FROM ({matched})", parameters).fetchone()[0])


def facets(db: Database, query: Query, *, most: int = 20) -> Facets:
    """Count what `search` finds; of more than MOST_RANKED articles the newest ones, authors those of the MOST_SIGNED
    newest.
    """
    if not (query.terms or query.excluded or query.filtered):
        return Facets((), (), ())
    matched, parameters = _matched(query, scored=False)
    rows = db.conn.execute(
        f"""SELECT a.site, strftime('%Y-%m', a.dated_at / 1000, 'unixepoch'), count(*)
            FROM (SELECT n FROM ({matched}) LIMIT {MOST_RANKED}) m JOIN article a ON a.n = m.n GROUP BY 1, 2""",
        parameters,
    )
    sites, months, authors = Counter[str](), Counter[str](), Counter[str]()
    for site, month, count in rows:
        sites[site] += count
        months[month] += count
    names = db.conn.execute(
        f"""SELECT t.authors, count(*) FROM (SELECT n FROM ({matched}) LIMIT {MOST_SIGNED}) m
            JOIN article a ON a.n = m.n JOIN content t ON t.n = a.indexed GROUP BY 1""",
        parameters,
    )
    for found, count in names:
        for name in json.loads(found):
            authors[name] += count

    def by_count(found: Counter[str]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:most])

    return Facets(by_count(sites), by_count(authors), tuple(sorted(months.items(), reverse=True)[:most]))


def _hit(row: Sequence[Any], forms: Sequence[str]) -> Hit:
    *columns, title, text = row
    values = dict(zip(_HIT_COLUMNS, columns, strict=True))
    return Hit(**values, headline=mark(title or "", forms), snippet=snippet(text, forms))


def _matched(query: Query, *, scored: bool = True) -> tuple[str, dict[str, str]]:
    """A query for local article keys `n` and scores, and its parameters by name. Without `scored` scores are 0.0: they
    cost most of a search for a common word.
    """
    filters = list(_filters(query))
    parameters = {f"filter{number}": value for number, (_, value) in enumerate(filters)}
    conditions = [text.replace("?", f":filter{number}") for number, (text, _) in enumerate(filters)]
    expression = match_expression(query)
    if expression is not None:
        source, key = "article_search", "article_search.rowid"
        if filters:
            source += " JOIN article a ON a.n = article_search.rowid"
        conditions.insert(0, "article_search MATCH :terms")
        parameters["terms"] = expression
        score, newest = _SCORE if scored else "0.0", "article_search.rowid DESC"
    else:
        source, key = "article a", "a.n"
        score, newest = "0.0", _NEWEST
        conditions.insert(0, "a.indexed IS NOT NULL")
        if query.excluded:
            conditions.append("a.n NOT IN (SELECT rowid FROM article_search WHERE article_search MATCH :excluded)")
            parameters["excluded"] = excluded_expression(query)
    sql = f"""SELECT {key} AS n, {score} AS score FROM {source} WHERE {" AND ".join(conditions)}
        ORDER BY {newest} LIMIT {MOST_RANKED + 1}"""
    return sql, parameters


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
