"""How text becomes search tokens: pairs of characters for Korean, Japanese and Chinese, whole words for the rest.

Any SQLite can read the result: tokens are joined by blanks into an FTS5 table with the built-in unicode61 tokenizer.

- The text is normalised: NFKC, casefold, no invisible characters; blanks between two Hangul syllables go, since writers
  space compounds as they like.
- A run of CJK characters gives its overlapping pairs, then its last character alone: so a single syllable is found by a
  prefix query, wherever in the run it stands.
- Letters and digits of other scripts give whole words without diacritics.

A query is cut the same way, into a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from operator import add

# Changes when the tokens of a text change; the index is then made anew.
TOKENIZER = "bigrams-1"

_CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_HANGUL = "\uac00-\ud7a3"
# A run of CJK goes on over blanks between Hangul syllables.
_RUN = re.compile(f"[{_CJK}]+(?:(?<=[{_HANGUL}])[ \t]+(?=[{_HANGUL}])[{_CJK}]+)*|[^\\W_{_CJK}]+")
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_IS_CJK = re.compile(f"[{_CJK}]")
_BLANK_IN_HANGUL = re.compile(f"(?<=[{_HANGUL}])[ \t]+(?=[{_HANGUL}])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
# FTS5 cuts longer tokens nowhere, but a word this long is no word; its beginning finds it.
_LONGEST_WORD = 64


def normalise(text: str) -> str:
    """The form in which characters are compared.

    >>> normalise("ＡＩ 신약 개발")
    'ai 신약개발'
    """
    return _BLANK_IN_HANGUL.sub("", _folded(text))


def tokens(text: str) -> list[str]:
    """The tokens of a text in order.

    >>> tokens("신약 개발에 AI")
    ['신약', '약개', '개발', '발에', '에', 'ai']
    """
    if text.isascii():
        words = text.translate(_ASCII_WORDS).split()
        short = max(map(len, words), default=0) <= _LONGEST_WORD
        return words if short else [word[:_LONGEST_WORD] for word in words]
    found: list[str] = []
    for run in _RUN.findall(_folded(text)):
        if run.isascii():
            found.append(run[:_LONGEST_WORD])
        elif is_cjk(run):
            joined = "".join(run.split()) if " " in run or "\t" in run else run
            found += map(add, joined, joined[1:])
            found.append(joined[-1])
        else:
            found.append(_without_diacritics(run)[:_LONGEST_WORD])
    return found


def phrase(text: str) -> tuple[list[str], bool]:
    """The tokens that a text must stand as in a document, and whether the last is the beginning of one.

    >>> phrase("재단"), phrase("약")
    ((['재단'], False), (['약'], True))
    """
    found = tokens(text)
    if not found or not is_cjk(found[-1]) or len(found[-1]) > 1:
        return found, False
    if len(found) > 1 and is_cjk(found[-2]) and found[-2][-1] == found[-1] and len(found[-2]) == 2:
        return found[:-1], False
    return found, True


def is_cjk(text: str) -> bool:
    """Whether a text begins with a character that is cut into pairs."""
    return bool(_IS_CJK.match(text))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()


def _without_diacritics(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)) or word
