"""Replay's addresses: what is taken, what is refused, what is built."""

from __future__ import annotations

import pytest

from archive.replay import addresses
from archive.replay.addresses import BadAddress


@pytest.mark.parametrize(
    ("path", "query", "url"),
    [
        (b"http://a.example/b", b"", "http://a.example/b"),
        (b"https:/a.example/b", b"c=1&d=http://e.example/", "https://a.example/b?c=1&d=http://e.example/"),
        (b"a.example", b"", "http://a.example/"),
        (b"a.example:8080/x", b"", "http://a.example:8080/x"),
        (b"HTTP://A.example/x", b"", "http://A.example/x"),
        ("http://a.example/가".encode(), b"", "http://a.example/%EA%B0%80"),
        (b"http://a.example/%2e%2e/x", b"q=%20", "http://a.example/%2e%2e/x?q=%20"),
        (b"http://[::1]:80/", b"", "http://[::1]:80/"),
        (b"http://a.example/a|b", b"family=A|B", "http://a.example/a%7Cb?family=A%7CB"),
        (b"http%3A//a.example/%25EA%3Fc%3D1%26d%3D2", b"", "http://a.example/%EA?c=1&d=2"),
        (b"HTTPS%3a%2F%2Fa.example%2F", b"c=1", "https://a.example/?c=1"),
        (b"http%3A%2F%2Fa.example%2Fb%3Fc%3D1", b"d=2", "http://a.example/b?c=1&d=2"),
    ],
)
def test_the_url_inside_an_address_is_taken_as_it_is(path: bytes, query: bytes, url: str) -> None:
    assert addresses.target_url(path, query) == url


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"//evil.example/",
        b"/\\evil.example/",
        b"http://",
        b"http:///x",
        b"javascript:alert(1)",
        b"file:///etc/passwd",
        b"data:text/html,x",
        b"http://a.example/%00",
        b"http%3A//a.example/%00",
        b"http%3A//a.example/%2500",
        b"http%3A%5C%5Cevil.example/",
        b"http%3A//user%3Asecret@a.example/",
        b"http://a.example/\x00",
        b"http://a.example/ x",
        b"http://a.example/<script>",
        b"http://user:secret@a.example/",
        b"http://a%2eexample/",
        b"http://[::1/",
        b"http://a.example:99999999/",
        b"localhost/x",
        b"http://a.example/" + b"x" * 9000,
    ],
)
def test_what_is_no_url_is_refused_without_repeating_it(path: bytes) -> None:
    with pytest.raises(BadAddress) as refused:
        addresses.target_url(path, b"")
    assert "evil" not in str(refused.value)
    assert "<" not in str(refused.value)


@pytest.mark.parametrize(
    ("digits", "instant"),
    [
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("202611", "2026-11-01T00:00:00+00:00"),
        ("20261123032846", "2026-11-23T03:28:46+00:00"),
    ],
)
def test_a_timestamp_may_be_short(digits: str, instant: str) -> None:
    assert addresses.parse_timestamp(digits).isoformat() == instant


@pytest.mark.parametrize("digits", ["0", "", "20260", "99999999999999", "00000101", "20261301", "2" * 15, "२०२६"])
def test_a_timestamp_that_names_no_instant_is_refused(digits: str) -> None:
    with pytest.raises(BadAddress):
        addresses.parse_timestamp(digits)


def test_addresses_hold_nothing_that_ends_an_attribute_or_a_header() -> None:
    url = "http://a.example/\"><script>\r\nX: y'?q=<b>#f"
    for built in (addresses.memento("20261123032846", url), addresses.timegate(url), addresses.timemap(url, "json", 2)):
        assert built.startswith("/web/")
        assert not set(built) & set('"<>\r\n #')
    assert addresses.capture("../x") == "/capture/..%2Fx/"
