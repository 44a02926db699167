"""Each security advisory of Scrapy that our settings or handler could reopen, by its number, over real sockets."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
from answers import HTML, OK, sized
from fetch_lab import Answer, Crawl, RawServer, crawl, raw_server

from crawler.discovery.feeds import BadFeed, read_feed
from crawler.fetch.settings import FETCH_SETTINGS

ROOT = Path(__file__).parents[2]
SECRET = "Basic c2VjcmV0"
BOMB = b"\0" * (40 << 20)


def page(more: bytes = b"") -> Answer:
    return Answer(OK + sized(HTML, more))


def to(location: str) -> Answer:
    return Answer(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


def coded(body: bytes, coding: str) -> Answer:
    return Answer(OK + sized(body, f"Content-Encoding: {coding}\r\n".encode()))


@dataclass(frozen=True)
class Lab:
    """One crawl of everything below from one server, and another server that must learn nothing from it."""

    crawled: Crawl
    server: RawServer
    other: RawServer

    def outcome(self, path: str) -> str:
        return self.crawled.fetched[self.server.origin + path].outcome

    def asked(self, server: RawServer, path: str) -> bytes:
        (request,) = [one for one in server.requests if one.split(b" ")[1].decode() == path]
        return request.lower()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(raw_server({f"/there?{name}": page() for name in "abcd"}))
        answers = {
            "/cookie": page(b"Set-Cookie: a=secret; Domain=1\r\nSet-Cookie: b=secret; Path=/\r\n"),
            "/after-cookie": page(),
            "/cookies-argument": page(),
            "/http-auth": to(f"{other.origin}/there?a"),
            "/authorization": to(f"{other.origin}/there?b"),
            "/cookie-header": to(f"{other.origin}/there?c"),
            "/proxy-authorization": page(),
            "/policy": page(b"Referrer-Policy: sys.exit\r\n"),
            "/policy-redirect": Answer(to("/policy?2").data.replace(b"Loc", b"Referrer-Policy: sys.exit\r\nLoc")),
            "/policy?2": page(),
            "/gzip-bomb": coded(gzip.compress(BOMB, 9), "gzip"),
            "/deflate-bomb": coded(zlib.compress(BOMB, 9), "deflate"),
            "/brotli-bomb": coded(brotli.compress(BOMB, quality=1), "br"),
            "/large": Answer(
                OK + b"Content-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % (3 << 20) + bytes(3 << 20)
            ),
        }
        schemes = ("data:text/html,x", "file:///etc/passwd", "ftp://127.0.0.1/x", "s3://bucket/key")
        answers |= {f"/to?{scheme.partition(':')[0]}": to(scheme) for scheme in schemes}
        server = stack.enter_context(raw_server(answers))
        more = {
            "/cookies-argument": {"cookies": {"a": "secret"}},
            "/authorization": {"headers": {"Authorization": SECRET}},
            "/cookie-header": {"headers": {"Cookie": "a=secret"}},
            "/proxy-authorization": {"headers": {"Proxy-Authorization": SECRET}},
        }
        wanted = [(server.origin + path, more.get(path, {})) for path in answers if path != "/policy?2"]
        settings = {"CONCURRENT_REQUESTS": 1, "LAB_ATTRIBUTES": {"http_user": "me", "http_pass": "secret"}}
        crawled = crawl([*wanted, "s3://bucket/key"], settings, directory=tmp_path_factory.mktemp("lab"))
        yield Lab(crawled, server, other)


def test_ghsa_jwqp_28gf_p498_credentials_of_a_spider_go_to_nobody(lab: Lab) -> None:
    """CVE-2021-41125."""
    assert b"authorization" not in lab.asked(lab.server, "/http-auth") + lab.asked(lab.other, "/there?a")


def test_ghsa_cjvr_mfj7_j4j8_cookies_do_not_follow_to_another_host(lab: Lab) -> None:
    """CVE-2022-0577."""
    assert b"a=secret" in lab.asked(lab.server, "/cookie-header")
    assert b"secret" not in lab.asked(lab.other, "/there?c") + lab.asked(lab.server, "/cookies-argument")


def test_ghsa_mfjm_vh54_3f96_no_cookie_of_a_public_suffix_is_taken(lab: Lab) -> None:
    """No cookie of anybody is: a capture does not depend on the one before."""
    assert b"\r\ncookie:" not in lab.asked(lab.server, "/after-cookie")


def test_ghsa_9x8m_2xpf_crp3_no_proxy_s_credentials_reach_anybody_else(lab: Lab) -> None:
    assert b"\r\nproxy-authorization:" not in lab.asked(lab.server, "/proxy-authorization")


def test_ghsa_cw9j_q3vf_hrrv_and_4qqq_9vqf_3h3f_authorization_stays_in_its_origin(lab: Lab) -> None:
    """CVE-2024-3574 and CVE-2024-1968: here the same host on another port."""
    assert b"authorization: basic" in lab.asked(lab.server, "/authorization")
    assert b"authorization" not in lab.asked(lab.other, "/there?b")


def test_ghsa_7j7m_v7m3_jqm7_bombs_are_not_inflated(lab: Lab) -> None:
    """CVE-2024-3572."""
    assert [lab.outcome(path) for path in ("/gzip-bomb", "/deflate-bomb")] == ["decode-limit"] * 2


def test_ghsa_2qfp_q593_8484_nor_are_those_of_brotli(lab: Lab) -> None:
    """CVE-2025-6176."""
    assert lab.outcome("/brotli-bomb") == "decode-limit"


def test_ghsa_h7wm_ph43_c39p_a_large_file_is_not_held_in_memory(lab: Lab) -> None:
    """CVE-2017-14158."""
    assert lab.crawled.spooled == 1
    assert (lab.crawled.open_files, lab.crawled.held) == (0, 0)


def test_ghsa_23j4_mw76_5v7h_redirects_lead_to_http_alone(lab: Lab) -> None:
    for scheme in ("data", "file", "ftp", "s3"):
        assert lab.outcome(f"/to?{scheme}") == "bad-redirect"
        assert FETCH_SETTINGS["DOWNLOAD_HANDLERS"][scheme] is None


def test_ghsa_76g3_c3x4_crvx_nothing_is_signed_for_s3(lab: Lab) -> None:
    """CVE-2026-84366."""
    assert lab.crawled.fetched["s3://bucket/key"].outcome == "refused-scheme"


def test_ghsa_cwxj_rr6w_m6w7_a_referrer_policy_names_no_code(lab: Lab) -> None:
    """CVE-2026-105782."""
    assert lab.crawled.fetched[lab.server.origin + "/policy"].status == 200
    assert lab.crawled.fetched[lab.server.origin + "/policy-redirect"].status == 200
    assert not any(b"\r\nreferer:" in request.lower() for request in lab.server.requests + lab.other.requests)


@pytest.mark.parametrize(
    "data", [b"<rss" + b" " * 300_000, b"<rss>" + b"<item" * 60_000, b"<urlset>" + b"<url " * 60_000]
)
def test_ghsa_cc65_xxvf_f7r9_feeds_are_read_without_backtracking(data: bytes) -> None:
    """CVE-2024-1892."""
    with contextlib.suppress(BadFeed):
        assert read_feed(data, "https://paper.example/feed").entries == ()


def test_ghsa_jm3v_qxmh_hxwv_the_proxy_of_one_scheme_is_not_that_of_another(tmp_path: Path) -> None:
    """A system's proxy for http is not used for https, nor are its credentials."""
    with raw_server({"http://paper.example/": to("https://paper.example/in")}) as proxy:
        urls = ["http://paper.example/"]
        environment = {"http_proxy": f"http://me:secret@127.0.0.1:{proxy.port}", "no_proxy": "", "https_proxy": ""}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = {"LAB_HOSTS": {"paper.example": "127.0.0.1"}}
            crawled = crawl(list(urls), settings, directory=tmp_path)
    assert proxy.paths() == urls
    assert crawled.outcome("https://paper.example/in").outcome == "connect"


LISTENED = """
import atexit, json, sys
seen = []

def hook(event, arguments):
    if event in ("socket.bind", "socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        seen.append((event, arguments[1][:2]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.append((event, arguments[:1]))

sys.addaudithook(hook)
atexit.register(lambda: open(sys.argv.pop(), "w").write(json.dumps(seen)))
where = sys.argv.pop()
sys.argv.append(where)
import crawler.cli
crawler.cli.main(sys.argv[1:-1])
"""


def test_a_crawl_opens_no_socket_but_those_to_the_site(tmp_path: Path) -> None:
    """No list of public suffixes is fetched, no telnet console listens, nobody is told anything."""
    with raw_server({"/": page(b"Set-Cookie: a=b; Domain=.co.uk\r\n"), "/x": page()}) as server:
        urls = [f"{server.origin}/", f"{server.origin}/x"]
        told = tmp_path / "sockets.json"
        options = ["-a", str(tmp_path / "a"), "--allow-private", "--depth", "0", "--delay", "0"]
        ended = subprocess.run(
            [sys.executable, "-c", LISTENED, "crawl", *urls, *options, str(told)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    seen = [tuple(one) for one in json.loads(told.read_text())]
    assert ("socket.connect", ["127.0.0.1", server.port]) in seen
    # urllib3, which a library of Scrapy's imports, looks whether there is IPv6; nothing listens there.
    expected = [
        ("socket.connect", ["127.0.0.1", server.port]),
        ("socket.getaddrinfo", ["127.0.0.1"]),
        ("socket.bind", ["::1", 0]),
    ]
    assert [one for one in seen if one not in expected] == []
