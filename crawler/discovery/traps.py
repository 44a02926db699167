"""Addresses of rows without end: calendars, session ids, paths that repeat themselves, paging that never stops."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.discovery.paging import MAX_PAGE, number_of

_MAX_SEGMENTS = 12
_MAX_PARAMETERS = 12
# `sid` alone names a section on some sites: a session's is long.
_SESSION = re.compile(
    r"(?:[?&;](?:phpsessid|jsessionid|sessionid|session_id|aspsessionid\w*|cfid|cftoken)=|[?&;]sid=\w{16}"
    r"|/\(s\([a-z0-9]{10,}\)\)/)",
    re.I,
)
_CALENDAR = re.compile(r"calendar|/cal/|/events?/", re.I)
_BY_DATE = re.compile(r"(?:^|[?&;])(?:year|month|date|day)=", re.I)
_DAY = re.compile(r"(?<!\d)(\d{4})[-/.]?(0[1-9]|1[0-2])(?:[-/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_YEAR = re.compile(r"[?&;]year=(\d{4})(?!\d)", re.I)


def trap_of(url: str, year: int) -> str | None:
    """Why an address looks like one of a row without end; None where it does not. `year`: the present one.

    >>> trap_of("https://e.org/a/b/a/b/a/b", 2026)
    'a path that repeats itself'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    if _SESSION.search(url):
        return "a session id in the address"
    if number_of(url) > MAX_PAGE:
        return f"a page number beyond {MAX_PAGE}"
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS:
        return f"a path of more than {_MAX_SEGMENTS} parts"
    if parts.query.count("&") >= _MAX_PARAMETERS:
        return f"an address of more than {_MAX_PARAMETERS} parameters"
    if _repeats(segments):
        return "a path that repeats itself"
    inside = f"{parts.path}?{parts.query}"
    day = _YEAR.search(inside) or _DAY.search(inside)
    if day is not None:
        # Archives of papers reach further back than their calendars of events.
        oldest = 1990 if _CALENDAR.search(inside) else 1800 if _BY_DATE.search(inside) else 0
        if oldest and not oldest <= int(day[1]) <= year + 1:
            return "a calendar without end"
    return None


def _repeats(segments: list[str]) -> bool:
    return any(
        # 2026/11/11/11 is a date and an hour.
        not all(segment.isdigit() for segment in segments[at : at + width])
        and segments[at : at + width]
        == segments[at + width : at + 2 * width]
        == segments[at + 2 * width : at + 3 * width]
        for width in (1, 2, 3)
        for at in range(len(segments) - 3 * width + 1)
    )
