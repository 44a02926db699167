"""Who wrote it: names only, from structured data and from the lines that sign the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from lxml import etree

from archive.document import Document
from crawler.parsers import jsonld
from crawler.parsers.dates import MODIFIED, PUBLISHED
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key, squeeze

MAX_AUTHORS = 20

_AUTHOR_METAS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author",
    "cxenseparse:author", "dable:author", "og:article:author",
)  # fmt: skip
_ROLE = (
    r"(?:선임|수석|전문|인턴|객원|시민|특별취재|사진|영상|의학전문|논설)?\s?"
    r"(?:기자|특파원|논설위원|편집위원|칼럼니스트|앵커|통신원|에디터|PD|리포터)"
)
_KOREAN = re.compile(
    rf"(?<![가-힣])((?:[가-힣]{{2,4}}\s?[·/,ㆍ]\s?)*[가-힣]{{2,4}})\s?(?:[가-힣]{{1,8}}\s?=\s?)?{_ROLE}(?![가-힣])"
)
# What stands before a name: alone, or with a colon only where the word says other things too.
_BEFORE = (
    r"(?:written |reported |story |words |text |posted |authored |edited |compiled )?by|von|ein(?: beitrag)? von|"
    r"(?:publi[ée]e? |rédigée? |écrit |propos recueillis )?par|(?:escrit[oa] |redactad[oa] )?por|(?:a cura )?di|da|de|"
    r"(?:geschreven )?door|(?:skriven |skrevet )?a[fv]|autor(?:in|ka|a|es?)?|author|auteure?|autore|forfatter|"
    r"skribent|kirjoittanut|oprac(?:ował[ai]?|\.)|napsala?|piše|írta|szerző|scris de|γράφει (?:ο|η)|συντάκτης|"
    r"автор(?:ка|ы)?|пише|текст|oleh|penulis|pewarta|tác giả|yazan|muhabir|بقلم|كتب(?:ت)?|بواسطة|إعداد|מאת|लेखक|"
    r"द्वारा|โดย|เขียนโดย|글|취재|文|記者|记者|作者|責任編集|取材(?:・文)?"
)
_TITLED = (
    r"textos?|texte|testo|tekst(?:i|y)?|redaktion|redakcja|toimittaja|reporter|journalist|haber|editör|editor|penyunting|"
    r"تحرير|words"
)
_LEAD = re.compile(rf"^(?:(?:{_BEFORE})\s*[:：/]?\s+|(?:{_BEFORE}|{_TITLED})\s*[:：／/]\s*)", re.I)
_BY = re.compile(rf"^(?:(?:{_BEFORE})\s*:?\s+|(?:{_BEFORE}|{_TITLED})\s*[:：]\s*)[^\W\d_]", re.I)
_TAIL = re.compile(
    r"\s*(?:[,|·•(/]|\s[-–—]\s)\s*(?:[^,|]*\b(?:reporter|editor|correspondent|writer|journalist|staff|"
    r"redakteur\w*|redaktion|korrespondent\w*|contributor|columnist)\b.*|"
    r"[^,|]*기자.*|twitter.*|@.*|\d.*)$|"
    r"(?<=\S\s\S)(?<=.{5})\s+(?:journaliste?|reporter|redakt[øo]r|staff writer|correspondent|toimittaja|muhabir)$",
    re.I,
)
_LABEL = re.compile(rf"\s(?:{PUBLISHED.pattern}|{MODIFIED.pattern})", re.I)
_ASIDE = re.compile(r"\s\([^)(]{0,60}\)")
_MAIL = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_JUNK = re.compile(
    r"^(?:admin|administrator|editor|editors|staff|author|autor|unknown|guest|null|none|redacción|redaccion|"
    r"webmaster|(?:super )?user|기자|default|tim redaksi|redakcja|redazione|rédaction|la redacción|redactie|"
    r"redaksjonen|toimitus|haber merkezi|news ?desk|web ?desk|online desk|agenc(?:y|ies)|agencias|agences|agenzie|"
    r"(?:\w*redakteur|korrespondent|autor)(?:in)?|(?:\w+ )?(?:reporter|correspondent|"
    r"writer|journalist|contributor))$",
    re.I,
)
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
_AND = re.compile(
    r"\s*(?:,|;|\s/\s|\s\|\s|\s&\s|\sand\s|\sund\s|\set\s|\sy\s|\se\s|\bog\b|、|・(?=[^\u30a0-\u30ff]))\s*", re.I
)


def clean_name(text: str | None) -> str | None:
    """One name without "By", role, address and marks; None where none is left.

    >>> clean_name("By Jane Doe, staff writer"), clean_name("홍길동 기자"), clean_name("a@b.example")
    ('Jane Doe', '홍길동', None)
    """
    if not text:
        return None
    text = squeeze(_EMOJI.sub("", _MAIL.sub(" ", text[:400])))
    korean = _KOREAN.search(text)
    if korean and len(text) < 60:
        return korean.group(1)
    text = _LEAD.sub("", text)
    text = _TAIL.sub("", _LABEL.split(text, maxsplit=1)[0])
    text = text.strip(" \t,;:|/·•-–—()[]<>\"'“”=@")
    if not text or len(text) > 80 or not re.search(r"[^\W\d_]", text) or _JUNK.match(text) or len(text.split()) > 7:
        return None
    return text


def split_names(text: str | None) -> list[str]:
    """The names in a byline such as "A, B and C"."""
    if not text:
        return []
    text = _LEAD.sub("", squeeze(_ASIDE.sub(" ", text[:600])))
    korean = _KOREAN.search(text)
    if korean and len(text) < 80:
        names: list[str] = []
        for found in _KOREAN.finditer(text):
            names.extend(part.strip() for part in re.split(r"[·/,ㆍ]", found.group(1)))
        return _unique(names)
    return _unique(clean_name(part) for part in _AND.split(text))


def find_authors(
    document: Document, data: Metadata, outline: Outline, title: Line | None, body: Sequence[Line], lang: str | None
) -> tuple[str, ...]:
    """The article's authors: persons from JSON-LD, else the page's byline, else what its data says, be it the site."""
    names, persons = _from_jsonld(data)
    if lang == "ko":
        signed = _signed(outline)
        if signed and (not persons or set(map(key, names)) & set(map(key, signed))):
            return tuple(_unique([*names, *signed] if persons else signed)[:MAX_AUTHORS])
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
    return _unique(names), persons


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
            return _unique(names)
    return []


def _from_page(
    document: Document, data: Metadata, outline: Outline, title: Line | None, body: Sequence[Line]
) -> list[str]:
    """The byline: marked as such by rel, itemprop or class, or by a word such as "by", near the headline or at
    the end."""

    def people(text: str) -> list[str]:
        return _unique(name for name in _person_names(text) if not _is_site(name, data))

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
        return _unique(marked)[:MAX_AUTHORS]
    for line in head:
        if line.zone in ("related", "comments", "chrome", "hidden"):
            continue
        named = any(_AUTHOR_NAME.search(outline.nodes[index].names) for index in outline.ancestors(line.node)[:3])
        for part in re.split(r"\s*[|·•]\s*", line.text):
            if _BY.match(part):
                names = people(part)
                if names:
                    return names
        if named:
            names = people(line.text)
            if names:
                return names
    if marked:
        return _unique(marked)[:MAX_AUTHORS]
    for line in outline.lines[: last + 1]:
        if line.zone == "byline" and line.size < 120 and _BY.match(line.text):
            return people(line.text)
    for line in outline.lines[first : min(last + 8, len(outline.lines))]:
        if line.text.isascii():
            continue  # the words of both patterns are Chinese
        found = _REPORTED.search(line.text[:60])
        if found:
            return _unique(re.split(r"[、,，\s]+", found["names"]))
        found = _EDITED.search(line.text) if line.size < 200 else None
        if found:
            return _unique(re.split(r"[、,，\s]+", found.group(1)))
    for line in [*_before_text(outline, start), *outline.lines[last : last + 3]]:
        # A line that is nothing but a name, between headline and text.
        if (
            line.tag != "h"
            and not line.linked
            and not line.zone
            and all(_PERSON.match(part) for part in line.text.split("/"))
        ):
            return _unique(line.text.split("/"))
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
        found = _KOREAN.search(line.text)
        if found and len(line.text) - len(found.group(0)) < 60:
            names.extend(split_names(line.text) or [])
    return _unique(names)


def _unique(names: Iterable[str | None]) -> list[str]:
    kept: dict[str, str] = {}
    for name in names:
        if name:
            kept.setdefault(key(name), name)
    return list(kept.values())
