"""How near a rebuild of the index comes to the bare parse of the same pages: `python -m benchmarks.index.rebuild`.

Both by the clock on all cores, in turns, medians: the bare parse is `parse_page` in a process a core, nothing read or
kept; `seogo reindex` reads the WARC, parses, writes the index and the full text. What it takes for ten pages is its
start, which an archive's rebuild pays once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.capture.pages import page
from benchmarks.scale.measure import archive
from crawler.parsers import parse_page


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    cores = os.cpu_count() or 1
    pages: int = arguments.pages
    made = [page(number) for number in range(pages)]
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        archive(small, 10)
        archive(large, pages)
        with multiprocessing.get_context("spawn").Pool(cores) as pool:
            pool.map(_parse, made[: 50 * cores])  # imports and warm caches
            bare, rebuilt, start = [], [], []
            for _ in range(arguments.rounds):
                bare.append(_seconds(lambda: pool.map(_parse, made, chunksize=25)))
                rebuilt.append(_seconds(lambda: _reindex(large, cores)))
                start.append(_seconds(lambda: _reindex(small, cores)))
    parse, begun = median(bare), median(start)
    whole = median(rebuilt)
    print(f"| {pages:,} pages, {cores} cores | seconds | pages/s | x the bare parse |\n|---|---:|---:|---:|")
    print(f"| the bare parse | {parse:.1f} | {pages / parse:.0f} | 1.00 |")
    print(f"| `seogo reindex --jobs {cores}` | {whole:.1f} | {pages / whole:.0f} | {whole / parse:.2f} |")
    rest = whole - begun
    print(f"| the same without its start of {begun:.1f} s | {rest:.1f} | {pages / rest:.0f} | {rest / parse:.2f} |")


def _parse(html: bytes) -> int:
    return len(parse_page(html, "https://news.example/article/1").links)


def _reindex(directory: Path, cores: int) -> None:
    command = [sys.executable, "-m", "crawler.cli", "reindex", "-a", str(directory), "--jobs", str(cores)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
