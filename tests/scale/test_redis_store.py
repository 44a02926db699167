"""The frontier in Redis, seen by two workers: leases, links taken with their page, delays that hold across workers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer, serving_redis
from scrapy.settings import Settings

from archive.times import now, to_text
from crawler.errors import BadInput, CrawlerError
from crawler.frontier.foreign import MOST_BYTES, checked
from crawler.frontier.redis_store import Finished, FrontierAway, RedisFrontier, connect, without_password
from crawler.frontier.store import Entry

AT = to_text(now())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with serving_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def client(server: RedisServer) -> Iterator[Any]:
    client = connect(Settings({"REDIS_URL": server.url}))
    client.flushall()
    yield client
    client.close()


def entry(site: str, number: int, priority: int = 0) -> Entry:
    request = {"url": f"http://{site}/{number}", "callback": "page", "errback": "failed", "meta": {"role": "page"}}
    return Entry(f"{site} {number}".encode(), site, priority, AT, json.dumps(request))


def frontier(client: Any, worker: str, lease: float = 30.0, refused: list[str] | None = None) -> RedisFrontier:
    said = refused if refused is not None else []
    opened = RedisFrontier(client, "crawl", refused=lambda data, why: said.append(why), worker=worker, lease=lease)
    opened.open(fresh=False)
    return opened


def test_a_site_is_one_workers_until_it_gives_it_back(client: Any) -> None:
    first, second = frontier(client, "first"), frontier(client, "second")
    first.add([entry("a", 1), entry("a", 2, priority=5), entry("a", 1)])
    leased = first.lease(1)
    assert leased is not None
    site, more, [taken] = leased
    assert (site, more) == ("a", 1)
    assert json.loads(taken.request)["url"] == "http://a/2"  # the higher priority
    assert second.lease(1) is None
    assert second.take("a", 5) == []
    assert second.turn("a", "a", 0) is None
    assert first.turn("a", "a", 0) == 0
    assert second.pending()
    # Kept while something waits there, given back when others are to have it.
    assert first.release("a", {}) == 2
    assert first.release("a", {}, though_more=True) == 0
    again = second.lease(5)
    assert again is not None
    assert [one.interrupted for one in again[2]] == [True, False]


def test_a_page_and_its_links_are_one_step_and_only_its_holders(client: Any) -> None:
    first, second = frontier(client, "first", lease=0.2), frontier(client, "second")
    first.add([entry("a", 1)])
    leased = first.lease(1)
    assert leased is not None
    [page] = leased[2]
    time.sleep(0.3)
    # The lease ran out: another worker has the page now, and what the first one says of it counts for nothing.
    taken_over = second.lease(1)
    assert taken_over is not None
    assert [one.id for one in taken_over[2]] == [page.id]
    assert taken_over[2][0].interrupted
    first.acknowledge([Finished("a", page.id, (entry("b", 1),))])
    assert first.renew()[2] == ["a"]
    assert client.zcard("seogo:{crawl}:waiting:b") == 0
    assert second.acknowledge([Finished("a", page.id, (entry("a", 2), entry("b", 1), entry("a", 1)))]) == {"a": 1}
    assert client.zcard("seogo:{crawl}:waiting:b") == 1
    # Said twice, as after a connection that broke before the answer, it counts once.
    assert second.acknowledge([Finished("a", page.id, (entry("b", 2),))]) == {}
    assert client.zcard("seogo:{crawl}:waiting:b") == 1


def test_a_request_that_is_tried_again_waits_where_its_address_belongs(client: Any) -> None:
    one = frontier(client, "one")
    one.add([entry("a", 1)])
    leased = one.lease(1)
    assert leased is not None
    one.acknowledge([Finished("a", leased[2][0].id, (), entry("b", 1))])
    assert one.release("a", {}) == 0
    other = one.lease(1)
    assert other is not None
    assert other[0] == "b"
    assert other[2][0].id == leased[2][0].id


def test_delays_hold_across_workers(client: Any) -> None:
    first, second = frontier(client, "first"), frontier(client, "second")
    first.add([entry("a", 1)])
    first.lease(1)
    assert first.turn("a", "www.a", 5000.0) == 0
    wait = first.turn("a", "www.a", 5000.0)
    assert wait is not None
    assert 4000 < wait <= 5000
    assert first.turn("a", "img.a", 5000.0) == 0
    first.release("a", {"m.a": 3000.0}, though_more=True)
    second.lease(1)
    for host, least in (("www.a", 4000), ("m.a", 2000)):
        wait = second.turn("a", host, 1.0)
        assert wait is not None
        assert least < wait <= 5000
    second.hold("x.a", 6000)
    assert (second.turn("a", "x.a", 0) or 0) > 5000


def test_who_stands_idle_gets_his_share(client: Any) -> None:
    first, second = frontier(client, "first"), frontier(client, "second")
    first.add([entry(f"s{number}", 1) for number in range(6)])
    while first.lease(1):
        pass
    assert len(first.held) == 6
    assert second.lease(1) is None
    share, waiting, lost = first.renew()
    assert share == 3
    assert len(waiting) == 6
    assert lost == []
    first.release("s0", {}, though_more=True)
    assert first.lease(1) is None  # it has its share
    leased = second.lease(1)
    assert leased is not None
    assert leased[0] == "s0"


def test_an_end_is_remembered_for_a_minute_and_fresh_drops_what_is_left(client: Any) -> None:
    one = frontier(client, "one")
    one.add([entry("a", 1)])
    leased = one.lease(1)
    assert leased is not None
    one.finish()
    assert client.ttl("seogo:{crawl}:seen") == -1  # not while something is in flight
    one.acknowledge([Finished("a", leased[2][0].id)])
    one.release("a", {})
    one.finish()
    one.leave()
    late = RedisFrontier(client, "crawl", refused=lambda *_: None)
    sites, ended = late.open(fresh=False)
    assert sites == 0
    assert ended is not None
    assert late.add([entry("a", 1)]) == {}
    assert not late.pending()
    late.leave()
    anew = RedisFrontier(client, "crawl", refused=lambda *_: None)
    assert anew.open(fresh=True) == (0, None)
    anew.add([entry("a", 1)])
    assert anew.pending()
    # Others are at it: who comes now joins them, whatever he says.
    joined = RedisFrontier(client, "crawl", refused=lambda *_: None)
    assert joined.open(fresh=True)[0] == 1


FORGED = {
    "a file": {"url": "file:///etc/passwd", "callback": "page", "errback": "failed"},
    "another callback": {"url": "http://a/", "callback": "closed", "errback": "failed"},
    "no errback": {"url": "http://a/", "callback": "page"},
    "a number": {"url": 7, "callback": "page", "errback": "failed"},
    "hops without end": {"url": "http://a/", "callback": "page", "errback": "failed", "meta": {"hops": 10**9}},
    "a role that is none": {"url": "http://a/", "callback": "page", "errback": "failed", "meta": {"role": "../x"}},
    "long": {"url": "http://a/" + "x" * 9000, "callback": "page", "errback": "failed"},
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_entry_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(f"{AT}\n{json.dumps(FORGED[what])}".encode())


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"{}", f"{AT}\n".encode() + b"[" * 100_000, b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(data)


def test_only_what_a_request_of_ours_has_is_taken_over() -> None:
    forged = {
        "url": "http://a/1",
        "callback": "page",
        "errback": "failed",
        "_class": "os.system",
        "headers": [["Cookie", ["a=b"]]],
        "method": "DELETE",
        "body": "x",
        "cb_kwargs": {"a": 1},
        "meta": {"role": "page", "proxy": "http://evil/", "robots": True, "identity": "article 7"},
    }
    at, request = checked(f"{AT}\n{json.dumps(forged)}".encode())
    assert at == AT
    assert json.loads(request) == {
        "url": "http://a/1",
        "callback": "page",
        "errback": "failed",
        "meta": {"role": "page", "identity": "article 7"},
    }


def test_a_refused_entry_is_told_and_holds_up_nothing(client: Any) -> None:
    said: list[str] = []
    one = frontier(client, "one", refused=said)
    one.add([entry("a", 1), entry("a", 2)])
    client.hset("seogo:{crawl}:request", "1", b"\x80\x04\x95pickle")
    leased = one.lease(5)
    assert leased is not None
    assert [json.loads(one.request)["url"] for one in leased[2]] == ["http://a/2"]
    assert len(said) == 1
    one.acknowledge([Finished("a", leased[2][0].id)])
    assert one.release("a", {}) == 0
    assert not one.pending()


def test_keys_of_another_kind_are_an_error_in_a_sentence(client: Any) -> None:
    client.set("seogo:{crawl}:ready", "not a sorted set")
    with pytest.raises(CrawlerError, match="cannot keep the frontier"):
        frontier(client, "one")


def test_a_server_that_is_gone_is_away(tmp_path: Path) -> None:
    with serving_redis(tmp_path / "gone") as server:
        client = connect(Settings({"REDIS_URL": server.url}))
        one = frontier(client, "one")
        server.stop()
        with pytest.raises(FrontierAway, match="does not answer"):
            one.renew()
        with pytest.raises(CrawlerError, match="start the server"):
            connect(Settings({"REDIS_URL": server.url}))
        server.start()
        assert one.renew()[1:] == ({}, [])


def test_a_password_is_not_shown() -> None:
    assert without_password("redis://user:secret@h:1/0") == "redis://h:1/0"
    with pytest.raises(CrawlerError) as told:
        connect(Settings({"REDIS_URL": "redis://user:secret@127.0.0.1:1/0"}))
    assert "secret" not in str(told.value)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scrapy_redis.connection", None)
    with pytest.raises(BadInput, match=r"seogo\[redis\]"):
        connect(Settings({"REDIS_URL": "redis://127.0.0.1:1/0"}))
