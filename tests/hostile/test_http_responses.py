"""A raw server answers in every way it should not; each answer is kept byte for byte."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from fetch_lab import Answer, Crawl, RawServer, crawl, raw_server

from archive.commit import Writer
from archive.http import content_of, parse_head, payload_of
from archive.model import Run
from archive.warc.reader import read_record

HTML = b"<!doctype html><title>t</title>" + b"<p>" + random.Random(1).randbytes(9000).hex().encode() + b"</p>"
GZIPPED = gzip.compress(HTML, mtime=0)
BIG = random.Random(3).randbytes(1 << 20) * 3
OK = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: text/html\r\n"


def sized(body: bytes, more: bytes = b"") -> bytes:
    return TYPE + more + b"cOnTent-LENgth: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    out, at = b"", 0
    for size in (1, 7, 1000, 4096, 1 << 20):
        piece = body[at : at + size]
        at += len(piece)
        if piece:
            out += b"%X%s\r\n%s\r\n" % (len(piece), extension, piece)
    return out + b"0\r\n" + trailer + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
# What arrives whole, is stored whole, and reaches the spider with this payload.
WHOLE: dict[str, tuple[bytes, bytes]] = {
    "plain": (OK + sized(HTML), HTML),
    "odd-headers": (
        b"HTTP/1.1 200 Very  Fine\r\nsErVeR:nospace\r\nX-Dup: 1\r\nset-cookie: a=1\r\nx-dup: 2\r\nSet-Cookie: b=2\r\n"
        b"X-Fold: one\r\n\ttwo\r\nthis line has no colon\r\nX-Latin: caf\xe9\r\nX-Utf8: \xec\x84\x9c\r\nX-Nul: a\0b\r\n"
        b"X-Cr: a\rSet-Cookie: evil\r\nX-Empty:\r\nKeep-Alive: timeout=5\r\n" + sized(HTML),
        HTML,
    ),
    "line-feeds-only": (
        b"HTTP/1.1 200 OK\nServer: lf\nContent-Type: text/html\nContent-Length: %d\n\n" % len(HTML) + HTML,
        HTML,
    ),
    "no-reason": (b"HTTP/1.1 200\r\n" + sized(HTML), HTML),
    "chunked": (OK + TYPE + CHUNKED + chunked(HTML), HTML),
    "chunked-trailers": (
        OK + TYPE + b"Trailer: X-T\r\n" + CHUNKED + chunked(HTML, b";foo=bar", b"X-T: yes\r\n"),
        HTML,
    ),
    "chunked-gzip": (OK + TYPE + b"Content-Encoding: gzip\r\n" + CHUNKED + chunked(GZIPPED), HTML),
    "length-and-chunked": (OK + TYPE + b"Content-Length: 3\r\n" + CHUNKED + chunked(HTML), HTML),
    "gzip": (OK + sized(GZIPPED, b"Content-Encoding: gzip\r\n"), HTML),
    "brotli": (OK + sized(brotli.compress(HTML, quality=4), b"Content-Encoding: br\r\n"), HTML),
    "raw-deflate": (OK + sized(zlib.compress(HTML)[2:-4], b"Content-Encoding: deflate\r\n"), HTML),
    "gzip-gzip": (OK + sized(gzip.compress(GZIPPED), b"Content-Encoding: gzip, gzip\r\n"), HTML),
    "gzip-on-plain-text": (OK + sized(HTML, b"Content-Encoding: gzip\r\n"), HTML),
    "truncated-gzip": (OK + sized(GZIPPED[:-700], b"Content-Encoding: gzip\r\n"), HTML),
    "not-found": (b"HTTP/1.1 404 Gone Fishing\r\n" + sized(HTML), HTML),
    "server-error": (b"HTTP/1.1 500 Oops\r\n" + sized(b"boom"), b"boom"),
    "status-999": (b"HTTP/1.1 999 Denied\r\n" + sized(b"no"), b"no"),
    "status-42": (b"HTTP/1.1 42 Low\r\n" + sized(b"no"), b"no"),
    "status-000": (b"HTTP/1.1 000 Nil\r\n" + sized(b"no"), b"no"),
    "no-content": (b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", b""),
    "not-modified": (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', b""),
    "empty": (OK + sized(b""), b""),
    "big": (OK + b"Content-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(BIG) + BIG, BIG),
    "999-header-lines": (OK + b"".join(b"X-%d: y\r\n" % n for n in range(990)) + sized(HTML), HTML),
    "200-kib-header": (OK + b"X-Long: " + b"y" * 200_000 + b"\r\n" + sized(HTML), HTML),
}
# What ends by closing.
CLOSED: dict[str, tuple[bytes, bytes]] = {
    "http-1.0-until-close": (b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML, HTML),
    "connection-close": (OK + b"Connection: close\r\n" + sized(HTML), HTML),
}
# Interim responses and what follows the message are no part of it.
SURROUNDED: dict[str, tuple[bytes, bytes, bytes, str]] = {
    "early-hints": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        OK + sized(HTML),
        b"",
        "interim-response-left-out 103",
    ),
    "junk-behind": (b"", OK + sized(HTML), b"JUNKJUNK", "excess 8 bytes"),
    "short-length": (b"", OK + TYPE + b"Content-Length: 2\r\n\r\n" + HTML[:2], HTML[2:], "excess"),
    "not-modified-with-body": (b"", b"HTTP/1.1 304 Not Modified\r\n\r\n", b"body", "excess 4 bytes"),
    "no-content-with-body": (b"", b"HTTP/1.1 204 No Content\r\n\r\n", b"body", "excess 4 bytes"),
}
LONG = b"Content-Length: 100000\r\n\r\n"
HALF = OK + TYPE + LONG + HTML[:5000]
# What does not end well: bytes, how the server ends, the outcome, WARC-Truncated.
CUT: dict[str, tuple[Answer, str, str]] = {
    "length-larger-close": (Answer(HALF, "close"), "disconnect", "disconnect"),
    "length-larger-reset": (Answer(HALF, "reset"), "disconnect", "disconnect"),
    "length-larger-hang": (Answer(HALF, "hang"), "timeout", "time"),
    "chunk-cut": (Answer(OK + TYPE + CHUNKED + b"4e20\r\n" + HTML[:3000], "close"), "disconnect", "disconnect"),
    "chunk-size-zzz": (Answer(OK + TYPE + CHUNKED + b"3\r\nabc\r\nZZZ\r\n" + HTML, "hang"), "bad-http", "unspecified"),
    "chunk-size-huge": (Answer(OK + TYPE + CHUNKED + b"FFFFFFFFFF\r\n" + HTML, "close"), "disconnect", "disconnect"),
    "two-lengths": (
        Answer(OK + TYPE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        "bad-http",
        "unspecified",
    ),
    "unknown-transfer-coding": (
        Answer(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\nxxxx"),
        "bad-http",
        "unspecified",
    ),
    "no-status-line": (Answer(HTML, "close"), "bad-http", "unspecified"),
    "status-ok": (Answer(b"HTTP/1.1 OK\r\n" + sized(HTML), "close"), "bad-http", "unspecified"),
    "head-cut": (Answer(OK + b"Content-Ty", "close"), "disconnect", "disconnect"),
    "head-hangs": (Answer(OK + b"Content-Ty", "hang"), "timeout", "time"),
    "head-trickles": (Answer(OK + b"X-Y: " + b"z" * 5000, "hang", drip=0.05), "timeout", "time"),
    "body-trickles": (Answer(OK + sized(HTML), "hang", drip=0.02), "too-slow", "time"),
    "endless": (Answer(OK + TYPE + b"\r\n" + b"x" * 400_000, "hang"), "too-large", "length"),
    "length-above-limit": (
        Answer(OK + TYPE + b"Content-Length: 999999999\r\n\r\n" + HTML, "hang"),
        "too-large",
        "length",
    ),
    "header-1-mib": (Answer(OK + b"X: " + b"y" * (1 << 20), "hang"), "header-limit", "length"),
    "header-100000-lines": (Answer(OK + b"a: b\r\n" * 100_000, "hang"), "header-limit", "length"),
    "endless-interim": (Answer(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, "hang"), "header-limit", "length"),
    "close-delimited-reset": (Answer(OK + TYPE + b"\r\n" + HTML, "reset"), "", "disconnect"),
}
# What arrives whole and cannot be decoded.
UNDECODABLE: dict[str, tuple[bytes, str]] = {
    "gzip-bomb": (gzip.compress(b"\0" * (60 << 20), 9), "gzip"),
    "brotli-bomb": (brotli.compress(b"\0" * (60 << 20), quality=1), "br"),
    "deflate-bomb": (zlib.compress(b"\0" * (60 << 20)), "deflate"),
    "gzip-in-gzip-bomb": (gzip.compress(gzip.compress(b"\0" * (60 << 20))), "gzip, gzip"),
    "unknown-coding": (HTML, "klingon"),
    "broken-gzip": (b"\x1f\x8b" + HTML, "gzip"),
}


def path(name: str) -> str:
    return f"/{name}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RawServer, Crawl]]:
    answers: dict[str, Answer] = {path(name): Answer(data) for name, (data, _) in WHOLE.items()}
    answers |= {path(name): Answer(data, "close") for name, (data, _) in CLOSED.items()}
    answers |= {path(name): Answer(before + data + after) for name, (before, data, after, _) in SURROUNDED.items()}
    answers |= {path(name): answer for name, (answer, _, _) in CUT.items()}
    for name, (data, coding) in UNDECODABLE.items():
        answers[path(name)] = Answer(OK + sized(data, b"Content-Encoding: %s\r\n" % coding.encode()))
    answers["/head"] = Answer(OK + TYPE + b"Content-Length: 12345\r\n\r\n")
    answers["/post"] = Answer(OK + sized(b"posted"))
    with raw_server(answers) as server:
        wanted = [
            (f"{server.origin}{where}", {"meta": {"download_timeout": 1.5} if "hang" in where else {}})
            for where in answers
            if where not in ("/head", "/post")
        ]
        wanted.append((f"{server.origin}/head", {"method": "HEAD"}))
        wanted.append((f"{server.origin}/post", {"method": "POST", "body": b"a=1&b=2"}))
        wanted.append((f"{server.origin}/empty-reply", {}))
        server.answers["/empty-reply"] = Answer(b"", "close")
        limits = {"header_seconds": 2.5, "rate_seconds": 2.0}
        settings = {"FETCH_LIMITS": limits, "DOWNLOAD_MAXSIZE": 4 << 20, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
        for item in wanted:
            if item[0].endswith("/endless"):
                item[1].setdefault("meta", {})["download_maxsize"] = 300_000
        yield server, crawl(list(wanted), settings, directory=tmp_path_factory.mktemp("lab"))


def stored(lab: tuple[RawServer, Crawl], name: str) -> bytes:
    server, crawled = lab
    (exchange,) = crawled.of(f"{server.origin}{path(name)}")
    assert exchange.fidelity == "wire"
    assert exchange.ip == "127.0.0.1"
    assert isinstance(exchange.response_body, bytes)
    assert exchange.request in server.requests
    return exchange.response_head + exchange.response_body


@pytest.mark.parametrize("name", [*WHOLE, *CLOSED])
def test_whole_responses_are_stored_byte_for_byte(lab: tuple[RawServer, Crawl], name: str) -> None:
    server, crawled = lab
    sent, content = (WHOLE | CLOSED)[name]
    url = f"{server.origin}{path(name)}"
    assert stored(lab, name) == sent
    (exchange,) = crawled.of(url)
    assert exchange.truncated is None
    fetched = crawled.fetched[url]
    assert not fetched.failure, fetched.message
    assert ("content-length-ignored for transfer-encoding" in exchange.notes) == (name == "length-and-chunked")
    if name == "truncated-gzip":
        assert "truncated-encoding" in fetched.flags
        assert "truncated-encoding" in exchange.notes
        assert content.startswith(fetched.body)
        return
    assert fetched.body == content
    assert not [outcome for outcome in crawled.outcomes if outcome.url == url]


@pytest.mark.parametrize("name", [*WHOLE, *CLOSED])
def test_the_spider_gets_the_stored_payload(lab: tuple[RawServer, Crawl], name: str) -> None:
    server, crawled = lab
    fetched = crawled.fetched[f"{server.origin}{path(name)}"]
    assert fetched.capture is not None
    exchange = crawled.exchanges[fetched.capture]
    assert isinstance(exchange.response_body, bytes)
    head = parse_head(exchange.response_head)
    assert content_of(head, payload_of(head, exchange.response_body)).data == fetched.body


@pytest.mark.parametrize("name", SURROUNDED)
def test_what_stands_around_a_message_is_left_out_and_noted(lab: tuple[RawServer, Crawl], name: str) -> None:
    server, crawled = lab
    _, message, _, note = SURROUNDED[name]
    assert stored(lab, name) == message
    (exchange,) = crawled.of(f"{server.origin}{path(name)}")
    assert any(found.startswith(note) for found in exchange.notes), exchange.notes


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_is_kept_and_says_so(lab: tuple[RawServer, Crawl], name: str) -> None:
    server, crawled = lab
    answer, outcome, truncated = CUT[name]
    url = f"{server.origin}{path(name)}"
    kept = stored(lab, name)
    if name != "endless-interim":
        assert kept
        assert answer.data.startswith(kept)
    if outcome == "disconnect":
        assert kept == answer.data
    (exchange,) = crawled.of(url)
    assert exchange.truncated == truncated
    fetched = crawled.fetched[url]
    assert fetched.outcome == outcome, fetched.message
    if outcome:
        written = crawled.outcome(url)
        assert written.outcome == outcome
        assert written.reason.endswith(".")
        assert written.capture_id == str(crawled.exchanges.index(exchange))


@pytest.mark.parametrize("name", UNDECODABLE)
def test_what_cannot_be_decoded_stays_as_it_came(lab: tuple[RawServer, Crawl], name: str) -> None:
    server, crawled = lab
    data, _ = UNDECODABLE[name]
    url = f"{server.origin}{path(name)}"
    assert stored(lab, name).endswith(data)
    (exchange,) = crawled.of(url)
    assert exchange.truncated is None
    assert not crawled.parsed[crawled.exchanges.index(exchange)]
    expected = "decode-limit" if "bomb" in name else "bad-encoding"
    assert crawled.fetched[url].outcome == expected
    assert crawled.outcome(url).outcome == expected
    assert crawled.outcome(url).capture_id


def test_only_pages_are_to_be_parsed(lab: tuple[RawServer, Crawl]) -> None:
    server, crawled = lab
    for exchange, parse in zip(crawled.exchanges, crawled.parsed, strict=True):
        name = exchange.url.removeprefix(f"{server.origin}/")
        page = name in {*WHOLE, *CLOSED, "early-hints", "junk-behind", "short-length", "close-delimited-reset", "post"}
        page = page and not name.startswith(("not-", "server-", "status-", "no-content", "empty", "big"))
        assert parse == page, name


def test_an_empty_reply_is_an_outcome_without_a_capture(lab: tuple[RawServer, Crawl]) -> None:
    server, crawled = lab
    assert not crawled.of(f"{server.origin}/empty-reply")
    outcome = crawled.outcome(f"{server.origin}/empty-reply")
    assert (outcome.outcome, outcome.capture_id) == ("disconnect", None)


def test_requests_are_stored_as_sent(lab: tuple[RawServer, Crawl]) -> None:
    server, crawled = lab
    assert {exchange.request for exchange in crawled.exchanges} <= set(server.requests)
    (posted,) = crawled.of(f"{server.origin}/post")
    assert posted.request.endswith(b"\r\n\r\na=1&b=2")
    assert b"accept-encoding: gzip, deflate\r\n" in posted.request.lower()
    assert b"seogo/0.1" in posted.request.lower()
    (head,) = crawled.of(f"{server.origin}/head")
    assert head.request.startswith(b"HEAD /head HTTP/1.1\r\n")
    assert head.response_head + head.response_body == OK + TYPE + b"Content-Length: 12345\r\n\r\n"  # type: ignore[operator]


def test_nothing_of_a_fetch_stays_behind(lab: tuple[RawServer, Crawl]) -> None:
    _, crawled = lab
    assert crawled.spooled == 1
    assert crawled.held == 0
    assert crawled.open_files == 0
    assert "Traceback" not in crawled.log, crawled.log[-3000:]


def test_the_archive_gives_back_every_byte(lab: tuple[RawServer, Crawl], tmp_path: Path) -> None:
    _, crawled = lab
    run = Run("4f2d1a52-8c9e-4a3e-9d7c-1f0b6f8d2c11", "lab", "2026-11-23T03:00:00.000Z")
    kept = []
    with Writer.open(tmp_path, run) as writer:
        for exchange, parse in zip(crawled.exchanges, crawled.parsed, strict=True):
            kept.append((exchange, writer.store(exchange, parse=parse)))
        writer.commit()
    for exchange, capture in kept:
        assert isinstance(exchange.response_body, bytes)
        block = read_record(tmp_path, capture.warc_file, capture.offset).block()
        body = b"" if capture.kind == "revisit" else exchange.response_body
        assert block == exchange.response_head + body
    for file in (tmp_path / "archive").iterdir():
        checked = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(file)], capture_output=True, check=False
        )
        # warcio's check cannot read brotli records.
        assert checked.returncode == 0 or b"brotli" in checked.stderr.lower(), checked


def test_every_request_ended_once(lab: tuple[RawServer, Crawl]) -> None:
    _, crawled = lab
    urls = [outcome.url for outcome in crawled.outcomes]
    assert len(urls) == len(set(urls))
    failed = {url for url, fetched in crawled.fetched.items() if fetched.failure}
    assert failed == set(urls)
