"""The lines around the headline: the kicker above it and the standfirst below."""

from __future__ import annotations

import re

from crawler.parsers import jsonld
from crawler.parsers.metadata import Metadata, Title
from crawler.parsers.noise import is_noise
from crawler.parsers.outline import Line, Outline
from crawler.parsers.text import caseless, key, weight

_KICKER = caseless(
    r"kicker|eyebrow|overline|over-?title|pre-?tit(?:le|ulo)|dachzeile|spitzmarke|antetit|cintillo|top-?line|roof-?line|"
    r"surtitre|suphead|volanta|chap[eé]u|stikktit|stickrubrik|vinjett|trompete",
)
_DECK = caseless(
    r"(?:^|[\s_-])sub(?=$|[\s_-])|sub-?_?(?:title|tit|head|headline)|sub-?heading|deck|standfirst|stand-first|summary|dek\b|excerpt|lead|"
    r"lede|intro|teaser|vorspann|chapo|chapeau|bajada|entradilla|copete|abstract|description|"
    r"anreisser|linha-fina|sommario|ingress|manchet|sapo|opener|perex|zajawka|strapline|tagline|sous-?titre|"
    r"occhiello|catenaccio|spot(?=$|[\s_-])|(?:^|[\s_-])desc(?=$|[\s_-])",
)
# Names that only a standfirst has, even where it stands in the text as its first paragraph.
_SURE = caseless(r"standfirst|sub-?_?(?:title|tit|head|headline)|sub-?heading|\bdek\b|\bdeck\b|chapo|bajada|perex")
_CAPTION = caseless(r"caption|credit|byline|author|meta|date|time|photo|image|media")
_NEAR = 14


def find_kicker(outline: Outline, title: Title) -> str | None:
    """The short line over the headline that is named as one."""
    if title.line is None:
        return None
    start = title.line.index
    for line in reversed(outline.lines[max(0, start - 4) : start]):
        if line.zone == "kicker" or (line.size < 90 and _named(outline, line, _KICKER)):
            return line.text[:200] if line.size < 200 else None
    return None


def find_subtitle(data: Metadata, outline: Outline, title: Title, body: tuple[Line, ...]) -> str | None:
    """The standfirst between headline and text: named as one, or the text that the page gives as its description."""
    if title.line is None or not body:
        return None
    start, first = title.line.index, body[0].index
    described = [
        key(text)
        for text in (
            data.first("og:description"),
            data.first("description"),
            jsonld.text_of(data.article.get("description"), 4000) if data.article else None,
        )
        if text and weight(text) >= 24
    ]
    taken = {line.index for line in body}
    for line in outline.lines[start + 1 : min(max(first, start) + 2, start + _NEAR)]:
        if (
            line.zone in ("byline", "share", "caption", "chrome", "comments", "hidden", "advert")
            or line.linked > 0.3 * line.size
        ):
            continue
        if not 24 <= line.size <= 1_200 or is_noise(line.text, 0.0):
            continue
        text = line.key
        same = any(text.startswith(other[:60]) or other.startswith(text[:60]) for other in described)
        named = _named(outline, line, _DECK)
        before = line.index < first
        between = outline.lines[start + 1 : line.index]
        text_like = line.ends > 0 and not _named(outline, line, _CAPTION)
        # Right under the headline, or with only a byline's few words between.
        under = text_like and (line.size >= 80 if between else line.size >= 40)
        under = under and all(other.size < 40 and not other.ends for other in between)
        if before and (named or same or under or (line.tag == "h" and line.size > 40)):
            return line.text
        if line.index in taken and named and (same or line.index == first or _named(outline, line, _SURE)):
            return line.text
    return None


def _named(outline: Outline, line: Line, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(names.lower()) for names in outline.names_near(line, 2) if names)
