"""The door of both servers: which Host may ask, and how. A page elsewhere that rebinds its name to loopback may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset(("localhost", "127.0.0.1", "[::1]"))


def host_name(host: str) -> str:
    """The name in a Host header, lower-case, without its port; empty when it is malformed.

    >>> host_name("LocalHost:8002"), host_name("[::1]:80"), host_name("a@b")
    ('localhost', '[::1]', '')
    """
    name, colon, port = host.lower().rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host.lower(), ""
    if colon and port and not (port.isascii() and port.isdigit() and len(port) <= 5):
        return ""
    inner = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789.-") | (set(":") if inner != name else set())
    return name if inner and set(inner) <= allowed else ""


class OnlyLoopback:
    """ASGI wrapper: one Host header that names loopback, methods that read; 403 and 405 for the rest.

    `methods` are those let through; websockets never are.
    """

    def __init__(self, app: App, methods: frozenset[str] = frozenset(("GET", "HEAD"))) -> None:
        self.app = app
        self.methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request or hand it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or host_name(hosts[0]) not in LOOPBACK_NAMES:
            await _refuse(send, 403, "This server answers on localhost and 127.0.0.1 only.")
        elif scope["method"] not in self.methods:
            await _refuse(send, 405, "This server only reads: GET and HEAD.")
        elif any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            # Nothing that reads sends a body; where two lengths disagree, a second request hides in the first.
            await _refuse(send, 400, "A request to read has no body.")
        else:
            await self.app(scope, receive, send)


class Confined:
    """ASGI wrapper: answers that have no policy of their own get one under which nothing runs or loads.

    A page may frame any address of its origin, and what a frame may do is decided by the frame's own policy.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""

        async def confined(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                if not any(name.lower() == b"content-security-policy" for name, _ in headers):
                    headers.append((b"content-security-policy", b"default-src 'none'; sandbox"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, confined)


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = reason.encode("ascii") + b"\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"sandbox; default-src 'none'"),
    ]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    if status == 400:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
