"""A newspaper on loopback whose looks and manners a test can change; and jobs for it, run in one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WORDS = "먹거리 시장의 값이 이번 주에도 올랐다고 상인들은 말했다. 정부는 다음 달까지 대책을 내놓기로 했다."

DEFINITION = """
name = "paper"
seeds = ["http://127.0.0.1:{port}/"]
delay = 0
allow_private = true
[[articles]]
path = "/news/{{key}}.html"
"""


CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    "<p>Enable JavaScript and cookies to continue</p><div id='challenge-form'></div></body></html>"
)

MENDED = (
    DEFINITION
    + """
[[layouts]]
valid_until = 2026-11-03
[[layouts]]
valid_from = 2026-11-03
[layouts.selectors]
title = ".k1"
body = ".b9"
[[layouts.ranked]]
container = ".r5"
item = ".zq"
"""
)


class Paper:
    """`look`: plain, redesigned (no text, no list) or boxes (only a definition finds them); `manner`: open, busy,
    blocking (403) or asking (200, with a page that asks for a human).
    """

    def __init__(self) -> None:
        self.look = "plain"
        self.manner = "open"
        self.retry_after = ""
        self.number = 5
        self.log: list[str] = []
        self.port = 0

    def page(self, path: str) -> tuple[int, str]:
        if path == "/robots.txt":
            return 404, ""
        if self.manner == "busy":
            return 503, "busy"
        if self.manner == "blocking":
            return 403, "<html><title>Access denied</title><body><h1>Access denied</h1></body></html>"
        if self.manner == "asking":
            return 200, CHALLENGE
        if path == "/":
            return 200, self._front()
        number = path.removeprefix("/news/").removesuffix(".html")
        return (200, self._article(int(number))) if number.isdigit() and int(number) <= self.number else (404, "none")

    def _front(self) -> str:
        rows = "".join(
            f'<li><a href="/news/{n}.html">{n}번 기사의 제목은 이렇게 길게 씁니다</a></li>'
            for n in range(self.number, max(0, self.number - 8), -1)
        )
        if self.look == "redesigned":
            rows = "".join(
                f'<span><a href="/news/{n}.html"></a></span>' for n in range(self.number, self.number - 8, -1)
            )
            return f"<html><title>신문</title><body>{rows}</body></html>"
        if self.look == "boxes":
            rows = rows.replace("<li>", '<div class="zq">').replace("</li>", "</div>")
            return f'<html><title>신문</title><body><div class="r5">{rows}</div></body></html>'
        return f"<html><title>신문</title><body><h2>많이 본 뉴스</h2><ol>{rows}</ol></body></html>"

    def _article(self, number: int) -> str:
        title = f"{number}번 기사의 제목은 이렇게 길게 씁니다"
        if self.look == "redesigned":
            return f"<html><head><title>{title}</title></head><body><div id=app></div></body></html>"
        if self.look == "boxes":
            text = "".join(f'<a href="/words?{part}" class="w7">{number}-{part}. {WORDS}</a>' for part in range(5))
            head = f"<head><title>{title}</title></head>"
            return f'<html>{head}<body><div class="k1">{title}</div><div class="b9">{text}</div></body></html>'
        text = "".join(f"<p>{number}-{part}. {WORDS}</p>" for part in range(5))
        return (
            f'<html><head><title>{title}</title><meta property="og:type" content="article"></head><body><article>'
            f"<h1>{title}</h1><p>홍길동 기자</p><time>2026-11-20 10:00</time>{text}</article></body></html>"
        )


@contextmanager
def printing(paper: Paper) -> Iterator[Paper]:
    """The paper, served."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            paper.log.append(self.path)
            status, text = paper.page(self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if status == 503 and paper.retry_after:
                self.send_header("Retry-After", paper.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    paper.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield paper
    finally:
        server.shutdown()
        server.server_close()


def archive_of(folder: Path, paper: Paper, jobs: str) -> Path:
    """An archive's directory with a job file for the paper."""
    folder.mkdir(exist_ok=True)
    (folder / "paper.toml").write_text(DEFINITION.format(port=paper.port), encoding="utf-8")
    (folder / "jobs.toml").write_text(jobs, encoding="utf-8")
    return folder
