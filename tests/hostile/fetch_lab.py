"""A raw server on loopback that answers with exact bytes, and one crawl that fetches from it in its own process."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.model import Exchange, Outcome

BLANK = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """Bytes, sent as they are; `then` is what happens next: keep, close, reset or hang. `drip` sends one at a time."""

    data: bytes
    then: str = "keep"
    drip: float = 0.0


Script = Callable[[socket.socket, bytes], str]


class RawServer:
    """Answers each path as told; keeps the bytes of every request. Unknown paths get a 404."""

    def __init__(
        self, answers: Mapping[str, Answer | Script], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.answers = dict(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self.bytes_before_request: list[bytes] = []
        self._tls = tls
        self._host = host
        self._socket = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port: int = self._socket.getsockname()[1]
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def paths(self) -> list[str]:
        return [request.split(b" ", 2)[1].decode() for request in list(self.requests)]

    def close(self) -> None:
        self._open = False
        self._socket.close()

    def _accept(self) -> None:
        while self._open:
            with contextlib.suppress(OSError):
                peer, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            if self._tls is not None:
                peer = self._tls.wrap_socket(peer, server_side=True)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._answer(peer):
                pass
        with contextlib.suppress(OSError):
            peer.close()

    def _answer(self, peer: socket.socket) -> bool:
        request = b""
        while BLANK not in request:
            data = peer.recv(65536)
            if not data:
                return False
            request += data
        head, _, body = request.partition(BLANK)
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                while len(body) < int(value):
                    body += peer.recv(65536)
        request = head + BLANK + body
        self.requests.append(request)
        path = request.split(b" ", 2)[1].decode("latin-1")
        missing = Answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        answer = self.answers.get(path) or self.answers.get(path.partition("?")[0]) or missing
        then = answer(peer, request) if callable(answer) else self._send(peer, answer)
        if then == "hang":
            peer.settimeout(20)
            with contextlib.suppress(OSError):
                while peer.recv(65536):
                    pass
        if then == "close" and isinstance(peer, ssl.SSLSocket):
            # An orderly end, which over TLS is more than a closed connection.
            peer.settimeout(2)
            with contextlib.suppress(OSError):
                peer.unwrap()
        if then == "reset":
            time.sleep(0.05)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return then == "keep"

    @staticmethod
    def _send(peer: socket.socket, answer: Answer) -> str:
        if answer.drip:
            for index in range(len(answer.data)):
                peer.sendall(answer.data[index : index + 1])
                time.sleep(answer.drip)
        else:
            peer.sendall(answer.data)
        return answer.then


@contextlib.contextmanager
def raw_server(
    answers: Mapping[str, Answer | Script], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[RawServer]:
    server = RawServer(answers, tls, host)
    try:
        yield server
    finally:
        server.close()


@dataclass
class Fetched:
    """What reached the spider for one request: a response, or the failure's class, word and message."""

    url: str
    status: int | None = None
    body: bytes = b""
    flags: list[str] = field(default_factory=list)
    kind: str = ""
    failure: str = ""
    outcome: str = ""
    message: str = ""
    capture: int | None = None
    at: float = 0.0


@dataclass
class Crawl:
    """A finished crawl: exchanges in the order they were stored, whether each was to be parsed, outcomes, results."""

    exchanges: list[Exchange] = field(default_factory=list)
    parsed: list[bool] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    fetched: dict[str, Fetched] = field(default_factory=dict)
    log: str = ""
    open_files: int = 0
    spooled: int = 0
    held: int = 0

    def of(self, url: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.url == url]

    def outcome(self, url: str) -> Outcome:
        (found,) = [outcome for outcome in self.outcomes if outcome.url == url]
        return found


Wanted = str | tuple[str, dict[str, Any]]


def crawl(
    requests: list[Wanted], settings: Mapping[str, Any] | None = None, *, directory: Path, allow_private: bool = True
) -> Crawl:
    """Fetches the requests (URLs, or URLs with keyword arguments of Request), named by their URL."""
    job = directory / "job.pickle"
    result = directory / "result.pickle"
    base = {"ALLOW_PRIVATE": allow_private, "ROBOTSTXT_OBEY": False, "RETRY_TIMES": 0, "DOWNLOAD_DELAY": 0}
    job.write_bytes(pickle.dumps((requests, {**base, **(settings or {})}, str(result))))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fetch_lab_crawl.py")), str(job)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{Path(__file__).parents[2]}{os.pathsep}{Path(__file__).parent}"},
    )
    assert result.exists(), done.stderr[-4000:]
    found = pickle.loads(result.read_bytes())
    assert isinstance(found, Crawl)
    found.log = done.stderr
    return found
