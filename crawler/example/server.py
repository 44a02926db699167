"""The example site on a loopback port: a threaded HTTP/1.1 server with keep-alive."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import NamedTuple

from crawler.example.pages import View
from crawler.example.routes import Answer, Request, answer

_CHUNK = 4096
_IDLE_SECONDS = 30


class Hit(NamedTuple):
    """A request that the site got; `time` in seconds since 1970, `path` with its query."""

    time: float
    method: str
    path: str


class ExampleSite:
    """A running example site. Set `edition` (1 or more) and the next request sees that edition."""

    def __init__(self, port: int, edition: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.edition = edition
        self.log: list[Hit] = []

    @property
    def edition(self) -> int:
        return self._edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition < 1:
            raise ValueError(f"edition {edition}: editions count from 1")
        self._edition = edition


@contextmanager
def serve(port: int = 0, *, edition: int = 1) -> Iterator[ExampleSite]:
    """The example site on 127.0.0.1 while the context lasts; port 0 takes a free one.

    Raises OSError when the port is taken, ValueError for an edition below 1. On leaving, all connections are closed
    and the threads end.
    """
    with _Server(port) as server:
        server.site = site = ExampleSite(server.server_address[1], edition)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="example-site", daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            server.hang_up()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    site: ExampleSite

    def __init__(self, port: int) -> None:
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: tuple[str, int]
    ) -> None:
        """Clients hang up as they please; anything else is a defect and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Ends the kept-alive connections, whose threads would otherwise wait for the next request."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Onsaemi/1.0"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """The site's log is `ExampleSite.log`; nothing goes to standard error."""

    def _answer(self, *, with_body: bool) -> None:
        site = self.server.site
        site.log.append(Hit(time.time(), self.command, self.path))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(answer(Request(self.path, headers), View(site.edition, site.origin)), with_body=with_body)

    def _send(self, found: Answer, *, with_body: bool) -> None:
        self.send_response(found.status, HTTPStatus(found.status).phrase)
        for name, value in found.headers:
            self.send_header(name, value)
        if found.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif found.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if with_body and found.chunked:
            for start in range(0, len(found.body), _CHUNK):
                piece = found.body[start : start + _CHUNK]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        elif with_body:
            self.wfile.write(found.body)
        self.wfile.flush()
