"""A server that answers as fast as Python can: `python -m benchmarks.capture.server FOLDER COUNT` prints its port.

`/p/N` is page N, gzipped; `/` links to COUNT pages; `/tree` to `/tree/N`, and each of these to a hundred; `/big/N`
has 50 MB; `/span` tells the seconds from the first page's request to the last page's answer, and how many there were,
since it was last asked.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import uvloop

from benchmarks.capture.pages import made

BIG = 50_000_000
# Links of one page of the tree.
BRANCH = 100
# Pages beyond these are the same ones with a comment of their own behind them: no two are equal.
DISTINCT = 10_000


class Pages:
    """What is served, and when it was."""

    def __init__(self, folder: Path, count: int) -> None:
        self._pages = made(folder, min(count, DISTINCT))
        self._pages_linked = count
        self._index = _links("/p/", range(count))
        self._big = os.urandom(1_000_000) * (BIG // 1_000_000)
        self._first = self._last = 0.0
        self._count = 0

    def answer(self, path: str) -> tuple[bytes, ...]:
        """The response to a GET, in pieces."""
        kind, _, name = path.removeprefix("/").partition("/")
        if kind == "p":
            self._first = self._first or time.perf_counter()
            number = int(name)
            body = self._pages[number % DISTINCT]
            tail = gzip.compress(b"<!-- %d -->" % number, 1) if number >= DISTINCT else b""
            return (_head("text/html; charset=utf-8", len(body) + len(tail), "Content-Encoding: gzip\r\n"), body, tail)
        if kind == "big":
            self._first = self._first or time.perf_counter()
            mark = f"{int(name):012}".encode()
            return (_head("video/mp4", len(mark) + BIG), mark, self._big)
        if kind == "span":
            said = json.dumps(
                {"begun": self._first, "seconds": self._last - self._first, "pages": self._count}
            ).encode()
            self._first = self._last = 0.0
            self._count = 0
            return (_head("application/json", len(said)), said)
        if kind == "tree":
            first = int(name) * BRANCH if name else 0
            more = range(first, min(first + BRANCH, self._pages_linked))
            links = _links("/p/", more) if name else _links("/tree/", range(-(-self._pages_linked // BRANCH)))
            return (_head("text/html", len(links)), links)
        if not kind:
            return (_head("text/html", len(self._index)), self._index)
        return (b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot here\n",)

    def answered(self, path: str) -> None:
        """Takes note of an answer that was handed to the kernel."""
        if path.startswith(("/p/", "/big/")):
            self._last = time.perf_counter()
            self._count += 1


def _links(to: str, numbers: range) -> bytes:
    return "".join(f'<a href="{to}{number}">{number}</a>\n' for number in numbers).encode()


def _head(kind: str, length: int, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Mon, 23 Nov 2026 06:00:00 GMT\r\nContent-Type: {kind}\r\n{more}"
        f"Content-Length: {length}\r\nCache-Control: max-age=60\r\nVary: Accept-Encoding\r\n\r\n"
    ).encode()


class Connection(asyncio.Protocol):
    """One kept-alive connection. Requests have no body."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._transport: asyncio.WriteTransport | None = None
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            request, _, self._unread = self._unread.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            self._transport.writelines(self._pages.answer(path))
            self._pages.answered(path)


async def serve(make: Callable[[], Connection]) -> None:
    """Serve on loopback until killed."""
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    served = Pages(Path(sys.argv[1]), int(sys.argv[2]))
    uvloop.run(serve(lambda: Connection(served)))
