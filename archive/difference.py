"""What changed between two texts, by paragraphs and inside them by words; bounded in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from archive import wording

Kind = Literal["same", "added", "removed"]
Pieces = tuple[tuple[Kind, str], ...]

MAX_PARAGRAPHS = 1500
# Paragraphs are paired by likeness where both sides of a change together have at most so many pairs.
_MOST_PAIRS = 400
# Below this share of words in common two paragraphs are no two forms of one.
_LIKE = 0.3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the later text, or one that went, in pieces; `skipped` unchanged ones where it stands for many."""

    pieces: Pieces = ()
    skipped: int = 0

    @property
    def old(self) -> Pieces:
        """What the earlier text has of it; empty where it came new."""
        return tuple(piece for piece in self.pieces if piece[0] != "added")

    @property
    def new(self) -> Pieces:
        """What the later text has of it; empty where it went."""
        return tuple(piece for piece in self.pieces if piece[0] != "removed")


def compare(old: str, new: str) -> list[Paragraph]:
    """The paragraphs that differ, in order, and how many alike lie between them. Paragraphs are split at line ends."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Paragraph] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Paragraph(skipped=b - a))
            continue
        for earlier, later in _pairs(before[a:b], after[c:d]):
            found.append(Paragraph(compare_line(earlier or "", later or "")))
    return found


def compare_line(old: str, new: str) -> Pieces:
    """Two headlines or paragraphs, word by word."""
    return tuple((change.kind, change.text) for change in wording.compare(old, new))


def _paragraphs(text: str) -> list[str]:
    return [line for line in (line.strip() for line in text.split("\n")) if line][:MAX_PARAGRAPHS]


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Which paragraph became which, in order; None on the side where there is none."""
    if len(old) * len(new) > _MOST_PAIRS:
        yield from ((text, None) for text in old)
        yield from ((None, text) for text in new)
        return
    words = [set(text.split()) for text in (*old, *new)]
    likeness = [[_alike(words[a], words[len(old) + c]) for c in range(len(new))] for a in range(len(old))]
    # best[a][c]: the greatest sum of likeness when old[a:] is paired with new[c:] in order.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in reversed(range(len(old))):
        for c in reversed(range(len(new))):
            best[a][c] = max(best[a + 1][c], best[a][c + 1], likeness[a][c] + best[a + 1][c + 1])
    a = c = 0
    while a < len(old) and c < len(new):
        if likeness[a][c] and best[a][c] == likeness[a][c] + best[a + 1][c + 1]:
            yield old[a], new[c]
            a, c = a + 1, c + 1
        elif best[a][c] == best[a + 1][c]:
            yield old[a], None
            a += 1
        else:
            yield None, new[c]
            c += 1
    yield from ((text, None) for text in old[a:])
    yield from ((None, text) for text in new[c:])


def _alike(old: set[str], new: set[str]) -> float:
    """The share of words in common; a single paragraph of few words is alike by one word."""
    share = 2 * len(old & new) / (len(old) + len(new)) if old or new else 0.0
    return share if share >= _LIKE else 0.0
