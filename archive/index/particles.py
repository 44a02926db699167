"""Korean particles: which end of a word a searcher typed is grammar, and not what is looked for."""

from __future__ import annotations

import re
from collections.abc import Callable

_HANGUL_WORD = re.compile("[가-힣]{3,}")

# After a syllable with a final consonant, after one without, after either.
_AFTER_CONSONANT = ("은", "이", "을", "과", "으로", "이나", "이라", "이라고", "이며", "이란", "이든", "이었다")
_AFTER_VOWEL = ("는", "가", "를", "와", "나", "라", "라고", "며", "란", "든", "였다")
_AFTER_EITHER = (
    *(
        "의",
        "에",
        "도",
        "만",
        "에서",
        "에게",
        "께서",
        "부터",
        "까지",
        "보다",
        "처럼",
        "마다",
        "조차",
        "밖에",
        "뿐",
        "대로",
    ),
    *("같이", "에도", "에는", "에서는", "에서도", "으로는", "으로도", "으로의", "이다", "입니다", "이었다"),
    *("하다", "했다", "하는", "한다", "하고", "하며", "했고", "했으며", "하기", "하지", "한", "할"),
    *("되다", "됐다", "되는", "된다", "되고", "되며", "된", "될"),
)
# 로 follows a vowel, and ㄹ too (서울로).
_RIEUL = 8
_AFTER_VOWEL_OR_RIEUL = ("로", "로는", "로도", "로의", "로서", "로써")

_FITS: dict[str, Callable[[int], bool]] = {
    **dict.fromkeys(_AFTER_CONSONANT, lambda final: final > 0),
    **dict.fromkeys(_AFTER_VOWEL, lambda final: final == 0),
    **dict.fromkeys(_AFTER_VOWEL_OR_RIEUL, lambda final: final in (0, _RIEUL)),
    **dict.fromkeys(_AFTER_EITHER, lambda final: True),
}
_LONGEST_FIRST = sorted(_FITS, key=len, reverse=True)


def stem(word: str) -> str:
    """The word without the longest particle or ending that fits its last syllable; two syllables stay at least.

    The rule knows no words, so that it takes 이 off 어린이 too: search looks for both forms.

    >>> [stem(word) for word in ("재단은", "재단는", "임상으로", "서울로", "신약", "허가했다")]
    ['재단', '재단는', '임상', '서울', '신약', '허가']
    """
    if not _HANGUL_WORD.fullmatch(word):
        return word
    for ending in _LONGEST_FIRST:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            rest = word[: -len(ending)]
            if _FITS[ending]((ord(rest[-1]) - 0xAC00) % 28):
                return rest
    return word
