"""Headings that stand over an empty list: a script would have filled it in."""

from __future__ import annotations

import re
from bisect import bisect_left

from crawler.parsers.blocks_links import NONE, Links
from crawler.parsers.blocks_names import HEADING_NAME, names_heading
from crawler.parsers.blocks_times import is_aside
from crawler.parsers.blocks_words import folded, is_box, is_more, weight
from crawler.parsers.headings import Heading
from crawler.parsers.headings_text import heading_text, heads_column
from crawler.parsers.popularity import is_popular
from crawler.parsers.tree import HEADINGS, Tree


def empty_shells(links: Links, used: set[int]) -> list[Heading]:
    """Headings that stand over no rows: a script would fill them in. One of each text."""
    tree = links.tree
    shells: dict[str, Heading] = {}
    taken = sorted(used)
    done = 0
    names = tree.names
    each = zip(tree.tags, links.state, tree.chrome, tree.first_run, tree.last_run, strict=True)
    for node, (tag, holds, furniture, first, last) in enumerate(each):
        # In the order of their cost: most elements fail at once.
        if holds or furniture or last - first > 12 or (first == last and tag not in HEADINGS) or node < done:
            continue
        if tag in ("a", "h1") or tree.end[node] - node > 9 or (tag == "th" and heads_column(tree, node)):
            continue
        if tag not in _HEADING_TAGS and not (names[node] and names_heading(names[node])):
            continue
        place = bisect_left(taken, node)
        if place < len(taken) and taken[place] < tree.end[node]:
            continue
        if place and tree.within(node, taken[place - 1]):
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
        if _is_part_of_link(links, node, text):
            continue
        scope = _empty_scope(links, node, popular)
        if scope is None or (not popular and _is_refused(tree, node, scope)):
            continue
        done = tree.end[node]
        shells.setdefault(folded(text), Heading(node, text, 3, scope))
    return list(shells.values())


_TITLE_TAGS = frozenset(["th", "dt", "strong", "caption", "legend"])
_HEADING_TAGS = HEADINGS | _TITLE_TAGS
_SAID = 60  # what a line that says what a ranking is may weigh
_BLANK = 40  # characters of blanks around a heading
_SIBLINGS = 40
_WRAPPERS = 4  # elements around a heading alone
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


def _is_part_of_link(links: Links, node: int, text: str) -> bool:
    """Whether a text is a word of a longer link's text, or an entry's title."""
    tree = links.tree
    for _ in range(6):
        node = tree.parent[node]
        if node < 0:
            return False
        if tree.tags[node] == "a":
            return links.state[node] != NONE or len(tree.text(node)) > len(text) + 12
    return False


def _is_refused(tree: Tree, node: int, scope: int) -> bool:
    if tree.tags[scope] in ("header", "form", "label"):
        return True
    at = node
    for _ in range(8):
        if at < 0 or (tree.tags[at] in ("header", "form") and at < scope):
            return at >= 0
        if at <= scope - 1 and scope - at > 0 and tree.depth(scope) - tree.depth(at) > 1:
            break
        if tree.names[at] and _REFUSED.search(tree.names[at]):
            return True
        at = tree.parent[at]
    return False


def _empty_scope(links: Links, node: int, popular: bool) -> int | None:
    """The element in which a heading stands over an empty list, or over nothing but a "more" link."""
    tree = links.tree
    if _stands_bare(links, node):
        return node
    flat = _over_empty_sibling(links, node)
    if flat is not None:
        return flat
    scope = node
    named = tree.tags[node] in HEADINGS or popular
    for _ in range(5):
        scope = tree.parent[scope]
        if scope < 0 or tree.tags[scope] in ("body", "main", "html"):
            return None
        if tree.tags[scope] == "header":
            continue
        if tree.has_text(tree.first_run[scope], tree.first_run[node]):
            return None
        empty = _empty_list_after(links, node, scope)
        if empty in _LISTS:
            return scope
        if links.state[scope]:
            return None
        rest = tree.text_between(tree.last_run[node], tree.last_run[scope])
        if rest and not _is_slight(rest) and not (popular and weight(rest) <= _SAID):
            return None
        if empty or (named and (rest or (popular and tree.end[scope] > tree.end[node] + 1))):
            return scope
        if popular and _NAMED_FOR.search(tree.names[scope]):
            return scope
    return None


def _over_empty_sibling(links: Links, node: int) -> int | None:
    """The flat container in which an empty list comes right after a heading, or after a wrapper around it alone."""
    tree = links.tree
    at, text = node, tree.text(node)
    for _ in range(_WRAPPERS):
        above, after = tree.parent[at], tree.end[at]
        if above < 0 or tree.tags[above] in ("html", "a"):
            return None
        if after < tree.end[above] and not links.state[after] and not _has_text(tree, after):
            tag, element = tree.tags[after], tree.nodes[after]
            filled = (
                tag == "div"
                and tree.tags[node] in HEADINGS
                and not len(element)
                and (_HOLDER.search(tree.names[after]) or (element.get("id") and _has_twin(tree, at)))
            )
            if (tag in ("ul", "ol", "dl") or filled) and not _REFUSED.search(tree.names[after]):
                return above
        # Sizes first: the text of a large container is not read for each of its headings.
        whole = tree.size(tree.first_run[above], tree.last_run[above])
        if tree.tags[above] in ("body", "main") or whole > len(text) + _BLANK or tree.text(above) != text:
            return None
        at = above
    return None


def _has_twin(tree: Tree, node: int) -> bool:
    """Whether another element of the same tag and class stands beside a node: each heads a block."""
    above = tree.parent[node]
    child, stop = above + 1, tree.end[above]
    for _ in range(_SIBLINGS):
        if child >= stop:
            return False
        if child != node and (tree.tags[child], tree.names[child]) == (tree.tags[node], tree.names[node]):
            return True
        child = tree.end[child]
    return False


def _has_text(tree: Tree, node: int) -> bool:
    return tree.has_text(tree.first_run[node], tree.last_run[node])


def _stands_bare(links: Links, node: int) -> bool:
    """Whether nothing but an empty box stands between a heading and the next one like it, in one flat container."""
    tree = links.tree
    if tree.tags[node] not in HEADINGS:
        return False
    at, stop, boxes = tree.end[node], tree.end[tree.parent[node]], 0
    while at < stop and tree.tags[at] != tree.tags[node]:
        tag = tree.tags[at]
        if _has_text(tree, at):
            return False
        if links.state[at] or (tag in _BOXES and (_has_media(tree, at) or _REFUSED.search(tree.names[at]))):
            return False
        boxes += tag in _BOXES or tag in _LISTS
        at = tree.end[at]
    return at < stop and boxes > 0


_NAMED_FOR = re.compile(r"popular|most|rank|trend|best|widget|block|module")


def _empty_list_after(links: Links, node: int, scope: int) -> str:
    """The tag of the empty list element that comes first after a heading, a "more" link apart; else empty."""
    tree = links.tree
    at = tree.end[node]
    while at < tree.end[scope]:
        text = tree.text(at)
        tag = tree.tags[at]
        if text:
            if not _is_slight(text):
                return ""
        elif not links.state[at]:
            inside = next(
                (tree.tags[inner] for inner in range(at, min(tree.end[at], at + 4)) if tree.tags[inner] in _LISTS),
                "",
            )
            if (inside or tag in _BOXES) and not _has_media(tree, at) and not _REFUSED.search(tree.names[at]):
                return inside or tag
        at = tree.end[at]
    return ""


def first_heading(links: Links, scope: int) -> Heading | None:
    """The first heading, or text named so, inside an element."""
    tree = links.tree
    for node in range(scope + 1, tree.end[scope]):
        tag = tree.tags[node]
        if tag in HEADINGS or tag in _TITLE_TAGS or (tree.names[node] and names_heading(tree.names[node])):
            text = heading_text(links, node)
            if 2 <= weight(text) <= 60 and not is_more(text):
                return Heading(node, text, 3, scope)
    return None


def _is_slight(text: str) -> bool:
    """Whether a text beside a heading is only a "more" link, a time, or a word or two."""
    return is_more(text) or is_aside(text) or weight(text) <= 4


def heads_shell(links: Links, node: int, scope: int) -> bool:
    """Whether a heading, found from `scope`, has an empty list of its own in the element right below `scope`."""
    tree = links.tree
    block = node
    while tree.parent[block] > scope:
        block = tree.parent[block]
    if tree.parent[block] != scope or block == node:
        return False
    at = node
    while at != block:
        at = tree.parent[at]
        if links.state[at]:
            return False
        empty = _empty_list_after(links, node, at)
        if empty in _LISTS:
            return True
        if empty and not HEADING_NAME.search(tree.names[at]) and _HOLDER.search(_first_empty_name(tree, node, at)):
            return True
    return False


_HOLDER = re.compile(r"list|cont(?:ent)?|body|box|items?|swiper|slide|grid|feed|result|recommend")


def _first_empty_name(tree: Tree, node: int, scope: int) -> str:
    at = tree.end[node]
    while at < tree.end[scope]:
        if tree.tags[at] in _BOXES and not tree.text(at):
            return tree.names[at]
        at = tree.end[at]
    return ""


def _has_media(tree: Tree, node: int) -> bool:
    for inner in range(node, min(tree.end[node], node + 60)):
        tag = tree.tags[inner]
        if tag in ("img", "input", "picture", "video") or (tag == "a" and tree.nodes[inner].get("href")):
            return True
    return False
