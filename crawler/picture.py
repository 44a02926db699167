"""The anatomy as a picture: a page with its parts marked in colour, the way a person checks a parser.

The picture is one HTML file that needs no network and runs no script. Of the page it has texts alone, in elements of
its own: no attribute, address, style, picture or form of the page gets into it, and a policy in the file forbids the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from lxml import etree

from archive.document import Document, parse_document
from archive.model import Page
from crawler.parsing import ParseTask, parse_here
from crawler.picture_legend import PARTS, STYLE, legend, name_of

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
MOST_MARKS = 5000

_RANK = re.compile(r"^\W*\d{1,3}\W*")
_PLAIN_PATH = re.compile(r"(/[\w:.-]+(\[\d+\])?)+")


@dataclass(slots=True)
class _Frame:
    """An element that is some part's place: the part, its label and anchor, the letters it has, ranks and more link."""

    part: str
    label: str
    anchor: str
    letters: str = ""
    ranks: dict[str, int] = field(default_factory=dict)
    more_url: str | None = None

    def has(self, letters: str) -> bool:
        """Whether the part took in this text, but for a rank before it and dots where the page cuts it."""
        if self.part == "ranked":
            letters = _RANK.sub("", letters)
        return bool(letters) and (letters in self.letters or _is_start(letters, self.letters))


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
_Inside = tuple[list[_Frame], ...]


class _Drawing:
    def __init__(self, document: Document, page: Page) -> None:
        self._document = document
        self._frames = _frames(document, page)
        body = page.body
        self._title = _letters(body.title or "") if body else ""
        self._authors = [_letters(name) for name in body.authors] if body else []
        self._facts = {_letters(text) for text in (body.kicker, body.subtitle) if text} if body else set()
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
            for frame in opened:
                label = etree.SubElement(drawn, "b", {"class": f"x-label x-label-{frame.part}", "id": frame.anchor})
                label.text = frame.label
            if opened:
                inside = (*inside, opened)
                classes.append(f"x-frame x-frame-{opened[-1].part}")
            if piece.tag == "a":
                classes += self._badge(piece, drawn, inside)
            if classes:
                drawn.set("class", " ".join(classes))
            stack.extend((found, drawn, inside) for found in reversed(list(_pieces(piece))))
        return root

    def _badge(self, link: etree._Element, drawn: etree._Element, inside: _Inside) -> list[str]:
        """Give the first link of a ranked item its number; mark a "more" link."""
        url = self._document.absolute(link.get("href"))
        text = _letters("".join(map(str, link.itertext())))
        # The lists of several tabs may have one place; they come there one after the other.
        for frame in (frame for frames in reversed(inside) for frame in frames):
            rank = frame.ranks.pop(f"{url} {text}", None) if text else None
            if rank is None and text and url:
                rank = frame.ranks.pop(url, None)
            if rank is not None:
                for key in [key for key, value in frame.ranks.items() if value == rank]:
                    del frame.ranks[key]
                etree.SubElement(drawn, "b", {"class": "x-rank"}).text = str(rank)
                return []
            if url and url == frame.more_url:
                return ["x-more"]
        return []

    def _part(self, text: str, inside: _Inside) -> str:
        letters = _letters(text)
        for frames in reversed(inside):
            took = next((frame for frame in frames if frame.part == "repeat" or frame.has(letters)), None)
            if took is not None:
                return took.part
            if frames[0].part != "body":
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


def _is_start(letters: str, of: str) -> bool:
    """Whether letters that end in dots begin one of the lines."""
    whole = letters.rstrip(".…")
    return whole != letters and len(whole) > 4 and f"\n{whole}" in f"\n{of}"


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


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


def _frames(document: Document, page: Page) -> dict[etree._Element, list[_Frame]]:
    """Each element that is the place of a part, or of several."""
    places: list[tuple[str | None, _Frame]] = []
    for number, repeat in enumerate(page.repeats):
        places.append((repeat.xpath, _Frame("repeat", f"repeat: {repeat.kind}", f"repeat-{number}")))
    for number, section in enumerate(page.sections):
        letters = "\n".join(map(_letters, (section.heading or "", *(item.title for item in section.items))))
        label = f"section: {name_of(section.heading, None, len(section.items))}"
        frame = _Frame("section", label, f"section-{number}", letters, more_url=section.more_url)
        places.append((section.xpath, frame))
    for number, ranked in enumerate(page.ranked_lists):
        texts = (ranked.heading or "", ranked.tab or "", *(item.title for item in ranked.items))
        label = f"ranked: {name_of(ranked.heading, ranked.tab, len(ranked.items))}"
        frame = _Frame("ranked", label, f"ranked-{number}", "\n".join(map(_letters, texts)), more_url=ranked.more_url)
        for item in ranked.items:
            frame.ranks.setdefault(f"{item.url} {_letters(item.title)}", item.rank)
            frame.ranks.setdefault(str(item.url), item.rank)
        places.append((ranked.xpath, frame))
    if page.body:
        letters = "\n".join(map(_letters, page.body.paragraphs))
        places.append((page.body.xpath, _Frame("body", "body", "body", letters)))
    found: dict[etree._Element, list[_Frame]] = {}
    tree = document.tree.getroottree()
    for xpath, frame in places[:MOST_MARKS]:
        # Only the plain paths that the parser writes: the page's text never becomes an expression.
        if xpath and _PLAIN_PATH.fullmatch(xpath):
            matched = tree.xpath(xpath)
            for element in matched if isinstance(matched, list) else ():
                if isinstance(element, etree._Element):
                    found.setdefault(element, []).append(frame)
    return found


__all__ = ["PARTS", "draw", "drawn"]
