"""What a browser is told when Datasette's own pages fail; in the place of its handler, which prints every variable."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")
_LOG = logging.getLogger(__name__)


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """A page, or JSON where JSON was asked for: one sentence for errors of the request, no detail for our own."""
    status, title, message = _explained(exception)

    async def answer() -> Response:
        if request.path.partition("?")[0].endswith(".json"):
            return Response.json({"ok": False, "error": str(message), "status": status, "title": title}, status=status)
        template = datasette.jinja_env.get_template("error.html")
        context: dict[str, Any] = {
            "ok": False,
            "error": message,
            "status": status,
            "title": title,
            "urls": datasette.urls,
            "app_css_hash": datasette.app_css_hash(),
            "menu_links": list,
        }
        return Response.html(await template.render_async(context), status=status)

    return answer


def _explained(exception: Exception) -> tuple[int, str | None, str]:
    if isinstance(exception, DatasetteError):
        text = str(exception.message)
        # Datasette made this HTML, and escaped the query in it, when a query took too long.
        message = Markup(text) if exception.message_is_html else text  # noqa: S704 - see above
        return exception.status, exception.title, message
    if isinstance(exception, Base400):
        return exception.status, None, str(exception.args[0]) if exception.args else ""
    _LOG.error("A page failed: %s", type(exception).__name__, exc_info=exception)
    return 500, None, "This page failed. What happened is in the terminal."
