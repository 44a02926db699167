"""What a crawl of one shard leaves to the others: requests for their hosts, listed among the outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from sqlite_utils import Database

from archive import times
from archive.model import Outcome
from crawler.frontier.shard import Shard, shard_of
from crawler.pipelines import keeper

OUTCOME: Final = "other-shard"
LISTED: Final = 100_000
"""How many addresses are remembered as listed, so that memory stays flat."""


def remarks(db: Database, run: str, shard: Shard, seeds: Iterable[str]) -> list[str]:
    """What a person should know of a shard's run: that it had nothing to do, and that it left something to others."""
    said = []
    if not any(shard.has(urlsplit(seed).hostname or "") for seed in seeds):
        said.append(f"no seed is shard {shard}'s, so nothing was to be fetched")
    [[left]] = db.execute(
        "SELECT count(DISTINCT url) FROM outcomes WHERE run_id = ? AND outcome = ?", (run, OUTCOME)
    ).fetchall()
    if left:
        noun = "address that was found belongs" if left == 1 else "addresses that were found belong"
        said.append(f"{left} {noun} to other shards (outcome {OUTCOME}): give them to all as seeds to have them too")
    return said


class Others:
    """The hosts that are not this shard's."""

    def __init__(self, crawler: Crawler, shard: Shard) -> None:
        self._crawler = crawler
        self._shard = shard
        self._listed: set[str] = set()

    @classmethod
    def of(cls, crawler: Crawler) -> Self | None:
        """Those of the crawl's plan; None where one crawler takes all hosts."""
        shard = getattr(getattr(crawler.spider, "plan", None), "shard", None)
        return cls(crawler, shard) if isinstance(shard, Shard) else None

    def take(self, request: Request) -> bool:
        """Whether a request is another shard's.

        What a page or a redirect led to is listed, once; a seed as it was given is its own shard's to fetch.
        """
        host = urlsplit(request.url).hostname or ""
        number = shard_of(host, self._shard.of)
        if number == self._shard.number:
            return False
        found = "frontier_parent" in request.meta or "frontier_id" in request.meta
        if found and request.url not in self._listed:
            if len(self._listed) >= LISTED:
                self._listed.clear()
            self._listed.add(request.url)
            run = keeper(self._crawler).writer.run.id
            where = f"{host} is fetched by shard {number}/{self._shard.of}"
            keeper(self._crawler).writer.add_outcome(
                Outcome(run, request.url, times.to_text(times.now()), OUTCOME, where)
            )
        return True
