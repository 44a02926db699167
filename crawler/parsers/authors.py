"""Who wrote it: names only, from the page's own data, else from the lines that sign the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.document import Document
from crawler.parsers import jsonld
from crawler.parsers.authors_shown import MAX_AUTHORS, person_names, shown_authors, signed_authors
from crawler.parsers.bylines import clean_name, split_names, unique
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key

_AUTHOR_METAS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author",
    "cxenseparse:author", "dable:author", "og:article:author",
)  # fmt: skip

# As libraries write names.
_LAST_FIRST = re.compile(r"^([^,;]{2,40}), ([^,;]{2,40})$")


def find_authors(
    document: Document, data: Metadata, outline: Outline, title: Line | None, body: Sequence[Line], lang: str | None
) -> tuple[str, ...]:
    """The article's authors: persons from JSON-LD, else the page's byline, else what its data says, be it the site."""
    names, persons = _from_jsonld(data)
    if lang == "ko":
        signed = signed_authors(outline)
        if signed and (not persons or set(map(key, names)) & set(map(key, signed))):
            return tuple(unique([*names, *signed] if persons else signed)[:MAX_AUTHORS])
    if names and persons:
        return tuple(names[:MAX_AUTHORS])
    meta = _from_meta(data)
    if meta and not _is_site(meta[0], data):
        said = [name for name in meta if not _is_publication(name, data)]
        return tuple((_beside(outline, title, said[0]) if len(said) == 1 else said)[:MAX_AUTHORS])
    shown = shown_authors(document, outline, title, body, lambda name: _is_site(name, data))
    shown = [name for name in shown if not _is_site(name, data)]
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
            names = person_names(line.text)
            if name in names:
                return names
    return [name]


def _is_site(name: str, data: Metadata) -> bool:
    """Whether a name is the publication's own, or a desk's."""
    desk = (
        r"\.(?:com|de|net|org|fr|es|jp|kr|co)\b|nachrichten|^admin|\b(?:gmbh|inc|ltd|llc|verlag|news)\b|redaktion|redacci|"
        r"新聞|日報"
    )
    return _is_publication(name, data) or re.search(desk, name, re.I) is not None


def _is_publication(name: str, data: Metadata) -> bool:
    mine = key(name)
    sites = [data.first("og:site_name", "application-name", "twitter:site", "publisher")]
    if data.article:
        sites.append(jsonld.text_of(data.article.get("publisher"), 200))
    title = data.page_title or ""
    if key(title).endswith(mine) and title.rstrip().lower().endswith(name.lower()):
        before = title.rstrip()[: -len(name) or None].rstrip()
        if before.endswith(("-", "–", "—", "|", ":", "·", "_")):
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
                if name.startswith("dc"):
                    value = _LAST_FIRST.sub(r"\2 \1", value)
                names.extend(split_names(value))
        if names:
            return unique(names)
    return []
