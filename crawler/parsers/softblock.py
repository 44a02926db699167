"""Pages that stand in an article's place, with status 200 as often as not: challenges, consent walls, logins, paywall
stubs, "not found". They are recognised by what they say where a page that has an article says something else."""

from __future__ import annotations

import re

from archive.document import Document
from crawler.parsers.outline import Outline

MAX_TEXT = 4_000
"""The text of a soft block, in weight; a page that says more is judged by its article alone."""

_CHALLENGE = re.compile(
    r"just a moment|attention required|checking (?:if the site|your browser)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:robot|human)|"
    r"robot check|pardon our interruption|access (?:to this page has been )?denied|request unsuccessful|"
    r"security check|unusual traffic|you have been blocked|press (?:&|and) hold|"
    r"enable javascript and cookies to continue|bot (?:verification|detection)|captcha|ddos protection|"
    r"please (?:enable|turn on) (?:javascript|cookies)|"
    r"sicherheitsprüfung|vérification de sécurité|verificación de seguridad|보안\s?(?:문자|확인)|자동\s?입력\s?방지|"
    r"비정상적인\s?접근|접근이\s?(?:차단|제한|거부)|"
    r"(?:não|no) (?:sou|soy) um? robô?t?|n(?:ão|o) (?:é|eres) um rob[oôó]|(?:êtes|étiez) pas un robot|kein roboter|"
    r"non sei un robot|geen robot|inte en robot|ikke en robot|nie jesteś robotem|nejste robot|не робот|robot olmadığı|"
    r"bukan robot|không phải (?:là )?(?:robot|người máy)|لست روبوت|אינך רובוט|ไม่ใช่(?:โปรแกรม)?(?:อัตโนมัติ|หุ่นยนต์)|"
    r"доступ (?:ограничен|запрещ[её]н|заборонено)|acceso denegado|acc[èe]s refusé|zugriff verweigert|acesso negado|"
    r"accesso negato|toegang geweigerd|brak dostępu|erişim engellendi|"
    r"アクセスが(?:集中|拒否|制限)|ロボットではありません|访问(?:验证|过于频繁)|安全验证|请完成验证",
    re.I,
)
_CHALLENGE_MARKS = re.compile(
    r"cf-challenge|challenge-(?:form|platform|running)|cf-turnstile|g-recaptcha|h-captcha|px-captcha|incapsula|"
    r"datadome|captcha-delivery|_abck",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|privacy[ -]gate|wij omgaan met (?:je|jouw|uw) privacy|met (?:je|jouw) toestemming|"
    r"cookies (?:and|en|und|et|y|e|og|och) (?:similar|vergelijkbare|ähnliche|(?:d')?autres|(?:otras )?tecnolog|altre|"
    r"lignende|liknande)|we value your privacy|your privacy (?:matters|choices)|cookie (?:consent|settings|"
    r"preferences)|consent (?:required|management)|accept (?:all )?cookies|manage consent|"
    r"bevor sie fortfahren|wir (?:und unsere partner|brauchen ihre zustimmung)|zustimmung|"
    r"(?:weiter(?:lesen)?|lesen|wie gewohnt) mit werbung|mit werbung (?:weiterlesen|lesen|weitersurfen)|privatsphäre|"
    r"avec votre accord|nos partenaires et nous|votre consentement|tu consentimiento|su consentimiento|"
    r"seu consentimento|a sua privacidade|il tuo consenso|rispettiamo la tua privacy|wij respecteren uw privacy|"
    r"(?:we and our|noi e i nostri|wij en onze|nosotros y nuestros|nós e os nossos|my i nasi|vi och våra|vi og våre) "
    r"(?:\d+ )?(?:partner|fornitor|socio|parceir|leverand)|la tua privacy è|"
    r"uw toestemming|jouw privacy|ditt samtycke|dit samtykke|vi (?:värnar|bryr oss|respekterer) .{0,20}(?:integritet|"
    r"personvern|privatliv)|suostumuksesi|yksityisyytesi|szanujemy (?:twoją )?prywatność|twojej zgody|váš souhlas|"
    r"вашего согласия|ваше согласие|файлы cookie|çerez|persetujuan anda|ยินยอม|คุกกี้|隐私设置|cookie 設定|"
    r"avant de continuer|nous respectons votre vie privée|continuer sans accepter|antes de continuar|"
    r"valoramos (?:tu|su) privacidad|informativa sui cookie|쿠키\s?(?:사용|정책|동의)|クッキー|cookie の使用",
    re.I,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|anmelden|einloggen|connexion|se connecter|iniciar sesión|entrar|accedi|zaloguj|"
    r"inloggen|logga in|logg inn|log ind|kirjaudu|přihlásit|prihlásiť|"
    r"войти|вход|увійти|giriş yap|masuk|đăng nhập|σύνδεση|prijava|bejelentkezés|autentificare)\b|تسجيل الدخول|"
    r"התחבר|เข้าสู่ระบบ|लॉग ?इन|"
    r"로그인|ログイン|登录|登入",
    re.I,
)
_PAYWALL = re.compile(
    r"subscribe (?:now |today )?to (?:continue|read|keep|unlock)|subscribers? only|already a subscriber|"
    r"to (?:continue|keep) reading|this (?:article|story|content) is (?:for|only|exclusive|reserved)|"
    r"unlock this article|"
    r"réservée? aux abonnés|il vous reste|abonnez-vous pour|nur für abonnenten|weiterlesen mit|mit .{0,12}plus|"
    r"jetzt (?:weiterlesen|abonnieren)|artikel freischalten|"
    r"(?:exclusivo|solo|sólo) para suscriptores|suscríbete para|exclusivo para assinantes|"
    r"(?:kun |bare )?for abonnenter|bli abonnent|för prenumeranter|prenumerera för att|kun for abonnenter|"
    r"tilaajille|tilaa ja lue|(?:alleen|exclusief|enkel) voor abonnees|lees verder met|pouze pro předplatitele|"
    r"jen pro předplatitele|для подписчиков|по подписке|лише для передплатників|abonelere özel|sadece abone|"
    r"khusus pelanggan|untuk pelanggan|dành cho (?:thuê bao|hội viên)|للمشتركين|למנויים בלבד|केवल सदस्य|"
    r"contenido exclusivo|conteúdo exclusivo|assine para|abbonati per|"
    r"riservat[oa] agli abbonati|tylko dla (?:subskrybentów|prenumeratorów)|"
    r"유료\s?(?:회원|기사|구독)|구독자\s?(?:전용|만)|로그인\s?후\s?이용|회원\s?(?:전용|만)|회원에게만|会員限定|"
    r"有料(?:会員|記事)|続きを読むには|付费(?:阅读|内容)|会员专享",
    re.I,
)
_MISSING = re.compile(
    r"\b404\b|503 service|service temporarily unavailable|be (?:right )?back (?:soon|shortly)|"
    r"(?:site|website|page|server|we are|we['’]re) .{0,30}maintenance|"
    r"unavailable (?:for|due to) legal reasons|(?:not available|unavailable) in your (?:country|region)|"
    r"(?:seite|website|wir) .{0,40}wartung(?:sarbeiten|smodus)?\b|site (?:est )?(?:actuellement )?en maintenance|"
    r"(?:sitio|site|sito)(?: \S+){0,3} (?:en mantenimiento|em manutenção|in manutenzione)|"
    r"(?:на сайте|сайт) .{0,30}(?:технически|обслуживани)|(?:시스템|서버|서비스|홈페이지|사이트)\s?점검\s?중|"
    r"メンテナンス中|(?:网站|系统)(?:正在)?维护|"
    r"(?:page|article|story|content|file) (?:was |can(?:no|')t be |could not be |is )?(?:not found|"
    r"no longer (?:available|exists)|not available|unavailable|removed)|not found|page you (?:are|"
    r"were) looking for|doesn'?t exist|"
    r"(?:seite|artikel) (?:wurde )?(?:leider )?(?:nicht gefunden|existiert nicht)|nicht gefunden|(?:page|"
    r"article) (?:introuvable|non trouvée?)|n['’]existe (?:pas|plus)|"
    r"(?:página|pagina|artículo) no (?:encontrad[oa]|existe)|no (?:se )?(?:ha |pudo )?(?:encontrad[oa]|"
    r"encontrar)|não (?:foi )?encontrad[oa]|pagina non trovata|nie (?:została )?znalezion[oa]|"
    r"sidan (?:kunde inte|finns inte|hittades inte)|siden (?:finnes ikke|findes ikke|ble ikke funnet|blev ikke fundet)|"
    r"(?:fant|finner) ikke siden|sivua ei (?:löyt|ole)|pagina (?:is )?niet gevonden|pagina bestaat niet|"
    r"stránka (?:nebyla nalezena|neexistuje|nenájdená|sa nenašla)|stránku se nepodařilo|az oldal nem található|"
    r"pagina nu (?:a fost găsită|există)|stranica (?:nije pronađena|ne postoji)|strani ni mogoče|"
    r"(?:страница|стр\.) не (?:найдена|существует)|такой страницы|сторінк[аи] не (?:знайдено|існує)|"
    r"страницата не (?:е намерена|съществува)|η σελίδα δεν (?:βρέθηκε|υπάρχει)|"
    r"sayfa(?:sı)? bulunamadı|(?:sayfa|haber) (?:kaldırılmış|mevcut değil)|halaman tidak (?:ditemukan|tersedia|ada)|"
    r"(?:không tìm thấy|trang (?:này )?không tồn tại)|(?:الصفحة|المقال) (?:غير موجودة?|غير متوفرة?)|لم يتم العثور|"
    r"(?:הדף|העמוד|הכתבה) (?:לא נמצא|אינו קיים|שחיפשת)|(?:पेज|पृष्ठ) नहीं मिला|ไม่พบ(?:หน้า|ข้อมูล|ข่าว)|"
    r"(?:페이지|기사|뉴스|게시물|요청하신).{0,12}(?:찾을\s?수\s?없|존재하지\s?않|삭제)|(?:페이지|"
    r"요청하신).{0,12}없습니다|삭제(?:된|"
    r"되었).{0,10}|(?:없는|존재하지\s?않는)\s?(?:기사|페이지|뉴스)|잘못된\s?(?:접근|"
    r"경로|주소)|"
    r"(?:ページ|記事).{0,10}(?:見つかりません|存在しません|削除|終了)|ページ.{0,10}ありません|掲載(?:期間|を)?.{0,6}終了|(?:页面|頁面|文章|"
    r"内容).{0,8}(?:不存在|未找到|找不到|已(?:被)?删除)",
    re.I,
)
_SCRIPTED = re.compile(
    r"""(?:alert\s*\(\s*["'](?P<message>[^"']{2,200})["']|history\.(?:back|go)\s*\(|location\.(?:href\s*=|"
    r"replace\s*\())"""
)


def find_softblock(
    document: Document, outline: Outline, title: str | None, running: int, *, article: bool
) -> str | None:
    """What blocks the page (`challenge`, `consent`, `login`, `paywall`, `missing`), or None.

    `running` is the weight of the article's text that was found; `article` whether the page's own data calls it one.
    """
    size = outline.nodes[0].size
    if running > 1_200 or size - outline.nodes[0].linked > 3 * MAX_TEXT:
        return None
    heads = [title or ""]
    heads.extend(line.text for line in outline.lines if line.tag == "h" and line.size < 200 and not line.linked)
    head = " \n ".join(heads[:12])[:2_000]
    text = " \n ".join(
        line.text for line in outline.lines if not line.linked and line.zone not in ("chrome", "related")
    )[:MAX_TEXT]
    if running < 600:
        if size < 1_500 and _marks(document):
            return "challenge"
        if _CHALLENGE.search(head) or (size < 1_500 and _CHALLENGE.search(text)):
            return "challenge"
        if _MISSING.search(head) or (running < 250 and len(text) < 600 and _MISSING.search(text)):
            return "missing"
        if _PAYWALL.search(title or ""):
            return "paywall"
        if not article and size < 2_500 and _CONSENT.search(head):
            return "consent"
    if running < 250:
        if _CONSENT.search(head) or (size < 2_500 and _CONSENT.search(text)):
            return "consent"
        # A list has labels such as "subscribers only" too.
        if (article or (size < 600 and 2 * outline.nodes[0].linked < size)) and _PAYWALL.search(text):
            return "paywall"
        if (_LOGIN.search(head) or size < 600) and _has_password(document):
            return "login"
        if size < 200:
            for script in document.parts("script"):
                found = _SCRIPTED.search((script.text or "")[:4_000])
                if found:
                    return "login" if _LOGIN.search(found["message"] or "") else "missing"
    return None


def _has_password(document: Document) -> bool:
    return any((element.get("type") or "").lower() == "password" for element in document.tree.iter("input"))


def _marks(document: Document) -> bool:
    for element in document.tree.iter("form", "div", "script", "iframe"):
        marks = " ".join((element.get(name) or "")[:300] for name in ("id", "class", "src"))
        if _CHALLENGE_MARKS.search(marks):
            return True
    return False
