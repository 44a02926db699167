"""The pages that replay itself writes: notes, files, comparisons, the calendar, the banner below an archived page."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from jinja2 import Environment, PackageLoader

from archive.difference import Paragraph, Pieces
from archive.model import Capture
from archive.replay import addresses
from archive.replay.lookup import Later, Mark, Point
from archive.replay.words import local_time
from archive.times import from_text, to_timestamp

# In a day of the calendar; the others stand on the day's own page.
TIMES_A_DAY = 6

# How a comparison is shown: as text, or as the pages themselves.
VIEWS = ("text", "pages")

_TEMPLATES = Environment(loader=PackageLoader("archive.replay"), autoescape=True, trim_blocks=True)


def note(
    words: Mapping[str, str],
    title: str,
    text: str,
    *,
    url: str = "",
    links: Sequence[Mapping[str, str]] = (),
    browse: str = "",
    bare: bool = False,
) -> str:
    """A short page that says one thing. `bare`: for a frame inside an archived page, without our own dress."""
    return _TEMPLATES.get_template("note.html").render(
        words=words, title=title, text=text, url=url, links=links, browse=browse, bare=bare
    )


def banner(
    words: Mapping[str, str],
    capture: Capture,
    *,
    earlier: Capture | None,
    later: Capture | None,
    changes: Later | None,
    marks: Sequence[Mark],
    article: str | None,
    browse: str,
    with_scripts: str = "",
    zone: tzinfo | None = None,
) -> str:
    """The bar below an archived page, in a shadow tree that the page's style sheets do not reach."""
    other = earlier or later
    return _TEMPLATES.get_template("banner.html").render(
        words=words,
        url=capture.url,
        captured_at=capture.captured_at,
        when=local_time(capture.captured_at, zone),
        status=capture.status if capture.status and capture.status >= 400 else None,
        earlier=_neighbour(earlier, capture, zone),
        later=_neighbour(later, capture, zone),
        calendar=addresses.calendar(capture.url),
        raw=addresses.capture_bytes(capture.id),
        with_scripts=with_scripts,
        compare=addresses.comparison(capture.id, other.id) if other else None,
        changes=changes.versions if changes else 0,
        changes_href=addresses.comparison(capture.id, changes.capture_id) if changes else None,
        article=f"{browse}/article/{article}" if browse and article else None,
        blocks=[
            {
                "anchor": addresses.block_anchor(mark.block_id),
                "name": " · ".join(filter(None, (mark.heading, mark.tab))) or words["untitled"],
                "kind": words[mark.kind] if mark.kind in ("ranked", "section") else "",
                "history": f"{browse}/list/{mark.list_id}" if browse else None,
            }
            for mark in marks
        ],
        browse=browse,
    )


def file(
    words: Mapping[str, str],
    capture: Capture,
    *,
    form: str,
    kind: str,
    size: int,
    text: str | None,
    cut: bool,
    raw: str,
    earlier: Capture | None,
    later: Capture | None,
    browse: str,
    zone: tzinfo | None,
    bare: bool,
) -> str:
    """A capture that is no page: what it is, and itself where a browser may show it (`form`, `text`)."""
    return _TEMPLATES.get_template("file.html").render(
        words=words,
        url=capture.url,
        captured_at=capture.captured_at,
        when=local_time(capture.captured_at, zone),
        status=capture.status if capture.status and capture.status >= 400 else None,
        form=form,
        kind=kind,
        size=_size(size),
        text=text,
        cut=cut,
        raw=raw,
        calendar=addresses.calendar(capture.url),
        earlier=_neighbour(earlier, capture, zone),
        later=_neighbour(later, capture, zone),
        browse=browse,
        bare=bare,
    )


def scripted(
    words: Mapping[str, str],
    capture: Capture,
    *,
    when: str,
    frame: str,
    safe: str,
    moves: Sequence[tuple[str, str]],
    browse: str,
) -> str:
    """Our page around a capture that is replayed with its scripts in a frame."""
    return _TEMPLATES.get_template("scripted.html").render(
        words=words,
        url=capture.url,
        captured_at=capture.captured_at,
        when=when,
        frame=frame,
        safe=safe,
        moves=moves,
        calendar=addresses.calendar(capture.url),
        browse=browse,
    )


def start(words: Mapping[str, str], *, worker: str, raw: str, page: str, csp: str) -> str:
    """The first page inside that frame."""
    return _TEMPLATES.get_template("start.html").render(words=words, worker=worker, raw=raw, page=page, csp=csp)


def _size(size: int) -> str:
    if size < 10_000:
        return f"{size:,} B"
    return f"{size / 1000:,.0f} kB" if size < 10_000_000 else f"{size / 1_000_000:,.1f} MB"


def comparison(
    words: Mapping[str, str],
    *,
    view: str,
    left: Mapping[str, str],
    right: Mapping[str, str],
    title: Pieces,
    rows: Sequence[Paragraph],
    choices: Sequence[Mapping[str, str]],
    frames: tuple[str, str],
    browse: str,
) -> str:
    """Two captures side by side: their text, what differs marked by word, or the pages themselves in frames."""
    return _TEMPLATES.get_template("compare.html").render(
        words=words,
        view=view,
        left=left,
        right=right,
        title=Paragraph(title),
        rows=rows,
        differ=any(row.pieces for row in rows) or any(kind != "same" for kind, _ in title),
        choices=choices,
        frames=frames,
        tabs=[(one, words[f"view_{one}"], addresses.comparison(left["id"], right["id"], one)) for one in VIEWS],
        browse=browse,
    )


def _neighbour(other: Capture | None, capture: Capture, zone: tzinfo | None) -> dict[str, str] | None:
    if other is None:
        return None
    same_second = to_timestamp(other.captured_at) == to_timestamp(capture.captured_at)
    path = addresses.memento(to_timestamp(other.captured_at), other.url)
    return {"href": addresses.capture(other.id) if same_second else path, "when": local_time(other.captured_at, zone)}


def calendar(
    words: Mapping[str, str], url: str, years: Mapping[str, int], shown: str, points: Sequence[Point], browse: str
) -> str:
    """The captures of a URL in a year (`shown` of four digits) as months, or of a day (ten characters) as a list.

    Days are those of UTC, as in the addresses.
    """
    return _TEMPLATES.get_template("calendar.html").render(
        words=words,
        url=url,
        path=addresses.embed(url),
        years=years,
        shown=shown,
        months=_months(int(shown), points) if len(shown) == 4 else [],
        points=[_point(point) for point in points],
        weekdays=words["weekdays"].split(),
        browse=browse,
    )


def _months(year: int, points: Sequence[Point]) -> list[dict[str, Any]]:
    by_day: defaultdict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in points:
        moment = from_text(point.captured_at)
        by_day[moment.month, moment.day].append(point)
    weeks = Calendar().monthdayscalendar
    return [
        {
            "name": f"{year}-{month:02d}",
            "weeks": [
                [_day(year, month, day, by_day.get((month, day), [])) for day in week] for week in weeks(year, month)
            ],
        }
        for month in sorted({month for month, _ in by_day})
    ]


def _day(year: int, month: int, day: int, points: Sequence[Point]) -> dict[str, Any]:
    chosen = points if len(points) <= TIMES_A_DAY else points[: TIMES_A_DAY - 1]
    return {
        "number": day,
        "date": f"{year}{month:02d}{day:02d}",
        "points": [_point(point) for point in chosen],
        "more": len(points) - len(chosen),
    }


def _point(point: Point) -> dict[str, Any]:
    moment = from_text(point.captured_at)
    status = f" · HTTP {point.status}" if point.status else ""
    return {
        "label": f"{moment:%H:%M}",
        "title": f"{moment:%Y-%m-%d %H:%M:%S} UTC{status}",
        "href": addresses.memento(to_timestamp(point.captured_at), point.url),
        "changed": point.changed,
        "listed": point.listed,
        "error": point.status is not None and point.status >= 400,
    }
