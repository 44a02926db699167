"""Memento (RFC 7089): instants in headers, Link headers, and TimeMaps in two formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from archive.replay import addresses
from archive.replay.addresses import BadAddress
from archive.times import from_text, to_timestamp

_HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture as Memento speaks of it: its URL and `captured_at` as the index has it."""

    url: str
    captured_at: str

    @property
    def timestamp(self) -> str:
        """Fourteen digits."""
        return to_timestamp(self.captured_at)

    @property
    def path(self) -> str:
        """Where replay shows it."""
        return addresses.memento(self.timestamp, self.url)


def http_date(captured_at: str) -> str:
    """An instant of the index as HTTP writes it.

    >>> http_date("2026-11-23T03:28:46.123Z")
    'Mon, 23 Nov 2026 03:28:46 GMT'
    """
    return format_datetime(from_text(captured_at).replace(microsecond=0), usegmt=True)


def parse_accept_datetime(values: Sequence[str]) -> datetime | None:
    """The instant that the Accept-Datetime headers of a request ask for; None where there is none.

    Raises BadAddress for more than one header and for what is no RFC 1123 date.
    """
    if not values:
        return None
    found = _HTTP_DATE.fullmatch(values[0].strip()) if len(values) == 1 else None
    if found is None or found.group(2) not in _MONTHS:
        raise BadAddress("Accept-Datetime must be one date like: Mon, 23 Nov 2026 03:28:46 GMT.")
    day, month, year, hour, minute, second = found.groups()
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        raise BadAddress("Accept-Datetime names no day or time of the calendar.") from None


def link_header(
    origin: str, url: str, *, earlier: Memento | None = None, later: Memento | None = None, timegate: bool = True
) -> str:
    """The Link header of a memento or TimeGate. `origin` is ours, like `http://localhost:8002`."""
    links = [f'<{addresses.embed(url)}>; rel="original"']
    if timegate:
        links.append(f'<{origin}{addresses.timegate(url)}>; rel="timegate"')
    links.append(f'<{origin}{addresses.timemap(url)}>; rel="timemap"; type="application/link-format"')
    for relation, memento in (("prev memento", earlier), ("next memento", later)):
        if memento:
            links.append(f'<{origin}{memento.path}>; rel="{relation}"; datetime="{http_date(memento.captured_at)}"')
    return ", ".join(links)


def timemap_link(origin: str, url: str, mementos: Sequence[Memento], page: int, more: bool) -> Iterator[str]:
    """A page of a TimeMap in application/link-format, line by line. `more`: a page follows."""
    span = ""
    if mementos:
        span = f'; from="{http_date(mementos[0].captured_at)}"; until="{http_date(mementos[-1].captured_at)}"'
    kind = 'type="application/link-format"'
    yield f'<{addresses.embed(url)}>; rel="original"'
    yield f',\n<{origin}{addresses.timegate(url)}>; rel="timegate"'
    yield f',\n<{origin}{addresses.timemap(url, "link", page)}>; rel="self"; {kind}{span}'
    if page > 1:
        yield f',\n<{origin}{addresses.timemap(url, "link", page - 1)}>; rel="prev timemap"; {kind}'
    if more:
        yield f',\n<{origin}{addresses.timemap(url, "link", page + 1)}>; rel="next timemap"; {kind}'
    last = len(mementos) - 1
    for position, memento in enumerate(mementos):
        first_of_all = "first " if position == 0 and page == 1 else ""
        last_of_all = "last " if position == last and not more else ""
        relation = f"{first_of_all}{last_of_all}memento"
        yield f',\n<{origin}{memento.path}>; rel="{relation}"; datetime="{http_date(memento.captured_at)}"'
    yield "\n"


def timemap_json(origin: str, url: str, mementos: Sequence[Memento], page: int, more: bool) -> str:
    """A page of a TimeMap as JSON, in the shape that MemGator made common."""
    pages: dict[str, str] = {}
    if page > 1:
        pages["prev"] = f"{origin}{addresses.timemap(url, 'json', page - 1)}"
    if more:
        pages["next"] = f"{origin}{addresses.timemap(url, 'json', page + 1)}"
    listed = [{"datetime": memento.captured_at, "uri": f"{origin}{memento.path}"} for memento in mementos]
    return json.dumps(
        {
            "original_uri": url,
            "self": f"{origin}{addresses.timemap(url, 'json', page)}",
            "timegate_uri": f"{origin}{addresses.timegate(url)}",
            "timemap_uri": {form: f"{origin}{addresses.timemap(url, form)}" for form in ("link", "json")},
            "pages": pages,
            "mementos": {"list": listed, "first": listed[:1], "last": listed[-1:]},
        },
        ensure_ascii=False,
    )
