"""What goes into a WACZ package: which captures, with what they need, and what its list of pages says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import lxml.html

from archive.document import Document, parse_document
from archive.errors import ArchiveError, DocumentError, RecordError
from archive.index.captures import COLUMNS
from archive.model import Capture
from archive.replay import bodies, cdx, lookup
from archive.replay.css import rewrite_stylesheet
from archive.replay.headers import media_type
from archive.replay.markup import lead_href, rewrite_page
from archive.replay.reading import said
from archive.replay.store import Store
from archive.replay.view import is_page
from archive.times import from_text
from archive.urls import url_key
from archive.warc.reader import read_record
from archive.warc.record import Record
from archive.warc.wacz_writer import WaczWriter

# Of one page's parts so many are looked for.
_MOST_PARTS = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters. `prefix` is the beginning of an address; `after` and `before` are instants, `before` exclusive."""

    site: str | None = None
    prefix: str | None = None
    after: str | None = None
    before: str | None = None


def pack(store: Store, wanted: Wanted, writer: WaczWriter, failed: Callable[[RecordError], None]) -> None:
    """Write the captures that are wanted, the captures that their revisits repeat, and with `prefix` the pictures and
    style sheets of the pages. `failed` is told of each record that cannot be read; the others are written.
    """
    parts = _parts(store, wanted) if wanted.prefix else set()
    for capture in _select(store, wanted, sorted(parts)):
        try:
            record = _checked(store, capture)
            writer.add(record, _beside(store, capture), capture.url_key, _timestamp(capture), cdx.facts(capture))
        except RecordError as error:
            failed(error)
            continue
        _add_page(store, capture, writer)


def _timestamp(capture: Capture) -> str:
    """Seventeen digits: a revisit names what it repeats to the millisecond, and wabac takes the next capture for it
    where the index says less.
    """
    return "".join(letter for letter in capture.captured_at if letter.isdigit())


def _select(store: Store, wanted: Wanted, parts: list[str]) -> Iterator[Capture]:
    """In order of url key and time. A capture that a revisit repeats comes along wherever it was captured."""
    where, values = _where(wanted)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = store.db.conn.execute(
        f"""SELECT {names} FROM captures WHERE ({where}) OR id IN (SELECT value FROM json_each(?))
            OR id IN (SELECT refers_to FROM captures WHERE kind = 'revisit' AND ({where}))
            OR id IN (SELECT o.refers_to FROM captures o WHERE o.id IN (SELECT value FROM json_each(?)))
            ORDER BY url_key, captured_at, id""",
        (*values, json.dumps(parts), *values, json.dumps(parts)),
    )
    for row in rows:
        yield Capture(*row)


def _where(wanted: Wanted) -> tuple[str, list[str]]:
    clauses, values = ["1"], []
    if wanted.site:
        clauses.append("site = ?")
        values.append(wanted.site)
    if wanted.prefix:
        key = url_key(wanted.prefix)
        clauses.append("url_key >= ? AND url_key < ?")
        values += [key, key + "\U0010ffff"]
    if wanted.after:
        clauses.append("captured_at >= ?")
        values.append(wanted.after)
    if wanted.before:
        clauses.append("captured_at < ?")
        values.append(wanted.before)
    return " AND ".join(clauses), values


def _checked(store: Store, capture: Capture) -> Record:
    record = read_record(store.directory, capture.warc_file, capture.offset)
    if record.id != capture.id:
        raise RecordError(
            "another record stands here than the index says; run `seogo reindex`", capture.warc_file, capture.offset
        )
    return record


def _beside(store: Store, capture: Capture) -> list[Record]:
    """The request and the items of a capture."""
    beside = []
    if capture.request_offset is not None:
        beside.append(read_record(store.directory, capture.warc_file, capture.request_offset))
    if capture.metadata_file is not None and capture.metadata_offset is not None:
        beside.append(read_record(store.directory, capture.metadata_file, capture.metadata_offset))
    return beside


def _add_page(store: Store, capture: Capture, writer: WaczWriter) -> None:
    if capture.status != 200 or media_type(capture.mime) not in ("text/html", "application/xhtml+xml"):
        return
    try:
        read = said(store, capture)
    except ArchiveError:
        # The record went in; what it shows cannot be told, and replay will say why.
        return
    writer.add_page(capture.id, capture.url, capture.captured_at, read.title, read.text)


def _parts(store: Store, wanted: Wanted) -> set[str]:
    """The captures that the wanted pages are made of: pictures, style sheets, fonts, scripts, nearest in time."""
    where, values = _where(wanted)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    found: set[str] = set()
    for row in store.db.conn.execute(f"SELECT {names} FROM captures WHERE {where}", values).fetchall():
        capture = Capture(*row)
        at = from_text(capture.captured_at).replace(microsecond=0)
        todo = [capture]
        while todo:
            for url in _addresses(store, todo.pop()):
                part = _nearest(store, url, at)
                if part is not None and part.id not in found:
                    found.add(part.id)
                    if media_type(part.mime) == "text/css":
                        todo.append(part)
    return found


def _nearest(store: Store, url: str, at: datetime) -> Capture | None:
    near = lookup.near(store.db, url, url_key(url), at, 1)
    return near[0] if near and media_type(near[0].mime) != "text/html" else None


def _addresses(store: Store, capture: Capture) -> list[str]:
    """The addresses that a page or style sheet names; links among them, which `_nearest` leaves out as pages."""
    try:
        body = bodies.load(store.directory, store.db, capture)
    except ArchiveError:
        return []
    urls: dict[str, None] = {}

    def note(url: str) -> str:
        if len(urls) < _MOST_PARTS:
            urls[url] = None
        return url

    if media_type(body.content_type) == "text/css":
        empty = Document(lxml.html.Element("html"), capture.url, capture.url, "utf-8")
        rewrite_stylesheet(body.data, body.content_type, lambda href: lead_href(empty, href, note))
    elif is_page(body.data, body.content_type):
        try:
            document = parse_document(body.data, capture.url, body.content_type)
        except DocumentError:
            return []
        for script in document.tree.iter("script"):
            if url := document.absolute(script.get("src") or ""):
                note(url)
        rewrite_page(document, note)
    return list(urls)
