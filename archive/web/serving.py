"""Both servers in one process on loopback: sockets, limits, an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from archive.errors import ArchiveError
from archive.replay.hosts import App

# A request's head must be there within so many seconds of its connection's last answer, or of its beginning.
HEAD_SECONDS = 15
# For each of the two servers; together fewer than the 1,024 files that a process usually may have open.
MAX_CONNECTIONS = 384
# So many come in one turn of the loop, before any is let go.
BACKLOG = 64
MAX_HEAD = 32 << 10


class PortTaken(ArchiveError):
    """Another program listens where a server was to listen."""

    exit_code = 2


def listen(port: int) -> list[socket.socket]:
    """Sockets on 127.0.0.1 and, where the machine has it, [::1], both at one port; 0 lets the system choose.

    Both, since `localhost` names both: another program at the second would be taken for us. Raises PortTaken.
    """
    first = _bound(socket.AF_INET, "127.0.0.1", port)
    port = first.getsockname()[1]
    try:
        return [first, _bound(socket.AF_INET6, "::1", port)]
    except PortTaken:
        first.close()
        raise
    except OSError:
        return [first]


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # With the protocol named asyncio sends at once (TCP_NODELAY); without, each answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is taken by another program" if error.errno == errno.EADDRINUSE else "may not be used"
            raise PortTaken(f"port {port} on {host} {why}; choose another with --port or --replay-port") from error
        raise
    return listener


def run(servers: list[tuple[App, list[socket.socket]]], started: Callable[[], None]) -> None:
    """Serve applications on their sockets until SIGINT or SIGTERM; `started` is called when all answer."""
    asyncio.run(_serve(servers, started))


async def _serve(servers: list[tuple[App, list[socket.socket]]], started: Callable[[], None]) -> None:
    running = [(_Server(_config(app)), sockets) for app, sockets in servers]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server, _ in running:
            if server.should_exit:
                server.force_exit = True
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    tasks = [asyncio.create_task(server.serve(sockets)) for server, sockets in running]
    while not all(server.started for server, _ in running) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    # What is there by now stays: the collector need not look through it again and again, a tenth of the time of a page.
    gc.collect()
    gc.freeze()
    started()
    await asyncio.gather(*tasks)


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Http,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Nobody stands between a browser and loopback: what X-Forwarded-For says is a lie.
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=MAX_HEAD,
    )


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Http(H11Protocol):
    """Closes connections whose next request does not come to the end of its head in time, and those too many."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """Let go of one that has asked for nothing yet; of the newest where all are being answered."""
        others = (one for one in self.connections if isinstance(one, _Http) and one is not self)
        waiting = (one for one in others if one._deadline is not None and not one.transport.is_closing())
        next(waiting, self).transport.abort()

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()
