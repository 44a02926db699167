"""Three workers on one frontier in Redis, one of them killed: nothing lost, no host asked twice at once or too soon."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import redis
from many_hosts import ManyHosts, Visit, serving
from redis_server import RedisServer, serving_redis

from manners import keeps

ROOT = Path(__file__).resolve().parents[2]
DELAY = 0.4


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[RedisServer]:
    with serving_redis(tmp_path / "redis") as server:
        yield server


def start(sites: ManyHosts, server: RedisServer, archive: Path, *more: str) -> subprocess.Popen[str]:
    """A worker, named in its User-Agent by its archive."""
    where = ("-a", str(archive), "--frontier", server.url, "--contact", archive.name)
    how = ("--allow-private", "--depth", "50", "--delay", str(DELAY), "--parse-workers", "0", "--json")
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("worker.py")), "crawl", *sites.seeds, *where, *how, *more],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(worker: subprocess.Popen[str]) -> str:
    """What a worker said on stderr; it came to its end, in order."""
    _, said = worker.communicate(timeout=600)
    assert worker.returncode == 0, said
    assert "Traceback" not in said
    return said


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 600
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def start_together(sites: ManyHosts, server: RedisServer, archives: list[Path]) -> list[subprocess.Popen[str]]:
    """A worker an archive; the sites answer once all of them are at it."""
    sites.opened.clear()
    workers = [start(sites, server, archive) for archive in archives]
    with redis.Redis.from_url(server.url) as client:
        wait_for(lambda: sum(client.zcard(name) for name in client.scan_iter("seogo:*:workers")) == len(archives))
    sites.opened.set()
    return workers


def in_flight(server: RedisServer) -> list[str]:
    """The addresses that workers have taken and not acknowledged, by worker and site as they are there now."""
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        found = []
        [prefix] = {name.rpartition(":")[0] for name in client.scan_iter("seogo:*:seen")}
        for name in client.scan_iter(f"{prefix}:out:*"):
            for number in client.zrange(name, 0, -1):
                text = client.hget(f"{prefix}:request", number)
                assert isinstance(text, str)
                owner = client.hget(f"{prefix}:owners", name.rpartition(":out:")[2])
                found.append(f"{owner} {json.loads(text.partition(chr(10))[2])['url']}")
        return found


def overlaps(visits: list[Visit]) -> list[tuple[Visit, Visit]]:
    """Visits of two workers to one host at the same time."""
    ordered = sorted(visits, key=lambda visit: visit.begun)
    return [(a, b) for a, b in pairwise(ordered) if b.begun < a.ended and a.worker != b.worker]


def check_manners(sites: ManyHosts) -> None:
    by_host = defaultdict(list)
    for visit in sites.log:
        by_host[visit.host].append(visit)
    for visits in by_host.values():
        assert overlaps(visits) == []
        begun = sorted(visit.begun for visit in visits)
        assert keeps(DELAY, begun)
        soonest = min(later - earlier for earlier, later in pairwise(begun))
        # Nor two at once; the clock is the server's, which may be late with one and not with the next.
        assert soonest >= DELAY / 4, f"{soonest:.3f} s between two requests to a host"


def urls(sites: ManyHosts) -> Counter[str]:
    return Counter(f"http://{visit.host}:{sites.port}{visit.path}" for visit in sites.visits())


def stored(archive: Path) -> set[str]:
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as connection:
        return {url for (url,) in connection.execute("SELECT url FROM captures WHERE status = 200")}


def seogo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_killed_worker_loses_nothing_and_hosts_do_not_notice(tmp_path: Path, shared: RedisServer) -> None:
    archives = [tmp_path / f"worker-{number}" for number in range(3)]
    with serving(ManyHosts(hosts=9, pages=9, took=0.03)) as sites:
        workers = start_together(sites, shared, archives)
        wait_for(lambda: len({visit.worker for visit in sites.visits()}) == 3 and len(sites.visits()) > 25)
        os.killpg(workers[1].pid, signal.SIGKILL)
        workers[1].communicate()
        flying = {line.partition(" ")[2] for line in in_flight(shared)}
        for worker in (workers[0], workers[2]):
            ended(worker)
        assert set(urls(sites)) == sites.urls
        twice = {url for url, number in urls(sites).items() if number > 1}
        # Only what the killed one had asked for and nobody had acknowledged.
        asked = {f"http://{at.host}:{sites.port}{at.path}" for at in sites.visits() if at.worker == archives[1].name}
        assert twice <= flying & asked
        assert max(urls(sites).values()) <= 2
        check_manners(sites)
        kept = [stored(archive) for archive in archives]
        assert set.union(*kept) >= sites.urls
        assert {visit.worker for visit in sites.visits()} == {archive.name for archive in archives}
        pages = [found & sites.urls for found in kept]
        assert len(pages[0] & pages[2]) == 0
        with redis.Redis.from_url(shared.url) as client:
            # A host's delay may still run; it ends by itself.
            left = {name.decode().rpartition(":")[2] for name in client.scan_iter("seogo:*") if b":next:" not in name}
            assert left <= {"seen", "last", "interrupted", "idle", "workers"}
            assert all(0 < client.ttl(name) <= 60 for name in client.scan_iter("seogo:*:seen"))
    target = tmp_path / "merged"
    done = seogo("merge", *map(str, archives), "-a", str(target), "--json")
    assert done.returncode == 0, done.stderr
    assert stored(target) >= sites.urls
    assert seogo("verify", "-a", str(target)).returncode == 0
    with sqlite3.connect(target / "index.db") as db:
        both = "SELECT url FROM captures WHERE status = 200 GROUP BY url HAVING count(DISTINCT warc_file) > 1"
        stored_twice = {url for (url,) in db.execute(both)}
    # What the killed one had stored, whether its index knew of it or not, and another one fetched again.
    assert stored_twice <= twice
    assert json.loads(done.stdout)["duplicates"]["payloads"] == len(stored_twice)


def test_a_restart_of_redis_is_waited_out(tmp_path: Path, shared: RedisServer) -> None:
    archives = [tmp_path / f"worker-{number}" for number in range(2)]
    with serving(ManyHosts(hosts=4, pages=7)) as sites:
        workers = start_together(sites, shared, archives)
        wait_for(lambda: len(sites.visits()) > 8)
        shared.stop()
        time.sleep(1.0)
        shared.start()
        for worker in workers:
            ended(worker)
        assert set(urls(sites)) == sites.urls
        assert max(urls(sites).values()) == 1
        check_manners(sites)


def test_who_starts_late_does_not_begin_anew_unless_asked_to(tmp_path: Path, shared: RedisServer) -> None:
    with serving(ManyHosts(hosts=2, pages=1)) as sites:
        ended(start(sites, shared, tmp_path / "first"))
        assert set(urls(sites)) == sites.urls
        said = ended(start(sites, shared, tmp_path / "late"))
        assert "came to its end" in said
        assert "--fresh" in said
        assert max(urls(sites).values()) == 1
        ended(start(sites, shared, tmp_path / "fresh", "--fresh"))
        assert set(urls(sites).values()) == {2}


def test_where_a_seed_redirects_to_is_in_every_workers_scope(tmp_path: Path, shared: RedisServer) -> None:
    with serving(ManyHosts(hosts=2, pages=8)) as sites:
        first, second = sites.names
        sites.moved[f"{first}/"] = f"http://{second}:{sites.port}/"
        seed = ManyHosts(hosts=1, pages=0)
        seed.port = sites.port
        workers = [start(seed, shared, tmp_path / f"worker-{number}") for number in range(2)]
        for worker in workers:
            ended(worker)
        assert {url for url in urls(sites) if second in url} == {url for url in sites.urls if second in url}
