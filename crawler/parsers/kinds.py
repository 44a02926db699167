"""What sort of page it is: an article, a list, a front page, a soft block, or something else."""

from __future__ import annotations

from archive.document import Document
from archive.model import PageKind
from crawler.parsers.body import Found
from crawler.parsers.metadata import Metadata, Title
from crawler.parsers.outline import Outline


def find_kind(document: Document, data: Metadata, outline: Outline, title: Title, found: Found | None) -> PageKind:
    """The kind of a page."""
    if found is None:
        return "other"
    return "article"
