"""Text as the parsers compare and keep it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NO_WORD = bytes(code for code in range(128) if not chr(code).isalnum())
_LOWER = bytes(range(256)).lower()
_NO_WORD_BEYOND = re.compile(r"[^\w\x00-\x7f]+")
_MARKS = "“”‘’–—…«»、。「」，：·"  # most of what stands beside letters beyond ASCII
_ENDS = ".!?…。．！？:;।؟۔"
_CLOSERS = "\"'”’»」』)]）】 "
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


def squeeze(text: str) -> str:
    """Runs of white space, of any script, become one space; invisible marks stay."""
    return " ".join(text.split())


def key(text: str) -> str:
    """What two copies of one text have in common: NFKC, case folded, letters and digits of any script only.

    >>> key("Café\u200b  №5 – “Ok”") == key("cafe\u0301 No5 ok")
    True
    """
    if text.isascii():
        return text.encode().translate(_LOWER, _NO_WORD).decode()
    return letters(unicodedata.normalize("NFKC", text).casefold())


def letters(text: str) -> str:
    """The letters and digits of a text, of any script. Invisible marks are none.

    >>> letters("A_1 – b\u200b!")
    'A1b'
    """
    # Most of what goes is ASCII, and goes at once as bytes: ten times as fast as a pattern.
    if text.isascii():
        return text.encode().translate(None, _NO_WORD).decode()
    kept = text.encode("utf-8", "surrogatepass").translate(None, _NO_WORD).decode("utf-8", "surrogatepass")
    if kept.isalnum():
        return kept
    for mark in _MARKS:
        kept = kept.replace(mark, "")
    return kept if kept.isalnum() else _NO_WORD_BEYOND.sub("", kept)


def has_cjk(text: str) -> bool:
    """Whether a text holds a Chinese, Japanese or Korean character."""
    return not text.isascii() and _CJK.search(text) is not None


def lowered(text: str) -> str:
    """A text in lower case, as long as it was: the places in both are the same."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join([char.lower()[0] for char in text])


def caseless(pattern: str) -> re.Pattern[str]:
    """A pattern of many words for texts in lower case: one that ignores case itself tries every word at every place."""
    return re.compile(re.sub(r"\\.|\(\?P.|.", lambda part: part[0].lower() if len(part[0]) == 1 else part[0], pattern))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a long pattern cannot match without; `ascii` are those that a text in ASCII may hold."""

    every: tuple[str, ...]
    ascii: tuple[str, ...]


def parts(*words: str) -> Parts:
    """The parts that `holds` looks for; a word that another one is part of need not be looked for."""
    every = tuple(word for word in dict.fromkeys(words) if not any(other in word for other in words if other != word))
    return Parts(every, tuple(word for word in every if word.isascii()))


def holds(text: str, parts: Parts) -> bool:
    """Whether a text holds one of some parts: looked for first, at a tenth of the pattern's cost."""
    for part in parts.ascii if text.isascii() else parts.every:  # noqa: SIM110  any() would cost twice as much
        if part in text:
            return True
    return False


def weight(text: str) -> int:
    """The length of a text in Latin letters' worth: a CJK character says about as much as two and a half letters."""
    if text.isascii():
        return len(text)
    return len(text) + sum(map(len, _CJK.findall(text))) * 3 // 2


def ends_sentence(text: str) -> bool:
    """Whether a text holds the end of a sentence, in any script."""
    tail = text.rstrip(_CLOSERS)[-1:]
    if tail in _ENDS and tail:
        return True
    if "\u0e01" <= tail <= "\u109f":
        return len(text) >= 60  # Thai, Lao, Burmese: sentences end in nothing, or in a mark of their own
    return ". " in text or "? " in text or "! " in text or "。" in text or ".” " in text or '." ' in text
