"""The pure parts of fetching: redirect targets, Retry-After, sniffing, limits, settings, reconstruction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address, IPv6Address

from archive.http import parse_head
from crawler.errors import CrawlerError
from crawler.fetch import failures
from crawler.fetch.content import is_html
from crawler.fetch.failures import AddressRefused, BadRedirect, FetchFailed
from crawler.fetch.guard import Guard
from crawler.fetch.limits import Limits
from crawler.fetch.reconstruct import reconstruct
from crawler.fetch.redirects import RedirectMiddleware, target
from crawler.fetch.retries import retry_after
from crawler.fetch.settings import FETCH_SETTINGS
from crawler.fetch.tls import TrustRoot
from crawler.fetch.wire import WireFactory

NOW = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (b"/c", "https://example.org/c"),
        (b"//other.org/x", "https://other.org/x"),
        (b"http://user:pw@other.org/x", "http://other.org/x"),
        (b"?q=\xec\x84\x9c", "https://example.org/a?q=%EC%84%9C"),
        (b"/b\rSet-Cookie: evil", "https://example.org/bSet-Cookie:%20evil"),
    ],
)
def test_redirect_targets(location: bytes, expected: str) -> None:
    assert target("https://example.org/a", location, 8192) == expected


@pytest.mark.parametrize(
    "location",
    [
        b"",
        b"  ",
        b"http://[::1",
        b"file:///etc/passwd",
        b"data:text/html,x",
        b"ftp://example.org/",
        b"javascript:alert(1)",
        b"http:///x",
        b"http://example.org:99999/",
        b"/" + b"x" * (1 << 20),
    ],
)
def test_what_is_no_redirect_is_refused_with_a_sentence(location: bytes) -> None:
    with pytest.raises(BadRedirect) as refusal:
        target("https://example.org/a", location, 8192)
    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"5", 5.0),
        (b"120", 60.0),
        (b"1e9", 60.0),
        (b"-1", 0.0),
        (b"nan", 0.0),
        (b"soon", 0.0),
        (b"", 0.0),
        (None, 0.0),
        (b"\xff", 0.0),
        (b"Mon, 23 Nov 2026 03:00:30 GMT", 30.0),
        (b"Mon, 23 Nov 2026 02:00:00 GMT", 0.0),
        (b"Mon, 23 Nov 9999 03:00:00 GMT", 60.0),
        (b"Mon, 23 Nov 99999 03:00:00 +9999", 0.0),
    ],
)
def test_retry_after_is_honoured_up_to_a_cap(value: bytes | None, seconds: float) -> None:
    assert retry_after(value, NOW, 60.0) == seconds


@pytest.mark.parametrize(
    ("media_type", "payload", "expected"),
    [
        ("text/html", b"<p>Hello", True),
        ("text/html", "안녕".encode(), True),
        ("text/html", b"\xff\xd8\xff\xe0JFIF", False),
        ("text/html", b"%PDF-1.7", False),
        ("text/html", b"\0\0\0 ftypmp42", False),
        ("text/html", b"", False),
        ("text/html", b'{"a": 1}', False),
        ("text/html", "[속보] 서고".encode(), True),
        ("text/html", b'<?xml version="1.0"?><!-- x --><rss version="2">', False),
        ("application/xhtml+xml", b'<?xml version="1.0"?><html>', True),
        (None, b"<!DOCTYPE HTML>", True),
        ("text/plain", b"<html>", True),
        ("text/plain", b"just text", False),
        ("application/octet-stream", b"\xef\xbb\xbf<!doctype html>", True),
        (None, "<html><p>서고".encode("utf-16"), True),
        ("text/html", "<html><p>서고".encode("utf-16-le"), True),
        ("text/html", b"<!doctype html><title>a\0b</title>", True),
        ("text/html", b"\0\1\2\3 of no known kind", False),
        ("application/json", b"<html>", False),
        ("image/jpeg", b"<html>", False),
        ("application/rss+xml", b"<rss>", False),
    ],
)
def test_what_is_a_page(media_type: str | None, payload: bytes, expected: bool) -> None:
    assert is_html(media_type, payload) is expected


def test_limits_can_be_changed_by_name_only() -> None:
    assert Limits.of(Settings({"FETCH_LIMITS": {"header_bytes": 1000}})).header_bytes == 1000
    for wrong in ({"no_such": 1}, {"header_bytes": 0}, {"header_bytes": "x"}):
        with pytest.raises(CrawlerError, match="FETCH_LIMITS"):
            Limits.of(Settings({"FETCH_LIMITS": wrong}))


def test_every_component_that_the_settings_name_exists() -> None:
    for path in [
        *FETCH_SETTINGS["DOWNLOADER_MIDDLEWARES"],
        *FETCH_SETTINGS["RETRY_EXCEPTIONS"],
        *(path for path in FETCH_SETTINGS["DOWNLOAD_HANDLERS"].values() if path),
    ]:
        assert load_object(path)


def test_every_failure_is_in_the_drawing_with_its_word() -> None:
    drawing = failures.__doc__ or ""
    classes = [value for value in vars(failures).values() if isinstance(value, type) and issubclass(value, FetchFailed)]
    for failure in classes:
        assert failure.__name__ in drawing
        if not failure.__subclasses__():
            assert f" {failure.outcome} " in drawing, failure


def test_a_reconstructed_exchange_says_so() -> None:
    request = Request("https://example.org/a?b=c", headers={"X-A": "1"})
    headers = [(b"Content-Type", b"text/html"), (b"Set-Cookie", b"a\r\nEvil: 1"), (b"Transfer-Encoding", b"chunked")]
    response = HtmlResponse(request.url, 200, headers, b"<p>x", protocol="h2")
    exchange = reconstruct(request, response, NOW)
    head = parse_head(exchange.response_head)
    assert exchange.fidelity == "reconstructed"
    assert exchange.protocol == "h2"
    assert exchange.request.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n")
    assert head.status == 200
    assert head.get("content-length") == "4"
    assert head.get("evil") is None
    assert not head.chunked
    assert exchange.response_body == b"<p>x"


def test_a_ca_file_that_is_none_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(CrawlerError, match=name):
            TrustRoot(str(tmp_path / name))


SECRETS = {"Authorization": "Basic c2VjcmV0", "Cookie": "a=secret", "Proxy-Authorization": "Basic c2VjcmV0"}


def redirected(url: str, location: str, meta: dict[str, object] | None = None) -> Request:
    middleware = RedirectMiddleware.from_crawler(get_crawler(settings_dict={"REFERER_ENABLED": False}))
    request = Request(url, headers=SECRETS, meta={"capture": "of this fetch", **(meta or {})})
    response = Response(url, 302, {"Location": location})
    found = middleware.process_response(request, response)
    assert isinstance(found, Request)
    return found


@pytest.mark.parametrize(
    "location",
    ["http://example.org/b", "https://example.org:8443/b", "https://sub.example.org/b", "https://other.org/b"],
)
def test_credentials_do_not_leave_their_origin(location: str) -> None:
    request = redirected("https://example.org/a", location)
    assert b"Authorization" not in request.headers
    assert b"Cookie" not in request.headers


def test_proxy_credentials_do_not_follow_into_another_scheme() -> None:
    meta = {"_scheme_proxy": True, "proxy": "http://127.0.0.1:1", "_auth_proxy": "http://127.0.0.1:1"}
    request = redirected("https://example.org/a", "http://example.org/b", meta)
    assert b"Proxy-Authorization" not in request.headers
    assert "proxy" not in request.meta


def test_credentials_stay_inside_their_origin_and_captures_with_their_fetch() -> None:
    request = redirected("https://example.org/a", "https://example.org:443/b")
    assert request.headers[b"Authorization"] == b"Basic c2VjcmV0"
    assert "capture" not in request.meta


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_connection_to_a_private_peer_never_gets_a_protocol(peer: str) -> None:
    factory = WireFactory(lambda protocol: None, "endpoint")
    factory.guard = Guard()
    address = IPv6Address("TCP", peer, 80) if ":" in peer else IPv4Address("TCP", peer, 80)
    with pytest.raises(AddressRefused):
        factory.buildProtocol(address)
