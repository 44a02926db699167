"""Replay with scripts, where the user put in wabac's service worker: kept apart from everything else.

The page that a window shows is ours, without a script, and comes from `127.0.0.1`. In it stands a frame of another
origin, `localhost`, in a sandbox that lets scripts run but not open windows, send forms or leave the frame; its service
worker answers every request from the raw bytes of the archive, and every answer carries a policy that names no other
host. Since the outer page is of another origin, the frame cannot reach it, and its policy holds the frame where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from archive.replay import addresses, bodies, lookup, memento, pages
from archive.replay.answers import pick, redirect_target
from archive.replay.asked import Asked, html_page, note_page
from archive.replay.headers import guard_headers, plain_content_type
from archive.replay.hosts import host_name
from archive.replay.store import Store
from archive.replay.words import local_time
from archive.times import to_timestamp
from archive.urls import url_key

# Scripts run under this name of the machine and no other.
HOST = "localhost"
OUTER = addresses.SCRIPTED_HOST


@dataclass(frozen=True, slots=True)
class Scripted:
    """What replays scripts: the service worker's own script."""

    worker: bytes


def policy(origin: str) -> str:
    """The policy of everything in the frame: scripts as the page has them, and no address but the archive's.

    `sandbox` again, so that a page opened by its address is held as it would be in the frame.
    """
    here, outer = addresses.named(origin, HOST), addresses.named(origin, OUTER)
    own = f"{here}/scripted/ data: blob:"
    return (
        f"sandbox allow-scripts allow-same-origin; default-src 'none'; script-src {own} 'unsafe-inline' 'unsafe-eval'; "
        f"style-src {own} 'unsafe-inline'; img-src {own}; font-src {own}; media-src {own}; connect-src {own}; "
        f"frame-src {here}/scripted/w/ data: blob:; child-src {here}/scripted/w/ data: blob:; worker-src {own}; "
        f"form-action 'none'; base-uri {here}; frame-ancestors {outer} {here}; webrtc 'block'"
    )


def outer_page(store: Store, asked: Asked, timestamp: str, url: str) -> Response:
    """Our page around a capture with its scripts; on `localhost`, and where nothing is captured, a note."""
    capture, _ = pick(store, url, addresses.parse_timestamp(timestamp))
    if capture is None:
        return note_page(asked, 404, "missing", asked.words["missing_why"], url=url)
    if _host(asked) != OUTER:
        return note_page(asked, 403, "scripted", asked.words["scripted_why"])
    stamp = to_timestamp(capture.captured_at)
    earlier, later = lookup.neighbours(store.db, capture)
    here = addresses.named(asked.origin, HOST)
    html = pages.scripted(
        asked.words,
        capture,
        when=local_time(capture.captured_at, store.zone(capture.site)),
        frame=f"{here}/scripted/start?ts={stamp}&url={quote(capture.url, safe='')}",
        safe=f"{here}{addresses.memento(stamp, capture.url)}",
        moves=[
            (name, addresses.scripted(asked.origin, to_timestamp(other.captured_at), other.url))
            for name, other in (("earlier", earlier), ("later", later))
            if other
        ],
        browse=asked.browse,
    )
    return html_page(html, frame_source=f"{here}/scripted/")


def start_page(asked: Asked) -> Response:
    """The frame's first page: it starts the service worker and goes on."""
    query = asked.request.query_params
    timestamp = query.get("ts", "")
    addresses.parse_timestamp(timestamp)
    url = addresses.target_url(query.get("url", "").encode("utf-8"), b"")
    rule = policy(asked.origin)
    html = pages.start(
        asked.words,
        worker=f"/scripted/sw.js?csp={quote(rule, safe='')}&outer={quote(_outer(asked.origin), safe='')}",
        raw=f"{asked.origin}/scripted/raw/",
        page=f"/scripted/w/page/{timestamp}mp_/{addresses.embed(url)}",
        csp=rule,
    )
    # Apart from who may frame it, the policy is the frame's own: what comes after it must not be looser.
    return _answer(html.encode("utf-8"), "text/html; charset=utf-8", rule)


def script(asked: Asked, name: str, scripted: Scripted) -> Response:
    """One of the scripts of the frame: ours, or wabac's."""
    data = scripted.worker if name == "wabac.js" else files("archive.replay").joinpath(f"static/{name}").read_bytes()
    # A worker's own policy is that of its script.
    rule = f"default-src 'none'; script-src {asked.origin}/scripted/; connect-src {asked.origin}/scripted/ blob:"
    return _answer(data, "text/javascript; charset=utf-8", rule)


def raw(store: Store, asked: Asked, rest: bytes, query: bytes) -> Response:
    """The bytes of the capture nearest in time, for the service worker, with what it needs to know of them."""
    digits, separator, address = rest.partition(b"id_/")
    if not separator or not digits.isdigit():
        digits, address = b"", rest
    at = addresses.parse_timestamp(digits.decode("ascii")) if digits else datetime.now(UTC)
    url = addresses.target_url(address, query)
    capture, target = pick(store, url, at)
    if capture is None:
        return _answer(b"", "text/plain", "sandbox", status=404)
    response = _answer(b"", "text/plain", "sandbox")
    target = target or redirect_target(store, capture)
    if target is not None and url_key(target) != capture.url_key:
        response.headers["x-redirect-status"] = str(capture.status)
        response.headers["x-redirect-statusText"] = "Moved"
        response.headers["x-orig-location"] = target
    else:
        body = bodies.load(store.directory, store.db, capture)
        status = capture.status if capture.status and 400 <= capture.status <= 599 else 200
        response = _answer(body.data, plain_content_type(body.content_type), "", status=status)
        for name, value in guard_headers(asked.origin, raw=True):
            response.headers[name] = value
    response.headers["Memento-Datetime"] = memento.http_date(capture.captured_at)
    response.headers["x-orig-ts"] = to_timestamp(capture.captured_at)
    return response


def belongs(asked: Asked) -> bool:
    """Whether a request for a part of the frame may be answered: under the one name, and not from elsewhere."""
    site = asked.request.headers.get("sec-fetch-site")
    return _host(asked) == HOST and not asked.window and (site == "same-origin" or asked.framed)


def asks_for_worker(request: Request) -> bool:
    """Whether a browser wants to run the answer as a service worker: only ours may be one."""
    return "service-worker" in request.headers and request.url.path != "/scripted/sw.js"


def refused() -> Response:
    """What such a request gets."""
    return PlainTextResponse("Not here.\n", 403, headers={"Content-Security-Policy": "default-src 'none'; sandbox"})


def _answer(data: bytes, content_type: str, rule: str, *, status: int = 200) -> Response:
    headers = {
        "Content-Type": content_type,
        "Content-Security-Policy": rule,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return Response(data, status, headers=headers)


def _outer(origin: str) -> str:
    return f"{addresses.named(origin, OUTER)}/scripted/"


def _host(asked: Asked) -> str:
    return host_name(asked.request.headers["host"])
