"""Both servers over an archive of our pages and of hostile ones, and a Chromium to look at them."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

import chromium
from archived_site import HOST, HOSTILE, OUTSIDE, PDF, Site

from replay_fixture import PNG, Builder, build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both servers, running."""
    from archive.replay import app as replay
    from archive.replay.store import Store
    from archive.web import app as web
    from archive.web import serving

    directory = tmp_path_factory.mktemp("archive")
    made = build(directory)
    with Builder(directory) as add:
        for name, html in HOSTILE.items():
            page = html.replace("OUT", OUTSIDE)
            made[name] = add.add(f"{HOST}/hostile/{name}", page, "2026-11-20T01:00:00")
        made["pdf"] = add.add(f"{HOST}/a.pdf", PDF, "2026-11-20T01:00:00", content_type="application/pdf")
        made["picture"] = add.add(f"{HOST}/hostile/x", PNG, "2026-11-20T01:00:00", content_type="image/png")
    store = Store(directory)
    browse_sockets, replay_sockets = serving.listen(0), serving.listen(0)
    browse = f"http://127.0.0.1:{browse_sockets[0].getsockname()[1]}"
    replay_origin = f"http://localhost:{replay_sockets[0].getsockname()[1]}"
    pairs = [
        (web.create_app(store, replay=replay_origin), browse_sockets),
        (replay.create_app(store, browse=browse), replay_sockets),
    ]
    servers = [(serving._Server(serving._config(app)), sockets) for app, sockets in pairs]

    async def both() -> None:
        await asyncio.gather(*(server.serve(sockets) for server, sockets in servers))

    thread = threading.Thread(target=lambda: asyncio.run(both()), daemon=True)
    thread.start()
    while not all(server.started for server, _ in servers):
        time.sleep(0.01)
    yield Site(browse, replay_origin, made)
    for server, _ in servers:
        server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    """A Chromium; skipped where there is none, but not in CI, which installs it."""
    if chromium.path() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed: apt-get install chromium")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with chromium.Chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running
