"""A crawl brings what its pages need to look right: counted at the server, and found in the archive."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from example_crawls import crawled

FILES: dict[str, tuple[str, str]] = {
    "/": (
        "text/html",
        """<html><head><title>첫 화면</title><link rel="stylesheet" href="/s/a.css"></head><body>
        <h1>보기</h1><img src="/i/small.png" srcset="/i/small.png 400w, /i/large.png 1600w, /i/poster.png 6000w">
        <img class="lazy" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/i/lazy.png">
        <iframe src="/box.html"></iframe><iframe src="http://elsewhere.invalid/advert"></iframe></body></html>""",
    ),
    "/box.html": (
        "text/html",
        '<html><body><img src="/i/boxed.png"><iframe src="/deeper.html"></iframe></body></html>',
    ),
    "/s/a.css": ("text/css", "@import 'b.css'; body { background: url(/i/ground.png) }"),
    "/s/b.css": ("text/css", "@import url(c.css); @font-face { font-family: x; src: url(/f/x.woff2) }"),
    "/s/c.css": ("text/css", "@import 'd.css'; h1 { background: url(/i/third.png) }"),
    "/s/d.css": ("text/css", "@import 'e.css';"),
}
PARTS = {
    "/s/a.css", "/s/b.css", "/s/c.css", "/i/ground.png", "/f/x.woff2", "/i/third.png", "/s/d.css", "/i/small.png",
    "/i/large.png", "/i/lazy.png", "/i/boxed.png", "/favicon.ico",
}  # fmt: skip


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        kind, text = FILES.get(self.path, ("image/png", f"picture {self.path[:3]}"))
        data = text.encode()
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    running.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def asked(server: http.server.ThreadingHTTPServer) -> list[str]:
    found = [path for path in server.asked if path != "/robots.txt"]  # type: ignore[attr-defined]
    server.asked.clear()  # type: ignore[attr-defined]
    return found


def test_a_front_page_brings_all_that_it_needs_once(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    origin = f"http://127.0.0.1:{server.server_port}"
    options = (f"{origin}/", "-a", str(tmp_path), "--depth", "0", "--delay", "0", "--allow-private")
    crawled(*options)
    first = asked(server)
    # A frame's own frames are not followed, nor a fourth import inside imports.
    assert sorted(first) == sorted({"/", "/box.html"} | PARTS)
    with archive.open(tmp_path) as stacks:
        kept = {url: list(stacks.captures(origin + url)) for url in PARTS}
        assert all(len(found) == 1 for found in kept.values())
        # All pictures of this server are the same bytes: one of them is stored, the others refer to it.
        pictures = [found[0] for url, found in kept.items() if url.startswith("/i/")]
        assert sorted(one.kind for one in pictures) == ["response"] + ["revisit"] * (len(pictures) - 1)
    crawled(*options)
    assert asked(server) == ["/"]


def test_none_where_they_are_not_wanted(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    origin = f"http://127.0.0.1:{server.server_port}"
    crawled(f"{origin}/", "-a", str(tmp_path), "--depth", "0", "--delay", "0", "--allow-private", "--no-requisites")
    assert asked(server) == ["/"]


def test_a_definition_sets_the_bounds(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    path = tmp_path / "paper.toml"
    path.write_text(
        f'name = "paper"\nseeds = ["http://127.0.0.1:{server.server_port}/"]\nallow_private = true\ndelay = 0\n'
        "requisites = { page = 3, stylesheet = 1, levels = 1, frames = 0 }\n",
        encoding="utf-8",
    )
    crawled(str(path), "-a", str(tmp_path / "a"))
    assert sorted(asked(server)) == ["/", "/i/large.png", "/i/small.png", "/s/a.css", "/s/b.css"]
