"""Redirects, addresses, proxies, TLS and retries over real sockets; tests of hostile cases bear their numbers."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from pathlib import Path

import pytest
from fetch_lab import Answer, crawl, raw_server
from fetch_tls import questionable, tunnel

PAGE = b"<!doctype html><title>t</title><p>page"


def ok(body: bytes = PAGE, more: bytes = b"", kind: bytes = b"text/html") -> Answer:
    return Answer(
        b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s" % (kind, more, len(body), body)
    )


def status(code: int, more: bytes = b"", body: bytes = b"") -> Answer:
    return Answer(b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (code, more, len(body), body))


def to(location: bytes | str, code: int = 302) -> Answer:
    raw = location.encode() if isinstance(location, str) else location
    return status(code, b"Location: %s\r\n" % raw)


def test_19_20_21_24_25_redirects_are_captured_hop_by_hop_and_refused_with_a_reason(tmp_path: Path) -> None:
    answers = {
        "/chain": to("/chain2", 301),
        "/chain2": to("/page", 308),
        "/page": ok(),
        "/loop": to("/loop"),
        "/file": to("file:///etc/passwd"),
        "/data": to("data:text/html,x"),
        "/script": to("javascript:alert(1)"),
        "/ftp": to("ftp://example.org/"),
        "/broken": to("http://[::1"),
        "/empty": to(""),
        "/long": to(b"/" + b"x" * 9000),
        "/utf8": to("/서고".encode()),
        "/%EC%84%9C%EA%B3%A0": ok(),
        "/metadata": to("http://169.254.169.254/latest/meta-data/"),
        "/mapped": to("http://[::ffff:169.254.169.254]/"),
        "/zero": to("http://0/"),
        "/refresh": ok(more=b"Refresh: 0;url=javascript:alert(1)\r\nReferrer-Policy: os.system\r\n"),
    }
    grown = [0]

    def grow(peer: socket.socket, request: bytes) -> str:
        grown[0] += 1
        peer.sendall(to(f"/grow?n={grown[0]}").data)
        return "keep"

    with raw_server({**answers, "/grow": grow}) as server:
        origin = server.origin
        names = [path for path in answers if not path.startswith(("/chain2", "/%"))] + ["/grow"]
        crawled = crawl([origin + name for name in names], directory=tmp_path)

    chain = crawled.fetched[origin + "/chain"]
    assert (chain.url, chain.body) == (origin + "/page", PAGE)
    assert [len(crawled.of(origin + name)) for name in ("/chain", "/chain2")] == [1, 1]
    assert crawled.fetched[origin + "/utf8"].url == origin + "/%EC%84%9C%EA%B3%A0"
    for name in ("/file", "/data", "/script", "/ftp", "/broken", "/empty", "/long"):
        outcome = crawled.outcome(origin + name)
        assert outcome.outcome == "bad-redirect", name
        assert outcome.capture_id is not None
        assert len(crawled.of(origin + name)) == 1
    assert len(crawled.of(origin + "/loop")) == 11
    assert crawled.outcome(origin + "/loop").outcome == "redirect-limit"
    assert crawled.fetched[origin + "/grow"].outcome == "redirect-limit"
    assert grown[0] == 11
    for name in ("/metadata", "/mapped", "/zero"):
        assert crawled.fetched[origin + name].outcome == "refused-address"
        assert len(crawled.of(origin + name)) == 1
    assert crawled.fetched[origin + "/refresh"].body == PAGE
    assert not any(b"referer" in request.lower() for request in server.requests)
    assert "Traceback" not in crawled.log


def test_23_credentials_stay_in_their_origin(tmp_path: Path) -> None:
    with raw_server({"/there": ok()}) as other, raw_server({"/here": ok()}) as server:
        server.answers["/out"] = to(f"{other.origin}/there")
        server.answers["/in"] = to("/here")
        headers = {"Authorization": "Basic c2VjcmV0", "Cookie": "a=secret"}
        crawled = crawl([(server.origin + name, {"headers": headers}) for name in ("/out", "/in")], directory=tmp_path)
    assert crawled.fetched[server.origin + "/out"].status == 200
    assert not any(b"secret" in request or b"c2VjcmV0" in request for request in other.requests)
    inside = [request for request in server.requests if request.startswith(b"GET /here")]
    assert all(b"c2VjcmV0" in request and b"a=secret" in request for request in inside)


def test_21_22_loopback_is_refused_before_a_byte_is_sent(tmp_path: Path) -> None:
    with raw_server({"/": ok(), "/robots.txt": ok(b"", kind=b"text/plain")}) as server:
        hosts = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "①②⑦.0.0.1", "[::1]", "localhost", "inside.example"]
        urls = [f"http://{host}:{server.port}/" for host in hosts]
        settings = {"LAB_HOSTS": {"inside.example": "127.0.0.1"}, "ROBOTSTXT_OBEY": True}
        crawled = crawl(list(urls), settings, directory=tmp_path, allow_private=False)
        assert server.requests == []
    assert {fetched.outcome for fetched in crawled.fetched.values()} == {"refused-address"}
    assert len(crawled.fetched) == len(urls)
    assert crawled.exchanges == []
    assert crawled.outcome(f"http://inside.example:{server.port}/").reason.endswith(".")


def test_a_name_is_followed_where_private_networks_are_allowed(tmp_path: Path) -> None:
    with raw_server({"/": ok()}) as server:
        url = f"http://inside.example:{server.port}/"
        crawled = crawl([url], {"LAB_HOSTS": {"inside.example": "127.0.0.1"}}, directory=tmp_path)
    assert crawled.fetched[url].body == PAGE
    assert crawled.exchanges[0].ip == "127.0.0.1"


def test_no_address_no_connection_no_scheme(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        closed = unused.getsockname()[1]
    urls = {
        f"http://127.0.0.1:{closed}/": "connect",
        "http://no-such-host.invalid/": "dns",
        "ftp://example.org/": "refused-scheme",
        "file:///etc/passwd": "refused-scheme",
    }
    crawled = crawl(list(urls), directory=tmp_path)
    assert {url: crawled.fetched[url].outcome for url in urls} == urls
    assert {outcome.url: outcome.outcome for outcome in crawled.outcomes} == urls
    assert crawled.exchanges == []


def test_26_tls_is_verified_and_noted(tmp_path: Path) -> None:
    contexts = questionable(tmp_path)
    with contextlib.ExitStack() as stack:
        origins = {name: stack.enter_context(raw_server({"/": ok()}, context)) for name, context in contexts.items()}
        urls = {name: f"{server.origin}/" for name, server in origins.items()}
        proxy = stack.enter_context(raw_server({f"127.0.0.1:{origins['good'].port}": tunnel}))
        tunnelled = urls["good"] + "?tunnel"
        wanted = [*urls.values(), (tunnelled, {"meta": {"proxy": f"http://me:secret@127.0.0.1:{proxy.port}"}})]
        crawled = crawl(list(wanted), {"CA_FILE": str(tmp_path / "ca.pem")}, directory=tmp_path)
        untrusted = crawl([urls["good"]], directory=tmp_path)
    assert crawled.fetched[urls["good"]].body == PAGE
    (good,) = crawled.of(urls["good"])
    assert (good.tls, good.notes) == ("tls/1.3", ())
    assert good.cipher_suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
    assert good.request in origins["good"].requests
    for name in ("expired", "wrong-host", "self-signed", "old"):
        assert crawled.fetched[urls[name]].outcome == "tls", (name, crawled.fetched[urls[name]].message)
        assert not origins[name].requests
        assert not crawled.of(urls[name])
    assert untrusted.fetched[urls["good"]].outcome == "tls"
    (through,) = crawled.of(tunnelled)
    assert crawled.fetched[tunnelled].body == PAGE
    assert through.ip is None
    assert through.request in origins["good"].requests
    assert b"CONNECT" not in through.request
    assert b"Proxy-Authorization" not in through.request
    assert b"Proxy-Authorization: Basic" in proxy.requests[0]


def test_a_named_proxy_is_exempt_but_not_what_lies_behind_it(tmp_path: Path) -> None:
    answers = {
        "http://public.example/page": ok(),
        "http://public.example/inside": to("http://10.0.0.1/secret"),
        "http://public.example/metadata": to("http://metadata.google.internal/"),
        "http://public.example/odd": to("http://0x7f.1/"),
        "http://public.example/refused": status(407),
    }
    with raw_server(answers) as proxy:
        meta = {"proxy": f"http://me:secret@127.0.0.1:{proxy.port}"}
        wanted = [(url, {"meta": dict(meta)}) for url in answers]
        wanted.append(("https://public.example/", {"meta": dict(meta)}))
        crawled = crawl(list(wanted), directory=tmp_path, allow_private=False)
        no_proxy = crawl(
            [("http://public.example/", {"meta": {"proxy": "http://127.0.0.1:1"}})],
            directory=tmp_path,
            allow_private=False,
        )
    page = crawled.of("http://public.example/page")[0]
    assert page.request.startswith(b"GET http://public.example/page HTTP/1.1\r\n")
    assert page.ip is None
    assert crawled.fetched["http://public.example/page"].body == PAGE
    assert crawled.fetched["http://public.example/refused"].status == 407
    for name in ("inside", "metadata", "odd"):
        assert crawled.fetched[f"http://public.example/{name}"].outcome == "refused-address"
    assert not [path for path in proxy.paths() if "10.0.0.1" in path or "metadata.google" in path or "0x7f" in path]
    assert crawled.fetched["https://public.example/"].outcome == "proxy"
    assert no_proxy.fetched["http://public.example/"].outcome == "proxy"


def test_the_environment_s_proxy_does_not_stand_before_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    outside = "http://public.example/"
    with raw_server({outside: ok()}) as proxy, raw_server({"/here": ok()}) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        near = [f"{server.origin}/here", f"http://localhost:{server.port}/here"]
        crawled = crawl([outside, *near], directory=tmp_path)
    assert proxy.paths() == [outside]
    assert [crawled.fetched[url].status for url in (outside, *near)] == [200, 200, 200]
    assert crawled.of(near[0])[0].ip == "127.0.0.1"
    assert crawled.of(outside)[0].ip is None


def test_a_request_over_a_dead_connection_is_sent_again_by_the_rules_of_retries_alone(tmp_path: Path) -> None:
    tries = [0]

    def dead_once(peer: socket.socket, request: bytes) -> str:
        tries[0] += 1
        if tries[0] == 1:
            return "close"
        peer.sendall(ok().data)
        return "keep"

    with raw_server({"/first": ok(), "/again": dead_once}) as server:
        urls = [server.origin + "/first", server.origin + "/again"]
        crawled = crawl(list(urls), {"CONCURRENT_REQUESTS": 1, "RETRY_TIMES": 1}, directory=tmp_path)
    assert server.paths() == ["/first", "/again", "/again"]
    assert crawled.fetched[urls[1]].body == PAGE
    assert len(crawled.of(urls[1])) == 1
    assert not crawled.outcomes


def test_excess_bytes_do_not_become_the_answer_to_the_next_request(tmp_path: Path) -> None:
    smuggled = ok(b"<p>smuggled").data
    with raw_server({"/first": Answer(ok().data + smuggled), "/second": ok(b"<p>second")}) as server:
        urls = [server.origin + "/first", server.origin + "/second"]
        crawled = crawl(list(urls), {"CONCURRENT_REQUESTS": 1}, directory=tmp_path)
    assert crawled.fetched[urls[1]].body == b"<p>second"
    assert server.connections == 2


def test_7_failures_are_tried_again_and_have_one_outcome(tmp_path: Path) -> None:
    half = Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "close")
    with raw_server({"/half": half, "/none": Answer(b"", "close"), "/junk": Answer(b"junk\r\n", "close")}) as server:
        urls = [server.origin + name for name in ("/half", "/none", "/junk")]
        crawled = crawl(list(urls), {"RETRY_TIMES": 2}, directory=tmp_path)
    assert [len(crawled.of(url)) for url in urls] == [3, 0, 1]
    assert [crawled.outcome(url).outcome for url in urls] == ["disconnect", "disconnect", "bad-http"]
    assert crawled.outcome(urls[0]).capture_id == str(crawled.exchanges.index(crawled.of(urls[0])[-1]))


def test_29_retry_after_holds_the_host_back(tmp_path: Path) -> None:
    moments: list[float] = []

    def busy(peer: socket.socket, request: bytes) -> str:
        moments.append(time.monotonic())
        peer.sendall((status(503, b"Retry-After: 1000\r\n") if len(moments) == 1 else ok()).data)
        return "keep"

    with raw_server({"/busy": busy}) as server:
        settings = {"RETRY_TIMES": 1, "FETCH_LIMITS": {"retry_after_seconds": 1.0}}
        crawled = crawl([server.origin + "/busy"], settings, directory=tmp_path)
    assert crawled.fetched[server.origin + "/busy"].status == 200
    # As long as the limit says, not the server.
    assert 0.5 < moments[1] - moments[0] < 500
    assert len(crawled.exchanges) == 2


def test_large_bodies_stay_out_of_memory(tmp_path: Path) -> None:
    body = b"\x89PNG" + bytes(range(256)) * (20 << 12)
    with raw_server({"/big": ok(body, kind=b"image/png")}) as server:
        crawled = crawl([server.origin + "/big"], directory=tmp_path)
    assert crawled.exchanges[0].response_body == body
    assert crawled.fetched[server.origin + "/big"].body == body
    assert crawled.spooled == 1
    assert crawled.open_files == 0


def test_what_another_handler_fetched_is_reconstructed_and_says_so(tmp_path: Path) -> None:
    handlers = {"http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"}
    with raw_server({"/page": ok(gzip.compress(PAGE), b"Content-Encoding: gzip\r\n")}) as server:
        url = server.origin + "/page"
        crawled = crawl([url], {"DOWNLOAD_HANDLERS": handlers}, directory=tmp_path)
    (exchange,) = crawled.exchanges
    assert exchange.fidelity == "reconstructed"
    assert isinstance(exchange.response_body, bytes)
    assert gzip.decompress(exchange.response_body) == PAGE
    assert crawled.fetched[url].body == PAGE
    assert crawled.parsed == [True]
