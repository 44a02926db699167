"""What each part of the page is taken for: the claims of names and tags, weighed against the text inside."""

from __future__ import annotations

from collections import defaultdict

from crawler.parsers.outline import Line, Node, Outline

_SOFT = frozenset(("caption", "byline", "box", "share", "advert", "copyright", "kicker"))


def settle_zones(outline: Outline) -> None:
    """Set the `zone` of every line. Lines must have their scores."""
    _cards(outline)
    _zones(outline)


def _cards(outline: Outline) -> None:
    """Siblings of one shape, each a linked headline with a line or two of text, are teasers of other articles."""
    nodes = outline.nodes
    parents = [node.parent for node in nodes]
    headed = [False] * len(nodes)
    count = [0] * len(nodes)
    for line in outline.lines:
        linked_head = line.linked > 0.6 * line.size and line.size >= 20 and (line.tag == "h" or line.links == 1)
        index = line.node
        for _ in range(5):
            if index < 0 or count[index] > 8:
                break
            count[index] += 1
            # The headline stands first in its card, or after a picture's label and a date.
            if linked_head and count[index] <= 3:
                headed[index] = True
            index = parents[index]
    groups: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node, head in zip(nodes, headed, strict=True):
        if head and node.size < 1200 and count[node.index] <= 8 and node.tag not in ("a", "span", "td"):
            groups[node.parent, f"{node.tag} {node.names.split(' ')[0]}"].append(node)
    for cards in groups.values():
        if len(cards) >= 3:
            for node in cards:
                node.card = True
                node.claim = node.claim or "related"


def _zones(outline: Outline) -> None:
    """Settle the claims: one that would take most of the page's text is refused, and so is a class that many parts
    of the article share (`p.paywall`)."""
    nodes = outline.nodes
    mass = [0.0] * len(nodes)
    for line in outline.lines:
        mass[line.node] += max(0.0, line.score)
    content = [0.0] * len(nodes)
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        if node.content:
            content[index] = mass[index]
        above = node.parent
        if above >= 0:
            mass[above] += mass[index]
            if content[index] > content[above]:
                content[above] = content[index]
    total = mass[0] or 1.0
    claimed: dict[tuple[str, str], float] = {}
    for node in nodes:
        if node.claim:
            kind = (node.claim, node.names or node.tag)
            claimed[kind] = claimed.get(kind, 0.0) + mass[node.index]
    carded = [False] * len(nodes)
    for node in nodes if any(node.card for node in nodes) else ():
        inside = node.parent >= 0 and carded[node.parent]
        carded[node.index] = inside or node.card
        if node.card and not inside:
            outline.cards += mass[node.index] / total
    settled = [""] * len(nodes)
    for node in nodes:
        inherited = settled[node.parent] if node.parent >= 0 else ""
        claim = node.claim
        if claim and not inherited:
            limit = 0.45 if claim in _SOFT else 0.3 if claim == "listed" else 0.85
            mine = mass[node.index]
            if (
                node.tag in ("html", "body", "main")
                or mine > limit * total
                or (claimed[claim, node.names or node.tag] > limit * total and claim != "comments")
                or (claim not in ("hidden", "comments", "related") and mine > 200 and content[node.index] > 0.6 * mine)
            ):
                claim = ""
        # An embedded post is a quotation, whatever the box around it is called.
        if node.tag == "blockquote" and inherited == "share":
            inherited = ""
        settled[node.index] = inherited or claim
    for line in outline.lines:
        line.zone = settled[line.node]
        if not line.zone and line.text[0] in "▲△◀▶" and line.size < 400 and _follows_picture(outline, line):
            line.zone = "caption"


def _follows_picture(outline: Outline, line: Line) -> bool:
    """Whether a picture stands right before a line, as over "▲ The quay. Photo: ..."."""
    tree = outline.tree
    begin = tree.owners[line.runs[0]]
    before = outline.lines[line.index - 1].runs[1] if line.index else -1
    for node in range(begin, max(begin - 12, 0), -1):
        if tree.tags[node] == "img":
            return tree.first_run[node] > before
    # The picture and its text may be parts of one element.
    for node in range(begin + 1, min(tree.end[begin], begin + 40)):
        if tree.tags[node] == "img" and before < tree.first_run[node] <= line.runs[0]:
            return True
    return False
