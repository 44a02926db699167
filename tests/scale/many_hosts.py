"""Many small sites on loopback, 127.0.0.1, .2, .3 ..., and a log of who asked which of them for what, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ports import free_port

WORDS = "시장의 값이 이번 주에도 올랐다고 상인들은 말했다. 정부는 다음 달까지 대책을 내놓기로 했다."


@dataclass(frozen=True)
class Visit:
    """One request: when it came and was answered (monotonic), the host, the path, and the worker that asked."""

    begun: float
    ended: float
    host: str
    path: str
    worker: str


class ManyHosts:
    """`hosts` sites of `pages` articles each; an article leads to the next, and to the same one of the next host.

    While `opened` is not set they let whoever asks wait.
    """

    def __init__(self, hosts: int, pages: int, took: float = 0.0) -> None:
        self.names = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
        self.pages = pages
        self.took = took
        self.log: list[Visit] = []
        self.moved: dict[str, str] = {}
        self.port = 0
        self.opened = threading.Event()
        self.opened.set()

    @property
    def seeds(self) -> list[str]:
        """The front page of each host."""
        return [f"http://{name}:{self.port}/" for name in self.names]

    @property
    def urls(self) -> set[str]:
        """Every page there is."""
        paths = ("/", *(f"/{number}.html" for number in range(1, self.pages + 1)))
        return {f"http://{name}:{self.port}{path}" for name in self.names for path in paths}

    def visits(self) -> list[Visit]:
        """All requests for pages; robots.txt, which each worker asks for, and pictures apart."""
        return [visit for visit in self.log if f"http://{visit.host}:{self.port}{visit.path}" in self.urls]

    def page(self, host: str, path: str) -> str | None:
        name = path.strip("/").removesuffix(".html")
        if path != "/" and not name.isdigit():
            return None
        number = int(name or 0)
        following = self.names[(self.names.index(host) + 1) % len(self.names)]
        links = ""
        if number < self.pages:
            links = "".join(
                f'<li><a href="http://{name}:{self.port}/{number + 1}.html">{name}의 {number + 1}번 기사 제목</a></li>'
                for name in (host, following)
            )
        text = "".join(f"<p>{host} {number}-{part}. {WORDS}</p>" for part in range(4))
        return (
            f"<html><title>{number}번</title><article><h1>{host}의 {number}번 기사</h1>{text}</article><ul>{links}</ul>"
        )


@contextmanager
def serving(sites: ManyHosts) -> Iterator[ManyHosts]:
    """The sites, answering."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            begun = time.monotonic()
            sites.opened.wait()
            host = str(self.connection.getsockname()[0])
            time.sleep(sites.took)
            moved = sites.moved.get(f"{host}{self.path}")
            page = sites.page(host, self.path)
            body = (page or "").encode()
            self.send_response(301 if moved else 404 if page is None else 200)
            if moved:
                self.send_header("Location", moved)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            worker = (self.headers["User-Agent"] or "").rpartition("(+")[2].rstrip(")")
            # Before the answer is on its way: who is killed by then asked all the same.
            sites.log.append(Visit(begun, time.monotonic(), host, self.path, worker))
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    sites.port = free_port(sites.names)
    with ExitStack() as stack:
        for name in sites.names:
            server = ThreadingHTTPServer((name, sites.port), Handler)
            server.daemon_threads = True
            stack.callback(server.server_close)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            stack.callback(server.shutdown)
        yield sites
