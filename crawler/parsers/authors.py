"""Who wrote it: names only, from structured data and from the lines that sign the article."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.parsers import jsonld
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key, squeeze

MAX_AUTHORS = 20
_ROLE = r"(?:선임|수석|전문|인턴|객원|시민|특별취재|사진|영상|의학전문|논설)?\s?(?:기자|특파원|논설위원|편집위원|칼럼니스트|앵커|통신원|에디터|PD|리포터)"
_KOREAN = re.compile(
    rf"(?<![가-힣])((?:[가-힣]{{2,4}}\s?[·/,ㆍ]\s?)*[가-힣]{{2,4}})\s?(?:[가-힣]{{1,8}}\s?=\s?)?{_ROLE}(?![가-힣])"
)
_LEAD = re.compile(
    r"^(?:written\s+by|reported\s+by|story\s+by|words\s+by|by|von|par|por|di|da|de|af|av|door|autor(?:in)?|author|auteur|texto?|text|tekst|redaktion|"
    r"글|취재|文|記者|记者|作者|責任編集|取材)\s*[:：/]?\s+",
    re.I,
)
_TAIL = re.compile(
    r"\s*(?:[,|·•(/]|\s[-–—]\s)\s*(?:[^,|]*\b(?:reporter|editor|correspondent|writer|journalist|staff|redakteur\w*|redaktion|korrespondent\w*|contributor|columnist)\b.*|"
    r"[^,|]*기자.*|twitter.*|@.*|\d.*)$",
    re.I,
)
_MAIL = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_JUNK = re.compile(
    r"^(?:admin|administrator|editor|editors|staff|author|autor|unknown|guest|null|none|redacción|redaccion|webmaster|user|기자|default)$",
    re.I,
)
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
    text = squeeze(_MAIL.sub(" ", text[:400]))
    korean = _KOREAN.search(text)
    if korean and len(text) < 60:
        return korean.group(1)
    text = _LEAD.sub("", text)
    text = _TAIL.sub("", text)
    text = text.strip(" \t,;:|/·•-–—()[]<>\"'“”=@")
    if not text or len(text) > 80 or not re.search(r"[^\W\d_]", text) or _JUNK.match(text) or len(text.split()) > 7:
        return None
    return text


def split_names(text: str | None) -> list[str]:
    """The names in a byline such as "A, B and C"."""
    if not text:
        return []
    text = _LEAD.sub("", squeeze(text[:600]))
    korean = _KOREAN.search(text)
    if korean and len(text) < 80:
        names: list[str] = []
        for found in _KOREAN.finditer(text):
            names.extend(part.strip() for part in re.split(r"[·/,ㆍ]", found.group(1)))
        return _unique(names)
    return _unique(clean_name(part) for part in _AND.split(text))


def find_authors(data: Metadata, outline: Outline, body: Iterable[Line], lang: str | None) -> tuple[str, ...]:
    """The article's authors: JSON-LD, else the signing lines, else `<meta>`."""
    names = _from_jsonld(data.article)
    if lang == "ko":
        signed = _signed(outline)
        if signed and (not names or set(map(key, names)) & set(map(key, signed))):
            return tuple(_unique([*names, *signed])[:MAX_AUTHORS])
    if names:
        return tuple(names[:MAX_AUTHORS])
    names = _from_meta(data)
    if names:
        return tuple(names[:MAX_AUTHORS])
    return tuple(_from_elements(outline)[:MAX_AUTHORS])


def _from_jsonld(article: dict[str, Any] | None) -> list[str]:
    if not article:
        return []
    value = article.get("author") or article.get("creator")
    values = value if isinstance(value, list) else [value]
    names: list[str | None] = []
    for item in values[:200]:
        if isinstance(item, dict) and isinstance(item.get("name"), list):
            names.extend(clean_name(jsonld.text_of(name, 400)) for name in item["name"][:MAX_AUTHORS])
            continue
        names.extend(split_names(jsonld.text_of(item, 600)))
    return _unique(names)


def _from_meta(data: Metadata) -> list[str]:
    for name in ("author", "article:author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author", "cxenseparse:author",
                 "dable:author", "og:article:author"):  # fmt: skip
        names: list[str] = []
        for value in data.meta.get(name, ()):
            if "://" not in value and "/" not in value[:1]:
                names.extend(split_names(value))
        if names:
            return _unique(names)
    return []


def _from_elements(outline: Outline) -> list[str]:
    names: list[str] = []
    for line in outline.lines:
        if line.zone == "byline" and line.size < 200 and not re.search(r"\d{2,}", line.text):
            names.extend(split_names(line.text))
            if names:
                break
    return _unique(names)


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
