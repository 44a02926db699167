"""One run beside another: both go into the archive through one Writer, one file, one lock, one commit."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from archive.commit import Writer
from archive.errors import ArchiveError
from archive.model import Capture, Exchange, Items, Outcome, Run


class Beside(Writer):
    """A run that goes into the archive through another run's Writer."""

    def __init__(self, main: Writer, run: Run) -> None:
        self._main = main
        self.run = run
        self.directory = main.directory
        self.recovery = main.recovery
        self.on_durable = main.on_durable
        self.db = main.db

    @property
    def counts(self) -> Mapping[str, int]:
        return self._main.counts

    def beside(self, run: Run) -> Writer:
        return self._main.beside(run)

    def store(self, exchange: Exchange, *, parse: bool, run: Run | None = None) -> Capture:
        return self._main.store(exchange, parse=parse, run=run or self.run)

    def add_items(self, capture: Capture, items: Items) -> None:
        self._main.add_items(capture, items)

    def nothing_to_parse(self, capture: Capture) -> None:
        self._main.nothing_to_parse(capture)

    def add_outcome(self, outcome: Outcome) -> None:
        self._main.add_outcome(outcome)

    def known(self, key: str) -> str | None:
        return self._main.known(key)

    def get(self, capture_id: str) -> Capture:
        return self._main.get(capture_id)

    def due(self) -> bool:
        return self._main.due()

    def commit(self) -> None:
        self._main.commit()

    def end(self, run: Run, outcome: str, counts: Mapping[str, int]) -> None:
        self._main.end(run, outcome, counts)

    def shut(self) -> None:
        self._main.commit()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, ArchiveError):
            self._main.commit()

    def close(self, outcome: str, counts: Mapping[str, int]) -> None:
        self._main.end(self.run, outcome, counts)
        self._main.commit()
