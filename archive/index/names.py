"""Strings that many rows share, each kept once: addresses and xpaths, under local integer keys."""

from __future__ import annotations

from sqlite_utils import Database

from archive.index.values import storable
from archive.urls import same_page


def spelling(url: str) -> str:
    """The one spelling of a page's address: no fragment, tracking parameters or userinfo, the query's parts sorted.

    >>> spelling("https://news.test/view?no=3&cat=1&utm_source=x#top")
    'https://news.test/view?cat=1&no=3'
    """
    address, mark, query = same_page(storable(url)).partition("?")
    return f"{address}{mark}{'&'.join(sorted(query.split('&')))}"


def address_key(db: Database, url: str) -> int:
    """The key of an address in its one spelling."""
    return text_key(db, spelling(url))


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
