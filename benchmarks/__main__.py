"""All benchmarks, one after the other, as one Markdown page: `make bench`.

python -m benchmarks --only whole parts           some of them
python -m benchmarks --corpus ../shared/corpus    with the one that needs a corpus of news pages
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Titles and modules in the order of the page.
BENCHMARKS = {
    "whole": ("The whole path", ["benchmarks.whole"]),
    "parts": ("Its parts alone", ["benchmarks.whole.parts"]),
    "anatomy": ("Anatomy, on a corpus of news pages", ["benchmarks.anatomy"]),
    "capture": ("Fetch and archive", ["benchmarks.capture"]),
    "frontier": ("Frontier", ["benchmarks.frontier"]),
    "index": ("Index", ["benchmarks.index"]),
    "replay": ("Replay", ["benchmarks.replay"]),
    "storage": ("Storage: a month of hourly fetches", ["benchmarks.storage"]),
    "scale": ("One machine, ten, a thousand", ["benchmarks.scale", "--measure"]),
}


def machine() -> str:
    """What the figures were measured on, in a sentence."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    libraries = ", ".join(f"{name} {version(name)}" for name in ("Scrapy", "lxml", "uvloop", "warcio", "msgspec"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{date.today()}: {cores} cores of {model}, Python {platform.python_version()}, {libraries}."


def main() -> int:
    """Run them; the tables on standard output, what goes on on standard error."""
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS))
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    print(f"# Benchmarks\n\n{machine()}", flush=True)
    failed = []
    for name in options.only:
        title, module = BENCHMARKS[name]
        more = ["--corpus", str(options.corpus)] if name == "anatomy" and options.corpus else []
        print(f"\n## {title}\n\n`python -m {' '.join(module)}`\n", flush=True)
        if name == "anatomy" and not more:
            print("Left out: it needs a corpus of news pages with answers (`--corpus DIR`).", flush=True)
        elif subprocess.run([sys.executable, "-m", *module, *more], cwd=ROOT, check=False).returncode:
            failed.append(name)
            print("It failed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
