"""What a definition must be beyond its types; each mistake with its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.discovery import rules
from crawler.sites import css
from crawler.sites.model import Layout, ListSelectors, Requisites, Selectors, Site, UrlRule

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MAX_ENTRIES = 1000
"""Of each list of a definition."""

_MAX_TEXT = 2000
_MAX_WILDCARDS = 12
_MAX_SELECTORS = 100
_HOST = re.compile(r"\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\]|[0-9a-f:]*:[0-9a-f:.]*")
# The parts of which a text is wanted; of the others the element.
_TEXTS = {"title", "kicker", "subtitle", "authors", "published", "modified", "tags"}


def problems(site: Site) -> Iterator[tuple[str, str]]:
    """Each mistake as its key and a phrase."""
    yield from _sizes(site)
    if not NAME.fullmatch(site.name):
        yield "name", f"{site.name[:80]!r} has more than lower-case letters, digits and -, or more than 64 of them"
    if len(site.title) > _MAX_TEXT or any(not one.isprintable() for one in site.title):
        yield "title", "has a line break or control character, or is too long"
    if not site.seeds:
        yield "seeds", "there is none; a crawl begins at one or more URLs"
    for key, urls in (("seeds", site.seeds), ("sidebar", site.sidebar), ("feeds", site.feeds)):
        yield from _of_urls(key, urls)
    for number, host in enumerate(site.hosts):
        if not _HOST.fullmatch(host):
            yield f"hosts[{number}]", f"{host[:80]!r} is no host name; write it without scheme, port and path"
        elif host.startswith(".") and "." not in host.strip("."):
            yield f"hosts[{number}]", f"{host!r} takes in a whole top-level domain"
    yield from _duplicates("hosts", site.hosts)
    if site.zone is not None:
        try:
            ZoneInfo(site.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield "zone", f"{site.zone[:80]!r} is no time zone; write one like Asia/Seoul"
    if site.delay is not None and not 0 <= site.delay <= 3600:
        yield "delay", f"{site.delay} is not between 0 and 3600 seconds"
    if site.max_pages is not None and site.max_pages < 1:
        yield "max_pages", f"{site.max_pages} is less than 1"
    if site.tls not in ("verified", "unverified"):
        yield "tls", f"{site.tls[:80]!r} is neither verified nor unverified"
    for bound in fields(Requisites):
        if not 0 <= getattr(site.requisites, bound.name) <= MAX_ENTRIES:
            yield f"requisites.{bound.name}", f"is not between 0 and {MAX_ENTRIES}"
    yield from _of_backfill(site)
    yield from _of_load(site)
    for key in ("allow", "deny", "articles", "lists"):
        yield from _of_rules(site, key)
    yield from _of_layouts(site.layouts)


def host_of(url: str) -> str:
    """The host of a URL in lower case; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _sizes(site: Site) -> Iterator[tuple[str, str]]:
    for key in ("seeds", "hosts", "sidebar", "feeds", "allow", "deny", "articles", "lists", "load", "layouts"):
        if len(getattr(site, key)) > MAX_ENTRIES:
            yield key, f"has more than {MAX_ENTRIES} entries"


def _of_urls(key: str, urls: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for number, url in enumerate(urls):
        try:
            parts = urlsplit(url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fine = False
        if not fine or len(url) > _MAX_TEXT or any(one.isspace() or not one.isprintable() for one in url):
            yield f"{key}[{number}]", f"{url[:80]!r} is no http(s) URL"
        elif "@" in parts.netloc:
            yield f"{key}[{number}]", "has a user name or password, which would go into the archive"
    yield from _duplicates(key, urls)


def _of_backfill(site: Site) -> Iterator[tuple[str, str]]:
    for key, wanted in (("article", {"{id}"}), ("day", {"{year}", "{month}", "{day}"})):
        template = getattr(site.backfill, key)
        if template is None:
            continue
        place = f"backfill.{key}"
        if sorted(re.findall(r"\{[^{}]*\}|[{}]", template)) != sorted(wanted):
            yield (
                place,
                f"{template[:80]!r} must name {', '.join(sorted(wanted))}, each once, and nothing else in braces",
            )
        for _, problem in _of_urls(key, (re.sub(r"\{\w+\}", "1", template),)):
            yield place, problem


def _of_load(site: Site) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(site.load):
        place = f"load[{number}]"
        problem = rules.check(UrlRule(rule.path, rule.query))
        if problem or "{key}" in rule.path:
            yield f"{place}.path", (problem or "names {key}; write * for any text").removeprefix("path ")
        names = re.findall(r"\{[^{}]*\}|[{}]", rule.url)
        if names.count("{page}") != 1 or any(not re.fullmatch(r"\{\w+\}", name) for name in names):
            yield (
                f"{place}.url",
                f"{rule.url[:80]!r} must name {{page}} once, and else only parameters of the list page",
            )
        for _, problem in _of_urls("url", (re.sub(r"\{\w+\}", "1", rule.url),)):
            yield f"{place}.url", problem


def _of_rules(site: Site, key: str) -> Iterator[tuple[str, str]]:
    found = getattr(site, key)
    for number, rule in enumerate(found):
        place = f"{key}[{number}]"
        if len(rule.path) > _MAX_TEXT or len(re.findall(r"\*+|\{", rule.path)) > _MAX_WILDCARDS:
            yield f"{place}.path", f"longer than {_MAX_TEXT} characters, or more than {_MAX_WILDCARDS} wildcards"
            continue
        if len(rule.query) > MAX_ENTRIES or any(len(one) > _MAX_TEXT for pair in rule.query.items() for one in pair):
            yield f"{place}.query", "is too long"
        problem = rules.check(rule)
        if problem:
            word = problem.partition(" ")[0]
            yield (f"{place}.{word}", problem.partition(" ")[2]) if word in ("path", "key") else (place, problem)
        if key == "articles" and not rules.names_article(rule):
            yield place, "nothing names the article: write {key} in the path, or key = a parameter"
        if key != "articles" and rule.key is not None:
            yield f"{place}.key", "only [[articles]] have keys"
        if key != "articles" and "{key}" in rule.path:
            yield f"{place}.path", "only [[articles]] have keys; write * for any text"
    yield from _duplicates(key, [(rule.path, tuple(sorted(rule.query.items())), rule.key) for rule in found])


def _of_layouts(layouts: tuple[Layout, ...]) -> Iterator[tuple[str, str]]:
    for number, layout in enumerate(layouts):
        key = f"layouts[{number}]"
        if layout.valid_from and layout.valid_until and layout.valid_from >= layout.valid_until:
            yield f"{key}.valid_until", "is not after valid_from"
        if number:
            before = layouts[number - 1].valid_until
            if before is None or layout.valid_from is None or layout.valid_from < before:
                yield f"{key}.valid_from", "begins before the layout above it ends; layouts stand in order of time"
        found = list(selectors_of(layout))
        if len(found) > _MAX_SELECTORS:
            yield key, f"has more than {_MAX_SELECTORS} selectors"
        for place, name, selector in found:
            try:
                css.compiled(selector, texts=name in _TEXTS)
            except css.BadSelector as error:
                yield f"{key}.{place}", f"{selector[:80]!r}: {error}"


def selectors_of(layout: Layout) -> Iterator[tuple[str, str, str]]:
    """Each selector of a layout: its place (`ranked[0].item`), its key, its text."""
    for field in fields(Selectors):
        value = getattr(layout.selectors, field.name)
        for number, selector in enumerate(value if isinstance(value, tuple) else (value,)):
            if selector is not None:
                place = f"{field.name}[{number}]" if isinstance(value, tuple) else field.name
                yield f"selectors.{place}", field.name, selector
    for kind in ("ranked", "sections"):
        for number, where in enumerate(getattr(layout, kind)):
            for field in fields(ListSelectors):
                selector = getattr(where, field.name)
                if selector is not None:
                    yield f"{kind}[{number}].{field.name}", field.name, selector


def _duplicates(key: str, values: Iterable[Any]) -> Iterator[tuple[str, str]]:
    seen: dict[Any, int] = {}
    for number, value in enumerate(values):
        if value in seen:
            yield f"{key}[{number}]", f"is the same as {key}[{seen[value]}]"
        seen.setdefault(value, number)
