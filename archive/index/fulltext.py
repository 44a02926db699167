"""The full-text table: one row per article, with the tokens of its latest version; the functions do not commit."""

from __future__ import annotations

from sqlite_utils import Database

from archive.index import stories
from archive.index.names import Remembering
from archive.index.searchable import MADE_BY, searchable
from archive.index.sketch import SKETCH
from archive.index.tokens import TOKENIZER
from archive.model import Prepared, Searchable


def offer(db: Database, content: int, made: Prepared | None) -> None:
    """Let `settle` take what was prepared of content `content`, which this transaction has added or met again."""
    if isinstance(db, Remembering):
        if made is not None and made.search is not None and made.search.made_by == MADE_BY:
            db.searchable[content] = made.search
        else:
            db.searchable.pop(content, None)


def settle(db: Database, article: int | None = None) -> None:
    """Bring full text and stories to the articles' latest versions: of one article, or of all that wait.

    Once a transaction, at its end: at each savepoint FTS5 would write what it has to the disk.
    """
    only, parameters = ("AND n = ?", (article,)) if article is not None else ("", ())
    waiting = db.conn.execute(
        f"SELECT n, indexed, current FROM article WHERE indexed IS NOT current {only}", parameters
    ).fetchall()
    for key, indexed, current in waiting:
        stories.replace(db, key, _replace(db, key, indexed, current))
    db.conn.executemany("UPDATE article SET indexed = current WHERE n = ?", [(key,) for key, _, _ in waiting])
    if article is None and isinstance(db, Remembering):
        db.searchable.clear()


def bring_up(db: Database) -> None:
    """Write the full text and the groups of stories anew where another tokenizer or sketch made them."""
    settings = dict(db.conn.execute("SELECT name, value FROM setting").fetchall())
    if settings.get("tokenizer") == TOKENIZER and settings.get("sketch") == SKETCH:
        return
    db.conn.execute("INSERT INTO article_search(article_search) VALUES ('delete-all')")
    stories.clear(db)
    for article, content in db.conn.execute("SELECT n, indexed FROM article WHERE indexed IS NOT NULL").fetchall():
        stories.replace(db, article, _replace(db, article, None, content))
    db.conn.executemany(
        "INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)",
        [("tokenizer", TOKENIZER), ("sketch", SKETCH)],
    )


def _replace(db: Database, article: int, old: int | None, new: int | None) -> bytes | None:
    """Index content `new` for an article in the place of content `old` (keys of `content`; None for none).

    The table keeps no text, so that what is deleted must be said token by token, by the tokenizer that wrote it.
    Returns the signature of the new text.
    """
    if old is not None:
        before = _of_content(db, old)
        db.conn.execute(
            "INSERT INTO article_search(article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article, before.title, before.text),
        )
    if new is None:
        return None
    now = (db.searchable.get(new) if isinstance(db, Remembering) else None) or _of_content(db, new)
    db.conn.execute("INSERT INTO article_search(rowid, title, text) VALUES (?, ?, ?)", (article, now.title, now.text))
    return now.signature


def _of_content(db: Database, content: int) -> Searchable:
    return searchable(*db.conn.execute("SELECT title, text FROM content WHERE n = ?", (content,)).fetchone())
