"""Golden pages: what a definition must find on pages whose answers a person has checked.

They stand beside the definition, for `mysite.toml` in `golden/mysite/CASE/`:

    page.html        the page's bytes as they came (or page.html.gz)
    given.json       {"url": ..., "captured_at": ..., "content_type": ..., "also": [...]}, all but url optional
    expected.json    the page as JSON, as far as it matters

A page passes when it is equal on the keys that expected.json has. `article_key` there is what names the article at
`url` and at each address in `also`: one article under all of them.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.model import Page
from archive.times import from_text
from crawler.discovery.scope import article_key
from crawler.errors import DefinitionError
from crawler.parsing import ParseTask
from crawler.sites.model import Site

MOST_DIFFERENCES = 20

_MAX_PAGE = 16 << 20
_GIVEN: dict[str, type] = {"url": str, "captured_at": str, "content_type": str, "also": list}


@dataclass(frozen=True, slots=True)
class Case:
    """One golden page: what is given, and what is expected of it."""

    name: str
    folder: Path
    html: bytes
    url: str
    captured_at: str | None
    content_type: str | None
    also: tuple[str, ...]
    expected: dict[str, Any]

    def task(self, site: Site) -> ParseTask:
        """The page as a parsing process takes it."""
        at = from_text(self.captured_at) if self.captured_at else None
        return ParseTask(self.html, self.url, self.content_type, at, site)


def folder_of(definition: Path) -> Path:
    """Where a definition's golden pages are."""
    return definition.parent / "golden" / definition.stem


def cases(definition: Path) -> Iterator[Case]:
    """The golden pages of a definition, by name. Raises DefinitionError for one that cannot be read."""
    folder = folder_of(definition)
    for case in sorted(folder.iterdir()) if folder.is_dir() else ():
        if case.is_dir() and not case.name.startswith("."):
            yield _read(case)


def differences(case: Case, site: Site, parse: Callable[[ParseTask], Page]) -> tuple[str, ...]:
    """How a golden page's parts differ from what is expected, a line each; empty when it passes.

    `parse` makes the Page of a task. Raises what it raises.
    """
    page = parse(case.task(site))
    expected = dict(case.expected)
    found: list[str] = []
    if "article_key" in expected:
        key = expected.pop("article_key")
        found += [
            f"article_key: expected {_short(key)}, found {_short(article_key(site, url))} at {url}"
            for url in (case.url, *case.also)
            if article_key(site, url) != key
        ]
    found.extend(_unlike(expected, page.to_dict(), ""))
    return tuple(found[:MOST_DIFFERENCES])


def _unlike(expected: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            inner = f"{place}.{key}" if place else key
            if key not in found:
                yield f"{inner}: there is no such key in a page"
            else:
                yield from _unlike(value, found[key], inner)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{place}: expected {len(expected)}, found {len(found)}"
        for number, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from _unlike(one, other, f"{place}[{number}]")
    elif expected != found or type(expected) is not type(found):
        yield f"{place}: expected {_short(expected)}, found {_short(found)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _read(folder: Path) -> Case:
    given = _json(folder / "given.json")
    expected = _json(folder / "expected.json")
    for key, value in given.items():
        kind = _GIVEN.get(key)
        if kind is None or not isinstance(value, kind):
            known = ", ".join(_GIVEN)
            raise DefinitionError(f"{folder / 'given.json'}: {key}: is none of {known}, or of the wrong type")
    if "url" not in given:
        raise DefinitionError(f"{folder / 'given.json'}: url: is missing")
    try:
        from_text(given.get("captured_at", "2000-01-01T00:00:00Z"))
    except ValueError as error:
        raise DefinitionError(f"{folder / 'given.json'}: captured_at: is no time like 2026-11-23T03:28:46Z") from error
    return Case(
        folder.name,
        folder,
        _page(folder),
        given["url"],
        given.get("captured_at"),
        given.get("content_type"),
        tuple(map(str, given.get("also", ()))),
        expected,
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise DefinitionError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DefinitionError(f"{file}: is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise DefinitionError(f"{file}: is no JSON object")
    return value


def _page(folder: Path) -> bytes:
    try:
        packed = folder / "page.html.gz"
        if packed.is_file():
            with gzip.open(packed) as file:
                return file.read(_MAX_PAGE)
        with (folder / "page.html").open("rb") as plain:
            return plain.read(_MAX_PAGE)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DefinitionError(f"{packed}: is a damaged gzip file: {error}") from error
    except OSError as error:
        raise DefinitionError(f"{folder / 'page.html'}: cannot be read: {error.strerror}") from error
