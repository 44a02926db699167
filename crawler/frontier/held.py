"""What the unfinished crawls of a run's spiders hold already, so that neither takes a page of the other's."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from scrapy import Request
from scrapy.utils.request import fingerprint


class Held:
    """Reads the frontier's file beside its owners; a page is held when it waits, is in flight or done."""

    def __init__(self, path: Path, keys: tuple[str, ...]) -> None:
        self._path = path
        self._keys = keys
        self._connection: sqlite3.Connection | None = None

    def has(self, url: str) -> bool:
        """Whether one of the crawls has this page; never where there is no frontier yet."""
        if self._connection is None:
            if not self._path.is_file():
                return False
            self._connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        marks = ",".join("?" * len(self._keys))
        sql = (
            f"SELECT 1 FROM requests WHERE fingerprint = ? AND crawl IN (SELECT id FROM crawls WHERE key IN ({marks}))"
        )
        with contextlib.suppress(sqlite3.OperationalError):  # the file is made, its tables not yet
            return self._connection.execute(sql, (fingerprint(Request(url)), *self._keys)).fetchone() is not None
        return False

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
