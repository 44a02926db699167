"""schema.org data in `<script type="application/ld+json">`, read as the hostile input it is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from archive.document import Document

MAX_SCRIPT = 2_000_000
MAX_NODES = 20_000
_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[|/\*.{0,200}?\*/|//[^\n]{0,200}\n)|"
    r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|/\*[^*]{0,200}\*/)\s*;?\s*$",
    re.S,
)
_TRAILING = re.compile(r",(\s*[}\]])")
_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|Posting|Report|Review|LiveBlogPosting|Newsarticle|AnalysisNewsArticle|"
    r"OpinionNewsArticle)$",
    re.I,
)


def read_jsonld(document: Document) -> tuple[list[dict[str, Any]], list[str]]:
    """All objects of the page's JSON-LD, outermost first, and notes on scripts that could not be read."""
    objects: list[dict[str, Any]] = []
    notes: list[str] = []
    for script in document.parts("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        if len(script.text) > MAX_SCRIPT:
            notes.append("jsonld-too-large")
            continue
        value = _load(script.text)
        if value is None:
            notes.append("jsonld-unreadable")
            continue
        objects.extend(_objects(value, MAX_NODES - len(objects)))
    return objects, list(dict.fromkeys(notes))


def types(node: dict[str, Any]) -> list[str]:
    """The `@type` names of an object."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return [str(item).rsplit("/", 1)[-1] for item in values if isinstance(item, str)]


def is_article(node: dict[str, Any]) -> bool:
    """Whether an object describes an article."""
    return any(_ARTICLE.search(name) for name in types(node))


def text_of(value: Any, limit: int = 2_000_000) -> str | None:
    """A JSON value that should be a string, as one that can be stored: entities resolved, lone surrogates replaced."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    value = value[:limit].encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return value.strip() or None


def _load(text: str) -> Any:
    text = text.strip()
    for _ in range(3):
        if text[:1] in "{[" and text[-1:] in "}]":
            break
        text = _COMMENT.sub("", text).strip()
    for mended in (str, partial(_TRAILING.sub, r"\1"), html.unescape):
        try:
            # strict=False: raw line breaks inside strings are the most common defect.
            return json.loads(mended(text), strict=False, parse_int=str, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, limit: int) -> Iterator[dict[str, Any]]:
    # Breadth first: the page's own article stands above those it mentions.
    queue = [value]
    for seen, item in enumerate(queue):
        if seen >= limit:
            return
        if isinstance(item, dict):
            yield item
            children = list(item.values())
        elif isinstance(item, list):
            children = item
        else:
            continue
        queue.extend(child for child in children[:MAX_NODES] if isinstance(child, (dict, list)))
