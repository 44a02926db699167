"""What a page says about itself: `<meta>`, `<link>`, JSON-LD, gathered once; title, canonical address, tags,
pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, cast
from urllib.parse import urlsplit

from archive.document import Document
from archive.model import Image
from crawler.parsers import jsonld
from crawler.parsers.blocks_names import names_title
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import key, squeeze
from crawler.parsers.tree import Tree

_PAGE_OF = re.compile(r"\s*[（(]\s?\d{1,2}\s?[/／]\s?\d{1,2}\s?(?:ページ|頁|pages?|쪽|页)?\s?[)）]$", re.I)
MAX_TITLE = 500
_NAME = 12  # letters of a site's name
MAX_TAGS = 50
MAX_LINKED_TAGS = 20
_TEXT = 150
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:(?:index|home|default|main)(?:\.\w{2,5})?)?/?$", re.I)
_SEPARATOR = re.compile(r"\s+[-–—|·•»«:<>／]+\s+|\s*[|｜»«]\s*|\s*::\s*|\s+[-–—]|(?<=\S)：")


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's own data. `meta` maps lower-case names and properties to their values in order."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    objects: tuple[dict[str, Any], ...] = ()
    article: dict[str, Any] | None = None
    canonical_url: str | None = None
    page_title: str | None = None
    notes: tuple[str, ...] = ()

    def first(self, *names: str) -> str | None:
        """The first non-empty value among the named metas, in the order of the names."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None


@dataclass(frozen=True, slots=True)
class Title:
    """The headline, and the line on the page that shows it."""

    text: str | None
    line: Line | None = None


def read_metadata(document: Document) -> Metadata:
    """Read `<meta>`, `<link rel=canonical>`, `<title>` and JSON-LD."""
    meta: dict[str, list[str]] = {}
    for element in document.parts("meta"):
        content = element.get("content")
        if not content:
            continue
        value = squeeze(content[:20_000])
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name:
                values = meta.setdefault(name.strip().lower(), [])
                if len(values) < MAX_TAGS:
                    values.append(value)
    canonical = None
    for element in document.parts("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            canonical = document.absolute(element.get("href"))
            if canonical:
                break
    page_title = None
    for element in document.parts("title"):
        page_title = squeeze("".join(cast("Iterator[str]", element.itertext()))[:20_000]) or None
        if page_title:
            break
    objects, notes = jsonld.read_jsonld(document)
    return Metadata(meta, tuple(objects), _article(objects, document.url), canonical, page_title, tuple(notes))


def _article(objects: Iterable[dict[str, Any]], url: str) -> dict[str, Any] | None:
    """The object of this page's article: the first with an article's type, one with a headline preferred."""
    articles = [node for node in objects if jsonld.is_article(node)]
    for node in articles:
        if node.get("headline") and (node.get("datePublished") or node.get("author") or node.get("articleBody")):
            return node
    return articles[0] if articles else None


def find_title(data: Metadata, outline: Outline, url: str) -> Title:
    """The headline alone, without the site's name: the line on the page that the page's own data confirms."""
    headline = jsonld.text_of(data.article.get("headline"), MAX_TITLE) if data.article else None
    said = (headline, data.first("og:title"), data.first("twitter:title"), data.page_title, data.first("title"))
    references = [squeeze(value)[:MAX_TITLE] for value in said if value]
    keys = [key(value) for value in references]
    longest = 2 * max((len(value) for value in references), default=0)
    best = _confirmed_line(outline, keys, longest)
    if best is None and len(references) == 1:
        # The `<title>` has a section's and the site's name behind the headline: its longest part is the headline.
        part = max(filter(None, _SEPARATOR.split(references[0])), key=len, default="").strip()
        if _NAME <= len(key(part)) < len(keys[0]):
            best = _confirmed_line(outline, [key(part)], 2 * len(part))
            references, keys = ([part], [key(part)]) if best else (references, keys)
    if best is not None and len(set(keys)) == 1 and _names_site(outline, best[1]):
        # A `<title>` that is the site's name, as its link home shows: the headline is what is named or drawn so.
        best = (0.0, _untold_title(outline) or best[1])
        references, keys = [best[1].text], [best[1].key]
    if best is not None:
        line = best[1]
        if _heading_level(outline, line) == "h1":
            # The h1 may be a search engine's headline, with the readers' own, which the data confirms, right under it.
            for below in outline.lines[line.index + 1 : line.index + 5]:
                if below.tag == "h" and len(below.text) > 15 and _confirmed(below.key, keys, line.key):
                    line = below
                    break
        text = line.text
        line_key = line.key
        # A kicker, rank or view count stands in the same line: the data has the headline alone. But what the line
        # begins with is a cut copy of it, where another has the whole.
        whole = any(line_key in reference for reference in keys)
        for value, reference in zip(references, keys, strict=True):
            if len(reference) >= 10 and reference in line_key and not (whole and line_key.startswith(reference)):
                text = value
                break
        return Title(_PAGE_OF.sub("", text.lstrip(":;,|·-–—/> "))[:MAX_TITLE] or None, line)
    if best is None and len(set(keys)) == 1 and len(keys[0]) <= _NAME:
        # Nothing on the page says what its `<title>` says, a few words: the site's name.
        shown = _untold_title(outline)
        if shown is not None:
            return Title(shown.text[:MAX_TITLE], shown)
    h1 = [line for line in outline.lines if _heading_level(outline, line) == "h1"]
    agreed = len(keys) > 1 and all(SequenceMatcher(None, keys[0], other).ratio() > 0.7 for other in keys[1:])
    for line in h1 if not agreed else ():
        # The data contradicts itself; an h1 that is a sentence, not the site's name, is what a reader sees.
        if line.size >= 25 and not line.linked and line.zone != "hidden":
            return Title(line.text[:MAX_TITLE], line)
    if headline:
        return Title(headline[:MAX_TITLE])
    for named in (data.first("og:title"), data.page_title):
        if named and len(key(named)) >= 4:
            return Title(without_site(named, data.first("og:site_name"), url)[:MAX_TITLE])
    if len(h1) == 1:
        return Title(h1[0].text[:MAX_TITLE], h1[0])
    return Title(data.page_title[:MAX_TITLE] if data.page_title else None)


def _names_site(outline: Outline, line: Line) -> bool:
    if line.linked * 2 <= line.size or line.size >= 40:
        return False
    if line.tag != "h":
        return True
    tree = outline.tree
    links = [
        node for node in tree.anchors if tree.first_run[node] <= line.runs[1] and line.runs[0] < tree.last_run[node]
    ]
    return any(_HOME.match(tree.nodes[node].get("href") or "?") for node in links)


def _untold_title(outline: Outline) -> Line | None:
    """The headline of a page whose data does not tell it: the line named as one, else the last line that is a heading
    or all in bold before the text."""
    named = next((line for line in outline.lines if _is_named_title(outline, line)), None)
    if named is not None:
        return named
    drawn: Line | None = None
    for line in outline.lines:
        if line.size >= _TEXT and line.ends and not line.linked:
            return drawn
        bold = 2 * line.bold > len(line.text) or line.tag == "h"
        if bold and 16 <= line.size <= 200 and not line.linked and line.zone not in ("related", "comments", "chrome"):
            drawn = line
    return None


def _confirmed_line(outline: Outline, keys: list[str], longest: int) -> tuple[float, Line] | None:
    """The line that says most nearly what the page's data says, with how nearly."""
    # No other line can be part of a reference, or hold one, as closely as below.
    least = max(4.0, 0.4 * min(map(len, keys), default=0))
    most = 2 * max(map(len, keys), default=0)
    best: tuple[float, Line] | None = None
    for line in outline.lines:
        if len(line.text) > longest or (line.links and line.tag != "h" and line.index > 400):
            continue
        line_key = line.key
        if not least <= len(line_key) <= most:
            continue
        score = 0.0
        for reference in keys:
            if line_key == reference:
                score = max(score, 3.0)
            elif line_key in reference and len(line_key) >= (0.4 if line.tag == "h" else 0.55) * len(reference):
                score = max(score, 1.0 + len(line_key) / len(reference))
            elif len(reference) >= 10 and reference in line_key and len(reference) > 0.5 * len(line_key):
                score = max(score, 1.5)
        if score == 0.0:
            continue
        tag = _heading_level(outline, line)
        score += {"h1": 2.0, "h2": 1.0, "h3": 0.6}.get(tag, 0.0)
        if line.linked * 2 > line.size and tag != "h1":
            score -= 1.5
        if best is None or score > best[0]:
            best = (score, line)
    return best


def _is_named_title(outline: Outline, line: Line) -> bool:
    """Whether a line of a page without data is named as its headline."""
    if not 16 <= line.size <= 200 or line.linked or line.zone in ("related", "comments", "chrome"):
        return False
    return any(names_title(names.lower()) for names in outline.names_near(line, 2))


def _confirmed(text: str, references: list[str], headline: str) -> bool:
    if text == headline:
        return False
    return any(
        text == other or (text in other and 2 * len(text) > len(other) and other != headline) for other in references
    )


def without_site(title: str, site_name: str | None, url: str) -> str:
    """Cut the site's name off a `<title>`.

    >>> without_site("Rain in Busan - The Daily", "The Daily", "https://daily.example/1")
    'Rain in Busan'
    """
    parts = [part for part in _SEPARATOR.split(title) if part and part.strip()]
    if len(parts) < 2:
        return title.strip()
    names = {key(site_name or "")} | {
        key(label) for label in (urlsplit(url).hostname or "").split(".") if len(label) > 3
    }
    names.discard("")
    kept = [
        part for part in parts if not any(key(part) == name or (len(name) > 4 and name in key(part)) for name in names)
    ]
    if not kept:
        return title.strip()
    if len(kept) == len(parts):
        # No name is known: a short last part is the site's, else it is the headline's own.
        return parts[0].strip() if len(parts[0]) > 0.6 * len(title) else title.strip()
    return max(kept, key=len).strip() if len(kept) > 1 and len(max(kept, key=len)) > 20 else " ".join(kept).strip()


def find_tags(data: Metadata, tree: Tree) -> tuple[str, ...]:
    """Keywords of the article, as its data names them, else the links that say `rel=tag`."""
    values: list[str] = list(data.meta.get("article:tag", ()))
    if data.article and not values:
        keywords = data.article.get("keywords")
        items = keywords if isinstance(keywords, list) else [keywords]
        for item in items[:MAX_TAGS]:
            text = jsonld.text_of(item, 2000)
            if text:
                values.extend(text.split(","))
    if not values:
        for name in ("news_keywords", "keywords"):
            text = data.first(name)
            if text:
                values.extend(text[:4000].split(","))
                break
    if not values:
        # "category tag" is WordPress's word for a section of the site; dozens are a cloud of all tags.
        tagged = [node for node in tree.anchors if (tree.nodes[node].get(b"rel") or "").lower().strip() == "tag"]
        values = [tree.text(node).lstrip("#＃ ") for node in tagged if not tree.chrome[node]]
        values = values if len(values) <= MAX_LINKED_TAGS else []
    tags = [squeeze(value)[:100] for value in values]
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:MAX_TAGS]


def _heading_level(outline: Outline, line: Line) -> str:
    if line.tag != "h":
        return ""
    for index in outline.ancestors(line.node):
        tag = outline.nodes[index].tag
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return tag
    return ""


def find_images(document: Document, container: Any) -> tuple[Image, ...]:
    """The pictures inside an element, with what their `<figcaption>` says."""
    images: list[Image] = []
    seen: set[str] = set()
    for element in container.iter("img"):
        source = None
        for name in ("data-src", "data-original", "data-lazy-src", "src"):
            value = element.get(name)
            if value and not value.startswith("data:"):
                source = document.absolute(value)
                break
        if not source or source in seen or element.get("width") in ("0", "1"):
            continue
        seen.add(source)
        caption = None
        above = element.getparent()
        for _ in range(6):
            if above is None or above is container:
                break
            if above.tag == "figure":
                found = above.find(".//figcaption")
                if found is not None:
                    caption = squeeze("".join(found.itertext()))[:1000] or None
                break
            above = above.getparent()
        images.append(Image(source, squeeze(element.get("alt") or "")[:1000] or None, caption))
        if len(images) >= 100:
            break
    return tuple(images)
