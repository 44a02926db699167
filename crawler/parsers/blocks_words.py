"""The words of many languages that tell blocks apart: "more", "see also", boxes that list no news.

All patterns run over `folded()` text. They are matched against headings and labels only, which are short.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.parsers.text import holds, letters, parts


def folded(text: str) -> str:
    """Text for comparing with the vocabulary: NFKC, lower case, single spaces.

    >>> folded("  MOST  Read ")
    'most read'
    """
    return _folded(text) if len(text) < _SHORT else _folded.__wrapped__(text)


_SHORT = 200
"""Below this length a text's folded form is kept: headings and labels are asked about in many ways."""


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split()).lower()


@lru_cache(maxsize=8192)
def weight(text: str) -> int:
    """How much a text says: letters and digits, a CJK character or Hangul syllable counting for two.

    >>> weight("Most read"), weight("인기기사"), weight(" - ")
    (8, 8, 0)
    """
    kept = letters(text)
    return len(kept) if kept.isascii() else len(kept) + sum(map(len, _WIDE.findall(text)))


_WIDE = re.compile(r"[\u1100-\u11ff\u3041-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f]+")


# "See also" heads a block; it is no link to the rest of one.
_SEE_ALSO = r"""(?:\W*(?:veja|leia|vedi|leggi|ver|vea|lea|lee|leer|voir|lire|vezi|citește|δείτε|διαβάστε|lees|bekijk
    |zobacz|czytaj|katso|lue|se|läs|les|læs|lihat|baca|смотрите|читайте|дивіться|читати|شاهد|اقرأ)
    \ (?:tamb[eé]m|también|anche|aussi|[sșş]i|επίσης|ακόμα|ook|też|także|również|myös|också|även|også|juga|также|також
    |أيضا|أيضاً)\W*$
    |\W*(?:mehr\ zum\ thema|more\ on\ this(?:\ story|\ topic)?|m[áa]s\ sobre\ e(?:l|ste)\ tema|plus\ sur\ le\ sujet
    |related(?:\ (?:articles?|stories|news|content|reading))?|verwandte\ (?:artikel|themen)
    |articles?\ (?:liés?|associés?)
    |(?:artículos|noticias|notas|notícias)\ relacionad[oa]s|articoli\ correlati|gerelateerd(?:e\ artikelen)?
    |relater(?:ade|ede|te)\ (?:artiklar|artikler|saker)|(?:artykuły\ )?powiązane|související(?:\ články)?
    |kapcsolódó(?:\ cikkek)?
    |articole\ similare|(?:материалы|новости)\ по\ теме|(?:матеріали|новини)\ за\ темою|по\ темата|ilgili\ haber(?:ler)?
    |σχετικά\ (?:άρθρα|νέα)|(?:مقالات|أخبار|مواضيع)\ ذات\ صلة|כתבות\ (?:קשורות|נוספות)|עוד\ בנושא
    |mais\ sobre\ o\ (?:tema|assunto)|meer\ over\ dit\ onderwerp|mer\ om\ ämnet)\W*$)"""
ALSO = re.compile("^" + _SEE_ALSO + r"|^\W*(?:see|read|lesen\ sie|siehe|lies|lest)\ (?:also|auch)\W*$", re.VERBOSE)


# The text, or the alternative text of the picture, of a link to a whole list.
MORE = re.compile(
    f"^(?!{_SEE_ALSO})"
    r"""\W*(?:
    (?:더\s*보기|더보기|더\s*알아보기|전체\s*보기|전체보기|모두\s*보기|자세히|전체(?:\s*(?:기사|뉴스|목록))?|더\s*많은.*|바로\s*가기
        |목록(?:\s*보기)?|.{1,24}\s*(?:더\s*보기|전체\s*보기
        |더보기|바로가기|모아보기))
    | full\ (?:list|ranking|table|coverage)\b.{0,30}
    | (?:read|see|view|show|load|browse|explore|find|discover|get)\ (?:more|all|the\ (?:full|complete|whole)
        |full)\b.{0,60}
    | more\b.{0,50} | all\b.{0,40} | (?:全部|すべて|一覧|もっと|さらに|更多|查看|看更多|看全部|顯示
        |显示|加载|全て)\S{0,14} | .{1,24}ページへ |
        .{1,24}(?:一覧(?:へ|を見る
        |はこちら)?|もっと見る|もっとみる|を見る|をもっと見る|一覧を見る|更多)
    | mehr\b.{0,50} | alle\b.{0,50} | zur?\ (?:übersicht|rubrik|seite)\b.{0,40} | weitere\b.{0,50} | zum?\b.{0,40}
    | (?:en\ )?voir\b.{0,50} | afficher\b.{0,40} | tou(?:tes?|s)\b.{0,40} | plus\ (?:de\b|d').{0,50} | plus$
    | lire\ (?:plus|la\ suite
        |tout)\b.{0,40} | (?:en\ )?savoir\ plus | consulter\b.{0,40}
    | ver\b.{0,50} | m[áa]s$ | m[áa]s\ (?:de|en|not|art|inf|sobre)\w*.{0,50} | mais$ | leia\ mais\b.{0,40}
    | mais\ (?:de|em|not|sobre
        |not[íi]cias)\b.{0,40} | veja\b.{0,40} | leer\ m[áa]s\b.{0,20} | ler\ mais\b.{0,20} | todas?\b.{0,40} |
        todos\b.{0,40} | ir\ a\b.{0,40} | accede\b.{0,30}
    | altro | (?:altr[ie]|mostra|carica)\b.{0,40} | tutt[ei]\b.{0,40} | vedi\b.{0,40}
    | leggi\ (?:tutt|anche|di\ pi)\w*.{0,30} |
        vai\b.{0,40} | scopri\b.{0,40}
    | meer\b.{0,40} | bekijk\b.{0,40} | toon\b.{0,40} | lees\ meer.{0,20} | naar\b.{0,40}
    | (?:wi[eę]cej|zobacz|pokaż|wszystkie|czytaj\ więcej)\b.{0,40}
    | (?:více|číst|další|všechny|všetko|vše|zobrazit|viac|ďalšie
        |všetky)\b.{0,40} | (?:više|još|sve|vidi|pogledaj|prikaži|več)\b.{0,40}
    | (?:további\w{0,3}|több|összes|tovább|bővebben)\b.{0,40} | (?:vezi|mai\ mult\w*|toate|citește\ mai)\b.{0,40}
    | (?:fler?a?|mer|visa|se\ (?:alla|fler|mer)|läs\ mer|mere|flere|se\ (?:alle|flere|mere)|vis|les\ mer|læs\ mere
        |alle)\b.{0,40} | (?:lisää|näytä|kaikki|katso|lue\ lisää)\b.{0,40} | (?:rohkem|kõik|vaata|loe\ veel)\b.{0,40}
    | (?:ещ[её]|все|вс[её]|вс[яю]|весь|другие|інші|показати|переглянути|больше|смотреть|читать|показать|подробнее
        |далее|ще|усі|всі|більше|дивитись|читати|още
        |виж|всички|още\ от|више|све)\b.{0,40}
    | (?:περισσότερα|όλα|όλες|δείτε|διαβάστε)\b.{0,40} | (?:daha\ fazla\w*|tümü\w*|tüm|hepsi\w*|devamı\w*
        |diğer)\b.{0,40} | (?:hamısı|daha\ çox|bütün).{0,30}
    | (?:selengkapnya|lihat|lainnya|semua|indeks|index|baca\ (?:selengkapnya|lainnya)|muat|tampilkan|lagi)\b.{0,40}
    | (?:xem
        |đọc\ thêm|tất\ cả|thêm)\b.{0,30}
    | (?:المزيد|للمزيد|كل|جميع|عرض|الكل|اقرأ\ المزيد|شاهد)\b.{0,40} | (?:بیشتر|همه|ادامه|مشاهده)\b.{0,40}
    | (?:עוד|לכל|הכל|הצג|לעמוד|לכתבות
        |כל)\b.{0,40} | (?:और|सभी|सब|अधिक|ज़्यादा|ज्यादा).{0,30} | (?:আরও|সব|সকল).{0,30}
    | (?:ดูทั้งหมด|ดูเพิ่ม|อ่านต่อ|อ่านเพิ่ม|เพิ่มเติม|ทั้งหมด|ข่าวทั้งหมด).{0,20}
    | (?:me\ shum[eë]|më\ shum[eë]|lexo|shiko|të\ gjitha)\b.{0,30}
    | [+＋›»→>≫▶▷⟩]+ | more\s*[+＋›»→>≫]+
    )[\s+＋›»→>≫▶▷…\.!·|\]\)】]*$""",
    re.VERBOSE,
)

_MORE_NAME = re.compile(
    r"(?:^|\s)(?:more|btn[-_]?more|(?:link|txt|go)[-_]?more|more[-_]?(?:btn|link|button)|(?:view|see|show)[-_]?(?:all|more)"
    r"|all[-_]?link)(?=$|\s)"
)


def names_more(name: str) -> bool:
    """Whether a link's class, in lower case, says that it leads to the whole list."""
    return ("more" in name or "all" in name) and _MORE_NAME.search(name) is not None


# Boxes for letters to subscribers, and for what one listens with: these words stand anywhere in their headings.
LETTER = re.compile(
    r"""\bnewsletters?\b | \bpodcasts?\ app
        |न्यूज\u093c?\s?लेटर|ニュースレター|メールマガジン|メルマガ|뉴스레터
        |电子报|電子報|邮件订阅|рассылк|розсилк|νιουσλέτερ|ניוזלטר|خبرنامه
        |القائمة\ البريدية|\bالنشرة\ (?:البريدية|الإخبارية)|\bنشرتنا|จดหมายข่าว
        |\be-?bülten|\bbülten(?:imiz|e\ abone)|\bbiuletyn|\bnieuwsbrie|\bnyhetsbrev|\bnyhedsbrev|\buutiskirje
        |\bhírlev[eé]l|\binfolettre|\bενημερωτικ[όά]\ δελτί|\bbản\ tin\ email""",
    re.VERBOSE,
)
_LETTER_HINTS = parts(
    "newsletter", "podcast", "biuletyn", "nieuwsbrie", "nyhetsbrev", "nyhedsbrev", "uutiskirje", "infolettre", "न्यूज",
    "ニュースレター", "メールマガジン", "メルマガ", "뉴스레터", "电子报", "電子報", "邮件订阅", "рассылк", "розсилк",
    "νιουσλέτερ", "ניוזלטר", "خبرنامه", "القائمة", "النشرة", "نشرتنا", "จดหมายข่าว", "bülten", "hírlev", "ενημερωτικ",
    "bản tin",
)  # fmt: skip

# Headings of boxes that hold tools, tags, people, adverts or the site itself.
BOX = re.compile(
    r"""^\W*(?:
    info-?box |
    (?:share|follow|tags?|topics?|keywords?|comments?|leave\ a\ (?:reply|comment)|newsletters?|subscribe
        |discussion(?:\ about\ this\ post)?
        |sign\ (?:up|in)\b.*|log\ ?in|search|menu|navigation|categories|archives?|about(?:\ us)?|contact(?:\ us)?
        |advertis\w*|sponsored\b.*|weather|cookies?|privacy\b.*|settings?|language|follow\ us\b.*|share\ this\b.*
        |site\ map|services?|company|legal|social(?:\ media)?|download\b.*|apps?|games?|puzzles?|classifieds?
        |quick\ links|useful\ links|connect(?:\ with\ us)?|recommended\ by\b.*|account|my\ account|skip\b.*
        |join\b.*|support\b.*|donate|edition|calendar)
    | (?:teilen|schlagw(?:o|ö)rter?|themen|stichworte?|kommentare?|wetter|anmelden|suche|impressum|anzeige|kontakt
        |folgen\ sie\b.*|rubriken|datenschutz\w*|abo(?:nnement)?s?|(?:jetzt\ )?abonnieren|service)
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


# Over a form for readers' comments.
REPLY = re.compile(
    r"""^\W*(?:
    (?:leave|post|add|write)\ (?:a|your)\ (?:reply|comment)|join\ the\ (?:conversation|discussion)
    |schreiben?\ (?:sie\ )?(?:einen\ kommentar|eine\ antwort)|kommentar\ (?:schreiben|verfassen|hinterlassen)
    |hinterlassen?\ (?:sie\ )?eine[n]?\ (?:kommentar|antwort)|antwort\ (?:schreiben|hinterlassen)
    |(?:laisse[rz]?|ajouter|poster|écrire|publier)\ (?:un|votre)\ commentaire
    |(?:deja|escribe|agrega|añad\w+)\ (?:una?|tu)\ (?:respuesta|comentario)
    |deix[ae]\ (?:um|uma|seu|o\ seu)\ (?:comentário|resposta)|lascia\ un[a]?\ (?:commento|risposta)
    |(?:geef|plaats|laat)\ een\ (?:reactie|antwoord)|lämna\ e(?:tt\ svar|n\ kommentar)
    |(?:skriv|efterlad|legg\ (?:igjen|inn))\ e(?:t\ svar|n\ kommentar)|jätä\ (?:kommentti|vastaus)
    |dodaj\ komentarz|zostaw\ (?:odpowiedź|komentarz)|(?:napsat|přidat)\ komentář|pridaj\w*\ komentár
    |hozzászólás\ írása|szólj\ hozzá|vélemény,\ hozzászólás|(?:lasă|adaugă)\ un\ (?:răspuns|comentariu)
    |(?:ostavi|napiši|dodaj)(?:te)?\ (?:odgovor|komentar)
    |(?:остави\w*|оставьте|добав\w+|напиш\w+|написать|додати|залиш\w+)\ (?:коментар|комментари|отговор|ответ
        |відповідь)\w*
    |вашият\ коментар|αφήστε\ (?:ένα\ |μια\ )?(?:σχόλιο|απάντηση)
    |bir\ (?:yanıt|cevap|yorum)\ (?:yaz|bırak)\w*|yorum\ (?:yap|yaz|ekle)\w*
    |(?:اترك|أضف|إضافة|أترك)\ (?:تعليق|رد)\w*|(?:כתיבת|השארת|הוספת|הוסף|השאר)\ תגובה
    |(?:tinggalkan|beri|tulis)\ (?:balasan|komentar|jawapan)|để\ lại\ (?:một\ )?(?:bình\ luận|phản\ hồi)
    |gửi\ bình\ luận|ใส่ความเห็น|แสดงความคิดเห็น|댓글\s?(?:남기기|쓰기|달기|작성)|답글\s?남기기
    |コメントを(?:残す|書く|投稿)|返信を残す|发表(?:评论|回复)|發[表佈](?:評論|迴響|留言|回覆)|我要(?:评论|留言)
    )""",
    re.VERBOSE,
)


def is_reply(text: str) -> bool:
    """Whether a heading invites readers to comment: what follows is no list and no text of the article."""
    return len(text) <= 60 and bool(REPLY.match(folded(text)))


@lru_cache(maxsize=4096)
def is_more(text: str) -> bool:
    """Whether a link's text promises the whole list."""
    return len(text) <= 90 and bool(MORE.match(folded(text)))


@lru_cache(maxsize=1024)
def is_box(text: str) -> bool:
    """Whether a heading names a box that lists no content: tags, tools, people, adverts."""
    text = folded(text)
    return bool(BOX.match(text) or (holds(text, _LETTER_HINTS) and LETTER.search(text))) or is_reply(text)


def is_see_also(text: str) -> bool:
    """Whether a text only says that more is to be read on the same matter: "See also"."""
    return len(text) <= 30 and bool(ALSO.match(folded(text)))


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
