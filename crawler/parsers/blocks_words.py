"""The words of many languages that tell blocks apart: popularity, "more", times, controls, boxes that list no news.

All patterns run over `folded()` text. They are matched against headings and labels only, which are short.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.parsers.text import holds


def folded(text: str) -> str:
    """Text for comparing with the vocabulary: NFKC, lower case, single spaces.

    >>> folded("  MOST  Read ")
    'most read'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split()).lower()


@lru_cache(maxsize=8192)
def weight(text: str) -> int:
    """How much a text says: letters and digits, a CJK character or Hangul syllable counting for two.

    >>> weight("Most read"), weight("인기기사"), weight(" - ")
    (8, 8, 0)
    """
    letters = sum(map(str.isalnum, text))
    return letters if text.isascii() else letters + len(text) - len(_WIDE.sub("", text))


_WIDE = re.compile(r"[\u1100-\u11ff\u3041-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f]")


# What a list ordered by its readers is called. A number, "hot" or "top stories" alone claims no popularity.
POPULAR = re.compile(
    r"""
    \bmost[- ]?(?:\w+[- ]){0,2}?(?:read|view(?:ed|s)|popular|shared?|watched|comment(?:ed|s)|discussed|listened
        |clicked|liked|emailed
        |e-mailed|recommended|searched|visited|played|streamed|trending|seen|engaged|active|talked)\b
    | \bmost\ (?:read|popular|viewed|shared|watched)
    | \b(?:popular|trending)\b(?!\ (?:topics?|tags?|searches|categories|now\ on\ twitter|sections?|links))
    | \b(?:top|best)[- ](?:read|viewed|shared|ranked|rated|posts?|10\ stories|ten\ stories|clicks?)\b
    | \btop\ (?:posts|reads)\b | \bweek'?s\ top\b | \branking\b | \bwhat'?s\ trending | \bbest[- ]?read
    | \bpeople\ are\ reading | \beveryone'?s\ reading | \breaders'?\ favou?rites?\b | \bviewers'?\ favou?rites\b
    | \bmeist(?:\w*\W?)?(?:gelesen|geklickt|gesehen|geh(?:ö|oe)rt|kommentiert|diskutiert|geteilt|gesucht|besucht
        |empfohlen|aufgerufen|bewertet|abgerufen)
    | \bam\ (?:meisten|h(?:ä|ae)ufigsten)\ (?:ge|be|kom|dis)\w+ | \bbeliebt(?:este|e)?\b | \bpopul(?:ä|ae)r(?:e
        |ste)?\b | \bviel\ gelesen | \btop[- ]?(?:10|ten)\b | \btopthemen\ der\ leser
    | \bviel(?:gelesen|diskutiert|geklickt)
    | \bles?\ plus\ (?:lus?|vus?|partag|comment|popul|consult|écout|ecout|récent\ et\ popul|lues?|regard|cliqu
        |appréci|suivi)\w*
    | \b(?:articles?|vid[eé]os?|actus?|infos?|contenus?)?\ ?les?\ \+\ (?:lus?|vus?|partag|comment)\w* |
        \bplus\ (?:lus?|vus?|lues|vues|populaires|partagés|consultés|commentés|écoutés)\b
    | \bpopulaires?\b | \btop\ des\ (?:articles|lectures|ventes)
    | \bm[áa]s\ (?:le[ií]d|vist|comentad|compartid|popular|buscad|escuchad|votad|valorad|reproducid|votad|le[ií])\w*
    | \bmais\ (?:lid|vist|comentad|compartilhad|popular|acessad|ouvid|buscad|partilhad)\w*
    | \bpopulares\b | \btend[eê]nci?as?\b$ | \bmés\ (?:llegi|vist|comentat|popular)\w* | \bm[áa]is\ (?:lid|vist)\w*
    | \bpi[uù]'?\ (?:lett|vist|condivis|commentat|popolar|cliccat|ascoltat)\w* | \bpopolari\b
    | \bmeest(?:e)?\ ?(?:gelezen|bekeken|gedeeld|populair|besproken|beluisterd) | \bpopulair\w*
    | \bmest\ ?(?:l(?:æ|a|ä|e)s\w*|set\w*|sett\w*|delt\w*|kommenter\w*|populær\w*|popul(?:ä|a)r\w*|visa\w*|delad\w*
        |klick\w*|klikk\w*|sedda?|lyss?n\w*|omtal\w*|diskuter\w*)
    | \bpopulær\w* | \bpopulär\w* | \bmest\ lesi\w* | \bvinsæl\w*
    | \bluetuimm\w* | \bluetuin\w* | \bkatsotuimm\w* | \bsuosituimm\w* | \bkommentoiduimm\w* | \bjaetuimm\w* |
        \bkuunnelluimm\w*
    | \benim\ (?:loetud|vaadatud|kommenteeritud) | \bloetuima\w* | \bloetumad | \bpopulaarse\w* | \bpopulārāk\w* |
        \blasītāk\w* | \bskaitom(?:iaus|iausi)\w* | \bpopuliariausi\w*
    | \bnaj(?:częściej|chętniej|bardziej)\ (?:czytan|oglądan|komentowan|klikan|udostępnian|słuchan|popularn)\w* |
        \bnajpopularniejsz\w* | \bpopularne\b | \bnajczytaniej\w*
    | \bnej(?:čtenějš|sledovaněj|prohlížen|oblíben|komentovan|diskutovan)\w* | \bnajčítan\w* | \bnajsledovan\w* |
        \bnajobľúben\w* | \bnejpopulárn\w* | \bnajpopulárn\w*
    | \bnaj(?:čitan|gledan|popularn|komentiran|kliknut|brani)\w* | \bnajpopularnij\w* | \bнај(?:читан|гледан|попул
        |коментар)\w* | \bнай[- ]?(?:четен|гледан|попул|комент|коменти)\w*
    | \blegolvasott\w* | \blegnépszerűbb\w* | \blegtöbbet\ (?:olvas|néz|megoszt)\w* | \bolvasott(?:ság|abb)\w* |
        \bnépszerű\w*
    | \bcele\ mai\ (?:citite|vizualizate|populare|accesate|comentate|apreciate|vazute|văzute) | \bcele\ mai\ cit\w*
    | \bme\ të\ (?:lexuar|klikuar|shikuar|popullu)\w* | \bmë\ të\ (?:lexuar|klikuar|shikuar|popullu)\w*
    | δημοφιλ\w* | πιο\ (?:διαβασμ|δημοφ|πολυδιαβασμ)\w* | πολυδιαβασμ\w* | περισσότερο\ διαβασμ\w*
    | \bпопулярн\w* | \bсам(?:ое|ые|ая)\ (?:читаем|популярн|обсуждаем|просматриваем)\w* | \bчита(?:емое|ют)\b |
        \bнайпопулярн\w* | \bнайчитан\w* | \bчитают\ сейчас | \bлучшее\ за\b | \bсамое\ важное\ за\ неделю
    | \bпопуларн\w*
    | \ben\ çok\ (?:okunan|izlenen|tıklanan|yorumlanan|paylaşılan|konuşulan|beğenilen)\w* | \bençok\ okunan\w* |
        \bpopüler\b | \bçok\ okunan\w*
    | \bən\ çox\ (?:oxunan|baxılan)\w* | \beng\ ko['ʻ‘]?p\ o['ʻ‘]?qil\w*
    | \bter(?:populer|banyak\ (?:dibaca|dilihat|dikomentari)|laris\ dibaca) | \bpaling\ (?:banyak\ (?:dibaca
        |dilihat|ditonton)|populer|popular|dibaca|dicari) | \bpopuler\b | \bterpopuler\b | \bpilihan\ pembaca\b |
        \btrending\b
    | \bpaling\ ramai
    | \bđọc\ nhiều | \bxem\ nhiều | \bnhiều\ người\ (?:đọc|xem|quan\ tâm) | \bđọc\ nhiều\ nhất | \bphổ\ biến\ nhất
        | \btin\ xem\ nhiều | \bđược\ quan\ tâm
    | \bpinaka(?:basa|popular|binabasa) | \binazosomwa\ zaidi | \bzilizosomwa\ zaidi
    | الأكثر\ (?:قراءة|قراءه|مشاهدة|مشاهده|تعليقا|شعبية|رواجا|تداولا|مشاركة|زيارة|تفاعلا|انتشارا|بحثا) |
        الاكثر\ \w+ | الأكثر\ \w+ | الأعلى\ (?:قراءة|مشاهدة)
    | پربازدید\w* | پر\ بازدید\w* | پربیننده\w* | پرمخاطب\w* | محبوب‌?ترین\w* | داغ‌?ترین\w* | پرخواننده\w*
    | سب\ سے\ زیادہ\ پڑھ\w* | مقبول\ ترین
    | הנקרא(?:ות|ים)\w* | הנצפ(?:ות|ים|ית)\w* | נצפים\ ביותר | נקרא(?:ות|ים)\ ביותר | הכי\ נקרא\w* | הפופולרי\w* |
        פופולרי\w*
    | सबसे\ (?:ज्यादा|ज़्यादा|अधिक)\ (?:पढ़|देख|लोकप्रिय)\w* | लोकप्रिय | सर्वाधिक\ (?:पढ़|पठित|लोकप्रिय)\w* |
        ट्रेंडिंग | সর্বাধিক\ (?:পঠিত|পড়া|দেখা)\w* | সবচেয়ে\ (?:পঠিত|জনপ্রিয়)\w* | জনপ্রিয়
    | அதிகம்\ (?:படி|வாசி|பார்)\w* | பிரபலமான\w* | ఎక్కువ\ (?:మంది\ )?చదివ\w* | అత్యధికంగా\ చదివిన
    | ยอดนิยม | อ่านมากที่สุด | คนอ่านมาก | ข่าวฮิต | ยอดฮิต | ხშირად\ წაკითხ\w* | პოპულარული\w* |
        ყველაზე\ (?:კითხვადი|პოპულარული)\w* | ամենաընթերց\w* | ամենադիտ\w*
    | (?:많이|가장)\s*(?:많이\s*)?(?:본|읽은|읽는|찾은|공유|클릭|보는|검색|들은|추천)(?!\s*(?:나라|지역)) |
        많이\s*본 | 가장\s*많이 | 많이본 | 많이읽은 | 많이\s*읽
    | 인기\s*(?:기사|뉴스|글|콘텐츠|컨텐츠|영상|동영상|칼럼|포토|만화|검색|순위|순|급상승|게시물|포스트|top|많은) |
        ^인기$ | ^실시간\s*인기 | 인기\s*(?:top|best) |
        ^(?:일간|주간|월간)\s*인기 | 인기\s*(?:있는|높은)
    | 랭킹 | (?:조회수?|추천|공감|댓글)\s*(?:많은|순|top|best|랭킹|순위|수) | 댓글이?\s*(?:많은|핫|기사) | ^(?:추천
        |댓글|공감|조회)\s*기사$ |
        베스트\s*(?:클릭|뉴스|기사|조회) | best\s*(?:클릭|뉴스|기사|click|news) | 핫\s*클릭 | 뉴스\s*top\s*\d |
        주간\s*(?:베스트|best) |
        조회\s*순위 | 열독\s*(?:률|순위)
    | 급상승 | 화제의\s*(?:뉴스|기사)\s*top | 실시간\s*(?:인기|랭킹|순위) | top\s*10\s*뉴스 | 시선집중\s*top |
        독자\s*인기 | 많이\s*찾는
    | ランキング | (?:よく|多く|最も|いま|今)\s*(?:読まれ|見られ)\w* | 読まれて(?:い)?る | 読まれています |
        人気の?(?:記事|ニュース|動画|コンテンツ|コラム|ワード|エントリ|連載
        |投稿|まとめ|の記事) | ^人気$ | アクセス数 | アクセストップ | アクセス(?:ベスト|top) | 人気記事 | 注目度 |
        閲覧数 | 話題の記事 | よく見られて | 急上昇
    | 排行榜? | 热门(?:文章|新闻|阅读|点击|排行|推荐|资讯|评论|视频) | 熱門(?:文章|新聞|閱讀|點閱|排行|推薦|點擊
        |影音|話題) | 人氣(?:文章|新聞|排行|點閱|報導|影音)? |
        人气(?:文章|新闻|排行|榜)? | 点击(?:排行|榜|量|最多|热) | 點擊(?:排行|率|最多) | 點閱(?:排行|率) |
        阅读(?:排行|榜|最多) | 閱讀(?:排行|榜|最多) |
        最多(?:人)?(?:阅读|閱讀|点击|點擊|浏览|瀏覽|看|人看|分享) | 浏览(?:排行|最多) | 瀏覽(?:排行|最多) | 热(?:文
        |点|读|榜|搜)(?:排行|榜|排名)? | 熱(?:文|讀|榜
        |搜)(?:排行|榜|排名)? | 最受欢迎 | 最受歡迎 | 最热(?:新闻|文章|评论)? | 最熱(?:新聞|文章)? | 熱門$ | 排名 |
        大家都在看 | 即時熱門 | 本(?:周|週|月)热门 |
        24小时热 | 48小时(?:点击|阅读)
    """,
    re.VERBOSE,
)

# No match of the above is without one of these, or one of the scripts below.
_HINTS = (
    "most|popul|trend|tendenc|tendênc|top|best|rank|reading|favo|meist|ufigsten|beliebt|viel|plus|les +|"
    "les  +|más |mas |mais |més |máis |meest|mest|vinsæl|popol|popüler|populer|più|piu|uimm|luetuin|"
    "enim loe|enim vaa|enim kom|loetum|loetuim|lasītāk|skaitom|naj|nej|нај|най|olvas|népszer|legtöbb|"
    "cele mai|me të|më të|πιο|δημοφιλ|διαβασμ|попул|самы|само|сама|чита|лучш|en çok|ençok|çok okun|ən çox|"
    "eng ko|terpop|terbanyak|terlaris|paling|pilihan|nhiều|phổ|quan tâm|pinaka|zaidi|많이|가장|인기|"
    "랭킹|조회|추천|공감|댓글|베스트|클릭|뉴스 top|뉴스top|열독|급상승|화제|실시간|시선|독자|많은|"
    "ランキング|読まれ|見られ|人気|アクセス|注目度|閲覧|話題|急上昇|排行|热|熱|人氣|人气|点击|點|阅读|"
    "閱讀|最|浏览|瀏覽|排名|大家都在看"
).split("|")
_SCRIPTS = re.compile("[\u0530-\u0fff\u10a0-\u10ff]")

# Words near the above that claim something else: tags and topics, league tables, prizes, shops.
NOT_POPULAR = re.compile(
    r"""
    \b(?:trending|popular|hot)\ (?:topics?|tags?|searches|categories|categor\w*|themes?|sections?|keywords?|pages?
        |links|destinations|authors?|products?|brands?|podcasts?)\b
    | \btemas\ populares | \bthèmes\ populaires | \bbeliebte\ (?:themen|kategorien|schlagworte|tags|suchen) |
        \bcategorias?\ populares | \bpopular\ (?:in|categories)\s*$
    | 인기\s*(?:검색|태그|키워드|토픽) | 실시간\s*검색 | 검색어 | 급상승\s*검색 | 人気(?:の)?(?:キーワード|タグ
        |ワード) | 急上昇ワード | 热搜词 | 热门(?:标签|搜索|话题
        |关键词) | 熱門(?:標籤|搜尋|關鍵字|話題|關鍵)
    | \bmost\ popular\ (?:topics|tags|categories|pages)
    | \b(?:university|fifa|atp|wta|world|league|team|player)\ rankings?\b | 득점\s*순위 | 팀\s*순위 | 순위표
    | \bpopul(?:ar)?\ ?vote | \bpower\ rankings?\b
    | (?:popular|trending|beliebt\w*|populär\w*|populaires?|populares?|best
        |top)\W+(?:\d+\W+)?(?:\w+\W+)?(?:shopping|deals?|stocks?|coupons?|gutscheine?|products?|produkte?|produits?
        |productos?|brands?|offers?|angebote?|jobs?|recipes\ for|searches|discussions?\ groups)\b
    | \bim\ preisvergleich | \bcodes?\ promo
    """,
    re.VERBOSE,
)

# The text, or the alternative text of the picture, of a link to a whole list.
MORE = re.compile(
    r"""^\W*(?:
    (?:더\s*보기|더보기|더\s*알아보기|전체\s*보기|전체보기|모두\s*보기|자세히|전체|더\s*많은.*|바로\s*가기
        |목록(?:\s*보기)?|.{1,24}\s*(?:더\s*보기|전체\s*보기
        |더보기|바로가기|모아보기))
    | (?:read|see|view|show|load|browse|explore|find|discover|get)\ (?:more|all|the\ (?:full|complete|whole)
        |full)\b.{0,60}
    | more\b.{0,50} | all\b.{0,40} | (?:全部|すべて|一覧|もっと|更多|查看|看更多|全て)\S{0,14} | .{1,24}ページへ |
        .{1,24}(?:一覧(?:へ|を見る
        |はこちら)?|もっと見る|もっとみる|を見る|をもっと見る|一覧を見る|更多)
    | mehr\b.{0,50} | alle\b.{0,50} | zur?\ (?:übersicht|rubrik|seite)\b.{0,40} | weitere\b.{0,50} | zum?\b.{0,40}
    | voir\b.{0,50} | tou(?:te?s|s)\b.{0,40} | plus\ (?:de\b|d').{0,50} | plus$ | lire\ (?:plus|la\ suite
        |tout)\b.{0,40} | (?:en\ )?savoir\ plus | consulter\b.{0,40}
    | ver\b.{0,50} | m[áa]s$ | m[áa]s\ (?:de|en|not|art|inf|sobre)\w*.{0,50} | mais$ | mais\ (?:de|em|not|sobre
        |not[íi]cias)\b.{0,40} | veja\b.{0,40} | leer\ m[áa]s\b.{0,20} | ler\ mais\b.{0,20} | todas?\b.{0,40} |
        todos\b.{0,40} | ir\ a\b.{0,40} | accede\b.{0,30}
    | altro | altri\b.{0,40} | tutt[ei]\b.{0,40} | vedi\b.{0,40} | leggi\ (?:tutt|anche|di\ pi)\w*.{0,30} |
        vai\b.{0,40} | scopri\b.{0,40}
    | meer\b.{0,40} | bekijk\b.{0,40} | toon\b.{0,40} | lees\ meer.{0,20} | naar\b.{0,40}
    | (?:wi[eę]cej|zobacz|pokaż|wszystkie|czytaj\ więcej)\b.{0,40} | (?:více|další|všechny|zobrazit|viac|ďalšie
        |všetky)\b.{0,40} | (?:više|još|sve|vidi|pogledaj|prikaži|več)\b.{0,40}
    | (?:további|több|összes|tovább|bővebben)\b.{0,40} | (?:vezi|mai\ mult\w*|toate|citește\ mai)\b.{0,40}
    | (?:fler?a?|mer|visa|se\ (?:alla|fler|mer)|läs\ mer|mere|flere|se\ (?:alle|flere|mere)|vis|les\ mer|læs\ mere
        |alle)\b.{0,40} | (?:lisää|näytä|kaikki|katso|lue\ lisää)\b.{0,40} | (?:rohkem|kõik|vaata|loe\ veel)\b.{0,40}
    | (?:ещ[её]|все|вс[её]|больше|смотреть|читать|показать|подробнее|далее|ще|усі|всі|більше|дивитись|читати|още
        |виж|всички|още\ от|више|све)\b.{0,40}
    | (?:περισσότερα|όλα|όλες|δείτε|διαβάστε)\b.{0,40} | (?:daha\ fazla\w*|tümü\w*|tüm|hepsi\w*|devamı\w*
        |diğer)\b.{0,40} | (?:hamısı|daha\ çox|bütün).{0,30}
    | (?:selengkapnya|lihat|lainnya|semua|indeks|index|baca\ (?:selengkapnya|lainnya)|lagi)\b.{0,40} | (?:xem
        |tất\ cả|thêm)\b.{0,30}
    | (?:المزيد|عرض|الكل|اقرأ\ المزيد|شاهد)\b.{0,40} | (?:بیشتر|همه|ادامه|مشاهده)\b.{0,40} | (?:עוד|לכל|הכל|לכתבות
        |כל)\b.{0,40} | (?:और|सभी|सब)\b.{0,30} | (?:আরও|সব|সকল).{0,30} | (?:ดูทั้งหมด|ดูเพิ่ม|อ่านต่อ|ทั้งหมด).{0,20}
    | (?:me\ shum[eë]|më\ shum[eë]|lexo|shiko|të\ gjitha)\b.{0,30}
    | [+＋›»→>≫▶▷⟩]+ | more\s*[+＋›»→>≫]+
    )[\s+＋›»→>≫▶▷…\.!·|\]\)】]*$""",
    re.VERBOSE,
)

# Times of day, dates, ages and counts that stand beside or inside titles.
TIME = re.compile(
    r"""^\W*(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so)[a-zé]*\.?,?\s+)?(?:
    (?:\d{4}[-./年년]\s?)?\d{1,2}[-./月월]\s?\d{1,2}(?:[日일.]
        |[-./]\d{2,4})?\.?,?\s*(?:\(?[月火水木金土日월화수목금토일]\)?)?
        \s*(?:(?:at|um|à|a\ las|kl\.?|klo|오전|오후|午前|午後)?\s*\d{1,2}[:時시h.]\s?\d{0,2}(?:分|분
        |:\d{2})?)?\s*(?:[ap]\.?m\.?|uhr|기준|更新|配信|公開)?
    | (?:오전|오후|午前|午後)?\s*\d{1,2}\s?[:時시h]\s?\d{0,2}(?:분|分|:\d\d)?\s*(?:[ap]\.?m\.?|uhr|기준
        |更新)?(?:[,\s]*(?:ago|today
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
COUNT = re.compile(
    r"""^\W*(?:[\d.,]+\s*(?:k|m|천|만|万|тыс\.?)?\s*(?:views?|reads?|shares?|comments?|likes?|kommentare?
        |commentaires?|comentarios?|commenti|vues?|visitas?|lectures?|aufrufe|회|건|개|명|件|次|人|回|再生|просмотр\w*
        |комментари\w*|visninger|görüntüleme)?
    |(?:조회수?|댓글|추천|views?|comments?|閲覧|コメント)\s*:?\s*[\d.,]+\s*(?:회|건|개|명|件)?)\W*$""",
    re.VERBOSE,
)

# Headings of boxes that hold tools, tags, people, adverts or the site itself.
BOX = re.compile(
    r"""^\W*(?:
    .*\bnewsletters?\b.* | info-?box | .*\bpodcasts?\ app.* |
    (?:share|follow|tags?|topics?|keywords?|comments?|leave\ a\ (?:reply|comment)|newsletters?|subscribe
        |sign\ (?:up|in)|log\ ?in|search|menu|navigation|categories|archives?|about(?:\ us)?|contact(?:\ us)?
        |advertis\w*|sponsored\b.*|weather|cookies?|privacy\b.*|settings?|language|follow\ us\b.*|share\ this\b.*
        |site\ map|services?|company|legal|social(?:\ media)?|download\b.*|apps?|games?|puzzles?|classifieds?
        |quick\ links|useful\ links|connect(?:\ with\ us)?|recommended\ by\b.*|account|my\ account|skip\b.*
        |join\b.*|support\b.*|donate|edition|calendar)
    | (?:teilen|schlagw(?:o|ö)rter?|themen|stichworte?|kommentare?|wetter|anmelden|suche|impressum|anzeige|kontakt
        |folgen\ sie\b.*|rubriken|datenschutz\w*|abo(?:nnement)?s?|service)
    | (?:partager|mots[- ]cl[eé]s?|commentaires?|météo|recherche|rubriques|suivez\b.*|publicité|abonnez\b.*)
    | (?:etiquetas|archivado\ en|temas?|comentarios|comentários|compartir|compartilhar|síguenos\b.*|buscar
        |newsletter|publicidad|secciones|tags?\ .{0,20}|temas\ relacionados|assuntos)
    | (?:tag|argomenti|commenti|condividi|seguici\b.*|cerca|meteo) | (?:tagi|komentarze|szukaj|udostępnij|reklama)
    | (?:공유(?:하기)?|태그|키워드|댓글(?:\s*\d+)?|의견|날씨|알림|로그인|검색|메뉴|패밀리\s?사이트|광고|언어.*
        |글자\s?크기|프린트|스크랩|섹션|전체\s?메뉴|회사\s?소개
        |구독.*|sns.*|뉴스레터.*|네티즌.*|설문.*|지면.*|기자\s?페이지|고객\s?센터|바로가기|퀵\s?메뉴)
    | (?:シェア(?:する)?|タグ|キーワード|関連キーワード|コメント|天気|検索|メニュー|ログイン|広告|フォロー.*
        |関連(?:企業|タグ|ワード).*|公式.*)
    | (?:分享|标签|標籤|关键词|關鍵字|评论|評論|天气|搜索|菜单|登录|公告|广告|廣告|语言|关于我们)
    )\W*$""",
    re.VERBOSE,
)


@lru_cache(maxsize=4096)
def is_popular(text: str) -> bool:
    """Whether a heading or label claims an order of popularity; a sentence does not."""
    if len(text) > 180:
        return False
    text = folded(text)
    if len(text) > 90 or (len(text) > 30 and text[-1] in ".!?") or not (holds(text, _HINTS) or _SCRIPTS.search(text)):
        return False
    return bool(POPULAR.search(text)) and not NOT_POPULAR.search(text)


@lru_cache(maxsize=4096)
def is_more(text: str) -> bool:
    """Whether a link's text promises the whole list."""
    return len(text) <= 90 and bool(MORE.match(folded(text)))


@lru_cache(maxsize=4096)
def is_aside(text: str) -> bool:
    """Whether a text is only a time, an age or a count."""
    return len(text) <= 40 and (text == "" or bool(TIME.match(text := folded(text))) or bool(COUNT.match(text)))


@lru_cache(maxsize=1024)
def is_box(text: str) -> bool:
    """Whether a heading names a box that lists no content: tags, tools, people, adverts."""
    return bool(BOX.match(folded(text)))


_PERIOD = re.compile(
    r"""^\W*(?:
    (?:last\ |past\ |this\ |the\ )?(?:\d+\s*)?(?:now|today|yesterday|day|days|daily|hours?|h|week|weekly|month
        |monthly|year|yearly|all[- ]?time|ever)
    | (?:실시간|일간|주간|월간|오늘|어제|이번\s?주|지난\s?주|\d+\s*(?:시간|일|주|개월)|전체|종합|기사|영상|포토
        |뉴스|댓글|추천)
    | (?:今日|昨日|本日|今週|週間|月間|日間|デイリー|\d+\s*(?:日間|時間|週間|[カかヶ]月)|総合|リアルタイム|今天
        |昨天|本[周週]|本月|日榜|周榜|月榜|日|周|月|\d+小时)
    | (?:heute|gestern|tag|woche|monat|jahr|\d+\s*(?:tage|stunden|std|h))
    | (?:aujourd'?hui|hier|jour|semaine|mois|24\s*h(?:eures)?|\d+\s*jours)
    | (?:hoy|ayer|d[íi]a|semana|mes|m[êe]s|hoje|ontem|\d+\s*(?:horas?|d[íi]as?)|[uú]ltimas?\s.{1,14}|oggi|ieri
        |giorno|settimana|mese)
    | (?:vandaag|dag|week|maand|i\ dag|d[øy]gn|uke|uge|m[åa]ned|vecka|m[åa]nad|t[äa]n[äa][äa]n|p[äa]iv[äa]|viikko
        |kuukausi|dzi[śs]|dzie[ńn]|tydzie[ńn]|miesi[ąa]c|dnes|t[ýy]den|m[ěe]s[íi]c|сегодня|день|неделя|месяц
        |за\ .{1,12}|bug[üu]n|g[üu]n|hafta|ay|hari\ ini|minggu|bulan|hôm\ nay|tuần|tháng|\d+\ jam)
    )\W*$""",
    re.VERBOSE,
)


def is_period(text: str) -> bool:
    """Whether a text names a span of time, as the tabs of a ranking do."""
    return len(text) <= 30 and bool(_PERIOD.match(folded(text)))


_LEGAL = re.compile(
    r"""^\W*(?:impressum|datenschutz\w*|kontakt|agb|jugendschutz|imprint|contact(?:\ us)?|about(?:\ us)?
        |privacy\b.*|terms\b.*|cookie\b.*|advertise\b.*|careers|help|faq|sitemap
    | mentions\ l[ée]gales|conditions\b.*|politique\ de\b.*|qui\ sommes.*|aviso\ legal|t[ée]rminos\b.*|termos\b.*
        |pol[íi]tica\ de\b.*|contacto|contato|princ[íi]pios\ editoriais|note\ legali|redazione|pubblicit[àa]|contatti
    | 회사\s?소개|이용약관|개인정보.*|청소년보호.*|광고\s?안내|기사\s?제보|고객\s?센터|会社概要|会社案内|利用規約
        |プライバシー.*|個人情報.*|お問い合わせ|広告掲載.*|著作権.*|关于我们
        |联系我们|隐私.*|免责.*|關於我們|聯絡我們|隱私.*
    | polityka\ prywatno.*|regulamin|reklama|o\ nas|контакты|реклама|о\ нас|политика\b.*|redaksi|pedoman\b.*
        |tentang\ kami|hakkımızda|iletişim|künye)\W*$""",
    re.VERBOSE,
)


def is_legal(text: str) -> bool:
    """Whether a title is that of a page about the site itself, as footers list."""
    return len(text) <= 50 and bool(_LEGAL.match(folded(text)))
