"""How fast and in how much memory pages are fetched and archived, beside Scrapy alone and other archivers, in one run.

python -m benchmarks.capture                    the table: rounds interleaved, medians
python -m benchmarks.capture --pages 6000       more pages
python -m benchmarks.capture --big 12           memory with 50 MB bodies instead
python -m benchmarks.capture --memory 100000    memory of `seogo crawl` over so many pages, parsed and indexed
python -m benchmarks.capture --only plain capture --rounds 1

The server has one core and each client another; a page is 60 KB of HTML, about 17 KB gzipped, and no two are equal.
Wall time is the server's, from the first page's request to the last page's answer; CPU time is the client's own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.capture import memory
from benchmarks.peers import cores, environment

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Measure:
    """One crawl: pages a second by the clock and by CPU time, resident memory in MB over time, and its peak."""

    wall: float
    cpu: float | None
    memory: tuple[int, ...]
    peak: int | None


ROWS = {
    "plain": "Scrapy that only fetches",
    "uvloop": "the same with uvloop",
    "tuned": "the same with one task a response, as Seogo has it",
    "capture": "Seogo: fetch and archive",
    "frontier": "Seogo: the same with the durable frontier",
    "webarchive": "scrapy-webarchive, with its older Scrapy",
    "wget": "wget --mirror --warc-file",
}


@contextlib.contextmanager
def serving(folder: Path, count: int, core: set[int]) -> Iterator[str]:
    """The server in a process of its own, on these cores; its origin."""
    command = [sys.executable, "-m", "benchmarks.capture.server", str(folder), str(count)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=lambda: os.sched_setaffinity(0, core)
    ) as server:
        assert server.stdout is not None
        try:
            port = server.stdout.readline().strip()
            if not port:
                raise SystemExit("the server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def command(kind: str, origin: str, count: int, folder: Path, peers: Path | None) -> list[str]:
    """How a kind of client is run."""
    if kind == "wget":
        # Without its rate limits and log; it parses each page for links, as mirroring wants.
        return ["wget", "--quiet", "--mirror", "--no-warc-keep-log", f"--warc-file={folder / 'wget'}", f"{origin}/"]
    if kind in ("capture", "frontier"):
        return [sys.executable, "-m", "benchmarks.capture.ours", kind, origin, str(count), str(folder)]
    python = str(peers) if kind == "webarchive" else sys.executable
    return [python, str(HERE / "plain.py"), kind, origin, str(count), str(folder)]


def measure(kind: str, origin: str, count: int, peers: Path | None) -> Measure:
    """Run one client once, on its core, in a folder that is gone afterwards."""
    core = cores()[0]
    span(origin)
    with tempfile.TemporaryDirectory(prefix="capture-") as name:
        before = os.times()
        done = subprocess.run(
            command(kind, origin, count, Path(name), peers),
            cwd=name if kind == "wget" else ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)} if kind != "webarchive" else None,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: os.sched_setaffinity(0, core),
        )
        after = os.times()
    seconds, fetched = span(origin)
    if fetched != abs(count):
        raise SystemExit(f"{kind} fetched {fetched} of {abs(count)} pages: {done.stderr[-2000:]}")
    if kind == "wget":
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Measure(fetched / seconds, fetched / cpu, (), None)
    told = json.loads(done.stdout.splitlines()[-1])
    return Measure(fetched / seconds, fetched / told["cpu"], tuple(told["memory"]), told["peak"])


def span(origin: str) -> tuple[float, int]:
    """What the server counted since it was last asked."""
    with urllib.request.urlopen(f"{origin}/span", timeout=30) as answer:
        said = json.load(answer)
    return float(said["seconds"]), int(said["pages"])


def table(measured: dict[str, list[Measure]]) -> list[str]:
    """The medians as Markdown; ratios are to the rows of Scrapy alone."""
    walls = {kind: median(one.wall for one in runs) for kind, runs in measured.items()}
    lines = [
        "| what | pages/s | x Scrapy | x Scrapy, uvloop | pages a CPU second | x Scrapy | x Scrapy, uvloop "
        "| memory, MB: after 10 % … at the end, peak |",
        "|---|" + "---:|" * 6 + "---|",
    ]
    cpus = {kind: median(one.cpu for one in runs if one.cpu) for kind, runs in measured.items()}
    for kind, runs in measured.items():
        cells = []
        for rates in (walls, cpus):
            cells.append(f"{rates[kind]:.0f}" if rates[kind] > 10 else f"{rates[kind]:.2f}")
            cells += [f"{rates[kind] / rates[base]:.2f}" if base in rates else "-" for base in ("plain", "uvloop")]
        peaks = [one.peak for one in runs if one.peak]
        memory = runs[-1].memory
        shown = f"{memory[0]} … {memory[-1]}, {max(peaks)}" if memory and peaks else "-"
        lines.append(f"| {ROWS[kind]} | {' | '.join(cells)} | {shown} |")
    return lines


def memory_table(measured: dict[str, list[Measure]]) -> list[str]:
    """The medians of the peaks as Markdown."""
    peaks = {kind: median(one.peak or 0 for one in runs) for kind, runs in measured.items()}
    lines = ["| what | peak of resident memory, MB | x Scrapy | x Scrapy, uvloop |", "|---|---:|---:|---:|"]
    for kind, peak in peaks.items():
        ratios = [f"{peak / peaks[base]:.2f}" if base in peaks else "-" for base in ("plain", "uvloop")]
        lines.append(f"| {ROWS[kind]} | {peak:.0f} | {' | '.join(ratios)} |")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.capture", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--big", type=int, default=0, help="fetch so many 50 MB bodies instead of pages")
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="memory over a whole crawl of N pages")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=ROWS, help="these rows alone")
    parser.add_argument("--environment", type=Path, default=Path(".bench/capture"))
    options = parser.parse_args()
    folder: Path = options.environment.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if options.memory:
        with serving(folder, options.memory, cores()[1]) as origin:
            print("\n".join(memory.table(memory.measure(origin))))
        return 0
    kinds = options.only or [kind for kind in ROWS if not (options.big and kind == "wget")]
    if options.big and "wget" in kinds:
        parser.error("wget has no list of large bodies to mirror")
    if "wget" in kinds and shutil.which("wget") is None:
        print("wget is not installed: its row is left out", file=sys.stderr)
        kinds = [kind for kind in kinds if kind != "wget"]
    peers = environment(folder / "peers", HERE / "peers.lock") if "webarchive" in kinds else None
    measured: dict[str, list[Measure]] = {kind: [] for kind in kinds}
    count = -options.big or options.pages
    with serving(folder, options.pages, cores()[1]) as origin:
        for _ in range(options.rounds):
            for kind in kinds:
                measured[kind].append(measure(kind, origin, count, peers))
                print(f"{kind}: {measured[kind][-1]}", file=sys.stderr)
    print("\n".join(memory_table(measured) if options.big else table(measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
