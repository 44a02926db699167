"""When an article was published and changed: structured data first, then what the page shows near its headline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from lxml import etree

from crawler.parsers import dates, jsonld
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import lowered

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "og:regdate",
    "pubdate", "publishdate", "publish-date", "publish_date", "date.release", "dc.date.issued", "dcterms.created",
    "dcterms.date", "dc.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "article_date_original",
    "publication_date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "og:published_time", "og:pubdate",
    "bt:pubdate", "rnews:datepublished", "date", "created",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "last-modified",
    "lastmod", "dcterms.modified", "dc.date.modified", "revised", "og:modified_time",
)  # fmt: skip
# What other names of such metas say: "content_PublishedDate", "date_published", "article.updated".
_PUBLISHED_NAME = re.compile(
    r"(?:publi|creat|issued)\w*[.:_-]?(?:date|time|at|on)|(?:date|time)[.:_-]?(?:publi|creat|issued)"
)
_MODIFIED_NAME = re.compile(
    r"(?:modif|updat)\w*[.:_-]?(?:date|time|at|on)|(?:date|time)[.:_-]?(?:modif|updat)|[.:_-]updated$"
)
_DIGIT = re.compile(r"\d")
_NEAR_BEFORE, _NEAR_AFTER = 12, 14
_OF_ONE = 3
_MARKED = etree.XPath("descendant::*[@itemprop='datePublished' and @content and not(self::meta)]")


def find_dates(
    data: Metadata, outline: Outline, title: Line | None, lang: str | None, zone: str | None
) -> tuple[str | None, str | None, list[str]]:
    """Published and modified as ISO 8601, and notes on where their zone comes from. `zone` is the definition's."""
    published = (
        _from_jsonld(data, "datePublished", lang)
        or _from_meta(data, _PUBLISHED_METAS, lang)
        or _from_meta(data, [name for name in data.meta if _PUBLISHED_NAME.search(name)], lang)
    )
    modified = (
        _from_jsonld(data, "dateModified", lang)
        or _from_meta(data, _MODIFIED_METAS, lang)
        or _from_meta(data, [name for name in data.meta if _MODIFIED_NAME.search(name)], lang)
        or _changed_time(outline, title)
    )
    if published is None:
        published = _from_microdata(outline, lang)
    shown, changed = _shown(outline, title, lang)
    if published is None or not dates.has_time(published):
        published = _from_times(outline, title, published) or published
    if published is None or (
        not dates.has_time(published) and dates.has_time(shown) and shown and shown[:10] == published
    ):
        published = shown or published
    modified = modified or changed
    notes: list[str] = []
    if not (dates.has_offset(published) and dates.has_offset(modified)):
        if zone:
            notes.append("zone-from-definition")
        else:
            zone = dates.ZONE_OF_LANGUAGE.get(lang or "")
            if zone:
                notes.append("zone-from-language")
        published = dates.with_zone(published, zone)
        modified = dates.with_zone(modified, zone)
    return published, modified, notes


def _from_jsonld(data: Metadata, name: str, lang: str | None) -> str | None:
    if not data.article:
        return None
    return dates.read_date(jsonld.text_of(data.article.get(name), 200), lang)


def _from_meta(data: Metadata, names: Iterable[str], lang: str | None) -> str | None:
    for name in names:
        for value in data.meta.get(name, ()):
            found = dates.read_date(value, lang)
            if found:
                return found
    return None


def _from_microdata(outline: Outline, lang: str | None) -> str | None:
    """What the elements say that are marked as the date of publication; those of many are a list's."""
    marked = cast("list[etree._Element]", _MARKED(outline.tree.nodes[0]))
    values = [element.get("content") for element in marked] if len(marked) <= _OF_ONE else []
    return next((found for value in values if (found := dates.read_date(value, lang))), None)


def _from_times(outline: Outline, title: Line | None, day: str | None) -> str | None:
    """The `<time datetime>` nearest below the headline, or marked as the date of publication."""
    start = title.index if title is not None else 0
    best: tuple[int, str] | None = None
    for at, attributes in outline.times:
        marked = (
            "pubdate" in attributes or "published" in f"{attributes.get('itemprop')} {attributes.get('class')}".lower()
        )
        found = dates.read_date(attributes.get("datetime"))
        if found is None or (day and found[:10] != day) or not (marked or start - 2 <= at <= start + _NEAR_AFTER):
            continue
        distance = abs(at - start) - (100 if marked else 0)
        if best is None or distance < best[0]:
            best = (distance, found)
    return best[1] if best else None


def _changed_time(outline: Outline, title: Line | None) -> str | None:
    """The `<time datetime>` near the headline that is marked, or labelled right before, as the last change."""
    start = title.index if title is not None else 0
    for at, attributes in outline.times:
        if not start - 2 <= at <= start + _NEAR_AFTER:
            continue
        marks = f"{attributes.get('itemprop')} {attributes.get('class')}".lower()
        if "modif" in marks or "updat" in marks or _labelled(outline, at, attributes.get("datetime") or ""):
            found = dates.read_date(attributes.get("datetime"))
            if found:
                return found
    return None


def _labelled(outline: Outline, at: int, value: str) -> bool:
    """Whether the line that shows a time of day says before it that the page was changed then."""
    hour = re.search(r"\d\d[:.]\d\d", value)
    if hour is None or at >= len(outline.lines):
        return False
    text = outline.lines[at].text
    mark = dates.MODIFIED.search(lowered(text)) if len(text) < 200 else None
    return mark is not None and re.search(hour[0].replace(":", "[:.]").lstrip("0"), text[mark.end() :]) is not None


def _shown(outline: Outline, title: Line | None, lang: str | None) -> tuple[str | None, str | None]:
    """What the page shows: labelled dates first, then `<time>`, then the first date near the headline."""
    published = modified = plain = None
    centre = title.index if title is not None else 0
    near = range(max(0, centre - _NEAR_BEFORE), centre + _NEAR_AFTER)
    label = ""
    for line in outline.lines:
        is_near = line.index in near
        if line.size > 200 or line.zone in ("related", "comments") or not (is_near or line.zone == "byline"):
            label = ""
            continue
        text = outline.spaced(line) if _DIGIT.search(line.text) else line.text
        for part, kind in _parts(text, label) if _DIGIT.search(text) else ():
            found = dates.read_date(part, lang)
            if not found:
                continue
            if kind == "m":
                modified = modified or found
            elif kind == "p":
                published = published or found
            elif is_near and plain is None and line.index >= centre - 4:
                plain = found
        label = text if len(text) < 20 else ""
    return published or plain, modified


def _parts(text: str, before: str) -> list[tuple[str, str]]:
    """Cut a line at its labels: (text after the label, "p", "m" or "")."""
    lower, before = lowered(text), before.lower()
    marks = sorted(
        [(m.start(), m.end(), "m") for m in dates.MODIFIED.finditer(lower)]
        + [(m.start(), m.end(), "p") for m in dates.PUBLISHED.finditer(lower)]
    )
    if not marks:
        kind = "m" if dates.MODIFIED.search(before) else "p" if dates.PUBLISHED.search(before) else ""
        return [(text, kind)]
    # "11時40分 更新": the label of a date may follow it.
    follows = len(marks) == 1 and not _DIGIT.search(text, marks[0][1])
    before = text[: marks[0][0]]
    # "2026/3/2 11:20（3/2 12:00 更新）": the label is that of the date in its brackets.
    bracket = max(before.rfind("（"), before.rfind("(")) if follows else -1
    if bracket > 0 and _DIGIT.search(before, bracket) and _DIGIT.search(before[:bracket]):
        parts = [(before[:bracket], ""), (before[bracket:], marks[0][2])]
    else:
        parts = [(before, marks[0][2] if follows else "")]
    for i, (_, end, kind) in enumerate(marks):
        parts.append((text[end : marks[i + 1][0] if i + 1 < len(marks) else len(text)], kind))
    return parts
