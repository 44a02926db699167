"""When two requests are for the same page: once a crawl is enough."""

from __future__ import annotations

import hashlib

from scrapy import Request

from archive.urls import same_page, url_key


def identity_of(request: Request) -> bytes:
    """What the frontier knows a request by, 16 bytes.

    `meta["identity"]` where the spider names it (an article has many addresses), else the url key without tracking
    parameters; method and body where they are not those of a plain GET.
    """
    name = request.meta.get("identity") or url_key(same_page(request.url))
    parts = [name.encode("utf-8", "surrogatepass")]
    if request.method != "GET" or request.body:
        parts += [request.method.encode(), request.body]
    return hashlib.blake2b(b"\0".join(parts), digest_size=16).digest()
