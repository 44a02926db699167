"""What a capture says, as text: the article it shows, or else all that stands on the page."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from archive.document import parse_document
from archive.errors import DocumentError
from archive.index import captures
from archive.model import Capture
from archive.replay import bodies, lookup
from archive.replay.passages import passages
from archive.replay.store import Store
from archive.replay.view import is_page


@dataclass(frozen=True, slots=True)
class Said:
    """What a capture says: its headline, and its text with a paragraph a line."""

    title: str
    text: str


def said(store: Store, capture: Capture) -> Said:
    """What a capture says: the article's text where it shows one, else all text on the page.

    Raises Unavailable and RecordError.
    """
    read = lookup.article_text(store.db, capture.id)
    if read is not None:
        return Said(*read)
    root = _tree(store, capture)
    if root is None:
        return Said("", "")
    title = " ".join((root.findtext("head/title") or "").split())
    return Said(title, "\n".join(passage.text for passage in passages(root)))


def texts_on(store: Store, capture_id: str) -> frozenset[str]:
    """All passages of a capture's page. Raises NotFound, Unavailable and RecordError."""
    root = _tree(store, captures.get(store.db, capture_id))
    return frozenset(passage.text for passage in passages(root)) if root is not None else frozenset()


def _tree(store: Store, capture: Capture) -> etree._Element | None:
    body = bodies.load(store.directory, store.db, capture)
    if not is_page(body.data, body.content_type):
        return None
    try:
        document = parse_document(body.data, capture.url, body.content_type)
    except DocumentError:
        return None
    root: etree._Element = document.tree
    return root
