"""What replay asks of the index: captures near an instant, their neighbours, pages of them, the blocks they show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archive.index.captures import COLUMNS
from archive.model import Capture
from archive.replay.memento import Memento
from archive.times import from_text, to_text

_SELECT = "SELECT " + ", ".join(f'"{name}"' for name in COLUMNS) + " FROM captures"


@dataclass(frozen=True, slots=True)
class Mark:
    """A block seen on a capture, and where."""

    block_id: str
    list_id: str
    xpath: str
    kind: str
    heading: str
    tab: str


@dataclass(frozen=True, slots=True)
class Point:
    """A capture in a calendar.

    `changed`: the article's text or headline differs from the capture before. `listed`: a list on it does.
    """

    id: str
    url: str
    captured_at: str
    status: int | None
    changed: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class Later:
    """How an article went on after a capture: how many versions came, and the capture that shows the last."""

    versions: int
    capture_id: str


def near(db: Database, url: str, url_key: str, at: datetime, most: int) -> list[Capture]:
    """The captures of a url key near an instant, nearest first, at most `most` on either side.

    Distance is counted in whole seconds, as addresses have them; at one distance the very URL comes before its other
    spellings, then the earlier capture.
    """
    text = to_text(at)
    after = _captures(
        db, "WHERE url_key = ? AND captured_at >= ? ORDER BY captured_at, id LIMIT ?", (url_key, text, most)
    )
    before = _captures(
        db, "WHERE url_key = ? AND captured_at < ? ORDER BY captured_at DESC, id DESC LIMIT ?", (url_key, text, most)
    )

    def distance(capture: Capture) -> tuple[int, bool, str, str]:
        moment = from_text(capture.captured_at).replace(microsecond=0)
        return abs(int((moment - at).total_seconds())), capture.url != url, capture.captured_at, capture.id

    return sorted((*after, *before), key=distance)


def held(db: Database, url_keys: Sequence[str]) -> set[str]:
    """Those of the url keys of which there is a capture."""
    rows = db.conn.execute(
        "SELECT value FROM json_each(?) WHERE EXISTS ("
        "SELECT 1 FROM capture c WHERE c.url_key = value AND NOT c.excluded)",
        (json.dumps(url_keys),),
    )
    return {row[0] for row in rows}


def neighbours(db: Database, capture: Capture) -> tuple[Capture | None, Capture | None]:
    """The captures of the same url key just before and just after this one."""
    place = (capture.url_key, capture.captured_at, capture.captured_at, capture.id)
    earlier = _captures(
        db,
        "WHERE url_key = ? AND captured_at <= ? AND (captured_at, id) < (?, ?)"
        " ORDER BY captured_at DESC, id DESC LIMIT 1",
        place,
    )
    later = _captures(
        db,
        "WHERE url_key = ? AND captured_at >= ? AND (captured_at, id) > (?, ?) ORDER BY captured_at, id LIMIT 1",
        place,
    )
    return (earlier[0] if earlier else None), (later[0] if later else None)


def mementos(db: Database, url_key: str, page: int, size: int) -> tuple[list[Memento], bool]:
    """A page of the captures of a url key in order of time, and whether another page follows."""
    rows = db.conn.execute(
        "SELECT url, captured_at FROM captures WHERE url_key = ? ORDER BY captured_at, id LIMIT ? OFFSET ?",
        (url_key, size + 1, (page - 1) * size),
    ).fetchall()
    return [Memento(*row) for row in rows[:size]], len(rows) > size


def years(db: Database, url_key: str) -> dict[str, int]:
    """How many captures of a url key each year has."""
    rows = db.conn.execute(
        "SELECT substr(captured_at, 1, 4), count(*) FROM captures WHERE url_key = ? GROUP BY 1 ORDER BY 1", (url_key,)
    )
    return {str(year): int(count) for year, count in rows}


def points(db: Database, url_key: str, prefix: str, limit: int) -> list[Point]:
    """The captures of a url key whose instant begins with a prefix (`2026`, `2026-11-23`), in order of time."""
    rows = db.conn.execute(
        """SELECT c.id, c.url, c.captured_at, c.status,
               EXISTS (SELECT 1 FROM reading v WHERE v.capture = c.n AND v.changed
                   AND EXISTS (SELECT 1 FROM reading w WHERE w.article = v.article AND w.at < v.at)),
               EXISTS (SELECT 1 FROM showing s JOIN arranged a ON a.arrangement = s.arrangement JOIN span p
                   ON p.list = a.list AND p.first_at = s.at AND p.first_capture = s.capture
                   WHERE s.at = c.at AND s.capture = c.n
                   AND EXISTS (SELECT 1 FROM span q WHERE q.list = p.list AND q.first_at < p.first_at))
           FROM capture c WHERE NOT c.excluded AND c.url_key = ? AND c.captured_at >= ? AND c.captured_at < ?
           ORDER BY c.captured_at, c.id LIMIT ?""",
        (url_key, prefix, prefix + "~", limit),
    )
    return [Point(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5])) for row in rows]


def marks(db: Database, capture_id: str) -> list[Mark]:
    """The blocks seen on a capture, ranked lists first, at most 200."""
    rows = db.conn.execute(
        "SELECT s.block_id, s.list_id, s.xpath, l.kind, l.heading, l.tab"
        " FROM sightings s JOIN lists l ON l.id = s.list_id"
        " WHERE s.capture_id = ? ORDER BY l.kind, l.heading, l.tab LIMIT 200",
        (capture_id,),
    )
    return [Mark(*row) for row in rows]


def article_of(db: Database, capture_id: str, url: str) -> str | None:
    """The id of the article that a capture shows, or that stands at its URL."""
    for sql, value in (
        ("SELECT article_id FROM article_versions WHERE capture_id = ? LIMIT 1", capture_id),
        ("SELECT article_id FROM article_urls WHERE url = ? LIMIT 1", url),
    ):
        row = db.conn.execute(sql, (value,)).fetchone()
        if row:
            return str(row[0])
    return None


def article_text(db: Database, capture_id: str) -> tuple[str, str] | None:
    """The headline and text of the article that a capture shows, a subtitle as the text's beginning."""
    row = db.conn.execute(
        """SELECT t.title, t.subtitle, t.text FROM capture c JOIN reading v ON v.capture = c.n
           JOIN content t ON t.n = v.content WHERE c.id = ?""",
        (capture_id,),
    ).fetchone()
    return (row[0] or "", "\n\n".join(filter(None, row[1:]))) if row else None


def later_versions(db: Database, capture_id: str) -> Later | None:
    """The versions of the article that a capture shows which came after it; None where none did."""
    row = db.conn.execute(
        """SELECT count(*), (SELECT lc.id FROM reading l JOIN capture lc ON lc.n = l.capture
                WHERE l.article = v.article AND l.changed ORDER BY l.at DESC, lc.id DESC LIMIT 1)
           FROM capture c JOIN reading v ON v.capture = c.n
           JOIN reading w ON w.article = v.article AND w.changed AND w.at > v.at WHERE c.id = ?""",
        (capture_id,),
    ).fetchone()
    return Later(*row) if row[0] else None


def between(db: Database, clause: str, parameters: Iterable[Any]) -> list[Capture]:
    """Captures by a clause of our own making, values bound."""
    return _captures(db, clause, tuple(parameters))


def _captures(db: Database, clause: str, parameters: tuple[Any, ...]) -> list[Capture]:
    return [Capture(*row) for row in db.conn.execute(f"{_SELECT} {clause}", parameters)]
