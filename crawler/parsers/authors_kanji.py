"""Who signs a Japanese or Chinese article: names in kanji, beside "記者" and the like, or in brackets at the end."""

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

_NAME = r"[\u4e00-\u9fff]{2,4}"
_NAMES = rf"{_NAME}(?:[、,，\s]+{_NAME}){{0,4}}"
# "记者 陆星河 实习生 江映雪", "（晚报记者 白若溪）", "〔記者林知遠／青禾報導〕"; "（中社記者江映雪台北2日電）".
_REPORTED = re.compile(
    rf"(?:^|[（(〔【\[\s／/])[\u4e00-\u9fff]{{0,8}}?(?:记者|記者)[\s:：]*(?P<names>{_NAMES})\s*(?:[）)〕】\]／/|丨]|$)|"
    rf"^[\u4e00-\u9fff]{{2,6}}[／/](?P<desk>{_NAME}?(?:[、]{_NAME}){{0,3}})(?:綜合|综合)?(?:報導|报道|報道)|"
    r"(?:记者|記者)(?P<wired>[\u4e00-\u9fff]{3})[\u4e00-\u9fff]{2,6}\d{0,2}日?[\u4e00-\u9fff]{0,2}[電电]"
)
_WRITTEN = re.compile(r"(?:记者|記者|撰文|作者|(?<![\u4e00-\u9fff])文)[:：/／]\s*([\u4e00-\u9fff、,，\s]{2,30})")
_EDITED = re.compile(r"(?:责编|责任编辑|責任編輯|责任编缉)[:：/／]\s*([\u4e00-\u9fff、,，\s]{2,30})")
_NO_NAME = re.compile(
    r"^(?:实习|實習|见习|通讯员|综合|綜合|摄影|攝影|编辑|編輯)|(?:[网網社报報刊讯訊摄攝]|新闻|新聞|中心)$"
)
_ELSEWHERE = ("comments", "caption")


def signed_in_chinese(outline: Outline, start: int, last: int) -> list[str]:
    """The names of a Chinese byline: reporters, else who wrote, else who edited. Indices as below."""
    lines = [
        line
        for line in outline.lines[start : min(last + 8, len(outline.lines))]
        if not line.text.isascii() and line.zone not in _ELSEWHERE
    ]
    for line in lines:
        found = _REPORTED.search(line.text[:60])
        names = _people(found["names"] or found["desk"] or found["wired"]) if found else []
        if names:
            return names
    for pattern in (_WRITTEN, _EDITED):
        for line in lines:
            found = pattern.search(line.text) if line.size < 200 or pattern is _WRITTEN else None
            names = _people(found[1]) if found and (line.size < 200 or found.start() < 2) else []
            if names:
                return names
    return []


def _people(text: str) -> list[str]:
    return unique(name for name in re.split(r"[、,，\s]+", text) if 1 < len(name) < 6 and not _NO_NAME.search(name))


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
