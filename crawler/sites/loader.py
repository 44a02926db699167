"""Site definitions in TOML, checked as they are read; a person's mistake becomes one sentence with file and key.

The grammar is `crawler.sites.model.Site` written down: the keys of a file are its fields, tables its parts.

    name = "example"                      # required: lower-case letters, digits, -; a bundled file is NAME.toml
    title = "보기신문"
    zone = "Asia/Seoul"                   # IANA name, for dates without a zone
    seeds = ["https://example.org/"]      # required
    hosts = ["example.org", ".example.net"]   # a leading dot takes in all hosts below; default: the seeds' hosts
    sidebar = ["https://example.org/rank"]    # pages of ranked lists and sections, fetched anew at each crawl
    feeds = ["https://example.org/rss.xml"]   # feeds and sitemaps in which jobs look for new articles
    delay = 1.0                           # seconds between two requests to a host
    max_pages = 500
    requisites = { page = 60, levels = 2 }    # bounds for pictures, style sheets and fonts; page = 0: none
    backfill = { article = "https://example.org/news/{id}.html" }   # how addresses of the past are made
    allow_private = false                 # loopback and private addresses may be fetched
    tls = "verified"                      # or "unverified": whatever its certificate, from TLS 1.0 on

    [[articles]]                          # which URLs are articles, and which part names the article
    path = "/news/{key}.html"             # `*` any run but /, `**` any run, `{key}` the article's name
    [[lists]]                             # which URLs are list pages
    path = "/news/index.html"
    query = { cat = "*" }                 # parameters that must be there, "*" with any value
    [[load]]                              # what list pages load when somebody wants more
    path = "/news/index.html"
    url = "https://example.org/api?cat={cat}&page={page}"
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

import contextlib
import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec

from crawler.errors import DefinitionError
from crawler.sites.checks import NAME, host_of, problems
from crawler.sites.model import Backfill, Layout, ListSelectors, LoadRule, Requisites, Selectors, Site, UrlRule

BUNDLED = Path(__file__).parent
"""Where the bundled definitions are."""

_MAX_BYTES = 1_000_000


def names() -> tuple[str, ...]:
    """The names of the bundled definitions, sorted."""
    return tuple(sorted(path.stem for path in BUNDLED.glob("*.toml")))


def load(name_or_path: str) -> Site:
    """The definition of that name, or in that file (anything with a `/` or that ends in `.toml`).

    Raises DefinitionError, whose message names file and key, and the line where the TOML itself is broken.
    """
    path = locate(name_or_path)
    data = _read(path)
    site = _completed(_decode(data, path))
    for key, problem in problems(site):
        raise DefinitionError(f"{path}: {key}: {problem}")
    if path.parent == BUNDLED and site.name != path.stem:
        raise DefinitionError(f"{path}: name: is {site.name!r}, but a bundled definition is named as its file")
    _not_bundled(site, path)
    return replace(site, digest="sha256:" + hashlib.sha256(data).hexdigest())


def load_all(names_or_paths: Iterable[str]) -> tuple[Site, ...]:
    """Several definitions that are used together. Raises DefinitionError, also where two have one name."""
    found: dict[str, tuple[str, Site]] = {}
    for given in names_or_paths:
        site = load(given)
        if site.name in found and found[site.name][1].digest != site.digest:
            other = locate(found[site.name][0])
            raise DefinitionError(f"{locate(given)}: name: {site.name!r} is taken by {other}; a name is for one site")
        found.setdefault(site.name, (given, site))
    return tuple(site for _, site in found.values())


def is_definition(text: str) -> bool:
    """Whether a command's argument names a definition rather than a URL."""
    return is_path(text) or NAME.fullmatch(text) is not None


def is_path(text: str) -> bool:
    """Whether a command's argument is the path of a definition."""
    return "://" not in text and (text.endswith(".toml") or text.startswith(("/", "./", "../")))


def locate(name_or_path: str) -> Path:
    """The file of a definition. Raises DefinitionError for a name that no bundled definition has."""
    if is_path(name_or_path) or "/" in name_or_path:
        return Path(name_or_path)
    if not NAME.fullmatch(name_or_path):
        raise DefinitionError(f"{name_or_path!r} is no name of a site: lower-case letters, digits and - only")
    path = BUNDLED / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(names())
        raise DefinitionError(
            f"no site definition is named {name_or_path!r}{_meant(name_or_path, names())} (there are: {known}); or give"
            " a file"
        )
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
        if isinstance(error, UnicodeDecodeError):
            line = data.count(b"\n", 0, error.start) + 1
            said = f"it is not UTF-8 (at line {line})"
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
    "load": LoadRule,
    "requisites": Requisites,
    "backfill": Backfill,
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
                keys = [one for one in known if one != "digest"]
                yield f"{inner}: there is no such key{_meant(name, keys)} (there are: {', '.join(keys)})"
            yield from _unknown(item, shape, inner)


def _key_first(message: str) -> str:
    # msgspec says: Expected `str`, got `int` - at `$.articles[0].path`
    said, _, place = message.rpartition(" - at `$")
    if not said:
        return message[:1].lower() + message[1:]
    return f"{place.rstrip('`').lstrip('.')}: {said[:1].lower() + said[1:]}"


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word[:100], list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _completed(site: Site) -> Site:
    """The site with its hosts: those of its seeds and sidebar pages, where it names none."""
    hosts = site.hosts or tuple(dict.fromkeys(host_of(url) for url in (*site.seeds, *site.sidebar)))
    return replace(site, hosts=tuple(name for host in hosts if host for name in _spellings(host.lower())))


def _spellings(host: str) -> Iterator[str]:
    """A host's name, and as it stands in addresses where it has other letters than these."""
    yield host
    if not host.isascii():
        with contextlib.suppress(UnicodeError):
            yield host.encode("idna").decode("ascii")


def _not_bundled(site: Site, path: Path) -> None:
    """A file may replace a bundled definition, but not give its name to another site: captures are kept by name."""
    bundled = BUNDLED / f"{site.name}.toml"
    if path.parent == BUNDLED or not bundled.is_file():
        return
    theirs = _completed(_decode(_read(bundled), bundled)).hosts
    if not set(theirs) & set(site.hosts):
        raise DefinitionError(
            f"{path}: name: {site.name!r} is the bundled definition of {theirs[0]}; choose another name"
        )
