"""Revisits of other tools, led to the payloads they stand for.

Many tools name what a revisit repeats by address and instant, or by digest alone, and not by record, as WARC 1.0 had
it; some take another digest than ours. The index leads to a record and has one kind of digest.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveMissing, NotFound, RecordError
from archive.index import captures
from archive.model import Capture
from archive.urls import url_key
from archive.warc.digest import digest_of, parse_digest
from archive.warc.reader import Record, read_record

# Those whose target the record did not name, or not in the index's terms.
_UNSETTLED = """SELECT id FROM captures WHERE kind = 'revisit' AND fidelity = 'imported'
    AND (refers_to IS NULL OR digest IS NULL OR digest NOT LIKE 'sha1:%'
        OR NOT EXISTS (SELECT 1 FROM captures t WHERE t.id = captures.refers_to AND t.digest = captures.digest))
    ORDER BY captured_at, id"""


def settle_revisits(directory: Path, db: Database) -> int:
    """Finds the targets of imported revisits that have none yet; returns how many were found. Commits.

    The capture of the address and second that the record names, else the earliest with its digest. What finds no
    target stays as it is: its payload may come with another file.
    """
    with db.atomic():
        found = 0
        for [capture_id] in db.execute(_UNSETTLED).fetchall():
            capture = captures.get(db, capture_id)
            try:
                record = read_record(directory, capture.warc_file, capture.offset)
            except (RecordError, ArchiveMissing):
                continue
            target = _target(directory, db, capture, record)
            if target is not None and (capture.refers_to, capture.digest) != (target.id, target.digest):
                sql = "UPDATE capture SET refers_to = ?, digest = ? WHERE id = ?"
                db.execute(sql, (target.id, target.digest, capture.id))
                # Its parse failed for want of the payload.
                sql = "UPDATE capture SET parsed_by = NULL WHERE id = ? AND id IN (SELECT capture_id FROM outcome)"
                db.execute(sql, (capture.id,))
                found += 1
        return found


def _target(directory: Path, db: Database, capture: Capture, record: Record) -> Capture | None:
    candidates: list[Capture] = []
    uri = record.headers.get("WARC-Refers-To-Target-URI")
    date = (record.headers.get("WARC-Refers-To-Date") or "")[:19]
    if capture.refers_to:
        with contextlib.suppress(NotFound):
            candidates.append(captures.get(db, capture.refers_to))
    if uri and date:
        of_url = captures.of_url(db, url_key(uri.strip("<>")))
        candidates += [one for one in of_url if one.captured_at[:19] == date]
    if capture.digest and (same := captures.by_digest(db, capture.digest)):
        candidates.append(same)
    for candidate in candidates:
        if candidate.kind != "revisit" and _stands_for(directory, record, candidate):
            return candidate
    return None


def _stands_for(directory: Path, record: Record, target: Capture) -> bool:
    """Whether the target has the payload that a revisit names; a 304 may name none, or that of its empty body."""
    label = record.headers.get("WARC-Payload-Digest")
    said = parse_digest(label or "")
    unchanged = (record.headers.get("WARC-Profile") or "").endswith("server-not-modified")
    if said is None or (unchanged and said == parse_digest(digest_of(b""))):
        return unchanged or label is None
    if said == parse_digest(target.digest or ""):
        return True
    # Another algorithm, or taken over the body in its chunks: the target's own record then says the same.
    try:
        original = read_record(directory, target.warc_file, target.offset)
    except (RecordError, ArchiveMissing):
        return False
    return said == parse_digest(original.headers.get("WARC-Payload-Digest") or "")
