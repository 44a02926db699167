"""The frontier on disk: every request of a crawl, waiting, in flight or done, in `DIR/state/frontier.db`.

A crawl is known by its key (spider, seeds, scope). Its requests stay until it is finished, so that a crawl that was
stopped, however it was stopped, goes on where it was. One owner: the process that holds the archive's lock.

Commits are not synced one by one: after a power cut the frontier may be a little behind the index, never ahead of it,
and what was in flight is then matched with the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.errors import WriteFailed
from crawler.errors import CrawlerError

SCHEMA_VERSION = 1
WAITING, IN_FLIGHT, DONE = 0, 1, 2

SCHEMA = """
CREATE TABLE crawls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    crawl INTEGER NOT NULL REFERENCES crawls(id),
    fingerprint BLOB NOT NULL,
    host TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    interrupted INTEGER NOT NULL DEFAULT 0,
    request TEXT
);
CREATE UNIQUE INDEX requests_once ON requests (crawl, fingerprint);
CREATE INDEX requests_waiting ON requests (crawl, host, priority DESC, id) WHERE state = 0;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A request to be kept: `request` is its JSON, `added_at` an instant as text; higher priorities go first."""

    fingerprint: bytes
    host: str
    priority: int
    added_at: str
    request: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A request handed out. `interrupted`: an earlier process had handed it out and never acknowledged it."""

    id: int
    host: str
    added_at: str
    interrupted: bool
    request: str


class Frontier:
    """The requests of one crawl. Not thread-safe: one owner, one thread."""

    def __init__(self, connection: sqlite3.Connection, crawl: int, resumed: bool) -> None:
        self._connection = connection
        self._crawl = crawl
        self.resumed = resumed

    @classmethod
    def open(cls, path: Path, key: str, *, fresh: bool = False) -> Frontier:
        """Open the crawl named by `key`, going on where it stopped unless `fresh` drops what is queued.

        Raises CrawlerError when the file is no frontier of this version or cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise CrawlerError(f"{path}: a frontier of version {version}, which this Seogo does not know")
            if version == 0:
                connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        except (OSError, sqlite3.Error) as error:
            raise CrawlerError(f"{path}: the frontier cannot be opened: {error}") from error
        with _transaction(connection):
            row = connection.execute("SELECT id FROM crawls WHERE key = ?", (key,)).fetchone()
            resumed = row is not None and not fresh
            if row is not None and fresh:
                _drop(connection, row[0])
            if not resumed:
                connection.execute("INSERT INTO crawls (key) VALUES (?)", (key,))
            (crawl,) = connection.execute("SELECT id FROM crawls WHERE key = ?", (key,)).fetchone()
            connection.execute(
                "UPDATE requests SET state = ?, interrupted = 1 WHERE crawl = ? AND state = ?",
                (WAITING, crawl, IN_FLIGHT),
            )
        return cls(connection, crawl, resumed)

    def begin_anew(self, above: int) -> None:
        """Forget what is done, and what waits with a priority above this one: the run that begins asks for it anew."""
        with _transaction(self._connection):
            self._connection.execute(
                "DELETE FROM requests WHERE crawl = ? AND (state = ? OR priority > ?)", (self._crawl, DONE, above)
            )

    def waiting(self) -> dict[str, int]:
        """How many requests wait, by host."""
        rows = self._connection.execute(
            "SELECT host, count(*) FROM requests WHERE crawl = ? AND state = ? GROUP BY host", (self._crawl, WAITING)
        )
        return dict(rows.fetchall())

    def add(self, entries: Iterable[Entry]) -> dict[str, int]:
        """Keep the requests that are new to this crawl; returns how many were, by host."""
        with _transaction(self._connection):
            return self._insert(entries)

    def take(self, host: str, most: int) -> list[Taken]:
        """Hand out up to `most` waiting requests of a host, the highest priority and the oldest first."""
        with _transaction(self._connection):
            rows = self._connection.execute(
                "SELECT id, host, added_at, interrupted, request FROM requests"
                " WHERE crawl = ? AND host = ? AND state = 0 ORDER BY priority DESC, id LIMIT ?",
                (self._crawl, host, most),
            ).fetchall()
            self._connection.executemany(
                "UPDATE requests SET state = ? WHERE id = ?", [(IN_FLIGHT, row[0]) for row in rows]
            )
        return [Taken(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]

    def acknowledge(
        self, done: Iterable[int], found: Iterable[Entry], again: Iterable[tuple[int, str]] = ()
    ) -> dict[str, int]:
        """In one transaction: these requests are done, those were found on them, and some are to be tried again.

        `again` pairs a request's id with its new JSON. Returns how many requests now wait that did not, by host.
        """
        with _transaction(self._connection):
            self._connection.executemany(
                "UPDATE requests SET state = ?, request = NULL WHERE id = ?", [(DONE, row) for row in done]
            )
            waiting = self._insert(found)
            for row, request in again:
                (host,) = self._connection.execute(
                    "UPDATE requests SET state = ?, interrupted = 0, request = ? WHERE id = ? RETURNING host",
                    (WAITING, request, row),
                ).fetchone()
                waiting[host] = waiting.get(host, 0) + 1
        return waiting

    def release(self, taken: Iterable[int]) -> None:
        """Put requests back that were handed out and never sent."""
        with _transaction(self._connection):
            self._connection.executemany(
                "UPDATE requests SET state = ? WHERE id = ?", [(WAITING, row) for row in taken]
            )

    def finish(self) -> None:
        """The crawl came to its end: forget its requests, so that the next run starts anew."""
        with _transaction(self._connection):
            _drop(self._connection, self._crawl)

    def close(self) -> None:
        """Close the file; what is queued stays."""
        self._connection.close()

    def _insert(self, entries: Iterable[Entry]) -> dict[str, int]:
        added: dict[str, int] = {}
        for entry in entries:
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO requests (crawl, fingerprint, host, priority, state, added_at, request)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self._crawl, entry.fingerprint, entry.host, entry.priority, WAITING, entry.added_at, entry.request),
            )
            if cursor.rowcount:
                added[entry.host] = added.get(entry.host, 0) + 1
        return added


def forget(path: Path, prefix: str, kept: Collection[str]) -> int:
    """Drop the crawls whose keys begin with `prefix`, but those in `kept`; returns how many. Raises WriteFailed."""
    if not path.exists():
        return 0
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        with _transaction(connection):
            crawls = connection.execute("SELECT id, key FROM crawls").fetchall()
            over = [crawl for crawl, key in crawls if key.startswith(prefix) and key not in kept]
            for crawl in over:
                _drop(connection, crawl)
    finally:
        connection.close()
    return len(over)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. Raises WriteFailed."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:  # an error can have ended it
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError):
            said = f"the frontier could not be written ({error}); nothing of it is lost"
            raise WriteFailed(said, full="is full" in str(error)) from error
        raise


def _drop(connection: sqlite3.Connection, crawl: int) -> None:
    connection.execute("DELETE FROM requests WHERE crawl = ?", (crawl,))
    connection.execute("DELETE FROM crawls WHERE id = ?", (crawl,))
