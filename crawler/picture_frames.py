"""Where the picture draws the parts of a page: a frame for each, and which piece of a shared place is whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from archive.document import Document
from archive.model import Page, RankedItem, RankedList, Section, SectionItem
from crawler.picture_legend import name_of

MAX_MARKS = 5000
MAX_SHARED = 200

_RANK = re.compile(r"^\W*\d{1,3}\W*")
_PLAIN_PATH = re.compile(r"(/[\w:.-]+(\[\d+\])?)+")


@dataclass(slots=True, eq=False)
class Frame:
    """An element that is some part's place: the part, its label and anchor, the letters it has, its more link."""

    part: str
    label: str
    anchor: str
    letters: str = ""
    heading: str = ""
    more_url: str | None = None
    _ranks: list[int | None] = field(default_factory=list)  # of each item; None once it has its badge
    _items: dict[str, list[int]] = field(default_factory=dict)  # the places of the items with an address, or with both

    def add(self, items: Sequence[RankedItem | SectionItem]) -> None:
        """Take in a list's items."""
        for place, item in enumerate(items):
            self._ranks.append(item.rank if isinstance(item, RankedItem) else None)
            for key in (f"{item.url} {letters_of(item.title)}", str(item.url)):
                self._items.setdefault(key, []).append(place)

    def has(self, letters: str) -> bool:
        """Whether the part took in this text, but for a rank before it and dots where the page cuts it."""
        if self.part == "ranked":
            letters = _RANK.sub("", letters)
        return bool(letters) and (letters in self.letters or _is_start(letters, self.letters))

    def lists(self, url: str) -> bool:
        """Whether an item has this address."""
        return url in self._items

    def take_rank(self, url: str, letters: str) -> int | None:
        """The rank of the first item with this address and text, or this address, that has no badge yet."""
        for key in (f"{url} {letters}", url):
            for place in self._items.get(key, ()):
                rank = self._ranks[place]
                if rank is not None:
                    self._ranks[place] = None
                    return rank
        return None


def letters_of(text: str) -> str:
    """A text without its white space."""
    return re.sub(r"\s+", "", text)


def _is_start(letters: str, of: str) -> bool:
    """Whether letters that end in dots begin one of the lines."""
    whole = letters.rstrip(".…")
    return whole != letters and len(whole) > 4 and f"\n{whole}" in f"\n{of}"


def find_frames(document: Document, page: Page) -> dict[etree._Element, list[Frame]]:
    """Each element that is the place of a part, or of several; at most MAX_MARKS parts."""
    places: list[tuple[str | None, Frame]] = []
    for number, repeat in enumerate(page.repeats):
        places.append((repeat.xpath, Frame("repeat", f"repeat: {repeat.kind}", f"repeat-{number}")))
    for number, section in enumerate(page.sections):
        label = f"section: {name_of(section.heading, None, len(section.items))}"
        places.append((section.xpath, _list_frame("section", label, f"section-{number}", None, section)))
    for number, ranked in enumerate(page.ranked_lists):
        label = f"ranked: {name_of(ranked.heading, ranked.tab, len(ranked.items))}"
        places.append((ranked.xpath, _list_frame("ranked", label, f"ranked-{number}", ranked.tab, ranked)))
    if page.body:
        letters = "\n".join(map(letters_of, page.body.paragraphs))
        places.append((page.body.xpath, Frame("body", "body", "body", letters)))
    found: dict[etree._Element, list[Frame]] = {}
    tree = document.tree.getroottree()
    for xpath, frame in places[:MAX_MARKS]:
        # Only the plain paths that the parser writes: the page's text never becomes an expression.
        if xpath and _PLAIN_PATH.fullmatch(xpath):
            matched = tree.xpath(xpath)
            for element in matched if isinstance(matched, list) else ():
                if isinstance(element, etree._Element):
                    found.setdefault(element, []).append(frame)
    return found


def _list_frame(part: str, label: str, anchor: str, tab: str | None, of: Section | RankedList) -> Frame:
    texts = (of.heading or "", tab or "", *(item.title for item in of.items))
    letters = "\n".join(map(letters_of, texts))
    frame = Frame(part, label, anchor, letters, letters_of(of.heading or ""), of.more_url)
    frame.add(of.items)
    return frame


def shares(document: Document, pieces: list[etree._Element | str], frames: list[Frame]) -> list[Frame | None]:
    """Whose each piece of a place is that several lists share: the list's that has its heading or most of its links.

    What stands between two pieces of one list is that list's, anything else no one's (None).
    """
    owners: list[Frame | None] = []
    current: Frame | None = None
    unclaimed = 0
    for piece in pieces:
        owner = _owner(document, piece, frames, current)
        if owner is not None and owner is current:
            owners[len(owners) - unclaimed :] = [owner] * unclaimed
        unclaimed = 0 if owner is not None else unclaimed + 1
        current = owner or current
        owners.append(owner)
    return owners


def _owner(document: Document, piece: etree._Element | str, frames: list[Frame], current: Frame | None) -> Frame | None:
    text = letters_of(piece if isinstance(piece, str) else "".join(map(str, piece.itertext())))
    links = [] if isinstance(piece, str) else [document.absolute(link.get("href")) for link in piece.iter("a")]
    urls = [url for url in links if url]
    best: tuple[int, bool] = (0, False)
    owner: Frame | None = None
    for frame in frames:
        headed = bool(frame.heading) and text.startswith(frame.heading)
        listed = sum(frame.lists(url) for url in urls) or (frame.more_url in urls if urls else False)
        worth = (2 * headed + listed, frame is current)
        if worth[0] and worth > best:
            best, owner = worth, frame
    return owner
