"""What jobs remember between runs, in `DIR/state/jobs.db`: starts, what was missed and why, pauses.

Nothing here can be had from the WARC; losing it costs a start too many, never a page. Every method is one transaction,
so that a kill leaves it whole. Two processes may open it: one that is refused the archive's lock writes that down.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from archive.times import from_text, to_text
from crawler.errors import CrawlerError
from crawler.jobs.tables import SCHEMA, SCHEMA_VERSION, SINCE

KEPT_EVENTS = 2000
"""Events of a job that are kept; the oldest go first."""

EventKind = Literal["missed", "refused", "held", "interrupted", "clock", "paused", "failed", "trap", "notify"]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a job's starts. `running`: the slot of a start that has not ended; all instants aware, UTC."""

    name: str
    anchor: datetime
    slot: datetime | None = None
    running: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    run_id: str | None = None
    outcome: str | None = None
    interrupted: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person may want explained; like ones in a row are one with a count."""

    job: str
    kind: str
    first_at: str
    last_at: str
    count: int
    said: str


@dataclass(frozen=True, slots=True)
class Pause:
    """What is left alone until an instant, and why: `host NAME` or `site NAME`. `level` counts pauses in a row."""

    what: str
    since: datetime
    until: datetime
    level: int
    said: str


class State:
    """The file, open; a context manager. Not thread-safe."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, directory: Path) -> State:
        """Open an archive's job state, made when it is not there. Raises CrawlerError."""
        path = directory / "state" / "jobs.db"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with _transaction(connection):
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    for statement in SCHEMA.split(";\n"):
                        connection.execute(statement)
                for later, statement in SINCE.items():
                    if version < later:
                        connection.execute(statement)
                if version < SCHEMA_VERSION:
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            if version > SCHEMA_VERSION:
                raise CrawlerError(f"{path}: job state of version {version}, which this Seogo does not know")
        except (OSError, sqlite3.Error) as error:
            raise CrawlerError(f"{path}: the job state cannot be opened: {error}") from error
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def transaction(self) -> Any:
        """A context in which everything is written, or nothing."""
        return _transaction(self.connection)

    def job(self, name: str, now: datetime) -> Remembered:
        """What is remembered of a job; for a new one the anchor is now, and nothing is written."""
        row = self.connection.execute(
            "SELECT anchor, slot, running, started_at, finished_at, run_id, outcome, interrupted FROM job"
            " WHERE name = ?",
            (name,),
        ).fetchone()
        if row is None:
            return Remembered(name, now)
        anchor, slot, running, started_at, finished_at, run_id, outcome, interrupted = row
        return Remembered(
            name=name,
            anchor=from_text(anchor),
            slot=_instant(slot),
            running=_instant(running),
            started_at=_instant(started_at),
            finished_at=_instant(finished_at),
            run_id=run_id,
            outcome=outcome,
            interrupted=interrupted,
        )

    def begin(self, name: str, slot: datetime, now: datetime, run_id: str) -> None:
        """A start for a slot; written before the first byte is fetched."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO job (name, anchor) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, to_text(slot))
            )
            self.connection.execute(
                "UPDATE job SET slot = ?, running = ?, started_at = ?, finished_at = NULL, outcome = NULL, run_id = ?"
                " WHERE name = ?",
                (to_text(slot), to_text(slot), to_text(now), run_id, name),
            )

    def finish(self, name: str, outcome: str, now: datetime) -> None:
        """A start has ended by itself, whatever came of it."""
        with self.transaction():
            self.connection.execute(
                "UPDATE job SET running = NULL, finished_at = ?, outcome = ?, interrupted = 0 WHERE name = ?",
                (to_text(now), outcome, name),
            )

    def interrupted(self, name: str, now: datetime) -> int:
        """A start whose process died; returns how many in a row that makes."""
        with self.transaction():
            row = self.connection.execute(
                "UPDATE job SET running = NULL, outcome = 'interrupted', finished_at = ?,"
                " interrupted = interrupted + 1 WHERE name = ? RETURNING interrupted",
                (to_text(now), name),
            ).fetchone()
        return int(row[0])

    def forget_jobs(self, kept: Collection[str]) -> None:
        """Forget the starts of jobs that are gone: one that comes back under an old name has missed nothing."""
        with self.transaction():
            for (name,) in self.connection.execute("SELECT name FROM job").fetchall():
                if name not in kept:
                    self.connection.execute("DELETE FROM job WHERE name = ?", (name,))

    def set_slot(self, name: str, slot: datetime) -> None:
        """Count a slot as started, as when a clock was set back."""
        with self.transaction():
            self.connection.execute("UPDATE job SET slot = ? WHERE name = ?", (to_text(slot), name))

    def note(self, job: str, kind: EventKind, said: str, at: datetime) -> bool:
        """Write an event down; the like of the job's last one only lengthens that one. Returns whether it is news."""
        return self.note_all(job, kind, said, [at], 1)

    def note_all(self, job: str, kind: EventKind, said: str, instants: Sequence[datetime], count: int) -> bool:
        """As `note`, for `count` of them between the first and the last of some instants; `missed` is always news."""
        first, last = to_text(min(instants)), to_text(max(instants))
        with self.transaction():
            row = self.connection.execute(
                "SELECT id, kind, said FROM event WHERE job = ? ORDER BY id DESC LIMIT 1", (job,)
            ).fetchone()
            # Between two times that something was missed, a run was not.
            if row is not None and kind != "missed" and tuple(row[1:]) == (kind, said):
                self.connection.execute(
                    "UPDATE event SET last_at = max(last_at, ?), count = count + ? WHERE id = ?", (last, count, row[0])
                )
                return False
            self.connection.execute(
                "INSERT INTO event (job, kind, first_at, last_at, count, said) VALUES (?, ?, ?, ?, ?, ?)",
                (job, kind, first, last, count, said),
            )
            self.connection.execute(
                "DELETE FROM event WHERE job = ? AND id <="
                " (SELECT id FROM event WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (job, job, KEPT_EVENTS),
            )
        return True

    def events(self, job: str | None = None, *, most: int = 100) -> list[Event]:
        """The last events, of a job or of all, the newest first."""
        rows = self.connection.execute(
            "SELECT job, kind, first_at, last_at, count, said FROM event WHERE ? IS NULL OR job = ?"
            " ORDER BY id DESC LIMIT ?",
            (job, job, most),
        )
        return [Event(*row) for row in rows]

    def pause(self, what: str, now: datetime, spans: Sequence[timedelta], said: str, least: timedelta) -> Pause:
        """Leave something alone: for the first of `spans`, for longer ones where pauses follow each other.

        Pauses follow each other when there was no `resume` between them. At least for `least`.
        """
        before = self.pauses().get(what)
        level = before.level + 1 if before is not None else 0
        since = before.since if before is not None else now
        until = now + max(least, spans[min(level, len(spans) - 1)])
        with self.transaction():
            self.connection.execute(
                "INSERT OR REPLACE INTO pause (what, since, until, level, said) VALUES (?, ?, ?, ?, ?)",
                (what, to_text(since), to_text(until), level, said),
            )
        return Pause(what, since, until, level, said)

    def resume(self, what: str) -> bool:
        """All is well again; returns whether there was a pause."""
        with self.transaction():
            return self.connection.execute("DELETE FROM pause WHERE what = ?", (what,)).rowcount > 0

    def asked(self, host: str, now: datetime, seconds: float) -> None:
        """A host is asked now, and then left alone for so long, by whatever process comes next as well."""
        self.connection.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (host, to_text(now), seconds))

    def asked_lately(self, now: datetime) -> dict[str, timedelta]:
        """The hosts that are to be left alone for a moment still, and for how long; those of long ago are forgotten."""
        found = {}
        with self.transaction():
            for host, at, seconds in self.connection.execute("SELECT host, at, seconds FROM asked").fetchall():
                # A clock that was set back tells nothing: the whole delay is kept.
                left = min(from_text(at) + timedelta(seconds=seconds) - now, timedelta(seconds=seconds))
                if left > timedelta(0):
                    found[host] = left
                else:
                    self.connection.execute("DELETE FROM asked WHERE host = ?", (host,))
        return found

    def pauses(self) -> dict[str, Pause]:
        """All pauses, those included whose time is over and after which nothing was tried yet."""
        rows = self.connection.execute("SELECT what, since, until, level, said FROM pause")
        return {row[0]: Pause(row[0], from_text(row[1]), from_text(row[2]), row[3], row[4]) for row in rows}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
