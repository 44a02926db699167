"""The heading of a block: the text that stands before its rows, with no other content between."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_names import names_heading
from crawler.parsers.blocks_times import is_aside, is_period, is_rank
from crawler.parsers.blocks_words import is_box, is_more, is_see_also, weight
from crawler.parsers.headings_choice import Piece, choose
from crawler.parsers.headings_text import heading_text, heads_column, parts_labels
from crawler.parsers.popularity import is_popular
from crawler.parsers.text import caseless, ends_sentence
from crawler.parsers.tree import BOLD, HEADINGS, INLINE, Tree

MAX_HEADING = 110
MAX_CLIMB = 7
_PARAGRAPH = 80
_PIECES = 16
_LINE = 8  # elements of a line of text
# The link to the rest of a ranking, whatever else it says.
_GO_ON = re.compile(
    r"続き|一覧(?:へ|を見る)?$|もっと[見み]る|すべて[見み]る|더\s?보기|전체\s?보기|\b(?:see|view|show) (?:all|more)\b|"
    r"更多|看全部",
    re.I,
)
# A picture's file that is called a title: "images/tit_new.gif".
_PICTURED = re.compile(r"(?:^|[/_-])(?:tit|ttl|title|head|hd|h|subject|tlt)[_-]?\w*\.(?:gif|png|jpe?g|svg|webp)$", re.I)
_TITLES = BOLD | {"th", "caption", "legend", "dt", "summary"}
_KICKER_NAME = re.compile(
    r"(?:^|[\s_-])(?:kicker|chapeu|chapéu|antetitulo|volanta|overline|eyebrow|theme|roofline|dachzeile|"
    r"spitzmarke|byline|author|caption|copyright|credit)s?(?=$|[\s_-])"
)
_TOOL = caseless(
    r"(?:facebook|twitter|tumblr|instagram|whatsapp|telegram|linkedin|pinterest|reddit|youtube|e-?mail|"
    r"share|tweet|copy|sign (?:in|out|up)|log (?:in|out)|skip|print|close|menu|previous|next|search"
    r"|adchoices|advertisement|anzeige|werbung|publicidad|publicité|publicidade|pubblicità|reklam[ae]?|annonse?|mainos"
    r"|hirdetés|oglasi?|advertentie|inzerce|реклама|διαφήμιση|إعلان|اعلان|פרסומת|여백|광고|닫기|본문|메뉴|本文|メニュー"
    r"|siirry|zum inhalt|zu\w? .{3,50} springen|aller au|ir al|saltar)\b",
)
ACTIVE = re.compile(r"(?:^|[\s_-])(?:active|selected|current|on|open)(?=$|[\s_-])")


@dataclass(slots=True)
class Heading:
    """What a block is called, where that stands, and the lowest element that holds both."""

    node: int
    text: str
    strength: int
    scope: int
    passed: Piece | None = None


def find_heading(links: Links, start: int, parent: int, after: int) -> Heading | None:
    """Look from a block's first row (`start`, inside `parent`) upwards and backwards.

    `after` is the first node that no earlier row stands in: nothing before it is looked at.
    """
    tree = links.tree
    scope, stop = parent, start
    pieces: list[Piece] = []
    weak: Heading | None = None
    for level in range(MAX_CLIMB):
        if scope < 0 or tree.tags[scope] == "html":
            break
        found = pieces_between(links, max(scope, after), stop, scope)
        if found is None:
            break
        prose = [place for place, piece in enumerate(found) if _is_prose(piece)]
        walled = len(prose) > 1  # one may say what the block is
        if walled:
            found = found[: prose[0]]
        pieces.extend(piece for piece in found if not (piece.popular and _heads_topics(links, piece)))
        best = choose(pieces)
        # The article's headline, that of a box without links, or words in bold, beyond a label right over the rows.
        if (
            best is not None
            and weak is not None
            and (best.tag == "h1" or is_box(best.text) or (best.strength == 2 and _is_bold(tree, best.node)))
        ):
            return weak
        if best is not None and best.strength >= 2:
            passed = next((piece for piece in pieces if piece.strength == 3), None)
            return Heading(best.node, best.text, best.strength, scope, passed=None if passed is best else passed)
        if best is not None and weak is None:
            weak = Heading(best.node, best.text, best.strength, scope)
        if scope >= after and level < 4 and tree.tags[scope] != "a":
            label = tree.nodes[scope].get("aria-label") or _labelling(tree, scope)
            if label and 2 <= weight(label) <= 60:
                return Heading(scope, label.strip(), 2, scope)
        if walled or len(pieces) > 6 or scope < after or tree.tags[scope] == "body":
            break
        stop = scope
        scope = tree.parent[scope]
    return weak


def _is_prose(piece: Piece) -> bool:
    """Whether a text before a block is a paragraph: of an article, which the block is no part of."""
    return piece.tag not in HEADINGS and weight(piece.text) >= _PARAGRAPH and ends_sentence(piece.text)


def _labelling(tree: Tree, scope: int) -> str | None:
    """The text of the element inside that labels another one, wherever it stands."""
    identity = tree.nodes[scope].get("aria-labelledby")
    if not identity:
        return None
    named = (node for node in range(scope, tree.end[scope]) if tree.nodes[node].get("id") == identity)
    return next((tree.text(node) for node in named), None)


def _heads_topics(links: Links, piece: Piece) -> bool:
    """Whether a label of popularity stands in a strip with links of its own that are no titles: "Trending: storm, port
    strike". A strip of tabs names periods, or popularity again."""
    tree = links.tree
    strip = tree.parent[piece.node]
    if piece.tag in HEADINGS or links.state[strip] or tree.tags[strip] in ("body", "main"):
        return False
    topics = [link.text for link in links.in_node(strip) if not tree.within(link.node, piece.node)]
    return len(topics) >= 2 and not any(is_popular(text) or is_period(text) or is_more(text) for text in topics)


def pieces_between(links: Links, begin: int, stop: int, scope: int) -> list[Piece] | None:
    """The short texts of nodes `begin` up to `stop`, nearest first; None when running text stands between."""
    tree = links.tree
    last = tree.first_run[stop] if stop < len(tree.nodes) else len(tree.runs)
    first = tree.first_run[begin] if begin < len(tree.nodes) else last
    pieces: list[Piece] = []
    taken = -1
    length = 0
    run = last - 1
    while run >= first and len(pieces) < _PIECES:
        text = tree.runs[run]
        owner = tree.owners[run]
        if text == " ":
            run -= 1
            continue
        if (owner < begin and owner != scope) or (tree.chrome[owner] and not tree.chrome[scope]):
            run -= 1
            continue
        unit = _unit(links, owner, scope)
        if unit == taken:
            run -= 1
            continue
        if unit in (scope,) or unit < begin:
            whole = text.strip()
            run -= 1
        else:
            taken = unit
            whole = heading_text(links, unit)
            run = tree.first_run[unit] - 1
        says = weight(whole)
        if not says:
            continue
        # Wide characters say more: a paragraph in Chinese is not long.
        size = max(len(whole), says)
        length += size
        if size > MAX_HEADING * 2 or length > 500:
            return pieces or None
        pieces.append(_piece(tree, unit, whole, strength(tree, unit, scope, whole)))
    pictured = _pictured(links, begin, stop, scope)
    if pictured:
        pieces = sorted(pieces + pictured, key=lambda piece: -piece.node)
    return pieces


def _piece(tree: Tree, node: int, text: str, rating: int) -> Piece:
    popular = rating > 0 and is_popular(text)
    return Piece(node, text, rating, tree.tags[node], tree.depth(node), popular, _is_active(tree, node))


def _pictured(links: Links, begin: int, stop: int, scope: int) -> list[Piece]:
    """Headings that are images: the alternative text of one in a heading, in a box named so, or of popularity."""
    tree = links.tree
    pieces = []
    for place in range(bisect_left(tree.pictures, begin), bisect_left(tree.pictures, stop)):
        node = tree.pictures[place]
        text = (tree.nodes[node].get("alt") or "").strip()
        if tree.chrome[node] or not 2 <= weight(text) <= 60 or is_aside(text) or is_more(text):
            continue
        above = tree.parent[node]
        if tree.tags[above] in INLINE and above > scope:
            above = tree.parent[above]
        if tree.text(above) and above > scope and tree.tags[above] not in HEADINGS:
            continue
        rating = strength(tree, node, scope, text)
        if above > scope and tree.tags[above] in HEADINGS and not tree.text(above):
            rating = 3
        if rating == 1 and not tree.text(above) and _PICTURED.search(tree.nodes[node].get("src") or ""):
            rating = 2
        if rating >= 2:
            pieces.append(_piece(tree, node, text, rating))
    return pieces


def _unit(links: Links, node: int, scope: int) -> int:
    """The heading element around a node, else its highest inline element, else a block with nothing but that text."""
    tree = links.tree
    at, steps = node, 0
    while at > scope and steps < 6:
        if tree.tags[at] in HEADINGS:
            return at
        at, steps = tree.parent[at], steps + 1
    unit = node
    while tree.tags[unit] in INLINE and tree.tags[tree.parent[unit]] in INLINE and tree.parent[unit] > scope:
        unit = tree.parent[unit]
    if tree.tags[unit] not in INLINE:
        return unit
    block = tree.parent[unit]
    if block <= scope or tree.end[block] - block > 12:
        return unit
    first, last = tree.first_run[block], tree.last_run[block]
    if last - first > 8 or any(not tree.within(link.node, unit) for link in links.in_node(block)):
        return unit
    if not HEADINGS.isdisjoint(tree.tags[block + 1 : tree.end[block]]):
        return unit
    separated = any(
        tree.runs[run] != " "
        and not weight(tree.runs[run])
        and (tree.owners[run] == block or parts_labels(tree, run, first, last))
        for run in range(first, last)
    )
    return unit if separated else block


def _is_pressed(tree: Tree, node: int) -> bool:
    """Whether a text is that of a link or a button, around it or in it alone."""
    inner = node + 1
    if inner < tree.end[node] and tree.tags[inner] == "a" and tree.text(inner) == tree.text(node):
        return True
    for _ in range(4):
        if node < 0:
            return False
        if tree.tags[node] in ("a", "button"):
            return True
        node = tree.parent[node]
    return False


def _opens_list(tree: Tree, node: int) -> bool:
    """Whether a text in bold, no link, has a list right after it: "Read more" over links, not a link to more."""
    bold = node if tree.tags[node] in BOLD else node + 1
    if (bold >= tree.end[node] and bold != node) or tree.tags[bold] not in BOLD or _is_pressed(tree, node):
        return False
    after = tree.end[node]
    return after < tree.end[tree.parent[node]] and tree.tags[after] in ("ul", "ol", "dl")


def _is_active(tree: Tree, node: int) -> bool:
    names = f"{tree.names[node]} {tree.names[tree.parent[node]]}"
    return ACTIVE.search(names) is not None


def strength(tree: Tree, node: int, scope: int, text: str) -> int:
    """How much of a heading a piece is: 3 by its tag, 2 by its name or words, 1 by its place, 0 not at all."""
    size = weight(text)
    if size < 2 or size > MAX_HEADING or is_aside(text) or is_rank(text):
        return 0
    tag = tree.tags[node]
    above = tree.parent[node]
    if tag == "th" and heads_column(tree, node):
        return 0
    if tag in HEADINGS or tree.nodes[node].get("role") == "heading":
        return 3
    if size <= 60 and is_popular(text) and not (_GO_ON.search(text) and _is_pressed(tree, node)):
        return 3
    pressed = is_more(text) and (_is_pressed(tree, node) or (size <= 12 and not names_heading(tree.names[node])))
    if pressed and not _opens_list(tree, node):
        return 0
    if _TOOL.match(text.lower()):
        return 0
    if is_see_also(text) or (text[0] in "【[■◆▶" and size <= 40):
        return 2
    if _KICKER_NAME.search(tree.names[node]):
        return 0
    # A container of that name, as a block of writers' columns is, says nothing of the words at its top.
    if tree.end[above] - above < _LINE and _KICKER_NAME.search(tree.names[above]):
        return 0
    if tag in _TITLES or _is_bold(tree, node):
        return 2
    at, steps = node, 0
    while at > scope and steps < 3:
        if tree.names[at] and names_heading(tree.names[at]):
            return 2
        at, steps = tree.parent[at], steps + 1
    return 1


def _is_bold(tree: Tree, node: int) -> bool:
    """Whether all text of a block is in bold."""
    inner = node + 1
    return inner < tree.end[node] and tree.tags[inner] in BOLD and tree.text(node) == tree.text(inner)
