"""The frontier in Redis: one crawl shared by many workers, each of which writes its own archive.

A worker holds sites under a lease: while it lives nobody else asks their hosts for anything, and when it dies what it
had in flight waits again. A request is acknowledged with the links found on its page in one script. Not thread-safe.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings, Settings

from crawler.errors import BadInput, CrawlerError
from crawler.frontier import redis_scripts
from crawler.frontier.foreign import checked
from crawler.frontier.store import Entry, Taken

logger = logging.getLogger(__name__)

LEASE: Final = 30.0
"""Seconds that a worker holds a site without being heard of."""

LINGERS: Final = 60
"""Seconds that a crawl which came to its end is remembered, so that who starts late does not begin it anew."""

PATIENCE: Final = 2.0
"""Seconds that a site waits for a worker with fewer of them."""

_PAGES_AT_ONCE: Final = 20
_ENTRIES_AT_ONCE: Final = 500


class FrontierAway(CrawlerError):
    """The server does not answer; what was asked of it may be asked again."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A page to be acknowledged: its site and id, what was found on it, and its new request when it is tried again."""

    site: str
    id: int
    found: tuple[Entry, ...] = ()
    again: Entry | None = None


class RedisFrontier:
    """The requests of one crawl, as one worker sees them. Every method raises FrontierAway and CrawlerError.

    `refused` is told of entries that are no requests: their text, and why.
    """

    def __init__(
        self, client: Any, key: str, *, refused: Callable[[bytes, str], None], lease: float = LEASE, worker: str = ""
    ) -> None:
        self.worker = worker or uuid.uuid4().hex
        self.held: set[str] = set()
        self._client = client
        self._prefix = f"seogo:{{{key}}}:"
        self._life = int(lease * 1000)
        self._refused = refused
        self._scripts = {
            name: client.register_script(text) for name, text in vars(redis_scripts).items() if name.isupper()
        }

    def open(self, *, fresh: bool) -> tuple[int, float | None]:
        """Join the crawl; `fresh` drops what is left of it, unless other workers are at it.

        How many sites have requests, and how many seconds ago the crawl came to its end, if it did so lately.
        """
        sites, others, left = self._run("OPEN", self.worker, self._life)
        if fresh and not others:
            self._drop()
            sites, _, left = self._run("OPEN", self.worker, self._life)
        return int(sites), float(LINGERS - left) if left >= 0 else None

    def add(self, entries: Iterable[Entry]) -> dict[str, int]:
        """Keep the requests that are new to this crawl; how many more wait at sites that this worker holds."""
        added: dict[str, int] = {}
        flat = [value for entry in entries for value in _flat(entry)]
        for at in range(0, len(flat), 4 * _ENTRIES_AT_ONCE):
            some = flat[at : at + 4 * _ENTRIES_AT_ONCE]
            _sum(added, self._run("ADD", self.worker, len(some) // 4, *some))
        return added

    def lease(self, most: int) -> tuple[str, int, list[Taken]] | None:
        """Take over a site that nobody holds: its name, how many requests wait beside the first ones, and those.

        None when no site waits, or when others hold fewer and may come for it.
        """
        said = self._run("LEASE", self.worker, self._life, most, int(PATIENCE * 1000))
        if not said:
            return None
        site = bytes(said[0]).decode()
        self.held.add(site)
        return site, int(said[1]), self._taken(site, said[2:])

    def take(self, site: str, most: int) -> list[Taken]:
        """Hand out up to `most` requests of a site that this worker holds."""
        return self._taken(site, self._run("TAKE", self.worker, site, most))

    def acknowledge(self, pages: Iterable[Finished]) -> dict[str, int]:
        """Each page with its links in one step; how many more requests wait at sites that this worker holds."""
        added: dict[str, int] = {}
        waiting = list(pages)
        for at in range(0, len(waiting), _PAGES_AT_ONCE):
            flat: list[Any] = []
            for page in waiting[at : at + _PAGES_AT_ONCE]:
                again = page.again
                flat += (page.site, page.id)
                flat += (again.host, again.priority, _text(again)) if again is not None else ("", 0, "")
                flat.append(len(page.found))
                flat += (value for entry in page.found for value in _flat(entry))
            _sum(added, self._run("ACKNOWLEDGE", self.worker, *flat))
        return added

    def renew(self) -> tuple[int, dict[str, int], list[str]]:
        """Be heard of: this worker's fair share of sites, how many requests wait at each, and those it has lost."""
        sites = sorted(self.held)
        share, *counts = self._run("RENEW", self.worker, self._life, *sites)
        lost = [site for site, count in zip(sites, counts, strict=True) if count < 0]
        self.held.difference_update(lost)
        return int(share), {site: int(n) for site, n in zip(sites, counts, strict=True) if n >= 0}, lost

    def release(self, site: str, delays: Mapping[str, float], *, though_more: bool = False) -> int:
        """Give a site back with all that is in flight there; how many requests wait when it is kept for them.

        `delays` are seconds for which its hosts are left alone.
        """
        rests = [value for host, delay in delays.items() for value in (host, int(delay * 1000))]
        waiting = int(self._run("RELEASE", self.worker, site, int(though_more), *rests))
        if not waiting:
            self.held.discard(site)
        return waiting

    def turn(self, site: str, host: str, delay: float) -> float | None:
        """Whether a host may be asked now: 0, or how many seconds to wait; None when another worker holds its site."""
        wait = int(self._run("TURN", self.worker, site, host, int(delay * 1000)))
        return None if wait < 0 else wait / 1000

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long, whoever comes to hold it."""
        self._run("HOLD", host, int(seconds * 1000))

    def pending(self) -> bool:
        """Whether any site has requests that wait or are in flight, at whichever worker."""
        with self._named():
            return bool(self._client.zcard(f"{self._prefix}ready") + self._client.zcard(f"{self._prefix}leases"))

    def finish(self) -> None:
        """The crawl came to its end: forget it before long."""
        self._run("FINISH", LINGERS)

    def leave(self) -> None:
        """Nothing more comes from this worker."""
        for site in sorted(self.held):
            self.release(site, {}, though_more=True)
        with self._named():
            self._client.zrem(f"{self._prefix}workers", self.worker)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _taken(self, site: str, rows: list[Any]) -> list[Taken]:
        taken = []
        for number, interrupted, data in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
            try:
                at, request = checked(data)
            except ValueError as error:
                self._refused(data, str(error))
                self.acknowledge([Finished(site, int(number))])
                continue
            taken.append(Taken(int(number), site, at, bool(interrupted), request))
        return taken

    def _run(self, name: str, *arguments: Any) -> Any:
        with self._named():
            return self._scripts[name](keys=[self._prefix], args=arguments)

    def _drop(self) -> None:
        with self._named():
            pattern = re.sub(r"([*?\[\]\\])", r"\\\1", self._prefix)
            for name in self._client.scan_iter(match=f"{pattern}*", count=1000):
                self._client.unlink(name)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Turn the client's errors into FrontierAway, and into a CrawlerError where asking again is of no use."""
        import redis

        try:
            yield
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError) as error:
            if isinstance(error, redis.exceptions.AuthenticationError):
                raise CrawlerError(f"the frontier's server refuses us: {error}") from error
            raise FrontierAway(f"the frontier's server does not answer: {error}") from error
        except redis.exceptions.RedisError as error:
            raise CrawlerError(f"the frontier's server cannot keep the frontier: {error}") from error


def connect(settings: BaseSettings) -> Any:
    """A client for the server that REDIS_URL and the other settings of scrapy-redis name.

    Raises BadInput without the extra `redis` or for an address that is none, and CrawlerError when nobody answers.
    """
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
        from scrapy_redis.connection import SETTINGS_PARAMS_MAP, get_redis_from_settings
    except ImportError as error:
        raise BadInput("a frontier in Redis needs the extra `redis`: pip install 'seogo[redis]'") from error
    own = Settings({name: settings.get(name) for name in SETTINGS_PARAMS_MAP})
    # Scrapy's loop stands still meanwhile: no long waits, no pauses between tries.
    given = {"socket_timeout": 5, "socket_connect_timeout": 5, "retry": Retry(NoBackoff(), 1)}
    own.set("REDIS_PARAMS", {**given, **settings.getdict("REDIS_PARAMS")})
    said = without_password(settings.get("REDIS_URL") or "the settings' address")
    try:
        client = get_redis_from_settings(own)
        client.ping()
    except ValueError as error:
        raise BadInput(f"{said} is no address of a Redis: {error}") from error
    except redis.exceptions.RedisError as error:
        raise CrawlerError(f"no frontier at {said}: {error}; start the server or mend the address") from error
    return client


def without_password(url: str) -> str:
    """An address that may be shown.

    >>> without_password("redis://:secret@db.example:6379/0")
    'redis://db.example:6379/0'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _flat(entry: Entry) -> tuple[Any, ...]:
    return entry.fingerprint, entry.host, entry.priority, _text(entry)


def _text(entry: Entry) -> str:
    return f"{entry.added_at}\n{entry.request}"


def _sum(added: dict[str, int], pairs: list[Any]) -> None:
    for site, count in zip(pairs[::2], pairs[1::2], strict=True):
        name = bytes(site).decode()
        added[name] = added.get(name, 0) + int(count)
