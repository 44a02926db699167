"""What sort of page it is, by evidence for and against: an article, a list, a front page, or something else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.model import PageKind
from crawler.parsers import jsonld
from crawler.parsers.blocks_words import is_legal
from crawler.parsers.body import Found
from crawler.parsers.metadata import Metadata, Title
from crawler.parsers.outline import Outline

_FRONT = re.compile(r"^/?(?:(?:index|main|home|default|news)(?:\.\w{2,5})?)?/?$", re.I)
_LISTS = re.compile(
    r"/(?:category|categories|tag|tags|topics?|section|sections|search|archive|archives|authors?|list|latest|"
    r"ranking|page/\d+)(?:/|$|\.)|articlelist|newslist|list\.(?:php|asp|aspx|html|do|nhn|naver)",
    re.I,
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:page|search\w*|q|query|keyword|sc_section_code|csearch_word)=", re.I)
_LIST_TYPES = frozenset(("CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"))
_ABOUT = re.compile(
    r"/(?:about|company|contacts?|kontakt|contatti|contacto|impressum|imprint|privacy|terms|legal|masthead|team|staff|careers?|"
    r"jobs|faq|help|advertis\w*|mediadaten|media-?kit|subscri\w*|newsletters?|donate|accessibility|ethics|who-we-are|"
    r"sobre|quienes-somos|quem-somos|chi-siamo|qui-sommes-nous|mentions-legales|ueber-uns|uber-uns|intro|introduction|"
    r"ombudsman)(?:[-_]?(?:us|policy|of-(?:use|service)|the-\w+))?(?:\.\w{2,5})?/?$",
    re.I,
)
_MANY_LINKS = 12
_SOME_LINKS = 5
_TEXT = 120
_FLASH = 24
"""The weight of an article's text at least; of one that the page says in every other way to be an article."""


def find_kind(
    data: Metadata, outline: Outline, title: Title, found: Found | None, dated: bool, url: str, content: int
) -> PageKind:
    """The kind of a page that nothing blocks. `dated`: the page gives a date of publication; `content`: to how many
    pieces of content it links, rankings apart, which stand beside articles and errors too."""
    parts = urlsplit(url)
    is_root = bool(_FRONT.match(parts.path)) and not parts.query
    listed = sum(1 for line in outline.lines if line.links and line.linked > 0.6 * line.size and line.size >= 24)
    running = sum(line.size for line in found.lines) if found else 0
    long = sum(1 for line in found.lines if line.size >= 60 and line.ends) if found else 0
    score = 0.0
    types = {name for node in data.objects[:50] for name in jsonld.types(node)}
    kind_meta = (data.first("og:type") or "").lower()
    claims = 2.0 * ("article" in kind_meta or "news" in kind_meta) + 2.0 * (
        data.article is not None and not types & _LIST_TYPES
    )
    score += claims
    score += 1.0 * dated + 1.0 * (title.line is not None)
    # "article:published_time" is no date of a list.
    score += 1.0 * any(name.startswith(("article:published", "og:article:published")) for name in data.meta)
    score += 2.0 * (running > 1_500) + 1.0 * (running > 500) + 1.0 * (long >= 3)
    score -= 4.0 * is_root
    score -= 1.0 * (kind_meta == "website")
    named_list = bool(_LISTS.search(parts.path) or _LIST_QUERY.search(parts.query))
    score -= 1.5 * named_list
    score -= 3.0 * (outline.cards > 0.5 and data.article is None)
    score -= 3.0 * (outline.cards > 0.8 and data.article is None)  # some systems call their lists articles
    typed_list = bool(types & _LIST_TYPES and data.article is None)
    score -= 1.5 * typed_list
    score -= 2.0 * (listed > 3 * _MANY_LINKS and running < 800) + 1.0 * (listed > _MANY_LINKS and running < 400)
    if not (claims or dated) and _ABOUT.search(parts.path):
        score -= 2.0  # a page about the site itself has a headline and text as well
    score -= 3.0 * is_legal(title.text or "")
    if found is not None and score >= 2.0 and running >= (_FLASH if score >= 4.0 else _TEXT):
        return "article"
    root = outline.nodes[0]
    of_titles = outline.cards > 0.5 or root.linked > 0.4 * root.size
    if max(listed, content) >= _MANY_LINKS or (
        content >= _SOME_LINKS and (is_root or named_list or typed_list or of_titles)
    ):
        return "front" if is_root else "list"
    return "other"
