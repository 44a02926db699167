"""The part of a text that shows why it was found, with the hits marked by position."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 160
# Marks further into a text than this nobody sees.
_SEARCHED = 200_000
_LONGEST_FORM = 100
# More characters than any language writes with; a text that shows all of Unicode does not fill the memory.
_KNOWN_FOLDS = 60_000


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the places of hits: pairs of start and end, in order, not overlapping."""

    text: str
    marks: tuple[tuple[int, int], ...]

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is a hit."""
        found: list[tuple[str, bool]] = []
        position = 0
        for start, end in self.marks:
            found += [(self.text[position:start], False), (self.text[start:end], True)]
            position = end
        found.append((self.text[position:], False))
        return [(piece, hit) for piece, hit in found if piece]


def mark(text: str, forms: Sequence[str]) -> Marked:
    """The whole text with its hits; `forms` are normalised words and phrases."""
    composed = unicodedata.normalize("NFC", text)
    pattern = _pattern(forms)
    if pattern is None:
        return Marked(composed, ())
    return Marked(composed, tuple(match.span() for match in pattern.finditer(_folded(composed[:_SEARCHED]))))


def snippet(text: str, forms: Sequence[str], width: int = WIDTH) -> Marked:
    """About `width` characters around the first hit, on one line; the beginning where there is no hit.

    >>> snippet("재단은 신약 개발을 돕는다.", ["신약개발"]).marks
    ((4, 9),)
    """
    whole = mark(re.sub(r"\s+", " ", text[:_SEARCHED]).strip(), forms)
    first = whole.marks[0][0] if whole.marks else 0
    start = max(0, first - width // 4)
    if start:
        # Begin with a whole word, where one begins near.
        blank = whole.text.find(" ", start, first)
        start = blank + 1 if blank >= 0 else start
    end = min(len(whole.text), start + width)
    before, after = "…" if start else "", "…" if end < len(whole.text) else ""
    shift = len(before) - start
    marks = tuple((max(a, start) + shift, min(b, end) + shift) for a, b in whole.marks if a >= start and a < end)
    return Marked(before + whole.text[start:end] + after, marks)


def _pattern(forms: Sequence[str]) -> re.Pattern[str] | None:
    alternatives = []
    for form in sorted(set(forms), key=len, reverse=True):
        characters = [_fold(character) for character in form[:_LONGEST_FORM] if not character.isspace()]
        if not characters:
            continue
        # Blanks inside Korean are as the writer likes.
        joined = re.escape(characters[0])
        for previous, character in pairwise(characters):
            joined += ("[ \t]?" if _is_hangul(previous) and _is_hangul(character) else r"[\W_]{0,3}") + re.escape(
                character
            )
        if characters[0].isascii() and characters[0].isalnum():
            joined = r"(?<![0-9a-z])" + joined
        if characters[-1].isascii() and characters[-1].isalnum():
            joined += r"(?![0-9a-z])"
        alternatives.append(joined)
    return re.compile("|".join(alternatives)) if alternatives else None


def _folded(text: str) -> str:
    """Folded character by character: what matches has the same places in the text itself."""
    return text.translate(_FOLDS)


def _fold(character: str) -> str:
    if character.isascii():
        return character.lower()
    folded = unicodedata.normalize("NFKC", character).casefold()
    if len(folded) == 1 and not _is_hangul(folded):
        folded = unicodedata.normalize("NFD", folded)[0]
    return folded if len(folded) == 1 else character


class _Folds(dict[int, str]):
    """What each character is folded to, by its code point, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _KNOWN_FOLDS:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"
