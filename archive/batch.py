"""What waits for a commit beside captures: items, outcomes, how runs ended; first for the WARC, then for the index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from archive.index import captures, items, runs
from archive.model import Capture, Items, Outcome, Run
from archive.times import now, to_text
from archive.warc import compose
from archive.warc.writer import WarcWriter


class Batch:
    """Filled by the Writer and emptied by its commit, of which each step may be tried again.

    `outcomes` and `ends` are not yet in the WARC; `recorded` are the outcomes that are there and not yet in the index.
    `unindexed` are outcomes of pages whose items the index would not take in the transaction that `write` was last in.
    """

    def __init__(self) -> None:
        self.items: list[tuple[Capture, Items, tuple[str, int] | None]] = []
        self.unparsable: list[str] = []
        self.outcomes: list[Outcome] = []
        self.ends: dict[str, dict[str, Any]] = {}
        self.recorded: list[Outcome] = []
        self.unindexed: list[Outcome] = []
        self._recorded_ends: dict[str, dict[str, Any]] = {}

    def end(self, run_id: str, outcome: str, counts: Mapping[str, int]) -> None:
        """Takes note of how a run ended, now."""
        self.ends[run_id] = {"finished_at": to_text(now()), "outcome": outcome, "counts": dict(counts)}

    def record(self, warc: WarcWriter, known: Mapping[str, Run], main: Run) -> None:
        """Outcomes and ends into the WARC, one record a run; each once, even when it fails halfway. Raises WriteFailed.

        A run that is not `known`, as it has ended or is another process's, is recorded under `main`.
        """
        for run_id in dict.fromkeys((*(outcome.run_id for outcome in self.outcomes), *self.ends)):
            warc.rotate()
            # Each record names a run itself; its warcinfo may be that of another.
            warcinfo_id = warc.warcinfo_of(known.get(run_id, main))
            mine = [outcome for outcome in self.outcomes if outcome.run_id == run_id]
            end = self.ends.get(run_id)
            warc.append(compose.run_record(to_text(now()), warcinfo_id, run_id, mine, end))
            self.recorded += mine
            self.outcomes = [outcome for outcome in self.outcomes if outcome.run_id != run_id]
            if end is not None:
                self._recorded_ends[run_id] = self.ends.pop(run_id)

    def write(self, db: Database, known: Mapping[str, Run], main: Run) -> None:
        """The rows of it all, inside the caller's transaction, which has the captures already."""
        self.unindexed = []
        for capture, found, place in self.items:
            failed = items.apply_or_outcome(db, capture, found, known.get(capture.run_id, main).id)
            if failed:
                self.unindexed.append(failed)
            if place:
                captures.set_metadata(db, capture.id, *place)
        runs.add_outcomes(db, self.unindexed)
        for capture_id in self.unparsable:
            db.execute("UPDATE capture SET parsed_by = '' WHERE id = ? AND parsed_by IS NULL", (capture_id,))
        runs.add_outcomes(db, self.recorded)
        for run_id, end in self._recorded_ends.items():
            runs.finish(db, run_id, end["finished_at"], end["outcome"], end["counts"])

    def written(self) -> list[Outcome]:
        """The transaction is durable: empties what it wrote. Gives the outcomes that the WARC does not have yet."""
        left = self.unindexed
        self.items, self.unparsable, self.recorded, self.unindexed = [], [], [], []
        self._recorded_ends = {}
        return left
