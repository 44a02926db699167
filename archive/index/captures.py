"""Captures in the index: one row per response, revisit or resource; the functions do not commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlite_utils import Database

from archive.errors import NotFound
from archive.index.hidden import hide_new
from archive.index.values import integer_or_none, milliseconds, storable, storable_or_none
from archive.model import Capture, Run

COLUMNS = tuple(field.name for field in fields(Capture))
_SELECT = "SELECT " + ", ".join(f'"{name}"' for name in COLUMNS) + " FROM captures"
_AT_ONCE = 500
_LATEST_FIRST = "ORDER BY captured_at DESC, id DESC"

_INSERT = """
INSERT INTO capture(id, url, url_key, captured_at, status, mime, digest, kind, refers_to, fidelity, truncated, site,
    run, file, "offset", length, request_offset, metadata_file, metadata_offset, parsed_by, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(id) DO NOTHING
"""


def insert(db: Database, captures: Sequence[Capture]) -> None:
    """Add captures; one whose id is there already is left as it is, so that indexing a file twice changes nothing."""
    runs: dict[str, int] = {}
    files: dict[str, int] = {}
    rows = []
    for capture in captures:
        if capture.run_id not in runs:
            runs[capture.run_id] = run_key(db, capture.run_id)
        for name in (capture.warc_file, capture.metadata_file):
            if name is not None and name not in files:
                files[name] = _file_key(db, name)
        rows.append(_row(capture, runs, files))
    db.conn.executemany(_INSERT, rows)
    hide_new(db, [capture.id for capture in captures])


def get(db: Database, capture_id: str) -> Capture:
    """The capture of that id. Raises NotFound."""
    capture = _first(db, f"{_SELECT} WHERE id = ?", (storable(capture_id),))
    if capture is None:
        raise NotFound(f"no capture {capture_id!r} in the index")
    return capture


def has(db: Database, capture_id: str) -> bool:
    """Whether the capture is in the index."""
    return db.conn.execute("SELECT 1 FROM capture WHERE id = ?", (capture_id,)).fetchone() is not None


def is_hidden(db: Database, capture_id: str) -> bool:
    """Whether the index has the capture and hides it, since it was taken down."""
    return db.conn.execute("SELECT 1 FROM capture WHERE id = ? AND excluded", (capture_id,)).fetchone() is not None


def by_digest(db: Database, digest: str) -> Capture | None:
    """The earliest response or resource with that payload digest: what a revisit refers to."""
    # Nearly always there is none, which the table tells in a third of the view's time.
    if not db.conn.execute(
        "SELECT 1 FROM capture WHERE digest = ? AND kind != 'revisit' LIMIT 1", (storable(digest),)
    ).fetchone():
        return None
    return _first(
        db, f"{_SELECT} WHERE digest = ? AND kind != 'revisit' ORDER BY captured_at, id LIMIT 1", (storable(digest),)
    )


def closest(db: Database, url_key: str, at: str) -> Capture | None:
    """The capture of a url key nearest in time to `at` (ISO 8601 with a zone); the later of two equally near ones."""
    key = storable(url_key)
    before = _first(db, f"{_SELECT} WHERE url_key = ? AND captured_at <= ? {_LATEST_FIRST} LIMIT 1", (key, at))
    after = _first(
        db, f"{_SELECT} WHERE url_key = ? AND captured_at > ? ORDER BY captured_at, id DESC LIMIT 1", (key, at)
    )
    if before is None or after is None:
        return before or after
    instant = milliseconds(at)
    return before if instant - milliseconds(before.captured_at) < milliseconds(after.captured_at) - instant else after


def of_url(db: Database, url_key: str) -> list[Capture]:
    """All captures of a url key in order of time."""
    return list(_all(db, f"{_SELECT} WHERE url_key = ? ORDER BY captured_at, id", (storable(url_key),)))


def latest(db: Database, url_key: str) -> Capture | None:
    """The last capture of a url key."""
    return _first(db, f"{_SELECT} WHERE url_key = ? {_LATEST_FIRST} LIMIT 1", (storable(url_key),))


def unparsed(db: Database) -> Iterator[Capture]:
    """Captures to which a parse is owed, each once, in order of time.

    Each capture is read anew: the caller parses meanwhile, and a parse can make one owed to an earlier capture (where
    another parser read that, see `articles`); such a one comes in the next round.
    """
    seen: set[str] = set()
    found = True
    while found:
        found, position = False, ("", "")
        # Many at a time: files of other tools hold thousands of captures of one second, and each look sorts them.
        while some := db.conn.execute(
            "SELECT captured_at, id FROM captures WHERE parsed_by IS NULL AND captured_at >= ?"
            f" AND (captured_at, id) > (?, ?) ORDER BY captured_at, id LIMIT {_AT_ONCE}",
            (position[0], *position),
        ).fetchall():
            position = some[-1]
            for _, capture_id in some:
                capture = None if capture_id in seen else _first(db, f"{_SELECT} WHERE id = ?", (capture_id,))
                if capture is not None and capture.parsed_by is None:
                    found = True
                    seen.add(capture.id)
                    yield capture


def set_metadata(db: Database, capture_id: str, file: str, offset: int) -> None:
    """Note where the metadata record with the capture's items is."""
    db.conn.execute(
        "UPDATE capture SET metadata_file = ?, metadata_offset = ? WHERE id = ?",
        (_file_key(db, file), offset, capture_id),
    )


def set_run(db: Database, warc_file: str, run: Run) -> None:
    """Give the captures of a WARC file to a run; its site is theirs, where it has one."""
    db.conn.execute(
        """UPDATE capture SET run = ?1, site = CASE ?2 WHEN '' THEN site ELSE ?2 END
           WHERE file = ?3 AND (run != ?1 OR site != CASE ?2 WHEN '' THEN site ELSE ?2 END)""",
        (run_key(db, run.id), storable(run.site), _file_key(db, warc_file)),
    )


def indexed_to(db: Database, warc_file: str) -> int:
    """How far the index has seen a WARC file, in bytes; 0 for an unknown one."""
    row = db.conn.execute("SELECT indexed_to FROM warc_file WHERE name = ?", (warc_file,)).fetchone()
    return int(row[0]) if row else 0


def set_indexed_to(db: Database, warc_file: str, offset: int) -> None:
    """Note how far the index has seen a WARC file."""
    db.conn.execute("UPDATE warc_file SET indexed_to = ? WHERE n = ?", (offset, _file_key(db, warc_file)))


def run_key(db: Database, run_id: str) -> int:
    """The integer under which a run is known; makes it known by name when a capture comes before the run itself."""
    return _intern(db, "run", "id", run_id)


def _file_key(db: Database, name: str) -> int:
    return _intern(db, "warc_file", "name", name)


def _intern(db: Database, table: str, column: str, value: str) -> int:
    stored = storable(value)
    row = db.conn.execute(f"SELECT n FROM {table} WHERE {column} = ?", (stored,)).fetchone()
    if row is None:
        row = db.conn.execute(f"INSERT INTO {table}({column}) VALUES (?) RETURNING n", (stored,)).fetchone()
    return int(row[0])


def _row(capture: Capture, runs: dict[str, int], files: dict[str, int]) -> tuple[Any, ...]:
    return (
        capture.id,
        storable(capture.url),
        storable(capture.url_key),
        capture.captured_at,
        integer_or_none(capture.status),
        storable_or_none(capture.mime),
        storable_or_none(capture.digest),
        capture.kind,
        storable_or_none(capture.refers_to),
        capture.fidelity,
        storable_or_none(capture.truncated),
        storable(capture.site),
        runs[capture.run_id],
        files[capture.warc_file],
        capture.offset,
        capture.length,
        capture.request_offset,
        None if capture.metadata_file is None else files[capture.metadata_file],
        capture.metadata_offset,
        capture.parsed_by,
        milliseconds(capture.captured_at),
    )


def _first(db: Database, sql: str, parameters: tuple[Any, ...]) -> Capture | None:
    row = db.conn.execute(sql, parameters).fetchone()
    return None if row is None else Capture(*row)


def _all(db: Database, sql: str, parameters: Iterable[Any]) -> Iterator[Capture]:
    for row in db.conn.execute(sql, tuple(parameters)):
        yield Capture(*row)
