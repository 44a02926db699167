"""Site definitions in TOML, checked as they are read; a person's mistake becomes one sentence with file and key.

The grammar is `crawler.sites.model.Site` written down: the keys of a file are its fields, tables its parts.

    name = "example"                      # required: lower-case letters, digits, -; a bundled file is NAME.toml
    title = "보기신문"
    zone = "Asia/Seoul"                   # IANA name, for dates without a zone
    seeds = ["https://example.org/"]      # required
    hosts = ["example.org", ".example.net"]   # a leading dot takes in all hosts below; default: the seeds' hosts
    sidebar = ["https://example.org/rank"]    # pages of ranked lists and sections, fetched anew at each crawl
    delay = 1.0                           # seconds between two requests to a host
    max_pages = 500
    allow_private = false                 # loopback and private addresses may be fetched

    [[articles]]                          # which URLs are articles, and which part names the article
    path = "/news/{key}.html"             # `*` any run but /, `**` any run, `{key}` the article's name
    [[lists]]                             # which URLs are list pages
    path = "/news/index.html"
    query = { cat = "*" }                 # parameters that must be there, "*" with any value
    [[allow]]                             # when there is any, only these (and articles, lists, seeds, sidebar)
    [[deny]]                              # never these

    [[layouts]]                           # by capture time, in order, not overlapping
    valid_from = 2024-01-01
    valid_until = 2026-04-23
    selectors = { body = ".text", title = "h1", ignore = [".ad"] }     # CSS
    [[layouts.ranked]]                    # and [[layouts.sections]]
    container = "#rank"
    item = "li"

An article rule may name its key as a query parameter instead: `key = "nid"`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import cssselect
import msgspec

from crawler.discovery import rules
from crawler.errors import DefinitionError
from crawler.sites.model import Layout, ListSelectors, Selectors, Site, UrlRule

BUNDLED = Path(__file__).parent
"""Where the bundled definitions are."""

_MAX_BYTES = 1_000_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
# cssselect turns these into a count of all siblings for each element: quadratic on a page of 200,000 of them.
_QUADRATIC = re.compile(r":(nth|first|last|only)-|:contains|:has|~(?!=)", re.IGNORECASE)


def names() -> tuple[str, ...]:
    """The names of the bundled definitions, sorted."""
    return tuple(sorted(path.stem for path in BUNDLED.glob("*.toml")))


def load(name_or_path: str) -> Site:
    """The definition of that name, or in that file (anything with a `/` or that ends in `.toml`).

    Raises DefinitionError, whose message names file and key, and the line where the TOML itself is broken.
    """
    path = _locate(name_or_path)
    data = _read(path)
    raw = _decode(data, path)
    site = _check(raw, path)
    if path.parent == BUNDLED and site.name != path.stem:
        raise DefinitionError(f"{path}: name is {site.name!r}, but a bundled definition is named as its file")
    return replace(site, digest="sha256:" + hashlib.sha256(data).hexdigest())


def is_definition(text: str) -> bool:
    """Whether a command's argument names a definition rather than a URL."""
    return is_path(text) or _NAME.fullmatch(text) is not None


def is_path(text: str) -> bool:
    """Whether a command's argument is the path of a definition."""
    return "://" not in text and (text.endswith(".toml") or text.startswith(("/", "./", "../")))


def _locate(name_or_path: str) -> Path:
    if is_path(name_or_path) or "/" in name_or_path:
        return Path(name_or_path)
    if not _NAME.fullmatch(name_or_path):
        raise DefinitionError(f"{name_or_path!r} is no name of a site: lower-case letters, digits and - only")
    path = BUNDLED / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(names())
        raise DefinitionError(f"no site definition is named {name_or_path!r} (there are: {known}); or give a file")
    return path


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise DefinitionError(f"{path}: there is no such site definition")
        if path.stat().st_size > _MAX_BYTES:
            raise DefinitionError(f"{path}: larger than {_MAX_BYTES} bytes, so no site definition")
        return path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise DefinitionError(f"{str(path)!r} is no file name") from error


def _decode(data: bytes, path: Path) -> Site:
    try:
        table = msgspec.toml.decode(data)
    except RecursionError as error:
        raise DefinitionError(f"{path}: is no TOML: nested too deep") from error
    except ValueError as error:
        said = str(error).replace("at end of document", f"at line {len(data.splitlines())}, the end")
        raise DefinitionError(f"{path}: is no TOML: {said}") from error
    # msgspec passes over the unknown keys of dataclasses, so they are looked for first.
    unknown = next(_unknown(table, _SHAPE, ""), None)
    if unknown is not None:
        raise DefinitionError(f"{path}: {unknown}")
    if "digest" in table:
        raise DefinitionError(f"{path}: digest is worked out from the file, not written in it")
    try:
        return msgspec.convert(table, Site, strict=True)
    except msgspec.ValidationError as error:
        raise DefinitionError(f"{path}: {_key_first(str(error))}") from error


_SHAPE: dict[str, type] = {
    "": Site,
    "allow": UrlRule,
    "deny": UrlRule,
    "articles": UrlRule,
    "lists": UrlRule,
    "layouts": Layout,
    "layouts.selectors": Selectors,
    "layouts.ranked": ListSelectors,
    "layouts.sections": ListSelectors,
}


def _unknown(value: Any, shape: dict[str, type], key: str) -> Iterator[str]:
    place = re.sub(r"\[\d+\]", "", key)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, shape, f"{key}[{number}]")
    elif isinstance(value, dict) and place in shape:
        known = [field.name for field in fields(shape[place])]
        for name, item in value.items():
            inner = f"{key}.{name}" if key else name
            if name not in known:
                yield f"{inner}: there is no such key (there are: {', '.join(k for k in known if k != 'digest')})"
            yield from _unknown(item, shape, inner)


def _key_first(message: str) -> str:
    # msgspec says: Expected `str`, got `int` - at `$.articles[0].path`
    said, _, place = message.rpartition(" - at `$")
    if not said:
        return message[:1].lower() + message[1:]
    return f"{place.rstrip('`').lstrip('.')}: {said[:1].lower() + said[1:]}"


def _check(site: Site, path: Path) -> Site:
    for key, problem in _problems(site):
        raise DefinitionError(f"{path}: {key}: {problem}")
    hosts = site.hosts or tuple(dict.fromkeys(_host(url) for url in (*site.seeds, *site.sidebar)))
    return replace(site, hosts=tuple(host.lower() for host in hosts))


def _problems(site: Site) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(site.name):
        yield "name", f"{site.name!r} has more than lower-case letters, digits and -"
    if not site.seeds:
        yield "seeds", "there is none; a crawl begins at one or more URLs"
    for key, urls in (("seeds", site.seeds), ("sidebar", site.sidebar)):
        yield from _problems_of_urls(key, urls)
    for number, host in enumerate(site.hosts):
        if not _HOST.fullmatch(host.lower()):
            yield f"hosts[{number}]", f"{host!r} is no host name"
    yield from _duplicates("hosts", site.hosts)
    if site.zone is not None:
        try:
            ZoneInfo(site.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield "zone", f"{site.zone!r} is no time zone; write one like Asia/Seoul"
    if site.delay is not None and not 0 <= site.delay <= 3600:
        yield "delay", f"{site.delay} is not between 0 and 3600 seconds"
    if site.max_pages is not None and site.max_pages < 1:
        yield "max_pages", f"{site.max_pages} is less than 1"
    for key in ("allow", "deny", "articles", "lists"):
        for number, rule in enumerate(getattr(site, key)):
            problem = rules.check(rule)
            if problem:
                yield f"{key}[{number}]", problem
            if key == "articles" and not rules.names_article(rule):
                yield f"{key}[{number}]", "nothing names the article: write {key} in the path, or key = a parameter"
            if key != "articles" and rule.key is not None:
                yield f"{key}[{number}].key", "only [[articles]] have keys"
        yield from _duplicates(key, [(r.path, tuple(sorted(r.query.items())), r.key) for r in getattr(site, key)])
    yield from _problems_of_layouts(site.layouts)


def _problems_of_urls(key: str, urls: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for number, url in enumerate(urls):
        try:
            parts = urlsplit(url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fine = False
        if not fine or any(character.isspace() for character in url):
            yield f"{key}[{number}]", f"{url!r} is no http(s) URL"
    yield from _duplicates(key, urls)


def _problems_of_layouts(layouts: tuple[Layout, ...]) -> Iterator[tuple[str, str]]:
    for number, layout in enumerate(layouts):
        key = f"layouts[{number}]"
        if layout.valid_from and layout.valid_until and layout.valid_from >= layout.valid_until:
            yield f"{key}.valid_until", "is not after valid_from"
        if number:
            before = layouts[number - 1].valid_until
            if before is None or layout.valid_from is None or layout.valid_from < before:
                yield f"{key}.valid_from", "begins before the layout above it ends; layouts stand in order of time"
        for field in fields(Selectors):
            value = getattr(layout.selectors, field.name)
            for selector in value if isinstance(value, tuple) else (value,):
                yield from _problem_of_selector(f"{key}.selectors.{field.name}", selector)
        for kind in ("ranked", "sections"):
            for place, where in enumerate(getattr(layout, kind)):
                for field in fields(ListSelectors):
                    yield from _problem_of_selector(f"{key}.{kind}[{place}].{field.name}", getattr(where, field.name))


def _problem_of_selector(key: str, selector: str | None) -> Iterator[tuple[str, str]]:
    if selector is None:
        return
    if len(selector) > 1000 or _QUADRATIC.search(selector):
        yield (
            key,
            f"{selector[:80]!r} compares elements with their siblings, slow on large pages; use classes",
        )
        return
    try:
        cssselect.HTMLTranslator().css_to_xpath(selector)
    except (cssselect.SelectorError, RecursionError, ValueError) as error:
        yield key, f"{selector!r} is no CSS selector: {error}"


def _duplicates(key: str, values: Iterable[Any]) -> Iterator[tuple[str, str]]:
    seen: dict[Any, int] = {}
    for number, value in enumerate(values):
        if value in seen:
            yield f"{key}[{number}]", f"is the same as {key}[{seen[value]}]"
        seen.setdefault(value, number)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
