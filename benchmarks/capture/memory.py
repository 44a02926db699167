"""Resident memory of a whole crawl as people run it: `seogo crawl`, pages parsed, indexed, the frontier on disk."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_EVERY: Final = 1.0
_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the crawl: seconds since its beginning, the crawl's own memory and its parsers' in MB."""

    at: float
    own: int
    workers: int


@dataclass(frozen=True, slots=True)
class Grown:
    """A crawl's memory over time, its highest, what it stored, and how long it took."""

    samples: tuple[Sample, ...]
    peak: int
    captures: int
    seconds: float


def measure(origin: str, folder: Path | None = None) -> Grown:
    """Crawl `ORIGIN/tree` to its end in a folder that is gone afterwards, looking at it once a second."""
    with tempfile.TemporaryDirectory(prefix="memory-", dir=folder) as name:
        crawl = ["crawl", f"{origin}/tree", "--depth", "2", "--delay", "0", "--allow-private", "--no-requisites"]
        begun = time.monotonic()
        samples: list[Sample] = []
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", *crawl, "-a", name, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        ) as process:
            peak = 0
            while process.poll() is None:
                own = _status(process.pid)
                if own is not None and own[0]:
                    peak = max(peak, own[1])
                    others = [found[0] for child in _children(process.pid) if (found := _status(child)) is not None]
                    samples.append(Sample(time.monotonic() - begun, own[0], sum(others)))
                time.sleep(_EVERY)
            assert process.stdout is not None
            told = json.loads(process.stdout.read() or "{}")
        return Grown(tuple(samples), peak, int(told.get("captures", 0)), time.monotonic() - begun)


def table(grown: Grown) -> list[str]:
    """About twenty looks as Markdown, and the highest."""
    step = max(1, len(grown.samples) // _ROWS)
    lines = ["| minutes | the crawl, MB | its parsers, MB |", "|---:|---:|---:|"]
    lines += [f"| {one.at / 60:.1f} | {one.own} | {one.workers} |" for one in grown.samples[::step]]
    lines.append(f"\n{grown.captures} captures in {grown.seconds / 60:.1f} minutes; peak {grown.peak} MB")
    return lines


def _status(pid: int) -> tuple[int, int] | None:
    """Resident memory and its peak in MB; None when the process has gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = {name: int(value) // 1024 for name, value in re.findall(r"^Vm(RSS|HWM):\s+(\d+)", text, re.MULTILINE)}
    return (found["RSS"], found["HWM"]) if found.keys() >= {"RSS", "HWM"} else None


def _children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        direct = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return []
    return direct + [below for child in direct for below in _children(child)]
