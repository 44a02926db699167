"""Who signs a Japanese article: names in kanji, on a line of their own or in brackets after the last sentence."""

from __future__ import annotations

import re

from crawler.parsers.bylines import unique
from crawler.parsers.outline import Outline

_KANJI = r"[\u4e00-\u9fff々]"
_KANJI_LINE = re.compile(
    r"(?:^|[\s\d（(【\[])((?:[\u30a1-\u30ff・]{3,16}|[\u4e00-\u9fff々]{1,3}\s?[\u3041-\u3096\u4e00-\u9fff々]{1,4})"
    r"(?:[、,，][\u4e00-\u9fff々]{2,6}){0,4})\s?(?:記者|特派員|通信員|論説委員|編集委員)[)）】\]］]?$|"
    rf"^[\[［]({_KANJI}{{2,6}}(?:[、]{_KANJI}{{2,6}}){{0,3}})[，,]\s?[^\]］]{{2,30}}[\]］]$"
)
_KANJI_END = re.compile(rf"(?:^|[。」])\s*[【（(]({_KANJI}{{3,5}}(?:[、・]{_KANJI}{{2,5}}){{0,4}})[】）)]$")
# Agencies and what else stands in such brackets.
_KANJI_WORD = re.compile(r"共同|時事|通信|新聞|関連|速報|写真|参考|動画|広告|記事|敬称|以下|提供|取材")


def signed_in_kanji(outline: Outline, start: int, last: int) -> list[str]:
    """The names of a Japanese signature: "榎本灯記者" or "[榎本灯，社名]", or 「…という。【榎本灯】」.

    `start` and `last` are the indices of the headline and of the body's last line.
    """
    for line in outline.lines[start + 1 : min(last + 4, len(outline.lines))]:
        if line.size > 90 or line.text.isascii() or line.zone in ("related", "chrome", "comments", "hidden"):
            continue
        found = _KANJI_LINE.search(line.text)
        if found:
            return unique(re.split(r"[、,，]", found[1] or found[2]))
    for line in outline.lines[last : last + 6]:
        if line.index > last + 1 and line.text[:1] not in "【（":
            continue
        found = _KANJI_END.search(line.text)
        if found and not _KANJI_WORD.search(found[1]):
            return unique(re.split(r"[、・]", found[1]))
    return []
