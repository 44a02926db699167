"""What an element's tag, role, class and id claim it to be.

Class names lie, so a claim is only a claim: body.py weighs it against the text that stands inside.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from crawler.parsers.text import holds, parts

Zone = Literal[
    "", "hidden", "chrome", "related", "comments", "share", "advert", "caption", "byline", "box", "copyright"
]

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")
# Utility classes speak of looks, not of meaning: "text-copy-primary", "print:hidden", "[&>li]:mt-2", "hover:bg-x".
_UTILITY = frozenset(
    "text bg border font flex grid col row w h m p mt mb ml mr mx my pt pb pl pr px py gap space justify items "
    "overflow rounded shadow leading tracking max min z order align float js is has no not with without style "
    "theme category tag postid post page type status format author hentry section single template".split()
)
_UTILITY_BLOCKS = ("wp-block-", "wp-image-")
_UTILITY_SIGN = re.compile(r"[:\[\]/!@()]")
_WHOLE_TAG = re.compile(
    r"^(?:tag|author|category|section|page|post|type|is|text)-(?:box|list|links?|bio|info|name|names|wrap|"
    r"wrapper|cloud|area|meta|card)$"
)

# Words that claim wherever they stand in a name: "article-share", "relatedStories", "box_ad".
_ZONES: dict[str, str] = {
    "chrome": "nav navi navbar navigation gnb lnb snb menu submenu megamenu masthead footer breadcrumb "
    "breadcrumbs sidebar toolbar "
    "cookie cookies consent gdpr modal popup dialog overlay lightbox offcanvas login signin pagination pager "
    "paging ticker",
    "related": "related relation relate recommend recommended recommendation recommendations recirc "
    "recirculation teaser teasers "
    "trending readmore morenews outbrain taboola mostread mostviewed onward suggestions seealso ranking readalso "
    "upnext",
    "comments": "comment comments disqus respond talkback kommentare commentaires comentarios",
    "share": "share sharing shares sns sharedaddy addthis addtoany socials social sociallinks fontsize",
    "advert": "advert adverts advertisement advertising advertorial adsense adslot adbox adsbygoogle banner "
    "banners dfp sponsor "
    "sponsored sponsors werbung anzeige publicidad publicite promo promos promotion promotional adwrap",
    "caption": "caption captions figcaption cutline photographer bildunterschrift imagecaption bildnachweis piefoto",
    "byline": "byline bylines dateline timestamp datetime pubdate reporter journalist signature",
    "box": "newsletter newsletters subscribe subscription subscriptions signup donate donation donations taglist "
    "toc disclaimer "
    "infobox factbox quiz poll survey footnote footnotes endnotes",
    "copyright": "copyright copyrights",
    "kicker": "kicker eyebrow overline dachzeile spitzmarke topline roofline antetitulo surtitre "
    "pretitulo volanta cintillo chapeu vinjett",
}
# Words that mean it only as a whole name: "copy" is a copyright line, "text-copy-lg" is running text.
_WHOLE: dict[str, str] = {
    "chrome": "header foot rail weather skip search gnb top-bar util utils utility skipnav",
    "related": "popular latest similar carousel swiper slick playlist aside",
    "share": "print tools tool bookmark reactions likes article-tools view-tools",
    "advert": "ad ads adv gpt commercial ad-box ad_box ad-wrap ad-container ad-slot",
    "comments": "reply replies",
    "caption": "cap credit credits legend img-desc img-txt img-text img-cap photo-desc photo-txt photo-text pic-desc "
    "image-desc image-credit photo-credit img-caption wp-caption-text",
    "byline": "author authors autor autore auteur postmeta post-meta entry-meta article-meta published meta "
    "article-info writer "
    "author-info author-name author-box author-bio authorbox bio",
    "box": "tags tag-list keywords topics rating feedback register registration widget widgets paywall "
    "membership tag_list",
    "copyright": "copy rights copyrightholder",
}
_OF_WORD = {word: zone for zone, words in _ZONES.items() for word in words.split()}
_OF_NAME = {word: zone for zone, words in _WHOLE.items() for word in words.split()}
# What an article's own parts are called: no word above counts beside these.
_CONTENT = re.compile(
    r"article[-_]{0,2}(?:body|text|content|contents|txt|cont|inner|main|paragraph|copy|view|detail)|"
    r"(?:story|post|entry|news|main|page|view|text)[-_]{0,2}(?:body|content|text|contents|txt|article|con|"
    r"main)(?![a-z])|"
    r"articlebody|storybody|body[-_]{0,2}(?:text|copy|content)|content[-_]{0,2}(?:body|text|main|article)|"
    r"(?:^|[\s_-])(?:richtext|rich-text|wysiwyg|prose|artikeltext|artikel-?body|cuerpo|corpo-?materia)(?:$|[\s_-])"
)
_CONTENT_PARTS = parts("article", "body", "text", "txt", "con", "main", "prose", "wysiwyg", "cuerpo", "corpo")
_HIDDEN_NAMES = frozenset(
    "hidden hide is-hidden sr-only visually-hidden visuallyhidden screen-reader screen-reader-text screenreader "
    "blind invisible d-none "
    "u-hidden a11y print-only print_only only-print only_print visible-print visible-print-block display-none".split()
)
_WEAK_LAST = frozenset("meta credit credits author authors tags ad ads tools copy legend".split())
_SHOWN_ELSEWHERE = re.compile(
    r"(?:sm|md|lg|xl|desktop|tablet|mobile)[:-](?:block|flex|grid|inline|table|visible)|d-\w\w-(?:block|flex|grid)"
)
_SHOWN_PARTS = parts("-block", "-flex", "-grid", "-inline", "-table", "-visible", ":")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
# "imgtxt", "photo_exp", "picInfo": words joined in every way.
_CAPTION = re.compile(r"(?:img|image|pic|photo|pht)[-_]?(?:txt|text|desc|exp|memo|caption|cap|comment|cont|info)\d?$")
_TAGS = {
    "nav": "chrome", "footer": "chrome", "aside": "related", "figcaption": "caption", "form": "box", "dialog": "chrome",
    "address": "byline", "menu": "chrome", "select": "chrome", "button": "share",
}  # fmt: skip
_ROLES = {
    "navigation": "chrome", "banner": "chrome", "contentinfo": "chrome", "search": "chrome", "complementary": "related",
    "dialog": "chrome", "alertdialog": "chrome", "menu": "chrome", "menubar": "chrome", "tooltip": "hidden",
}  # fmt: skip
_PLAIN = frozenset(("html", "body", "main", "article"))


@lru_cache(maxsize=65_536)
def claim(tag: str, names: str, role: str) -> tuple[str, bool]:
    """The zone that an element claims by its tag, `class` and `id` (joined by a space) and `role` ("" for none), and
    whether its names call it an article's text."""
    if role in _ROLES:
        return _ROLES[role], False
    zone = ""
    content = shown = hidden = False
    for name in names.split()[:40]:
        says = _name(name)
        if says == "hidden":
            hidden = True
        elif says == "shown":
            shown = True
        elif says == "content":
            content = True
        elif says and not zone:
            zone = says
    if hidden and not shown:
        return "hidden", content
    if content or (tag in _PLAIN and zone not in ("related", "comments")):
        zone = ""
    return zone or _TAGS.get(tag, ""), content


@lru_cache(maxsize=65_536)
def _name(name: str) -> str:
    """What one class or id says: a zone, "content", "hidden", "shown" (hidden elsewhere only), or ""."""
    lower = name.lower()
    if lower in _HIDDEN_NAMES:
        return "hidden"
    if holds(lower, _SHOWN_PARTS) and _SHOWN_ELSEWHERE.search(lower):
        return "shown"
    if holds(lower, _CONTENT_PARTS) and _CONTENT.search(lower):
        return "content"
    dashed = lower.replace("_", "-")
    zone = _OF_NAME.get(lower) or _OF_NAME.get(dashed, "")
    if zone or (_is_utility(name) and not _WHOLE_TAG.match(lower)):
        return zone
    if lower.startswith(("img", "image", "pic", "photo", "pht")) and _CAPTION.match(lower):
        return "caption"
    words = dashed.split("-")
    if lower != name or len(name) > 100 or not (name.isascii() and all(map(str.isalpha, words))):
        words = [word.lower() for word in _WORDS.findall(name[:100])]
    for word in words:
        if word in _OF_WORD:
            return _OF_WORD[word]
    # "author-box", "postMeta", "photo_credit": a weak word begins or ends a short name.
    if len(words) == 2 and words[1] in _WEAK_LAST:
        return _OF_NAME.get(words[1], "byline")
    if len(words) >= 2 and words[0] in ("ad", "ads", "adv", "author", "autor"):
        return _OF_NAME[words[0]]
    return ""


def _is_utility(name: str) -> bool:
    first, dash, _ = name.partition("-")
    if dash and (first in _UTILITY or name.startswith(_UTILITY_BLOCKS)):
        return True
    return not name.replace("-", "_").isidentifier() and _UTILITY_SIGN.search(name) is not None


def is_hidden_style(style: str) -> bool:
    """Whether an inline style keeps an element from being seen."""
    return bool(_HIDDEN_STYLE.search(style))
