"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Words keep the blank behind them apart, so that a respaced compound shows as what it is. CJK scripts written without
# blanks are compared by character; Hangul has blanks, and a changed particle is best seen on its whole word.
_WORD = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+|.", re.DOTALL
)
# Comparing costs up to the product of the lengths: longer texts are compared by paragraph alone.
_MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that both have, only the old has, or only the new has."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare(old: str, new: str) -> list[Change]:
    """The changes that lead from one text to the other, in order: first by paragraph, then by word within.

    >>> [(change.kind, change.text) for change in compare("임상 2상 성공", "임상 3상 성공")]
    [('same', '임상 '), ('removed', '2상'), ('added', '3상'), ('same', ' 성공')]
    """
    return list(_joined(_changes(_paragraphs(old), _paragraphs(new), by_word=True)))


def _paragraphs(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n+|[^\n]+", text)


def _changes(old: list[str], new: list[str], *, by_word: bool) -> Iterator[Change]:
    if len(old) > _MOST_WORDS or len(new) > _MOST_WORDS:
        yield from (Change("removed", "".join(old)), Change("added", "".join(new)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            yield Change("same", before)
        elif tag == "replace" and by_word:
            yield from _changes(_WORD.findall(before), _WORD.findall(after), by_word=False)
        else:
            yield from (Change("removed", before), Change("added", after))


def _joined(changes: Iterator[Change]) -> Iterator[Change]:
    """Without empty changes, and neighbours of one kind as one."""
    last: Change | None = None
    for change in changes:
        if not change.text:
            continue
        if last is not None and last.kind == change.kind:
            last = Change(last.kind, last.text + change.text)
            continue
        if last is not None:
            yield last
        last = change
    if last is not None:
        yield last
