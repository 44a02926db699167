"""A crawl whose disk is full stands still: what arrived waits in memory until there is room, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from archive.errors import WriteFailed

logger = logging.getLogger(__name__)

# Seconds between two attempts to write, and after which a crawl that nobody made room for ends unfinished.
AGAIN: Final = 1.0
PATIENCE: Final = 3600.0


class Stall:
    """Whether a crawl stands still for want of room, since when, and how many of its requests wait for it."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._again = 0.0
        self._waiting = 0
        self._over = False

    @property
    def lasts(self) -> bool:
        """Whether the crawl stands still: nothing new is to be fetched."""
        return self._since is not None

    @property
    def due(self) -> bool:
        """Whether it is time for another attempt to write."""
        return self._since is None or time.monotonic() >= self._again

    def begin(self, error: Exception) -> bool:
        """Takes note of a write that failed; returns whether to wait, which helps against a full disk alone."""
        if self._over or not (isinstance(error, WriteFailed) and error.full):
            return False
        now = time.monotonic()
        if self._since is None:
            self._since = now
            logger.error("The disk is full; the crawl waits, and goes on by itself once there is room: %s", error)
        self._again = now + AGAIN
        return now - self._since < PATIENCE

    async def wait(self) -> None:
        """Waits until the next attempt."""
        self._waiting += 1
        try:
            await asyncio.sleep(AGAIN)
        finally:
            self._waiting -= 1

    def end(self) -> None:
        """Takes note of a commit that went well: the stall is over when nobody waits any more."""
        if self._since is not None and not self._waiting:
            self._since = None
            logger.error("There is room on the disk again; the crawl goes on")

    def give_up(self) -> None:
        """Nobody is to wait from now on: the crawl was told to stop."""
        self._over = True
