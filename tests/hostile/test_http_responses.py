"""A raw server answers in every way it should not; each answer is kept byte for byte."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from answers import CLOSED, CUT, OK, SURROUNDED, TYPE, UNDECODABLE, WHOLE, sized
from fetch_lab import Answer, Crawl, RawServer, crawl, raw_server

from archive.commit import Writer
from archive.http import content_of, parse_head, payload_of
from archive.model import Run
from archive.warc.reader import read_record


def path(name: str) -> str:
    return f"/{name}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RawServer, Crawl]]:
    answers: dict[str, Answer] = {path(name): Answer(data) for name, (data, _) in WHOLE.items()}
    answers |= {path(name): Answer(data, "close") for name, (data, _) in CLOSED.items()}
    answers |= {path(name): Answer(before + data + after) for name, (before, data, after, _) in SURROUNDED.items()}
    answers |= {path(name): answer for name, (answer, _, _) in CUT.items()}
    for name, (data, coding, _) in UNDECODABLE.items():
        answers[path(name)] = Answer(OK + sized(data, b"Content-Encoding: %s\r\n" % coding.encode()))
    answers["/head"] = Answer(OK + TYPE + b"Content-Length: 12345\r\n\r\n")
    answers["/post"] = Answer(OK + sized(b"posted"))
    with raw_server(answers) as server:
        wanted = [
            (f"{server.origin}{where}", {"meta": {"download_timeout": 4.0} if "hang" in where else {}})
            for where in answers
            if where not in ("/head", "/post")
        ]
        wanted.append((f"{server.origin}/head", {"method": "HEAD"}))
        wanted.append((f"{server.origin}/post", {"method": "POST", "body": b"a=1&b=2"}))
        wanted.append((f"{server.origin}/empty-reply", {}))
        server.answers["/empty-reply"] = Answer(b"", "close")
        limits = {"header_seconds": 6.0, "rate_seconds": 5.0}
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
    data, _, expected = UNDECODABLE[name]
    url = f"{server.origin}{path(name)}"
    assert stored(lab, name).endswith(data)
    (exchange,) = crawled.of(url)
    assert exchange.truncated is None
    assert not crawled.parsed[crawled.exchanges.index(exchange)]
    assert expected in exchange.notes
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
