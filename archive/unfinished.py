"""What an index that is being built tells of its own making, so that a build that was killed goes on where it stood."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError
from archive.index.database import connect

_STATE: Final = "rebuild"


@dataclass(slots=True)
class State:
    """What a build that goes on must know: who made it, size and time of each file, the damage met so far."""

    made_by: str | None
    marks: dict[str, tuple[int, int]]
    damage: list[ArchiveError]


def begun(path: Path, made_by: str | None, marks: dict[str, tuple[int, int]]) -> tuple[Database, State]:
    """The unfinished index that was left, if it can be gone on with, else a new one."""
    state = State(made_by, marks, [])
    db = _left(path, state) if made_by is not None and path.exists() else None
    if db is None:
        remove(path)
        db = connect(path)
    return db, state


def _left(path: Path, state: State) -> Database | None:
    try:
        db = connect(path)
    except (ArchiveError, sqlite3.Error):
        return None
    row = db.execute("SELECT value FROM setting WHERE name = ?", (_STATE,)).fetchone()
    left: dict[str, Any] = json.loads(row[0]) if row else {"made_by": None}
    if left["made_by"] == state.made_by and all(
        name in state.marks and (state.marks[name] == (size, time) or state.marks[name][0] > size)
        for name, (size, time) in left["files"].items()
    ):
        state.damage += [ArchiveDamaged(said) for said in left["damage"]]
        return db
    db.close()
    return None


def keep(db: Database, state: State) -> None:
    """Write it down."""
    value = {"made_by": state.made_by, "files": state.marks, "damage": [str(error) for error in state.damage]}
    with db.atomic():
        db.execute("INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)", (_STATE, json.dumps(value)))


def mark(path: Path) -> tuple[int, int]:
    """The size and the time of a file."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def finished(db: Database) -> None:
    """Forget it all: the index is whole."""
    with db.atomic():
        db.execute("DELETE FROM setting WHERE name = ?", (_STATE,))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def remove(path: Path) -> None:
    """Delete an index with its log."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
