"""`crawl --shard i/n`: the same command n times takes every host once, and lists what it leaves to others."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from archives import crawl, rows, seogo
from hypothesis import given, settings
from hypothesis import strategies as st
from many_hosts import ManyHosts, serving

from crawler.errors import BadInput
from crawler.frontier.shard import Shard, group_of, shard_of

NAMES = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,3}(\.co\.kr|\.com|\.github\.io|\.kr|)", fullmatch=True)


@settings(deadline=None)  # the first host waits for the list of suffixes
@given(NAMES, st.integers(1, 40))
def test_each_host_is_of_one_shard_and_goes_with_its_site(host: str, of: int) -> None:
    assert [number for number in range(1, of + 1) if Shard(number, of).has(host)] == [shard_of(host, of)]
    assert shard_of(host.upper() + ".", of) == shard_of(host, of)
    assert shard_of(group_of(host), of) == shard_of(host, of)


def test_who_has_a_host_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert [shard_of(host, 7) for host in ("www.yakup.com", "m.yakup.com", "127.0.0.1", "news.example.co.kr")] == [
        shard_of("yakup.com", 7),
        shard_of("yakup.com", 7),
        2,
        shard_of("example.co.kr", 7),
    ]
    assert shard_of("yakup.com", 1000) == 617
    spread = [shard_of(f"site{number}.com", 4) for number in range(400)]
    assert all(70 < spread.count(number) < 130 for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    "text", ["0/3", "4/3", "3", "1/", "/3", "a/b", "-1/3", "1/100000", "1.0/3", "1/3/5", "", "١/٣"]
)
def test_what_is_no_shard_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="2/3"):
        Shard.parse(text)


def test_three_shards_cover_every_host_once(tmp_path: Path) -> None:
    with serving(ManyHosts(hosts=6, pages=3)) as sites:
        summaries = [crawl(sites, tmp_path / f"{number}", "--shard", f"{number}/3") for number in (1, 2, 3)]
        assert sum(summary["pages"] for summary in summaries) == len(sites.urls)
        by_shard = [{row[0] for row in rows(tmp_path / f"{n}", "SELECT url FROM captures")} for n in (1, 2, 3)]
        hosts = [{urlsplit(url).hostname for url in urls} for urls in by_shard]
        assert set.union(*by_shard) >= sites.urls
        assert [
            host for number, some in enumerate(hosts, 1) for host in some if shard_of(host or "", 3) != number
        ] == []
        visits = defaultdict(int)
        for visit in sites.visits():
            visits[visit.host, visit.path] += 1
        assert set(visits.values()) == {1}
        for number in (1, 2, 3):
            left = rows(tmp_path / f"{number}", "SELECT url, reason FROM outcomes WHERE outcome = 'other-shard'")
            # Each once; links to the pages of hosts that others take, never seeds.
            assert left
            assert len({url for url, _ in left}) == len(left)
            for url, reason in left:
                other = shard_of(urlsplit(url).hostname or "", 3)
                assert other != number
                assert f"shard {other}/3" in reason


def test_a_redirect_to_another_shards_host_is_left_and_listed(tmp_path: Path) -> None:
    with serving(ManyHosts(hosts=2, pages=1)) as sites:
        first, second = sites.names
        assert shard_of(first, 3) != shard_of(second, 3)
        sites.moved[f"{first}/"] = f"http://{second}:{sites.port}/1.html"
        number = shard_of(first, 3)
        done = seogo(
            *("crawl", sites.seeds[0], "-a", tmp_path / "a", "--allow-private", "--delay", 0),
            *("--shard", f"{number}/3", "--parse-workers", 0),
        )
        assert {visit.host for visit in sites.log} == {first}
        left = rows(tmp_path / "a", "SELECT url FROM outcomes WHERE outcome = 'other-shard'")
        assert left == [(f"http://{second}:{sites.port}/1.html",)]
        assert "1 address" in done.stderr
        assert "other shards" in done.stderr


def test_a_shard_without_a_seed_says_so(tmp_path: Path) -> None:
    number = shard_of("127.0.0.1", 3) % 3 + 1
    done = seogo("crawl", "http://127.0.0.1:9/", "-a", tmp_path / "a", "--shard", f"{number}/3", "--parse-workers", 0)
    assert f"no seed is shard {number}/3's" in done.stderr
