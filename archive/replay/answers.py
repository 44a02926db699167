"""How a capture is answered: its safe view, its raw bytes, the way a redirect leads, or a page that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archive.model import Capture
from archive.replay import addresses, bodies, lookup, memento, pages
from archive.replay.headers import archived_headers, guard_headers, safe_content_type
from archive.replay.lookup import Mark
from archive.replay.memento import Memento
from archive.replay.ranges import choose_part
from archive.replay.store import Store
from archive.replay.view import View, render
from archive.replay.words import words_for
from archive.times import to_timestamp
from archive.urls import is_http, url_key

_FRAMES = frozenset(("iframe", "frame"))
_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what decides an answer: our origin as the client sees it, the language, what it is asked for."""

    request: Request
    origin: str
    browse: str
    words: Mapping[str, str]
    purpose: str

    @classmethod
    def of(cls, request: Request, browse: str) -> Asked:
        """What a request asks. Its Host header was checked at the door."""
        words = words_for(request.headers.get("accept-language", ""))
        # Browsers say what they need a resource for; who does not say it is taken for someone who wants a page.
        purpose = request.headers.get("sec-fetch-dest", "document")
        return cls(request, f"http://{request.headers['host'].lower()}", browse, words, purpose)

    @property
    def wants_page(self) -> bool:
        """Whether the answer becomes a page or frame, and not a part of one."""
        return self.purpose == "document" or self.purpose in _FRAMES


def html_page(html: str, status: int = 200, *, framed: bool = False) -> Response:
    """A page of ours."""
    policy = _PAGE_POLICY if framed else f"{_PAGE_POLICY}; frame-ancestors 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Sec-Fetch-Dest",
    }
    return HTMLResponse(html, status, headers=headers)


def note_page(asked: Asked, status: int, title: str, text: str, *, url: str = "", href: str = "") -> Response:
    """A page that says one thing: `title` names a text of `words`. Quiet where it is asked for as part of a page."""
    if not asked.wants_page:
        return PlainTextResponse(f"{text}\n", status, headers={"X-Content-Type-Options": "nosniff"})
    framed = asked.purpose in _FRAMES
    links = [{"href": href, "label": url}] if href else []
    html = pages.note(
        asked.words, asked.words[title], text, url="" if href else url, links=links, browse=asked.browse, bare=framed
    )
    return html_page(html, status, framed=framed)


def pick(store: Store, url: str, at: datetime) -> tuple[Capture | None, str | None]:
    """The capture of a URL nearest in time, and where it redirects to, if it does.

    Redirects from one spelling of the URL to another (http to https, without to with a slash) are passed over when
    another capture is near: both spellings have one key, and following would lead back.
    """
    first: tuple[Capture, str | None] | None = None
    for capture in lookup.near(store.db, url, url_key(url), at):
        target = redirect_target(store, capture)
        if target is None or url_key(target) != capture.url_key:
            return capture, target
        first = first or (capture, target)
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

    Raises Unavailable and RecordError.
    """
    timestamp = to_timestamp(capture.captured_at)
    if not raw:
        if not follow:
            target = redirect_target(store, capture)
        if target is not None:
            return _lead_on(asked, capture, target, timestamp, follow=follow)
    body = bodies.load(store.directory, store.db, capture)
    earlier, later = lookup.neighbours(store.db, capture)
    marks: list[Mark] = []
    if raw:
        shown = View(body.data, _raw_type(asked, body.content_type))
    else:
        marks = lookup.marks(store.db, capture.id) if asked.wants_page else []
        banner = None
        if asked.purpose == "document":
            article = lookup.article_of(store.db, capture.id, capture.url)
            banner = partial(
                pages.banner,
                asked.words,
                capture,
                earlier=earlier,
                later=later,
                marks=marks,
                article=article,
                browse=asked.browse,
                zone=store.zone(capture.site),
            )
        shown = render(
            body.data,
            body.content_type,
            capture.url,
            lambda url: addresses.memento(timestamp, url),
            marks=_anchors(marks),
            banner=banner,
        )
    headers = [
        *guard_headers(asked.origin, raw=raw or not shown.page),
        ("Memento-Datetime", memento.http_date(capture.captured_at)),
        ("Link", memento.link_header(asked.origin, capture.url, earlier=_memento(earlier), later=_memento(later))),
        ("Content-Type", shown.content_type),
        ("Cache-Control", "private, no-cache" if shown.page else "private, max-age=3600"),
        ("Vary", "Accept-Language, Sec-Fetch-Dest"),
        *archived_headers(body.head.headers),
    ]
    if asked.purpose == "font":
        # A sandboxed page has an origin of its own, and fonts are fetched across origins only when allowed to.
        headers.append(("Access-Control-Allow-Origin", "*"))
    if not shown.data and asked.wants_page and not raw:
        return note_page(asked, 200, "empty", asked.words["note"], url=capture.url)
    return _body(asked, shown, capture.status, headers)


def _raw_type(asked: Asked, content_type: str | None) -> str:
    """The type of a raw body: for a browser's window the source of a page, whose links would lead out."""
    safe = safe_content_type(content_type)
    shows_links = safe.startswith(("text/html", "application/xhtml+xml", "image/svg+xml"))
    if shows_links and "sec-fetch-dest" in asked.request.headers:
        charset = safe.partition(";")[2]
        return f"text/plain;{charset}" if charset else "text/plain"
    return safe


def _body(asked: Asked, shown: View, archived_status: int | None, headers: list[tuple[str, str]]) -> Response:
    part = choose_part(None if shown.page else asked.request.headers.get("range"), len(shown.data))
    status = part.status
    if status == 200 and archived_status is not None and 400 <= archived_status <= 599:
        status = archived_status
    response = Response(shown.data[part.start : part.stop], status)
    for name, value in (*headers, *(() if shown.page else part.headers)):
        response.headers.append(name, value)
    return response


def _lead_on(asked: Asked, capture: Capture, target: str, timestamp: str, *, follow: bool) -> Response:
    path = addresses.memento(timestamp, target)
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
