"""Articles that stand in no element a reader sees: in `<noscript>`, `<template>`, JSON-LD or a framework's state.

Known sources, in order, tried only where the page itself shows no article; the note names the one that answered.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from lxml import etree

from archive.document import Document, DocumentError, parse_document
from crawler.parsers import jsonld
from crawler.parsers.metadata import Metadata
from crawler.parsers.outline import Line
from crawler.parsers.outline_reader import read_outline
from crawler.parsers.text import weight
from crawler.parsers.tree import Tree

MIN_TEXT = 400
MAX_STATE = 4_000_000
MAX_NODES = 50_000
_STATE_KEYS = frozenset(
    (
        "articleBody",
        "body",
        "content",
        "contentHtml",
        "bodyHtml",
        "html",
        "text",
        "articleText",
        "contents",
        "description_html",
    )
)
_STATE = re.compile(r"^\s*(?:window\.)?(?:__NUXT__|__INITIAL_STATE__|__PRELOADED_STATE__|__APOLLO_STATE__)\s*=\s*")


def embedded_lines(document: Document, data: Metadata) -> tuple[list[Line], str] | None:
    """The lines of an embedded article and the note that names its source, or None."""
    for tag, note in (("noscript", "body-from-noscript"), ("template", "body-from-template")):
        pieces = [_markup(element) for element in document.tree.iter(tag)]
        lines = _lines(max(pieces, key=len, default=""), document.url)
        if lines:
            return lines, note
    if data.article:
        text = jsonld.text_of(data.article.get("articleBody"))
        lines = _lines(text or "", document.url)
        if lines:
            return lines, "body-from-jsonld"
    lines = _lines(max(_state_texts(document), key=len, default=""), document.url)
    if lines:
        return lines, "body-from-state"
    return None


def _markup(element: etree._Element) -> str:
    """What stands inside an element, as HTML."""
    inside = [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return (element.text or "") + "".join(inside)


def _lines(text: str, url: str) -> list[Line]:
    if weight(text[: 4 * MIN_TEXT]) < MIN_TEXT:
        return []
    if "<" not in text or not re.search(r"<(?:p|br|div|h\d)\b", text, re.I):
        parts = [part for part in re.split(r"\s*\n\s*", text) if part.strip()]
        text = "".join(f"<p>{html.escape(part)}</p>" for part in parts)
    try:
        fragment = parse_document(
            f"<html><body>{text}</body></html>".encode("utf-8", "replace"), url, "text/html; charset=utf-8"
        )
    except DocumentError:
        return []
    lines = [line for line in read_outline(Tree(fragment.tree)).lines if line.linked <= 0.6 * line.size]
    running = sum(line.size for line in lines if line.size >= 60 and line.ends)
    return lines if running >= MIN_TEXT else []


def _state_texts(document: Document) -> Iterator[str]:
    for script in document.parts("script"):
        text = script.text or ""
        if not MIN_TEXT // 4 < len(text) <= MAX_STATE:
            continue
        if script.get("id") != "__NEXT_DATA__" and not _STATE.match(text):
            continue
        try:
            value = json.loads(_STATE.sub("", text).rstrip().rstrip(";"), parse_int=str, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            continue
        queue = [value]
        for seen, item in enumerate(queue):
            if seen >= MAX_NODES:
                break
            if isinstance(item, dict):
                for name, child in item.items():
                    if isinstance(child, str):
                        if name in _STATE_KEYS and weight(child[: 4 * MIN_TEXT]) >= MIN_TEXT:
                            yield child.encode("utf-8", "replace").decode("utf-8")
                    elif isinstance(child, (dict, list)):
                        queue.append(child)
            elif isinstance(item, list):
                queue.extend(child for child in item if isinstance(child, (dict, list)))
