"""What changed between two versions of a text, by paragraphs and inside them by words; bounded in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]

MAX_PARAGRAPHS = 1500
_MAX_WORDS = 1500
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the later text, or one that went, in pieces; `skipped` unchanged ones where it stands for many."""

    pieces: tuple[tuple[Kind, str], ...] = ()
    skipped: int = 0


def compare(old: str, new: str) -> list[Paragraph]:
    """The paragraphs that differ, in order, and how many alike lie between them. Paragraphs are split at line ends."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Paragraph] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found.append(Paragraph(skipped=b - a))
            continue
        paired = min(b - a, d - c) if tag == "replace" else 0
        found += [Paragraph(tuple(_words(before[a + at], after[c + at]))) for at in range(paired)]
        found += [Paragraph((("removed", text),)) for text in before[a + paired : b]]
        found += [Paragraph((("added", text),)) for text in after[c + paired : d]]
    return found


def compare_line(old: str, new: str) -> tuple[tuple[Kind, str], ...]:
    """Two headlines, word by word."""
    return tuple(_words(old, new))


def _paragraphs(text: str) -> list[str]:
    return [line for line in (line.strip() for line in text.split("\n")) if line][:MAX_PARAGRAPHS]


def _words(old: str, new: str) -> Iterator[tuple[Kind, str]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) > _MAX_WORDS or len(after) > _MAX_WORDS:
        yield from (("removed", old), ("added", new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(before[a:b])
            continue
        if b > a:
            yield "removed", "".join(before[a:b])
        if d > c:
            yield "added", "".join(after[c:d])
