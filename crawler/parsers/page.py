"""One page, taken apart: the assembly of all parsers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.document import Document, parse_document
from archive.model import Block, BlockType, Body, Page, Repeat
from crawler.discovery.rules import match
from crawler.parsers import selected
from crawler.parsers.authors import find_authors
from crawler.parsers.blocks import find_blocks
from crawler.parsers.body import Found, find_body
from crawler.parsers.bodyrepeats import body_repeats, mark_copies
from crawler.parsers.bodysigned import without_signatures
from crawler.parsers.bylines import split_names
from crawler.parsers.dates import read_date, with_zone
from crawler.parsers.embedded import embedded_lines
from crawler.parsers.headparts import find_kicker, find_subtitle
from crawler.parsers.kinds import find_kind
from crawler.parsers.language import find_language
from crawler.parsers.metadata import Metadata, Title, find_images, find_tags, find_title, read_metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.outline_reader import read_outline
from crawler.parsers.published import find_dates
from crawler.parsers.softblock import find_softblock
from crawler.parsers.tree import Tree
from crawler.sites.model import GENERIC_LAYOUT, Selectors, Site

PARSER_VERSION = "seogo-0.1.0/8"
MAX_LINKS = 20_000
_STUB = 200
"""Below this weight the article that the page shows is no article, and embedded sources are asked."""


def parse_page(
    html: bytes,
    url: str,
    *,
    content_type: str | None = None,
    captured_at: datetime | None = None,
    site: Site | None = None,
) -> Page:
    """Take a page apart.

    `html` is the decoded payload, `content_type` the response's header; `captured_at` chooses the site's layout.
    Deterministic: same arguments, same result. Raises DocumentError for bytes that hold no page.
    """
    return page_of(parse_document(html, url, content_type), captured_at=captured_at, site=site)


def page_of(
    document: Document, *, captured_at: datetime | None = None, site: Site | None = None, links: bool = True
) -> Page:
    """The same of a document that was read already; its tree stays as it is, for others to look at.

    Without `links` where nobody follows them.
    """
    with _collector_at_rest():
        page = _taken_apart(document, captured_at, site)
        return replace(page, links=_links(document)) if links else page


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A page's lists and elements hold no cycles: the collector would walk them over and over and free nothing."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _taken_apart(document: Document, captured_at: datetime | None, site: Site | None) -> Page:
    url = document.url
    layout = site.layout(captured_at) if site else GENERIC_LAYOUT
    data = read_metadata(document)
    tree = Tree(document.tree)
    blocks = find_blocks(document, tree, layout)
    ignored = [
        tree.number(element)
        for selector in layout.selectors.ignore
        for element in selected.elements(document, selector)
    ]
    listed = {number for one in blocks.ranked for number in one.listed}
    listed |= {number for other in blocks.sections for number in other.listed}
    page_outline = read_outline(tree, cut={number for number in ignored if number is not None}, listed=listed)
    title = _title(document, data, page_outline, layout.selectors)
    mark_copies(page_outline, title.line)
    chosen = selected.elements(document, layout.selectors.body)
    found = find_body(page_outline, title, chosen[0] if chosen else None)
    named = _is_named_article(site, url)
    if found is None and named:
        # Too short to stand out: then it is what the page marks as its content.
        marked = next(document.tree.iter("article", "main", "body"), None)
        found = find_body(page_outline, title, marked)
    notes = [*document.notes, *data.notes]
    if tree.truncated:
        notes.append("tree-truncated")

    running = sum(line.size for line in found.lines) if found else 0
    lines = found.lines if found else ()
    if running < _STUB:
        embedded = embedded_lines(document, data)
        if embedded:
            lines, note = tuple(embedded[0]), embedded[1]
            running = sum(line.size for line in lines)
            found = Found(page_outline.nodes[0], lines)
            notes.append(note)
    sample = " ".join(line.text for line in (lines or page_outline.lines[:60]))
    lang = find_language(document, data.first("og:locale", "content-language"), sample)
    published, modified, zone_notes = find_dates(data, page_outline, title.line, lang, site.zone if site else None)
    is_article = data.article is not None or published is not None or "article" in (data.first("og:type") or "")
    blocked = find_softblock(document, page_outline, title.text or data.page_title, running, article=is_article)
    if blocked:
        notes.append(f"soft-block-{blocked}")
    kind = (
        "soft-block"
        if blocked
        else find_kind(data, page_outline, title, found, published is not None, url, blocks.content)
    )
    if kind in ("other", "list") and found is not None and named:
        kind = "article"
    body: Body | None = None
    repeats: tuple[Repeat, ...] = blocks.repeats
    if found is not None and kind == "article":
        notes.extend(zone_notes)
        body = _body(document, data, page_outline, title, found, lang)
        body = replace(body, published=published, modified=modified)
        body = _selected(document, body, layout.selectors, lang, site)
        if lines and lines is found.lines and not any(note.startswith("body-from") for note in notes):
            repeats = (*body_repeats(document, page_outline, lines, found.container.index), *repeats)
    return Page(
        url=url,
        canonical_url=data.canonical_url,
        kind=kind,
        lang=lang,
        parser=PARSER_VERSION,
        notes=tuple(dict.fromkeys(notes)),
        body=body,
        ranked_lists=tuple(item.value for item in blocks.ranked),
        sections=tuple(item.value for item in blocks.sections),
        repeats=repeats,
    )


def _title(document: Document, data: Metadata, page_outline: Outline, selectors: Selectors) -> Title:
    chosen = selected.texts(document, selectors.title)
    if not chosen:
        return find_title(data, page_outline, document.url)
    line = next((line for line in page_outline.lines if line.text == chosen[0]), None)
    return Title(chosen[0], line)


def _is_named_article(site: Site | None, url: str) -> bool:
    """Whether the definition says that this address is an article's: a short one has little else to show it."""
    return site is not None and any(match(rule, url) for rule in site.articles)


def _body(
    document: Document, data: Metadata, page_outline: Outline, title: Title, found: Found, lang: str | None
) -> Body:
    subtitle = find_subtitle(data, page_outline, title, found.lines)
    authors = find_authors(document, data, page_outline, title.line, found.lines, lang)
    return Body(
        title=title.text,
        kicker=find_kicker(page_outline, title),
        subtitle=subtitle,
        authors=authors,
        tags=find_tags(data, page_outline.tree),
        blocks=tuple(
            Block(_type(line), line.text)
            for line in without_signatures(found.lines, authors, _publication(data, document.url))
        ),
        images=find_images(document, found.container.element),
        xpath=document.xpath_of(found.container.element),
    )


def _publication(data: Metadata, url: str) -> tuple[str, ...]:
    """What the site calls itself: its name, and its host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return tuple(name for name in (data.first("og:site_name"), host) if name)


def _selected(document: Document, body: Body, selectors: Selectors, lang: str | None, site: Site | None) -> Body:
    """What the definition's selectors find overrides what the generic parser found."""
    changes: dict[str, object] = {}
    for name in ("kicker", "subtitle"):
        found = selected.texts(document, getattr(selectors, name))
        if found:
            changes[name] = found[0]
    for name in ("published", "modified"):
        zone = site.zone if site else None
        dates = [read_date(text, lang) for text in selected.texts(document, getattr(selectors, name))]
        date = next((date for date in dates if date), None)
        if date:
            changes[name] = with_zone(date, zone)
    names = [name for text in selected.texts(document, selectors.authors) for name in split_names(text)]
    if names:
        changes["authors"] = tuple(dict.fromkeys(names))
    tags = selected.texts(document, selectors.tags)
    if tags:
        changes["tags"] = tuple(dict.fromkeys(tags))
    return replace(body, **changes) if changes else body  # type: ignore[arg-type] # names and types are Body's own


def _type(line: Line) -> BlockType:
    if line.tag == "h":
        return "h"
    if line.tag in ("li", "dd", "dt"):
        return "li"
    if line.tag == "blockquote":
        return "quote"
    return "p"


def _links(document: Document) -> tuple[str, ...]:
    addresses = dict.fromkeys([element.get("href") for element in document.parts("a")])
    return tuple(dict.fromkeys(filter(None, map(document.absolute, addresses))))[:MAX_LINKS]
