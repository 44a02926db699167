"""What the model stands on, measured here: bytes, seconds of CPU, and the shared frontier's memory.

`python -m benchmarks.scale --measure` writes them to measured.json, with a larger archive to check the model by. What
takes time is CPU time, or for what several processes do together time by the clock; each is the median of ROUNDS, which
alternate between what is compared.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from archive.commit import Writer
from archive.model import Exchange, Run
from archive.times import now, to_text
from benchmarks.capture.pages import page
from crawler.cli import main as seogo
from crawler.frontier.redis_store import Finished, RedisFrontier
from crawler.frontier.store import Entry

MEASURED = Path(__file__).with_name("measured.json")
SMALL, LARGE = 300, 900
FILES = 8
ENTRIES = 100_000
LINKS = 20
ROUNDS = 3


def measure() -> dict[str, Any]:
    """All of it, in some five minutes on an idle machine."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large")
        made = [
            (archive(Path(folder, f"small{number}"), SMALL), archive(Path(folder, f"large{number}"), LARGE))
            for number in range(ROUNDS)
        ]
        Path(folder, "large0").rename(large)
        found: dict[str, Any] = {
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "small": medians([small for small, _ in made]),
            "large": medians([large for _, large in made]),
            "reindex": reindexing(large),
            "merge": medians([merging(large, Path(folder, f"merged{number}")) for number in range(ROUNDS)]),
            "frontier": frontier(Path(folder)),
            "crawl": crawling(Path(folder)),
        }
    return found


def medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def archive(directory: Path, pages: int) -> dict[str, float]:
    """Store so many pages in FILES files, index and parse them: bytes a page, seconds of CPU a page."""
    exchanges = [_exchange(number) for number in range(pages)]
    begun = _cpu()
    for part in range(FILES):
        run = Run(id=str(uuid.uuid4()), site="news.example", started_at=to_text(now()))
        with Writer.open(directory, run) as writer:
            for number in range(part * pages // FILES, (part + 1) * pages // FILES):
                writer.store(exchanges[number], parse=True)
                if writer.due():
                    writer.commit()
            writer.close("finished", {})
        for path in (directory / "archive").iterdir():
            # As if by another machine: the next run begins a file of its own.
            if ".part" not in path.name:
                path.rename(path.with_name(path.name.replace(".warc.gz", f".part{part}.warc.gz")))
        (directory / "index.db").unlink()
    stored = _cpu()
    _quietly("reindex", "-a", str(directory), "--jobs", "0")
    parsed = _cpu()
    warc = sum(path.stat().st_size for path in (directory / "archive").iterdir())
    return {
        "pages": pages,
        "warc_bytes": warc / pages,
        "index_bytes": (directory / "index.db").stat().st_size / pages,
        "store_cpu": (stored - begun) / pages,
        "index_cpu": (parsed - stored) / pages,
    }


def crawling(folder: Path) -> dict[str, float]:
    """Seconds of CPU that a crawl's processes take for a page: fetched, stored, parsed, indexed."""
    with _served() as origin:

        def crawl(pages: int, part: int) -> float:
            urls = [f"{origin}/article/{number}" for number in range(pages)]
            how = ("--depth", "0", "--delay", "0", "--allow-private", "--parse-workers", "1", "--json")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [
                sys.executable,
                "-m",
                "crawler.cli",
                "crawl",
                *urls,
                "-a",
                str(folder / f"crawl{pages}-{part}"),
                *how,
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        # What a process costs that does nothing is no page's.
        spent = [(crawl(SMALL, part) - crawl(10, part)) / (SMALL - 10) for part in range(ROUNDS)]
        return {"pages": SMALL, "cpu": median(spent)}


@contextmanager
def _served() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = self.path.rpartition("/")[2]
            body = gzip.compress(page(int(number)), 6, mtime=0) if number.isdigit() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if body:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def reindexing(directory: Path) -> dict[str, float]:
    """Seconds that a rebuild takes: with the built-in pool, and on a cluster of as many processes."""
    from distributed import LocalCluster

    workers = str(min(2, os.cpu_count() or 1))
    begun = time.perf_counter()
    with LocalCluster(n_workers=int(workers), threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as there:
        ready = time.perf_counter() - begun
        cluster = ("--engine", "dask", "--scheduler", there.scheduler_address)
        rounds = [
            {
                "pool": _seconds("reindex", "-a", str(directory), "--jobs", workers),
                "dask": _seconds("reindex", "-a", str(directory), *cluster),
            }
            for _ in range(ROUNDS)
        ]
    return {"processes": int(workers), "pages": LARGE, **medians(rounds), "cluster_start": ready}


def merging(source: Path, target: Path) -> dict[str, float]:
    """Seconds of CPU that a merge of one archive into an empty one takes, and one that finds all there already."""
    begun = _cpu()
    _quietly("merge", str(source), "-a", str(target))
    first = _cpu()
    _quietly("merge", str(source), "-a", str(target))
    return {"pages": LARGE, "first": first - begun, "again": _cpu() - first}


def frontier(folder: Path) -> dict[str, float]:
    """Bytes of Redis an entry that waits and one that was seen; pages a second that are taken and acknowledged."""
    with _redis(folder) as client:
        shared = RedisFrontier(client, "bench", refused=lambda *_: None)
        shared.open(fresh=False)
        empty = _memory(client)
        for first in range(0, ENTRIES, 500):
            shared.add(_entry(number) for number in range(first, first + 500))
        waiting = _memory(client)
        begun = time.perf_counter()
        pages = 0
        while time.perf_counter() - begun < 5 and (leased := shared.lease(8)) is not None:
            site, _, rows = leased
            while rows:
                # The links of a page are those of the page before, for the most part.
                links = tuple(_entry(number) for number in range(pages % ENTRIES, pages % ENTRIES + LINKS))
                shared.acknowledge([Finished(site, row.id, links) for row in rows])
                pages += len(rows)
                rows = shared.take(site, 8)
            shared.release(site, {})
        rate = pages / (time.perf_counter() - begun)
        client.flushall()
        fingerprints = [_entry(number).fingerprint for number in range(ENTRIES)]
        for first in range(0, ENTRIES, 500):
            client.sadd("seen", *fingerprints[first : first + 500])
        seen = _memory(client)
    return {
        "waiting_bytes": (waiting - empty) / ENTRIES,
        "seen_bytes": (seen - empty) / ENTRIES,
        "pages_a_second": rate,
        "links_a_page": LINKS,
    }


def _exchange(number: int) -> Exchange:
    body = gzip.compress(page(number), 6, mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    url = f"http://news.example/article/{number}"
    request = b"GET /article/%d HTTP/1.1\r\nHost: news.example\r\nUser-Agent: Seogo\r\n\r\n" % number
    return Exchange(url, now(), request, head + b"Content-Length: %d\r\n\r\n" % len(body), body, "wire", "203.0.113.7")


def _entry(number: int) -> Entry:
    host = f"site{number % 500}.example"
    url = f"https://www.{host}/news/2026/view.html?nid={number}"
    request = {"url": url, "callback": "page", "errback": "failed", "meta": {"role": "page", "hops": 3}, "priority": 7}
    return Entry(uuid.uuid5(uuid.NAMESPACE_URL, url).bytes, host, 7, to_text(now()), json.dumps(request))


@contextmanager
def _redis(folder: Path) -> Iterator[Any]:
    import redis

    if shutil.which("redis-server") is None:
        sys.exit("the measurement needs Debian's redis-server")
    socket = folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            time.sleep(0.02)
        with redis.Redis(unix_socket_path=str(socket)) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


def _memory(client: Any) -> int:
    return int(client.info("memory")["used_memory"])


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _seconds(*arguments: str) -> float:
    begun = time.perf_counter()
    _quietly(*arguments)
    return time.perf_counter() - begun


def _quietly(*arguments: str) -> None:
    try:
        seogo([*arguments, "--json"])
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"seogo {' '.join(arguments)} ended with {ended.code}")
