"""The order in which things become durable: the WARC first, then one SQLite transaction of what the index has of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError, WriteFailed
from archive.index import captures
from archive.index.database import damage_named
from archive.warc.writer import WarcWriter


def transact(db: Database, warc: WarcWriter, write: Callable[[], None]) -> None:
    """Syncs the WARC, then writes to the index in one transaction, with how far it has seen each file.

    Raises WriteFailed, after which it may be tried again, and ArchiveDamaged.
    """
    warc.sync()
    path = warc.directory / "index.db"
    try:
        with damage_named(path), db.atomic():
            write()
            for name, end in warc.synced.items():
                captures.set_indexed_to(db, name, end)
    except (sqlite3.OperationalError, ArchiveError) as error:
        if isinstance(error, ArchiveDamaged):
            raise
        full = "is full" in str(error)
        todo = "make room" if full else "see to what hinders it"
        raise WriteFailed(
            f"{path} could not be written ({error}); the WARC has it all: "
            f"{todo}, and the next commit or run brings the index up to it",
            full=full,
        ) from error
    warc.synced.clear()
