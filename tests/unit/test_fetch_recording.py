from __future__ import annotations

from collections import deque
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.failures import BadHttp, FetchFailed, HeaderLimit, TimedOut
from crawler.fetch.limits import Limits
from crawler.fetch.recording import Attempt, Recording

HEADS = [
    b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
    b"HTTP/1.0 404\nA: b\n\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nFold: a\r\n\t b\r\nno colon\r\n\n",
]
INTERIM = [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 3]


def attempt_of(pieces: list[bytes], limits: Limits | None = None) -> Attempt:
    attempt = Attempt(limits or Limits(), "192.0.2.1")
    for piece in pieces:
        attempt.receive(piece)
    return attempt


def cut(data: bytes, at: list[int]) -> list[bytes]:
    places = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


@given(
    head=st.sampled_from(HEADS),
    interim=st.sampled_from(INTERIM),
    body=st.binary(max_size=200),
    excess=st.binary(max_size=20),
    places=st.lists(st.integers(0, 10_000), max_size=12),
    spool=st.sampled_from([1, 64, 1 << 20]),
)
def test_a_message_is_the_same_however_it_arrives(
    head: bytes, interim: bytes, body: bytes, excess: bytes, places: list[int], spool: int
) -> None:
    attempt = attempt_of(cut(interim + head + body + excess, places), Limits(spool_bytes=spool))
    attempt.finish(len(excess))
    exchange = attempt.exchange("http://example.org/", None)
    kept = exchange.response_body
    assert isinstance(kept, bytes) == (len(body) <= spool)
    assert exchange.response_head == head
    assert (kept if isinstance(kept, bytes) else kept.read()) == body
    assert exchange.truncated is None
    assert any("excess" in note for note in exchange.notes) == bool(excess)
    assert len(attempt.interim) == interim.count(b"HTTP/")
    if not isinstance(kept, bytes):
        kept.close()


@given(data=st.binary(max_size=400), places=st.lists(st.integers(0, 10_000), max_size=5))
def test_any_bytes_at_all_are_kept(data: bytes, places: list[int]) -> None:
    attempt = attempt_of(cut(data, places))
    if attempt.interim:
        return
    exchange = attempt.exchange("http://example.org/", BadHttp("No HTTP."))
    assert isinstance(exchange.response_body, bytes)
    assert exchange.response_head + exchange.response_body == data
    assert exchange.truncated == "unspecified"


@pytest.mark.parametrize("line", [b"X: y\r\n", b"\r", b"a"])
def test_the_header_limit_costs_no_more_byte_by_byte(line: bytes) -> None:
    attempt = Attempt(Limits(header_bytes=20_000, header_lines=500), None)
    attempt.receive(b"HTTP/1.1 200 OK\r\n")
    with pytest.raises(HeaderLimit):
        deque(map(attempt.receive, [bytes([byte]) for byte in line * 30_000]), maxlen=0)
    assert attempt.exchange("http://example.org/", HeaderLimit("Too long.")).truncated == "length"


def test_a_cut_is_made_once_and_what_comes_later_is_not_of_it() -> None:
    cuts: list[FetchFailed] = []
    recording = Recording("http://example.org/", Limits(), proxied=True)
    attempt = recording.begin("192.0.2.1", cuts.append)
    attempt.receive(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    first, second = TimedOut("Too late."), TimedOut("Again.")
    recording.cut(first)
    recording.cut(second)
    assert cuts == [first]
    recording.close()
    attempt.receive(b"late")
    attempt.finish(0)
    (exchange,) = recording.exchanges(first)
    assert exchange.response_body == b"half"
    assert exchange.truncated == "time"
    assert exchange.ip is None
