"""Requests from a frontier that others can write to: only what this program's own spiders would have asked for."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

import msgspec

from archive.urls import is_http
from crawler.discovery import rules

MOST_BYTES: Final = 1 << 18

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_COUNT = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_TEXT = Annotated[str, msgspec.Meta(max_length=rules.MAX_URL)]
_TEXTS = Annotated[list[_TEXT], msgspec.Meta(max_length=100)]


class _Meta(msgspec.Struct, omit_defaults=True):
    """What of a request's meta goes from one worker to another; everything else belongs to one fetch."""

    role: Annotated[str, msgspec.Meta(pattern="^[a-z]{1,20}$")] = ""
    hops: _COUNT = 0
    identity: _TEXT = ""
    conditional: bool = False
    redirect_times: _COUNT = 0
    redirect_ttl: Annotated[int, msgspec.Meta(ge=-100, le=1000)] | None = None
    redirect_urls: _TEXTS = []
    redirect_reasons: list[Annotated[int, msgspec.Meta(ge=0, le=999)] | _TEXT] = []
    retry_times: _COUNT = 0


class _Request(msgspec.Struct, omit_defaults=True):
    """A request as `request_json.dump` writes it. Headers are not taken over: the middlewares set them anew."""

    url: str
    callback: Literal["page", "stylesheet"]
    errback: Literal["failed"]
    meta: _Meta = msgspec.field(default_factory=_Meta)
    priority: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] = 0
    dont_filter: bool = False


def checked(data: bytes) -> tuple[str, str]:
    """The instant and the request of an entry, the request with nothing but what may be in it.

    Raises ValueError with a sentence for anything else: other callbacks, addresses that are none, forged classes.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    at, _, text = data.decode("utf-8").partition("\n")
    if not _INSTANT.fullmatch(at):
        raise ValueError("it does not begin with an instant")
    try:
        request = msgspec.json.decode(text, type=_Request)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{error}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if len(request.url) > rules.MAX_URL or not is_http(request.url):
        raise ValueError(f"{request.url[:100]!r} is no address to fetch")
    return at, msgspec.json.encode(request).decode()
