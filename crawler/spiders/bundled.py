"""The bundled example site, served for a crawl of it when nobody serves it already."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.errors import CrawlerError
from crawler.sites.loader import BUNDLED
from crawler.spiders.plan import Plan

NAME = "example"


@contextlib.contextmanager
def running(plan: Plan, edition: int = 1) -> Iterator[None]:
    """While the block runs, the example site answers, if the plan is a crawl of it. Raises CrawlerError."""
    if plan.site is None or plan.site.name != NAME or not (BUNDLED / f"{NAME}.toml").is_file():
        yield
        return
    parts = urlsplit(plan.site.seeds[0])
    host, port = parts.hostname or "", parts.port or 80
    if host not in ("127.0.0.1", "localhost") or _answers(host, port):
        yield
        return
    from crawler.example.server import serve

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(serve(port, edition=edition))
        except OSError as error:
            raise CrawlerError(f"the example site cannot be served at {host}:{port}: {error.strerror}") from error
        yield


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
