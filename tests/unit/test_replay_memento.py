"""Memento, headers, ranges, hosts: the small parts that the server is made of."""

from __future__ import annotations

import json
from email import message_from_bytes

import pytest

from archive.replay import memento
from archive.replay.addresses import BadAddress
from archive.replay.headers import archived_headers, content_security_policy, safe_content_type
from archive.replay.hosts import host_name
from archive.replay.memento import Memento
from archive.replay.ranges import answer
from archive.replay.words import prefers_korean

ORIGIN = "http://localhost:8002"
URL = "http://a.example/?q=1"


def test_accept_datetime_is_one_exact_date() -> None:
    parsed = memento.parse_accept_datetime(["Mon, 23 Nov 2026 03:28:46 GMT"])
    assert parsed is not None
    assert parsed.isoformat() == "2026-11-23T03:28:46+00:00"
    assert memento.parse_accept_datetime([]) is None


@pytest.mark.parametrize(
    "values",
    [
        ["garbage"],
        [""],
        ["2026-11-23"],
        ["Mon, 99 Nov 2026 03:28:46 GMT"],
        ["Mon, 23 Foo 2026 03:28:46 GMT"],
        ["Mon, 23 Nov 0000 03:28:46 GMT"],
        ["Mon, 23 Nov 2026 03:28:46 +0900"],
        ["Mon, 23 Nov 2026 03:28:46 GMT", "Mon, 23 Nov 2026 03:28:46 GMT"],
    ],
)
def test_other_accept_datetimes_are_refused(values: list[str]) -> None:
    with pytest.raises(BadAddress):
        memento.parse_accept_datetime(values)


def test_the_year_one_is_a_year() -> None:
    assert memento.parse_accept_datetime(["Mon, 01 Jan 0001 00:00:00 GMT"]) is not None


def test_a_timemap_names_its_neighbours() -> None:
    found = [Memento(URL, f"2026-11-23T00:00:0{second}.000Z") for second in range(3)]
    text = "".join(memento.timemap_link(ORIGIN, URL, found, page=2, more=True))
    lines = text.strip().split(",\n")
    assert lines[0] == f'<{URL}>; rel="original"'
    assert f'<{ORIGIN}/web/timemap/link/2/{URL}>; rel="self"' in text
    assert f'<{ORIGIN}/web/timemap/link/{URL}>; rel="prev timemap"' in text
    assert f'<{ORIGIN}/web/timemap/link/3/{URL}>; rel="next timemap"' in text
    assert lines[-1].startswith(
        f'<{ORIGIN}/web/20261123000002/{URL}>; rel="memento"; datetime="Mon, 23 Nov 2026 00:00:02'
    )
    whole = "".join(memento.timemap_link(ORIGIN, URL, found[:1], page=1, more=False))
    assert 'rel="first last memento"' in whole
    parsed = json.loads(memento.timemap_json(ORIGIN, URL, found, page=1, more=False))
    assert [entry["datetime"] for entry in parsed["mementos"]["list"]] == [one.captured_at for one in found]


def test_archived_headers_are_prefixed_and_tamed() -> None:
    headers = [
        ("Set-Cookie", "a=1"),
        ("content-length", "5"),
        ("Location", "http://live.test/"),
        ("X-Korean", "가"),
        ("bad name", "x"),
        ("X-Line", "a\rSet-Cookie: evil"),
    ]
    assert archived_headers(headers) == [
        ("X-Archive-Orig-Location", "http://live.test/"),
        ("X-Archive-Orig-X-Korean", "?"),
        ("X-Archive-Orig-X-Line", "a?Set-Cookie: evil"),
    ]
    assert len(archived_headers([("X-A", "b")] * 100_000)) == 100


def test_no_token_of_the_sandbox_is_given() -> None:
    for raw in (True, False):
        policy = content_security_policy(ORIGIN, raw=raw)
        assert policy.startswith("sandbox;")
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "allow-" not in policy


@pytest.mark.parametrize(
    ("archived", "sent"),
    [
        ("text/html; charset=EUC-KR", "text/html; charset=EUC-KR"),
        ("image/png", "image/png"),
        ("application/xhtml+xml", "text/plain"),
        ("text/xml", "text/plain"),
        ("application/x-javascript", "text/plain"),
        ("multipart/x-mixed-replace;boundary=x", "text/plain"),
        ("text/html\r\nX: y", "application/octet-stream"),
        (None, "application/octet-stream"),
    ],
)
def test_types_that_run_are_sent_as_text(archived: str | None, sent: str) -> None:
    assert safe_content_type(archived) == sent


@pytest.mark.parametrize(
    ("header", "status", "data"),
    [
        (None, 200, b"0123456789"),
        ("bytes=0-3", 206, b"0123"),
        ("bytes=5-", 206, b"56789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=0-999999", 206, b"0123456789"),
        ("bytes=0-3,2-5", 206, b"012345"),
        ("Bytes = 4-4, 3-3", 206, b"34"),
        ("bytes=0-0,10-", 206, b"0"),
        ("bytes=10-", 416, b""),
        ("bytes=10-,-0", 416, b""),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("bytes=" + ",".join("0-0" for _ in range(1000)), 200, b"0123456789"),
        ("bytes=" + ",".join("0-" for _ in range(100)), 206, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
        ("bytes=99999999999999999999-", 200, b"0123456789"),
    ],
)
def test_83_one_range_or_the_whole(header: str | None, status: int, data: bytes) -> None:
    found = answer(b"0123456789", "text/plain", header)
    assert (found.status, found.data) == (status, data)


def test_83_ranges_apart_come_as_parts() -> None:
    found = answer(b"0123456789", "image/png", "bytes=0-0,-1")
    assert found.status == 206
    kind = dict(found.headers)["Content-Type"]
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + found.data)
    parts = message.get_payload()
    assert [part["Content-Range"] for part in parts] == ["bytes 0-0/10", "bytes 9-9/10"]
    assert [part.get_payload() for part in parts] == ["0", "9"]
    assert {part.get_content_type() for part in parts} == {"image/png"}


def test_83_many_ranges_are_never_more_than_the_body() -> None:
    body = bytes(100_000)
    apart = ",".join(f"{at}-{at}" for at in range(0, 300, 2))
    assert answer(body, "image/png", f"bytes={apart}").data == body


@pytest.mark.parametrize(
    "host", ["evil.test", "", "localhost.evil.test", "127.0.0.1@evil", "localhost:x", "[::1", "l ocalhost"]
)
def test_other_hosts_are_told_from_loopback(host: str) -> None:
    assert host_name(host) not in ("localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("header", "korean"),
    [("", True), ("ko", True), ("ko-KR,en;q=0.9", True), ("en", False), ("de,fr", False), (";;q", False)],
)
def test_the_language_is_the_browsers(header: str, korean: bool) -> None:
    assert prefers_korean(header) is korean
