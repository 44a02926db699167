"""`seogo` with leases of a few seconds, so that a dead worker is missed soon: `python worker.py crawl ...`."""

from __future__ import annotations

from crawler.cli import main
from crawler.frontier import redis_scheduler, redis_store

LEASE = 3.0

if __name__ == "__main__":
    redis_store.LEASE = LEASE  # type: ignore[misc]  # a minute of waiting would prove no more
    redis_scheduler.BEAT = 0.4  # type: ignore[misc]
    main()
