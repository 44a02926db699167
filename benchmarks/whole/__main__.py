"""The whole path in one run: fetch pages, archive them, extract body and metadata, make them searchable.

python -m benchmarks.whole                       the table: rounds interleaved, medians and spread
python -m benchmarks.whole --pages 600 --rounds 1
python -m benchmarks.whole --only plain seogo

Pages have 60 KB, gzipped on the wire, no two alike, half of them Korean, with a ranked list, sections and repeats.
Wall time is from the first page's request, by the server's clock, to the end of the client's process, when everything
can be searched; the server runs beside it on the same cores. Memory is that of the client's whole process tree.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.capture.__main__ import serving
from benchmarks.peers import environment, everywhere

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEOGO = Path(sys.executable).with_name("seogo")

ROWS = {
    "plain": "Scrapy that only fetches",
    "seogo": "Seogo: fetch, archive, take apart, index",
    "byhand": "Scrapy + warcio + trafilatura + FTS5 by hand",
    "wget": "wget --mirror --warc-file, then trafilatura over the WARC, FTS5",
    "newsplease": "news-please with its files, then FTS5 (English pages)",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One run: pages a second, the client's CPU in ms a page, peak memory of its processes in MB."""

    rate: float
    cpu: float
    memory: int


def asked(kind: str, pages: int) -> int:
    """How many pages a client fetches."""
    # For Korean pages news-please downloads a model at run time: it gets the English half.
    return pages // 2 if kind == "newsplease" else pages


def commands(kind: str, origin: str, count: int, folder: Path, peers: Path) -> list[list[str]]:
    """What is run, one command after the other."""
    byhand = [str(peers), str(HERE / "byhand.py")]
    if kind == "plain":
        plain = str(ROOT / "benchmarks" / "capture" / "plain.py")
        return [[sys.executable, plain, "plain", origin, str(count), str(folder)]]
    if kind == "seogo":
        crawl = [str(SEOGO), "crawl", f"{origin}/", "--depth", "1", "--delay", "0", "--allow-private"]
        return [[*crawl, "--no-requisites", "--json", "-a", str(folder)]]
    if kind == "wget":
        mirror = ["wget", "--quiet", "--mirror", "--level=1", "--no-warc-keep-log", f"--warc-file={folder / 'wget'}"]
        return [[*mirror, f"{origin}/"], [*byhand, "warc", str(folder / "wget.warc.gz"), str(folder)]]
    return [[*byhand, "crawl" if kind == "byhand" else kind, origin, str(count), str(folder)]]


def searchable(kind: str, folder: Path) -> int:
    """How many articles can be found in the index that was made."""
    if kind == "seogo":
        with contextlib.closing(sqlite3.connect(folder / "index.db")) as db:
            return int(db.execute("SELECT count(*) FROM articles WHERE title IS NOT NULL").fetchone()[0])
    with contextlib.closing(sqlite3.connect(folder / "articles.db")) as db:
        return int(db.execute("SELECT count(*) FROM article WHERE text <> ''").fetchone()[0])


def measure(kind: str, origin: str, count: int, peers: Path) -> Measure:
    """Run one client once, in a folder that is gone afterwards."""
    span(origin)
    with tempfile.TemporaryDirectory(prefix="whole-") as name:
        folder = Path(name)
        before = os.times()
        peak = 0
        for command in commands(kind, origin, count, folder, peers):
            with (folder / "said").open("w+b") as said:
                process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
                peak = max(peak, watched(process))
                if process.returncode not in (0, 8 if kind == "wget" else 0):  # wget: a link of a page was not there
                    said.seek(0)
                    raise SystemExit(f"{kind} failed: {said.read()[-2000:].decode(errors='replace')}")
        ended = time.perf_counter()
        after = os.times()
        begun, fetched = span(origin)
        if fetched < count:
            raise SystemExit(f"{kind} fetched {fetched} of {count} pages")
        if kind != "plain" and searchable(kind, folder) < count * 0.99:
            raise SystemExit(f"{kind} made {searchable(kind, folder)} of {count} pages searchable")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measure(count / (ended - begun), cpu * 1000 / count, peak)


def watched(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process; the peak of the resident memory of it and its children together, in MB, sampled."""
    peak = 0
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not done.wait(0.25):
            peak = max(peak, sum(resident(one) for one in tree(process.pid)))

    thread = threading.Thread(target=sample)
    thread.start()
    process.wait()
    done.set()
    thread.join()
    return peak // 1024


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return []
    return [pid, *(below for child in children for below in tree(child))]


def resident(pid: int) -> int:
    """Resident memory in KB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    return 0


def span(origin: str) -> tuple[float, int]:
    """When the first page was asked for, by the clock that processes share, and how many were answered, since then."""
    with urllib.request.urlopen(f"{origin}/span", timeout=30) as answer:
        said = json.load(answer)
    return float(said["begun"]), int(said["pages"])


def table(measured: dict[str, list[Measure]], count: int) -> list[str]:
    """The medians as Markdown, with the spread of the rates, and ratios to Seogo's and to plain Scrapy's rate."""
    rates = {kind: median(one.rate for one in runs) for kind, runs in measured.items()}
    lines = [
        "| what | pages | pages/s (least to most) | x Scrapy alone | Seogo is faster by | CPU ms a page | memory, MB |",
        "|---|" + "---:|" * 6,
    ]
    for kind, runs in measured.items():
        spread = sorted(one.rate for one in runs)
        cells = [
            str(asked(kind, count)),
            f"{rates[kind]:.1f} ({spread[0]:.1f} to {spread[-1]:.1f})",
            f"{rates[kind] / rates['plain']:.2f}" if "plain" in rates else "-",
            f"{rates['seogo'] / rates[kind]:.2f}" if "seogo" in rates else "-",
            f"{median(one.cpu for one in runs):.1f}",
            str(max(one.memory for one in runs)),
        ]
        lines.append(f"| {ROWS[kind]} | {' | '.join(cells)} |")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.whole", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=ROWS, help="these rows alone")
    parser.add_argument("--environment", type=Path, default=Path(".bench/whole"))
    options = parser.parse_args()
    folder: Path = options.environment.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    kinds = options.only or list(ROWS)
    if "wget" in kinds and shutil.which("wget") is None:
        print("wget is not installed: its row is left out", file=sys.stderr)
        kinds = [kind for kind in kinds if kind != "wget"]
    peers = Path(sys.executable)
    if not {"byhand", "wget", "newsplease"}.isdisjoint(kinds):
        peers = environment(folder / "peers", HERE / "peers.lock")
    measured: dict[str, list[Measure]] = {kind: [] for kind in kinds}
    with serving(folder, options.pages, everywhere()) as origin:
        for _ in range(options.rounds):
            for kind in kinds:
                count = asked(kind, options.pages)
                measured[kind].append(measure(kind, origin, count, peers))
                print(f"{kind}: {measured[kind][-1]}", file=sys.stderr)
    print("\n".join(table(measured, options.pages)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
