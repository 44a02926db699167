"""Dates as pages write them, to ISO 8601 with the precision and offset they give; None rather than a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Languages spoken in one zone: a date without an offset on such a page is in it.
ZONE_OF_LANGUAGE = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}

_MONTH_NAMES = (
    "january jan januar jänner janvier janv enero ene janeiro gennaio gen januari tammikuuta tammikuu "
    "stycznia styczeń ledna leden ocak januára január ianuarie январь января січня janar",
    "february feb februar februari feber février févr fév fevrier febrero fevereiro fev febbraio "
    "helmikuuta helmikuu lutego luty února únor şubat februára február februarie февраль февраля лютого "
    "shkurt",
    "march mar märz mrz maerz marts mars marzo março marco maart maaliskuuta maaliskuu marca marzec března "
    "březen mart március martie март марта березня",
    "april apr avril abril abr aprile huhtikuuta huhtikuu kwietnia kwiecień dubna duben nisan apríla "
    "április aprilie апрель апреля квітня prill",
    "may mai mayo maio maggio mag mei maj toukokuuta toukokuu maja května květen mayıs mája május май мая травня",
    "june jun juni juin junio junho giugno giu kesäkuuta kesäkuu czerwca czerwiec června červen haziran "
    "júna június iunie июнь июня червня qershor",
    "july jul juli juillet juil julio julho luglio lug heinäkuuta heinäkuu lipca lipiec července červenec "
    "temmuz júla július iulie июль июля липня korrik",
    "august aug août aout agosto ago augustus augusti elokuuta elokuu sierpnia sierpień srpna srpen "
    "ağustos augusta augusztus август августа серпня gusht",
    "september sep sept septembre septiembre setembro set settembre syyskuuta syyskuu września wrzesień "
    "září eylül septembra szeptember septembrie сентябрь сентября вересня shtator",
    "october oct oktober okt octobre octubre outubro out ottobre ott lokakuuta lokakuu października "
    "październik října říjen ekim októbra október octombrie октябрь октября жовтня tetor",
    "november nov novembre noviembre novembro marraskuuta marraskuu listopada listopad kasım novembra "
    "noiembrie ноябрь ноября листопада nëntor",
    "december dec dezember dez décembre déc decembre diciembre dic dezembro dicembre joulukuuta joulukuu "
    "grudnia grudzień prosince prosinec aralık decembra decembrie декабрь декабря грудня dhjetor des "
    "desember",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_NAME = r"[^\W\d_]{3,12}"

_TIME = (
    r"(?P<half>오전|오후|午前|午後|上午|下午)?\s?(?P<hour>\d{1,2})(?:[:：]|시\s?|時|时|(?<=\d)h\s?|"
    r"(?<=\d)\.(?=\d\d\s?(?:Uhr|Uhr\b)))"
    r"(?P<minute>\d{2}|\d(?=분))(?:분|分)?(?:[:：](?P<second>\d{2}))?(?:[.,](?P<fraction>\d{1,9}))?"
    r"\s?(?P<ampm>[ap]\.?m\.?\b)?\s?(?P<zone>Z\b|(?:UTC|GMT)?\s?[+-]\d{1,2}:?\d{2}\b|(?:UTC|GMT)\s?[+-]\d{1,2}\b|"
    r"UTC\b|GMT\b|KST\b|JST\b)?"
)
_GAP = (
    r"(?:\s*(?:T|t|,|-|–|\||um|at|à|a las|às|alle|ore|o|om|kl\.?|klo|godz\.?|в|\([^)\d]{1,5}\)|"
    r"[월화수목금토일月火水木金土日]요일|@|/)?\s*){0,3}"
)
_YMD = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})\s?(?:[-./]|년|年)\s?(?P<month>\d{{1,2}})\s?(?:[-./]|월|月)\s?(?P<day>\d{{1,2}})(?!\d)(?:일|日)?\.?(?:{_GAP}{_TIME})?",
    re.I,
)
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?("
    r"?P<zone>Z|[+-]\d\d:?\d\d)?$"
)
_SHORT_YMD = re.compile(
    rf"(?<![\d.])['’]?(?P<year>\d\d)(?P<sep>[./-])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?![\d])\.?(?:{_GAP}{_TIME})?",
    re.I,
)
_DMY = re.compile(
    rf"(?<![\d.])(?P<day>\d{{1,2}})(?P<sep>[./-])\s?(?P<month>\d{{1,2}})(?P=sep)\s?(?P<year>\d{{4}}|\d\d(?![\d.]))(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
_DAY_NAME = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|ª)?\.?\s?(?:de\s|of\s|-|\s)?\s?(?P<name>{_NAME})\.?,?\s?(?:de\s|del\s|-)?\s?(?P<year>\d{{4}})(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
_NAME_DAY = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_NAME})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
_ASCTIME = re.compile(
    rf"(?P<name>{_NAME}) +(?P<day>\d{{1,2}}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) "
    r"(?:(?P<zone>[A-Z]{3,4}) )?(?P<year>\d{4})"
)
_ZONES = {"CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "Z": 0, "UTC": 0, "GMT": 0, "KST": 540, "JST": 540}

PUBLISHED = re.compile(
    r"기사\s?입력|최초\s?입력|입력|등록|승인|송고|게재|작성|발행|보도|公開|掲載|配信|投稿|発表|登録|发布|發布|"
    r"发表|來源|首次|"
    r"\b(?:published|posted|first published|publication|created|veröffentlicht|erstellt|erschienen|publi[ée]e?|"
    r"publicado|publicada|publicação|"
    r"pubblicato|opublikowano|julkaistu|publicerad|publisert|udgivet|gepubliceerd|yayın\w*|giriş|oluşturulma|"
    r"опубликовано|publikováno)\b",
    re.I,
)
MODIFIED = re.compile(
    r"최종\s?수정|최종\s?편집|수정|업데이트|갱신|更新|最終更新|修改|修正|编辑|"
    r"\b(?:updated?|last updated|last modified|modified|edited|aktualisiert|letztes update|geändert|"
    r"mis(?:e)? à jour|modifié|màj|actualizado|actualizada|"
    r"atualizado|atualizada|aggiornato|zaktualizowano|aktualizacja|aktualizováno|päivitetty|muokattu|uppdaterad|"
    r"opdateret|oppdatert|bijgewerkt|güncelleme\w*|обновлено)\b",
    re.I,
)


def read_date(text: str | None, lang: str | None = None) -> str | None:
    """The first date in a short text, as ISO 8601; a day alone where it has no time. None where it is ambiguous.

    >>> read_date("입력 2016.06.05 16:20"), read_date("26.03.04", "ko"), read_date("4. März 2026, 9:05 Uhr")
    ('2016-06-05T16:20:00', '2026-03-04', '2026-03-04T09:05:00')
    >>> read_date("12/11/2026", "en") is None and read_date("2 hours ago") is None
    True
    """
    if not text:
        return None
    text = " ".join(text[:300].split())
    compact = _COMPACT.match(text)
    if compact:
        return _iso(compact.groupdict(), int(compact["month"]))
    found = _YMD.search(text)
    if found:
        return _iso(found.groupdict(), int(found["month"]))
    eastern = (lang or "")[:2] in ("ko", "ja", "zh", "hu", "mn")
    if eastern:
        found = _SHORT_YMD.search(text)
        if found:
            return _iso(found.groupdict(), int(found["month"]))
    for pattern in (_ASCTIME, _DAY_NAME, _NAME_DAY):
        for found in pattern.finditer(text):
            month = _MONTHS.get(found["name"].lower())
            if month:
                return _iso(found.groupdict(), month)
    found = None if eastern else _DMY.search(text)
    if found:
        day, month = int(found["day"]), int(found["month"])
        if (lang or "en")[:2] == "en" and found["sep"] != "." and day <= 12 and day != month:
            return None
        if month > 12 and day <= 12 and found["sep"] == "/":
            parts = found.groupdict()
            parts["day"] = str(month)
            return _iso(parts, day)
        return _iso(found.groupdict(), month)
    return None


def has_time(iso: str | None) -> bool:
    """Whether an ISO text has a time of day."""
    return bool(iso) and "T" in (iso or "")


def with_zone(iso: str | None, zone: str | None) -> str | None:
    """Give an ISO text without an offset the offset of a zone at that time. A day alone stays one; never converts."""
    if not iso or "T" not in iso or zone is None:
        return iso
    moment = datetime.fromisoformat(iso)
    if moment.tzinfo is not None:
        return iso
    try:
        return moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ZoneInfoNotFoundError, ValueError):
        return iso


def has_offset(iso: str | None) -> bool:
    """Whether an ISO text names its offset (a day alone does not need one)."""
    return not iso or "T" not in iso or datetime.fromisoformat(iso).tzinfo is not None


def _iso(parts: dict[str, str | None], month: int) -> str | None:
    year_text = parts["year"] or ""
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year < 70 else 1900
    try:
        day = date(year, month, int(parts["day"] or 0))
    except ValueError:
        return None
    # The web is no older, and a page is not from the future by years: 0000, 1900 and 9999 are placeholders.
    if not 1900 < year < 2100 or (year, month, day.day) == (1970, 1, 1):
        return None
    if not parts.get("hour"):
        return day.isoformat()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("ampm") or "").lower().replace(".", "")
    if half in ("오후", "午後", "下午", "pm") and hour < 12:
        hour += 12
    elif half in ("오전", "午前", "上午", "am") and hour == 12:
        hour = 0
    try:
        moment = datetime(year, month, day.day, hour, minute, second, tzinfo=_offset(parts.get("zone")))
    except ValueError:
        return day.isoformat()
    fraction = (parts.get("fraction") or "").rstrip("0")
    if fraction:
        moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    return moment.isoformat()


def _offset(zone: str | None) -> tzinfo | None:
    if not zone:
        return None
    zone = zone.strip().upper()
    if zone in _ZONES:
        return timezone(timedelta(minutes=_ZONES[zone])) if _ZONES[zone] else UTC
    found = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
