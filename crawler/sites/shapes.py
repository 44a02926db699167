"""The shapes of a site's addresses: URL rules drawn from those that a page links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.discovery import rules
from crawler.sites.model import UrlRule

ENOUGH = 3
"""Addresses known to be articles that make a rule, where the page's own is none of them."""

MOST_RULES = 4

_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml|do|amp)$", re.IGNORECASE)
_KEY_NAMES = ("nid", "idxno", "articleid", "article_id", "newsid", "news_id", "aid", "no", "id", "seq", "num", "idx")
_NEVER_KEYS = ("page", "cat", "category", "section", "date", "sid", "sid1", "sid2", "menu", "lang", "offset", "start")
_SLUG = 14
"""So many letters make a headline of three words joined by dashes, not a section's name."""
_CODE = re.compile(r"[A-Z0-9]{10,}|[a-z0-9]{10,}")
_KEY_VALUE = re.compile(r"[A-Za-z]{0,6}\d{3,}[\w-]*")


@dataclass(slots=True)
class _Group:
    """Addresses of one shape: their path's segments, the pattern of the last or key segment, which are articles."""

    segments: list[list[str]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)


def article_rules(
    own: Sequence[str], articles: Iterable[str], links: Sequence[str], others: Iterable[str]
) -> list[UrlRule]:
    """Rules that make articles of these addresses.

    `own` are addresses of the page itself where it is an article, `articles` those of a page's lists, `links` all of
    them; `others` are known to be no articles: a rule that takes one for an article is not drawn.
    """
    known = [*own, *articles]
    groups: dict[tuple[object, ...], _Group] = {}
    for url in dict.fromkeys([*known, *links]):
        shape = _shape(url)
        if shape is None:
            continue
        key, segments, query = shape
        group = groups.setdefault(key, _Group())
        group.segments.append(segments)
        group.queries.append(query)
        if url in known:
            group.articles.append(url)
    found: list[tuple[bool, int, UrlRule]] = []
    no_articles = list(others)
    plain = [url for url in links if _shape(url) is None]
    for key, group in groups.items():
        is_own = any(url in own for url in group.articles)
        if not is_own and len(group.articles) < ENOUGH:
            continue
        rule = _rule(key, group)
        if rule is None or rules.check(rule) or not all(rules.match(rule, url) for url in group.articles):
            continue
        # Too wide a rule takes sections for articles: worse than none, for then the page itself decides.
        strays = sum(rules.matches(rule, url) for url in plain)
        if strays <= len(group.segments) // 10 and not any(rules.matches(rule, url) for url in no_articles):
            found.append((is_own, len(group.articles), rule))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [rule for *_, rule in found[:MOST_RULES]]


def list_rules(urls: Iterable[str], articles: Sequence[UrlRule]) -> list[UrlRule]:
    """Rules for list pages like these: their paths, with the names of their parameters."""
    found: dict[tuple[str, tuple[str, ...]], UrlRule] = {}
    for url in urls:
        path, query = _parts(url)
        if any(rules.matches(rule, url) for rule in articles):
            continue
        names = tuple(sorted(name for name in query if name.lower() not in ("page", "offset", "start")))[:3]
        rule = UrlRule(path, dict.fromkeys(names, "*"))
        if rules.check(rule) is None:
            found.setdefault((path, names), rule)
    return list(found.values())[:20]


def _parts(url: str) -> tuple[str, dict[str, str]]:
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return "", {}
    # A wildcard in an address stands for itself nowhere in a rule.
    return re.sub(r"[*{}]", "", unquote(parts.path)) or "/", query


def _shape(url: str) -> tuple[tuple[object, ...], list[str], dict[str, str]] | None:
    """What addresses of one rule have in common; None where nothing in the address can name an article."""
    path, query = _parts(url)
    keys = {name: value for name, value in query.items() if _is_key(name, value)}
    if keys:
        return ("query", path), [], keys
    segments = path.strip("/").split("/")
    if not segments[0] or len(segments) > 8:
        return None
    for place in (len(segments) - 1, len(segments) - 2):
        pattern = _pattern(segments[place]) if place >= 0 else None
        if pattern is not None:
            return ("path", len(segments), place, pattern, path.endswith("/")), segments, {}
    return None


def _is_key(name: str, value: str) -> bool:
    return name.lower() not in _NEVER_KEYS and _KEY_VALUE.fullmatch(value) is not None


def _pattern(segment: str) -> str | None:
    """The template of a segment that names an article.

    >>> [_pattern(one) for one in ("12345.html", "a-headline-12345", "12345-a-headline", "A2025112000123", "politics")]
    ['{key}.html', '*-{key}', '{key}-*', '{key}', None]
    """
    extension = _EXTENSION.search(segment)
    name, tail = (segment[: extension.start()], extension[0]) if extension else (segment, "")
    if re.fullmatch(r"\d{4,}|[A-Za-z_]{0,6}\d{6,}\w{0,12}", name):
        return "{key}" + tail
    if found := re.fullmatch(r".+?([-_.,])\d{5,}", name):
        return "*" + found[1] + "{key}" + tail
    if found := re.fullmatch(r"\d{5,}([-_.,]).+", name):
        return "{key}" + found[1] + "*" + tail
    dashes = name.count("-")
    if dashes >= 3 or (dashes == 2 and len(name) >= _SLUG):
        return "{key}" + tail
    if _CODE.fullmatch(name) and len(re.findall(r"\d", name)) >= 2:
        return "{key}" + tail
    return None


def _rule(key: tuple[object, ...], group: _Group) -> UrlRule | None:
    if key[0] == "query":
        name = _key_name(group.queries)
        return UrlRule(str(key[1]), {name: "*"}, name)
    _, count, place, pattern, slash = key
    parts = []
    dated = False
    for number in range(int(str(count))):
        values = {segments[number] for segments in group.segments}
        if number == place:
            parts.append(str(pattern))
        elif len(values) == 1 and not dated and not re.search(r"\d", next(iter(values))):
            parts.append(next(iter(values)))
        else:
            parts.append("*")
        # What follows a year is its month, a number or not.
        dated = all(re.fullmatch(r"(?:19|20)\d\d", one) for one in values)
    return UrlRule("/" + "/".join(parts) + ("/" if slash else ""))


def _key_name(queries: Sequence[dict[str, str]]) -> str:
    """The parameter that tells the addresses apart best."""

    def score(name: str) -> tuple[int, int, int]:
        values = [query[name] for query in queries if name in query]
        preferred = len(_KEY_NAMES) - _KEY_NAMES.index(name.lower()) if name.lower() in _KEY_NAMES else 0
        return len(set(values)), preferred, max(map(len, values))

    return max(dict.fromkeys(name for query in queries for name in query), key=score)


def same_site(urls: Iterable[str], hosts: Iterable[str]) -> Iterator[str]:
    """The addresses on these hosts."""
    known = set(hosts)
    for url in urls:
        try:
            if (urlsplit(url).hostname or "").lower() in known:
                yield url
        except ValueError:
            continue
