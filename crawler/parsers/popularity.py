"""The words of many languages that claim an order of popularity, and those near them that do not.

The patterns run over `folded()` text, on headings and labels only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.parsers.blocks_words import folded
from crawler.parsers.text import holds, parts

# What a list ordered by its readers is called. A number, "hot" or "top stories" alone claims no popularity.
# What begins a word stands under one \b: the pattern fails at every other place at once.
POPULAR = re.compile(
    r"""
    \b(?:
        most[- ]?(?:\w+[- ]){0,2}?(?:read|view(?:ed|s)|popular|shared?|watched|comment(?:ed|s)|discussed|listened
            |clicked|liked|emailed|e-mailed|recommended|searched|visited|played|streamed|trending|seen|engaged|active
            |talked)\b
        | most\ (?:read|popular|viewed|shared|watched)
        | (?:popular|trending)\b(?!\ (?:topics?|tags?|searches|categories|now\ on\ twitter|sections?|links))
        | (?:top|best)[- ](?:read|viewed|shared|ranked|rated|posts?|10\ stories|ten\ stories|clicks?)\b
        | top\ (?:posts|reads)\b | week'?s\ top\b | ranking\b | what'?s\ trending | best[- ]?read
        | (?:people|readers|others)\ (?:are\ )?read(?:ing)?\b | readers?'?s?'?\ (?:picks?|choice)\b
    | reader\ favou?rites?\b | everyone'?s\ reading | readers'?\ favou?rites?\b | viewers'?\ favou?rites\b
        | meist(?:\w*\W?)?(?:gelesen|geklickt|gesehen|geh(?:ö|oe)rt|kommentiert|diskutiert|geteilt|gesucht|besucht
            |empfohlen|aufgerufen|bewertet|abgerufen)
        | am\ (?:meisten|h(?:ä|ae)ufigsten)\ (?:ge|be|kom|dis)\w+ | beliebt\w* | popul(?:ä|ae)r(?:e|ste)?\b
        | viel\ gelesen | top[- ]?(?:10|ten)\b | topthemen\ der\ leser | viel(?:gelesen|diskutiert|geklickt)
    | das\ lesen\ (?:andere|unsere)\b | andere\ lesen\b
        | les?\ plus\ (?:lus?|vus?|partag|comment|popul|consult|écout|ecout|récent\ et\ popul|lues?|regard|cliqu
            |appréci|suivi)\w*
        | (?:articles?|vid[eé]os?|actus?|infos?|contenus?)?\ ?les?\ \+\ (?:lus?|vus?|partag|comment)\w*
        | plus\ (?:lus?|vus?|lues|vues|populaires|partagés|consultés|commentés|écoutés)\b | populaires?\b
        | top\ des\ (?:articles|lectures|ventes)
        | m[áa]s\ (?:le[ií]d|vist|comentad|compartid|popular|buscad|escuchad|votad|valorad|reproducid|votad|le[ií])\w*
        | mais\ (?:lid|vist|comentad|compartilhad|popular|acessad|ouvid|buscad|partilhad)\w* | populares\b
        | tend[eê]nci?as?\b$ | més\ (?:llegi|vist|comentat|popular)\w* | m[áa]is\ (?:lid|vist)\w*
        | pi[uù]'?\ (?:lett|vist|condivis|commentat|popolar|cliccat|ascoltat)\w* | popolari\b
        | best\ gelezen | meest(?:e)?\ ?(?:gelezen|bekeken|gedeeld|populair|besproken|beluisterd) | populair\w*
        | mest\ ?(?:l(?:æ|a|ä|e)s\w*|set\w*|sett\w*|del[at]\w*|kommenter\w*|populær\w*|popul(?:ä|a)r\w*|visa\w*
        |delad\w*
            |klick\w*|klikk\w*|sedda?|lyss?n\w*|omtal\w*|diskuter\w*)
        | populær\w* | populär\w* | mest\ lesi\w* | vinsæl\w* | luetuimm\w* | luetuin\w* | katsotuimm\w*
        | suosituimm\w* | kommentoiduimm\w* | jaetuimm\w* | kuunnelluimm\w* | enim\ (?:loetud|vaadatud|kommenteeritud)
        | loetuima\w* | loetumad | populaarse\w* | populārāk\w* | lasītāk\w* | skaitom(?:iaus|iausi)\w*
        | populiariausi\w*
        | naj(?:częściej|chętniej|bardziej)\ (?:czytan|oglądan|komentowan|klikan|udostępnian|słuchan|popularn)\w*
        | najpopularniejsz\w* | popularne\b | najczytaniej\w*
        | nej(?:čtenějš|sledovaněj|prohlížen|oblíben|komentovan|diskutovan)\w* | najčítan\w* | najsledovan\w*
        | najobľúben\w* | nejpopulárn\w* | najpopulárn\w* | naj(?:čitan|gledan|popularn|komentiran|kliknut|brani)\w*
        | najpopularnij\w* | нај(?:читан|гледан|попул|коментар)\w* | най[- ]?(?:четен|гледан|попул|комент|коменти)\w*
        | legolvasott\w* | legnépszerűbb\w* | legtöbbet\ (?:olvas|néz|megoszt
            |komment|hozzászól|keres|ajánl)\w* | olvasott(?:ság|abb)\w*
        | népszerű\w* | cele\ mai\ (?:citite|vizualizate|populare|accesate|comentate|apreciate|vazute|văzute)
        | cele\ mai\ cit\w* | me\ të\ (?:lexuar|klikuar|shikuar|popullu)\w*
        | më\ të\ (?:lexuar|klikuar|shikuar|popullu)\w* | популярн\w*
        | сам(?:ое|ые|ая)\ (?:читаем|популярн|обсуждаем|просматриваем)\w* | чита(?:емое|ют)\b | найпопулярн\w*
        | най(?:більше|частіше)\ (?:чита|комент|перегляда|обговор|дивл|шир)\w* | læser\ andre\b | andre\ læser\b
        | läser\ andra\b | andra\ läser\b | コメント(?:数)?の?多い | コメント数(?:順|ランキング)?$
        | найчитан\w* | читают\ сейчас | ^обсуждаем(?:ое|ые)\b | самое\ обсуждаемое | найобговорюван\w*
        | legnézett\w* | top\ (?:citite|lidas) | ^populare\b | najbolj\ (?:bran|gledan)\w* | veel\ ?(?:gelezen|bekeken)
        | (?:paling\ sering|banyak)\ dibaca | ^tendances$ | лучшее\ за\b | самое\ важное\ за\ неделю | популарн\w*
        | en\ çok\ (?:okunan|izlenen|tıklanan|yorumlanan|paylaşılan|konuşulan|beğenilen)\w* | ençok\ okunan\w*
        | popüler\b | çok\ okunan\w* | ən\ çox\ (?:oxunan|baxılan)\w* | eng\ ko['ʻ‘]?p\ o['ʻ‘]?qil\w*
        | ter(?:populer|banyak\ (?:dibaca|dilihat|dikomentari)|laris\ dibaca)
        | paling\ (?:banyak\ (?:dibaca|dilihat|ditonton)|populer|popular|dibaca|dicari) | populer\b | terpopuler\b
        | pilihan\ pembaca\b | trending\b | paling\ ramai | đọc\ nhiều | xem\ nhiều
        | bình\ luận\ nhiều | nhiều\ bình\ luận
        | nhiều\ người\ (?:đọc|xem|quan\ tâm) | đọc\ nhiều\ nhất | phổ\ biến\ nhất | tin\ xem\ nhiều | được\ quan\ tâm
        | pinaka(?:basa|popular|binabasa) | inazosomwa\ zaidi | zilizosomwa\ zaidi
    )
    | διαβάστηκαν\ περισσότερο
    | δημοφιλ\w* | πιο\ (?:διαβασμ|δημοφ|πολυδιαβασμ)\w* | πολυδιαβασμ\w* | περισσότερο\ διαβασμ\w*
    | الأكثر\ (?:قراءة|قراءه|مشاهدة|مشاهده|تعليقا|شعبية|رواجا|تداولا|مشاركة|زيارة|تفاعلا|انتشارا|بحثا) | الاكثر\ \w+
    | الأكثر\ \w+ | ^الأشهر$ | الأعلى\ (?:قراءة|مشاهدة) | پربازدید\w* | پر\ بازدید\w* | پربیننده\w*
    | پربحث‌?\w* | پرمخاطب\w* | محبوب‌?ترین\w*
    | داغ‌?ترین\w* | پرخواننده\w* | سب\ سے\ زیادہ\ پڑھ\w* | مقبول\ ترین | הנקרא(?:ות|ים)\w* | הנצפ(?:ות|ים|ית)\w*
    | נצפים\ ביותר | נקרא(?:ות|ים)\ ביותר | הכי\ (?:נקרא|נצפ)\w* | ^נקראות$ | הפופולרי\w* | פופולרי\w*
    | सबसे\ (?:ज्यादा|ज़्यादा|अधिक)\ (?:पढ़|देख|लोकप्रिय)\w* | लोकप्रिय | सर्वाधिक\ (?:पढ़|पठित|लोकप्रिय)\w*
    | ट्रेंडिंग | সর্বাধিক\ (?:পঠিত|পড়া|দেখা)\w* | সবচেয়ে\ (?:পঠিত|জনপ্রিয়)\w* | অধিক\ পঠিত | জনপ্রিয়
    | அதிகம்\ (?:படி|வாசி|பார்)\w* | பிரபலமான\w* | ఎక్కువ\ (?:మంది\ )?చదివ\w* | అత్యధికంగా\ చదివిన | ยอดนิยม
    | อ่านมากที่สุด | คนอ่านมาก | อ่านมากสุด | ข่าวฮิต | ยอดฮิต | ხშირად\ წაკითხ\w* | პოპულარული\w*
    | ყველაზე\ (?:კითხვადი|პოპულარული)\w* | ամենաընթերց\w* | ամենադիտ\w*
    | (?:많이|가장)\s*(?:많이\s*)?(?:본|읽은|읽는|찾은|공유|클릭|보는|검색|들은|추천)(?!\s*(?:나라|지역))
            | 많이\s*본 | 가장\s*많이 | 많이본 | 많이읽은 | 많이\s*읽
    | 인기\s*(?:기사|뉴스|글|콘텐츠|컨텐츠|영상|동영상|칼럼|포토|만화|검색|순위|순|급상승|게시물|포스트|top|많은)
            | ^(?:\S{2,8}\s)?인기$ | ^실시간\s*인기 | 인기\s*(?:top|best)
    | ^(?:일간|주간|월간)\s*인기 | 인기\s*(?:있는|높은) | 랭킹 | (?:조회수?|추천|공감|댓글)\s*(?:많은|순|top|best
            |랭킹|순위|수) | 좋아요\s*많은 | 댓글이?\s*(?:많은|핫|기사)
    | ^(?:추천|댓글|공감|조회)\s*기사$ | 베스트\s*(?:클릭|뉴스|기사|조회) | best\s*(?:클릭|뉴스|기사|click|news)
            | (?:핫|hot)\s*클릭 | 뉴스\s*top\s*\d
    | 주간\s*(?:베스트|best) | 조회\s*순위 | 열독\s*(?:률|순위) | 급상승 | 화제의\s*(?:뉴스|기사)\s*top
            | 실시간\s*(?:인기|랭킹|순위) | top\s*10\s*뉴스
    | 시선집중\s*top | 독자\s*인기 | 많이\s*찾는 | ランキング | (?:よく|多く|最も|いま|今)\s*(?:読まれ|見られ)\w*
            | 読まれて(?:い)?る | 読まれています
    | 人気の?(?:記事|ニュース|動画|コンテンツ|コラム|ワード|エントリ|連載|投稿|まとめ|の記事) | ^人気$ | アクセス数
            | アクセストップ | アクセス(?:ベスト|top) | 人気記事 | 注目度
    | 閲覧数 | 話題の記事 | よく見られて | もっとも読まれ\w* | みんなが読んで\w*
    | 急上昇 | 排行榜? | 热门(?:文章|新闻|阅读|点击|排行|推荐|资讯|评论|视频)
            | 熱門(?:文章|新聞|新訊|報導|閱讀|點閱|排行|推薦|點擊|影音|影片|話題|內容|貼文|焦點)
    | 人氣(?:文章|新聞|排行|點閱|報導|影音)? | 人气(?:文章|新闻|排行|榜)? | 点击(?:排行|榜|量|最多|热) | 點擊(?:排行
            |率|最多) | 點閱(?:排行|率) | 阅读(?:排行|榜|最多)
    | 閱讀(?:排行|榜|最多) | 最多(?:人)?(?:阅读|閱讀|点击|點擊|浏览|瀏覽|看|人看|分享) | 浏览(?:排行|最多)
            | 瀏覽(?:排行|最多) | 热(?:文|读|榜|搜)(?:排行|榜|排名)? | 热点(?:排行|榜|排名)
    | 熱(?:文|讀|榜|搜)(?:排行|榜|排名)? | 最受欢迎 | 最受歡迎 | 最热(?:新闻|文章|评论)?
            | (?:一周|今日|本日|24小时|每周)(?:热门|熱門|热点)
            | 最熱(?:新聞|文章)?
            | 熱門$ | ^热门$
    | (?:评论|評論|跟贴|跟帖|留言|讨论|討論|分享|收藏)(?:最多|排行|榜|数最) | 最多(?:评论|評論|留言|跟贴)
    | 排名 | 大家都在[看讀读] | 熱門瀏覽 | 即時熱門 | 本(?:周|週|月)热门
    | 24小时热 | 48小时(?:点击|阅读) | \b(?:зараз\ читають|рейтинг\ (?:новостей|новин|статей)|čtenáři\ čtou)\b
    | \bтоп[- ]?(?:новост|новин|статей|\d)\w* | \bphổ\ biến$ | ยอดอ่าน | (?:^|\s)\+\ ?(?:le[ií]d|lid|vist)[ao]s?\b
    """,
    re.VERBOSE,
)

# No match of the above is without one of these, or one of the scripts below.
_HINTS = (
    "most|popul|trend|tendenc|tendênc|top|best|rank|reading|favo|meist|ufigsten|beliebt|viel|plus|les +|"
    "les  +|más |mas |mais |més |máis |meest|mest|vinsæl|popol|popüler|populer|più|piu|uimm|luetuin|"
    "enim loe|enim vaa|enim kom|loetum|loetuim|lasītāk|skaitom|naj|nej|нај|най|olvas|népszer|legtöbb|"
    "cele mai|me të|më të|πιο|δημοφιλ|διαβασμ|попул|самы|само|сама|чита|обсуж|обгов|лучш|en çok|ençok|çok okun|ən çox|"
    "eng ko|terpop|terbanyak|terlaris|paling|pilihan|nhiều|phổ|quan tâm|pinaka|zaidi|많이|가장|인기|"
    "랭킹|조회|추천|공감|댓글|베스트|클릭|뉴스 top|뉴스top|열독|급상승|화제|실시간|시선|독자|많은|"
    "ランキング|読まれ|見られ|人気|アクセス|注目度|閲覧|話題|急上昇|排行|热|熱|人氣|人气|点击|點|阅读|"
    "コメント|læser|läser|閱讀|最|浏览|瀏覽|排名|大家都在|みんなが|dibaca|legnéz|citite|veel|tendanc|διαβάσ|reading|readers|others|lesen|+|čtou|топ|рейтинг|榜"
).split("|")
_PARTS = parts(*_HINTS)
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
        |productos?|brands?|offers?|angebote?|jobs?|searches|mobiles?|phones?|smartphones?|laptops?|gadgets?|cars?|bikes?|cities
        |courses?|colleges|apps?|newsletters?|discussions?\ groups)\b
    | \bcodes?\ promo
    """,
    re.VERBOSE,
)


# Words that claim it when a label is nothing else: the tabs of one widget share its "most".
_ALONE = frozenset(
    (
        "gelesen kommentiert geteilt geklickt diskutiert viewed shared commented emailed e-mailed discussed leídas "
        "leídos leidas comentadas comentados compartidas lidas lidos compartilhadas lus lues commentés partagés letti "
        "lette commentati condivisi gelezen bekeken gedeeld besproken läst delat kommenterat delte lest læst czytane "
        "komentowane udostępniane čtené komentované diskutované olvasott citite comentate čitano komentirano читаемое "
        "комментируемое читаемые okunan yorumlanan paylaşılan"
    ).split()
)


def _may_be_popular(text: str) -> bool:
    return holds(text, _PARTS) or (not text.isascii() and _SCRIPTS.search(text) is not None)


@lru_cache(maxsize=4096)
def is_popular(text: str) -> bool:
    """Whether a heading or label claims an order of popularity; a sentence does not."""
    if len(text) > 180:
        return False
    text = folded(text)
    if text in _ALONE:
        return True
    if len(text) > 90 or (len(text) > 30 and text[-1] in ".!?") or not _may_be_popular(text):
        return False
    return bool(POPULAR.search(text)) and not NOT_POPULAR.search(text)
