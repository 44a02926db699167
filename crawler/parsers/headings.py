"""The heading of a block: the text that stands before its rows, with no other content between."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_outline import HEADINGS, INLINE, Outline
from crawler.parsers.blocks_words import is_aside, is_more, is_period, is_popular, weight

MAX_HEADING = 110
MAX_CLIMB = 7
_PIECES = 16
_KICKER_NAME = re.compile(
    r"(?:^|[\s_-])(?:kicker|chapeu|chapéu|antetitulo|volanta|overline|eyebrow|theme|roofline|dachzeile|"
    r"spitzmarke|byline|author|caption|copyright|credit)s?(?=$|[\s_-])"
)
_TOOL = re.compile(
    r"(?:facebook|twitter|tumblr|instagram|whatsapp|telegram|linkedin|pinterest|reddit|youtube|e-?mail|"
    r"share|tweet|copy|sign (?:in|out|up)|log (?:in|out)|skip|print|close|menu|previous|next|search"
    r"|adchoices|advertisement|anzeige|werbung|publicidad|publicité|여백|광고|닫기|본문|메뉴|本文|メニュー"
    r"|siirry|zum inhalt|aller au|ir al|saltar)\b",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"(?:^|[\s_-])(?:active|selected|current|on|open)(?=$|[\s_-])")
HEADING_NAME = re.compile(
    r"(?:^|[\s_-])(?:title|titles|tit|titre|titulo|titel|tit|ttl|heading|headline|head|header|hd|hdr|"
    r"tit\w?|label|caption|subject|tit\d|h\d|mtitle|stitle|legend)(?=$|[\s_-])|(?:title|header|heading|"
    r"ttl)\d?(?=$|\s)"
)


@lru_cache(maxsize=8192)
def names_heading(name: str) -> bool:
    """Whether a class or id claims to be a heading."""
    return HEADING_NAME.search(name) is not None


@dataclass(slots=True)
class Piece:
    """A short text between blocks: its element, its text, how much of a heading it is (0 to 3)."""

    node: int
    text: str
    strength: int
    tag: str
    depth: int
    popular: bool
    active: bool = False


@dataclass(slots=True)
class Heading:
    """What a block is called, where that stands, and the lowest element that holds both."""

    node: int
    text: str
    strength: int
    scope: int
    passed: Piece | None = None


def find_heading(links: Links, start: int, parent: int, after: int) -> Heading | None:
    """Look from a block's first row (`start`, inside `parent`) upwards and backwards.

    `after` is the first node that no earlier row stands in: nothing before it is looked at.
    """
    outline = links.outline
    scope, stop = parent, start
    pieces: list[Piece] = []
    weak: Heading | None = None
    for level in range(MAX_CLIMB):
        if scope < 0 or outline.tags[scope] == "html":
            break
        found = pieces_between(links, max(scope, after), stop, scope)
        if found is None:
            break
        pieces.extend(found)
        best = choose(pieces)
        if best is not None and best.strength >= 2:
            passed = next((piece for piece in pieces if piece.strength == 3), None)
            return Heading(best.node, best.text, best.strength, scope, passed=None if passed is best else passed)
        if best is not None and weak is None:
            weak = Heading(best.node, best.text, best.strength, scope)
        if scope >= after and level < 4 and outline.tags[scope] != "a":
            label = outline.nodes[scope].get("aria-label")
            if label and 2 <= weight(label) <= 60:
                return Heading(scope, label.strip(), 2, scope)
        if len(pieces) > 6 or scope < after or outline.tags[scope] == "body":
            break
        stop = scope
        scope = outline.parent[scope]
    return weak


def pieces_between(links: Links, begin: int, stop: int, scope: int) -> list[Piece] | None:
    """The short texts of nodes `begin` up to `stop`, nearest first; None when running text stands between."""
    outline = links.outline
    last = outline.first_run[stop] if stop < len(outline.nodes) else len(outline.runs)
    first = outline.first_run[begin] if begin < len(outline.nodes) else last
    pieces: list[Piece] = []
    taken = -1
    length = 0
    run = last - 1
    while run >= first and len(pieces) < _PIECES:
        text = outline.runs[run]
        owner = outline.owners[run]
        if text == " ":
            run -= 1
            continue
        if (owner < begin and owner != scope) or (outline.chrome[owner] and not outline.chrome[scope]):
            run -= 1
            continue
        unit = _unit(links, owner, scope)
        if unit == taken:
            run -= 1
            continue
        if unit in (scope,) or unit < begin:
            whole = text.strip()
            run -= 1
        else:
            taken = unit
            whole = heading_text(links, unit)
            run = outline.first_run[unit] - 1
        if not weight(whole):
            continue
        length += len(whole)
        if len(whole) > MAX_HEADING * 2 or length > 500:
            return pieces or None
        pieces.append(_piece(outline, unit, whole, strength(outline, unit, scope, whole)))
    pictured = _pictured(links, begin, stop, scope)
    if pictured:
        pieces = sorted(pieces + pictured, key=lambda piece: -piece.node)
    return pieces


def _piece(outline: Outline, node: int, text: str, rating: int) -> Piece:
    popular = rating > 0 and is_popular(text)
    return Piece(node, text, rating, outline.tags[node], outline.depth[node], popular, _is_active(outline, node))


def _pictured(links: Links, begin: int, stop: int, scope: int) -> list[Piece]:
    """Headings that are images: the alternative text of one in a heading, in a box named so, or of popularity."""
    outline = links.outline
    pieces = []
    for place in range(bisect_left(outline.pictures, begin), bisect_left(outline.pictures, stop)):
        node = outline.pictures[place]
        text = (outline.nodes[node].get("alt") or "").strip()
        if outline.chrome[node] or not 2 <= weight(text) <= 60 or is_aside(text) or is_more(text):
            continue
        above = outline.parent[node]
        if outline.tags[above] in INLINE and above > scope:
            above = outline.parent[above]
        if outline.text(above) and above > scope and outline.tags[above] not in HEADINGS:
            continue
        rating = strength(outline, node, scope, text)
        if above > scope and outline.tags[above] in HEADINGS and not outline.text(above):
            rating = 3
        if rating >= 2:
            pieces.append(_piece(outline, node, text, rating))
    return pieces


def _unit(links: Links, node: int, scope: int) -> int:
    """The heading element around a node, else its highest inline element, else a block with nothing but that text."""
    outline = links.outline
    at, steps = node, 0
    while at > scope and steps < 6:
        if outline.tags[at] in HEADINGS:
            return at
        at, steps = outline.parent[at], steps + 1
    unit = node
    while (
        outline.tags[unit] in INLINE and outline.tags[outline.parent[unit]] in INLINE and outline.parent[unit] > scope
    ):
        unit = outline.parent[unit]
    if outline.tags[unit] not in INLINE:
        return unit
    block = outline.parent[unit]
    if block <= scope or outline.end[block] - block > 12:
        return unit
    first, last = outline.first_run[block], outline.last_run[block]
    if last - first > 8 or any(not outline.within(link.node, unit) for link in links.in_node(block)):
        return unit
    separated = any(
        outline.owners[run] == block and outline.runs[run] != " " and not weight(outline.runs[run])
        for run in range(first, last)
    )
    return unit if separated else block


def heading_text(links: Links, node: int) -> str:
    """The text of a heading element without a "more" link inside it."""
    outline = links.outline
    text = outline.text(node) or _picture_text(outline, node)
    for link in links.in_node(node):
        if link.node != node and link.text and is_more(link.text) and len(link.text) < len(text):
            text = (
                outline.text_between(outline.first_run[node], outline.first_run[link.node])
                + " "
                + outline.text_between(outline.last_run[link.node], outline.last_run[node])
            )
            return text.strip()
    return text


def _picture_text(outline: Outline, node: int) -> str:
    place = bisect_left(outline.pictures, node)
    if place < len(outline.pictures) and outline.pictures[place] < outline.end[node]:
        return (outline.nodes[outline.pictures[place]].get("alt") or "").strip()
    return ""


def _is_pressed(outline: Outline, node: int) -> bool:
    """Whether a text is that of a link or a button."""
    for _ in range(4):
        if node < 0:
            return False
        if outline.tags[node] in ("a", "button"):
            return True
        node = outline.parent[node]
    return False


def _is_active(outline: Outline, node: int) -> bool:
    names = f"{outline.names[node]} {outline.names[outline.parent[node]]}"
    return _ACTIVE.search(names) is not None


def strength(outline: Outline, node: int, scope: int, text: str) -> int:
    """How much of a heading a piece is: 3 by its tag, 2 by its name or words, 1 by its place, 0 not at all."""
    size = weight(text)
    if size < 2 or size > MAX_HEADING or is_aside(text):
        return 0
    tag = outline.tags[node]
    if tag in HEADINGS or outline.nodes[node].get("role") == "heading":
        return 3
    if is_popular(text) and size <= 60:
        return 3
    if is_more(text) and (_is_pressed(outline, node) or (size <= 12 and not names_heading(outline.names[node]))):
        return 0
    if _TOOL.match(text):
        return 0
    if _KICKER_NAME.search(outline.names[node]) or _KICKER_NAME.search(outline.names[outline.parent[node]]):
        return 0
    if text[0] in "【[■◆▶" and size <= 40:
        return 2
    if tag in ("th", "caption", "legend", "dt", "summary", "strong", "b"):
        return 2
    at, steps = node, 0
    while at > scope and steps < 3:
        if outline.names[at] and names_heading(outline.names[at]):
            return 2
        at, steps = outline.parent[at], steps + 1
    return 1


def choose(pieces: list[Piece]) -> Piece | None:
    """The heading among pieces that stand, nearest first, between two blocks.

    The nearest one in a heading element, or in words of popularity, else by name, else a text alone. A strip of
    labels is passed over where a heading of popularity stands before it.
    """
    for level in (3, 2):
        for place, piece in enumerate(pieces):
            if piece.strength < level:
                continue
            if piece.popular:
                piece = _of_strip(piece, pieces[place + 1 :])
            further = next((other for other in pieces[place + 1 :] if other.popular), None)
            if further is not None and _overrules(further, piece, pieces[: place + 1], pieces[place + 1 :]):
                return further
            return piece
    weak = [piece for piece in pieces if piece.strength == 1]
    if len(weak) == 1 and weight(weak[0].text) <= 40:
        return weak[0]
    return None


def _of_strip(piece: Piece, rest: list[Piece]) -> Piece:
    """The label that counts where several of popularity stand side by side: the active one, else the first."""
    strip = [piece]
    for other in rest:
        if (other.tag, other.depth) != (piece.tag, piece.depth) or not other.popular:
            break
        strip.append(other)
    return next((label for label in strip if label.active), strip[-1])


def _overrules(further: Piece, piece: Piece, nearer: list[Piece], rest: list[Piece]) -> bool:
    if piece.popular:
        return further.tag in HEADINGS and piece.tag not in HEADINGS
    if further.tag == piece.tag and piece.tag in HEADINGS:
        before = rest[: rest.index(further)]
        return bool(before) and all(other.depth == piece.depth for other in before) and further.depth != piece.depth
    short = weight(piece.text) <= 24 and all(weight(other.text) <= 24 for other in rest[: rest.index(further)])
    strip = sum(1 for other in rest if other.tag == piece.tag and other.depth == piece.depth)
    return short and (strip > 0 or is_period(piece.text))
