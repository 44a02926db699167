"""Who signs an article on the page itself: bylines, marked elements, links to authors' own pages, signatures."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from lxml import etree

from archive.document import Document
from crawler.parsers.authors_kanji import signed_in_chinese, signed_in_kanji
from crawler.parsers.bylines import BY, KOREAN, LABEL, split_names, unique
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key, squeeze
from crawler.parsers.tree import Tree

MAX_AUTHORS = 20
_LONG_LABEL = 24

_MARKED_NAME = re.compile(r"author-name|author__name|byline-name|authorName|author_name")
_AUTHOR_NAME = re.compile(r"author|byline|autor|auteur|reporter|writer|journalist|redakteur|firma", re.I)
_PERSON = re.compile(
    r"^(?:(?:[^\W\d_a-zß-öø-ÿ][\w'’.-]{1,20}|d[aeiou]s?|v[ao]n|der|bin|al)\s){1,3}[^\W\d_a-zß-öø-ÿ][\w'’-]{1,20}$"
)
# Words of a name that are written small.
_SMALL = re.compile(
    r"(?:d[aeiou]s?|de[nlr]|l[aeo]s?|v[ao]n|von|zu[mr]?|te[nr]?|t[eu]|bin|ibn|al|el|y|e|i|af|av|o|und|[dl]['’]\w+)$"
)
# Where an author's own page is, and what its link is called.
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:e|es|en|a|i)?|auteurs?|writers?|profiles?|people|journalist(?:e|en|as?)?s?|reporters?|"
    r"columnist(?:a?s)?|contributors?|redaktoer|redacteurs?|redactie|yazar(?:lar)?|penulis|signataires?|firmas?|avtor\w*)/",
    re.I,
)
_MAIL_OR_DATE = re.compile(r"\S+@\S+|\d[\d.:/-]*")
_SIGN_OFF = re.compile(r"^\S{2,10}(?:\s(?:뉴스|news)\s?|\s)([가-힣]{2,4})(?:입니다|이었습니다|였습니다)\W*$", re.I)
# How an agency's text begins: "[서울=뉴스] 홍길동 기자 = ", "(부산=통신) 홍길동 특파원 = ".
_OPENING = re.compile(
    r"[\[(【<][^\])】>\n]{1,30}[\])】>]\s?((?:[가-힣]{2,4}[\s·,ㆍ]{0,2}){1,4}(?:기자|특파원|통신원|인턴기자))\s?[=＝]"
)
# "변나라 도시공간연구원장", "온누리 시인": who writes a column, with what they are.
_TITLED = re.compile(
    r"[/·=▲■●]?\s?([가-힣]{2,4})\s(?:[가-힣A-Za-z·()\s]{1,24})?(?:원장|교수|대표|소장|이사장|이사|변호사|시인|작가|평론가|회장|위원장?|의원|"
    r"박사|센터장|본부장|국장|관장|전문의|약사|의사|소설가|수필가|감독|연구원|칼럼니스트|활동가|강사|학장|총장)$"
)
_DATES = re.compile(
    r"[\s,|·]+(?:on\s)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|sun|mon|tue|wed|thu|fri|sat|الأحد|الاثنين|الإثنين|الثلاثاء|"
    r"الأربعاء|الخميس|الجمعة|السبت)\b[\s,].*$|"
    r"[\s,|·]*\b(?:on|am|le|el|vom)?\s*(?:\d{1,2}[./ ][^|]{0,30}\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}).*$",
    re.I,
)
_NO_NAMES = frozenset(
    (
        "by",
        "von",
        "par",
        "por",
        "author",
        "authors",
        "autor",
        "autoren",
        "share",
        "follow",
        "published",
        "updated",
        "news",
        "redaktion",
    )
)


def shown_authors(
    document: Document,
    outline: Outline,
    title: Line | None,
    body: Sequence[Line],
    is_site: Callable[[str], bool],
) -> list[str]:
    """The byline: marked as such by rel, itemprop or class, or by a word such as "by", near the headline or at
    the end. `is_site` says whether a name is the publication's own."""

    def people(text: str) -> list[str]:
        return unique(name for name in person_names(text) if not is_site(name))

    marked: list[str] = []
    elements = _marked(outline.tree)[:20]
    elements.extend(
        [
            node.element
            for node in outline.nodes
            if ("uthor" in node.names or "byline" in node.names) and _MARKED_NAME.search(node.names)
        ]
    )
    for element in elements[:40]:
        inner = element.find(".//*[@itemprop='name']")
        text = squeeze(" ".join(cast("Iterator[str]", (element if inner is None else inner).itertext())))
        if 2 < len(text) < 120:
            marked.extend(people(text))
    start = title.index if title is not None else 0
    first = body[0].index if body else start
    last = body[-1].index if body else start
    head = [
        line
        for line in outline.lines[max(0, start - 4) : max(start + 12, min(first + 2, start + 40))]
        if line.size < 220
    ]
    signed = next((line for line in head if marked and key(marked[0]) in line.key), None)
    if signed is not None:
        text = outline.spaced(signed)
        names = people(text) if BY.match(text) else []
        if marked[0] in names and all(map(_is_written_as_name, names)):
            return names
        here = [name for name in marked if any(key(name) in line.key for line in head)]
        return unique([*here, *people(" | ".join(_author_links(outline, signed)))])[:MAX_AUTHORS]
    names = _byline(outline, head, range(start + 1, first), people)
    if names:
        return names
    if marked:
        return unique(marked)[:MAX_AUTHORS]
    for line in outline.lines[: last + 1]:
        if line.zone == "byline" and line.size < 120 and BY.match(line.text):
            return people(line.text)
    names = signed_in_chinese(outline, start, last)
    if names:
        return names
    names = signed_in_kanji(outline, start, last)
    if names:
        return names
    for line in [*outline.lines[start + 1 : first], *outline.lines[max(first, last - 1) : last + 2]]:
        found = _TITLED.match(line.text) if line.size < 60 and not line.linked else None
        if found:
            return [found[1]]
    for line in [*_before_text(outline, start), *outline.lines[last : last + 3]]:
        # A line that is nothing but names, between headline and text.
        if line.tag != "h" and not line.linked and line.zone in ("", "byline") and line.size < 120:
            text = line.text.replace("/", " / ")
            names = [] if line.ends else split_names(text)
            if len(names) > text.count(",") and all(map(_is_whole_name, names)):
                return names
    for line in head:
        linked = people(" | ".join(_author_links(outline, line)))
        if linked and all(map(_is_written_as_name, linked)):
            return linked
    for line in outline.lines[max(start, last - 3) : last + 2]:
        found = _SIGN_OFF.match(line.text)
        if found:
            return [found[1]]
    return []


def _marked(tree: Tree) -> list[etree._Element]:
    """The elements that their `itemprop`, or a link's `rel`, calls the author's."""
    anchors = set(tree.anchors)
    return [
        node
        for number, node in enumerate(tree.nodes)
        if node.get(b"itemprop") == "author" or (number in anchors and node.get(b"rel") == "author")
    ]


def _is_marked(names: str) -> bool:
    return any(name in ("author", "autor", "auteur", "byline", "reporter") for name in names.split())


def _byline(outline: Outline, head: list[Line], between: range, people: Callable[[str], list[str]]) -> list[str]:
    """The names in the line that signs, among those around the headline; `between` are those before the text."""
    for place, line in enumerate(head):
        if line.zone in ("comments", "hidden") or (line.zone in ("related", "chrome") and line.index not in between):
            continue
        text = outline.spaced(line)
        if len(text) < _LONG_LABEL and LABEL.match(text):
            names = _names_in_turn(outline, head[place + 1 :], people)
            if names:
                return names
        parts = [*re.split(r"\s*[|·•]\s*", text), *outline.pieces(line)[1:]]
        for part in parts:
            if BY.match(part):
                names = people(part)
                if names and all(map(_is_written_as_name, names)):
                    return names
        if line.zone in ("related", "chrome"):
            continue
        if any(map(_AUTHOR_NAME.search, outline.names_near(line, 3))):
            pieces = [piece for piece in outline.pieces(line) if not LABEL.match(piece)]
            if len(pieces) > 1 and all(map(_is_whole_name, pieces)):
                return unique(pieces)
            names = people(text)
            if names:
                return unique([*names, *_names_in_turn(outline, head[place + 1 :], people, line)])
        if line.zone == "byline" and 2 * line.linked < line.size:
            names = people(parts[0])
            if names and all(map(_is_whole_name, names)):
                return names
    return []


def _names_in_turn(
    outline: Outline, lines: list[Line], people: Callable[[str], list[str]], like: Line | None = None
) -> list[str]:
    """The names of the first lines that are nothing but names, in elements of one class: `like`'s, or the first's."""
    found: list[str] = []
    for line in lines:
        if line.size < 4:
            continue  # a comma or an "and" between them
        names = people(line.text) if line.size < 60 else []
        if not names or not all(map(_is_whole_name, names)):
            break
        if like is not None and outline.nodes[like.node].names != outline.nodes[line.node].names:
            break
        found, like = [*found, *names], line
    return found


def _author_links(outline: Outline, line: Line) -> list[str]:
    """The texts of a line's links to authors' own pages."""
    tree = outline.tree
    if not line.linked or line.zone in ("related", "comments", "chrome", "hidden", "listed"):
        return []
    texts = []
    for node in tree.anchors[bisect_left(tree.anchors, outline.nodes[line.node].number) :]:
        if tree.first_run[node] > line.runs[1]:
            break
        if tree.first_run[node] < line.runs[0]:
            continue
        if _AUTHOR_PAGE.search(tree.nodes[node].get("href") or "") or _is_marked(tree.names[node]):
            texts.append(tree.text(node))
    return [text for text in texts if 3 < len(text) < 60]


def _is_whole_name(name: str) -> bool:
    """Whether a text by itself reads as a person's first and last name; scripts without capitals do not tell."""
    return name[0] != name[0].lower() and _PERSON.match(name) is not None and _is_written_as_name(name)


def _is_written_as_name(name: str) -> bool:
    """Whether each word of a name begins as names do, in scripts that tell."""
    return all(word[0] == word[0].upper() or _SMALL.match(word) for word in name.split())


def _before_text(outline: Outline, start: int) -> list[Line]:
    """The lines between headline and first long paragraph."""
    lines = outline.lines[start + 1 : start + 31]
    end = next((i for i, line in enumerate(lines) if line.size >= 250), len(lines))
    return lines[:end]


def person_names(text: str) -> list[str]:
    """The names in a line that may have a date and a place beside them."""
    text = _DATES.sub(" ", re.split(r",\s+in\s", text)[0])
    return [
        name for name in split_names(text) if not any(char.isdigit() for char in name) and key(name) not in _NO_NAMES
    ]


def signed_authors(outline: Outline) -> list[str]:
    """Names signed "홍길동 기자" in the short lines of the page that are not links to other stories."""
    names: list[str] = []
    for line in outline.lines:
        if (
            (line.size > 250 and line.text[:1] not in "[(【<")
            or line.text.isascii()
            or line.zone in ("related", "chrome", "comments", "caption")
            or "더보기" in line.text
            or "다른 기사" in line.text
        ):
            continue
        if not line.linked and (opening := _OPENING.match(line.text)):
            names.extend(split_names(opening[1]))
            continue
        found = KOREAN.search(line.text)
        if found and len(_MAIL_OR_DATE.sub("", line.text)) - len(found.group(0)) < 60:
            names.extend(split_names(line.text) or [])
    return unique(names)
