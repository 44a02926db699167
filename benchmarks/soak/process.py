"""`seogo` on the fast clock that SOAK_CLOCK names; everything else is the program as it is."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from archive import times
from benchmarks.soak.clock import FastClock, ticks


def main() -> None:
    """Put the clock in before the program's modules take theirs, then run the command."""
    clock = FastClock(Path(os.environ["SOAK_CLOCK"]))
    times.now = clock.watched
    from crawler.jobs import running

    # Jobs waits for a second between two looks at what is due; a second of this clock is shorter.
    running._LOOK = 0.05  # type: ignore[misc]  # what a second is on this clock
    running.Jobs = partial(running.Jobs, ticks=ticks)  # type: ignore[assignment, misc]  # the same class, wound up
    from crawler.cli import main as seogo

    seogo()


if __name__ == "__main__":
    main()
