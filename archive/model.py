"""What crosses the border between `crawler` and `archive`: frozen values, no behaviour beyond shape.

Data flows one way: Exchange -> Capture -> Page -> Items -> index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import IO, Any, Literal

import msgspec

from archive.handed import Handed

Fidelity = Literal["wire", "reconstructed", "imported"]
CaptureKind = Literal["response", "revisit", "resource"]
PageKind = Literal["article", "list", "front", "other", "soft-block"]
BlockType = Literal["p", "h", "li", "quote"]
RepeatKind = Literal["body", "paragraph", "block", "item"]
ListKind = Literal["ranked", "section"]
Truncation = Literal["length", "time", "disconnect", "unspecified"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request with its response, as bytes.

    `request` and `response_head` run from the first line up to and with the blank line (a request's body follows its
    head). `response_head` is empty when no byte of an answer arrived. `response_body` is what followed the head, still
    content-coded and chunked; large bodies are seekable binary files. `started_at` is aware, in UTC. `tls` is the
    version like `tls/1.3`, `cipher_suite` IANA's name of it; both empty where they are not known.
    """

    url: str
    started_at: datetime
    request: bytes
    response_head: bytes
    response_body: bytes | IO[bytes]
    fidelity: Fidelity
    ip: str | None = None
    truncated: Truncation | None = None
    notes: tuple[str, ...] = ()
    protocol: str = "http/1.1"
    tls: str = ""
    cipher_suite: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl, import or job run, as warcinfo and `runs` name it. Times are text: `2026-11-23T03:28:46.123Z`."""

    id: str
    site: str
    started_at: str
    job: str = ""
    definition_digest: str = ""
    parser: str = ""
    user_agent: str = ""
    finished_at: str | None = None
    outcome: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of `captures`; the columns' meanings are in docs/schema.md.

    `id` is the UUID of the WARC-Record-ID, `captured_at` text like `2026-11-23T03:28:46.123Z`, `digest`
    `sha1:BASE32` of the de-chunked payload, `warc_file` the file's final name (without `.open`). `refers_to` is the
    id of the capture a revisit points to. `parsed_by` is None while a parse is owed, empty where there is nothing to
    parse.
    """

    id: str
    url: str
    url_key: str
    captured_at: str
    status: int | None
    mime: str | None
    digest: str | None
    kind: CaptureKind
    refers_to: str | None
    fidelity: Fidelity
    truncated: str | None
    site: str
    run_id: str
    warc_file: str
    offset: int
    length: int
    request_offset: int | None = None
    metadata_file: str | None = None
    metadata_offset: int | None = None
    parsed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a URL ended that left no capture (`dns`, `robots`, `timeout`, ...), or how a page failed to parse."""

    run_id: str
    url: str
    at: str
    outcome: str
    reason: str
    capture_id: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a body, or a subheading, list item or quotation."""

    type: BlockType
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article, its address absolute."""

    url: str
    alt: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The article itself. Dates are ISO 8601 as the page gives them; unknown is None, never a guess."""

    title: str | None
    kicker: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    tags: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    xpath: str | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of the blocks in order."""
        return tuple(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class RankedItem:
    """A row of a ranked list, its rank as the page shows it, its address absolute."""

    rank: int
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SectionItem:
    """A link of a section block, its address absolute."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class RankedList:
    """Links in an order of popularity. `tab` names one of several lists under one heading."""

    heading: str | None
    tab: str | None
    more_url: str | None
    xpath: str
    items: tuple[RankedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A block with a heading of its own that lists links to other content; `items` may be empty."""

    heading: str | None
    more_url: str | None
    xpath: str
    items: tuple[SectionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """A copy that was dropped: what it repeats (`of`, an xpath), where it stood, its first 80 characters."""

    kind: RepeatKind
    of: str
    xpath: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says, taken apart. `parser` is the version that did it; `notes` tell what it could not do."""

    url: str
    canonical_url: str | None
    kind: PageKind
    lang: str | None
    parser: str
    notes: tuple[str, ...] = ()
    body: Body | None = None
    ranked_lists: tuple[RankedList, ...] = ()
    sections: tuple[Section, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    links: tuple[str, ...] = ()

    def to_json(self, *, links: bool = True) -> bytes:
        """The page as the JSON that README.md documents, in UTF-8; without `links` where they are not wanted.

        A lone surrogate, which no UTF-8 can say, becomes a question mark.
        """
        page = {field.name: getattr(self, field.name) for field in fields(self) if links or field.name != "links"}
        if self.body is not None:
            # `paragraphs` stands between blocks and images, where readers of the JSON expect it.
            body = {field.name: getattr(self.body, field.name) for field in fields(self.body)}
            tail = {"images": body.pop("images"), "xpath": body.pop("xpath")}
            page["body"] = {**body, "paragraphs": self.body.paragraphs, **tail}
        try:
            return msgspec.json.encode(page)
        except UnicodeEncodeError:
            plain = msgspec.to_builtins(page)
            return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dicts, lists, strings, ints and None."""
        page: dict[str, Any] = msgspec.json.decode(self.to_json())
        return page


@dataclass(frozen=True, slots=True)
class ListIdentity:
    """Which list over time a block belongs to: the natural key of `lists`, without its site.

    `heading` has no times and counts; `page_scope` is empty for a list that stands across a site, else the url key of
    the page it belongs to.
    """

    kind: ListKind
    heading: str
    tab: str
    page_scope: str


@dataclass(frozen=True, slots=True)
class Searchable:
    """An article's title and text as search tokens joined by blanks, and what near-duplicates are told by.

    `made_by` names the tokenizer and the sketch: where an index has others, it makes its own.
    """

    title: str
    text: str
    signature: bytes | None
    made_by: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What storing a page's items takes and follows from them alone, so that it is made beside the parser.

    `record` is the block of the metadata record and `digest` its digest; both empty where the page is stored already.
    """

    record: bytes
    digest: str
    search: Searchable | None


@dataclass(frozen=True, slots=True)
class Items(Handed):
    """A page with the identities that its site's definition decides; what the index derives its rows from.

    `lists` runs parallel to `page.ranked_lists + page.sections`. `article_key` is None when the page is no article;
    `article_url` is the address the article is shown under.
    """

    page: Page
    site: str
    article_key: str | None
    article_url: str | None
    lists: tuple[ListIdentity, ...]
    prepared: Prepared | None = field(default=None, compare=False)
