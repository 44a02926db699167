"""Changes to pages that no reader would see: how much of an answer hangs on what a site may change any day.

Each takes a page's bytes and a random source, and gives a page that says the same. Deterministic for one source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import lxml.html
from lxml import etree

from archive.document import parse_document

Mutation = Callable[[lxml.html.HtmlElement, Random], None]

_BLOCKS = ("div", "ul", "ol", "section", "article", "aside", "h2", "h3", "table")
_BANNER = (
    "<div><a href='https://shop.example/offer-{n}?id={n}4711'><img src='https://shop.example/{n}.gif'/></a>"
    "<div><b>Winter boots</b> from our partner, warm and dry, now for a fraction of the usual price.</div>"
    "<a href='https://shop.example/offer-{n}?id={n}4711'>Order now</a></div>"
)


def _unchanged(root: lxml.html.HtmlElement, random: Random) -> None:
    """The page written out again: what the others are to be compared with."""


def _nameless(root: lxml.html.HtmlElement, random: Random) -> None:
    """Every class and id becomes a word without meaning, the same word everywhere."""
    words: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for attribute in ("class", "id"):
            names = (element.get(attribute) or "").split()
            if names:
                element.set(
                    attribute, " ".join(words.setdefault(name, f"x{random.getrandbits(40):x}y") for name in names)
                )


def _without(*tags: str, **attributes: str) -> Mutation:
    def mutate(root: lxml.html.HtmlElement, random: Random) -> None:
        for element in list(root.iter(*tags)):
            parent = element.getparent()
            if parent is not None and all(element.get(name) == value for name, value in attributes.items()):
                element.drop_tree()

    return mutate


def _wrapped(root: lxml.html.HtmlElement, random: Random) -> None:
    """One block in four stands in a box of its own."""
    for element in list(root.iter(*_BLOCKS)):
        parent = element.getparent()
        if parent is None or parent.tag in ("ul", "ol", "tr", "table", "html") or random.random() > 0.25:
            continue
        box = etree.SubElement(parent, "div")
        parent.replace(element, box)
        box.tail, element.tail = element.tail, None
        box.append(element)


def _bannered(root: lxml.html.HtmlElement, random: Random) -> None:
    """Ten boxes that no list of advert names knows, anywhere between blocks."""
    blocks = [element for element in root.iter("div", "p", "section") if element.getparent() is not None]
    for number in range(10 if blocks else 0):
        beside = random.choice(blocks)
        parent = beside.getparent()
        if parent is None or parent.tag in ("ul", "ol", "tr", "table"):
            continue
        banner = etree.fromstring(_BANNER.format(n=number))
        parent.insert(parent.index(beside), banner)


def _minified(root: lxml.html.HtmlElement, random: Random) -> None:
    """No white space between elements but one space where there was some."""
    for element in root.iter(etree.Element):
        if element.tag not in ("pre", "textarea", "script", "style"):
            element.text = re.sub(r"\s+", " ", element.text) if element.text else element.text
        element.tail = re.sub(r"\s+", " ", element.tail) if element.tail else element.tail


MUTATIONS: dict[str, Mutation] = {
    "written again": _unchanged,
    "names without meaning": _nameless,
    "no JSON-LD": _without("script", type="application/ld+json"),
    "no meta": _without("meta"),
    "no images": _without("img", "picture", "figure"),
    "blocks wrapped": _wrapped,
    "banners between": _bannered,
    "minified": _minified,
}


def mutated(html: bytes, url: str, name: str) -> bytes:
    """A page after one mutation, as UTF-8. Raises KeyError for a name that is none of MUTATIONS."""
    tree = parse_document(html, url, None).tree
    MUTATIONS[name](tree, Random(url))
    written: bytes = etree.tostring(tree, method="html", encoding="utf-8")
    return b"<!doctype html>\n" + written
