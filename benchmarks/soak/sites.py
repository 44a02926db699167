"""Ten copies of the example site on addresses of their own, with the troubles of a month; each keeps a log."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Literal

from crawler.example.pages import View
from crawler.example.routes import Request, answer

Trouble = Literal["redesign", "outage", "storm"]

# struct tcp_info of Linux: eight bytes, then four-byte numbers; the twelfth is tcpi_last_data_recv, in milliseconds.
_LAST_DATA_RECV = struct.Struct("<52xI")
_BODY = re.compile(rb"<body.*</body>", re.S)
_LINK = re.compile(rb'href="(/(?:news/view|en/)[^"]*)"')
_IDLE_SECONDS = 60
_AT_ONCE = 0.0005


@dataclass(frozen=True, slots=True)
class Span:
    """A trouble from an instant until another; `retry_after` (seconds) is what a storm's 503 asks for."""

    kind: Trouble
    begins: datetime
    ends: datetime
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A request: when its bytes arrived (seconds of the machine's uptime), the clock's instant then, path, status."""

    arrived: float
    at: datetime
    path: str
    status: int


@dataclass(eq=False, slots=True)
class SoakSite:
    """One site: `name`, `address` on loopback, what troubles it when, and what it was asked."""

    name: str
    address: str
    now: Callable[[], datetime]
    begun: datetime
    hours_an_edition: float
    troubles: tuple[Span, ...] = ()
    log: list[Hit] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://{self.address}:{self.port}"

    def trouble(self, kind: Trouble) -> Span | None:
        """The trouble of a kind that the site has now."""
        now = self.now()
        return next((one for one in self.troubles if one.kind == kind and one.begins <= now < one.ends), None)

    def edition(self) -> int:
        """Editions follow each other by the clock."""
        return 1 + max(0, int((self.now() - self.begun).total_seconds() / 3600 / self.hours_an_edition))


@contextmanager
def serving(sites: Sequence[SoakSite]) -> Iterator[None]:
    """The sites, answering while the context lasts."""
    with ExitStack() as stack:
        for site in sites:
            server = _Server((site.address, 0), type("Handler", (_Handler,), {"site": site}))
            site.port = server.server_address[1]
            stack.callback(server.server_close)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
            stack.callback(server.shutdown)
        yield


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients are killed here, and hang up as they please."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    site: SoakSite

    def do_GET(self) -> None:
        site = self.site
        arrived = self._arrived()
        storm = site.trouble("storm")
        if site.trouble("outage"):
            self._log(arrived, 0)
            self.close_connection = True
            return
        if storm is not None:
            self._log(arrived, 503)
            more = () if storm.retry_after is None else (("Retry-After", str(storm.retry_after)),)
            self._send(503, (("Content-Type", "text/plain"), *more), b"Too many readers.\n")
            return
        redesigned = site.trouble("redesign") is not None
        headers = {name.lower(): value for name, value in self.headers.items()}
        if redesigned:
            headers = {"accept-encoding": "identity"}
        found = answer(Request(self.path, headers), View(site.edition(), site.origin))
        body, sent = found.body, found.headers
        if redesigned and any(value.startswith("text/html") for _, value in found.headers):
            # Everything that a reader sees is now drawn by a script.
            links = b"".join(b'<a href="%s"></a>' % link for link in dict.fromkeys(_LINK.findall(body)))
            body = _BODY.sub(lambda _: b'<body><div id="app">' + links + b"</div></body>", body)
            sent = tuple(pair for pair in sent if pair[0] != "ETag")
        self._log(arrived, found.status)
        self._send(found.status, sent, body)

    def _arrived(self) -> float:
        """Not when this thread came to run, which a loaded machine puts off: when the kernel had the bytes."""
        while True:
            before = monotonic()
            info = self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECV.size)
            after = monotonic()
            # Put off between the two looks at clocks, it asks again.
            if after - before < _AT_ONCE:
                return after - float(_LAST_DATA_RECV.unpack(info)[0]) / 1000

    def _log(self, arrived: float, status: int) -> None:
        self.site.log.append(Hit(arrived, self.site.now(), self.path, status))

    def _send(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """The log is `SoakSite.log`."""
