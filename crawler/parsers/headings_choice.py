"""Which of the short texts before a block is its heading."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.parsers.blocks_times import is_period
from crawler.parsers.blocks_words import is_more, weight
from crawler.parsers.tree import HEADINGS


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
    if len(weak) > 1 and all(is_more(piece.text) == (piece is not weak[0]) for piece in weak):
        weak = weak[:1]  # behind it the way on from the block before
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
