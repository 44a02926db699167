"""The checks of one WARC file: each of its records, and the index against them, both ways. Reads only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import NotFound, RecordError, TruncatedRecord
from archive.index import captures, runs
from archive.index.captures import COLUMNS
from archive.model import Capture, Run
from archive.warc import files
from archive.warc.compose import RUN_URN
from archive.warc.digest import algorithm_of, digest_of_all, parse_digest
from archive.warc.reader import Record, scan
from archive.warc.rows import Gatherer, capture_of, is_capture, run_of_warcinfo
from archive.warc.rules import NO_PAYLOAD, out_of_place, problems

# What the index adds to a capture later, or what is checked in its own place.
_NOT_COMPARED: Final = frozenset(("parsed_by", "request_offset", "metadata_file", "metadata_offset"))
_COMPARED: Final = frozenset(COLUMNS) - _NOT_COMPARED
# What another tool's revisit says in its own terms, or not at all, and the index in ours.
_SETTLED: Final = frozenset(("refers_to", "digest"))
# A whole record header inside a block: without a block digest the only trace of a wrong Content-Length.
_SWALLOWED: Final = re.compile(rb"\r\n\r\nWARC/1\.[01]\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)+\r\n")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. `damaged`: bytes are lost or wrong; else the index only lags or differs.

    `check` is one word for programs: torn, corrupt, swallowed, rule, digest, pair, target, twice, missing, unindexed,
    differs, unfinished, index.
    """

    check: str
    damaged: bool
    message: str
    file: str | None = None
    offset: int | None = None
    capture_id: str | None = None


class FileCheck:
    """The checks of one file. `records` and `captures` count what was read whole."""

    def __init__(self, path: Path, db: Database | None, tell: Callable[[Finding], None]) -> None:
        self.records = 0
        self.captures = 0
        self._path = path
        self._name = path.name.removesuffix(files.OPEN)
        self._db = db
        self._tell = tell
        # Files of other tools hold captures alone, of the run that took them in.
        self._believed = files.is_ours(self._name)
        self._importer = runs.importer_of(db, self._name) if db is not None and not self._believed else None
        self._runs: dict[str, Run | None] = {}
        self._ours = False
        self._ids: set[str] = set()
        # Offsets of this file's requests by the id of the capture they name; of captures with their rows' request.
        self._requests: dict[str, int] = {}
        self._expected_requests: dict[str, tuple[int, int | None]] = {}
        self._metadata: dict[str, set[int]] = {}
        self._seen: set[int] = set()
        # Offsets of records that have a digest of a payload and no payload: their blocks' digests once more.
        self._stray: list[int] = []

    def run(self) -> Iterator[int]:
        """Checks record after record, yielding the offset reached."""
        strict = self._made_here()
        for found in scan(self._path, lenient=not strict):
            if isinstance(found, RecordError):
                self._damage(found)
                continue
            self.records += 1
            yield found.offset
            self._record(found)
        self._pairs()
        if self._stray:
            count = f"{len(self._stray)} records have" if len(self._stray) > 1 else "a record has"
            message = f"{count} a WARC-Payload-Digest and no payload; it is the digest of the block, nothing is lost"
            self._say("rule", False, message, self._stray[0])
        if self._db is not None:
            self._rows(self._db)
        if self._path.name != self._name:
            self._say("unfinished", False, "the file is still open: a run is writing to it, or was killed", 0)

    def _made_here(self) -> bool:
        first = next(iter(scan(self._path, lenient=True)), None)
        self._ours = (
            self._believed
            and isinstance(first, Record)
            and first.kind == "warcinfo"
            and first.headers.get("WARC-Filename") == self._name
            and b"software: Seogo" in first.block()
        )
        return self._ours

    def _say(self, check: str, damaged: bool, message: str, offset: int | None, capture_id: str | None = None) -> None:
        self._tell(Finding(check, damaged, message, self._name, offset, capture_id))

    def _damage(self, error: RecordError) -> None:
        unfinished = self._path.name != self._name and isinstance(error, TruncatedRecord)
        if unfinished:
            self._say("torn", False, "the last record is torn; the next run or `seogo recover` cuts it", error.offset)
        else:
            check = "torn" if isinstance(error, TruncatedRecord) else "corrupt"
            self._say(check, True, error.reason, error.offset)

    def _record(self, record: Record) -> None:
        if self._ours:
            self._rules(record)
        if record.id in self._ids:
            self._say("twice", True, f"a second record with the id {record.id}", record.offset)
        self._ids.add(record.id)
        label = record.headers.get("WARC-Block-Digest")
        if label is None and record.kept is not None and _SWALLOWED.search(record.kept):
            self._say("swallowed", True, "its Content-Length takes in the record behind it", record.offset)
        self._digest(record, label, record.pieces, "block")
        warcinfo = record.reference("WARC-Warcinfo-ID")
        if record.kind == "warcinfo":
            self._warcinfo(record)
        elif self._ours and warcinfo not in self._runs:
            self._say("pair", True, "it names no warcinfo record of this file", record.offset)
        if record.kind == "request":
            named = record.reference("WARC-Concurrent-To")
            if named:
                self._requests[named] = record.offset
        elif record.kind == "metadata" and self._believed:
            self._metadata_of(record)
        elif record.kind == "resource" and record.target_uri.startswith(RUN_URN) and self._believed:
            self._outcomes(record)
        elif is_capture(record):
            self._capture(record, self._runs.get(warcinfo or "") if self._believed else self._importer)

    def _rules(self, record: Record) -> None:
        label = record.headers.get("WARC-Payload-Digest") if record.kind in NO_PAYLOAD else None
        stray = label is not None and self._digest(record, label, record.pieces, "payload")
        for problem in problems(record.headers):
            if stray and problem == out_of_place("WARC-Payload-Digest", record.kind):
                self._stray.append(record.offset)
            else:
                self._say("rule", True, problem, record.offset)

    def _digest(self, record: Record, label: str | None, pieces: Callable[[], Iterator[bytes]], what: str) -> bool:
        """Whether the digest that is written down is that of the bytes; told when it is not."""
        if label is None:
            return True
        algorithm = algorithm_of(label)
        found = digest_of_all(pieces(), algorithm) if algorithm else ""
        if found == label:  # spelled as here, as most tools do
            return True
        parsed = parse_digest(label)
        if parsed is None:
            self._say("digest", False, f"the {what} digest {label[:60]!r} is of no known kind", record.offset)
            return True
        if parse_digest(found) == parsed:
            return True
        if what == "block" and not self._ours and record.kind == "revisit" and record.headers.get("WARC-Truncated"):
            # As wget writes it.
            self._say("digest", False, "the block digest is of the bytes before the record was cut", record.offset)
        elif what == "block":
            self._say("digest", True, "the bytes are not those of the block digest", record.offset)
        return False

    def _warcinfo(self, record: Record) -> None:
        run = run_of_warcinfo(record) if self._believed else None
        self._runs[record.id] = run
        if run is None or self._db is None:
            return
        if not self._db.execute("SELECT 1 FROM runs WHERE id = ?", (run.id,)).fetchone():
            self._say("unindexed", False, f"run {run.id} is not in the index; `seogo reindex` adds it", record.offset)

    def _outcomes(self, record: Record) -> None:
        if self._db is None:
            return
        gatherer = Gatherer()
        gatherer.add(record)
        for outcome in gatherer.take().outcomes:
            sql = "SELECT 1 FROM outcome o JOIN run r ON r.n = o.run WHERE r.id = ? AND o.at = ? AND o.outcome = ?"
            key = (outcome.run_id, outcome.at, outcome.outcome)
            if outcome.capture_id is None and not self._db.execute(sql, key).fetchone():
                message = f"the outcome of {outcome.url[:200]!r} is not in the index; `seogo reindex` adds it"
                self._say("unindexed", False, message, record.offset)

    def _metadata_of(self, record: Record) -> None:
        target = record.reference("WARC-Refers-To")
        if target is None:
            return
        self._metadata.setdefault(target, set()).add(record.offset)
        if target not in self._ids and self._db is not None and self._row(target) is None:
            self._say("target", self._ours, f"it belongs to record {target}, which does not exist", record.offset)

    def _capture(self, record: Record, run: Run | None) -> None:
        self.captures += 1
        self._seen.add(record.offset)
        capture = capture_of(record, run)
        if capture is None:
            self._say("rule", self._ours, f"its date {record.date[:40]!r} is none", record.offset)
            return
        label = record.headers.get("WARC-Payload-Digest")
        if record.kind != "revisit" and label is not None and label != capture.digest:
            self._payload(record, label)
        row = self._row(capture.id)
        if self._db is not None and row is None and captures.is_hidden(self._db, capture.id):
            return
        if self._db is not None and row is None:
            message = "the index does not have it; the next run or `seogo reindex` adds it"
            self._say("unindexed", False, message, record.offset, capture.id)
        elif row is not None:
            compared = _COMPARED - _SETTLED if row.kind == "revisit" and row.fidelity == "imported" else _COMPARED
            differing = [name for name in COLUMNS if name in compared and getattr(row, name) != getattr(capture, name)]
            if "digest" in differing and record.kind != "revisit":
                differing.remove("digest")
                self._say("digest", True, "the payload is not that of the index's digest", record.offset, capture.id)
            if differing:
                message = f"the index has another {', '.join(differing)}; `seogo reindex` puts it right"
                self._say("differs", False, message, record.offset, capture.id)
            self._expected_requests[capture.id] = (record.offset, row.request_offset)
        if record.kind == "revisit":
            # The digest that another tool's revisit names may be of a chunked body; its row's is of the payload.
            self._target(record, row if row is not None and row.fidelity == "imported" else capture)

    def _payload(self, record: Record, label: str) -> None:
        """A payload digest in another spelling, or over a chunked body as sent, as some tools take it."""
        payload = record.pieces if record.kind == "resource" else lambda: record.http().payload()
        raw = record.pieces if record.kind == "resource" else lambda: record.http().body()
        if not self._digest(record, label, payload, "payload") and not self._digest(record, label, raw, "payload"):
            self._say("digest", True, "the bytes are not those of the payload digest", record.offset, record.id)

    def _target(self, record: Record, capture: Capture) -> None:
        """A revisit must lead to one response with its payload."""
        if capture.refers_to is None:
            if self._ours:
                self._say("target", True, "a revisit that does not say of what", record.offset, capture.id)
            return
        if self._db is None:
            return
        target = self._row(capture.refers_to)
        said = record.headers.get
        if target is None:
            where = "does not exist" if self._ours else "is not in the archive; import the file that has it"
            message = f"it repeats {capture.refers_to}, which {where}"
            self._say("target", self._ours, message, record.offset, capture.id)
        elif target.kind == "revisit":
            self._say("target", True, f"it repeats {target.id}, itself a revisit", record.offset, capture.id)
        elif parse_digest(target.digest or "") != parse_digest(capture.digest or ""):
            self._say("target", True, f"it repeats {target.id}, which has another payload", record.offset, capture.id)
        elif self._ours and (said("WARC-Refers-To-Target-URI"), said("WARC-Refers-To-Date")) != (
            target.url,
            target.captured_at,
        ):
            self._say("target", True, f"address and date are not those of {target.id}", record.offset, capture.id)

    def _pairs(self) -> None:
        for capture_id, offset in self._requests.items():
            if capture_id not in self._ids and self._ours:
                self._say("pair", True, "a request whose response is not in the file", offset)
        for capture_id, (offset, request) in self._expected_requests.items():
            if self._ours and request != self._requests.get(capture_id):
                message = "the index leads to another request; `seogo reindex` puts it right"
                self._say("differs", False, message, offset, capture_id)

    def _rows(self, db: Database) -> None:
        """What the index says of this file and the file does not have."""
        size = self._path.stat().st_size
        indexed = captures.indexed_to(db, self._name)
        if indexed > size:
            message = f"the index has seen {indexed} bytes of it, {size} are there: the end is lost"
            self._say("missing", True, message, size)
        places = db.execute('SELECT id, "offset" FROM captures WHERE warc_file = ?', (self._name,)).fetchall()
        for capture_id, offset in places:
            # One that stands elsewhere in the file was told of there.
            if offset not in self._seen and capture_id not in self._ids:
                self._say("missing", True, "no whole record stands where the index has one", offset, capture_id)
        sql = "SELECT id, metadata_offset FROM captures WHERE metadata_file = ?"
        for capture_id, offset in db.execute(sql, (self._name,)).fetchall():
            if offset not in self._metadata.get(capture_id, ()):
                message = "no items stand where the index has them"
                self._say("missing", True, message, offset, capture_id)

    def _row(self, capture_id: str) -> Capture | None:
        if self._db is None:
            return None
        try:
            return captures.get(self._db, capture_id)
        except NotFound:
            return None
