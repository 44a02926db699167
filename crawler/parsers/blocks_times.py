"""Texts that say when, how often or at which place, and nothing else: times, ages, counts, ranks, names of periods.

Patterns run over `folded()` text, of labels and of lines that are short.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.parsers.blocks_words import folded

_TIME = re.compile(
    r"""^(?=.*\d)\W*(?:(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so
        |(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend
        |(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo
        |(?:lune|marte|mercole|giove|vener)d[ìi]|sabato|domenica|(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?
        |(?:maan|dins|woens|donder|vrij|zater|zon|man|tirs|ons|tors|fre|l[øö]r|s[øö]n|m[åa]n|tis)dag)\.?,?\s+)?(?:
    (?:\d{4}[-./年년]\s?)?\d{1,2}[-./月월]\s?\d{1,2}(?:[日일.]
        |[-./]\d{2,4})?\.?,?\s*(?:\(?[月火水木金土日월화수목금토일]\)?)?
        \s*(?:(?:at|um|à|a\ las|kl\.?|klo|오전|오후|午前|午後)?\s*\d{1,2}[:時시h.]\s?\d{0,2}(?:分|분
        |:\d{2})?)?\s*(?:[ap]\.?m\.?|uhr|기준|更新|配信|公開)?
    | (?:오전|오후|午前|午後)?\s*\d{1,2}\s?[:時시h]\s?\d{0,2}(?:분|分|:\d\d)?\s*(?:[ap]\.?m\.?|uhr|기준
        |更新)?\s*(?:gmt|utc|bst|c?es?t|[ecmp][sd]t|[kj]st|wib|ist|msk)?(?:[,\s]*(?:ago|today
        |heute|hoy))?
    | \d+\s*(?:초|분|시간|일|주|개월|달|년|秒|分|時間|小时|小時|分钟|分鐘|日|天|週間|周|か月|カ月|ヶ月|个月|個月
        |年)\s*(?:전|前|以前)
    | \d+\s*(?:s|m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?|std\.?|stunden?|tage?n?|minuten?
        |wochen?|jours?
        |heures?|horas?|días?|dias?|ore|giorni|minuti|uur|dagen|godz\w*|dni|час\w*|мин\w*|дн\w*|jam|menit|hari)\.?
        \s*(?:ago|önce|temu|назад|yang\ lalu|lalu|geleden|siden|sedan|fa|atrás)?
    | (?:vor|il\ y\ a|hace|há|pirms|prije|πριν|pre|před)\s+(?:\d+|einer?m?|un[ae]?)\s*\S{1,10}
    | (?:\d{1,2}\.?\s+(?:de\s+)?)?(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|out|nov|dec|dez|ene|abr
        |ago|set|dic|fév|avr|juin|juil|août
        |déc|gen|mag|giu|lug|ott)[a-zéûäçãâ]{0,7}\.?\s*(?:\d{1,2}(?:st|nd|rd|th)?,?\s*)?(?:de\s+)?(?:\d{4})?
        (?:[,\s]+(?:at|um|à)?\s*\d{1,2}[:.h]\d{2}\s*(?:[ap]\.?m\.?)?)?
    )\W*$""",
    re.VERBOSE,
)
_DAY = re.compile(
    r"""^\W*(?:[^\W\d_]{2,12}\W+)?\d{1,2}\.?\s+(?:
    ιανουαρ|φεβρουαρ|μαρτ|απριλ|μαΐ|μαϊ|ιουν|ιουλ|αυγουστ|αυγούστ|σεπτεμβρ|οκτωβρ|νοεμβρ|δεκεμβρ
    |янв|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|януар|юни|юли|септември
    |січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листопад|груд
    |stycz|lutego|marca|kwie|maja|czerw|lipca|sierp|wrze|paźdz|grudnia
    |ledna|února|března|dubna|května|června|července|srpna|září|října|prosince
    |siječ|velja|ožuj|trav|svib|lipn|srpn|kolovoz|rujn|studen|ocak|şubat|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim
    |kasım|aralık|ianuar|februar|martie|iunie|iulie|septembr|octombr|noiembr|decembr
    |يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر
    |ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר|ב(?:ינואר|נובמבר|דצמבר)
    )[^\W\d_]{0,8}\W*(?:\d{4}\W*)?$""",
    re.VERBOSE,
)
_COUNT = re.compile(
    r"""^\W*(?:[\d.,]+\s*(?:k|m|천|만|万|тыс\.?)?\s*(?:views?|reads?|shares?|comments?|likes?|kommentare?
        |commentaires?|comentarios?|commenti|vues?|visitas?|lectures?|aufrufe|회|건|개|명|件|次|人|回|再生|просмотр\w*
        |комментари\w*|visninger|görüntüleme|okunma|postings?|beiträge|lectures|lezers|reacties|kommentarer|komentarzy
        |komentářů|hozzászólás|mal\ gelesen)?
    |(?:조회수?|댓글|추천|views?|comments?|閲覧|コメント)\s*:?\s*[\d.,]+\s*(?:회|건|개|명|件)?)\W*$""",
    re.VERBOSE,
)


@lru_cache(maxsize=4096)
def is_aside(text: str) -> bool:
    """Whether a text is only a time, an age or a count."""
    return len(text) <= 40 and (text == "" or is_time(text) or bool(_COUNT.match(folded(text))))


def is_time(text: str) -> bool:
    """Whether a text is only a time of day, a date or an age: "7 hours ago"."""
    return len(text) <= 40 and (bool(_TIME.match(text := folded(text))) or bool(_DAY.match(text)))


_RANK = re.compile(r"^\W*(?:no\.?\s*|공동\s*|第)?\d{1,3}\W*(?:위|位|名|°|º|st|nd|rd|th)?\W*$")


def is_rank(text: str) -> bool:
    """Whether a text is only a place in a list: "1", "3위", "第2位"."""
    return len(text) <= 12 and bool(_RANK.match(folded(text)))


_PERIOD = re.compile(
    r"""^\W*(?:
    (?:last\ |past\ |this\ |the\ )?(?:\d+\s*)?(?:now|today|yesterday|day|days|daily|hours?|h|week|weekly|month
        |monthly|year|yearly|all[- ]?time|ever)
    | (?:실시간|일간|주간|월간|오늘|어제|이번\s?주|지난\s?주|\d+\s*(?:시간|일|주|개월)|전체|종합|기사|영상|포토
        |뉴스|댓글|추천)
    | (?:今日|きょう|昨日|きのう|本日|今週|今月|週間|月間|日間|デイリー
        |(?:この|直近)?\d+\s*(?:日間|時間|週間|[カかヶ]月)
        |ウィークリー|マンスリー|総合|リアルタイム|今天
        |昨天|本[周週]|本月|日榜|周榜|月榜|一[周週]|日|周|月|\d+小[时時])
    | (?:heute|gestern|tag|woche|monat|jahr|\d+\s*(?:tage|stunden|std|h))
    | (?:aujourd'?hui|hier|jour|semaine|mois|24\s*h(?:eures)?|\d+\s*jours)
    | (?:hoy|ayer|d[íi]a|semana|mes|m[êe]s|hoje|ontem|\d+\s*(?:horas?|d[íi]as?)|[uú]ltimas?\s.{1,14}|oggi|ieri
        |giorno|settimana|mese)
    | (?:vandaag|dag|week|maand|i\ ?dag|i\ ?g[åa]r|d[øy]gn|uke|uge|m[åa]ned|vecka|m[åa]nad|t[äa]n[äa][äa]n
        |p[äa]iv[äa]|viikko
        |kuukausi|dzi[śs]|dzie[ńn]|tydzie[ńn]|miesi[ąa]c|dnes|t[ýy]den|m[ěe]s[íi]c|сегодня|день|неделя|месяц
        |за\ .{1,12}|сутки|сьогодні|тиждень|місяць|добу|اليوم|الأسبوع|الشهر|היום|השבוע|החודש|आज|सप्ताह|महीना|วันนี้
        |สัปดาห์|เดือน|bug[üu]n|g[üu]n|hafta|ay|hari\ ini|minggu|bulan|hôm\ nay|tuần|tháng|\d+\ jam)
    )\W*$""",
    re.VERBOSE,
)


def is_period(text: str) -> bool:
    """Whether a text names a span of time, as the tabs of a ranking do."""
    return len(text) <= 30 and bool(_PERIOD.match(folded(text)))
