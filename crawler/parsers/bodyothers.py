"""What follows an article in the same frame: readers' comments, and a further article that scrolling would reach."""

from __future__ import annotations

import re

from crawler.parsers.metadata import Title
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import caseless
from crawler.parsers.tree import HEADINGS, Tree

_COMMENTS = caseless(
    r"^\W*(?:\d+\s*)?(?:(?:all |reader |user )?comments?|kommentare?|commentaires?|comentarios|comentários|commenti"
    r"|reacties|kommentarer|kommentit|komentarze|komentáře|komentari|hozzászólások|comentarii|σχόλια|комментарии"
    r"|коментарі|коментари|yorumlar|komentar|bình luận|ý kiến|ความคิดเห็น|टिप्पणियां|टिप्पणियाँ|التعليقات|תגובות|نظرات"
    r"|messages?(?= \d|$)|réactions?|reactions?|reaktionen|postings?|réponses|beiträge|reakce|diskuze"
    r"|دیدگاه‌ها|コメント|댓글|评论|評論|网友评论|網友留言|留言)"
    r"\s*[:：(]?\s*\d*\s*(?:개|件|条|條)?\)?\W*$",
)
_SUMMARY = re.compile(
    r"^\W*(?:ai\s?(?:뉴스|기사|핵심|세줄|3줄)?\s?요약|자동\s?요약|ai가\s.{0,12}요약|ai\s?(?:による|が)?\s?要約|ai\s?(?:智能)?(?:摘要|总结|總結)|"
    r"(?:ai[- ]generated|ai) (?:summary|key points)|ki-zusammenfassung|résumé (?:généré )?par l'ia|"
    r"resum(?:en|o) (?:generado |gerado )?(?:por|con) (?:la )?ia|ringkasan ai|tóm tắt (?:bằng )?ai)",
    re.I,
)
_LABEL = 120
_BOX = 14  # lines
_TOLD = 300.0
"""The score of the text that makes an article: what comes before it is no end of one."""
_POSTS = 3
_ANSWER = 24
_DIGITS = "0123456789"  # of votes, beside the button
_ANSWERS = frozenset(
    (
        "reply antworten répondre responder rispondi svara svar vastaa odpowiedz odpovědět reagovat odpovedať válasz "
        "válaszol răspunde odgovori ответить відповісти отговори yanıtla cevapla απάντηση رد הגב balas trảlời ตอบกลับ "
        "답글 답글달기 返信 返信する 回复 回覆 beantwoorden reageer reageren besvar svarer"
    ).split()
)
"""What the button under a reader's post says, as keys."""
_FRAMES = frozenset(("html", "body", "main", "article"))


def claim_others(outline: Outline, title: Title) -> None:
    """Set the claim of elements that hold comments or a further article. Lines must have their scores."""
    if title.line is None:
        return
    told = 0.0
    _claim_summaries(outline, title.line)
    for line in outline.lines[title.line.index + 1 :]:
        if told > _TOLD and line.size < 50 and _COMMENTS.match(line.text.lower()):
            _claim_comments(outline, line)
        told += max(0.0, line.score)
    if told > 2 * _TOLD:
        _claim_articles(outline, title.line)
        _claim_thread(outline, title.line)


def _claim_summaries(outline: Outline, title: Line) -> None:
    """Claim boxes in which a machine retells the article."""
    nodes = outline.nodes
    total = sum(max(0.0, line.score) for line in outline.lines)
    for line in outline.lines:
        if line.size > _LABEL or not _SUMMARY.search(line.text):
            continue
        inside: list[Line] = []
        index = line.node
        while index >= 0 and len(inside) < 2:
            first, last = outline.tree.first_run[nodes[index].number], outline.tree.last_run[nodes[index].number]
            near = outline.lines[max(0, line.index - _BOX) : line.index + _BOX]
            inside = [other for other in near if first <= other.runs[0] < last]
            index = nodes[index].parent if len(inside) < 2 else index
        if index < 0 or title in inside or len(inside) >= _BOX or nodes[index].content:
            continue
        if sum(max(0.0, other.score) for other in inside) < 0.5 * total:
            nodes[index].claim = nodes[index].claim or "related"


def _claim_comments(outline: Outline, line: Line) -> None:
    """Claim the largest element that the words "Comments" open, or what follows them in the article's own element."""
    nodes, tree = outline.nodes, outline.tree
    top, index = -1, line.node
    while index >= 0 and nodes[index].tag not in _FRAMES:
        first = tree.first_run[nodes[index].number]
        if tree.text_between(first, line.runs[0]):
            break
        top, index = index, nodes[index].parent
    if top < 0:
        return
    nodes[top].claim = nodes[top].claim or "comments"
    if nodes[top].tag in HEADINGS:
        for node in nodes[top + 1 :]:
            if not tree.within(node.number, tree.parent[nodes[top].number]) or node.tag == nodes[top].tag:
                break
            if node.parent == nodes[top].parent and not node.claim:
                node.claim = "comments"


def _claim_articles(outline: Outline, title: Line) -> None:
    """Claim the elements of articles whose headline looks like the first one's and has a text before and after it."""
    tree = outline.tree
    heads = [
        node for node in tree.headings if tree.tags[node] == "h1" or (tree.tags[node] == "h2" and _leads(tree, node))
    ]
    own = next((node for node in heads if tree.first_run[node] <= title.runs[0] < tree.last_run[node]), None)
    if own is None:
        return
    for head in heads:
        if head <= own or tree.text(head) == tree.text(own):
            continue
        top = head
        while not tree.within(own, tree.parent[top]):
            top = tree.parent[top]
        # Without the first one's look: the only linked headline in its element. A round-up has several.
        alone = tree.tags[head] == "h2" and sum(tree.within(other, top) for other in heads) == 1
        if not (alone or _is_alike(tree, own, head)):
            continue
        begin, end = tree.first_run[top], tree.last_run[top]
        before = sum(
            max(0.0, line.score) for line in outline.lines if title.index < line.index and line.runs[0] < begin
        )
        inside = sum(max(0.0, line.score) for line in outline.lines if begin <= line.runs[0] < end)
        if before < _TOLD or inside < _TOLD:
            continue
        for node in outline.nodes:
            if tree.within(node.number, top) and not tree.within(outline.nodes[node.parent].number, top):
                node.claim = "related"


def _claim_thread(outline: Outline, title: Line) -> None:
    """Claim the element of three or more posts that can each be answered, behind the article's text."""
    nodes = outline.nodes
    answers = [
        line
        for line in outline.lines[title.index + 1 :]
        if line.size <= _ANSWER and line.key.strip(_DIGITS) in _ANSWERS
    ]
    if len(answers) < _POSTS:
        return
    first = outline.ancestors(answers[0].node)
    last = set(outline.ancestors(answers[-1].node))
    top = next(index for index in first if index in last)
    begin = outline.tree.first_run[nodes[top].number]
    before = sum(max(0.0, line.score) for line in outline.lines if title.index < line.index and line.runs[0] < begin)
    if before >= _TOLD and nodes[top].tag not in _FRAMES:
        nodes[top].claim = nodes[top].claim or "comments"


def _leads(tree: Tree, node: int) -> bool:
    """Whether a headline is a link, as that of an article shown below another is."""
    return any(tree.tags[inner] == "a" and tree.text(inner) == tree.text(node) for inner in range(node, tree.end[node]))


def _is_alike(tree: Tree, one: int, other: int) -> bool:
    """Whether two headlines have one class in elements of one kind, or each opens an article beside the other."""
    if tree.tags[tree.parent[one]] == tree.tags[tree.parent[other]] == "article":
        return tree.parent[tree.parent[one]] == tree.parent[tree.parent[other]]
    return (
        tree.names[one] == tree.names[other] != ""
        and tree.names[tree.parent[one]] == tree.names[tree.parent[other]]
        and tree.tags[tree.parent[one]] == tree.tags[tree.parent[other]]
    )
