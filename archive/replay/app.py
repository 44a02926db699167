"""The replay server: an ASGI application over one archive directory, reading only."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from archive.errors import ArchiveError, NotFound
from archive.index import captures
from archive.replay import addresses, bodies, cdx, lookup, memento, pages
from archive.replay.addresses import BadAddress
from archive.replay.answers import answer_capture, pick
from archive.replay.asked import Asked, html_page, note_page
from archive.replay.comparing import answer_comparison
from archive.replay.hosts import App, Confined, OnlyLoopback
from archive.replay.scripted import Scripted, asks_for_worker, belongs, outer_page, raw, refused, script, start_page
from archive.replay.store import Store
from archive.times import to_timestamp
from archive.urls import url_key

TIMEMAP_PAGE = 1000
# Rewriting holds the interpreter: more threads would only make all answers late at once.
THREADS = 4
# A calendar shows at most this many captures of a year or a day.
CALENDAR_POINTS = 5000

_CALENDAR = re.compile(rb"(?:(\d{8})|(\d{4}))?\*/(.+)", re.S)
_TIMEMAP = re.compile(rb"timemap/(link|json)/(?:([1-9]\d{0,6})/)?(.+)", re.S)
# Modifiers of other replay tools (im_, cs_, if_ ...) choose a rewriting there; here the archived type does.
_MEMENTO = re.compile(rb"(\d+)(?:(id_)|[a-z]{2}_)?/(.*)", re.S)

_OUTER = re.compile(rb"(\d{4,14})/(.+)", re.S)

Answer = Callable[[Store, Asked], Response]


def create_app(store: Store, *, browse: str = "", scripted: Scripted | None = None) -> App:
    """The application. `browse` is the origin of the browse server, empty where none runs.

    With `scripted` captures can be replayed with their scripts too.
    """

    threads = ThreadPoolExecutor(THREADS, "replay")

    def route(path: str, answer: Answer) -> Route:
        async def endpoint(request: Request) -> Response:
            asked = Asked.of(request, browse, scripted=scripted is not None)
            return await asyncio.get_running_loop().run_in_executor(threads, _answer, store, asked, answer)

        return Route(path, endpoint)

    routes = [
        route("/", _home),
        Route("/style.css", _style),
        Route("/favicon.ico", _no_icon),
        route("/cdx", _cdx),
        route("/compare", answer_comparison),
        route("/capture/{capture_id}", _capture_named),
        route("/capture/{capture_id}/", _capture),
        route("/capture/{capture_id}/id_", _capture_bytes),
        route("/web/{rest:path}", _web),
        *([route("/scripted/{rest:path}", partial(_scripted, scripted=scripted))] if scripted else ()),
        route("/{rest:path}", _nothing),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return OnlyLoopback(Confined(app))


def _scripted(store: Store, asked: Asked, *, scripted: Scripted) -> Response:
    rest, query = _rest(asked, b"/scripted/")
    if found := _OUTER.fullmatch(rest):
        digits, address = found.groups()
        return outer_page(store, asked, digits.decode("ascii"), addresses.target_url(address, query))
    if not belongs(asked):
        return note_page(asked, 403, "scripted", asked.words["scripted_why"])
    if rest in (b"sw.js", b"wabac.js", b"start.js"):
        return script(asked, rest.decode("ascii"), scripted)
    if rest == b"start":
        return start_page(asked)
    if rest.startswith(b"raw/"):
        return raw(store, asked, rest.removeprefix(b"raw/"), query)
    return note_page(asked, 404, "bad", asked.words["home"])


def _rest(asked: Asked, prefix: bytes) -> tuple[bytes, bytes]:
    """What follows a prefix in the address as it came over the wire, and the query."""
    scope = asked.request.scope
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return raw_path.partition(b"?")[0].removeprefix(prefix), scope["query_string"]


def _answer(store: Store, asked: Asked, answer: Answer) -> Response:
    """The answer, or the page that tells why there is none. Nothing of the request stands in it but a checked URL."""
    if asks_for_worker(asked.request):
        return refused()
    try:
        return answer(store, asked)
    except BadAddress as error:
        return note_page(asked, 400, "bad", str(error))
    except bodies.Unavailable as error:
        return note_page(asked, 404, "gone", str(error))
    except NotFound:
        return note_page(asked, 404, "missing", asked.words["missing_why"])
    except (ArchiveError, sqlite3.Error) as error:
        return note_page(asked, 500, "damaged", str(error))


def _home(_: Store, asked: Asked) -> Response:
    links = [{"href": f"{asked.browse}/", "label": asked.browse}] if asked.browse else []
    words = asked.words
    return html_page(pages.note(words, words["replay"], words["home"], links=links, browse=asked.browse))


async def _style(_: Request) -> Response:
    sheet = files("archive.web").joinpath("static/seogo.css").read_bytes()
    headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(sheet, media_type="text/css", headers=headers)


async def _no_icon(_: Request) -> Response:
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})


def _nothing(_: Store, asked: Asked) -> Response:
    return note_page(asked, 404, "bad", asked.words["home"])


def _cdx(store: Store, asked: Asked) -> Response:
    try:
        query = cdx.parse_query(asked.request.query_params, asked.request.query_params.getlist("filter"))
    except BadAddress as error:
        # Programs ask here, not people.
        return PlainTextResponse(f"{error}\n", 400, headers={"X-Content-Type-Options": "nosniff"})
    found = cdx.find(store.db, query)
    media_type = "application/x-ndjson" if query.as_json else "text/x-cdxj"
    lines = cdx.lines(store.directory, found, as_json=query.as_json, fields=query.fields)
    return StreamingResponse(lines, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


def _capture_named(store: Store, asked: Asked) -> Response:
    capture = captures.get(store.db, asked.request.path_params["capture_id"])
    return _redirect(addresses.capture(capture.id, against=asked.request.query_params.get("against", "")[:100]))


def _capture(store: Store, asked: Asked) -> Response:
    capture = captures.get(store.db, asked.request.path_params["capture_id"])
    return answer_capture(store, asked, capture, follow=False)


def _capture_bytes(store: Store, asked: Asked) -> Response:
    capture = captures.get(store.db, asked.request.path_params["capture_id"])
    return answer_capture(store, asked, capture, raw=True)


def _web(store: Store, asked: Asked) -> Response:
    rest_of_path, query = _rest(asked, b"/web/")
    if found := _CALENDAR.fullmatch(rest_of_path):
        day, year, rest = found.groups()
        return _calendar(store, asked, addresses.target_url(rest, query), (day or year or b"").decode("ascii"))
    if found := _TIMEMAP.fullmatch(rest_of_path):
        form, page, rest = found.groups()
        return _timemap(store, asked, addresses.target_url(rest, query), form.decode("ascii"), int(page or 1))
    if found := _MEMENTO.fullmatch(rest_of_path):
        digits, modifier, rest = found.groups()
        at = addresses.parse_timestamp(digits.decode("ascii"))
        return _memento(store, asked, addresses.target_url(rest, query), at, raw=modifier is not None)
    return _timegate(store, asked, addresses.target_url(rest_of_path, query))


def _memento(store: Store, asked: Asked, url: str, at: datetime, *, raw: bool) -> Response:
    capture, target = pick(store, url, at)
    if capture is None:
        return note_page(asked, 404, "missing", asked.words["missing_why"], url=url)
    exact = to_timestamp(capture.captured_at)
    # Only pages are led to their exact address; for the many parts of a page another round trip each would cost.
    if exact != at.strftime("%Y%m%d%H%M%S") and (raw or asked.wants_page):
        modifier = addresses.RAW if raw else ""
        return _redirect(addresses.memento(exact, capture.url, modifier))
    return answer_capture(store, asked, capture, raw=raw, target=target)


def _timegate(store: Store, asked: Asked, url: str) -> Response:
    capture = None
    try:
        at = memento.parse_accept_datetime(asked.request.headers.getlist("accept-datetime"))
        capture, _ = pick(store, url, at or datetime.now(UTC).replace(microsecond=0))
    except BadAddress as error:
        response = note_page(asked, 400, "bad", str(error))
    else:
        if capture is None:
            response = note_page(asked, 404, "missing", asked.words["missing_why"], url=url)
        else:
            response = _redirect(addresses.memento(to_timestamp(capture.captured_at), capture.url))
    # RFC 7089, 4.5: that a time can be asked for is told with every answer, errors too.
    response.headers["Vary"] = ", ".join(filter(None, ("Accept-Datetime", response.headers.get("vary"))))
    response.headers["Link"] = memento.link_header(asked.origin, capture.url if capture else url, timegate=False)
    return response


def _timemap(store: Store, asked: Asked, url: str, form: str, page: int) -> Response:
    found, more = lookup.mementos(store.db, url_key(url), page, TIMEMAP_PAGE)
    if not found:
        raise NotFound(url)
    headers = {"X-Content-Type-Options": "nosniff"}
    if form == "json":
        text = memento.timemap_json(asked.origin, url, found, page, more)
        return Response(text, media_type="application/json", headers=headers)
    lines = memento.timemap_link(asked.origin, url, found, page, more)
    return StreamingResponse(lines, media_type="application/link-format", headers=headers)


def _calendar(store: Store, asked: Asked, url: str, shown: str) -> Response:
    key = url_key(url)
    years = lookup.years(store.db, key)
    if not years:
        return note_page(asked, 404, "missing", asked.words["missing_why"], url=url)
    if len(shown) == 8:
        shown = addresses.parse_timestamp(shown).strftime("%Y-%m-%d")
    shown = shown or max(years)
    points = lookup.points(store.db, key, shown, CALENDAR_POINTS)
    return html_page(pages.calendar(asked.words, url, years, shown, points, asked.browse))


def _redirect(path: str) -> Response:
    return RedirectResponse(path, status_code=302, headers={"Cache-Control": "no-store"})
