"""Both servers over an archive, in a thread, while a context lasts."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.replay import app as replay
from archive.replay.store import Store
from archive.web import app as web
from archive.web import serving as servers


@contextmanager
def serving(directory: Path) -> Iterator[tuple[str, str]]:
    """The origins of browse and replay."""
    store = Store(directory, {"example": "Asia/Seoul"}.get, {"example": "온새미식품신문"}.get)
    browse_sockets, replay_sockets = servers.listen(0), servers.listen(0)
    browse = f"http://127.0.0.1:{browse_sockets[0].getsockname()[1]}"
    replay_origin = f"http://localhost:{replay_sockets[0].getsockname()[1]}"
    pairs = [
        (web.create_app(store, replay=replay_origin), browse_sockets),
        (replay.create_app(store, browse=browse), replay_sockets),
    ]
    running = [(servers._Server(servers._config(app)), sockets) for app, sockets in pairs]

    async def both() -> None:
        await asyncio.gather(*(server.serve(sockets) for server, sockets in running))

    thread = threading.Thread(target=lambda: asyncio.run(both()), daemon=True)
    thread.start()
    while not all(server.started for server, _ in running):
        time.sleep(0.01)
    try:
        yield browse, replay_origin
    finally:
        for server, _ in running:
            server.should_exit = True
        thread.join(10)
