"""A clock that several processes read and one sets: it runs faster than life, and leaps between what happens."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

RATE = 20.0
"""So much faster than life. A delay of 1 s between requests is 0.05 s here, and a back-off of 30 s is 1.5 s."""

_DOUBLE = struct.Struct("<d")


class FastClock:
    """The instant is an offset, which stands in a file, plus the machine's uptime times RATE."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(16))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 16)

    def now(self) -> datetime:
        """The present instant, to the millisecond."""
        (offset,) = _DOUBLE.unpack_from(self._memory, 0)
        return datetime.fromtimestamp(round(offset + monotonic() * RATE, 3), UTC)

    def watched(self) -> datetime:
        """As `now`; the one who sets the clock can tell by `seen` that it was looked at."""
        instant = self.now()
        _DOUBLE.pack_into(self._memory, 8, instant.timestamp())
        return instant

    def was_seen(self) -> bool:
        """Whether the clock was looked at since the last call."""
        (seen,) = _DOUBLE.unpack_from(self._memory, 8)
        _DOUBLE.pack_into(self._memory, 8, 0.0)
        return bool(seen)

    def set(self, instant: datetime) -> None:
        """Leap, forward or back."""
        _DOUBLE.pack_into(self._memory, 0, instant.timestamp() - monotonic() * RATE)

    def leap(self, span: timedelta) -> None:
        """Leap by a span, forward or (negative) back."""
        self.set(self.now() + span)


def ticks() -> float:
    """Seconds of back-off, as fast as the clock."""
    return monotonic() * RATE
