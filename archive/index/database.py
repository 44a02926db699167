"""The one door to `index.db`."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, SchemaTooNew
from archive.index import exclusions, fulltext
from archive.index.names import Remembering
from archive.index.schema import MIGRATION_NAMES, MIGRATIONS

# How long to wait for a writer that lives: the lock of a dead one ends with its process.
BUSY_SECONDS = 10.0
# What the write-ahead log keeps of the disk once it is written back, which is done at about that size: pages of
# indexes that change with every commit are then written back once for many.
_LOG_BYTES = 16 << 20
_LOG_PAGES = _LOG_BYTES // 4096


class Index(Remembering):
    """The index as SQLite; a transaction ends with the full text of the articles that changed in it."""

    _others = 0

    @contextlib.contextmanager
    def atomic(self) -> Iterator[Index]:
        """A transaction, or within one a savepoint; all or nothing."""
        if self.conn.in_transaction:
            with self._savepoint():
                yield self
            return
        # Changes when another connection has written.
        [[others]] = self.conn.execute("PRAGMA data_version").fetchall()
        if others != self._others:
            self._others = others
            self.forget()
        try:
            with super().atomic():
                yield self
                fulltext.settle(self)
        except BaseException:
            self.forget()
            raise

    @contextlib.contextmanager
    def _savepoint(self) -> Iterator[None]:
        # One name for all, so that the statements stay prepared; SQLite takes the innermost of that name.
        self.conn.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.forget()
            if self.conn.in_transaction:  # an error can have ended it all
                self.conn.execute("ROLLBACK TO part")
                self.conn.execute("RELEASE part")
            raise
        self.conn.execute("RELEASE part")


def connect(path: Path, *, readonly: bool = False) -> Index:
    """Open the index. For writing it is made or migrated first, with a copy `NAME.before-MIGRATION` beside it.

    Raises ArchiveMissing (no such file to read, or nowhere to write), SchemaTooNew, ArchiveDamaged (no SQLite file, or
    a broken one) and, for reading, ArchiveError where the schema is an earlier one, since reading never migrates.
    """
    with damage_named(path):
        return _open_readonly(path) if readonly else _open_writable(path)


@contextlib.contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file itself into errors that name it and say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        message = str(error)
        if "unable to open" in message or "readonly" in message:
            raise ArchiveMissing(f"{path} cannot be opened: {message}") from error
        if "locked" in message or "disk is full" in message or "disk I/O" in message:
            raise ArchiveError(f"{path}: {message}") from error
        if "unsupported file format" in message:
            raise _damaged(path, error) from error
        raise
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError):
        raise
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: sqlite3.Error) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"{path} is damaged ({error}): move it away and run `seogo reindex`, which makes it anew from the WARC"
    )


def _open_writable(path: Path) -> Index:
    if not path.parent.is_dir():
        raise ArchiveMissing(f"{path.parent} is no directory")
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        db = _configured(connection)
        _refuse_later_schema(db, path)
        connection.execute("PRAGMA journal_mode = WAL")
        # Losing the last transaction to a power cut is harmless: its captures are in the WARC, and found again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        _migrate(Database(connection, execute_plugins=False), path)
        with db.atomic():
            fulltext.bring_up(db)
            exclusions.bring_up(db, path.parent)
        # What a savepoint may have to undo would go through a file: a fifth of what a page costs.
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return db


def _open_readonly(path: Path) -> Index:
    if not path.is_file():
        raise ArchiveMissing(f"{path} does not exist: no archive there yet, or `seogo reindex` is needed")
    try:
        connection = _connect_readonly(path, "mode=ro")
    except sqlite3.OperationalError:
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        # On a read-only disk SQLite cannot make its shared-memory file; without a log there is nothing to share.
        connection = _connect_readonly(path, "mode=ro&immutable=1")
    try:
        db = _configured(connection)
        _refuse_later_schema(db, path)
        if MIGRATIONS.pending(db):
            if not MIGRATIONS.applied(db):
                raise ArchiveDamaged(f"{path} is no index of Seogo's: move it away and run `seogo reindex`")
            raise ArchiveError(f"{path} was made by an earlier Seogo: `seogo recover` brings it up to this one")
    except BaseException:
        connection.close()
        raise
    return db


def _connect_readonly(path: Path, mode: str) -> sqlite3.Connection:
    # as_uri() percent-encodes `?` and `#` in names.
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _configured(connection: sqlite3.Connection) -> Index:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cache_size = -32768")
    return Index(connection, execute_plugins=False)


def _refuse_later_schema(db: Database, path: Path) -> None:
    later = sorted({migration.name for migration in MIGRATIONS.applied(db)} - MIGRATION_NAMES)
    if later:
        raise SchemaTooNew(f"{path} was written by a later Seogo (it has {later[0]}): use that version, or a newer one")


def _migrate(db: Database, path: Path) -> None:
    pending = MIGRATIONS.pending(db)
    if not pending:
        return
    if MIGRATIONS.applied(db):
        _back_up(db, path.with_name(f"{path.name}.before-{pending[0].name}"))
    elif db.table_names():
        raise ArchiveDamaged(f"{path} is an SQLite file, but no index of Seogo's: move it away and run `seogo reindex`")
    MIGRATIONS.apply(db)


def _back_up(db: Database, target: Path) -> None:
    # Written under another name first: a copy cut short must not look like a whole one.
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(unfinished)) as copy:
        db.conn.backup(copy)
    unfinished.replace(target)
