"""The anatomy as a picture: a page with its parts marked in colour, the way a person checks a parser.

The picture is one HTML file that needs no network and runs no script. Of the page it has texts alone, in elements of
its own: no attribute, address, style, picture or form of the page gets into it, and a policy in the file forbids the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from lxml import etree

from archive.document import Document, parse_document
from archive.model import Page
from crawler.parsing import ParseTask, parse_here
from crawler.picture_frames import MAX_SHARED, Frame, find_frames, letters_of, shares
from crawler.picture_legend import PARTS, STYLE, legend

# Every element of the page becomes a <div> or <span> with its name as a class: no name has an effect, and browsers nest
# them as they are written.
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header html hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr"
    " ul".split()
)
GONE = frozenset(
    "applet audio base canvas embed frame frameset head iframe input link math meta noscript object option script"
    " select source style svg template textarea title track video".split()
)

# From so many letters on, a text that the body has is the body's, even where a list stands around it.
SURE = 40


def drawn(task: ParseTask) -> tuple[Page, str]:
    """A page taken apart, and its picture: what a parsing process runs. Raises DocumentError."""
    page = parse_here(task)
    return page, draw(task.html, page, task.content_type)


def draw(html: bytes, page: Page, content_type: str | None = None) -> str:
    """The page as HTML with its parts marked: body green, ranked lists orange with numbers, sections blue, repeats
    struck through, what was ignored grey. `page` is what `parse_page` made of the same bytes. Raises DocumentError.
    """
    document = parse_document(html, page.url, content_type)
    drawing = _Drawing(document, page)
    body = etree.tostring(drawing.root(), encoding="unicode", method="html")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(page.url)}</title><style>{STYLE}</style></head><body>{legend(page)}{body}</body></html>"
    )


# The frames around a place, outermost first: those of one element together.
_Inside = tuple[list[Frame], ...]


class _Drawing:
    def __init__(self, document: Document, page: Page) -> None:
        self._document = document
        self._frames = find_frames(document, page)
        self._labelled: set[str] = set()
        self._splits = 0
        body = page.body
        self._title = letters_of(body.title or "") if body else ""
        self._authors = [letters_of(name) for name in body.authors] if body else []
        self._facts = {letters_of(text) for text in (body.kicker, body.subtitle) if text} if body else set()
        days = [re.sub(r"\D", "", text)[:8] for text in (body.published, body.modified) if text] if body else []
        self._days = [day for day in days if len(day) == 8]
        self._lang = page.lang or ""

    def root(self) -> etree._Element:
        """The page's texts, drawn."""
        root: etree._Element = etree.Element("div", id="page")
        if re.fullmatch(r"[A-Za-z-]{2,20}", self._lang):
            root.set("lang", self._lang)
        # An explicit stack of pieces, last first: pages nest deeper than Python's calls may.
        stack: list[tuple[etree._Element | str, etree._Element, _Inside]] = [(self._document.tree, root, ())]
        while stack:
            piece, parent, inside = stack.pop()
            if isinstance(piece, str):
                span = etree.SubElement(parent, "span", {"class": f"x-{self._part(piece, inside)}"})
                span.text = piece
                continue
            drawn = etree.SubElement(parent, "div" if piece.tag in BLOCKS else "span")
            classes = [f"t-{piece.tag}"] if isinstance(piece.tag, str) and piece.tag.isalnum() else []
            opened = self._frames.get(piece, [])
            pieces = list(_pieces(piece))
            below = self._shared(pieces, opened, drawn, inside)
            if opened and below is None:
                self._open(drawn, opened)
                classes.append(f"x-frame x-frame-{opened[-1].part}")
                inside = (*inside, opened)
            if piece.tag == "a":
                classes += self._badge(piece, drawn, inside)
            if classes:
                drawn.set("class", " ".join(classes))
            stack.extend(reversed(below or [(found, drawn, inside) for found in pieces]))
        return root

    def _open(self, drawn: etree._Element, opened: list[Frame]) -> None:
        """Write the labels of the frames that begin in an element; one that goes on there has none."""
        for frame in opened:
            if frame.anchor not in self._labelled:
                self._labelled.add(frame.anchor)
                attributes = {"class": f"x-label x-label-{frame.part}", "id": frame.anchor}
                etree.SubElement(drawn, "b", attributes).text = frame.label

    def _shared(
        self, pieces: list[etree._Element | str], opened: list[Frame], drawn: etree._Element, inside: _Inside
    ) -> list[tuple[etree._Element | str, etree._Element, _Inside]] | None:
        """The pieces of a place that several lists share, each list's in a frame of its own; None where that place is
        one part's, or cannot be told apart.
        """
        lists = [frame for frame in opened if frame.part in ("ranked", "section")]
        if len(lists) < 2 or self._splits >= MAX_SHARED:
            return None
        self._splits += 1
        owners = shares(self._document, pieces, lists)
        if not set(lists) <= set(owners):
            return None
        others = [frame for frame in opened if frame not in lists]
        if others:
            drawn = etree.SubElement(drawn, "div", {"class": f"x-frame x-frame-{others[-1].part}"})
            self._open(drawn, others)
            inside = (*inside, others)
        below: list[tuple[etree._Element | str, etree._Element, _Inside]] = []
        for owner, group in groupby(zip(owners, pieces, strict=True), key=lambda pair: pair[0]):
            parent, around = drawn, inside
            if owner is not None:
                parent = etree.SubElement(drawn, "div", {"class": f"x-frame x-frame-{owner.part}"})
                self._open(parent, [owner])
                around = (*inside, [owner, *others])
            else:
                parent = etree.SubElement(drawn, "div")
            below += [(piece, parent, around) for _, piece in group]
        return below

    def _badge(self, link: etree._Element, drawn: etree._Element, inside: _Inside) -> list[str]:
        """Give the first link of a ranked item its number; mark a "more" link."""
        url = self._document.absolute(link.get("href"))
        if not url:
            return []
        text = letters_of("".join(map(str, link.itertext())))
        # The lists of several tabs may have one place; they come there one after the other.
        for frame in (frame for frames in reversed(inside) for frame in frames):
            rank = frame.take_rank(url, text) if text else None
            if rank is not None:
                etree.SubElement(drawn, "b", {"class": "x-rank"}).text = str(rank)
                return []
            if url == frame.more_url:
                return ["x-more"]
        return []

    def _part(self, text: str, inside: _Inside) -> str:
        letters = letters_of(text)
        for frames in reversed(inside):
            took = next((frame for frame in frames if frame.part == "repeat" or frame.has(letters)), None)
            if took is not None:
                return took.part
            if all(frame.part != "body" for frame in frames) and len(letters) < SURE:
                return "ignored"
        if letters == self._title:
            return "title" if letters else "ignored"
        return "fact" if self._is_fact(letters) else "ignored"

    def _is_fact(self, letters: str) -> bool:
        if letters in self._facts:
            return True
        if len(letters) > 60:
            return False
        digits = re.sub(r"\D", "", letters)
        return any(name in letters for name in self._authors) or any(day in digits for day in self._days)


def _pieces(element: etree._Element) -> Iterator[etree._Element | str]:
    """An element's texts and elements in order, without what is left out."""
    if element.text and element.text.strip():
        yield element.text
    for child in element:
        if child.tag == "img":
            yield f"[{child.get('alt') or 'image'}]"
        elif child.tag == "br" or (isinstance(child.tag, str) and child.tag not in GONE):
            yield child
        if child.tail and child.tail.strip():
            yield child.tail


__all__ = ["PARTS", "draw", "drawn"]
