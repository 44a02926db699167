"""Headings that stand over an empty list: a script would have filled it in."""

from __future__ import annotations

import re
from bisect import bisect_left

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_outline import HEADINGS, Outline
from crawler.parsers.blocks_words import folded, is_aside, is_box, is_more, is_popular, weight
from crawler.parsers.headings import HEADING_NAME, Heading, heading_text, names_heading


def empty_shells(links: Links, used: set[int]) -> list[Heading]:
    """Headings that stand over no rows: a script would fill them in. One of each text."""
    outline = links.outline
    shells: dict[str, Heading] = {}
    taken = sorted(used)
    done = 0
    for node, tag in enumerate(outline.tags):
        runs = outline.last_run[node] - outline.first_run[node]
        if runs > 12 or node < done or links.state[node] or outline.chrome[node]:
            continue
        if tag in ("a", "h1") or outline.end[node] - node > 9:
            continue
        if (
            tag not in HEADINGS
            and tag not in _TITLE_TAGS
            and not (outline.names[node] and names_heading(outline.names[node]))
        ):
            continue
        if not runs and tag not in HEADINGS and not outline.text(node):
            continue
        place = bisect_left(taken, node)
        if place < len(taken) and taken[place] < outline.end[node]:
            continue
        if place and outline.within(node, taken[place - 1]):
            continue
        text = heading_text(links, node)
        popular = is_popular(text)
        if (
            not 2 <= weight(text) <= (40 if popular else 30)
            or is_aside(text)
            or is_box(text)
            or (is_more(text) and tag not in HEADINGS and not popular)
        ):
            continue
        if _is_part_of_link(outline, node, text):
            continue
        scope = _empty_scope(links, node, popular)
        if scope is None or (not popular and _is_refused(outline, node, scope)):
            continue
        done = outline.end[node]
        shells.setdefault(folded(text), Heading(node, text, 3, scope))
    return list(shells.values())


_TITLE_TAGS = frozenset(["th", "dt", "strong", "caption", "legend"])
_LISTS = frozenset(["ul", "ol", "dl", "tbody", "table"])
_BOXES = frozenset(["div", "section", "article"])
# Boxes that hold no list: adverts, layers over the page, tools, the head of the page or of an article.
_REFUSED = re.compile(
    r"(?:^|[\s_-])(?:ads?|ad[a-z]*-?slot|adunit|advert\w*|banner|sponsor\w*|outbrain|taboola|popup|pop-up|"
    r"modal|layer|lyr\w*|dimmed|overlay|dialog|login|signin|paywall|regi\w*|share|sns|"
    r"social|player|video-container|weather|policy|comments?|reply|author|byline|profile|search|form|logo|"
    r"teaser|card|post-title|entry-title|breadcrumb|newsletter|subscribe|toolbar|tooltip|cookie|survey|"
    r"vote|poll|calendar)"
    r"(?=$|[\s_-])"
)


def _is_part_of_link(outline: Outline, node: int, text: str) -> bool:
    """Whether a text is a word of a longer link's text."""
    for _ in range(6):
        node = outline.parent[node]
        if node < 0:
            return False
        if outline.tags[node] == "a":
            return len(outline.text(node)) > len(text) + 12
    return False


def _is_refused(outline: Outline, node: int, scope: int) -> bool:
    if outline.tags[scope] in ("header", "form", "label"):
        return True
    at = node
    for _ in range(8):
        if at < 0 or (outline.tags[at] in ("header", "form") and at < scope):
            return at >= 0
        if at <= scope - 1 and scope - at > 0 and outline.depth[scope] - outline.depth[at] > 1:
            break
        if outline.names[at] and _REFUSED.search(outline.names[at]):
            return True
        at = outline.parent[at]
    return False


def _empty_scope(links: Links, node: int, popular: bool) -> int | None:
    """The element in which a heading stands over an empty list, or over nothing but a "more" link."""
    outline = links.outline
    scope = node
    named = outline.tags[node] in HEADINGS or popular
    for _ in range(5):
        scope = outline.parent[scope]
        if scope < 0 or outline.tags[scope] in ("body", "main", "html"):
            return None
        if outline.tags[scope] == "header":
            continue
        if outline.text_between(outline.first_run[scope], outline.first_run[node]):
            return None
        empty = _empty_list_after(links, node, scope)
        if empty in _LISTS:
            return scope
        if links.state[scope]:
            return None
        rest = outline.text_between(outline.last_run[node], outline.last_run[scope])
        if rest and not _is_slight(rest):
            return None
        if empty or (named and (rest or (popular and outline.end[scope] > outline.end[node] + 1))):
            return scope
        if popular and _NAMED_FOR.search(outline.names[scope]):
            return scope
    return None


_NAMED_FOR = re.compile(r"popular|most|rank|trend|best|widget|block|module")


def _empty_list_after(links: Links, node: int, scope: int) -> str:
    """The tag of the empty list element that comes first after a heading, a "more" link apart; else empty."""
    outline = links.outline
    at = outline.end[node]
    while at < outline.end[scope]:
        text = outline.text(at)
        tag = outline.tags[at]
        if text:
            if not _is_slight(text):
                return ""
        elif not links.state[at]:
            inside = next(
                (
                    outline.tags[inner]
                    for inner in range(at, min(outline.end[at], at + 4))
                    if outline.tags[inner] in _LISTS
                ),
                "",
            )
            if (inside or tag in _BOXES) and not _has_media(outline, at) and not _REFUSED.search(outline.names[at]):
                return inside or tag
        at = outline.end[at]
    return ""


def first_heading(links: Links, scope: int) -> Heading | None:
    """The first heading, or text named so, inside an element."""
    outline = links.outline
    for node in range(scope + 1, outline.end[scope]):
        tag = outline.tags[node]
        if tag in HEADINGS or tag in _TITLE_TAGS or (outline.names[node] and names_heading(outline.names[node])):
            text = heading_text(links, node)
            if 2 <= weight(text) <= 60 and not is_more(text):
                return Heading(node, text, 3, scope)
    return None


def _is_slight(text: str) -> bool:
    """Whether a text beside a heading is only a "more" link, a time, or a word or two."""
    return is_more(text) or is_aside(text) or weight(text) <= 4


def heads_shell(links: Links, node: int, scope: int) -> bool:
    """Whether a heading, found from `scope`, has an empty list of its own in the element right below `scope`."""
    outline = links.outline
    block = node
    while outline.parent[block] > scope:
        block = outline.parent[block]
    if outline.parent[block] != scope or block == node:
        return False
    at = node
    while at != block:
        at = outline.parent[at]
        if links.state[at]:
            return False
        empty = _empty_list_after(links, node, at)
        if empty in _LISTS:
            return True
        if (
            empty
            and not HEADING_NAME.search(outline.names[at])
            and _HOLDER.search(_first_empty_name(outline, node, at))
        ):
            return True
    return False


_HOLDER = re.compile(r"list|cont(?:ent)?|body|box|items?|swiper|slide|grid|feed|result|recommend")


def _first_empty_name(outline: Outline, node: int, scope: int) -> str:
    at = outline.end[node]
    while at < outline.end[scope]:
        if outline.tags[at] in _BOXES and not outline.text(at):
            return outline.names[at]
        at = outline.end[at]
    return ""


def _has_media(outline: Outline, node: int) -> bool:
    for inner in range(node, min(outline.end[node], node + 60)):
        tag = outline.tags[inner]
        if tag in ("img", "input", "picture", "video") or (tag == "a" and outline.nodes[inner].get("href")):
            return True
    return False
