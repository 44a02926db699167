"""The full-text table: one row per article, with the tokens of its latest version; the functions do not commit."""

from __future__ import annotations

from sqlite_utils import Database

from archive.index.tokens import TOKENIZER, tokens


def replace(db: Database, article: int, old: int | None, new: int | None) -> None:
    """Index content `new` for an article in the place of content `old` (keys of `content`; None for none).

    The table keeps no text, so that what is deleted must be said token by token, by the tokenizer that wrote it.
    """
    if old is not None:
        db.conn.execute(
            "INSERT INTO article_search(article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article, *_columns(db, old)),
        )
    if new is not None:
        db.conn.execute(
            "INSERT INTO article_search(rowid, title, text) VALUES (?, ?, ?)", (article, *_columns(db, new))
        )


def bring_up(db: Database) -> None:
    """Write the full text anew where another tokenizer wrote it."""
    row = db.conn.execute("SELECT value FROM setting WHERE name = 'tokenizer'").fetchone()
    if row is not None and row[0] == TOKENIZER:
        return
    db.conn.execute("INSERT INTO article_search(article_search) VALUES ('delete-all')")
    for article, content in db.conn.execute("SELECT n, indexed FROM article WHERE indexed IS NOT NULL").fetchall():
        replace(db, article, None, content)
    db.conn.execute("INSERT OR REPLACE INTO setting(name, value) VALUES ('tokenizer', ?)", (TOKENIZER,))


def _columns(db: Database, content: int) -> tuple[str, str]:
    title, text = db.conn.execute("SELECT title, text FROM content WHERE n = ?", (content,)).fetchone()
    return " ".join(tokens(title or "")), " ".join(tokens(text))
