"""The environment's proxies, for what they can reach."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware

from crawler.fetch.guard import literal


class ProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's, but that http_proxy and https_proxy do not stand before this machine's own addresses.

    Another machine's proxy cannot reach them, as browsers know without being told. A proxy that a request or `--proxy`
    names is asked for every address.
    """

    def process_request(self, request: Request, *_: Any) -> None:
        own = "proxy" not in request.meta and _is_this_machine(request.url)
        if own:
            # "None at all", for this address and not for where it redirects to.
            request.meta["proxy"] = None
        super().process_request(request)
        if own:
            del request.meta["proxy"]


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    address = literal(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback
