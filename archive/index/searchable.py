"""What the full text takes of an article, from its text alone: a parser's process makes it beside the page."""

from __future__ import annotations

from typing import Final

from archive.index.sketch import SKETCH, signature
from archive.index.tokens import TOKENIZER, tokens
from archive.index.values import storable, storable_or_none
from archive.model import Page, Searchable

MADE_BY: Final = f"{TOKENIZER} {SKETCH}"


def of_page(page: Page) -> Searchable | None:
    """What the full text takes of a page, whose content the index keeps as `storable`; None where it has no body."""
    body = page.body
    return None if body is None else searchable(storable_or_none(body.title), storable("\n\n".join(body.paragraphs)))


def searchable(title: str | None, text: str) -> Searchable:
    """What the full text takes of an article."""
    found = tokens(text)
    return Searchable(" ".join(tokens(title or "")), " ".join(found), signature(found), MADE_BY)
