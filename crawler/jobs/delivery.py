"""Messages go out beside the runs, and are waited for at the end of the process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime

from crawler.jobs import notify
from crawler.jobs.job import JobFile, span
from crawler.jobs.state import State


class Delivery:
    """Sends what people are to be told; what does not arrive is tried again later."""

    def __init__(self, state: State, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._clock = clock
        self._sending: asyncio.Task[None] | None = None

    def begin(self, file: JobFile) -> None:
        """Send what has its time now, beside everything else."""
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send(file))

    async def end(self) -> None:
        """Wait for what is on its way."""
        if self._sending is not None:
            await self._sending

    async def _send(self, file: JobFile) -> None:
        sender = (file.contact or "").removeprefix("mailto:")
        sender = sender if "@" in sender and "/" not in sender else f"seogo@{socket.gethostname()}"
        digest = span(file.digest) if file.digest else None
        for letter in notify.letters(self._state, self._clock(), digest):
            error: str | None = None
            try:
                await asyncio.to_thread(notify.send, letter, file.smtp, sender)
            except notify.Undelivered as failure:
                error = str(failure)
            notify.settle(self._state, letter, self._clock(), error)
