"""What captures say of articles: readings, and the versions and latest state that follow from their order in time.

A reading is a version where its headline or text differ from the reading before it, in the order (captured_at, id).
That is a fact about two neighbours, so a late capture changes its own row and the next one's, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.index import fulltext
from archive.index.names import insert, intern, spelling
from archive.index.values import (
    comparable,
    content_digest,
    content_id,
    dated_at,
    milliseconds,
    storable,
    storable_or_none,
)
from archive.model import Body, Capture, Items


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A reading beside another: its capture's key, what of its content is compared, and who parsed it."""

    capture: int
    compared: bytes
    parser: str | None


def is_reading(capture: Capture, items: Items) -> bool:
    """Whether a page tells of an article: not a soft block, not an error page, and with something to read."""
    body = items.page.body
    answered = capture.status is None or 200 <= capture.status < 300 or capture.status == 304
    return (
        items.article_key is not None
        and items.page.kind == "article"
        and answered
        and body is not None
        and bool(comparable(body.title) or body.blocks)
    )


def add(db: Database, key: int, capture: Capture, items: Items) -> None:
    """Add the reading of capture `key` and derive its neighbours anew. `is_reading` must hold."""
    assert items.article_key is not None
    assert items.page.body is not None
    seen, shown = spelling(capture.url), spelling(items.article_url or capture.url)
    addresses = intern(db, "address", "text", (seen, shown))
    content = _content_key(db, items.page.body, items.page.lang)
    fulltext.offer(db, content, items.prepared)
    identity = content_id(items.site, items.article_key)
    row = db.conn.execute("SELECT n FROM article WHERE id = ?", (identity,)).fetchone()
    article = _new_article(db, identity, capture, items, content, shown) if row is None else int(row[0])
    db.conn.execute(
        "INSERT INTO reading(capture, article, at, content, seen_at, shown_at, changed) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, article, milliseconds(capture.captured_at), content, addresses[seen], addresses[shown], row is None),
    )
    db.conn.executemany(
        "INSERT INTO article_address(address, article, readings) VALUES (?, ?, 1)"
        " ON CONFLICT(address, article) DO UPDATE SET readings = readings + 1",
        [(address, article) for address in set(addresses.values())],
    )
    if row is None:
        return
    _judge(db, article, key)
    after = _neighbour(db, article, key, later=True)
    if after is not None:
        _judge(db, article, after.capture)
    _settle(db, article)


def remove(db: Database, key: int) -> None:
    """Take back what capture `key` said of an article, and derive its neighbours anew."""
    row = db.conn.execute(
        "SELECT article, content, seen_at, shown_at FROM reading WHERE capture = ?", (key,)
    ).fetchone()
    if row is None:
        return
    article, content, seen_at, shown_at = row
    after = _neighbour(db, article, key, later=True)
    db.conn.execute("DELETE FROM reading WHERE capture = ?", (key,))
    for address in {seen_at, shown_at}:
        db.conn.execute(
            "UPDATE article_address SET readings = readings - 1 WHERE address = ? AND article = ?", (address, article)
        )
    db.conn.execute("DELETE FROM article_address WHERE article = ? AND readings = 0", (article,))
    if after is not None:
        _judge(db, article, after.capture)
    _settle(db, article)
    fulltext.settle(db, article)  # while the content that is indexed is still there
    db.conn.execute(
        "DELETE FROM content WHERE n = ? AND NOT EXISTS (SELECT 1 FROM reading WHERE content = content.n)", (content,)
    )


def _judge(db: Database, article: int, key: int) -> None:
    """Decide whether a reading is a version.

    Where another parser read the capture before it, nothing can be compared: that capture is owed a parse, whose
    coming judges this one again; until then this is no version.
    """
    own = db.conn.execute(
        "SELECT t.compared, c.parsed_by FROM reading v JOIN content t ON t.n = v.content"
        " JOIN capture c ON c.n = v.capture WHERE v.capture = ?",
        (key,),
    ).fetchone()
    before = _neighbour(db, article, key, later=False)
    if before is None:
        changed = True
    elif before.parser != own[1]:
        changed = False
        if own[1] is not None:  # else this one is parsed again itself, and judged then
            db.conn.execute("UPDATE capture SET parsed_by = NULL WHERE n = ?", (before.capture,))
    else:
        changed = before.compared != own[0]
    db.conn.execute("UPDATE reading SET changed = ? WHERE capture = ?", (changed, key))


def _neighbour(db: Database, article: int, key: int, *, later: bool) -> _Neighbour | None:
    compare, order = (">", "ASC") if later else ("<", "DESC")
    row = db.conn.execute(
        f"""SELECT v.capture, t.compared, c.parsed_by
            FROM reading own JOIN capture oc ON oc.n = own.capture
            JOIN reading v ON v.article = ? AND v.at {compare}= own.at JOIN capture c ON c.n = v.capture
            JOIN content t ON t.n = v.content
            WHERE own.capture = ? AND (v.at {compare} own.at OR c.id {compare} oc.id)
            ORDER BY v.at {order}, c.id {order} LIMIT 1""",
        (article, key),
    ).fetchone()
    return None if row is None else _Neighbour(*row)


def _settle(db: Database, article: int) -> None:
    """Bring the article's own row to what its readings say; an article without one goes."""
    last = db.conn.execute(
        """SELECT c.captured_at, u.text, t.title, t.published FROM reading v JOIN capture c ON c.n = v.capture
           JOIN content t ON t.n = v.content JOIN address u ON u.n = v.shown_at
           WHERE v.article = ? ORDER BY v.at DESC, c.id DESC LIMIT 1""",
        (article,),
    ).fetchone()
    version = db.conn.execute(
        """SELECT v.content FROM reading v JOIN capture c ON c.n = v.capture
           WHERE v.article = ? AND v.changed ORDER BY v.at DESC, c.id DESC LIMIT 1""",
        (article,),
    ).fetchone()
    current = version[0] if version else None
    if last is None:
        db.conn.execute("UPDATE article SET current = NULL WHERE n = ?", (article,))
        fulltext.settle(db, article)
        db.conn.execute("DELETE FROM article WHERE n = ?", (article,))
        return
    first = db.conn.execute(
        """SELECT c.captured_at FROM reading v JOIN capture c ON c.n = v.capture
           WHERE v.article = ? ORDER BY v.at LIMIT 1""",
        (article,),
    ).fetchone()
    db.conn.execute(
        """UPDATE article SET first_captured_at = ?, last_captured_at = ?, url = ?, title = ?, published = ?,
               current = ?, dated_at = ? WHERE n = ?""",
        (first[0], *last, current, dated_at(last[3], first[0]), article),
    )


def last_captured(db: Database, site: str, key: str) -> str | None:
    """When an article was last captured at any of its addresses; None for one that is unknown."""
    row = db.conn.execute("SELECT last_captured_at FROM article WHERE id = ?", (content_id(site, key),)).fetchone()
    return None if row is None else row[0]


def _new_article(db: Database, identity: str, capture: Capture, items: Items, content: int, shown: str) -> int:
    """The row of an article whose first reading this is: all of it follows from that one."""
    assert items.page.body is not None
    published = storable_or_none(items.page.body.published)
    return insert(
        db,
        """INSERT INTO article(id, site, key, url, title, published, first_captured_at, last_captured_at, current,
               dated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            identity,
            storable(items.site),
            storable(items.article_key or ""),
            shown,
            storable_or_none(items.page.body.title),
            published,
            capture.captured_at,
            capture.captured_at,
            content,
            dated_at(published, capture.captured_at),
        ),
    )


def _content_key(db: Database, body: Body, lang: str | None) -> int:
    title = storable_or_none(body.title)
    text = storable("\n\n".join(body.paragraphs))
    authors = json.dumps([storable(author) for author in body.authors], ensure_ascii=False)
    fields = (
        title,
        storable_or_none(body.subtitle),
        authors,
        storable_or_none(body.published),
        storable_or_none(body.modified),
        storable_or_none(lang),
        text,
    )
    digest = content_digest(fields)[:16]
    row = db.conn.execute("SELECT n FROM content WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    plain = comparable(text)
    return insert(
        db,
        """INSERT INTO content(digest, compared, title, subtitle, authors, published, modified, lang, text,
               text_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (digest, content_digest((comparable(title), plain))[:16], *fields, content_id(plain)),
    )
