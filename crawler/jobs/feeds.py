"""The feeds that a site names by itself, for definitions that name none: found by one run, looked into by the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from archive.times import from_text, to_text
from crawler.jobs.state import State

MOST: Final = 10
"""Feeds of a site that are remembered."""

ROBOTS_EVERY: Final = timedelta(hours=1)
"""How often robots.txt is looked into for sitemaps, and these with it."""


class Feeds:
    """The feeds of one site that its own pages name."""

    def __init__(self, state: State, site: str) -> None:
        self._state = state
        self._site = site

    def known(self) -> list[str]:
        """Their addresses, in the order in which they were found."""
        rows = self._state.connection.execute(
            "SELECT url FROM feed WHERE site = ? AND asked_at IS NULL ORDER BY found_at, url", (self._site,)
        )
        return [str(row[0]) for row in rows]

    def found(self, urls: Iterable[str], now: datetime) -> list[str]:
        """A page names feeds: those that are new are remembered, up to MOST a site, and returned."""
        known = self.known()
        new = [url for url in dict.fromkeys(urls) if url not in known][: max(0, MOST - len(known))]
        with self._state.transaction():
            for url in new:
                self._state.connection.execute(
                    "INSERT OR IGNORE INTO feed (site, url, found_at) VALUES (?, ?, ?)", (self._site, url, to_text(now))
                )
        return new

    def forget(self, url: str) -> None:
        """It is no feed, or is gone; where the front page still names it, it is tried again."""
        with self._state.transaction():
            self._state.connection.execute("DELETE FROM feed WHERE site = ? AND url = ?", (self._site, url))

    def takes_robots(self, url: str, now: datetime) -> bool:
        """Whether it is time to look into a robots.txt for sitemaps; if so, it counts as done."""
        row = self._state.connection.execute(
            "SELECT asked_at FROM feed WHERE site = ? AND url = ?", (self._site, url)
        ).fetchone()
        # A clock that was set back does not keep it away for long.
        if row is not None and row[0] is not None and abs(now - from_text(row[0])) < ROBOTS_EVERY:
            return False
        with self._state.transaction():
            self._state.connection.execute(
                "INSERT OR REPLACE INTO feed (site, url, found_at, asked_at) VALUES (?, ?, ?, ?)",
                (self._site, url, to_text(now), to_text(now)),
            )
        return True
