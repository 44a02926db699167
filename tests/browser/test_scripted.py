"""Replay with scripts, in Chromium: a page that needs one, and pages that try to get out with all that scripts can.

SEOGO_WABAC_TARBALL names the tarball of the pinned version (`npm pack`); nothing is fetched here.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chromium import Chromium

from archive.replay import app, assets
from archive.replay.scripted import Scripted
from archive.replay.store import Store
from archive.web import serving
from replay_fixture import PNG, Builder

TARBALL = os.environ.get("SEOGO_WABAC_TARBALL")
pytestmark = pytest.mark.skipif(not TARBALL, reason="SEOGO_WABAC_TARBALL does not name the tarball of wabac.js")

HOST = "http://paper.test"
STAMP = "2026-11-20T01:00:00"
PAGE = """<!doctype html><html><head><title>before</title><script src="/app.js"></script></head>
<body><h1 id="h">empty</h1><img id="i"></body></html>"""
SCRIPT = """
addEventListener('load', async () => {
  const data = await (await fetch('/api/data.json?x=1')).json();
  document.querySelector('#h').textContent = data.headline;
  document.querySelector('#i').src = '/late.png';
  document.title = location.href;
  const more = await import('/module.js');
  document.body.append(more.text);
});
"""
# Ahead of any request: connections opened and pages fetched because the page may soon need them. A connection alone is
# an escape here.
AHEAD = {
    "links": """<link rel="preconnect" href="OUT"><link rel="dns-prefetch preconnect" href="OUT/"><link rel=PreConnect
        href=OUT crossorigin><link rel="prefetch" href="OUT/p"><link rel="preload" as="image" href="OUT/i">
        <link rel="modulepreload" href="OUT/m.js"><link rel="prerender" href="OUT/r"><link rel="manifest" href="OUT/w">
        <link rel="preconnect" href="//OUTHOST"><svg><link rel="preconnect" href="OUT/"></svg>""",
    "linksbyscript": """<script>for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'prerender']) {
        const a = document.createElement('link'); a.rel = rel; a.href = 'OUT/'; document.head.append(a);
        const b = document.createElement('link'); b.setAttribute('href', 'OUT/'); document.head.append(b);
        b.setAttribute('rel', rel);
        document.body.insertAdjacentHTML('beforeend', `<link rel="${rel}" href="OUT/">`);
        document.write(`<link rel="${rel}" href="OUT/">`) }</script>""",
    "linksunwrapped": """<script>const f = document.createElement('iframe'); document.body.append(f);
        for (const rel of ['prefetch', 'prerender', 'preload', 'modulepreload']) { const d = f.contentDocument;
          d.body.innerHTML = `<link rel="${rel}" href="OUT/">`;
          const a = d.createElement('link'); a.rel = rel; a.href = 'OUT/'; d.head.append(a);
          document.head.append(d.body.firstChild.cloneNode()) }</script>""",
    "speculation": """<a href="OUT/next">next</a><script type="speculationrules">{"prefetch": [{"urls": ["OUT/next"],
        "eagerness": "immediate"}], "prerender": [{"urls": ["OUT/next"], "eagerness": "immediate"},
        {"where": {"href_matches": "/*"}, "eagerness": "immediate"}]}</script><script>
        const s = document.createElement('script'); s.type = 'speculationrules';
        s.textContent = '{"prefetch": [{"urls": ["OUT/other"], "eagerness": "immediate"}]}';
        document.head.append(s)</script>""",
}
# OUT is a server on this machine that must never be asked. That a browser opens a connection ahead of a navigation,
# which the policy then refuses, and sends no byte on it, no policy prevents.
ESCAPES = {
    "fetch": """fetch('OUT/a').catch(() => {}); navigator.sendBeacon('OUT/b');
        fetch('OUT', {mode: 'no-cors'}).catch(() => {})""",
    "image": "new Image().src = 'OUT/a'; document.body.innerHTML += '<img src=\"OUT/b\"><video src=\"OUT/c\">'",
    "socket": "new WebSocket('OUT'.replace('http', 'ws')); new EventSource('OUT')",
    "go": "location.href = 'OUT/go'",
    "top": "try { top.location = 'OUT/top' } catch (e) {} try { parent.location = 'OUT/parent' } catch (e) {}",
    "window": """open('OUT/open'); const a = document.createElement('a'); a.href = 'OUT/a'; a.target = '_blank';
        a.click()""",
    "form": "const f = document.createElement('form'); f.action = 'OUT/form'; document.body.append(f); f.submit()",
    "frame": "const f = document.createElement('iframe'); f.src = 'OUT/frame'; document.body.append(f)",
    "refresh": "document.head.innerHTML += '<meta http-equiv=refresh content=\"0;url=OUT/r\">'",
    "worker": """new Worker(URL.createObjectURL(new Blob(['fetch("OUT/w");',
        'new WebSocket("OUT".replace("http", "ws"))'])))""",
    # Around wabac's wrapping: the plain objects of a new frame, and of pages of ours of the same origin.
    "blank": """const f = document.createElement('iframe'); document.body.append(f); const w = f.contentWindow;
        w.fetch('OUT/a').catch(() => {}); new w.WebSocket('OUT'.replace('http', 'ws')); new w.Image().src = 'OUT/i';
        w.eval('location = "OUT/e"')""",
    "ours": """for (const path of ['/style.css', '/cdx?url=x', '/scripted/start.js', '/web/x', '/scripted/none', '/']) {
        const f = document.createElement('iframe'); f.src = path; document.body.append(f);
        f.onload = () => { try { const w = f.contentWindow; w.fetch('OUT/a').catch(() => {});
          new w.WebSocket('OUT'.replace('http', 'ws')); w.document.write('<img src="OUT/i">') } catch (e) {} } }""",
    "register": """navigator.serviceWorker.getRegistrations().then(all => all.forEach(r => r.unregister()));
        navigator.serviceWorker.register('/web/20261120010000id_/http://paper.test/evil.js').catch(() => {});
        const evil = '/scripted/w/page/20261120010000id_/http://paper.test/evil.js';
        navigator.serviceWorker.register(evil).catch(() => {})""",
    "webrtc": """const call = w => { const c = new w.RTCPeerConnection({iceServers: [{urls: 'STUN'}]});
        c.createDataChannel('x'); c.createOffer().then(offer => c.setLocalDescription(offer)) };
        const tried = f => { try { f() } catch (e) {} };
        tried(() => call(window));
        const one = document.createElement('iframe'); document.body.append(one); tried(() => call(window[0]));
        tried(() => call(one.contentWindow));
        const two = document.createElement('div'); two.innerHTML = '<iframe></iframe>'; document.body.appendChild(two);
        tried(() => call(frames[1])); tried(() => call(two.firstChild.contentDocument.defaultView))""",
    "css": "document.head.innerHTML += '<style>@import \"OUT/a.css\"; body { background: url(OUT/b) }</style>'",
}


@dataclass
class Outside:
    """A server that keeps what it is asked."""

    origin: str
    came: list[bytes]
    connections: list[int]


@dataclass
class Served:
    """Our replay server under its two names, and the server outside."""

    local: str
    outer: str
    outside: Outside


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, browser: Chromium) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("share")))
        assets.install(Path(str(TARBALL)))
        worker = assets.worker()
    assert worker is not None
    listener = socket.create_server(("127.0.0.1", 0))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    outside = Outside(f"http://127.0.0.1:{listener.getsockname()[1]}", [], [])

    def hear(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                if data := connection.recv(200):
                    outside.came.append(data)
            except OSError:
                return

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            outside.connections.append(1)
            threading.Thread(target=hear, args=(connection,), daemon=True).start()

    def receive() -> None:
        while data := datagrams.recv(2000):
            outside.came.append(data)

    threading.Thread(target=listen, daemon=True).start()
    threading.Thread(target=receive, daemon=True).start()
    directory = tmp_path_factory.mktemp("archive")
    with Builder(directory) as add:
        for path, body, kind in (
            ("page", PAGE, "text/html"),
            ("app.js", SCRIPT, "text/javascript"),
            ("module.js", "export const text = '덧붙인 글'", "text/javascript"),
            ("api/data.json?x=1", '{"headline": "스크립트가 쓴 제목"}', "application/json"),
            ("late.png", PNG, "image/png"),
            ("evil.js", f"fetch('{outside.origin}/worker')", "text/javascript"),
        ):
            add.add(f"{HOST}/{path}", body, STAMP, content_type=kind)
        for name, script in ESCAPES.items():
            stun = f"stun:127.0.0.1:{datagrams.getsockname()[1]}"
            escape = script.replace("OUT", outside.origin).replace("STUN", stun)
            add.add(f"{HOST}/{name}", f"<body><p>x</p><script>{escape}</script><p id=end>end", STAMP)
        for name, markup in AHEAD.items():
            host = outside.origin.removeprefix("http://")
            ahead = markup.replace("OUTHOST", host).replace("OUT", outside.origin)
            add.add(
                f"{HOST}/{name}",
                f"<html><head></head><body><p>x</p>{ahead}<p id=end>end",
                STAMP,
                headers=[("Link", f'<{outside.origin}>; rel="preconnect"')],
            )
    sockets = serving.listen(0)
    port = sockets[0].getsockname()[1]
    server = serving._Server(serving._config(app.create_app(Store(directory), scripted=Scripted(worker))))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), daemon=True)
    thread.start()
    yield Served(f"http://localhost:{port}", f"http://127.0.0.1:{port}", outside)
    # What the last page still asks for must not be taken for the next test's.
    browser.open("about:blank")
    browser.settle()
    server.should_exit = True
    thread.join(10)
    listener.close()
    # An empty datagram ends the thread that waits for more.
    datagrams.sendto(b"", datagrams.getsockname())


def frame_value(browser: Chromium, expression: str, until: Any, seconds: float = 120) -> Any:
    """The value of an expression in the scripted frame, asked for until it is `until`."""
    deadline = time.monotonic() + seconds
    found = None
    page = browser._session
    while time.monotonic() < deadline and found != until:
        targets = browser.call("Target.getTargets", filter=[{"type": "iframe"}])["targetInfos"]
        for target in targets:
            if "/scripted/w/" not in target["url"]:
                continue
            session = browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
            browser._session = session
            try:
                found = browser.evaluate(expression)
            finally:
                browser._session = page
                browser.call("Target.detachFromTarget", sessionId=session)
        time.sleep(0.1)
    return found


def test_a_page_that_needs_its_script(browser: Chromium, served: Served) -> None:
    browser.open(f"{served.outer}/scripted/20261120010000/{HOST}/page")
    assert (
        frame_value(browser, "document.querySelector('#h')?.textContent", "스크립트가 쓴 제목") == "스크립트가 쓴 제목"
    )
    assert frame_value(browser, "document.querySelector('#i')?.naturalWidth", 1) == 1
    assert frame_value(browser, "document.body?.innerText.includes('덧붙인 글')", True) is True
    assert frame_value(browser, "document.title", f"{HOST}/page") == f"{HOST}/page"
    assert served.outside.came == []


@pytest.mark.parametrize("name", sorted(ESCAPES))
def test_78_no_script_gets_out(browser: Chromium, served: Served, name: str) -> None:
    browser.open(f"{served.outer}/scripted/20261120010000/{HOST}/{name}")
    # What sends its own frame away shows an error in its place; all others run.
    leaves = name in ("go", "refresh", "top")
    assert frame_value(browser, "document.querySelector('p') !== null", True, 4 if leaves else 120) is True or leaves
    time.sleep(0.6)
    assert served.outside.came == []
    assert browser.evaluate("location.href").startswith(served.outer)
    windows = browser.call("Target.getTargets", filter=[{"type": "page"}])["targetInfos"]
    assert not [window["url"] for window in windows if served.outside.origin in window["url"]]


@pytest.mark.parametrize("name", sorted(AHEAD))
def test_78_nothing_is_opened_ahead(browser: Chromium, served: Served, name: str) -> None:
    served.outside.connections.clear()
    browser.open(f"{served.outer}/scripted/20261120010000/{HOST}/{name}")
    assert frame_value(browser, "document.querySelector('#end') !== null", True) is True
    time.sleep(0.8)
    assert served.outside.came == []
    assert served.outside.connections == []


def test_a_scripted_page_opens_in_no_window_of_its_own(browser: Chromium, served: Served) -> None:
    browser.open(f"{served.local}/scripted/w/page/20261120010000mp_/{HOST}/go")
    browser.settle(0.5)
    assert served.outside.came == []
    assert browser.evaluate("document.scripts.length") == 0
