"""Dates as pages write them, to ISO 8601 with the precision and offset they give; None rather than a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.parsers.text import caseless

# Languages spoken in one zone: a date without an offset on such a page is in it.
ZONE_OF_LANGUAGE = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}

_MONTH_NAMES = (
    "january jan яну janúar januar jänner janvier janv enero ene janeiro gennaio gen januari tammikuuta tammikuu "
    "stycznia styczeń ledna leden ocak januára január ianuarie январь января січня janar janner genn januarja "
    "janvāris janvārī sausio jaanuar gener siječnja януари јануар јануара јануари ιανουαρίου ιαν يناير جانفي "
    "ינואר בינואר जनवरी มกราคม ม.ค oca",
    "february feb фев febrúar februar februari feber février févr fév fevrier febrero fevereiro fev febbraio "
    "helmikuuta helmikuu lutego luty února únor şubat februára február februarie февраль февраля лютого shkurt febbr "
    "veebruar februāris februārī vasario febrer veljače februarja февруари фебруар фебруара φεβρουαρίου φεβ "
    "فبراير فيفري شباط פברואר בפברואר फरवरी กุมภาพันธ์ ก.พ şub peb febr",
    "march mar marec märz mrz maerz marts mars marzo março marco maart maaliskuuta maaliskuu marca marzec března "
    "březen mart március martie март марта березня maret martā märts kovo març ožujka μαρτίου μαρ مارس آذار "
    "מרץ במרץ मार्च มีนาคม มี.ค márc",
    "april apr апр avril abril abr aprile huhtikuuta huhtikuu kwietnia kwiecień dubna duben nisan apríla április "
    "aprilie апрель апреля квітня prill aprill aprīlis aprīlī balandžio travnja априла април απριλίου απρ "
    "أبريل ابريل أفريل نيسان אפריל באפריל अप्रैल เมษายน เม.ย nis ápr",
    "may mai mayo maio maggio mag mei maj toukokuuta toukokuu maja května květen mayıs mája május май мая "
    "травня maijs maijā gegužės maig svibnja мај маја μαΐου μαϊου μάι مايو ماي أيار מאי במאי मई พฤษภาคม พ.ค "
    "máj maí",
    "june jun juni juin junio junho giugno giu kesäkuuta kesäkuu czerwca czerwiec června červen haziran júna "
    "június iunie июнь июня червня qershor juuni jūnijs jūnijā birželio juny lipnja junija јун јуна юни "
    "ιουνίου ιουν يونيو يونيه جوان حزيران יוני ביוני जून มิถุนายน มิ.ย haz jún júní giugn",
    "july jul juli juillet juil julio julho luglio lug heinäkuuta heinäkuu lipca lipiec července červenec "
    "temmuz júla július iulie июль июля липня korrik juuli jūlijs jūlijā liepos juliol srpnja julija јул јула "
    "юли ιουλίου ιουλ يوليو يوليه جويلية تموز יולי ביולי जुलाई กรกฎาคม ก.ค tem júl júlí",
    "august авг aug août aout agosto ago augustus augusti elokuuta elokuu sierpnia sierpień srpna srpen ağustos "
    "augusta augusztus август августа серпня gusht augusts augustā rugpjūčio agost kolovoza avgusta avgust "
    "αυγούστου αυγ أغسطس اغسطس أوت آب אוגוסט באוגוסט अगस्त สิงหาคม ส.ค ağu agustus agt agu ágúst",
    "september sep сеп sept septembre septiembre setembro set settembre syyskuuta syyskuu września wrzesień září "
    "eylül septembra szeptember septembrie сентябрь сентября вересня shtator septembris septembrī rugsėjo "
    "setembre rujna septembar септембар септембра септември σεπτεμβρίου σεπ سبتمبر أيلول ספטמבר בספטמבר "
    "सितंबर सितम्बर กันยายน ก.ย eyl szept",
    "october oct окт oktober okt octobre octubre outubro out ottobre ott lokakuuta lokakuu października "
    "październik října říjen ekim októbra október octombrie октябрь октября жовтня tetor oktoober oktobris "
    "oktobrī spalio oktobar oktobra октобар октобра октомври οκτωβρίου οκτ أكتوبر اكتوبر אוקטובר באוקטובר "
    "अक्टूबर अक्तूबर ตุลาคม ต.ค eki",
    "november nov listopadu nóvember ное novembre noviembre novembro marraskuuta marraskuu listopada "
    "listopad kasım novembra noiembrie ноябрь ноября листопада nëntor novembris novembrī lapkričio studenoga studenog "
    "novembar новембар новембра ноември νοεμβρίου νοε نوفمبر נובמבר בנובמבר नवंबर नवम्बर พฤศจิกายน พ.ย kas",
    "december dec дек dezember dez décembre déc decembre diciembre dic dezembro dicembre joulukuuta joulukuu "
    "grudnia grudzień prosince prosinec aralık decembra decembrie декабрь декабря грудня dhjetor des desember "
    "detsember decembris decembrī gruodžio desembre prosinca decembar децембар децембра декември δεκεμβρίου "
    "δεκ ديسمبر דצמבר בדצמבר दिसंबर दिसम्बर ธันวาคม ธ.ค ara",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
# Letters, with the vowel signs and points that some scripts write above and below them.
_NAME = r"[^\W\d_][^\s\d,،;:|/()–-]{1,14}"

_TIME = (
    r"(?P<half>오전|오후|午前|午後|上午|下午)?\s?(?P<hour>\d{1,2})(?:[:：]|시\s?|時|时|\s?h\s?|"
    r"\.(?=\d\d\s?(?:Uhr|uur|u|h)\b))"
    r"(?P<minute>\d{2}|\d(?=분))(?:분|分)?(?:[:：](?P<second>\d{2}))?(?:[.,](?P<fraction>\d{1,9}))?"
    r"\s?(?P<ampm>[ap]\.?m\.?\b)?\s?\(?(?P<zone>Z\b|(?:UTC|GMT)?\s?[+-]\d{1,2}:?\d{2}\b|(?:UTC|GMT)\s?[+-]\d{1,2}\b|"
    r"(?:UTC|GMT|KST|JST|CES?T|MES?Z|EES?T|WI[BT]|WITA|MSK|МСК|E[SD]T|P[SD]T)\b)?"
)
_GAP = (
    r"(?:\s*(?:T|t|,|-|–|—|\||•|·|um|at|à|a las|às|alle|ore|o|om|kl\.?|klo|godz\.?|в|เวลา|[(（][^)）\d]{1,5}[)）]|"
    r"[월화수목금토일月火水木金土日]요일|@|/|[(\[])?\s*){0,3}"
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
    rf"(?<![\d.])(?P<day>\d{{1,2}})(?P<sep>[./-])\s?(?P<month>\d{{1,2}})(?P=sep)\s?(?P<year>\d{{4}}|\d\d(?![\d.:h]))(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
_DAY_NAME = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|ª)?\.?\s?(?:de\s|of\s|-|\s)?\s?(?P<name>{_NAME})\.?[,،]?\s?(?:de\s|del\s|-)?\s?(?P<year>\d{{4}})(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
_NAME_DAY = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_NAME})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?!\d)(?:{_GAP}{_TIME})?",
    re.I,
)
# "2026. november 22.", "2026 m. lapkričio 22 d."
_YEAR_NAME_DAY = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})\.?\s(?:m\.\s)?(?P<name>{_NAME})\.?\s(?P<day>\d{{1,2}})(?!\d)\.?(?:\sd\.|,?\s[^\W\d_]{{4,12}})?(?:{_GAP}{_TIME})?",
    re.I,
)
_ASCTIME = re.compile(
    rf"(?P<name>{_NAME}) +(?P<day>\d{{1,2}}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) "
    r"(?:(?P<zone>[A-Z]{3,4}) )?(?P<year>\d{4})"
)
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "МСК": 180, "WIB": 420, "WITA": 480, "WIT": 540, "KST": 540, "JST": 540, "EST": -300, "EDT": -240, "PST": -480,
    "PDT": -420,
}  # fmt: skip
# "kl. 09.12", "09.12 WIB": hours with a dot, where a word says that they are hours.
_DOTTED = re.compile(
    r"(?P<before>\b(?:kl\.?|klo|kello|pukul|jam|ore|alle|at|um)\s)(?P<hour>\d{1,2})\.(?P<minute>\d\d)\b(?!\.)|"
    r"\b(?P<hour2>\d{1,2})\.(?P<minute2>\d\d)(?=\s(?:GMT|UTC|WIB|WITA|WIT|CES?T|BST|IST)\b)",
    re.I,
)
_EARLIER = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?[\s,|–-]{0,4}$")
# "4 tháng 3 năm 2026": months without names.
_NUMBERED = re.compile(r"(\d{1,2})\s(?:tháng|thg)\s(\d{1,2})[\s,]{1,3}(?:năm\s)?(\d{4})")

# "令和8年11月22日", "民國115年": years of an era, and the year before its first.
_ERA = re.compile(r"(令和|平成|昭和|民[國国])\s?(元|\d{1,3})\s?年")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}

# Months of two words: "22 تشرين الثاني 2026".
_LEVANTINE = re.compile("(تشرين|كانون) (الأول|الثاني)")
_LEVANTINE_MONTHS = {
    ("تشرين", "الأول"): "أكتوبر", ("تشرين", "الثاني"): "نوفمبر",
    ("كانون", "الأول"): "ديسمبر", ("كانون", "الثاني"): "يناير",
}  # fmt: skip

# The words before a date, in the languages of news sites; for texts in lower case.
PUBLISHED = caseless(
    r"기사\s?(?:입력|등록|작성)|최초\s?(?:입력|등록)|입력|등록|승인|송고|게재|작성|발행|보도|公開|掲載|配信|投稿|発表|登録|"
    r"发布|發布|發佈|发表|發表|刊登|刊出|來源|首次|تاريخ\s?النشر|نُ?شر(?:ت)?(?:\s?في)?|"
    r"\b(?:(?:first )?publish(?:ed)?(?: date| on| at)?|posted|publication|created|date de publication|"
    r"veröffentlicht|erstellt|erschienen|publi[ée]e?|mise? en ligne|créée? le|"
    r"(?:fecha de )?publicaci[óo]n|publicado|publicada|(?:data de )?publicação|creado|"
    r"pubblicat[oa]|(?:data (?:di )?)?pubblicazione|opublikowan[oy]|(?:data )?publikacji|dodano|utworzono|julkaistu|"
    r"publicera[dt]|skapad|publiser(?:t|et)|udgivet|offentliggjort|lagt ut|gepubliceerd|geplaatst|verschenen|"
    r"yayın\w*|giriş|oluşturulma|eklenme|ekleme|опубликован[оа]?|дата публикации|размещено|создано|опубліковано|"
    r"дата публікації|публикувано|publikov[áa]n[oa]?|vydáno|zverejnené|publicat|objavljeno|közzétéve|megjelent|"
    r"δημοσίευση|δημοσιεύτηκε|diterbitkan|terbit|dipublikasikan|tayang|đăng (?:lúc|ngày)|xuất bản|ngày đăng|"
    r"प्रकाशित|पब्लिश|פורסם|เผยแพร่|ลงข่าว)(?!\w)",
)
MODIFIED = caseless(
    r"최종\s?(?:수정|편집|업데이트)|수정|업데이트|갱신|更新|最終更新|修改|修正|编辑|編輯|آخر\s?تحديث|تم\s?التحديث|حُ?دّ?ثت?|"
    r"\b(?:last )?(?:updated?|modified|revised|edited)(?: (?:date|on|at))?(?!\w)|"
    r"\b(?:aktualisiert|letzte(?:s update| aktualisierung| änderung)|zuletzt (?:aktualisiert|geändert)|geändert|"
    r"mise? à jour|modifi[ée]e?|actualis[ée]e?|màj|actualizad[oa]|actualización|modificad[oa]|"
    r"atualizad[oa]|atualização|aggiornat[oa]|aggiornamento|modificat[oa]|zaktualizowan[oy]|aktualizacja|"
    r"zmodyfikowano|aktualizov[áa]n[oa]?|aktualizace|upraveno|aktualizované|päivitetty|muokattu|uppdatera[dt]|ändrad|"
    r"opdateret|oppdatert|endret|sist oppdatert|ændret|bijgewerkt|gewijzigd|laatste update|(?:son )?güncelle\w*|"
    r"обновлен[оа]?|изменено|оновлен[оа]?|змінено|обновено|actualizat|ažurirano|frissítve|frissült|ενημερώθηκε|"
    r"ενημέρωση|τελευταία ενημέρωση|diperbarui|pembaruan|cập nhật|अपडेट(?:ेड)?|अद्यतन|עודכן|עדכון(?: אחרון)?|อัปเดต|"
    r"อัพเดต|แก้ไข)(?!\w)",
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
    text = _NUMBERED.sub(r"\1/\2/\3", text) if "th" in text else text
    text = _ERA.sub(_of_era, text) if "年" in text else text
    text = _LEVANTINE.sub(_of_levant, text) if "ن ال" in text else text
    text = _DOTTED.sub(_with_colon, text) if "." in text else text
    found, month = _first_date(text, lang)
    if found is None:
        return None
    parts = found.groupdict()
    if month > 12:
        parts["day"], month = str(month), int(parts["day"])
    earlier = None if parts.get("hour") else _EARLIER.search(text, 0, found.start())
    return _iso(parts | earlier.groupdict() if earlier else parts, month)


def _first_date(text: str, lang: str | None) -> tuple[re.Match[str] | None, int]:
    """The first date and its month; a month above 12 where month and day change places."""
    found = _YMD.search(text)
    if found:
        return found, int(found["month"])
    eastern = (lang or "")[:2] in ("ko", "ja", "zh", "hu", "mn")
    if eastern and (found := _SHORT_YMD.search(text)):
        return found, int(found["month"])
    for pattern in (_ASCTIME, _DAY_NAME, _NAME_DAY, _YEAR_NAME_DAY):
        for found in pattern.finditer(text):
            name = found["name"].lower().rstrip(".")
            month = 10 if name == "listopada" and lang in ("hr", "bs") else _MONTHS.get(name)
            if month:
                return found, month
    found = None if eastern else _DMY.search(text)
    if found is None:
        return None, 0
    day, month = int(found["day"]), int(found["month"])
    ambiguous = (lang or "en")[:2] == "en" and found["sep"] != "." and max(day, month) <= 12 and day != month
    turned = month > 12 and (day > 12 or found["sep"] != "/")
    return (None, 0) if ambiguous or turned else (found, month)


def _of_era(found: re.Match[str]) -> str:
    return f"{_ERAS[found[1]] + (1 if found[2] == '元' else int(found[2]))}年"


def _of_levant(found: re.Match[str]) -> str:
    return _LEVANTINE_MONTHS[found[1], found[2]]


def _with_colon(found: re.Match[str]) -> str:
    hour, minute = found["hour"] or found["hour2"], found["minute"] or found["minute2"]
    return f"{found['before'] or ''}{hour}:{minute}"


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
    elif 2500 <= year < 2600:
        year -= 543  # the Buddhist era
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
