"""Images that a page's scripts would have loaded: where their addresses wait, without the scripts."""

from __future__ import annotations

import re

from lxml import etree

# In the order of trust: the names that lazy-loading libraries use for the picture itself.
_SOURCES = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-echo", "data-original-src", "data-img-src",
    "data-image-src", "data-image", "data-url", "data-defer-src", "data-cfsrc", "data-pagespeed-lazy-src", "data-img",
)  # fmt: skip
_SOURCE_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set", "data-srcset-lazy")
_BACKGROUNDS = ("data-bg", "data-background", "data-background-image", "data-bg-src", "data-lazy-background")
NAMES = frozenset((*_SOURCES, *_SOURCE_SETS, *_BACKGROUNDS))
"""The attributes in which addresses wait."""

_ADDRESS = re.compile(r"(?:https?:)?//[^\s]+|[^\s:<>{}\"]+", re.I)
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|jfif)\b|[/?=]", re.I)
_CSS_URL = re.compile(r"^\s*url\(\s*[\"']?([^\"')]+)[\"']?\s*\)\s*$", re.I)


def awaken(element: etree._Element, tag: str) -> None:
    """Put the addresses that wait in `data-*` attributes where a browser without scripts looks for them."""
    if tag in ("img", "source", "iframe", "video", "audio", "embed"):
        source = _first(element, _SOURCES)
        if source and (tag != "iframe" or _is_empty(element.get("src"))):
            element.set("src" if tag != "source" or element.get("src") is not None else "srcset", source)
        sources = _set_of(element)
        if sources and tag in ("img", "source"):
            element.set("srcset", sources)
        elif source and tag == "img" and _is_placeholder_set(element.get("srcset")):
            del element.attrib["srcset"]
    background = _first(element, _BACKGROUNDS)
    if background and "background" not in (element.get("style") or ""):
        style = (element.get("style") or "").rstrip("; ")
        safe = background.replace('"', "%22").replace("\\", "%5C")
        element.set("style", f'{style}{";" if style else ""}background-image:url("{safe}")')


def _first(element: etree._Element, names: tuple[str, ...]) -> str | None:
    for name in names:
        value = (element.get(name) or "").strip()
        if not value:
            continue
        wrapped = _CSS_URL.match(value)
        if wrapped:
            value = wrapped.group(1).strip()
        if value and len(value) < 4096 and _ADDRESS.fullmatch(value) and _IMAGE_NAME.search(value):
            return value
    return None


def _set_of(element: etree._Element) -> str | None:
    for name in _SOURCE_SETS:
        value = (element.get(name) or "").strip()
        if value and not value.startswith(("{", "[")):
            return value
    return None


def _is_empty(value: str | None) -> bool:
    return not value or value.strip().lower() in ("about:blank", "#", "javascript:false", "javascript:void(0)")


def _is_placeholder_set(value: str | None) -> bool:
    return value is not None and value.strip()[:5].lower() == "data:"
