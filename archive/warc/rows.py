"""What the records of a WARC file say for the index: the rows that a recovery and a rebuild write."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from archive.http import ResponseHead
from archive.model import Capture, CaptureKind, Fidelity, Outcome, Run
from archive.times import from_text, to_text
from archive.urls import is_http, site_name, url_key
from archive.warc import files
from archive.warc.compose import ITEMS_URN, RUN_URN
from archive.warc.digest import digest_of_all, parse_digest
from archive.warc.reader import Record

FIDELITY: Final = "Seogo-Fidelity"
_KINDS: Final[dict[str, CaptureKind]] = {"response": "response", "revisit": "revisit", "resource": "resource"}
_FIDELITIES: Final[dict[str, Fidelity]] = {"wire": "wire", "reconstructed": "reconstructed"}
_MAX_LINE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How and when a run ended."""

    run_id: str
    finished_at: str
    outcome: str
    counts: dict[str, int]


@dataclass(slots=True)
class Rows:
    """Rows gathered from successive records of one file, to be written in this order."""

    runs: list[Run] = field(default_factory=list)
    captures: dict[str, Capture] = field(default_factory=dict)
    # Where the items of a capture are: capture id -> file and offset.
    metadata: dict[str, tuple[str, int]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    ends: list[RunEnd] = field(default_factory=list)


class Gatherer:
    """Reads the records of one file in order and fills `rows`; `take` hands them over.

    `run_of` finds the run that a warcinfo record names which stands before the first record read here; `importer` is
    the run that took the file in, where another tool made it. Of such a file the captures alone count: what it says of
    runs, outcomes and items is not believed.
    """

    def __init__(self, run_of: Callable[[str], Run | None] | None = None, *, importer: Run | None = None) -> None:
        self.rows = Rows()
        self._run_of = run_of
        self._importer = importer
        self._runs: dict[str, Run | None] = {}
        self._requests: dict[str, int] = {}
        self._waiting: dict[str, str] = {}
        self._last: Run | None = None

    def take(self) -> Rows:
        """The rows gathered since the last call. To be called before a response, so that requests are paired."""
        rows, self.rows = self.rows, Rows()
        return rows

    def add(self, record: Record) -> None:
        """Notes what one record says."""
        ours = files.is_ours(record.file)
        if record.kind == "warcinfo" and ours:
            run = run_of_warcinfo(record)
            self._runs[record.id] = self._last = run
            if run is not None:
                self.rows.runs.append(run)
        elif record.kind == "request":
            self._pair(record)
        elif record.kind == "metadata" and ours:
            target = record.reference("WARC-Refers-To")
            if target and record.target_uri.startswith(ITEMS_URN):
                self.rows.metadata[target] = (record.file, record.offset)
        elif record.kind == "resource" and record.target_uri.startswith(RUN_URN) and ours:
            self._outcomes(record)
        elif is_capture(record):
            capture = capture_of(record, self._run(record) if ours else self._importer)
            if capture is not None and capture.id not in self.rows.captures:
                concurrent = record.reference("WARC-Concurrent-To")
                request = self._requests.get(concurrent or "") or self._requests.get(capture.id)
                self.rows.captures[capture.id] = replace(capture, request_offset=request)
                if concurrent:
                    self._waiting[concurrent] = capture.id

    def _run(self, record: Record) -> Run | None:
        warcinfo = record.reference("WARC-Warcinfo-ID")
        if warcinfo is None:
            return self._last
        if warcinfo not in self._runs:
            self._runs[warcinfo] = self._run_of(warcinfo) if self._run_of else None
        return self._runs[warcinfo]

    def _pair(self, record: Record) -> None:
        """Some tools let the request name the response, some the other way round, some write the request first."""
        named = record.reference("WARC-Concurrent-To") or ""
        capture_id = named if named in self.rows.captures else self._waiting.get(record.id, "")
        if capture_id in self.rows.captures:
            self.rows.captures[capture_id] = replace(self.rows.captures[capture_id], request_offset=record.offset)
            return
        self._requests[record.id] = record.offset
        if named:
            self._requests[named] = record.offset

    def _outcomes(self, record: Record) -> None:
        run_id = record.target_uri.removeprefix(RUN_URN)
        for line in record.block().split(b"\n"):
            row = _json_object(line)
            outcome, end = row.get("outcome"), row.get("end")
            if isinstance(outcome, dict):
                capture_id = outcome.get("capture_id")
                self.rows.outcomes.append(
                    Outcome(
                        run_id=run_id,
                        url=str(outcome.get("url", "")),
                        at=str(outcome.get("at", "")),
                        outcome=str(outcome.get("outcome", "")),
                        reason=str(outcome.get("reason", "")),
                        capture_id=capture_id if isinstance(capture_id, str) else None,
                    )
                )
            elif isinstance(end, dict):
                counts = end.get("counts")
                self.rows.ends.append(
                    RunEnd(
                        run_id=run_id,
                        finished_at=str(end.get("finished_at", "")),
                        outcome=str(end.get("outcome", "")),
                        counts={str(key): int(value) for key, value in counts.items() if isinstance(value, int)}
                        if isinstance(counts, dict)
                        else {},
                    )
                )


def is_capture(record: Record) -> bool:
    """Whether a record is one that the index has a row for: a response, revisit or resource of an http(s) address."""
    return record.kind in _KINDS and is_http(record.target_uri)


def capture_of(record: Record, run: Run | None) -> Capture | None:
    """The index row of a record that `is_capture`; None when its date is none.

    In a file of another tool the fidelity is `imported`, and the site is the host where the run names none.
    `parsed_by` is None where a parse may be owed, which who looks at the page decides, else empty. The digest is taken
    anew over the de-chunked payload; a revisit carries that of the payload it stands for.
    """
    try:
        captured_at = to_text(instant(record.date))
    except (ValueError, OverflowError):
        return None
    kind = _KINDS[record.kind]
    status, mime, ended_by_close = None, None, False
    if kind == "resource":
        digest: str | None = digest_of_all(record.pieces())
        mime = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower() or None
    else:
        http = record.http()
        status, mime = http.head.status, http.head.mime
        ended_by_close = ends_by_close(http.head, http.head_bytes)
        digest = _said(record) if kind == "revisit" else digest_of_all(http.payload())
    ours = files.is_ours(record.file)
    capture = Capture(
        id=record.id,
        url=record.target_uri,
        url_key=url_key(record.target_uri),
        captured_at=captured_at,
        status=status,
        mime=mime,
        digest=digest,
        kind=kind,
        refers_to=record.reference("WARC-Refers-To") if kind == "revisit" else None,
        fidelity=_FIDELITIES.get(record.headers.get(FIDELITY) or "", "imported") if ours else "imported",
        truncated=record.headers.get("WARC-Truncated"),
        site=run.site if run and (ours or run.site) else "" if ours else site_name(record.target_uri),
        run_id=run.id if run else "",
        warc_file=record.file,
        offset=record.offset,
        length=record.length,
    )
    owed = may_hold_page(capture, ended_by_close=ended_by_close)
    return capture if owed else replace(capture, parsed_by="")


def ends_by_close(head: ResponseHead, head_bytes: bytes) -> bool:
    """Whether a message's body ends where the connection does, for want of a length."""
    whole = head_bytes.endswith((b"\n\r\n", b"\n\n"))
    return whole and not head.chunked and head.get("content-length") is None


def may_hold_page(capture: Capture, *, ended_by_close: bool = False) -> bool:
    """Whether a parse can be owed for a capture: an answer of 2xx that arrived whole, or a 304 that confirms one.

    A body without a length, which only the connection's end ends, counts as whole when that end was no orderly one:
    many servers know no other. What another tool cut is parsed too: it is all there is.
    """
    unclean = ended_by_close and capture.truncated == "disconnect"
    whole = capture.truncated is None or unclean or capture.fidelity == "imported"
    if capture.kind == "resource":
        return whole
    status = capture.status or 0
    return whole and (200 <= status < 300 or (status == 304 and capture.kind == "revisit"))


def _said(record: Record) -> str | None:
    """The payload digest that a revisit names, in our spelling where its algorithm is ours."""
    label = record.headers.get("WARC-Payload-Digest")
    parsed = parse_digest(label or "")
    if parsed is None or parsed[0] != "sha1":
        return label
    return f"sha1:{base64.b32encode(parsed[1]).decode('ascii')}"


def run_of_warcinfo(record: Record) -> Run | None:
    """The run that a warcinfo record of ours names; None for another tool's."""
    fields: dict[str, str] = {}
    for line in record.block().decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    if not fields.get("seogo-run"):
        return None
    return Run(
        id=fields["seogo-run"],
        site=fields.get("seogo-site", ""),
        started_at=fields.get("seogo-started", ""),
        job=fields.get("seogo-job", ""),
        definition_digest=fields.get("seogo-definition-digest", ""),
        parser=fields.get("seogo-parser", ""),
        user_agent=fields.get("http-header-user-agent", ""),
    )


def instant(date: str) -> datetime:
    """A WARC-Date: WARC 1.1 allows a year, a month or a day alone, and nine digits behind the second.

    Raises ValueError and OverflowError for what is none.
    """
    if len(date) <= 10:
        year, month, day = (*(int(part) for part in date.split("-")), 1, 1)[:3]
        return datetime(year, month, day, tzinfo=UTC)
    whole, dot, fraction = date.removesuffix("Z").partition(".")
    instant = from_text(f"{whole}Z")
    return instant.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if dot else instant


def _json_object(line: bytes) -> dict[str, Any]:
    if not line.strip() or len(line) > _MAX_LINE:
        return {}
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
