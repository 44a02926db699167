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
    """The request as one line of JSON. Raises CrawlerError for meta that JSON cannot hold."""
    fields: dict[str, Any] = request.to_dict(spider=spider)
    fields["headers"] = [
        [name.decode("latin-1"), [value.decode("latin-1") for value in values]]
        for name, values in fields["headers"].items()
    ]
    fields["body"] = fields["body"].decode("latin-1")
    fields["meta"] = {key: value for key, value in fields["meta"].items() if key not in OF_ONE_FETCH}
    for key in ("encoding", "flags", "cookies", "cb_kwargs", "headers", "body", "meta", "dont_filter", "errback"):
        if not fields.get(key):
            fields.pop(key, None)
    try:
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise CrawlerError(f"{request.url}: a request that JSON cannot hold: {error}") from error


def load(text: str, spider: Spider) -> Request:
    """The request that `dump` wrote."""
    fields = json.loads(text)
    fields["headers"] = {
        name.encode("latin-1"): [value.encode("latin-1") for value in values]
        for name, values in fields.get("headers", [])
    }
    fields["body"] = fields.get("body", "").encode("latin-1")
    return request_from_dict(fields, spider=spider)
