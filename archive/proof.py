"""The chain from a row to its bytes, checked link by link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement

from archive.document import parse_document
from archive.errors import DocumentError, NotFound
from archive.http import DecodeError
from archive.index.values import comparable
from archive.model import Capture
from archive.times import from_text
from archive.warc.content import Content, content_of_capture
from archive.warc.digest import digest_of, digest_of_all, parse_digest
from archive.warc.reader import Record, read_record


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: what was looked at, what was found, and whether it is as the index says."""

    what: str
    found: str
    holds: bool


def prove_capture(directory: Path, capture: Capture, get: Callable[[str], Capture]) -> Iterator[Link]:
    """From a row of `captures` to record and payload. Raises RecordError and ArchiveMissing: the chain is cut there."""
    record = read_record(directory, capture.warc_file, capture.offset)
    yield Link(
        "record", f"{record.file} at byte {record.offset}, {record.length} bytes", record.length == capture.length
    )
    yield Link("record id", f"{record.kind} {record.id}", record.id == capture.id and record.kind == capture.kind)
    yield Link("address", record.target_uri, record.target_uri == capture.url)
    yield Link("date", record.date, _same_instant(record.date, capture.captured_at))
    yield _block_digest(record)
    if capture.digest is None:
        return
    if capture.kind == "revisit":
        yield from _prove_original(directory, capture, get)
    else:
        yield _payload_digest(capture, content_of_capture(directory, capture, get))


def prove_place(
    directory: Path, capture: Capture, get: Callable[[str], Capture], xpath: str | None, texts: list[str]
) -> Iterator[Link]:
    """From a block (or an article, without an xpath) to its place on the page: all its texts stand there."""
    try:
        content = content_of_capture(directory, capture, get)
        document = parse_document(content.decode().data, capture.url, content.content_type)
    except (DecodeError, DocumentError, NotFound) as error:
        yield Link("page", str(error), False)
        return
    element = document.tree
    if xpath is not None:
        found_element = _element(document.tree, xpath)
        yield Link("place", xpath, found_element is not None)
        if found_element is None:
            return
        element = found_element
    shown = _squeezed(" ".join((*element.itertext(), *_attributes(element))))
    missing = [text for text in texts if _squeezed(text) not in shown]
    found = f"{len(texts) - len(missing)} of {len(texts)} stand there"
    yield Link("texts", found + (f", not {missing[0]!r}" if missing else ""), not missing)


def _prove_original(directory: Path, capture: Capture, get: Callable[[str], Capture]) -> Iterator[Link]:
    try:
        original = get(capture.refers_to or "")
    except NotFound as error:
        yield Link("repeats", str(error), False)
        return
    found = f"{original.id} in {original.warc_file} at byte {original.offset}"
    yield Link("repeats", found, original.digest == capture.digest and original.kind != "revisit")
    record = read_record(directory, original.warc_file, original.offset)
    yield Link("original's id", record.id, record.id == original.id)
    yield _block_digest(record)
    yield _payload_digest(capture, content_of_capture(directory, original, get))


def _block_digest(record: Record) -> Link:
    written = record.headers.get("WARC-Block-Digest") or ""
    parsed = parse_digest(written)
    if parsed is None:
        return Link("block digest", written or "none is written down", not written)
    computed = digest_of_all(record.pieces(), parsed[0])
    return Link("block digest", computed, parse_digest(computed) == parsed)


def _payload_digest(capture: Capture, content: Content) -> Link:
    computed = digest_of(content.payload)
    return Link("payload digest", computed, computed == capture.digest)


def _same_instant(written: str, captured_at: str) -> bool:
    try:
        return abs((from_text(written) - from_text(captured_at)).total_seconds()) < 0.001
    except ValueError:
        return False


def _element(tree: HtmlElement, xpath: str) -> HtmlElement | None:
    # Only plain paths, as the parser writes them: what stands in the index is not trusted with all of XPath.
    if not re.fullmatch(r"(?:/[\w:*-]+(?:\[\d+\])?)+", xpath):
        return None
    try:
        found = tree.getroottree().xpath(xpath)
    except etree.XPathError:
        return None
    return found[0] if isinstance(found, list) and found and isinstance(found[0], HtmlElement) else None


def _attributes(element: HtmlElement) -> Iterator[str]:
    """Texts that pages keep in attributes, where a headline is an image or cut short."""
    for child in element.iter(etree.Element):
        for name in ("alt", "title", "content"):
            value = child.get(name)
            if value:
                yield value


def _squeezed(text: str) -> str:
    return comparable(text).replace(" ", "")
