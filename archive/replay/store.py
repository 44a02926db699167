"""One archive as the servers read it: an `Archive` for each thread, opened anew when the index was replaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlite_utils import Database

from archive.api import Archive

T = TypeVar("T")
# For so long a site's definition is taken to be as it was.
_SITE_SECONDS = 30.0
_MOST_SITES = 1000


class Store:
    """An archive directory, read-only. Threads share it; each has its own connection."""

    def __init__(
        self,
        directory: Path,
        zone_of: Callable[[str], str | None] | None = None,
        title_of: Callable[[str], str | None] | None = None,
    ) -> None:
        """`zone_of` gives the name of a site's zone, `title_of` what it calls itself; None where it is not known."""
        self.directory = directory
        self._zone_of = zone_of
        self._local = threading.local()
        self._remembered: dict[str, tuple[float, int, Any]] = {}
        self._title_of = title_of
        self._zones: dict[str, tuple[float, tzinfo | None]] = {}
        self._titles: dict[str, tuple[float, str]] = {}

    @property
    def archive(self) -> Archive:
        """This thread's archive; another than before when `seogo reindex` put a new index in place.

        Raises ArchiveMissing, SchemaTooNew, ArchiveDamaged.
        """
        held: tuple[int, Archive] | None = getattr(self._local, "held", None)
        path = self.directory / "index.db"
        inode = path.stat().st_ino if path.is_file() else 0
        if held is None or held[0] != inode:
            if held is not None:
                held[1].close()
                self._local.held = None
            held = self._local.held = (inode, Archive(self.directory))
        return held[1]

    def remembered(self, name: str, seconds: float, make: Callable[[], Any]) -> Any:
        """What `make` gives, made anew when it is older than that or the index was replaced."""
        held = self._remembered.get(name)
        archive = self.archive
        if held is None or held[0] < time.monotonic() - seconds or held[1] != archive.path.stat().st_ino:
            held = self._remembered[name] = (time.monotonic(), archive.path.stat().st_ino, make())
        return held[2]

    def zone(self, site: str | None) -> tzinfo | None:
        """The zone in which people read times of a site; None stands for the machine's zone."""
        zone_of = self._zone_of
        return _known(self._zones, site, lambda: _zone(zone_of(site))) if zone_of and site else None

    def title(self, site: str) -> str:
        """What people call a site: the title in its definition, else its name in the archive."""
        title_of = self._title_of
        return _known(self._titles, site, lambda: title_of(site) or site) if title_of and site else site

    @property
    def db(self) -> Database:
        """The index of this thread's archive."""
        return self.archive.db


def _known(known: dict[str, tuple[float, T]], site: str, ask: Callable[[], T]) -> T:
    """What is known of a site, asked for anew when it is old: a definition is read for it, and a page names many."""
    held = known.get(site)
    if held is None or held[0] < time.monotonic() - _SITE_SECONDS:
        if len(known) >= _MOST_SITES:
            known.clear()
        held = known[site] = (time.monotonic(), ask())
    return held[1]


def _zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
