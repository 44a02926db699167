"""Calls to the reader among an article's lines: to read on, to subscribe, to share; headings of what follows it.

Patterns are words of the trade in the languages of news pages, tried on lines in lower case.
"""

from __future__ import annotations

from crawler.parsers.blocks_words import is_reply
from crawler.parsers.text import caseless, holds, parts

MORE = caseless(
    r"^\W*(?:see more|more [A-Z]\w+$|more (?:\w+ ){1,4}(?:stories|news|coverage|articles|videos)|read (?:more|"
    r"also|next|the full|our)|also read|see also|related(?:\s(?:articles?|stories|news|content|topics|posts|"
    r"links|coverage|video))?\s*:?|more (?:from|on this|stories|news|about|like this)|more:|watch(?: (?:more|now|"
    r"live|the video|below))?\s*[:|]|listen\s*[:|]|"
    r"don'?t miss|you may (?:also )?like|you might also|recommended|trending|most (?:read|popular)|up next|"
    r"click here|keep reading|continue reading|go deeper|what to read next|editor'?s? picks?|must read|"
    r"lesen sie (?:auch|hier|mehr|dazu)|lesetipps?\b|mehr (?:zum thema|dazu|zu diesem|artikel)|auch interessant|"
    r"das könnte sie|weiterlesen|weitere (?:artikel|nachrichten|themen|infos)|siehe auch|zum thema\b|"
    r"dazu passend|interessant dazu|hier geht es|meistgelesen|lies auch|lest auch|empfehlung der redaktion|"
    r"lire (?:aussi|également|plus)|à lire(?: aussi)?\b|voir aussi|à voir|sur le même (?:sujet|thème)|"
    r"pour aller plus loin|"
    r"lea (?:también|además|más)|leé también|leer (?:más|también)|ver más|te puede interesar|le puede interesar|"
    r"lee también|más información|más sobre|notas? relacionadas?|también (?:te|le) puede|puedes leer|"
    r"leia (?:também|mais)|veja (?:também|mais)|saiba mais|você pode gostar|confira (?:também|mais)|"
    r"leggi anche|leggi (?:tutto|di più)|ti potrebbe|approfondisci|"
    r"lue myös|lue (?:lisää|seuraavaksi)|läs (?:mer|också|även)|læs (?:også|mere)|les (?:også|mer)|lees (?:ook|meer)|"
    r"czytaj (?:też|także|więcej|również)|przeczytaj (?:też|także|również)?|zobacz (?:też|także|również)?|"
    r"baca (?:juga|selengkapnya)|simak juga|lihat juga|berita terkait|artikel terkait|xem thêm|đọc thêm|tin liên quan|"
    r"ilgili haber|bunlar da|ayrıca oku|(?:читайте|смотрите|читать) также|читайте по теме|материалы по теме|по теме|"
    r"(?:читайте|дивіться) також|за темою|прочетете (?:още|също)|вижте (?:още|също)|čtěte (?:také|též|i)|přečtěte si|"
    r"mohlo by vás|související|čítajte (?:aj|tiež)|pročitajte (?:i|još)|preberite (?:še|tudi)|čitajte i|"
    r"olvass(?:a|on)? (?:el|tovább|még)|kapcsolódó|citește și|citiți și|διαβάστε (?:επίσης|ακόμη|ακόμα)|δείτε επίσης|"
    r"lexo edhe|lexoni|اقرأ (?:أيض[اً]+|ايضا|المزيد)|إقرأ أيض|شاهد أيض|مواضيع ذات صلة|أخبار ذات صلة|"
    r"בנושא זה|קראו (?:גם|עוד)|לקריאה נוספת|עוד בנושא|כתבות נוספות|यह भी पढ़|ये भी पढ़|और पढ़|संबंधित खबर|"
    r"อ่านเพิ่มเติม|อ่านต่อ|ข่าวที่เกี่ยวข้อง|อ่านข่าว|seguir leyendo|te recomendamos|noticias relacionadas|"
    r"notícias relacionadas|relacionadas\b|articoli correlati|potrebbe interessarti|articles? (?:liés|similaires)|"
    r"gerelateerd|meer (?:over|lezen)|ook interessant|relaterade?|relatert|relaterte|mer om|mere om|lue myös|aiheesta|"
    r"powiązane|polecamy|podobne|"
    r"関連記事|関連リンク|関連ニュース|関連トピックス|(?:あわせて|合わせて)読み|こちらも|おすすめ|続きを読む|相关(?:阅读|新闻|报道)|延伸阅读|"
    r"推荐阅读|推薦閱讀|延伸閱讀|更多(?:新闻|新聞|报道|報導)|猜你喜欢|往下看更多|看更多|相關(?:新聞|報導)|관련\s?기사|관련\s?뉴스|"
    r"함께\s?(?:보면|읽으면)|▶\s?관련)",
)
_OFFER = caseless(
    r"\b(?:subscribe|obserwuj nas|bądź na bieżąco|"
    r"sign up|sign in|log in|newsletters?|unsubscribe|free trial|already a (?:subscriber|member)|"
    r"e-?mail address|privacy policy|terms of (?:use|service)|cookies?|advertisement|follow (?:us|me|him|her|@)|"
    r"follow \w+(?: \w+)? on|join (?:us|the conversation|our)|"
    r"support (?:us|our|independent)|donate|become a (?:member|subscriber)|download (?:the|our) app|our app|"
    r"google news|preferred source|whatsapp(?:-kanal| channel)?|telegram(?:-kanal| channel)|notifications?|"
    r"have a tip|contact (?:the|us|me)|"
    r"abonnier\w*|newsletter|jetzt testen|kostenlos testen|registrier\w*|einloggen|anmelden|affiliate[- ]links?|"
    r"datenschutz\w*|einwilligung|externe[rn]? inhalte?|inhalte anzuzeigen|zustimmung|provision|push-nachrichten|"
    r"folgen sie uns|folgst du|wochen testen|news-app|aufs handy|werbung|anzeige|"
    r"abonn[ée]s?|abonnez|s'abonner|inscrivez|se connecter|connectez-vous|réservée? aux|"
    r"suscri\w+|regístrate|inicia sesión|boletín|síguenos|"
    r"assine|assinantes?|inscreva|cadastre|siga[- ]nos|"
    r"abbonat[oi]|abbonamento|iscriviti|tilaa|tilaajille|prenumerera|abonner|subskrybuj|prenumerat\w+|zaloguj)\b|"
    r"会員(?:限定|登録)|有料(?:会員|記事)|ログイン|メールアドレス|ニュースレター|無料登録|マイページ|"
    r"フォロー(?:する|して|すると)|메일(?:함|로)\s?(?:으로\s?)?(?:보내|받|전해)|구독(?:하|신청)|로그인|회원\s?가입|登录|订阅|"
    r"关注我们|扫码|下载.{0,4}客户端",
)
_OFFER_HINTS = parts(
    "obserwuj", "bądź na",
    "subscri", "sign ", "log in", "newsletter", "free trial", "already a", "mail", "privacy", "terms of", "cookie",
    "advert", "follow", "join ", "support ", "donat", "become a", "download", "our app", "google news",
    "preferred source", "whatsapp", "telegram", "notification", "have a tip", "contact ", "abonn", "jetzt testen",
    "kostenlos", "registr", "einloggen", "anmelden", "affiliate", "datenschutz", "einwilligung", "inhalt",
    "zustimmung", "provision", "push-", "folgen sie", "folgst", "wochen testen", "news-app", "handy", "werbung",
    "anzeige", "inscri", "inscrev", "connect", "réservé", "suscri", "regístr", "inicia ", "boletín", "síguenos",
    "assin", "cadastre", "siga", "abbon", "iscriviti", "tilaa", "prenumer", "subskryb", "zaloguj", "会員", "有料",
    "ログイン", "メール", "ニュースレター", "無料", "マイページ", "フォロー", "구독", "메일함", "메일로",
    "로그인", "회원", "登录",
    "订阅", "关注", "扫码", "下载",
)  # fmt: skip
ABOUT = caseless(
    r"^\W*(?:about the (?:author|writer)s?|über (?:den|die) autor\w*|zur person|sobre (?:el|la|o|a) autora?|"
    r"à propos de l'auteure?|contributors?|comments?|leave a (?:comment|reply)|kommentare?|commentaires?|"
    r"comentarios?|comentários?|"
    r"sources?|quellen?|tags?|topics?|themen|schlagw\w+|stichw\w+|share(?: this)?(?: article| story)?|teilen|"
    r"partager|compartir|compartilhar|condividi|"
    r"댓글|태그|공유|コメント|タグ|シェア|キーワード|評論|评论|标签|責任編集|责任编辑|编辑)\s*[:：(]?\s*\d*\)?\W*$",
)


def offers(lower: str) -> int:
    """How many words of a line in lower case offer a subscription, an account or a channel."""
    return len(_OFFER.findall(lower)) if holds(lower, _OFFER_HINTS) else 0


def starts_other(text: str) -> bool:
    """Whether a short line is the heading of something that is no longer the article ("Related articles")."""
    if len(text) >= 60:
        return False
    lower = text.lower()
    return bool(MORE.match(lower) or ABOUT.match(lower)) or is_reply(text)
