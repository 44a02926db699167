"""Captures and items, made up for tests of the index."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from archive.index import captures, items
from archive.model import (
    Block,
    Body,
    Capture,
    Items,
    ListIdentity,
    Page,
    PageKind,
    RankedItem,
    RankedList,
    Section,
    SectionItem,
)
from archive.times import to_text
from archive.urls import url_key

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PARSER = "test/1"


def at(minutes: float) -> str:
    """The text of an instant so many minutes after the start."""
    return to_text(START + timedelta(minutes=minutes))


def capture(url: str = "https://news.test/a/1", minutes: float = 0, **changes: object) -> Capture:
    """A capture; its id follows from URL and time."""
    values: dict[str, object] = {
        "id": str(_uuid(url, minutes)),
        "url": url,
        "url_key": url_key(url),
        "captured_at": at(minutes),
        "status": 200,
        "mime": "text/html",
        "digest": "sha1:" + _uuid(url, minutes).hex.upper(),
        "kind": "response",
        "refers_to": None,
        "fidelity": "wire",
        "truncated": None,
        "site": "paper",
        "run_id": "run-1",
        "warc_file": "SEOGO-1.warc.gz",
        "offset": 0,
        "length": 100,
    }
    return Capture(**{**values, **changes})  # type: ignore[arg-type]  # a test's keywords


def body(title: str | None = "제목", *paragraphs: str, **changes: object) -> Body:
    """A body of paragraphs."""
    blocks = tuple(Block("p", text) for text in (paragraphs or ("본문이다.",)))
    return Body(title=title, blocks=blocks, **changes)  # type: ignore[arg-type]  # a test's keywords


def ranked(
    *titles: str, heading: str = "인기기사", tab: str = "", more: str | None = None, xpath: str = "/html/body/ol"
) -> RankedList:
    """A ranked list whose entries lead to /a/TITLE."""
    rows = tuple(RankedItem(n, title, f"https://news.test/a/{title}") for n, title in enumerate(titles, 1))
    return RankedList(heading, tab or None, more, xpath, rows)


def section(*titles: str, heading: str = "인터뷰", xpath: str = "/html/body/div") -> Section:
    """A section whose entries lead to /a/TITLE."""
    return Section(heading, None, xpath, tuple(SectionItem(title, f"https://news.test/a/{title}") for title in titles))


def page_items(
    text: Body | None = None,
    *found: RankedList | Section,
    key: str | None = None,
    url: str = "https://news.test/a/1",
    kind: PageKind = "article",
    parser: str = PARSER,
    site: str = "paper",
) -> Items:
    """The items of a page: an article when it has a body, with the lists found on it."""
    ranked_lists = tuple(value for value in found if isinstance(value, RankedList))
    sections = tuple(value for value in found if isinstance(value, Section))
    page = Page(url, None, kind, "ko", parser, body=text, ranked_lists=ranked_lists, sections=sections)
    identities = [ListIdentity("ranked", value.heading or "", value.tab or "", "") for value in ranked_lists]
    identities += [ListIdentity("section", value.heading or "", "", "") for value in sections]
    article_key = (key or "1") if text is not None else None
    return Items(page, site, article_key, url if article_key else None, tuple(identities))


def put(db: Database, one: Capture, its_items: Items | None = None) -> Capture:
    """Insert a capture and apply its items."""
    with db.atomic():
        captures.insert(db, [one])
        if its_items is not None:
            items.apply(db, one, its_items)
    return one


def rows(db: Database, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """What a query gives."""
    return list(db.conn.execute(sql, parameters))


def _uuid(url: str, minutes: float) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{url!a} {minutes}")
