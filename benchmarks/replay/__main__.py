"""How fast the safe view is out of a million captures, and beside pywb on the same WARC, in one run.

python -m benchmarks.replay                      the whole: 1 M captures, 5 rounds
python -m benchmarks.replay --captures 10000 --rounds 1     a quick look

A page is 60 KB of HTML with 200 links and 80 pictures; both tools rewrite every address in it, ours takes the scripts
out and puts its bar below, with neighbours, blocks and versions from the index. Each server has one core and the client
another. pywb has the same WARC file with an index of these pages alone, without the haystack.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.replay import pages
from benchmarks.replay.asking import Asked, Server, ask
from benchmarks.replay.environments import environment

ROOT = Path(__file__).parents[2]
PAGES = 400


def cores() -> tuple[set[int], set[int]]:
    """A core for the client and another for the server; one for both where there is no other."""
    found = sorted(os.sched_getaffinity(0))
    return {found[0]}, {found[-1]}


@contextlib.contextmanager
def seogo(directory: Path) -> Iterator[Server]:
    """`seogo serve` on the archive: its replay."""
    command = [sys.executable, "-m", "crawler.cli", "serve", "-a", str(directory), "--port", "0", "--replay-port", "0"]
    core = cores()[1]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, core)
    ) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if found := re.match(r"Replay +(http\S+?)/\s", line):
                    # By number: a name would be looked up for each connection.
                    yield Server(found[1].replace("localhost", "127.0.0.1"), server.pid)
                    return
            raise SystemExit("seogo serve did not start")
        finally:
            server.terminate()


@contextlib.contextmanager
def pywb(directory: Path, place: Path) -> Iterator[Server]:
    """pywb on the same WARC file, with its own index."""
    binaries = environment("pywb")
    (place / "collections" / "news" / "indexes").mkdir(parents=True)
    (place / "collections" / "news" / "archive").symlink_to(directory / "archive")
    subprocess.run([f"{binaries}/wb-manager", "reindex", "news"], cwd=place, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    core = cores()[1]
    with subprocess.Popen(
        [f"{binaries}/wayback", "-b", "127.0.0.1", "-p", str(port)],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    ) as server:
        origin = f"http://127.0.0.1:{port}"
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(origin, timeout=2).read()
                    break
                time.sleep(0.1)
            yield Server(origin, server.pid)
        finally:
            server.terminate()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The safe view out of many captures, and beside pywb.")
    parser.add_argument("--captures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="a round")
    options = parser.parse_args()
    os.sched_setaffinity(0, cores()[0])
    with tempfile.TemporaryDirectory(prefix="replay-") as name, contextlib.ExitStack() as stack:
        directory = Path(name) / "archive"
        begun = time.monotonic()
        pages.write(directory, PAGES)
        pages.add_haystack(directory, options.captures, PAGES)
        print(f"{options.captures:,} captures, {PAGES} of them in the WARC: made in {time.monotonic() - begun:.0f} s")
        ours = stack.enter_context(seogo(directory))
        theirs = stack.enter_context(pywb(directory, Path(name) / "pywb"))
        _compare(ours, theirs, options.rounds, options.requests)


def _compare(ours: Server, theirs: Server, rounds: int, requests: int) -> None:
    numbers = [number % PAGES for number in range(requests)]
    stamps = [pages.moment(number).strftime("%Y%m%d%H%M%S") for number in numbers]
    urls = [pages.address(number) for number in numbers]
    marks = ["많이 본 기사"] * requests
    own = [f"/web/{stamp}/{url}" for stamp, url in zip(stamps, urls, strict=True)]
    other = [f"/news/{stamp}mp_/{url}" for stamp, url in zip(stamps, urls, strict=True)]
    for server, paths in ((ours, own), (theirs, other)):
        ask(server, paths[:20], marks[:20])
    found: dict[str, list[Asked]] = {"seogo": [], "pywb": [], "seogo 20": [], "pywb 20": []}
    for _ in range(rounds):
        found["seogo"].append(ask(ours, own, marks))
        found["pywb"].append(ask(theirs, other, marks))
        found["seogo 20"].append(ask(ours, own, marks, 20))
        found["pywb 20"].append(ask(theirs, other, marks, 20))
    print("\n                 p50 ms   p95 ms   pages/s   CPU ms a page   errors   KB a page")
    for kind, all_asked in found.items():
        middle = [median(one.percentile(share) for one in all_asked) for share in (0.5, 0.95)]
        rate = median(one.rate for one in all_asked)
        cpu = median(one.cpu_each for one in all_asked)
        errors = [error for one in all_asked for error in one.errors]
        size = all_asked[0].size / max(1, len(all_asked[0].each)) / 1000
        print(f"{kind:15} {middle[0]:8.1f} {middle[1]:8.1f} {rate:9.1f} {cpu:15.1f} {len(errors):8} {size:11.0f}")
        for error in errors[:3]:
            print(f"    {error}")
    for suffix, what in (("", "one request at a time"), (" 20", "20 at once")):
        pairs = list(zip(found["seogo" + suffix], found["pywb" + suffix], strict=True))
        rate, cpu = median(a.rate / b.rate for a, b in pairs), median(b.cpu_each / a.cpu_each for a, b in pairs)
        print(f"seogo to pywb, {what}: {rate:.2f} x the pages a second, {cpu:.2f} x the pages a second of CPU time")


if __name__ == "__main__":
    main()
