"""Both servers over an archive of our pages and of hostile ones, and a Chromium to look at them."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

import chromium
from replay_fixture import HOST, PNG, Builder, build

from archive.model import Capture


@dataclass(frozen=True)
class Site:
    """The two origins and what the archive holds."""

    browse: str
    replay: str
    made: dict[str, Capture]


OUTSIDE = "http://outside.test"
# Pages that try to get out, each its own way, to an address (OUT) that must never be asked.
HOSTILE = {
    "script": "<script>fetch('OUT/fetch');new Image().src='OUT/image'</script><p>x</p>",
    "handler": """<img src=x onerror="fetch('OUT')"><svg onload="fetch('OUT')"></svg>""",
    "refresh": '<meta http-equiv="refresh" content="0;url=OUT/refresh"><p>x</p>',
    "base": '<base href="OUT/"><img src="a.png"><a href="b">x</a>',
    "form": '<form id=f action="OUT/form"><input name=q autofocus><button id=go>go</button></form>',
    "image": """<img src="OUT/a.png" srcset="OUT/b.png 2x"><picture><source srcset="OUT/c.png"><img></picture>
        <video poster="OUT/d.png" src="OUT/v.mp4" autoplay></video>""",
    "css": """<style>@import "OUT/a.css";body{background:u\\72l(OUT/b.png)}
        p{background:image-set('OUT/c.png' 1x);cursor:url(OUT/d.cur);font-family:x}
        @font-face{font-family:x;src:url(OUT/f.woff)}</style><p style="background:url(OUT/e)">x""",
    "links": """<link rel="preconnect" href="OUT"><link rel="dns-prefetch" href="OUT"><link rel="prefetch" href="OUT/a">
        <link rel="preload" as="image" href="OUT/b"><link rel="stylesheet" href="OUT/c.css">
        <link rel="icon" href="OUT/i">""",
    "frames": """<iframe src="OUT/f"></iframe><iframe srcdoc="<img src=OUT/s>"></iframe><object data="OUT/o"></object>
        <embed src="OUT/e"><iframe src="javascript:top.location='OUT'"></iframe>""",
    "svg": """<svg><image href="OUT/i.png"/><use href="OUT/u.svg#a"/><foreignObject><img src="OUT/fo"></foreignObject>
        <style>*{fill:url(OUT/g)}</style><script>fetch("OUT")</script></svg>""",
    "noscript": """<noscript><p title="</noscript><img src=OUT/m>"><style></noscript><img src=OUT/n></style>""",
    "storage": "<script>document.cookie='a=b';localStorage.x=1;navigator.serviceWorker.register('/sw.js')</script>x",
    "socket": "<script>new WebSocket('OUT'.replace('http','ws'));navigator.sendBeacon('OUT')</script>x",
    "popup": f"""<body onload="open('OUT');top.location='OUT'">
        <a id=a target=_blank ping=OUT href="{HOST}/news/2?mode=view">x</a>""",
    "cover": """<style>*{display:none!important}html,body{display:block!important}
        seogo-banner{visibility:hidden!important;opacity:0!important}</style><p>x""",
}


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
