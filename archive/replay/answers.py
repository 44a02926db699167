"""How a capture is answered: its safe view, its raw bytes, the way a redirect leads, or a page that says why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from urllib.parse import urljoin

from starlette.responses import RedirectResponse, Response

from archive.model import Capture
from archive.replay import addresses, bodies, files, lookup, memento, pages, ranges
from archive.replay.asked import Asked, html_page, note_page
from archive.replay.bodies import Body
from archive.replay.headers import archived_headers, guard_headers, plain_content_type, safe_content_type
from archive.replay.lookup import Mark
from archive.replay.memento import Memento
from archive.replay.reading import texts_on
from archive.replay.store import Store
from archive.replay.view import View, render
from archive.times import to_timestamp
from archive.urls import is_http, url_key

# How many captures on either side of an instant are looked at for one that does not redirect to itself.
_NEAR = 12


def pick(store: Store, url: str, at: datetime) -> tuple[Capture | None, str | None]:
    """The capture of a URL nearest in time, and where it redirects to, if it does.

    Redirects from one spelling of the URL to another (http to https, without to with a slash) are passed over when
    another capture is near: both spellings have one key, and following would lead back.
    """
    key = url_key(url)
    first: tuple[Capture, str | None] | None = None
    # Almost always the nearest will do, and it need not be found among many.
    for most in (2, _NEAR):
        for capture in lookup.near(store.db, url, key, at, most):
            target = redirect_target(store, capture)
            if target is None or url_key(target) != capture.url_key:
                return capture, target
            first = first or (capture, target)
        if first is None:
            break
    return first or (None, None)


def redirect_target(store: Store, capture: Capture) -> str | None:
    """The absolute http(s) URL that a capture redirects to; None for other captures. Raises RecordError."""
    if capture.status is None or not 300 <= capture.status <= 399 or capture.status in (300, 304):
        return None
    location = bodies.head_of(store.directory, capture).get("location")
    if not location:
        return None
    try:
        # Servers send raw UTF-8; header text is latin-1, one character a byte.
        target = urljoin(capture.url, location.encode("latin-1").decode("utf-8", "replace").strip()).partition("#")[0]
        return addresses.target_url(target.encode("utf-8"), b"") if is_http(target) else None
    except (ValueError, addresses.BadAddress):
        return None


def answer_capture(
    store: Store, asked: Asked, capture: Capture, *, raw: bool = False, target: str | None = None, follow: bool = True
) -> Response:
    """The answer that shows one capture. `target`: where it redirects to; with `follow` the answer leads there.

    Raises Unavailable, RecordError, and NotFound where `against` names no capture.
    """
    if not raw and not follow:
        target = redirect_target(store, capture)
    if target is not None:
        return _lead_on(asked, capture, target, raw=raw, follow=follow)
    body = bodies.load(store.directory, store.db, capture)
    earlier, later = lookup.neighbours(store.db, capture)
    if raw:
        shown = View(body.data, _raw_type(asked, body.content_type))
    else:
        shown = _safe_view(store, asked, capture, body, earlier, later)
    if not shown.data and asked.wants_page and not raw:
        return note_page(asked, 200, "empty", asked.words["note"], url=capture.url)
    if not shown.page and not raw and files.needs_page(asked, shown.content_type):
        facts = files.facts(store, asked, capture, shown, earlier, later)
        return html_page(facts, framed=not asked.window)
    headers = [
        *guard_headers(asked.origin, raw=raw or not shown.page),
        ("Memento-Datetime", memento.http_date(capture.captured_at)),
        ("Link", memento.link_header(asked.origin, capture.url, earlier=_memento(earlier), later=_memento(later))),
        ("Cache-Control", "private, no-cache" if shown.page else "private, max-age=3600"),
        ("Vary", "Accept-Language, Sec-Fetch-Dest"),
        *archived_headers(body.head.headers),
    ]
    if raw and asked.window and not files.shown_by_browsers(shown.content_type):
        headers.append(("Content-Disposition", files.attachment(capture.url)))
    if asked.purpose == "font":
        # A sandboxed page has an origin of its own, and fonts are fetched across origins only when allowed to.
        headers.append(("Access-Control-Allow-Origin", "*"))
    return _body(asked, shown, capture, headers)


def _safe_view(
    store: Store, asked: Asked, capture: Capture, body: Body, earlier: Capture | None, later: Capture | None
) -> View:
    timestamp = to_timestamp(capture.captured_at)
    marks = lookup.marks(store.db, capture.id) if asked.wants_page else []
    against = asked.request.query_params.get("against", "") if "capture_id" in asked.request.path_params else ""
    banner = None
    if asked.purpose == "document":
        banner = partial(
            pages.banner,
            asked.words,
            capture,
            earlier=earlier,
            later=later,
            changes=lookup.later_versions(store.db, capture.id),
            marks=marks,
            article=lookup.article_of(store.db, capture.id, capture.url),
            browse=asked.browse,
            with_scripts=addresses.scripted(asked.origin, timestamp, capture.url) if asked.scripted else "",
            zone=store.zone(capture.site),
        )
    return render(
        body.data,
        body.content_type,
        capture.url,
        addresses.leading_to(timestamp),
        marks=_anchors(marks),
        banner=banner,
        other_texts=texts_on(store, against[:100]) if against else None,
        held=partial(_held, store, addresses.memento(timestamp, "")),
    )


def _held(store: Store, prefix: str, led: Sequence[str]) -> set[str]:
    """Which of some addresses in the archive, all with one prefix, are those of captures."""
    keys = {address: _key_of_picture(address.removeprefix(prefix)) for address in led}
    found = lookup.held(store.db, list(keys.values()))
    return {address for address, key in keys.items() if key in found}


# What stands beside the articles of a site comes again with each.
_key_of_picture = lru_cache(2048)(url_key)


def _raw_type(asked: Asked, content_type: str | None) -> str:
    """The type of a raw body: for a browser's window the source of a page, whose links would lead out.

    Other programs get the archived type, since they are to replay it; browsers say `Sec-Fetch-Dest`.
    """
    if "sec-fetch-dest" not in asked.request.headers:
        return plain_content_type(content_type)
    safe = safe_content_type(content_type)
    shows_links = safe.startswith(("text/html", "application/xhtml+xml", "image/svg+xml"))
    if shows_links and asked.window:
        charset = safe.partition(";")[2]
        return f"text/plain;{charset}" if charset else "text/plain"
    return safe


def _body(asked: Asked, shown: View, capture: Capture, headers: list[tuple[str, str]]) -> Response:
    wanted = None if shown.page else asked.request.headers.get("range")
    if "if-range" in asked.request.headers:
        # No validator is given out, so none can match: the whole is sent.
        wanted = None
    found = ranges.answer(shown.data, shown.content_type, wanted)
    status = found.status
    if status == 200 and capture.status is not None and 400 <= capture.status <= 599:
        status = capture.status
    response = Response(found.data, status)
    for name, value in (*headers, *(one for one in found.headers if not shown.page or one[0] != "Accept-Ranges")):
        response.headers.append(name, value)
    return response


def _lead_on(asked: Asked, capture: Capture, target: str, *, raw: bool, follow: bool) -> Response:
    path = addresses.memento(to_timestamp(capture.captured_at), target, addresses.RAW if raw else "")
    if url_key(target) == capture.url_key:
        return note_page(asked, 200 if not follow else 404, "redirect", asked.words["redirect_self"], url=target)
    if not follow:
        return note_page(asked, 200, "redirect", asked.words["redirect_to"], url=target, href=path)
    response = RedirectResponse(path, status_code=302, headers={"Cache-Control": "no-store"})
    response.headers["Memento-Datetime"] = memento.http_date(capture.captured_at)
    response.headers["Link"] = memento.link_header(asked.origin, capture.url)
    return response


def _anchors(marks: list[Mark]) -> dict[str, list[str]]:
    anchors: dict[str, list[str]] = {}
    for mark in marks:
        anchor = addresses.block_anchor(mark.block_id)
        if anchor not in anchors.setdefault(mark.xpath, []):
            anchors[mark.xpath].append(anchor)
    return anchors


def _memento(capture: Capture | None) -> Memento | None:
    return None if capture is None else Memento(capture.url, capture.captured_at)
