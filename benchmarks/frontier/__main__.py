"""The frontier by itself, and politeness side by side: `python -m benchmarks.frontier`.

Prints requests a second into and out of the file, memory with a million queued, and how evenly ten hosts are visited
at 0.3 s each, one of them slow.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from crawler.frontier.store import Entry, Frontier

REQUEST = '{"url":"https://host%d.example/news/view.html?no=%d","callback":"page","errback":"failed","meta":{"hops":2}}'
HOSTS = 200
DELAY = 0.3
PAGES = 8


def throughput(path: Path, queued: int) -> tuple[float, float, float]:
    """Requests a second in and out, links a page at a time, and the peak of memory in MB."""
    frontier = Frontier.open(path, "benchmark")
    started = time.perf_counter()
    for first in range(0, queued, 50):
        frontier.add(
            Entry(
                number.to_bytes(16, "big"), f"host{number % HOSTS}.example", 0, "", REQUEST % (number % HOSTS, number)
            )
            for number in range(first, first + 50)
        )
    filled = time.perf_counter()
    taken = 0
    for host in frontier.waiting():
        while rows := frontier.take(host, 8):
            frontier.acknowledge([row.id for row in rows], [])
            taken += len(rows)
            if taken >= 100_000:
                break
        if taken >= 100_000:
            break
    emptied = time.perf_counter()
    frontier.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return queued / (filled - started), taken / (emptied - filled), peak


async def serve(visits: dict[str, list[float]], stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Ten hosts on loopback, each with PAGES pages that link to each other; the last answers after two seconds."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ")[1].decode()
                if path == "/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                visits.setdefault(host, []).append(time.perf_counter())
                if host == ADDRESSES[-1]:
                    await asyncio.sleep(2)
                links = "".join(f'<p><a href="/{number}">page {number} of {host}</a></p>' for number in range(PAGES))
                page = f"<!doctype html><title>{path}</title><h1>{path}</h1>{links}".encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, ADDRESSES, PORT)
    async with server:
        ready.set()
        await stop.wait()


ADDRESSES = [f"127.0.0.{number}" for number in range(11, 21)]
PORT = 18080


async def politeness(archive: Path) -> dict[str, list[float]]:
    """When each host was visited by one `seogo crawl` of all ten."""
    visits: dict[str, list[float]] = {}
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(visits, stop, ready))
    await ready.wait()
    urls = [f"http://{address}:{PORT}/" for address in ADDRESSES]
    command = [
        "-m",
        "crawler.cli",
        "crawl",
        *urls,
        "--allow-private",
        "--delay",
        str(DELAY),
        "-a",
        str(archive),
        "--json",
    ]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=subprocess.DEVNULL)
    await process.wait()
    stop.set()
    await serving
    return visits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.frontier", description=__doc__)
    parser.add_argument("--queued", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        into, out, peak = throughput(Path(folder) / "frontier.db", options.queued)
        print(f"| requests in, a second | {into:,.0f} |")
        print(f"| requests out and acknowledged, a second | {out:,.0f} |")
        print(f"| peak memory with {options.queued:,} queued | {peak:.0f} MB |")
        visits = asyncio.run(politeness(Path(folder) / "archive"))
    for address in ADDRESSES:
        times = visits.get(address, [])
        gaps = [after - before for before, after in pairwise(times)]
        shown = f"median {median(gaps):.2f} s, longest {max(gaps):.2f} s" if gaps else "-"
        print(
            f"| {address}{' (answers after 2 s)' if address == ADDRESSES[-1] else ''} | {len(times)} pages, {shown} |"
        )


if __name__ == "__main__":
    main()
