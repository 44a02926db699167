"""What an element's tag, role, class and id claim it to be.

Class names lie, so a claim is only a claim: body.py weighs it against the text that stands inside.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Zone = Literal[
    "", "hidden", "chrome", "related", "comments", "share", "advert", "caption", "byline", "box", "copyright"
]

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")

_ZONES: dict[str, str] = {
    "chrome": "nav navi navbar navigation gnb lnb snb menu submenu megamenu header masthead footer foot breadcrumb breadcrumbs "
    "sidebar rail toolbar cookie cookies consent gdpr modal popup dialog overlay lightbox offcanvas login signin "
    "search pagination pager paging skip weather ticker",
    "related": "related relation relate recommend recommended recommendation recommendations recirc recirculation teaser "
    "teasers trending popular readmore morenews outbrain taboola mostread mostviewed latest onward suggestions similar "
    "seealso ranking carousel swiper slick playlist aside readalso upnext weiterlesen",
    "comments": "comment comments disqus reply replies respond talkback kommentare commentaires comentarios",
    "share": "share sharing shares social sns sharedaddy addthis addtoany socials bookmark bookmarks print tools util utils utility "
    "fontsize facebook twitter whatsapp reactions likes",
    "advert": "ad ads adv advert adverts advertisement advertising advertorial adsense adslot adbox adsbygoogle banner banners dfp "
    "gpt sponsor sponsored sponsors werbung anzeige publicidad publicite promo promos promotion promotional adwrap commercial",
    "caption": "caption captions figcaption credit credits cutline legend photographer bildunterschrift imagecaption cap "
    "bildnachweis piefoto copyrightholder",
    "byline": "byline bylines author authors dateline timestamp datetime pubdate postmeta reporter journalist autor autore "
    "auteur signature published",
    "box": "newsletter newsletters subscribe subscription subscriptions signup paywall donate donation donations "
    "membership poll quiz survey tags tag taglist keywords topics rating infobox factbox toc disclaimer "
    "feedback register registration widget widgets",
    "copyright": "copyright copyrights copy rights",
}
_OF_WORD = {word: zone for zone, words in _ZONES.items() for word in words.split()}
# What an article's own parts are called: none of the words above counts beside these ("article-header" is a header,
# but "content-with-sidebar" is content).
_CONTENT = re.compile(
    r"article[-_]?(?:body|text|content|txt|cont|inner|main|paragraph|copy)|(?:story|post|entry|news|main|page|view|text)[-_]?(?:body|content|text|contents|txt|article|con)\b"
    r"|articlebody|storybody|body[-_]?(?:text|copy|content)|content[-_]?(?:body|text|main|article)|(?:^|[\s_-])(?:richtext|rich-text|wysiwyg|prose|paragraph|paragraphs|artikeltext|artikel-?body)(?:$|[\s_-])",
    re.I,
)
_WRAPPER = re.compile(
    r"(?:^|[\s_-])(?:has|with|no|without|is|not|hide|show|page|single|layout|wrapper|container|grid|col)[-_]", re.I
)
_HIDDEN_WORDS = re.compile(
    r"(?:^|\s)(?:hidden|hide|is-hidden|sr-only|visually-?hidden|screen-?reader(?:-text)?|blind|invisible|d-none|u-hidden|a11y|"
    r"print[-_]only|only[-_]print|visible-print(?:-block)?|display-none)(?:\s|$)",
    re.I,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_TAGS = {"nav": "chrome", "footer": "chrome", "aside": "related", "figcaption": "caption", "form": "box", "dialog": "chrome",
         "address": "byline", "menu": "chrome", "select": "chrome", "button": "share"}  # fmt: skip
_ROLES = {"navigation": "chrome", "banner": "chrome", "contentinfo": "chrome", "search": "chrome", "complementary": "related",
          "dialog": "chrome", "alertdialog": "chrome", "menu": "chrome", "menubar": "chrome", "tooltip": "hidden"}  # fmt: skip


@lru_cache(maxsize=65_536)
def claim(tag: str, names: str, role: str) -> str:
    """The zone that an element claims by its tag, `class` and `id` (joined by a space) and `role`; "" for none."""
    if role in _ROLES:
        return _ROLES[role]
    if names:
        if _HIDDEN_WORDS.search(names):
            return "hidden"
        if not _CONTENT.search(names):
            for word in _WORDS.findall(names):
                zone = _OF_WORD.get(word.lower())
                if zone:
                    return zone
    return _TAGS.get(tag, "")


@lru_cache(maxsize=65_536)
def is_content(names: str) -> bool:
    """Whether class or id name an article's text."""
    return bool(_CONTENT.search(names))


def is_hidden_style(style: str) -> bool:
    """Whether an inline style keeps an element from being seen."""
    return bool(_HIDDEN_STYLE.search(style))
