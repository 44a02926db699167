"""Lines that stand in an article and are none of it: bylines, dates, credits, copyright, tip-offs, "read also".

Patterns are words of the trade in the languages of news pages, tried only on short lines.
"""

from __future__ import annotations

import re

from crawler.parsers.dates import MODIFIED, PUBLISHED
from crawler.parsers.noise_calls import ABOUT, MORE, offers
from crawler.parsers.text import caseless, has_cjk, holds, letters, parts

MAX_NOISE = 420
_MAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"

_COPYRIGHT = caseless(
    r"무단\s?(?:전재|복제|배포|도용)|저작권자|재배포\s?금지|無断(?:転載|複製)|転載(?:を)?禁|禁止转载|版权(?:所有|"
    r"归)|未经.{0,8}(?:授权|许可)|"
    r"all rights reserved|alle rechte vorbehalten|tous droits r[ée]serv|(?:todos los derechos|"
    r"todos os direitos) reservados|tutti i diritti riservati|"
    r"wszelkie prawa zastrzeżone|alle rett(?:igheter|igheder)|alla rättigheter|kaikki oikeudet|"
    r"alle rechten voorbehouden|"
    r"všechna práva|všetky práva|toate drepturile|minden jog fenntartva|sva prava|tüm hakları|все права защищены|"
    r"всі права захищені|всички права|με επιφύλαξη|جميع الحقوق|حقوق النشر|כל הזכויות|सर्वाधिकार|hak cipta|"
    r"bản quyền|สงวนลิขสิทธิ์|版權所有|未經.{0,8}(?:授權|許可)|著作権|"
    r"riproduzione riservata|prohibida (?:su|la) reproducción|"
    r"may not be published, broadcast|reproduction (?:interdite|"
    r"without)|proibida a reprodução|"
    r"^\W*(?:copyright|ⓒ|©|\(c\))\W",
)
_COPYRIGHT_HINTS = parts(
    "무단", "저작권", "재배포", "無断", "転載", "禁止", "版权", "未经", "reserved", "vorbehalten", "tous droits",
    "reservados", "riservati", "zastrzeżone", "rettigheter", "broadcast", "reprodu", "copyright", "ⓒ", "©", "(c)",
    "rettigheder", "rättigheter", "oikeudet", "rechten", "práva", "drepturile", "fenntartva", "prava", "hakları",
    "права",    "επιφύλαξη", "حقوق", "זכויות", "सर्वाधिकार", "hak cipta", "bản quyền", "ลิขสิทธิ์", "版權", "未經", "著作権",
    "riservata", "prohibida",
)  # fmt: skip
_CREDIT = caseless(
    r"^\W*(?:file )?(?:photo(?:graph)?s?|photo credit|pictured?|picture credit|image(?:s| credit| source)?|"
    r"credits?|foto(?:s|graf(?:ie)?|graaf)?|bild(?:er|quelle|nachweis)?|quelle|"
    r"cr[ée]dits?(?: photo)?|fotograf[ií]a|imagen|imagem|zdjęcie|fot|kuva|사진|写真|画像|図|图|图片|圖|source|"
    r"fonte|fuente|bildtext|foto(?:gr[aá]f(?:o|í|ie)?)?|fénykép|kép|zdroj|fotka|slika|izvor|φωτογραφία|πηγή|фото|"
    r"снимка|источник|джерело|світлина|صورة|المصدر|صور|צילום|קרדיט|फोटो|स्रोत|ảnh|nguồn|ภาพ|ที่มา|kaynak|fotoğraf|"
    r"valokuva|lähde|kilde|källa|bron|(?:borító|nyitó|cím)kép|titelbild|coverfoto|照片|图源|圖源|来源|來源|攝影|摄影|翻攝|提供|撮影|出典|"
    r"video|screenshot|collage|grafik|ophavsret)"
    r"\s*(?:(?:by|von|de|di|credit|courtesy|via)\b|[:：=/©|]).{0,120}$|"
    r"^[\[(<【]\s*(?:사진|출처|자료|그래픽|화면\s?(?:출처|제공)|영상\s?(?:취재|편집|제공)|촬영|자막|vj|photo|foto|image|写真|図)[^\])>】]{0,80}[\])>】]$|"
    r"^\W?(?:촬영(?:기자)?|영상(?:취재|편집)?(?:기자)?|그래픽|자막|디자인|VJ|CG)\s?[=:：/ㅣ|]\s?[가-힣\s,/:·ㅣ|]{2,60}$|"
    r"^\W?(?:사진|자료|출처)\s?[=:]\s?\S.{0,60}$|^.{0,60}(?:제공|캡처)\s?$|"
    r"^.{0,80}[（(](?:(?:出典|写真|画像|提供|撮影|資料|図|圖|图|照片|圖片|图片|图源|圖源)\s?[：:＝=／/][^（）()]{1,40}|[^（）()]{1,24}(?:攝|摄|供图|供圖|翻攝))[）)]$|"
    r"^.{4,60}(?:视频截图|網路截圖|网络截图|资料图|資料圖|受访者供图|示意图|示意圖)$|^(?:写真|画像)を?拡大(?:する)?$",
)
_CREDIT_TAIL = caseless(
    r"(?:^|\W)(?:©|ⓒ|(?:photo|foto|fotos|bild|bildrechte|bildquelle|ảnh|crédito|credit|image|imagen|imagem|"
    r"quelle|source|사진)\s*(?:credit|by)?\s?[:=/])\s?[^.!?]{2,60}$",
)
_DESK = caseless(
    r"\W*(?:additional )?reporting by\b|\W*(?:editing|writing|compiled|edited|translated) by\b|"
    r"\W*with (?:\w+ )?(?:reports?|reporting|files|additional reporting) (?:from|by)\b|"
    r"(?:redaktion|übersetzung|schlussredaktion|faktencheck|protokoll|mitarbeit|traducción|traduction|"
    r"vertaling)\s*:|(?:dieses thema im programm|über dieses thema berichtete|sendung)\b|"
    r"\W*image \d+ (?:of|/) \d+|(?:advert|ad|ads|advertisement|anzeige|werbung|publicidad|publicité|publicidade|"
    r"pubblicità|reklam[ae]?|annonse?|mainos(?: päättyy)?|hirdetés|oglasi?|advertentie|inzerce|publicitate|"
    r"реклама|διαφήμιση|إعلان|اعلان|פרסומת|광고|広告|广告|PR)\W*$|"
    r"try refreshing your browser|"
    r"(?:(?:웹사이트|홈페이지|website|公式サイト|网址)\s?[:：]\s?)?https?://\S+$|"
    r"(?:tags?|categor(?:y|ies|ía|ia)s?|keywords|topics|filed under|"
    r"kategorie|schlagworte)\s*:?\s|posted (?:in|by)\b|"
    r"hat ihnen dieser artikel gefallen|dieser artikel (?:ist|erschien) (?:zuerst|eine übersetzung)|"
    r"(?:article|story) continues (?:after|below)|der artikel (?:wird nach|geht nach)|la suite après|"
    r"lire la suite après|"
    r"(?:artikeln|artiklen|artikkelen|teksten|saken) (?:fortsätter|fortsætter|fortsetter)|"
    r"(?:artikel|tekst|verhaal) gaat verder|"
    r"(?:dalsza część|ciąg dalszy) .{0,24}pod|pokračování .{0,16}pod|članak se nastavlja|tekst se nastavlja|"
    r"cikkünk a hirdetés|"
    r"haberin devamı|sigue (?:leyendo )?después|continúa (?:leyendo )?después|continua (?:após|depois)|"
    r"l.articolo (?:continua|prosegue)|"
    r"articolul continuă|juttu jatkuu|продолжение после рекламы|продовження після реклами|"
    r"(?:you can )?(?:reach|e-?mail) (?:reporter |the reporter |\w+ )[^.]{0,40} at \S|editor\s?:|/[a-z]{2,5}\W*$|"
    r"scroll (?:to|untuk) (?:continue|resume|lanjut|membaca)|gulir (?:ke bawah|untuk)|"
    r"(?:simak|tonton|saksikan) (?:juga )?video\b|"
    r"\[(?:gambas|video|foto|gallery|embed)\s?:[^\]]{0,40}\]$|\([a-z]{2,5}(?:/[a-z]{2,5}){0,3}\)$|"
    r"\([\w-]{3,20}\.(?:com|id|co\.id|net)[/,\s][^()]{2,40}\)$|[^\W\d_][\w .,]{2,28}\s[-–—]$|"
    r"originally published|a version of this article|een versie van dit artikel|"
    r"this article (?:was )?(?:first|originally) (?:appeared|published)|as an amazon associate",
)
_DESK_ANYWHERE = caseless(
    r"contributed to this (?:report|story|article|post)|video has failed to load|back to video$|publicado por|"
    r"(?:читайте|подпис|слідкуй|підпис|kövess|iratkozz|takip|abone|śledź|sledujte|urmări|abona|пратете|последвай|следете|"
    r"ακολουθ|עקבו|הצטרפו|تابع|اشترك|ikuti|theo dõi|ติดตาม).{0,60}(?:telegram|телегра|facebook|фейсбук|viber|instagram|"
    r"whatsapp|youtube|google|teleg|טלגרם|واتساب|تليغرام)|syndicated feed|has not been edited by|"
    r"abgelegt unter|if you (?:buy|purchase) .{0,60}commission",
)
_DESK_HINTS = parts(
    "contributed", "video", "publicado", "abgelegt", "if you ", "syndicated", "edited by", "telegr", "телегр",
    "facebook", "фейсбук", "viber", "instagram", "whatsapp", "youtube", "google", "טלגרם", "واتساب", "تليغرام",
)  # fmt: skip
_TAIL_HINTS = parts("©", "ⓒ", ":", "=", "/")
_AGENCIES = parts(
    "getty images", "shutterstock", "picture alliance", "picture-alliance", "imago images", "imago/", "unsplash",
    "pixabay", "istock", "alamy", "ap photo", "afp via", "via reuters", "/reuters", "/afp", "/dpa", "/epa", "wikimedia",
)  # fmt: skip
_MAIL_ONLY = re.compile(
    rf"^[\[(<【■▶◆◎☞※/\s]*(?:[\w가-힣()=·/ㆍ,\s]{{0,60}}?)(?:기자|특파원|논설위원|편집위원|통신원|앵커|"
    rf"리포터)?\s*[|ㅣ/·,=(<\[:]*\s*{_MAIL}[\])>】\s.]*$",
    re.I,
)
_ROLE = re.compile(r"(?:기자|특파원|논설위원|편집위원|앵커|통신원)\s*[\])>】=.]*\s*$")
_JAPANESE = re.compile(
    r"[（(【\[［]?[\u3041-\u30ff\u4e00-\u9fff々・ー、\s]{2,20}(?:記者|特派員|通信員|論説委員|編集委員)[)）】\]］]?$"
)
_ADDRESS = re.compile(_MAIL)
_KOREAN_NAME = re.compile(
    r"(?:(?:사진|글|영상|정리|그래픽)\s?[=:·/]\s?)?[가-힣]{2,4}\s?(?:\S{2,4})?(?:기자|특파원|PD|앵커)"
)
_NOT_SIGNATURE = re.compile(r"[^\s\w가-힣·/,.|=\[\](){}<>【】■▶◆&'’ㅣ-]")
_BY = caseless(r"(?:by|von|par|por|door|av|af|di|text|texte|texto|reported by|written by|writing by)[:\s]\s*(?=\S)")
_SMALL_WORDS = frozenset(
    (
        "and",
        "und",
        "et",
        "y",
        "e",
        "en",
        "og",
        "och",
        "de",
        "da",
        "do",
        "dos",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "di",
        "del",
        "bin",
        "al",
        "&",
        "in",
    )
)
_TIP = re.compile(
    r"제보(?:를|는|로\s|하기|\s?전화|\s?받|\W|$).{0,80}|카카오톡.{0,40}(?:검색|채널|친구)|^(?:카카오톡|카톡|이메일|팩스)\s?[:：]|카톡\s?(?:채팅|상담)|(?:구독|"
    r"좋아요).{0,20}(?:눌러|부탁|하기)|기자가\s?쓴\s?기사|"
    r"네이버.{0,12}(?:구독|채널|메인)|^\W*[끝完]\W*$|"
    r"기사\s?원문|기사제공|▶.{0,60}(?:바로가기|구독|보기|기사)|\[?(?:관련\s?기사|인기\s?기사|주요\s?뉴스)\]?$|"
    r"기자의?\s?(?:다른|최신)\s?기사|더보기\s*\+?$|"
    r"(?:友だち|友達)追加|^이\s?기사(?:에\s?대해|를|가)\s.{0,24}(?:생각|어떠|좋|추천|마음)|^음성\s?(?:재생|으로)\s?.{0,6}$|"
    r"^기사\s?(?:공유|저장|스크랩|듣기).{0,6}$|"
    r"平台声明|免责声明|免責聲明|风险提示|^(?:特别|特別)(?:声明|聲明|提示)[:：]|仅提供信息存储|"
    r"^\W*(?:(?:责任|責任|图片|圖片|版面|文字|视频|影音|本文|执行|核稿)?(?:编辑|編輯)|原标题|来源|來源|责编|校对|校對|审核|監製|监制|关键[字词]|關鍵[字詞])\s?[:：]|"
    r"^分享(?:到|至|给|給).{0,20}$|^[听聽](?:全文|报道|報導|新闻|新聞)$|[Aa][Pp][Pp].{0,12}(?:体验|體驗|下载|下載|打开)|(?:尽在|盡在).{0,16}APP|"
    r"^[★☆※◎►].{0,40}提醒您|^返回.{1,10}[，,]?\s?查看更多$|"
    r"^本文(?:来自|來自|转自|轉自|系|首发|首發|经|原载).{0,60}(?:授权|授權|发布|發布|转载|轉載|首发)|"
    r"^[\u4e00-\u9fff]{2,8}[／/][\u4e00-\u9fff、]{2,16}(?:報導|报道|報道|整理|編譯)$|"
    r"^請?[继繼][续續]往下[阅閱][读讀]|(?:點我|按我)(?:下載|看)|"
    r"^[（(【〔]?[\u4e00-\u9fff]{0,10}(?:记者|記者)\s?[|｜:：]?\s?[\u4e00-\u9fff、\s]{2,24}(?:[／/].{0,14}(?:報導|报道|報道|[電电]))?\s?[）)】〕]?$|"
    r"(?:下載|下载).{0,4}(?:APP|客户端|客戶端)",
)
# When something is to be, among the facts of an announcement.
_FACT = re.compile(r"\W*(?:일\s?시|날짜|기간|접수|신청|모집|日\s?時|期間|会期|時間|日期)\s?[:：]")
_DATELINE = caseless(
    r"^\W*(?:(?:first\s+|last\s+)?(?:published|posted|updated?|modified|created|veröffentlicht|publiziert|"
    r"erstellt|aktualisiert|stand|publi[ée]e?|publicado|atualizado|actualizado|"
    r"mis à jour|pubblicato|aggiornato|opublikowano|aktualizacja|julkaistu|publicerad|publisert|yayın|입력|기사\s?입력|"
    r"수정|최종\s?수정|승인|등록|公開|更新|掲載|配信|発行|发布|时间|datum|date|data|fecha)"
    r"\W{0,4}\s*(?:on|at|am|le|el|em|il|:|：)?\s*)?.{0,30}?(?:\d{1,4}[./\-년年]\s?\d{1,2}[./\-월月]\s?\d{1,4}|"
    r"\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?\d{4}|[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4}).{0,60}$|"
    r"^\W*(?:updated?|stand|published|posted|last updated)\b.{0,4}(?:at\s)?.{0,20}\d{1,2}[:.]\d\d.{0,30}$",
)
_DIGIT = re.compile(r"\d")


def _closed(text: str) -> bool:
    """Whether a line ends as a sentence does, not as an hour does."""
    return text.endswith((".", "다.", "。")) and not text.endswith((".m.", "Uhr."))


def _is_signed_often(text: str) -> bool:
    """Whether a line is names, roles and addresses of two or more, and nothing else."""
    names = _KOREAN_NAME.sub("", _ADDRESS.sub("", text))
    return names != text and len(letters(names)) <= 2


def _is_signature(text: str, lower: str) -> bool:
    """Whether a short line is a byline: "홍길동 기자", "By Jane Doe and John Roe"."""
    if len(text) < 60 and not text.isascii() and _ROLE.search(text) and not _NOT_SIGNATURE.search(text):
        # "[앵커]" alone says who speaks next.
        return len(text.split()) <= 6 and letters(text) not in ("앵커", "기자", "리포터")
    if len(text) < 40 and _JAPANESE.match(text):
        return True
    found = _BY.match(lower)
    if not found or text.endswith((".", "?", "!", ":")):
        return False
    words = text[found.end() :].replace(",", " ").split()
    return 1 <= len(words) <= 9 and all(word.lower() in _SMALL_WORDS or word[0].isupper() for word in words)


def is_noise(text: str, linked: float) -> bool:
    """Whether a line of an article's container is no paragraph of it. `linked` is the share of it inside links.

    >>> is_noise("홍길동 기자 hong@example.com", 0), is_noise("Photo: A. Person / Agency", 0), is_noise("It rained.", 0)
    (True, True, False)
    """
    if len(text) > MAX_NOISE:
        return False
    size = len(text)
    lower = text.lower()
    if size < 300 and holds(lower, _COPYRIGHT_HINTS) and _COPYRIGHT.search(lower):
        return True
    if size < 160:
        if _CREDIT.match(lower) or _is_signature(text, lower) or ABOUT.match(lower) or _DESK.match(lower):
            return True
        if has_cjk(text) and _TIP.search(text):  # its words are Korean and Chinese
            return True
        if holds(lower, _DESK_HINTS) and _DESK_ANYWHERE.search(lower):
            return True
        if holds(lower, _TAIL_HINTS) and not text.endswith((".", "!", "?", ".”", "。")) and _CREDIT_TAIL.search(lower):
            return True
        if "@" in text and (_MAIL_ONLY.match(text) or _is_signed_often(text)):
            return True
        if size < 130 and holds(lower, _AGENCIES) and not text.endswith((".", "!", "?")):
            return True
        if size < 130 and _DIGIT.search(text):
            if not _closed(text) and _DATELINE.match(lower) and not _FACT.match(text):
                return True
            if PUBLISHED.match(lower) and MODIFIED.search(lower):
                return True
    if (linked > 0.2 or size < 60 or text.endswith(":")) and MORE.match(lower):
        return True
    if size > 250 and linked <= 0.25:
        return False
    called = offers(lower)
    return called > 1 or (called == 1 and (linked > 0.25 or size < 110))
