"""A site written down as the TOML that the loader reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields

from crawler.sites.model import (
    GENERAL_REQUISITES,
    NO_BACKFILL,
    Backfill,
    Layout,
    ListSelectors,
    Requisites,
    Selectors,
    Site,
    UrlRule,
)

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(site: Site, remark: str = "") -> str:
    """The definition as a file's text; `remark` stands above it."""
    lines = [f"# {line}" for line in remark.splitlines()]
    lines += [f"name = {_text(site.name)}"]
    if site.title:
        lines.append(f"title = {_text(site.title)}")
    if site.zone:
        lines.append(f"zone = {_text(site.zone)}")
    else:
        lines.append('# zone = "Area/City"   # for dates that the pages give without a zone')
    for name in ("hosts", "seeds", "sidebar", "feeds"):
        lines += _array(name, getattr(site, name))
    if site.delay is not None:
        lines.append(f"delay = {site.delay}")
    if site.max_pages is not None:
        lines.append(f"max_pages = {site.max_pages}")
    if site.requisites != GENERAL_REQUISITES:
        bounds = ", ".join(f"{bound.name} = {getattr(site.requisites, bound.name)}" for bound in fields(Requisites))
        lines.append(f"requisites = {{ {bounds} }}")
    if site.backfill != NO_BACKFILL:
        made = ((key.name, getattr(site.backfill, key.name)) for key in fields(Backfill))
        inside = ", ".join(f"{name} = {_text(value)}" for name, value in made if value is not None)
        lines.append(f"backfill = {{ {inside} }}")
    if site.allow_private:
        lines.append("allow_private = true")
    if site.tls != "verified":
        lines.append(f"tls = {_text(site.tls)}")
    for name in ("articles", "lists", "allow", "deny"):
        for rule in getattr(site, name):
            lines += ["", f"[[{name}]]", *_rule(rule)]
    for load in site.load:
        lines += ["", "[[load]]", *_rule(UrlRule(load.path, load.query)), f"url = {_text(load.url)}"]
    for layout in site.layouts:
        lines += _layout(layout)
    return "\n".join(lines) + "\n"


def _rule(rule: UrlRule) -> Iterator[str]:
    yield f"path = {_text(rule.path)}"
    if rule.query:
        inside = ", ".join(f"{_key(name)} = {_text(value)}" for name, value in rule.query.items())
        yield f"query = {{ {inside} }}"
    if rule.key is not None:
        yield f"key = {_text(rule.key)}"


def _layout(layout: Layout) -> Iterator[str]:
    yield from ("", "[[layouts]]")
    for name in ("valid_from", "valid_until"):
        day = getattr(layout, name)
        if day is not None:
            yield f"{name} = {day.isoformat()}"
    if layout.selectors != Selectors():
        yield from ("", "[layouts.selectors]")
        for field in fields(Selectors):
            value = getattr(layout.selectors, field.name)
            if isinstance(value, tuple):
                yield from _array(field.name, value)
            elif value is not None:
                yield f"{field.name} = {_text(value)}"
    for kind in ("ranked", "sections"):
        for where in getattr(layout, kind):
            yield from ("", f"[[layouts.{kind}]]")
            for field in fields(ListSelectors):
                value = getattr(where, field.name)
                if value is not None:
                    yield f"{field.name} = {_text(value)}"


def _array(name: str, values: Iterable[str]) -> Iterator[str]:
    texts = [_text(value) for value in values]
    if not texts:
        return
    if sum(map(len, texts)) < 90:
        yield f"{name} = [{', '.join(texts)}]"
    else:
        yield from (f"{name} = [", *(f"    {text}," for text in texts), "]")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's too; what JSON leaves as it is and TOML does not is DEL, and halves of characters.
    clean = text.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
