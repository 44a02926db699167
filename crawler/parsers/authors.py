"""Who wrote it: names only, from structured data and from the lines that sign the article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from lxml import etree

from archive.document import Document
from crawler.parsers import jsonld
from crawler.parsers.bylines import BY, KOREAN, clean_name, split_names, unique
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key, squeeze

MAX_AUTHORS = 20

_AUTHOR_METAS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author",
    "cxenseparse:author", "dable:author", "og:article:author",
)  # fmt: skip
_MARKED_NAME = re.compile(r"author-name|author__name|byline-name|authorName|author_name")
_AUTHOR_NAME = re.compile(r"author|byline|autor|auteur|reporter|writer|journalist|redakteur|firma", re.I)
_REPORTED = re.compile(
    r"[（(〔【]?(?:本报|本報|中央社)?(?:记者|記者)[\s:：]*(?P<names>[\u4e00-\u9fff]{2,4}(?:[、,，\s][\u4e00-\u9fff]{2,4}){0,4})\s*"
    r"(?:[）)〕】]|[／/][^\s）)〕】]{1,10}(?:報導|报道|電|电))"
)
_EDITED = re.compile(
    r"(?:责编|责任编辑|責任編輯|责任编缉|记者|記者|撰文|作者|文)[:：/／]\s*([\u4e00-\u9fff、,，\s]{2,30})"
)
_PERSON = re.compile(
    r"^(?:(?:[^\W\d_a-zß-öø-ÿ][\w'’.-]{1,20}|d[aeiou]s?|v[ao]n|der|bin|al)\s){1,3}[^\W\d_a-zß-öø-ÿ][\w'’-]{1,20}$"
)
_DATES = re.compile(
    r"[\s,|·]*\b(?:on|am|le|el|vom)?\s*(?:\d{1,2}[./ ][^|]{0,30}\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}).*$"
)
_NO_NAMES = frozenset(
    (
        "by",
        "von",
        "par",
        "por",
        "author",
        "authors",
        "autor",
        "autoren",
        "share",
        "follow",
        "published",
        "updated",
        "news",
        "redaktion",
    )
)
_MARKED = etree.XPath("descendant::a[@rel='author'] | descendant::*[@itemprop='author'][not(self::meta or self::link)]")


def find_authors(
    document: Document, data: Metadata, outline: Outline, title: Line | None, body: Sequence[Line], lang: str | None
) -> tuple[str, ...]:
    """The article's authors: persons from JSON-LD, else the page's byline, else what its data says, be it the site."""
    names, persons = _from_jsonld(data)
    if lang == "ko":
        signed = _signed(outline)
        if signed and (not persons or set(map(key, names)) & set(map(key, signed))):
            return tuple(unique([*names, *signed] if persons else signed)[:MAX_AUTHORS])
    if names and persons:
        return tuple(names[:MAX_AUTHORS])
    meta = _from_meta(data)
    if meta and not _is_site(meta[0], data):
        said = [name for name in meta if not _is_publication(name, data)]
        return tuple((_beside(outline, title, said[0]) if len(said) == 1 else said)[:MAX_AUTHORS])
    shown = [name for name in _from_page(document, data, outline, title, body) if not _is_site(name, data)]
    return tuple((shown or names or meta)[:MAX_AUTHORS])


def _from_jsonld(data: Metadata) -> tuple[list[str], bool]:
    """The names in the article's JSON-LD, and whether they are persons' (not the site's own)."""
    if not data.article:
        return [], False
    value = data.article.get("author") or data.article.get("creator")
    values = value if isinstance(value, list) else [value]
    names: list[str | None] = []
    persons = False
    for item in values[:200]:
        if isinstance(item, dict):
            if not item.get("name") and isinstance(item.get("@id"), str):
                item = next(
                    (node for node in data.objects if node.get("@id") == item["@id"] and node.get("name")), item
                )
            if not item.get("name") and item.get("familyName"):
                names.append(
                    clean_name(f"{jsonld.text_of(item.get('givenName')) or ''} {jsonld.text_of(item['familyName'])}")
                )
                persons = True
                continue
            if isinstance(item.get("name"), list):
                names.extend(clean_name(jsonld.text_of(name, 400)) for name in item["name"][:MAX_AUTHORS])
                persons = True
                continue
        found = split_names(jsonld.text_of(item, 600))
        names.extend(found)
        organisation = isinstance(item, dict) and "Organization" in "".join(jsonld.types(item))
        if found and not organisation and not _is_site(found[0], data):
            persons = True
    return unique(names), persons


def _beside(outline: Outline, title: Line | None, name: str) -> list[str]:
    """A name from the page's data, and those that the byline under the headline names with it."""
    start = title.index if title is not None else 0
    for line in outline.lines[start : start + 12]:
        if name in line.text and len(name) < line.size < 160:
            names = _person_names(line.text)
            if name in names:
                return names
    return [name]


def _is_site(name: str, data: Metadata) -> bool:
    """Whether a name is the publication's own, or a desk's."""
    desk = r"\.(?:com|de|net|org|fr|es|jp|kr|co)\b|nachrichten|^admin|\bnews\b|redaktion|redacci|新聞|日報"
    return _is_publication(name, data) or re.search(desk, name, re.I) is not None


def _is_publication(name: str, data: Metadata) -> bool:
    mine = key(name)
    sites = [data.first("og:site_name", "application-name", "twitter:site", "publisher")]
    if data.article:
        sites.append(jsonld.text_of(data.article.get("publisher"), 200))
    title = data.page_title or ""
    if " " in title and key(title).endswith(mine) and re.search(rf"[-–—|:·]\s*{re.escape(name)}\s*$", title):
        return True
    for site in sites:
        other = key(site or "")
        if other and mine and (mine in other or other in mine):
            return True
    return False


def _from_meta(data: Metadata) -> list[str]:
    for name in _AUTHOR_METAS:
        names: list[str] = []
        for value in data.meta.get(name, ()):
            if "://" not in value and "/" not in value[:1]:
                names.extend(split_names(value))
        if names:
            return unique(names)
    return []


def _from_page(
    document: Document, data: Metadata, outline: Outline, title: Line | None, body: Sequence[Line]
) -> list[str]:
    """The byline: marked as such by rel, itemprop or class, or by a word such as "by", near the headline or at
    the end."""

    def people(text: str) -> list[str]:
        return unique(name for name in _person_names(text) if not _is_site(name, data))

    marked: list[str] = []
    elements = cast("list[etree._Element]", _MARKED(document.tree))[:20]
    elements.extend(node.element for node in outline.nodes if _MARKED_NAME.search(node.names))
    for element in elements[:40]:
        inner = element.find(".//*[@itemprop='name']")
        text = squeeze(" ".join(cast("Iterator[str]", (element if inner is None else inner).itertext())))
        if 2 < len(text) < 120:
            marked.extend(people(text))
    start = title.index if title is not None else 0
    first = body[0].index if body else start
    last = body[-1].index if body else start
    head = [
        line
        for line in outline.lines[max(0, start - 4) : max(start + 12, min(first + 2, start + 40))]
        if line.size < 220
    ]
    if marked and any(key(marked[0]) in line.key for line in head):
        return unique(marked)[:MAX_AUTHORS]
    for line in head:
        if line.zone in ("related", "comments", "chrome", "hidden"):
            continue
        named = any(_AUTHOR_NAME.search(outline.nodes[index].names) for index in outline.ancestors(line.node)[:3])
        for part in re.split(r"\s*[|·•]\s*", line.text):
            if BY.match(part):
                names = people(part)
                if names:
                    return names
        if named:
            names = people(line.text)
            if names:
                return names
    if marked:
        return unique(marked)[:MAX_AUTHORS]
    for line in outline.lines[: last + 1]:
        if line.zone == "byline" and line.size < 120 and BY.match(line.text):
            return people(line.text)
    for line in outline.lines[first : min(last + 8, len(outline.lines))]:
        if line.text.isascii():
            continue  # the words of both patterns are Chinese
        found = _REPORTED.search(line.text[:60])
        if found:
            return unique(re.split(r"[、,，\s]+", found["names"]))
        found = _EDITED.search(line.text) if line.size < 200 else None
        if found:
            return unique(re.split(r"[、,，\s]+", found.group(1)))
    for line in [*_before_text(outline, start), *outline.lines[last : last + 3]]:
        # A line that is nothing but a name, between headline and text.
        if (
            line.tag != "h"
            and not line.linked
            and not line.zone
            and all(_PERSON.match(part) for part in line.text.split("/"))
        ):
            return unique(line.text.split("/"))
    return []


def _before_text(outline: Outline, start: int) -> list[Line]:
    """The lines between headline and first long paragraph."""
    lines = outline.lines[start + 1 : start + 31]
    end = next((i for i, line in enumerate(lines) if line.size >= 250), len(lines))
    return lines[:end]


def _person_names(text: str) -> list[str]:
    text = _DATES.sub(" ", re.split(r",\s+in\s", text)[0])
    return [
        name for name in split_names(text) if not any(char.isdigit() for char in name) and key(name) not in _NO_NAMES
    ]


def _signed(outline: Outline) -> list[str]:
    """Names signed "홍길동 기자" in the short lines of the page that are not links to other stories."""
    names: list[str] = []
    for line in outline.lines:
        if (
            line.size > 250
            or line.zone in ("related", "chrome", "comments")
            or "더보기" in line.text
            or "다른 기사" in line.text
        ):
            continue
        found = KOREAN.search(line.text)
        if found and len(line.text) - len(found.group(0)) < 60:
            names.extend(split_names(line.text) or [])
    return unique(names)
