"""Bytes of a page to text: what was declared, checked against what the bytes say.

Declarations on news pages are missing or wrong often enough that none is believed alone: UTF-8 is recognised by its
own structure, and every legacy encoding is scored by how many of its letters are the most frequent ones of a language
written in it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:\-]{2,40})""", re.I)
_LANG = re.compile(rb"""<html[^>]{0,400}?\blang\s*=\s*["']?([A-Za-z]{2})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{2,40})""", re.I)
_HIGH = re.compile(rb"[\x80-\xff](?:[\x00-\xff]{0,1}[\x80-\xff])*")

# What browsers read under these labels (WHATWG Encoding Standard), in Python's names.
_LABELS = {
    "euc-kr": "cp949", "euckr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "ksc_5601": "cp949", "ks-c-5601-1987": "cp949", "uhc": "cp949", "windows-949": "cp949", "x-windows-949": "cp949",
    "ms949": "cp949", "korean": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "ms_kanji": "cp932", "x-euc-jp": "euc_jp",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "chinese": "gb18030",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso-8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-874": "cp874", "x-cp1251": "cp1251",
    "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "x-cp1250": "cp1250",
    "x-cp1252": "cp1252", "unicode": "utf-16-le",
    "utf8": "utf-8", "x-user-defined": "cp1252",
}  # fmt: skip

_HANZI = (
    "的一是不了在人有我他这中大来上个国和地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它"
    "与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产"
    "或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几"
    "口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许"
    "统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北"
    "边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
)
_HANT = (
    "的一是不了在人有我他這中大來上個國和地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所"
    "然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力它與"
    "長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新"
    "己制身果加西月話合回特代內信表化老給世位次度門任常先海通教原東聲提立及比員解水名真論處義各入幾口認條平系"
    "氣題"
)
_HANGUL = (
    "이다는을의에가고하지로한도사정기자은를서대인시과있아해어리라일나으스전부만수보장그들상원제구주국성여비계"
    "동경했것업선무신년공조회관방안면적유세월와연생개약모트민화중소오재발현위우미당음식실행진법명데단금까간된"
    "내거분"
)
_KANA = "".join(map(chr, range(0x3041, 0x3097))) + "".join(map(chr, range(0x30A1, 0x30FB))) + "ー、。「」・"
_WEST = "éèàäöüßñçáíóúêâôîûåøæãõïëùœÉÀÄÖÜÅØÆÇÑÓÁÍÚ’‘“”–—«»…·•°€£§©®™„‚¡¿º ´"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßăâîșțĂÂÎ’“”„–—…«» §©"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßăâîşţĂÂÎŞŢ’“”„–—…«» §©"
_BALTIC = "āčēģīķļņšūžąęėįųūĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲõäöüÕÄÖÜ„“”–—… "
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگ،؛؟«» "
# The most frequent small letters alone: another Cyrillic encoding, or Hebrew, read as these becomes others.
_CYRILLIC = "оеаинтсрвлкмдпуіј«»–—“”„№… "
_GREEK = "αειηκλμνοπρστυςάέήίόύώΆΈΉΊΌ«»’–… "

# encoding -> (letters that texts in it use most, share of its non-ASCII characters that they usually make up)
_FREQUENT: dict[str, tuple[frozenset[str], float]] = {
    "cp949": (frozenset(_HANGUL), 0.50),
    "gb18030": (frozenset(_HANZI + "，。、：；“”（）《》"), 0.45),
    "big5hkscs": (frozenset(_HANT + "，。、：；「」（）"), 0.40),
    "cp932": (frozenset(_KANA), 0.40),
    "euc_jp": (frozenset(_KANA), 0.40),
    **dict.fromkeys(("cp1251", "koi8-u", "koi8-r", "iso8859-5", "mac-cyrillic", "cp866"), (frozenset(_CYRILLIC), 0.78)),
    "cp1252": (frozenset(_WEST), 0.95),
    **dict.fromkeys(("cp1250", "iso8859-2"), (frozenset(_CENTRAL), 0.95)),
    **dict.fromkeys(("cp1253", "iso8859-7"), (frozenset(_GREEK), 0.85)),
    "cp1254": (frozenset("ığşçöüİĞŞÇÖÜâîû’‘“”–—… ©"), 0.95),
    "cp1255": (frozenset(map(chr, range(0x05D0, 0x05EB))) | frozenset("“”–—’… "), 0.95),
    **dict.fromkeys(("cp1256", "iso8859-6"), (frozenset(_ARABIC), 0.95)),
    **dict.fromkeys(("cp1257", "iso8859-13", "iso8859-4"), (frozenset(_BALTIC), 0.95)),
    "cp1258": (frozenset("ăâđêôơưÂÊÔƠƯĐàáèéìíòóùúý’“”–…\u0300\u0301\u0303\u0309\u0323 "), 0.95),
    "cp874": (frozenset(map(chr, range(0x0E01, 0x0E5C))) | frozenset("“”–… "), 0.97),
    "mac-roman": (frozenset(_WEST), 0.95),
}
_OF_LANGUAGE = {
    "ko": "cp949", "ja": "cp932", "zh": "gb18030", "ru": "cp1251", "uk": "cp1251", "bg": "cp1251", "sr": "cp1251",
    "pl": "cp1250", "cs": "cp1250", "sk": "cp1250", "hu": "cp1250", "hr": "cp1250", "sl": "cp1250", "ro": "cp1250",
    "el": "cp1253", "tr": "cp1254", "he": "cp1255", "ar": "cp1256", "fa": "cp1256", "lt": "cp1257", "lv": "cp1257",
    "et": "cp1257", "vi": "cp1258", "th": "cp874",
}  # fmt: skip
_SAMPLE = 32_768
_OTHER_SCRIPTS = frozenset(
    "cp1251 koi8-u koi8-r iso8859-5 mac-cyrillic cp866 cp1253 iso8859-7 cp1255 cp1256 iso8859-6 cp874".split()
)
_MIXED = re.compile("[^\\W\\d_a-zA-Z][a-zA-Z]|[a-zA-Z][^\\W\\d_a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, the encoding it was read in (Python's name), and whether a declaration said otherwise.

    `damaged`: some bytes were read by no encoding; `clean`: the bytes are valid UTF-8 without a byte order mark.
    """

    text: str
    charset: str
    mismatch: str | None = None
    damaged: bool = False
    clean: bool = False


def decode(data: bytes, content_type: str | None) -> Decoded:
    """Read a page's bytes. Never raises: what no encoding reads becomes U+FFFD, and `damaged` says so.

    In order: byte order mark, UTF-16 by its NUL bytes, UTF-8 by its structure, the declared encodings where the text
    they give is plausible, else the encoding that gives the most plausible text.
    """
    for mark, charset in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _replaced(data[len(mark) :], charset, None)
    wide = _utf16(data)
    if wide:
        return _replaced(data, wide, None)
    declared = _declared(data, content_type)
    if b"\x1b$" in data[:65_536] and ("iso2022_jp" in declared or data.isascii()):
        return _replaced(data, "iso2022_jp", None)
    first = declared[0] if declared else None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        wrong = first if first not in (None, "utf-8") and not data.isascii() else None
        return Decoded(text, "utf-8", wrong, clean=True)
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    # A few broken sequences in a UTF-8 page (a cut comment, one pasted character) do not make it another encoding.
    if bad * 20 <= sum(1 for char in text[: 4 * _SAMPLE] if char > "\x7f"):
        return Decoded(text, "utf-8", first if first not in (None, "utf-8") else None, damaged=True)
    sample = _sample(data)
    hint = _LANG.search(data[:4096])
    language = hint.group(1).decode("ascii").lower() if hint else ""
    alphabet = _FREQUENT.get(_OF_LANGUAGE.get(language, ""))
    best, best_score = "cp1252", -9.0
    for charset in _FREQUENT:
        score = _score(sample, charset)
        if charset in declared:
            score += 0.25
        if alphabet is not None and _FREQUENT[charset] is alphabet:
            score += 0.15
        if score > best_score:
            best, best_score = charset, score
    for charset in declared:
        # An encoding without a table above (iso-8859-15, macintosh ...) is taken at its word unless refuted.
        if charset not in _FREQUENT and charset != "utf-8" and best_score < 0.8 and _reads(sample, charset):
            best = charset
            break
    return _replaced(data, best, first if first != best else None)


def python_name(label: str) -> str | None:
    """The codec that browsers use under a charset label, or None for a label that is none.

    >>> python_name("KS_C_5601-1987")
    'cp949'
    """
    label = label.strip().lower()
    if label in _LABELS:
        return _LABELS[label]
    try:
        info = codecs.lookup(label)
    except (LookupError, UnicodeError, ValueError):
        return None
    # Python knows codecs that are no character encodings (rot13, base64, idna ...), and utf-7, an attacker's favourite.
    if not info._is_text_encoding or info.name in ("utf-7", "idna", "punycode", "undefined", "unicode_escape"):
        return None
    return _LABELS.get(info.name, info.name)


def _declared(data: bytes, content_type: str | None) -> list[str]:
    labels = []
    header = _HEADER.search(content_type or "")
    if header:
        labels.append(header.group(1))
    head = data[:16_384]
    for pattern in (_XML, _META):
        found = pattern.search(head)
        if found:
            labels.append(found.group(1).decode("ascii"))
    names = []
    for label in labels:
        name = python_name(label)
        if name and name not in names:
            # A page whose declaration could be read as ASCII is not UTF-16, whatever it says.
            names.append("utf-8" if name.startswith(("utf-16", "utf_16", "utf-32", "utf_32")) else name)
    return names


def _utf16(data: bytes) -> str | None:
    head = data[:1024]
    half = len(head) // 2
    if half < 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _sample(data: bytes) -> bytes:
    """The runs of non-ASCII bytes (with an ASCII byte between two, as double-byte letters have), each with the bytes
    beside it, space-separated."""
    out: list[bytes] = []
    size = 0
    for run in _HIGH.finditer(data):
        out.append(data[max(0, run.start() - 1) : run.end() + 1])
        size += run.end() - run.start()
        if size > _SAMPLE:
            break
    return b" ".join(out)


def _score(sample: bytes, charset: str) -> float:
    frequent, expected = _FREQUENT[charset]
    text = sample.decode(charset, "replace")
    high = [char for char in text if char > "\x7f"]
    if not high:
        return 0.0
    hits = sum(1 for char in high if char in frequent)
    bad = text.count("\ufffd")
    if charset in _OTHER_SCRIPTS and len(_MIXED.findall(text)) > 0.2 * len(high):
        # Latin letters beside those of another script, inside words: accents that were read as that script.
        return -1.0
    return min(1.0, hits / len(high) / expected) - 4.0 * bad / len(high)


def _reads(sample: bytes, charset: str) -> bool:
    try:
        sample.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _replaced(data: bytes, charset: str, mismatch: str | None) -> Decoded:
    text = data.decode(charset, "replace")
    return Decoded(text, charset, mismatch, damaged="\ufffd" in text)
