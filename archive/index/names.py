"""Strings that many rows share, each kept once: addresses and xpaths, under local integer keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlite_utils import Database

from archive.index.values import storable
from archive.model import Searchable
from archive.urls import same_page

T = TypeVar("T", str, bytes, int)
# Queries come in few lengths, so that SQLite finds them prepared.
_LENGTHS = (1, 2, 4, 8, 16, 32, 64)
# What the pages of a site have in common is looked up with every page.
_SHARED = frozenset(("list", "block", "xpath"))
_MOST_REMEMBERED = 4096
# The last span of a list that was never seen.
NEVER = (-(2**62), 0, -(2**62), 0)


class Remembering(Database):
    """A database that remembers what a transaction asks for again and again: keys of rows by table, and the last one
    given; arrangements by what they say; the last span of each list; what the full text takes of new contents.

    `forget` where rows go or a change is undone.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.keys: dict[str, dict[Any, int]] = {}
        self.last: dict[str, int] = {}
        self.spans: dict[int, tuple[int, ...]] = {}
        self.arrangements: dict[bytes, tuple[int, tuple[tuple[int, int], ...]]] = {}
        self.searchable: dict[int, Searchable] = {}

    def forget(self) -> None:
        """Look everything up again."""
        self.keys.clear()
        self.last.clear()
        self.spans.clear()
        self.arrangements.clear()
        self.searchable.clear()


@lru_cache(maxsize=4096)
def spelling(url: str) -> str:
    """The one spelling of a page's address: no fragment, tracking parameters or userinfo, the query's parts sorted.

    >>> spelling("https://news.test/view?no=3&cat=1&utm_source=x#top")
    'https://news.test/view?cat=1&no=3'
    """
    address, mark, query = same_page(storable(url)).partition("?")
    return f"{address}{mark}{'&'.join(sorted(query.split('&')))}"


def address_key(db: Database, url: str) -> int:
    """The key of an address in its one spelling."""
    address = spelling(url)
    return intern(db, "address", "text", (address,))[address]


def intern(db: Database, table: str, column: str, values: Iterable[str]) -> dict[str, int]:
    """The keys of values, those that are new added to the table. The values must be storable."""
    wanted = list(dict.fromkeys(values))
    keys = known(db, table, column, wanted)
    new = [value for value in wanted if value not in keys]
    keys.update(zip(new, insert_all(db, table, (column,), [(value,) for value in new]), strict=True))
    return keys


def known(db: Database, table: str, column: str, values: Sequence[T]) -> dict[T, int]:
    """The keys of those values that the table has."""
    if not (isinstance(db, Remembering) and table in _SHARED):
        return _found(db, table, column, values)
    held = db.keys.setdefault(table, {})
    missing = [value for value in values if value not in held]
    if missing:
        if len(held) > _MOST_REMEMBERED:
            held.clear()
            missing = list(values)
        held.update(_found(db, table, column, missing))
    return {value: held[value] for value in values if value in held}


def _found(db: Database, table: str, column: str, values: Sequence[T]) -> dict[T, int]:
    found: dict[T, int] = {}
    for part in groups(values):
        marks = ",".join("?" * len(part))
        found.update(db.conn.execute(f"SELECT {column}, n FROM {table} WHERE {column} IN ({marks})", part).fetchall())
    return found


def groups(values: Sequence[T]) -> Iterator[list[T]]:
    """The values in lists of few lengths, the last value repeated to fill them.

    >>> list(groups([1, 2, 3]))
    [[1, 2, 3, 3]]
    """
    rest = iter(values)
    while part := list(islice(rest, _LENGTHS[-1])):
        length = next(length for length in _LENGTHS if length >= len(part))
        yield part + part[-1:] * (length - len(part))


def insert_all(db: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> range:
    """Add rows in one statement; their keys, in order."""
    if not rows:
        return range(0)
    # Those that SQLite would give: a transaction that writes is alone.
    held = db.last if isinstance(db, Remembering) else {}
    if table not in held:
        held[table] = db.conn.execute(f"SELECT max(n) FROM {table}").fetchone()[0] or 0
    keys = range(held[table] + 1, held[table] + 1 + len(rows))
    held[table] += len(rows)
    sql = f"INSERT INTO {table}(n, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
    db.conn.executemany(sql, [(key, *row) for key, row in zip(keys, rows, strict=True)])
    return keys


def insert(db: Database, sql: str, values: Sequence[Any]) -> int:
    """The key of the row that an INSERT makes."""
    key = db.conn.execute(sql, values).lastrowid
    assert key is not None
    return key
