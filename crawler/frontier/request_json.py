"""Scrapy requests as JSON and back: what the frontier keeps of a request. Never a pickle."""

from __future__ import annotations

import json
from typing import Any

from scrapy import Request, Spider
from scrapy.utils.request import request_from_dict

from crawler.errors import CrawlerError

# What one fetch leaves in `meta`: it belongs to that fetch, not to the request.
OF_ONE_FETCH = frozenset({"capture", "download_latency", "download_slot", "frontier_id", "frontier_parent"})


def dump(request: Request, spider: Spider) -> str:
    """The request as one line of JSON. Raises CrawlerError for meta that JSON cannot hold and callbacks of others.

    Request.to_dict would search the spider for each callback, which costs more than all the rest.
    """
    fields: dict[str, Any] = {
        "url": request.url,
        "callback": _method(request.callback, spider),
        "errback": _method(request.errback, spider),
        "method": request.method if request.method != "GET" else None,
        "headers": [
            [name.decode("latin-1"), [value.decode("latin-1") for value in values]]
            for name, values in request.headers.items()
        ],
        "body": request.body.decode("latin-1"),
        "meta": {key: value for key, value in request.meta.items() if key not in OF_ONE_FETCH},
        "priority": request.priority,
        "dont_filter": request.dont_filter,
        "flags": request.flags,
        "cb_kwargs": request.cb_kwargs,
    }
    try:
        return json.dumps(
            {key: value for key, value in fields.items() if value},
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
        )
    except (TypeError, ValueError) as error:
        raise CrawlerError(f"{request.url}: a request that JSON cannot hold: {error}") from error


def _method(callback: Any, spider: Spider) -> str | None:
    """The name of the spider's method that a callback is."""
    if callback is None:
        return None
    name = getattr(callback, "__name__", "")
    if getattr(callback, "__self__", None) is not spider or not hasattr(spider, name):
        raise CrawlerError(f"the callback {callback!r} is no method of the spider, so it cannot be kept")
    return str(name)


def load(text: str, spider: Spider) -> Request:
    """The request that `dump` wrote."""
    fields = json.loads(text)
    fields["headers"] = {
        name.encode("latin-1"): [value.encode("latin-1") for value in values]
        for name, values in fields.get("headers", [])
    }
    fields["body"] = fields.get("body", "").encode("latin-1")
    return request_from_dict(fields, spider=spider)
