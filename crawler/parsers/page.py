"""One page, taken apart: the assembly of all parsers."""

from __future__ import annotations

from datetime import datetime

from archive.document import Document, parse_document
from archive.model import Block, BlockType, Body, Page
from crawler.parsers.authors import find_authors
from crawler.parsers.body import Found, find_body
from crawler.parsers.bodyrepeats import body_repeats, mark_copies
from crawler.parsers.kinds import find_kind
from crawler.parsers.language import find_language
from crawler.parsers.metadata import Metadata, Title, find_images, find_tags, find_title, read_metadata
from crawler.parsers.outline import Line, Outline, outline
from crawler.parsers.published import find_dates
from crawler.sites.model import GENERIC_LAYOUT, Site

PARSER_VERSION = "seogo-0.1.0/1"
MAX_LINKS = 20_000


def parse_page(
    html: bytes,
    url: str,
    *,
    content_type: str | None = None,
    captured_at: datetime | None = None,
    site: Site | None = None,
) -> Page:
    """Take a page apart.

    `html` is the decoded payload, `content_type` the response's header, `captured_at` chooses the site's layout.
    Deterministic: same arguments, same result. Raises DocumentError for bytes that hold no page.
    """
    layout = site.layout(captured_at) if site else GENERIC_LAYOUT
    document = parse_document(html, url, content_type)
    data = read_metadata(document)
    page_outline = outline(document)
    title = find_title(data, page_outline, url)
    mark_copies(page_outline, title.line)
    found = find_body(page_outline, title.text)
    running = " ".join(line.text for line in (found.lines if found else page_outline.lines[:60]))
    lang = find_language(document, data.first("og:locale", "content-language"), running)
    kind = find_kind(document, data, page_outline, title, found)
    notes = [*document.notes, *data.notes]
    if page_outline.truncated:
        notes.append("tree-truncated")
    body = None
    repeats = ()
    if found is not None and kind == "article":
        body, body_notes = _body(document, data, page_outline, title, found, lang, site)
        notes.extend(body_notes)
        repeats = body_repeats(document, page_outline, found.lines, found.container.index)
    return Page(
        url=url,
        canonical_url=data.canonical_url,
        kind=kind,
        lang=lang,
        parser=PARSER_VERSION,
        notes=tuple(dict.fromkeys(notes)),
        body=body,
        repeats=repeats,
        links=_links(document),
    )


def _body(
    document: Document,
    data: Metadata,
    page_outline: Outline,
    title: Title,
    found: Found,
    lang: str | None,
    site: Site | None,
) -> tuple[Body, list[str]]:
    published, modified, notes = find_dates(data, page_outline, title.line, lang, site.zone if site else None)
    body = Body(
        title=title.text,
        kicker=None,
        subtitle=None,
        authors=find_authors(document, data, page_outline, title.line, found.lines, lang),
        published=published,
        modified=modified,
        tags=find_tags(data),
        blocks=tuple(Block(_type(line), line.text) for line in found.lines),
        images=find_images(document, found.container.element, {}),
        xpath=document.xpath_of(found.container.element),
    )
    return body, notes


def _type(line: Line) -> BlockType:
    if line.tag == "h":
        return "h"
    if line.tag in ("li", "dd", "dt"):
        return "li"
    if line.tag == "blockquote":
        return "quote"
    return "p"


def _links(document: Document) -> tuple[str, ...]:
    links: dict[str, None] = {}
    for element in document.tree.iter("a", "area"):
        href = document.absolute(element.get("href"))
        if href:
            links[href] = None
            if len(links) >= MAX_LINKS:
                break
    return tuple(links)
