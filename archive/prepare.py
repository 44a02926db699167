"""What storing a page's items takes and follows from them alone, made where the page is parsed: beside the writer."""

from __future__ import annotations

from dataclasses import replace

from archive.index import searchable as search
from archive.model import Items, Prepared
from archive.warc.digest import digest_of


def prepared(items: Items) -> Items:
    """The items of a page that is to be stored: with its metadata record's block and its search tokens."""
    record = items.page.to_json(links=False)
    return replace(items, prepared=Prepared(record, digest_of(record), search.of_page(items.page)))


def searchable(items: Items) -> Items:
    """The items of a page that is stored already: with its search tokens."""
    return replace(items, prepared=Prepared(b"", "", search.of_page(items.page)))
