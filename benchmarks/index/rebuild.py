"""How near a rebuild of the index comes to the bare parse of the same pages: `python -m benchmarks.index.rebuild`.

Both on all cores, in turns, medians: the bare parse is `parse_page` in a process a core, of pages that wait in memory,
nothing read or kept; `seogo reindex` reads the WARC and decodes it, parses, writes the index and the full text. What it
takes for so few pages that each process just begins is its start, which an archive's rebuild pays once. CPU time is
that of all processes together: a machine that is busy with other things changes it less than the clock.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
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

# Pages of the archive whose rebuild tells the start, for each core: more than one batch.
_FEW = 40


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
        archive(small, few := _FEW * cores)
        archive(large, pages)
        with multiprocessing.get_context("spawn").Pool(cores) as pool:
            pool.map(_parse, made[: 50 * cores])  # imports and warm caches
            bare, rebuilt, start = [], [], []
            for _ in range(arguments.rounds):
                bare.append(_taken(lambda: sum(pool.map(_parse, made, chunksize=25))))
                rebuilt.append(_taken(lambda: _reindex(large, cores)))
                start.append(_taken(lambda: _reindex(small, cores)))
    parse, whole, begun = (
        (median(clock for clock, _ in rounds), median(cpu for _, cpu in rounds)) for rounds in (bare, rebuilt, start)
    )
    print(f"| {pages:,} pages, {cores} cores | seconds | pages/s | x the bare parse | CPU ms a page | x its CPU |")
    print("|---|---:|---:|---:|---:|---:|")
    start_of = f"the same but for its start and first {few} pages, {begun[0]:.1f} s"
    for name, clock, cpu, count in (
        ("the bare parse", *parse, pages),
        (f"`seogo reindex --jobs {cores}`", *whole, pages),
        (start_of, whole[0] - begun[0], whole[1] - begun[1], pages - few),
    ):
        slower = clock / count * pages / parse[0]
        dearer = cpu / count * pages / parse[1]
        print(
            f"| {name} | {clock:.1f} | {count / clock:.0f} | {slower:.2f} | {cpu / count * 1000:.2f} | {dearer:.2f} |"
        )


def _parse(html: bytes) -> float:
    begun = time.process_time()
    parse_page(html, "https://news.example/article/1")
    return time.process_time() - begun


def _reindex(directory: Path, cores: int) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "crawler.cli", "reindex", "-a", str(directory), "--jobs", str(cores)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _taken(work: Callable[[], float]) -> tuple[float, float]:
    """Seconds by the clock that work takes, and those of CPU that it says it took."""
    begun = time.perf_counter()
    cpu = work()
    return time.perf_counter() - begun, cpu


if __name__ == "__main__":
    main()
