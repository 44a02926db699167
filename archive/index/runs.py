"""Runs and the outcomes of URLs; the functions do not commit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from sqlite_utils import Database

from archive.index import captures, items
from archive.index.values import storable
from archive.model import Outcome, Run

# Under this name the outcomes of a run speak of a WARC file that it took in, and with this word.
FILE_URN: Final = "urn:seogo:file:"
IMPORTED: Final = "imported"
# How a run ended that was stopped or killed.
UNFINISHED: Final = "unfinished"


def start(db: Database, run: Run) -> None:
    """Write a run's row; a run that is there is brought to what is given, but never loses its end."""
    db.conn.execute(
        """UPDATE run SET job = ?, site = ?, started_at = ?, finished_at = coalesce(?, finished_at),
               outcome = coalesce(?, outcome), counts = CASE WHEN ? = '{}' THEN counts ELSE ? END
           WHERE n = ?""",
        (
            storable(run.job),
            storable(run.site),
            run.started_at,
            run.finished_at,
            run.outcome,
            *(_json(run.counts),) * 2,
            captures.run_key(db, run.id),
        ),
    )


def finish(db: Database, run_id: str, finished_at: str, outcome: str, counts: Mapping[str, int]) -> None:
    """Write how and when a run ended."""
    db.conn.execute(
        "UPDATE run SET finished_at = ?, outcome = ?, counts = ? WHERE n = ?",
        (finished_at, storable(outcome), _json(counts), captures.run_key(db, run_id)),
    )


def end_killed(db: Database) -> None:
    """Settle runs without an end as `unfinished` since the last that is known of them; no run may be alive."""
    db.conn.execute(
        """UPDATE run SET outcome = ?, finished_at = max(started_at,
               coalesce((SELECT max(c.captured_at) FROM capture c WHERE c.run = run.n), ''),
               coalesce((SELECT max(o.at) FROM outcome o WHERE o.run = run.n), ''))
           WHERE finished_at IS NULL AND started_at IS NOT NULL""",
        (UNFINISHED,),
    )


def add_outcomes(db: Database, outcomes: Sequence[Outcome], *, settle: bool = True) -> None:
    """Record how URLs ended that left no capture, and which captures could not be parsed.

    The same outcome twice is one. A capture that could not be parsed has no derived rows and is owed no parse any more,
    so that a page that kills parsers is not tried at each start; a later parse that succeeds takes the outcome back.
    Without `settle` such a capture stays owed the parse that it may be owed.
    """
    for outcome in outcomes:
        run = captures.run_key(db, outcome.run_id)
        if settle and outcome.capture_id is not None and captures.has(db, outcome.capture_id):
            items.remove(db, outcome.capture_id)
            db.conn.execute("UPDATE capture SET parsed_by = '' WHERE id = ?", (outcome.capture_id,))
        db.conn.execute(
            "INSERT OR IGNORE INTO outcome(run, url, at, outcome, reason, capture_id) VALUES (?, ?, ?, ?, ?, ?)",
            (
                run,
                storable(outcome.url),
                outcome.at,
                storable(outcome.outcome),
                storable(outcome.reason),
                outcome.capture_id,
            ),
        )


def importer_of(db: Database, warc_file: str) -> Run | None:
    """The run that took in a WARC file made by another tool; None for any other file."""
    row = db.conn.execute(
        """SELECT r.id, r.site, coalesce(r.started_at, o.at) FROM outcome o JOIN run r ON r.n = o.run
           WHERE o.url = ? AND o.outcome = ? ORDER BY o.at DESC LIMIT 1""",
        (storable(FILE_URN + warc_file), IMPORTED),
    ).fetchone()
    return None if row is None else Run(id=row[0], site=row[1] or "", started_at=row[2])


def _json(counts: Mapping[str, int]) -> str:
    return json.dumps(dict(counts), ensure_ascii=False, sort_keys=True)
