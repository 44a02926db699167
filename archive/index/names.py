"""Strings that many rows share, each kept once: addresses and xpaths, under local integer keys."""

from __future__ import annotations

from sqlite_utils import Database

from archive.index.values import storable
from archive.urls import same_page


def address_key(db: Database, url: str) -> int:
    """The key of an address, in the form in which two spellings of one page are equal."""
    return text_key(db, same_page(storable(url)))


def text_key(db: Database, text: str) -> int:
    """The key of an address or url key as it is."""
    return _key(db, "address", "text", storable(text))


def xpath_key(db: Database, path: str) -> int:
    """The key of an xpath."""
    return _key(db, "xpath", "path", storable(path))


def _key(db: Database, table: str, column: str, value: str) -> int:
    row = db.conn.execute(f"SELECT n FROM {table} WHERE {column} = ?", (value,)).fetchone()
    if row is None:
        row = db.conn.execute(f"INSERT INTO {table}({column}) VALUES (?) RETURNING n", (value,)).fetchone()
    return int(row[0])
