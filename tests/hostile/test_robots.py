"""robots.txt over real sockets (hostile case 30): one fetch for all who wait, whatever comes of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest
from fetch_lab import Answer, crawl, raw_server

from manners import keeps

PAGE = b"<!doctype html><title>t</title><p>page"


def ok(body: bytes = PAGE, kind: bytes = b"text/html") -> Answer:
    return Answer(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body))


def status(code: int, more: bytes = b"", body: bytes = b"") -> Answer:
    return Answer(b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (code, more, len(body), body))


def to(location: str, code: int = 302) -> Answer:
    return status(code, b"Location: %s\r\n" % location.encode())


def robots(body: bytes, kind: bytes = b"text/plain") -> Answer:
    return ok(body, kind=kind)


CLOSED = b"User-agent: *\nDisallow: /\n"
OBEY = {"ROBOTSTXT_OBEY": True}


@pytest.mark.parametrize("spiders", [1, 2])
def test_30_twelve_first_requests_wait_for_one_robots_txt(tmp_path: Path, spiders: int) -> None:
    def slow(peer: socket.socket, request: bytes) -> str:
        time.sleep(0.3)
        peer.sendall(robots(CLOSED).data)
        return "keep"

    with raw_server({"/robots.txt": slow}) as server:
        urls = [f"{server.origin}/{number}" for number in range(12)]
        settings = {**OBEY, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "LAB_SPIDERS": spiders}
        crawled = crawl(list(urls), settings, directory=tmp_path)
    assert server.paths() == ["/robots.txt"]
    assert {crawled.outcome(url).outcome for url in urls} == {"robots"}
    (capture,) = crawled.exchanges
    assert capture.url == f"{server.origin}/robots.txt"
    assert crawled.parsed == [False]


ROBOTS = {
    "404-with-rules": (status(404, body=CLOSED), "200"),
    "403": (status(403), "200"),
    "410": (status(410), "200"),
    "500": (status(500, body=b"User-agent: *\nAllow: /\n"), "robots"),
    "503": (status(503), "robots"),
    "cut": (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nUser-agent: *\n", "close"), "disconnect"),
    "closed": (robots(CLOSED), "robots"),
    "empty": (robots(b""), "200"),
    "html": (robots(b"<!doctype html><pre>\nUser-agent: *\nDisallow: /\n", b"text/html"), "200"),
    "bom": (robots(b"\xef\xbb\xbf" + CLOSED), "robots"),
    "utf-16": (robots(CLOSED.decode().encode("utf-16")), "robots"),
    "ours": (robots(b"User-agent: Seogo\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), "robots"),
    "redirected": (to("/five?1", 301), "robots"),
    "redirects-for-ever": (to("/robots.txt?x", 301), "200"),
    "hangs": (Answer(b"", "hang"), "timeout"),
    "30-mib": (Answer(b"HTTP/1.1 200 OK\r\n\r\n" + CLOSED + b"# padding\n" * (3 << 20), "close"), "robots"),
}


def test_30_robots_txt_of_every_kind(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        servers = {}
        for name, (answer, _) in ROBOTS.items():
            five = {f"/five?{hop}": to(f"/five?{hop + 1}") for hop in range(1, 5)}
            five["/five?5"] = robots(CLOSED)
            servers[name] = stack.enter_context(raw_server({"/page": ok(), "/robots.txt": answer, **five}))
        urls = {name: f"{server.origin}/page" for name, server in servers.items()}
        hanging = urls["hangs"]
        crawled = crawl([url for url in urls.values() if url != hanging], OBEY, directory=tmp_path)
        # By itself: on a slow machine no other answer may come too late.
        given_up = crawl([hanging], {**OBEY, "DOWNLOAD_TIMEOUT": 3}, directory=tmp_path)
    fetched = crawled.fetched | given_up.fetched
    found = {name: fetched[url].outcome or str(fetched[url].status) for name, url in urls.items()}
    assert found == {name: expected for name, (_, expected) in ROBOTS.items()}
    (cut,) = crawled.of(f"{servers['30-mib'].origin}/robots.txt")
    assert cut.truncated == "length"
    assert isinstance(cut.response_body, bytes)
    assert cut.response_body.startswith(CLOSED)
    assert len(cut.response_body) < 2 << 20
    assert crawled.parsed.count(True) == list(found.values()).count("200")
    assert "Traceback" not in crawled.log, crawled.log[-3000:]


def test_30_crawl_delay_holds_even_against_autothrottle(tmp_path: Path) -> None:
    moments: list[float] = []
    lock = threading.Lock()

    def page(peer: socket.socket, request: bytes) -> str:
        with lock:
            moments.append(time.monotonic())
        peer.sendall(ok().data)
        return "keep"

    rules = robots(b"User-agent: *\nCrawl-delay: 99999\n")
    with raw_server({"/robots.txt": rules, "/page": page}) as server:
        settings = {**OBEY, "AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0.01}
        limits = {"FETCH_LIMITS": {"crawl_delay_seconds": 0.4}}
        crawl([f"{server.origin}/page?{n}" for n in range(4)], {**settings, **limits}, directory=tmp_path)
    assert len(moments) == 4
    assert keeps(0.4, moments)


def test_30_robots_txt_of_an_unreachable_host_is_told_as_what_it_is(tmp_path: Path) -> None:
    url = "http://no-such-host.invalid/page"
    crawled = crawl([url], OBEY, directory=tmp_path)
    assert crawled.outcome(url).outcome == "dns"
    assert crawled.outcome("http://no-such-host.invalid/robots.txt").outcome == "dns"


def test_30_rules_are_read_again_when_their_day_is_over(tmp_path: Path) -> None:
    asked = [0]

    def changing(peer: socket.socket, request: bytes) -> str:
        asked[0] += 1
        peer.sendall(robots(b"" if asked[0] == 1 else CLOSED).data)
        return "keep"

    def slow(peer: socket.socket, request: bytes) -> str:
        time.sleep(1.5)
        peer.sendall(ok().data)
        return "keep"

    with raw_server({"/robots.txt": changing, "/first": slow, "/second": ok()}) as server:
        urls = [f"{server.origin}/first", f"{server.origin}/second"]
        settings = {**OBEY, "CONCURRENT_REQUESTS": 1, "FETCH_LIMITS": {"robots_seconds": 1.0}}
        crawled = crawl(list(urls), settings, directory=tmp_path)
    assert server.paths() == ["/robots.txt", "/first", "/robots.txt"]
    assert crawled.fetched[urls[0]].status == 200
    assert crawled.outcome(urls[1]).outcome == "robots"
    assert len(crawled.of(f"{server.origin}/robots.txt")) == 2


def test_30_a_robots_txt_that_leads_elsewhere_is_followed_under_guard(tmp_path: Path) -> None:
    """To other hosts (RFC 9309, 2.3.1.2), but not into the network that the crawl may not enter."""
    with raw_server({"/rules": robots(CLOSED)}) as other, raw_server({"/page": ok()}) as server:
        server.answers["/robots.txt"] = to(f"{other.origin}/rules", 301)
        url = f"{server.origin}/page"
        closed = crawl([url], OBEY, directory=tmp_path)
        server.answers["/robots.txt"] = to("http://169.254.169.254/latest/meta-data/")
        inside = crawl([url], OBEY, directory=tmp_path)
        server.answers["/robots.txt"] = to("file:///etc/passwd")
        nowhere = crawl([url], OBEY, directory=tmp_path)
    assert closed.outcome(url).outcome == "robots"
    assert [exchange.url for exchange in closed.exchanges] == [f"{server.origin}/robots.txt", f"{other.origin}/rules"]
    assert inside.outcome(url).outcome == "refused-address"
    assert nowhere.outcome(url).outcome == "robots"
    assert "/page" not in server.paths()


@pytest.mark.parametrize(("asked_for", "honoured"), [(b"0.5", True), (b"-1", False), (b"soon", False)])
def test_30_a_crawl_delay_is_honoured_where_it_is_one(tmp_path: Path, asked_for: bytes, honoured: bool) -> None:
    rules = robots(b"User-agent: *\nCrawl-delay: %s\n" % asked_for)
    moments: list[float] = []

    def page(peer: socket.socket, request: bytes) -> str:
        moments.append(time.monotonic())
        peer.sendall(ok().data)
        return "keep"

    with raw_server({"/robots.txt": rules, "/page": page}) as server:
        crawl([f"{server.origin}/page?{number}" for number in range(4)], OBEY, directory=tmp_path)
    assert len(moments) == 4
    if honoured:
        assert keeps(0.5, moments)
