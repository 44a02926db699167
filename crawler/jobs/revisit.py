"""When a page is looked at again: often while it is young or changing, ever less while it stays the same.

What changed is for the text to say: a page whose advertisements differ is unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Bounds and factors. `first`: the wait after the first capture; `until`: the age at which looking ends."""

    first: timedelta = timedelta(minutes=30)
    least: timedelta = timedelta(minutes=10)
    most: timedelta = timedelta(days=7)
    shrink: float = 0.5
    grow: float = 1.5
    until: timedelta = timedelta(days=30)
    failures: int = 8

    def after_check(self, wait: timedelta, *, changed: bool) -> timedelta:
        """The next wait, after one of `wait` found the text changed or not."""
        factor = self.shrink if changed else self.grow
        return min(self.most, max(self.least, wait * factor))

    def after_failure(self, failures: int) -> timedelta | None:
        """The wait after so many failures in a row (1 or more); None: it is given up."""
        if failures >= self.failures:
            return None
        hours = timedelta(hours=1 << (failures - 1))
        return min(self.most, hours)


POLICY = Policy()
