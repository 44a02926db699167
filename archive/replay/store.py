"""One archive as the replay server reads it: a connection to the index for each thread, bodies from the WARC files."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveMissing
from archive.index import database


class Store:
    """An archive directory, read-only. Threads share it; each has its own connection."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._path = directory / "index.db"
        self._local = threading.local()

    @property
    def db(self) -> Database:
        """This thread's connection, opened anew when `seogo reindex` put another file in place.

        Raises ArchiveMissing, SchemaTooNew, ArchiveDamaged.
        """
        try:
            inode = self._path.stat().st_ino
        except OSError as error:
            raise ArchiveMissing(f"{self._path} cannot be read ({error.strerror})") from error
        held: tuple[int, Database] | None = getattr(self._local, "held", None)
        if held is None or held[0] != inode:
            if held is not None:
                held[1].conn.close()
            held = self._local.held = (inode, database.connect(self._path, readonly=True))
        return held[1]
