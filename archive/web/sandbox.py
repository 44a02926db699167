"""What SQL typed into the browse server may do: read this one database, for a bounded time, in bounded memory."""

from __future__ import annotations

import sqlite3

# Room for the largest stored text; `zeroblob(2e9)` and its like end here.
MAX_VALUE = 16 << 20

_READ_ACTIONS = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE))
_REFUSED_FUNCTIONS = frozenset(("load_extension", "fts3_tokenizer", "writefile", "readfile", "edit", "zipfile"))
# What Datasette asks of the schema, and what FTS5 asks before it reads.
_PRAGMAS = frozenset(
    ("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
     "schema_version", "data_version", "database_list", "function_list", "collation_list", "compile_options",
     "recursive_triggers", "encoding")
)  # fmt: skip


def confine(connection: sqlite3.Connection) -> None:
    """Close every way out of a connection: no second database, no write, no change of settings, no large values."""
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 200_000),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
        (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
    ):
        connection.setlimit(limit, value)
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action in _READ_ACTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        refused = (second or "").lower() in _REFUSED_FUNCTIONS
    elif action == sqlite3.SQLITE_PRAGMA:
        refused = (first or "").lower() not in _PRAGMAS
    elif action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE):
        # SQLite asks this when FTS5 declares its columns; a real write is refused by the read-only connection.
        refused = first != "sqlite_master" or second == "rowid"
    else:
        refused = True
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK
