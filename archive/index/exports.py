"""Articles as rows for other programs: one an article, in its latest version, in the order of its date."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlite_utils import Database

from archive.index.contract import TABLES
from archive.index.query import Query
from archive.index.search import condition

Row = Mapping[str, Any]

_ARTICLE: Final = ("id", "site", "key", "url", "title", "published", "first_captured_at", "last_captured_at")
_VERSION: Final = ("capture_id", "captured_at", "subtitle", "authors", "modified", "lang", "text", "text_digest")
COLUMNS: Final = _ARTICLE + _VERSION
# What spreadsheets take for a formula at the beginning of a cell, in its full-width forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(db: Database, query: Query) -> Iterator[Row]:
    """The articles that a query finds, all of them, read as they are taken; `authors` is a list."""
    where, parameters = condition(query)
    found = db.conn.execute(
        f"""SELECT a.id, a.site, a.key, a.url, a.title, a.published, a.first_captured_at, a.last_captured_at,
                c.id, c.captured_at, t.subtitle, t.authors, t.modified, t.lang, t.text, t.text_digest
            FROM article a JOIN content t ON t.n = a.indexed
            JOIN capture c ON c.n = (SELECT v.capture FROM reading v JOIN capture vc ON vc.n = v.capture
                WHERE v.article = a.n AND v.changed ORDER BY v.at DESC, vc.id DESC LIMIT 1)
            WHERE {where} ORDER BY a.dated_at, a.id""",
        parameters,
    )
    for row in found:
        values = dict(zip(COLUMNS, row, strict=True))
        values["authors"] = json.loads(values["authors"])
        yield values


def schema() -> dict[str, Any]:
    """What a row holds, as JSON Schema."""
    articles, versions = TABLES["articles"][1], TABLES["article_versions"][1]
    properties: dict[str, Any] = {}
    for column in COLUMNS:
        meaning = articles[column] if column in articles else versions[column]
        optional = column in ("title", "published", "subtitle", "modified", "lang")
        properties[column] = {"type": ["string", "null"] if optional else "string", "description": meaning}
    properties["authors"] = {"type": "array", "items": {"type": "string"}, "description": "names, as the page has them"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An article in its latest version",
        "type": "object",
        "properties": properties,
        "required": list(COLUMNS),
    }


def json_lines(found: Iterable[Row]) -> Iterator[str]:
    """One JSON object a line. U+2028 and the like are escaped: some readers end lines there."""
    for row in found:
        text = json.dumps(row, ensure_ascii=False)
        for separator in ("\x85", "\u2028", "\u2029"):
            if separator in text:
                text = text.replace(separator, f"\\u{ord(separator):04x}")
        yield text + "\n"


def csv_lines(found: Iterable[Row]) -> Iterator[str]:
    """CSV as RFC 4180 has it, with a header; authors joined by semicolons. No cell is a formula.

    A cell that a spreadsheet would run begins with an apostrophe instead.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in found:
        yield _taken(buffer)
        writer.writerow([harmless("; ".join(row[c]) if c == "authors" else row[c]) for c in COLUMNS])
    yield _taken(buffer)


def harmless(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless(" -2"), harmless("2-1")
    ("'=1+1", "' -2", '2-1')
    """
    text = (cell or "").replace("\x00", "\ufffd")
    return "'" + text if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
