"""The pages that jobs have found: which are new, and which are to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.times import from_text, to_text
from archive.urls import same_page, url_key
from crawler.discovery.scope import article_key
from crawler.jobs.revisit import POLICY, Policy
from crawler.jobs.state import State
from crawler.sites.model import Site


@dataclass(frozen=True, slots=True)
class Seen:
    """What one capture tells of a page: `changed` by its text; `good` where it came as it should."""

    url: str
    at: str
    good: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A page to fetch; `new` where it never was."""

    url: str
    new: bool


def identity(site: Site | None, url: str) -> str:
    """What names a page among those of its site: an article's key at all its addresses, else the address."""
    key = article_key(site, url)
    return f"article {key}" if key is not None else url_key(same_page(url))


class Pages:
    """The found pages of one site."""

    def __init__(self, state: State, name: str, site: Site | None, policy: Policy = POLICY) -> None:
        self._state = state
        self._db = state.connection
        self._name = name
        self._site = site
        self.policy = policy

    def has(self, url: str) -> bool:
        """Whether a page is known to jobs."""
        row = self._db.execute(
            "SELECT 1 FROM page WHERE site = ? AND identity = ?", (self._name, identity(self._site, url))
        ).fetchone()
        return row is not None

    def is_new(self, url: str) -> bool:
        """Whether a page is known, but was never fetched yet."""
        row = self._db.execute(
            "SELECT checked_at IS NULL FROM page WHERE site = ? AND identity = ?",
            (self._name, identity(self._site, url)),
        ).fetchone()
        return row is not None and bool(row[0])

    def offer(self, url: str, now: datetime, *, known_at: str | None = None) -> bool:
        """A link was found: whether it is to be fetched now, because it is new or due; what is found again is not.

        `known_at`: when the archive has it from, for one that is not known here.
        """
        key = identity(self._site, url)
        row = self._db.execute("SELECT next_at FROM page WHERE site = ? AND identity = ?", (self._name, key)).fetchone()
        if row is not None:
            return row[0] is not None and row[0] <= to_text(now)
        due = now if known_at is None else now + self.policy.first
        with self._state.transaction():
            self._db.execute(
                "INSERT INTO page (site, identity, url, found_at, next_at, seconds, checked_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self._name, key, url, known_at or to_text(now), to_text(due), _seconds(self.policy.first), known_at),
            )
        return known_at is None

    def asked(self, url: str, now: datetime) -> None:
        """A page was handed to the crawler: until its capture is told of, that counts as a failure to come."""
        key = identity(self._site, url)
        with self._state.transaction():
            row = self._db.execute(
                "SELECT misses FROM page WHERE site = ? AND identity = ?", (self._name, key)
            ).fetchone()
            if row is not None:
                self._fail(key, int(row[0]) + 1, now)

    def due(self, now: datetime, most: int = 10_000) -> Iterator[Due]:
        """The pages to be fetched now: new ones first, then those that wait the longest."""
        rows = self._db.execute(
            "SELECT url, checked_at IS NULL FROM page WHERE site = ? AND next_at <= ?"
            " ORDER BY checked_at IS NOT NULL, next_at LIMIT ?",
            (self._name, to_text(now), most),
        ).fetchall()
        return (Due(url, bool(new)) for url, new in rows)

    def counts(self, now: datetime) -> tuple[int, int, int]:
        """How many pages are new and wait, are due to be looked at again, and are watched at all."""
        row = self._db.execute(
            "SELECT coalesce(sum(checked_at IS NULL AND next_at <= :now), 0),"
            " coalesce(sum(checked_at IS NOT NULL AND next_at <= :now), 0), count(next_at)"
            " FROM page WHERE site = :site",
            {"now": to_text(now), "site": self._name},
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def absorb(self, captures: Iterable[Seen], now: datetime) -> int:
        """Learn what captures tell, in order of time; the same one twice is one. Returns how many changed."""
        changed = 0
        with self._state.transaction():
            for seen in captures:
                changed += self._absorb(seen, now)
        return changed

    def prune(self, now: datetime) -> int:
        """Forget pages that were given up, or grew too old, so long ago that no list shows them any more."""
        with self._state.transaction():
            return self._db.execute(
                "DELETE FROM page WHERE site = ? AND next_at IS NULL AND coalesce(checked_at, found_at) < ?",
                (self._name, to_text(now - timedelta(days=365))),
            ).rowcount

    def _absorb(self, seen: Seen, now: datetime) -> bool:
        key = identity(self._site, seen.url)
        row = self._db.execute(
            "SELECT found_at, checked_at, seconds, misses FROM page WHERE site = ? AND identity = ?", (self._name, key)
        ).fetchone()
        if row is None:
            young = now - from_text(seen.at) <= self.policy.until
            if seen.good and young and article_key(self._site, seen.url) is not None:
                # Found by a crawl, an import, another tool: watched from now on.
                self._db.execute(
                    "INSERT INTO page (site, identity, url, found_at, checked_at, next_at, seconds, checks)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
                    (
                        *(self._name, key, seen.url, seen.at, seen.at),
                        self._next(seen.at, seen.at, self.policy.first),
                        _seconds(self.policy.first),
                    ),
                )
            return False
        found_at, checked_at, seconds, misses = row
        if checked_at is not None and seen.at <= checked_at:
            return False
        if not seen.good:
            # `asked` has counted it.
            if not misses:
                self._fail(key, 1, from_text(seen.at))
            return False
        first = checked_at is None
        wait = timedelta(seconds=seconds)
        wait = self.policy.first if first else self.policy.after_check(wait, changed=seen.changed)
        self._db.execute(
            "UPDATE page SET checked_at = ?, next_at = ?, seconds = ?, checks = checks + 1, changes = changes + ?,"
            " misses = 0 WHERE site = ? AND identity = ?",
            (
                seen.at,
                self._next(found_at, seen.at, wait),
                _seconds(wait),
                int(seen.changed and not first),
                self._name,
                key,
            ),
        )
        return seen.changed and not first

    def _next(self, found_at: str, checked_at: str, wait: timedelta) -> str | None:
        at = from_text(checked_at) + wait
        return to_text(at) if at - from_text(found_at) <= self.policy.until else None

    def _fail(self, key: str, misses: int, now: datetime) -> None:
        wait = self.policy.after_failure(misses)
        self._db.execute(
            "UPDATE page SET misses = ?, next_at = ? WHERE site = ? AND identity = ?",
            (misses, None if wait is None else to_text(now + wait), self._name, key),
        )


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds())
