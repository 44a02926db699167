"""An HTTP/1.1 message written from Scrapy's objects, for what no wire was recorded of: HTTP/2, other handlers.

It says so: `fidelity` is `reconstructed`, and `protocol` is the one that was spoken.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.model import Exchange

# They describe a framing that is gone: the body here stands as it is.
_FRAMING = frozenset({b"transfer-encoding", b"content-length", b"connection", b"keep-alive"})


def reconstruct(request: Request, response: Response, started_at: datetime) -> Exchange:
    """The exchange as HTTP/1.1 would have had it. `response.body` is still in its content codings."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"{request.method} {target} HTTP/1.1".encode("ascii", "replace")]
    if b"Host" not in request.headers:
        lines.append(b"Host: " + host.encode("ascii", "replace"))
    lines += _lines(request.headers.items())
    if request.body:
        lines.append(b"Content-Length: %d" % len(request.body))
    status = [f"HTTP/1.1 {response.status} {_phrase(response.status)}".encode()]
    status += _lines((name, values) for name, values in response.headers.items() if name.lower() not in _FRAMING)
    status.append(b"Content-Length: %d" % len(response.body))
    return Exchange(
        url=request.url,
        started_at=started_at,
        request=b"\r\n".join(lines) + b"\r\n\r\n" + request.body,
        response_head=b"\r\n".join(status) + b"\r\n\r\n",
        response_body=response.body,
        fidelity="reconstructed",
        ip=str(response.ip_address) if response.ip_address and not request.meta.get("proxy") else None,
        truncated="disconnect" if "dataloss" in response.flags else None,
        notes=("written from parsed headers, not from the wire",),
        protocol=(response.protocol or "unknown").lower(),
    )


def _lines(headers: Iterable[tuple[bytes, Iterable[bytes]]]) -> list[bytes]:
    # Line breaks cannot be part of a value that was parsed; one that got here all the same must not start a header.
    return [
        name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") for name, values in headers for value in values
    ]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
