"""The same bytes whatever carries them: TLS, a proxy, a tunnel, IPv6, a connection that dies and is replaced."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from answers import CLOSED, CUT, OK, SURROUNDED, UNDECODABLE, WHOLE, sized
from fetch_lab import Answer, Crawl, RawServer, crawl, raw_server
from fetch_tls import authority, questionable, server_context, tunnel

from archive.commit import Writer
from archive.model import Run
from archive.warc.reader import read_record
from crawler.spiders.plan import plan_of

PAGE = b"<!doctype html><title>t</title><p>page"
SECRET = b"Basic bWU6c2VjcmV0"
SLOW = {"length-larger-hang", "head-hangs", "head-trickles", "body-trickles", "endless", "length-above-limit"}
# Over TLS a reset is told from a close by the alert that is missing; both are cut.
CUTS = {name: case for name, case in CUT.items() if name not in SLOW}


@dataclass(frozen=True)
class Carried:
    """A crawl of every answer over one transport: where a name's answer stands, and the server that sent it."""

    crawled: Crawl
    origin: str
    server: RawServer


def answers_at(prefix: str) -> dict[str, Answer]:
    found = {f"{prefix}/{name}": Answer(data) for name, (data, _) in WHOLE.items()}
    found |= {f"{prefix}/{name}": Answer(data, "close") for name, (data, _) in CLOSED.items()}
    found |= {f"{prefix}/{name}": Answer(b + data + a) for name, (b, data, a, _) in SURROUNDED.items()}
    found |= {f"{prefix}/{name}": answer for name, (answer, _, _) in CUTS.items()}
    for name, (data, coding, _) in UNDECODABLE.items():
        found[f"{prefix}/{name}"] = Answer(OK + sized(data, b"Content-Encoding: %s\r\n" % coding.encode()))
    return found


@pytest.fixture(scope="module", params=["tls", "proxy", "tunnel", "ipv6"])
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    folder = tmp_path_factory.mktemp(request.param)
    _, key = authority(folder)
    context = server_context(folder, "server", key) if request.param in ("tls", "tunnel") else None
    prefix = "http://paper.example" if request.param == "proxy" else ""
    with contextlib.ExitStack() as stack:
        host = "::1" if request.param == "ipv6" else "127.0.0.1"
        server = stack.enter_context(raw_server(answers_at(prefix), context, host))
        proxy = server
        if request.param == "tunnel":
            proxy = stack.enter_context(raw_server({f"127.0.0.1:{server.port}": tunnel}))
        origin = prefix or server.origin
        named = request.param in ("proxy", "tunnel")
        meta = {"proxy": f"http://me:secret@127.0.0.1:{proxy.port}"} if named else {}
        endless = {f"{prefix}/{name}" for name, (_, outcome, _) in CUTS.items() if outcome == "timeout"}
        wanted = [
            (origin + path.removeprefix(prefix), {"meta": meta | ({"download_timeout": 3} if path in endless else {})})
            for path in server.answers
        ]
        settings = {"CA_FILE": str(folder / "ca.pem"), "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
        yield Carried(crawl(list(wanted), settings, directory=folder), origin, server)


def test_every_answer_is_stored_byte_for_byte(carried: Carried) -> None:
    for name in (*WHOLE, *CLOSED, *SURROUNDED, *CUTS, *UNDECODABLE):
        exchanges = carried.crawled.of(f"{carried.origin}/{name}")
        assert len(exchanges) == 1, (name, exchanges)
        (exchange,) = exchanges
        assert isinstance(exchange.response_body, bytes)
        stored = exchange.response_head + exchange.response_body
        if name in CUTS:
            answer, _, truncated = CUTS[name]
            assert name == "endless-interim" or (stored and answer.data.startswith(stored)), name
            assert exchange.truncated == truncated, name
        elif name in UNDECODABLE:
            assert stored.endswith(UNDECODABLE[name][0]), name
        else:
            assert stored == (SURROUNDED[name][1] if name in SURROUNDED else (WHOLE | CLOSED)[name][0]), name
            assert exchange.truncated is None, name
        assert exchange.request in carried.server.requests, name
        assert exchange.fidelity == "wire"


def test_connections_are_kept_alive(carried: Carried) -> None:
    # About half of the answers end their connection.
    assert carried.server.connections < 0.8 * len(carried.server.requests)


def test_nothing_failed_that_should_not(carried: Carried) -> None:
    for name in (*WHOLE, *CLOSED, *SURROUNDED):
        fetched = carried.crawled.fetched[f"{carried.origin}/{name}"]
        assert not fetched.failure, (name, fetched.message)
    assert "Traceback" not in carried.crawled.log


def test_the_archive_holds_no_credentials_and_else_every_byte(carried: Carried, tmp_path: Path) -> None:
    run = Run("4f2d1a52-8c9e-4a3e-9d7c-1f0b6f8d2c12", "lab", "2026-11-23T03:00:00.000Z")
    with Writer.open(tmp_path, run) as writer:
        kept = [(one, writer.store(one, parse=False)) for one in carried.crawled.exchanges]
        writer.commit()
    for exchange, capture in kept:
        assert capture.request_offset is not None
        request = read_record(tmp_path, capture.warc_file, capture.request_offset).block()
        assert request == exchange.request.replace(SECRET, b"*" * len(SECRET))
        block = read_record(tmp_path, capture.warc_file, capture.offset).block()
        assert isinstance(exchange.response_body, bytes)
        assert block == exchange.response_head + (b"" if capture.kind == "revisit" else exchange.response_body)
    assert all(SECRET not in file.read_bytes() for file in (tmp_path / "archive").iterdir())


def test_an_answer_begun_on_a_dying_connection_is_an_exchange_of_its_own(tmp_path: Path) -> None:
    tries = [0]

    def dies_once(peer: socket.socket, request: bytes) -> str:
        tries[0] += 1
        if tries[0] == 1:
            peer.sendall(b"HTTP/1.1 20")
            return "close"
        peer.sendall(OK + sized(PAGE))
        return "keep"

    with raw_server({"/first": Answer(OK + sized(PAGE)), "/again": dies_once}) as server:
        urls = [server.origin + "/first", server.origin + "/again"]
        crawled = crawl(list(urls), {"CONCURRENT_REQUESTS": 1, "RETRY_TIMES": 1}, directory=tmp_path)
    assert server.paths() == ["/first", "/again", "/again"]
    cut, whole = crawled.of(urls[1])
    assert (cut.response_head, cut.response_body, cut.truncated) == (b"HTTP/1.1 20", b"", "disconnect")
    assert (whole.response_body, whole.truncated) == (PAGE, None)
    assert {cut.request, whole.request} <= set(server.requests)
    assert crawled.fetched[urls[1]].body == PAGE
    assert not crawled.outcomes


def test_21_22_ipv6_loopback_is_refused_without_leave(tmp_path: Path) -> None:
    with raw_server({"/": Answer(OK + sized(PAGE))}, host="::1") as server:
        spelled = (
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::1%25lo]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
        )
        urls = [f"http://{host}:{server.port}/" for host in spelled]
        crawled = crawl(list(urls), directory=tmp_path, allow_private=False)
        assert server.connections == 0
    assert {crawled.outcome(url).outcome for url in urls} == {"refused-address"}
    assert crawled.exchanges == []


def test_26_a_definition_can_take_a_site_as_it_is_and_each_capture_says_so(tmp_path: Path) -> None:
    contexts = questionable(tmp_path)
    (tmp_path / "raw.toml").write_text('name = "raw"\nseeds = ["https://127.0.0.1/"]\ntls = "unverified"\n')
    settings = {**plan_of([str(tmp_path / "raw.toml")]).settings("x"), "CA_FILE": str(tmp_path / "ca.pem")}
    settings |= {"ALLOW_PRIVATE": True, "LAB_HOSTS": {"other.example": "127.0.0.1"}, "DOWNLOAD_DELAY": 0}
    with contextlib.ExitStack() as stack:
        servers = {
            name: stack.enter_context(raw_server({"/": Answer(OK + sized(PAGE))}, made))
            for name, made in contexts.items()
        }
        urls = {name: f"{server.origin}/" for name, server in servers.items()}
        other = f"https://other.example:{servers['good'].port}/"
        crawled = crawl([*urls.values(), other], settings, directory=tmp_path)
    notes = {}
    for name, url in urls.items():
        assert crawled.fetched[url].body == PAGE, (name, crawled.fetched[url].message)
        (exchange,) = crawled.of(url)
        assert exchange.tls == ("tls/1.0" if name == "old" else "tls/1.3")
        # The old one's as OpenSSL's ECDHE-ECDSA-AES256-SHA or ...128-...
        assert exchange.cipher_suite.startswith("TLS_ECDHE_ECDSA_WITH_AES_" if name == "old" else "TLS_")
        notes[name] = "".join(exchange.notes)
    assert (notes["good"], notes["old"]) == ("", "")
    assert notes["expired"] == "unverified: the certificate has expired"
    assert notes["wrong-host"] == "unverified: the certificate is not one for this host"
    assert notes["self-signed"].startswith("unverified: the certificate's issuer is not known")
    # The opt-out is the site's, not the crawl's.
    assert crawled.outcome(other).outcome == "tls"
    assert not crawled.of(other)


def test_what_we_cut_is_not_asked_for_again_behind_our_back(tmp_path: Path) -> None:
    flood, hang = Answer(OK + b"a: b\r\n" * 3000, "hang"), Answer(OK + b"Content-Ty", "hang")
    with raw_server({"/first": Answer(OK + sized(PAGE)), "/flood": flood, "/hang": hang}) as server:
        paths = ["/first", "/flood", "/first?2", "/hang"]
        settings = {"CONCURRENT_REQUESTS": 1, "FETCH_LIMITS": {"header_seconds": 4.0}}
        crawled = crawl([server.origin + path for path in paths], settings, directory=tmp_path)
    assert server.paths() == paths
    assert crawled.outcome(server.origin + "/flood").outcome == "header-limit"
    assert crawled.outcome(server.origin + "/hang").outcome == "timeout"
    assert len(crawled.exchanges) == 4
