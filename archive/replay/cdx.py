"""The CDX server's answers: which captures there are of a URL, for other replay tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveMissing
from archive.model import Capture
from archive.replay import lookup
from archive.replay.addresses import BadAddress, parse_timestamp
from archive.times import from_text, to_text, to_timestamp
from archive.urls import url_key
from archive.warc import files

MAX_LIMIT = 10_000
_MATCH_TYPES = ("exact", "prefix", "host", "domain")
_FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
# As the Wayback Machine names some of them.
_OTHER_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_SORTS = ("default", "reverse", "closest")
_TIMESTAMP = re.compile(r"\d{4,14}")
_FILTER = re.compile(r"(!?)(=?)([a-z]+):(.+)", re.DOTALL)
_MAX_FILTERS = 20
# Each field of a line as SQL over `captures`, for filters.
_SQL = {
    "urlkey": "url_key",
    "timestamp": "strftime('%Y%m%d%H%M%S', captured_at)",
    "url": "url",
    "mime": "CASE kind WHEN 'revisit' THEN 'warc/revisit' ELSE coalesce(mime, 'unk') END",
    "status": "coalesce(CAST(nullif(status, 0) AS TEXT), '-')",
    "digest": "replace(coalesce(digest, '-'), 'sha1:', '')",
    "length": "CAST(length AS TEXT)",
    "offset": 'CAST("offset" AS TEXT)',
    "filename": "warc_file",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A field holds a text, or with `whole` is it; with `negated` it does not."""

    field: str
    text: str
    whole: bool
    negated: bool

    @property
    def sql(self) -> str:
        """A condition on `captures` with one value to bind, the text."""
        said = f"{_SQL[self.field]} = ?" if self.whole else f"instr({_SQL[self.field]}, ?) > 0"
        return f"NOT ({said})" if self.negated else said


@dataclass(frozen=True, slots=True)
class Query:
    """What a CDX client asks for. `start` and `end` are texts of the index, `end` exclusive."""

    url: str
    match: str = "exact"
    start: str = ""
    end: str = "~"
    closest: str = ""
    reverse: bool = False
    limit: int = MAX_LIMIT
    as_json: bool = False
    # The fields that are told, in this order; empty: all.
    fields: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()


def parse_query(arguments: Mapping[str, str], filters: Sequence[str] = ()) -> Query:
    """The query in a request's parameters, as pywb and Wayback name them; `filters` are all of that name.

    Raises BadAddress.
    """
    url = arguments.get("url", "").strip()
    if not url or len(url) > 8192 or "\0" in url:
        raise BadAddress("The parameter url is missing or no URL.")
    match = arguments.get("matchType", "exact")
    if url.endswith("*"):
        url, match = url[:-1], "prefix"
    if url.startswith("*."):
        url, match = url[2:], "domain"
    if match not in _MATCH_TYPES:
        raise BadAddress("matchType is exact, prefix, host or domain.")
    sort = arguments.get("sort", "default")
    if sort not in _SORTS:
        raise BadAddress("sort is default, reverse or closest.")
    limit = arguments.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and int(limit[:9]) > 0 and len(limit) < 10):
        raise BadAddress("limit is a number from 1.")
    closest = arguments.get("closest", "")
    return Query(
        url=url,
        match=match,
        start=_instant(arguments.get("from", "")),
        end=_end(arguments.get("to", "")),
        closest=_instant(closest) if closest and closest != "now" else "",
        reverse=sort == "reverse",
        limit=min(int(limit), MAX_LIMIT) if limit else MAX_LIMIT,
        as_json=arguments.get("output", "") == "json",
        fields=_fields(arguments.get("fl") or arguments.get("fields") or ""),
        filters=_filters(filters),
    )


def find(db: Database, query: Query) -> list[Capture]:
    """The captures that a query names, in order of key and time, or nearest first with `closest`."""
    key = url_key(query.url)
    nearest = query.closest and query.match == "exact"
    if nearest and not (query.filters or query.start or query.end != "~"):
        return lookup.near(db, query.url, key, from_text(query.closest), query.limit)[: query.limit]
    order = "DESC" if query.reverse else "ASC"
    orders = f"url_key {order}, captured_at {order}, id {order}"
    moment: tuple[str, ...] = ()
    if nearest:
        orders, moment = "abs(julianday(captured_at) - julianday(?)), captured_at, id", (query.closest,)
    clause, keys = "url_key = ?", [key]
    if query.match != "exact":
        # A key is its host from the end, `)`, the path; of the characters of hosts `,` and `-` come next after `)`.
        host = key.partition(")")[0]
        low, high = {
            "prefix": (key, key + "\U0010ffff"),
            "host": (f"{host})", f"{host}*"),
            "domain": (f"{host})", f"{host}-"),
        }[query.match]
        clause, keys = "url_key >= ? AND url_key < ?", [low, high]
    clause = " AND ".join((clause, "captured_at >= ?", "captured_at < ?", *(one.sql for one in query.filters)))
    texts = (one.text for one in query.filters)
    return lookup.between(
        db, f"WHERE {clause} ORDER BY {orders} LIMIT ?", (*keys, query.start, query.end, *texts, *moment, query.limit)
    )


def lines(directory: Path, captures: list[Capture], *, as_json: bool, fields: Sequence[str] = ()) -> Iterator[str]:
    """CDXJ lines (key, timestamp, JSON), or with `as_json` one JSON object a line.

    With `fields` only these are told: as JSON, or their values with blanks between them.
    """
    names: dict[str, str] = {}
    for capture in captures:
        if capture.warc_file not in names:
            names[capture.warc_file] = _present_name(directory, capture.warc_file)
        place = {
            "length": str(capture.length),
            "offset": str(capture.offset),
            "filename": names[capture.warc_file],
        }
        key = {"urlkey": capture.url_key, "timestamp": to_timestamp(capture.captured_at)}
        said = {**facts(capture), **place}
        if fields:
            whole = {**key, **said}
            chosen = {name: whole[name] for name in fields}
            yield (json.dumps(chosen, ensure_ascii=False) if as_json else " ".join(chosen.values())) + "\n"
        elif as_json:
            yield json.dumps({**key, **said}, ensure_ascii=False) + "\n"
        else:
            yield f"{key['urlkey']} {key['timestamp']} {json.dumps(said, ensure_ascii=False)}\n"


def facts(capture: Capture) -> dict[str, str]:
    """What a CDXJ line says of a capture, but for the place of its record."""
    return {
        "url": capture.url,
        "mime": "warc/revisit" if capture.kind == "revisit" else capture.mime or "unk",
        "status": str(capture.status or "-"),
        "digest": (capture.digest or "-").removeprefix("sha1:"),
    }


def _present_name(directory: Path, name: str) -> str:
    """The file's name as it is now: readers of this answer do not know of NAME.open."""
    try:
        return files.locate(directory, name).name
    except ArchiveMissing:
        return name


def _fields(asked: str) -> tuple[str, ...]:
    names = tuple(_OTHER_NAMES.get(name, name) for name in asked.replace(" ", "").split(",") if name)
    if not set(names) <= set(_FIELDS):
        raise BadAddress(f"fl names fields: {', '.join(_FIELDS)}.")
    return tuple(dict.fromkeys(names))


def _filters(asked: Sequence[str]) -> tuple[Filter, ...]:
    """`status:200` (holds), `=mime:text/html` (is), each with `!` before it for what is not so."""
    found: list[Filter] = []
    for text in asked:
        match = _FILTER.fullmatch(text)
        field = match and _OTHER_NAMES.get(match[3], match[3])
        if match is None or field not in _SQL or len(found) == _MAX_FILTERS:
            raise BadAddress(
                f"filter is FIELD:PART or =FIELD:WHOLE, with ! before it for what is not so, at most {_MAX_FILTERS}"
                f" times; fields are {', '.join(_FIELDS)}, and patterns (~) are not known."
            )
        found.append(Filter(field, match[4], bool(match[2]), bool(match[1])))
    return tuple(found)


def _instant(digits: str) -> str:
    if not digits:
        return ""
    if not _TIMESTAMP.fullmatch(digits):
        raise BadAddress("from, to and closest are timestamps of 4 to 14 digits.")
    return to_text(parse_timestamp(digits))


def _end(digits: str) -> str:
    """The text behind every instant that begins with the digits."""
    if not digits:
        return "~"
    text = _instant(digits)
    return text[: {4: 4, 6: 7, 8: 10, 10: 13, 12: 16, 14: 19}[len(digits)]] + "~"
