"""What runs left in the index, for what jobs decide by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.times import to_text
from crawler.jobs.pages import Seen

_GOOD = frozenset({"stored", "unchanged", "redirect"})


@dataclass(frozen=True, slots=True)
class Reception:
    """How a site received a run: pages that came, that were soft blocks, and that were refused (401, 403, 429)."""

    good: int
    soft_blocks: int
    refused: int

    @property
    def unwelcome(self) -> str | None:
        """Why the site is to be left alone; None where a few refusals say nothing yet."""
        bad = self.soft_blocks + self.refused
        return None if bad < 3 or bad < self.good else self._said

    @property
    def unwelcome_wholly(self) -> str | None:
        """As `unwelcome`, at the end of a run: one of which nothing came but refusals, be they few, says enough."""
        bad = self.soft_blocks + self.refused
        return self._said if bad and not self.good else self.unwelcome

    @property
    def _said(self) -> str:
        bad = self.soft_blocks + self.refused
        if self.soft_blocks >= self.refused:
            return f"{self.soft_blocks} of {bad + self.good} pages were a soft block: the site asks for a human"
        return f"{self.refused} of {bad + self.good} pages were refused (401, 403 or 429)"


def reception(db: Database, run_id: str) -> Reception:
    """How a run was received, robots.txt apart."""
    row = db.execute(
        "SELECT coalesce(sum(outcome IN ('stored', 'unchanged')), 0), coalesce(sum(outcome = 'soft-block'), 0),"
        " coalesce(sum(outcome = 'http-error' AND reason IN ('HTTP 401', 'HTTP 403', 'HTTP 429')), 0)"
        " FROM outcomes WHERE run_id = ? AND url NOT LIKE '%/robots.txt'",
        (run_id,),
    ).fetchone()
    return Reception(*map(int, row))


def seen_by(db: Database, run_id: str) -> Iterator[Seen]:
    """What a run's captures tell of their pages, in order of time. `changed`: a new version of an article's text."""
    rows = db.execute(
        "SELECT url, at, outcome, capture_id IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM article_versions v WHERE v.capture_id = o.capture_id)"
        " FROM outcomes o WHERE run_id = ? ORDER BY at",
        (run_id,),
    ).fetchall()
    return (Seen(url, at, outcome in _GOOD, bool(changed)) for url, at, outcome, changed in rows)


def runs_since(db: Database, since: datetime) -> list[tuple[str, str, str]]:
    """Id, site and start of the runs of the last while, with a margin for clocks that were set back."""
    rows = db.execute(
        "SELECT id, site, started_at FROM runs WHERE started_at >= ? ORDER BY started_at",
        (to_text(since - timedelta(days=2)),),
    )
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]
