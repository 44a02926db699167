"""The anatomy as a picture: a page with its parts marked in colour, the way a person checks a parser.

The picture is one HTML file that needs no network and runs no script: the page's own scripts, styles, frames, forms
and event handlers are left out, pictures become their alternative text, and a policy in the file forbids the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

import lxml.html
from lxml import etree

from archive.document import Document, parse_document
from archive.model import Page

# Kept as they are; everything else that is an element becomes a plain <div> or <span>, so that no name has an effect.
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section summary details table tbody td tfoot th thead tr ul".split()
)
INLINE = frozenset("a abbr b br cite code del em i ins mark q s small span strong sub sup time u".split())
GONE = frozenset(
    "applet audio base button canvas embed frame frameset head iframe input link math meta noscript object option"
    " script select source style svg template textarea title track video".split()
)
MOST_MARKS = 5000

STYLE = """
:root { color-scheme: light; }
body { margin: 0; font: 15px/1.6 system-ui, "Noto Sans CJK KR", sans-serif; background: #fff; color: #222; }
#seogo { position: sticky; top: 0; z-index: 1; max-height: 40vh; overflow: auto; padding: .6rem 1rem;
  background: #f6f4ef; border-bottom: 2px solid #222; font-size: 13px; }
#seogo h1 { font-size: 15px; margin: 0 0 .3rem; } #seogo dl { display: grid; margin: 0;
  grid-template-columns: max-content 1fr; gap: 0 .8rem; } #seogo dt { color: #666; } #seogo dd { margin: 0; }
#seogo p { margin: .4rem 0 0; }
#page { padding: 1rem; } #page * { max-width: 100%; }
.x-ignored { color: #9a9a9a; }
.x-body { background: #d9f2d9; color: #111; } .x-title { background: #9be29b; color: #111; }
.x-ranked { background: #ffe3b8; color: #111; } .x-section { background: #d6e6ff; color: #111; }
.x-repeat { background: #f9d0d0; color: #733; text-decoration: line-through; }
.x-frame-ranked { outline: 2px solid #e08600; } .x-frame-section { outline: 2px solid #2b6fd6; }
.x-frame-repeat { outline: 2px dashed #c33; } .x-frame-body { outline: 2px solid #2a9a2a; }
.x-rank { display: inline-block; min-width: 1.5em; margin-right: .3em; text-align: center; border-radius: 1em;
  background: #e08600; color: #fff; font-weight: bold; }
"""


def draw(html: bytes, page: Page, content_type: str | None = None) -> str:
    """The page as HTML with its parts marked: body green, ranked lists orange with numbers, sections blue, repeats
    struck through, what was ignored grey. `page` is what `parse_page` made of the same bytes. Raises DocumentError.
    """
    document = parse_document(html, page.url, content_type)
    marks = _marks(document, page)
    ranks = _ranks(document, page, marks)
    wanted = _Body(page)
    root = lxml.html.Element("div", id="page")
    # An explicit stack of pieces, last first: pages nest deeper than Python's calls may.
    stack: list[tuple[etree._Element | str, etree._Element, str]] = [(document.tree, root, "ignored")]
    while stack:
        piece, parent, part = stack.pop()
        if isinstance(piece, str):
            span = etree.SubElement(parent, "span", {"class": f"x-{wanted.part(piece, part)}"})
            span.text = piece
            continue
        frame = marks.get(piece)
        inside = frame or part
        drawn = etree.SubElement(parent, _name(piece))
        if frame:
            drawn.set("class", f"x-frame-{frame}")
        if piece in ranks:
            etree.SubElement(drawn, "b", {"class": "x-rank"}).text = str(ranks[piece])
        stack.extend((found, drawn, inside) for found in reversed(list(_pieces(piece))))
    body = etree.tostring(root, encoding="unicode", method="html")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(page.url)}</title><style>{STYLE}</style></head><body>{_legend(page)}{body}</body></html>"
    )


class _Body:
    """Which texts are the article's: looked up by their letters, so that spaces and nesting do not matter."""

    def __init__(self, page: Page) -> None:
        paragraphs = page.body.paragraphs if page.body else ()
        self.letters = "\n".join(_letters(text) for text in paragraphs)
        self.title = _letters(page.body.title or "") if page.body else ""

    def part(self, text: str, inside: str) -> str:
        letters = _letters(text)
        if not letters or inside in ("ranked", "section", "repeat"):
            return inside
        if letters == self.title:
            return "title"
        return "body" if inside == "body" and letters in self.letters else "ignored"


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _name(element: etree._Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else "span"
    if tag in ("html", "form"):
        return "div"
    return tag if tag in BLOCKS or tag in INLINE else "span"


def _pieces(element: etree._Element) -> Iterator[etree._Element | str]:
    """An element's texts and elements in order, without what is left out."""
    if element.text and element.text.strip():
        yield element.text
    for child in element:
        if child.tag == "img":
            yield f"[{child.get('alt') or 'image'}]"
        elif isinstance(child.tag, str) and child.tag not in GONE:
            yield child
        if child.tail and child.tail.strip():
            yield child.tail


def _marks(document: Document, page: Page) -> dict[etree._Element, str]:
    """Which element is the frame of which part."""
    tree = document.tree.getroottree()
    parts: list[tuple[str | None, str]] = []
    if page.body:
        parts.append((page.body.xpath, "body"))
    parts += [(block.xpath, "section") for block in page.sections]
    parts += [(block.xpath, "ranked") for block in page.ranked_lists]
    parts += [(repeat.xpath, "repeat") for repeat in page.repeats]
    marks: dict[etree._Element, str] = {}
    for xpath, part in parts[:MOST_MARKS]:
        # Only the plain paths that the parser writes: the page's text never becomes an expression.
        if xpath and re.fullmatch(r"(/[\w:.-]+(\[\d+\])?)+", xpath):
            found = tree.xpath(xpath)
            for element in found if isinstance(found, list) else ():
                if isinstance(element, etree._Element):
                    marks[element] = part
    return marks


def _ranks(document: Document, page: Page, marks: dict[etree._Element, str]) -> dict[etree._Element, int]:
    """Each ranked list's links with their ranks, the first link of an item only."""
    ranks: dict[etree._Element, int] = {}
    tree = document.tree.getroottree()
    frames = {tree.getpath(element): element for element, part in marks.items() if part == "ranked"}
    for ranked in page.ranked_lists:
        frame = frames.get(ranked.xpath)
        if frame is None:
            continue
        left = {item.url: item.rank for item in ranked.items if item.url}
        for link in frame.iter("a"):
            url = document.absolute(link.get("href"))
            if url in left and any(str(text).strip() for text in link.itertext()):
                ranks[link] = left.pop(url)
    return ranks


def _legend(page: Page) -> str:
    body = page.body
    facts: list[tuple[str, str]] = [("URL", page.url), ("kind", page.kind), ("language", page.lang or "unknown")]
    if body:
        facts += [
            ("title", body.title or "unknown"),
            ("kicker", body.kicker or ""),
            ("subtitle", body.subtitle or ""),
            ("authors", ", ".join(body.authors)),
            ("published", body.published or "unknown"),
            ("modified", body.modified or ""),
            ("paragraphs", str(len(body.paragraphs))),
        ]
    facts += [("ranked", _named(block.heading, len(block.items), block.tab)) for block in page.ranked_lists]
    facts += [("section", _named(block.heading, len(block.items), None)) for block in page.sections]
    facts += [("repeat", f"{repeat.kind}: {repeat.text}") for repeat in page.repeats]
    facts += [("notes", ", ".join(page.notes)), ("parser", page.parser)]
    return (
        '<div id="seogo"><h1>Anatomy</h1><dl>'
        + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
        + "</dl><p>"
        + _swatches(("title", "body", "ranked", "section", "repeat", "ignored"))
        + "</p></div>"
    )


def _named(heading: str | None, count: int, tab: str | None) -> str:
    name = heading or "without heading"
    return f"{name}{f' ({tab})' if tab else ''}: {count} items"


def _swatches(parts: Iterable[str]) -> str:
    return " ".join(f'<span class="x-{part}">{part}</span>' for part in parts)
