"""Two captures side by side: what each says, and the pages themselves with what differs outlined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from archive.difference import Paragraph, compare, compare_line
from archive.index import captures
from archive.model import Capture
from archive.replay import addresses, lookup, pages
from archive.replay.addresses import BadAddress
from archive.replay.asked import Asked, html_page
from archive.replay.reading import said
from archive.replay.store import Store
from archive.replay.words import local_time
from archive.times import from_text

# Other captures of the addresses to choose from: at most so many on either side of each.
_CHOICES = 15


def answer_comparison(store: Store, asked: Asked) -> Response:
    """The page that compares the captures `a` and `b`, the earlier one left. Raises NotFound, BadAddress."""
    query = asked.request.query_params
    view = query.get("view", "text")
    if view not in pages.VIEWS:
        raise BadAddress("view is text or pages.")
    left, right = sorted(
        (captures.get(store.db, query.get(name, "")[:100]) for name in ("a", "b")),
        key=lambda capture: (capture.captured_at, capture.id),
    )
    rows: list[Paragraph] = []
    title: tuple[Any, ...] = ()
    if view == "text":
        old, new = said(store, left), said(store, right)
        rows, title = compare(old.text, new.text), compare_line(old.title, new.title)
    html = pages.comparison(
        asked.words,
        view=view,
        left=_side(store, left),
        right=_side(store, right),
        title=title,
        rows=rows,
        choices=_choices(store, left, right),
        frames=(addresses.capture(left.id, against=right.id), addresses.capture(right.id, against=left.id)),
        browse=asked.browse,
    )
    return html_page(html, frame_source="'self'" if view == "pages" else "'none'", forms=True)


def _side(store: Store, capture: Capture) -> dict[str, str]:
    return {
        "id": capture.id,
        "url": capture.url,
        "captured_at": capture.captured_at,
        "when": local_time(capture.captured_at, store.zone(capture.site)),
        "href": addresses.capture(capture.id),
    }


def _choices(store: Store, left: Capture, right: Capture) -> list[dict[str, str]]:
    """Captures that can be compared, in order of time: those of both addresses nearest to the two, and the two."""
    found = {capture.id: capture for capture in (left, right)}
    for capture in (left, right):
        for other in lookup.near(store.db, capture.url, capture.url_key, _moment(capture), _CHOICES):
            found[other.id] = other
    zone = store.zone(left.site)
    ordered = sorted(found.values(), key=lambda capture: (capture.captured_at, capture.id))
    return [{"id": capture.id, "when": local_time(capture.captured_at, zone)} for capture in ordered]


def _moment(capture: Capture) -> datetime:
    return from_text(capture.captured_at).replace(microsecond=0)
