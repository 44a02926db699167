"""A line that signs an article: the names in it, without "by", roles, addresses and marks, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.parsers.dates import MODIFIED, PUBLISHED
from crawler.parsers.text import key, squeeze

_ROLE = (
    r"(?:선임|수석|전문|인턴|객원|시민|특별취재|사진|영상|의학전문|논설)?\s?"
    r"(?:기자|특파원|논설위원|편집위원|칼럼니스트|앵커|통신원|에디터|PD|리포터)"
)
KOREAN = re.compile(
    r"(?<![가-힣])(?!(?:촬영|시민|취재|사진|영상|편집|본지|담당|해당|동료|현장|국회|특별취재)\s?기자)"
    rf"((?:[가-힣]{{2,4}}\s?[·/,ㆍ]\s?)*[가-힣]{{2,4}})\s?(?:[가-힣]{{1,8}}\s?=\s?)?{_ROLE}(?![가-힣])"
)
_ROLE_ALONE = re.compile(rf"{_ROLE}$")
# What stands before a name: alone, or with a colon only where the word says other things too.
_BEFORE = (
    r"(?:(?:written|reported|story|words|text|posted|submitted|authored|edited|compiled|analysis|opinion|review|comment|"
    r"column|interview) )?by|(?:(?:eine?|interview|kommentar|gastbeitrag|analyse|kolumne)(?: \w{4,20})? )?von|"
    r"de notre (?:\w+ ){1,2}(?:à|en|aux?) [^\W\d_]{2,20},|dal(?:la)? nostr[oa] \w+|de nuestr[oa] \w+|"
    r"(?:publi[ée]e? |rédigée? |écrit |propos recueillis )?par|(?:escrit[oa] |redactad[oa] )?por|(?:a cura )?di|da|de|"
    r"του|της|των|nga|نویسنده|خبرنگار|"
    r"(?:geschreven )?door|(?:skriven |skrevet )?a[fv]|autor(?:in|ka|a|es?)?|author|auteure?|autore|forfatter|"
    r"skribent|kirjoittanut|oprac(?:ował[ai]?|\.)|napsala?|piše|írta|szerző|scris de|γράφει (?:ο|η)|συντάκτης|"
    r"автор(?:ка|ы)?|пише|текст|oleh|penulis|pewarta|tác giả|yazan|muhabir|بقلم|كتب(?:ت)?|بواسطة|إعداد|מאת|लेखक|"
    r"द्वारा|โดย|เขียนโดย|글|취재|文|記者|记者|作者|責任編集|责任编辑|責任編輯|责编|取材(?:・文)?"
)
_TITLED = (
    r"text|textos?|texte|testo|tekst(?:i|y)?|redaktion|redakcja|toimittaja|reporter|journalist|haber(?:in kaynağı)?|"
    r"editör|editor|penyunting|"
    r"تحرير|words"
)
_LEAD = re.compile(rf"^(?:(?:{_BEFORE})\s*[:：/]?\s+|(?:{_BEFORE}|{_TITLED})\s*[:：／/]\s*)", re.I)
BY = re.compile(rf"^(?:(?:{_BEFORE})\s*:?\s+|(?:{_BEFORE}|{_TITLED})\s*[:：]\s*)[^\W\d_]", re.I)
# Whoever took the pictures wrote no text; "Jane Doe @jane", "Jane Doe — Recife", "Jane Doe for the Daily in Brussels".
_AFTER = re.compile(
    r"^(\S+\s\S.*?)(?:[\s,|/]+(?i:photo(?:graph)?s?|fotos?|bilder|illustrations?|videos?|grafik|fotografie|写真|撮影|摄影|"
    r"攝影)\s*(?:(?:by|von|de|par)\s|[:：=])|\s@\w|\s[-–—]\s\S|,?\s(?:for|für|pour|para|voor|in|with|mit|avec|med|met)\s(?=[^\W\d_a-z])).*$"
)
# "Von", "Author of the article:" in an element of its own.
LABEL = re.compile(rf"^(?:{_BEFORE}|{_TITLED}|author of the article)\s*[:：/]?$", re.I)
_TAIL = re.compile(
    r"\s*(?:[,|·•(/]|\s[-–—]\s)\s*(?:[^,|]*\b(?:reporter|editor|correspondent|writer|journalist|staff|"
    r"redakteur\w*|redaktion|korrespondent\w*|contributor|columnist)\b.*|"
    r"[^,|]*기자.*|twitter.*|@.*|\d.*)$|"
    r"(?<=\S\s\S)(?<=.{5})\s+(?:journaliste?|reporter|redakt[øo]r|staff writer|correspondent|toimittaja|muhabir)$",
    re.I,
)
_LABEL = re.compile(rf"\s(?:{PUBLISHED.pattern}|{MODIFIED.pattern})", re.I)
_ASIDE = re.compile(r"\s\([^)(]{0,60}\)")
_MAIL = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
# "生活中心／江映雪報導", "記者林知遠／台北報導": a desk or a place beside the name.
_AT_DESK = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,8}[／/]([\u4e00-\u9fff、]{2,16}?)(?:綜合|综合)?(?:報導|报道|報道)|"
    r"(?:记者|記者)\s?([\u4e00-\u9fff、]{2,16})[／/][\u4e00-\u9fff]{2,12})$"
)
_NICKNAME = re.compile(r"(?<=[가-힣])\([^()]{1,30}\)?$")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_JUNK = re.compile(
    r"^(?:admin|administrator|글|글쓴이|작성자|관리자|최고관리자|editor|editors|staff|author|autor|unknown|guest|null|none|redacción|redaccion|"
    r"webmaster|(?:super )?user|기자|default|tim redaksi|(?:da )?redação|redakcja|redazione|rédaction|la redacción|"
    r"redactie|redaksjonen|toimitus|haber merkezi|news ?desk|web ?desk|online desk|agenc(?:y|ies|ias|es)|agenzie|"
    r"(?:\w*redakteur|korrespondent|autor)(?:in)?|(?:[\w-]+ ){0,3}(?:reporter|correspondent|"
    r"writer|journalist|contributor|columnist|editor)s?|of the article|volontär(?:in)?|"
    r"(?:photo|foto|fot|image|bild)\b.{0,3}[:：].*)$",
    re.I,
)
_AND = re.compile(
    r"\s*(?:,|;|\s/\s|\s\|\s|\s&\s|\sand\s|\sund\s|\set\s|\sy\s|\se\s|\bog\b|、|・(?=[^\u30a0-\u30ff]))\s*", re.I
)


def clean_name(text: str | None) -> str | None:
    """One name without "By", role, address and marks; None where none is left.

    >>> clean_name("By Jane Doe, staff writer"), clean_name("홍길동 기자"), clean_name("a@b.example")
    ('Jane Doe', '홍길동', None)
    """
    if not text:
        return None
    text = squeeze(_EMOJI.sub("", _MAIL.sub(" ", text[:400])))
    korean = KOREAN.search(text)
    if korean and len(text) < 60 and not _ROLE_ALONE.match(korean.group(1)):
        return korean.group(1)
    text = _LEAD.sub("", text)
    text = _TAIL.sub("", _LABEL.split(text, maxsplit=1)[0])
    text = text.strip(" \t,;:|/·•-–—()[]<>\"'“”=@")
    text = _NICKNAME.sub("", text)
    if not text or len(text) > 80 or not re.search(r"[^\W\d_]", text) or _JUNK.match(text) or len(text.split()) > 7:
        return None
    return text


def split_names(text: str | None) -> list[str]:
    """The names in a byline such as "A, B and C"."""
    if not text:
        return []
    text = _LEAD.sub("", squeeze(_ASIDE.sub(" ", text[:600])))
    text = _AT_DESK.sub(lambda found: found[1] or found[2], _AFTER.sub(r"\1", text))
    korean = KOREAN.search(text)
    if korean and len(text) < 80:
        names: list[str] = []
        for found in KOREAN.finditer(text):
            parts = (part.strip() for part in re.split(r"[·/,ㆍ]", found.group(1)))
            names.extend(part for part in parts if not _ROLE_ALONE.match(part))
        return unique(names)
    return unique(clean_name(part) for part in _AND.split(text))


def unique(names: Iterable[str | None]) -> list[str]:
    """The names there are, each once, as first written."""
    kept: dict[str, str] = {}
    for name in names:
        if name:
            kept.setdefault(key(name), name)
    return list(kept.values())
