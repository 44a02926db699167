"""URL rules: templates matched without regular expressions, in time linear in path length and template length.

A template is cut into tokens (text, `*`, `**`, `{key}`), and a path is matched by carrying the set of positions that
the tokens read so far can end at. There is nothing to backtrack over, so no template and no URL can make it slow.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.sites.model import UrlRule

MAX_URL = 8192
"""Characters; no rule matches a longer URL."""

_MAX_PARAMETERS = 200
_TOKEN = re.compile(r"\*\*|\*|\{key\}|[^*{}]+|.")
_WILDCARDS = ("*", "**", "{key}")


def check(rule: UrlRule) -> str | None:
    """What is wrong with a rule, as a phrase with the key that it is about; None when it is well formed."""
    tokens = _tokens(rule.path)
    if not rule.path.startswith(("/", "*")):
        return f"path {rule.path!r} begins with neither / nor *"
    if any(part in "{}" for part in tokens):
        return f"path {rule.path!r} has a brace; only {{key}} may stand in braces"
    if tokens.count("{key}") > 1:
        return f"path {rule.path!r} names {{key}} twice"
    if any(one in _WILDCARDS and two in _WILDCARDS for one, two in itertools.pairwise(tokens)):
        return f"path {rule.path!r} has two wildcards side by side"
    if rule.key is not None and "{key}" in tokens:
        return f"key {rule.key!r} and {{key}} in the path name the article twice"
    if rule.key is not None and not rule.key:
        return "key is empty"
    return None


def names_article(rule: UrlRule) -> bool:
    """Whether the rule says which part of a URL names the article."""
    return rule.key is not None or "{key}" in rule.path


def matches(rule: UrlRule, url: str) -> bool:
    """Whether a URL's path and query are the rule's; scheme and host are not looked at."""
    return match(rule, url) is not None


def match(rule: UrlRule, url: str) -> str | None:
    """The part of the URL that names the article, empty where the rule names none; None when it does not match.

    >>> match(UrlRule("/news/{key}.html"), "https://example.org/news/17.html?utm_source=x")
    '17'
    >>> match(UrlRule("/news/index.html", {"mode": "view"}, "nid"), "http://e.org/news/index.html?nid=3&mode=view")
    '3'
    """
    if len(url) > MAX_URL:
        return None
    try:
        parts = urlsplit(url)
        query = dict(reversed(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)))
    except ValueError:
        return None
    for name, wanted in rule.query.items():
        if name not in query or (wanted != "*" and query[name] != wanted):
            return None
    found = _match_path(_tokens(rule.path), unquote(parts.path) or "/")
    if found is None or rule.key is None:
        return found
    return query.get(rule.key, "").strip() or None


@lru_cache(maxsize=1024)
def _tokens(path: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(path))


def _match_path(tokens: tuple[str, ...], path: str) -> str | None:
    if "{key}" not in tokens:
        return "" if len(path) in _ends(tokens, path, {0}) else None
    place = tokens.index("{key}")
    starts = _ends(tokens[:place], path, {0})
    # The tokens after the key, read from the path's end backwards, tell where the key can end.
    rest = tuple(token if token in _WILDCARDS else token[::-1] for token in reversed(tokens[place + 1 :]))
    ends = {len(path) - position for position in _ends(rest, path[::-1], {0})}
    # Of several ways to read it the shortest key is meant: 17 in /17-a-headline.html and in /a-headline-17.html.
    for start in sorted(starts, reverse=True):
        slash = path.find("/", start)
        limit = len(path) if slash < 0 else slash
        end = min((position for position in ends if start < position <= limit), default=None)
        if end is not None:
            return path[start:end]
    return None


def _ends(tokens: tuple[str, ...], path: str, starts: set[int]) -> set[int]:
    for part in tokens:
        if not starts:
            break
        if part == "**":
            starts = set(range(min(starts), len(path) + 1))
        elif part == "*":
            starts = _within_segment(path, starts)
        else:
            starts = {start + len(part) for start in starts if path.startswith(part, start)}
    return starts


def _within_segment(path: str, starts: set[int]) -> set[int]:
    ends: set[int] = set()
    for start in sorted(starts):
        if start in ends:
            continue  # everything reachable from here is already in
        slash = path.find("/", start)
        ends.update(range(start, (len(path) if slash < 0 else slash) + 1))
    return ends
