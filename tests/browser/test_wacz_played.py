"""A WACZ file of ours, played by wabac's service worker in Chromium as ReplayWeb.page does, without our server.

SEOGO_WABAC_TARBALL names the tarball of the pinned version (`python -m benchmarks.replay.environments` says which).
"""

from __future__ import annotations

import functools
import http.server
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium
from click.testing import CliRunner

from archive.commands.export_wacz import wacz
from archive.replay import assets
from replay_fixture import FIRST, build

TARBALL = os.environ.get("SEOGO_WABAC_TARBALL")
pytestmark = pytest.mark.skipif(not TARBALL, reason="SEOGO_WABAC_TARBALL does not name the tarball of wabac.js")

# What ReplayWeb.page does first: put the service worker in, and have it open the package as a collection.
PAGE = """<!doctype html><title>starting</title><script>
(async () => {
  await navigator.serviceWorker.register('/sw.js', {scope: '/'});
  const ready = await navigator.serviceWorker.ready;
  navigator.serviceWorker.addEventListener('message', event => {
    if (event.data.msg_type === 'collAdded') document.title = 'added';
    if (event.data.msg_type === 'collProgress' && event.data.error) document.title = event.data.error;
  });
  ready.active.postMessage({msg_type: 'addColl', name: 'news', type: 'wacz',
    file: {sourceUrl: location.origin + '/news.wacz', loadUrl: location.origin + '/news.wacz'}});
})().catch(error => { document.title = String(error); });
</script>"""


class _Files(http.server.SimpleHTTPRequestHandler):
    """Files with ranges: a package is read from its end."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not self.path.startswith("/news.wacz") or not wanted:
            super().do_GET()
            return
        data = Path(self.directory, "news.wacz").read_bytes()
        first, _, last = wanted.partition("-")
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last) + 1 if first and last else len(data), len(data))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.write(data[start:end])

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a page with the service worker and the package beside it."""
    folder = tmp_path_factory.mktemp("player")
    directory = tmp_path_factory.mktemp("archive")
    build(directory)
    result = CliRunner().invoke(wacz, ["-a", str(directory), "-o", str(folder / "news.wacz")])
    assert result.exit_code == 0, result.output
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("share")))
        assets.install(Path(str(TARBALL)))
        worker = assets.worker()
    assert worker is not None
    (folder / "sw.js").write_bytes(worker)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_wabac_plays_our_package(browser: Chromium, player: str) -> None:
    def until(expression: str, wanted: object) -> object:
        deadline = time.monotonic() + 120
        while (found := browser.evaluate(expression)) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    browser.open(f"{player}/")
    assert until("document.title", "added") == "added"
    pages = "fetch('/w/api/c/news/pages').then(answer => answer.json()).then(found => found.pages.map(p => p.title))"
    listed = browser.evaluate(pages)
    assert "가람바이오 신약, 임상 2상 환자 모집" in listed
    # Pages are played in a frame: wabac leads those that fill a window to its own player.
    show = "(() => {{ document.body.innerHTML = '<iframe id=f src=\"/w/news/{}mp_/{}\"></iframe>'; }})()"
    frame = "document.querySelector('#f').contentDocument"
    headline = "가람바이오 신약, 임상 2상 환자 모집"
    browser.evaluate(show.format("20261121000100", FIRST))
    assert until(f"{frame}.querySelector('h1')?.textContent", headline) == headline
    assert "네 곳으로 늘린다고" in browser.evaluate(f"{frame}.body.textContent")
    # The page as it stood before, out of a revisit, with its style sheet and picture.
    browser.evaluate(show.format("20261120060100", FIRST))
    earlier = "가람바이오 신약, 임상 2상 진입"
    assert until(f"{frame}.querySelector('h1')?.textContent", earlier) == earlier
    assert "네 곳으로 늘린다고" not in browser.evaluate(f"{frame}.body.textContent")
    color = f"{frame}.defaultView.getComputedStyle({frame}.querySelector('h1')).color"
    assert until(color, "rgb(17, 34, 51)") == "rgb(17, 34, 51)"
    assert until(f"{frame}.querySelector('header img').naturalWidth", 1) == 1
