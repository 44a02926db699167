"""Seogo's Datasette plugin: our pages, a confined connection, links into replay, headers on every response."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

from archive.errors import ArchiveError, NotFound
from archive.replay.hosts import App, Receive, Scope, Send
from archive.replay.store import Store
from archive.replay.words import local_time, prefers_korean
from archive.times import now
from archive.web import pages, policy, sandbox
from archive.web.pages import BadQuery, Links
from archive.web.words import ENGLISH, KOREAN, ago, shown_date

hookimpl = HookimplMarker("datasette")

# Pages of Datasette for those who run it as a service with accounts; here they would only be more to guard. The last
# makes tables to see whether it can, which no connection here may.
_CLOSED = ("/-/allow-debug", "/-/auth-token", "/-/logout", "/-/messages", "/-/patterns", "/-/permissions",
           "/-/versions")  # fmt: skip
_MARK = b"x-seogo-page"
# Addresses of replay that were opened, or typed, at the port of browse.
_OF_REPLAY = ("/web/", "/capture/", "/compare", "/cdx")
# What the id of a public table is called where another table names it.
_IDS = {("captures", "id"): "capture_id", ("articles", "id"): "article_id", ("lists", "id"): "list_id"}


class Seogo:
    """What one browse server serves: registered with Datasette under the instance's own attribute."""

    def __init__(self, store: Store, replay: str) -> None:
        self.store = store
        self.links = Links(replay)


def of(datasette: Datasette) -> Seogo | None:
    """Our part of a Datasette instance; None for instances that are not ours."""
    return getattr(datasette, "seogo", None)


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Any]]:
    """Our pages, before Datasette's own."""
    if of(datasette) is None:
        return []
    return [
        (r"^/$", _home),
        (r"^/search$", _search),
        (r"^/lists$", _lists),
        (r"^/article/(?P<id>[0-9A-Za-z-]{1,64})$", _article),
        (r"^/list/(?P<id>[0-9A-Za-z-]{1,64})$", _list),
    ]


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Confine every connection but Datasette's own notebook in memory."""
    if of(datasette) is not None and database != "_internal":
        sandbox.confine(conn)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Headers on every response, Datasette's service pages closed, addresses of replay led there."""
    seogo = of(datasette)
    if seogo is None:
        return lambda app: app
    return partial(_Headers, replay=seogo.links.origin)


@hookimpl
def render_cell(value: Any, column: str, table: str | None, datasette: Datasette) -> Markup | None:
    """Captures and addresses in tables lead into replay."""
    seogo = of(datasette)
    if seogo is None or not seogo.links.origin or not isinstance(value, str) or not value:
        return None
    column = _IDS.get((table or "", column), column)
    if column in ("capture_id", "refers_to"):
        return Markup('<a href="{}">{}</a>').format(seogo.links.capture(value), value)
    if column == "article_id":
        return Markup('<a href="/article/{0}">{0}</a>').format(value)
    if column == "list_id":
        return Markup('<a href="/list/{0}">{0}</a>').format(value)
    if column == "url" and value.startswith(("http://", "https://")):
        return Markup('<a href="{}">{}</a>').format(seogo.links.calendar(value), value)
    return None


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Words for Datasette's error pages, which it renders without asking plugins."""
    if of(datasette) is not None:
        env.globals |= {"words": ENGLISH, "here": "", "query": ""}


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """The words of the visitor's language, also on Datasette's own pages."""
    if of(datasette) is None:
        return {}
    return {"words": _words(request), "here": request.path if request is not None else ""}


async def _home(request: Request, datasette: Datasette) -> Response:
    return await _page(request, datasette, "home.html", lambda seogo, arguments: pages.home(seogo.store, arguments))


async def _search(request: Request, datasette: Datasette) -> Response:
    return await _page(request, datasette, "search.html", lambda seogo, arguments: pages.search(seogo.store, arguments))


async def _lists(request: Request, datasette: Datasette) -> Response:
    return await _page(request, datasette, "lists.html", lambda seogo, arguments: pages.lists(seogo.store.archive))


async def _article(request: Request, datasette: Datasette) -> Response:
    wanted = request.url_vars["id"]
    return await _page(
        request,
        datasette,
        "article.html",
        lambda seogo, arguments: pages.article(seogo.store, wanted, seogo.links),
    )


async def _list(request: Request, datasette: Datasette) -> Response:
    wanted = request.url_vars["id"]
    return await _page(
        request,
        datasette,
        "list.html",
        lambda seogo, arguments: pages.list_page(seogo.store, wanted, arguments, seogo.links),
    )


async def _page(
    request: Request, datasette: Datasette, template: str, read: Callable[[Seogo, Mapping[str, str]], dict[str, Any]]
) -> Response:
    """Read the archive in a thread, render, and turn errors for people into a page."""
    seogo = of(datasette)
    assert seogo is not None
    arguments = {name: request.args.get(name) or "" for name in request.args}
    status, words = 200, _words(request)
    try:
        context = await asyncio.to_thread(read, seogo, arguments)
    except NotFound:
        status, template, context = 404, "note.html", {"title": words["not_found"], "text": words["not_found_text"]}
    except BadQuery as error:
        status, template, context = 400, "note.html", {"title": words["bad_request"], "text": str(error)}
    except (ArchiveError, sqlite3.Error) as error:
        status, template, context = 500, "note.html", {"title": words["broken"], "text": str(error)}
    moment = now()
    page_site = context.get("site")
    context |= {
        "links": seogo.links,
        "local": lambda text, site=page_site: local_time(text, seogo.store.zone(site)),
        "named": seogo.store.title,
        "ago": lambda text: ago(words, text, moment),
        "shown_date": shown_date,
        "svg": Markup,
        "switch": f"?lang={words['other']}",
        "query": context.get("query", ""),
    }
    html = await datasette.render_template(template, context, request=request)
    response = Response.html(html, status=status, headers={_MARK.decode(): "1"})
    if request.args.get("lang") in ("ko", "en"):
        response.set_cookie("lang", request.args.get("lang"), max_age=365 * 86_400, httponly=True)
    return response


def _words(request: Request | None) -> Mapping[str, str]:
    if request is None:
        return KOREAN
    chosen = request.args.get("lang") or request.cookies.get("lang") or ""
    if chosen in ("ko", "en"):
        return KOREAN if chosen == "ko" else ENGLISH
    return KOREAN if prefers_korean(request.headers.get("accept-language", "")) else ENGLISH


class _Headers:
    """ASGI wrapper: a strict policy on our pages, a policy by hashes on Datasette's, nosniff on all."""

    def __init__(self, app: App, replay: str) -> None:
        self.app = app
        self.replay = replay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(_CLOSED):
            await Response.text("Not here.\n", status=404).asgi_send(send)
            return
        if self.replay and scope["path"].startswith(_OF_REPLAY):
            query = b"?" + scope["query_string"] if scope["query_string"] else b""
            # As it came over the wire, so that nothing in it can end the header.
            rest = (scope["raw_path"].partition(b"?")[0] + query).decode("latin-1")
            await Response.redirect(self.replay + rest).asgi_send(send)
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() != _MARK]
                ours = len(headers) != len(message["headers"])
                headers += [
                    (b"content-security-policy", (policy.OURS if ours else policy.datasettes()).encode("ascii")),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"cross-origin-opener-policy", b"same-origin"),
                    (b"cross-origin-resource-policy", b"same-origin"),
                ]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, guarded)
