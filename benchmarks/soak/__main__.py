"""A month of jobs on a fast clock: `python -m benchmarks.soak [--days 30] [--sites 10] [--keep DIR]`.

Real processes, sockets and kills; the clock runs twenty times faster than life and leaps between what happens. Ends
with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.soak import judge, scenario
from benchmarks.soak.clock import FastClock
from benchmarks.soak.machine import ROOT, Machine, growth
from benchmarks.soak.scenario import BEGIN, DELAY, STEP, Event
from benchmarks.soak.sites import SoakSite, serving
from crawler.jobs.file import load

MOST_GROWTH = 1.15
"""Memory of a resident process, late against early: above this it is not flat."""

MOST_MEMORY = 150
"""What a resident process may hold at most, in MB, however short it lived."""

_WARM = 24
"""Rounds after which a process has all loaded that it ever loads: its memory early and late can be compared."""

_MOST_STEPS = 24
"""Two days: by then each job was due."""


@contextmanager
def receiver(told: list[dict[str, Any]]) -> Iterator[str]:
    """A webhook that keeps what it is told."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["events"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class Month:
    """Goes through the month step by step."""

    def __init__(self, machine: Machine, days: float, sites: list[SoakSite]) -> None:
        self.machine, self.clock, self.sites = machine, machine.clock, sites
        self.end = BEGIN + timedelta(days=days)
        self.pending = scenario.events(days)
        self.resident = True
        self.kills = 0
        self.cut: set[str] = set()
        self.jumps: list[tuple[datetime, datetime]] = []
        self.chance = random.Random(7)

    def run(self) -> None:
        """From the first start to the end."""
        self.clock.set(BEGIN)
        self.machine.watch()
        self._go()
        while self.clock.now() < self.end:
            self.clock.leap(STEP)
            while self.pending and self.clock.now() >= self.pending[0].at:
                self._happen(self.pending.pop(0))
                self._go()
            self._go()
        # The last starts have their time.
        self.machine.stop()

    def _go(self) -> None:
        if self.resident:
            self.machine.watch()
            self.machine.settle()
        else:
            self.machine.timer()

    def _happen(self, event: Event) -> None:
        machine = self.machine
        if event.what == "kill":
            self._in_a_run()
            time.sleep(self.chance.uniform(0.0, 1.5))
            self.cut |= machine.kill()
            self.kills += 1
        elif event.what == "asleep":
            machine.stop()
            self.clock.leap(event.span)
        elif event.what == "timers":
            machine.stop()
            self.resident = False
        elif event.what == "resident":
            self.resident = True
        else:
            if event.what.endswith("in a run"):
                self._in_a_run()
            before = self.clock.now()
            self.clock.leap(event.span)
            if event.span < timedelta(0):
                self.jumps.append((self.clock.now(), before))

    def _in_a_run(self) -> None:
        """Go on until something runs."""
        for _ in range(_MOST_STEPS):
            if self.machine.in_a_run(lambda: sum(len(site.log) for site in self.sites)):
                return
            self.clock.leap(STEP)
        raise RuntimeError("nothing runs any more")


def main() -> int:
    """Run and judge; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--sites", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="a directory, not there yet, for the archive")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return soak(given.keep or Path(temporary) / "archive", given.days, given.sites)


def soak(folder: Path, days: float, count: int) -> int:
    """The month in an archive's directory that is not there yet; prints its figures."""
    clock_file = folder.with_suffix(".clock")
    clock_file.parent.mkdir(parents=True, exist_ok=True)
    clock = FastClock(clock_file)
    clock.set(BEGIN)
    told: list[dict[str, Any]] = []
    found = scenario.sites(count, days, clock.now)
    machine = Machine(folder, clock, clock_file, folder.with_suffix(".log"))
    started = time.monotonic()
    with receiver(told) as hook, serving(found):
        scenario.write(folder, found, hook)
        month = Month(machine, days, found)
        try:
            month.run()
        finally:
            machine.kill()
        problems = report(folder, month, found, told)
    print(f"{(time.monotonic() - started) / 60:.1f} minutes")
    for problem in problems:
        print(f"BROKEN: {problem}")
    return 1 if problems else 0


def report(folder: Path, month: Month, sites: list[SoakSite], told: list[dict[str, Any]]) -> list[str]:
    """Print the figures; returns the promises that were broken."""
    problems = []
    slots = []
    for job in load(folder).job:
        site = next(one for one in sites if job.name.startswith(f"{one.name}-"))
        slots += judge.fates(folder, job, f"{site.origin}/", month.end)
    fates = Counter(slot.fate for slot in slots)
    print(f"{len(slots)} scheduled starts of {2 * len(sites)} jobs: " + ", ".join(f"{n} {f}" for f, n in fates.items()))
    for why, number in Counter(slot.why for slot in slots if slot.fate == "missed").most_common(8):
        print(f"  missed {number}: {why[:150]}")
    problems += [f"{slot.job} at {slot.at}: neither captured nor explained" for slot in slots if slot.fate == "lost"]
    twice = judge.doubled(folder, slots, month.jumps, month.cut)
    print(f"{len(twice)} starts made twice; {month.kills} kills of {len(month.cut)} runs; "
          f"{month.machine.timers} timers; exit codes {dict(Counter(month.machine.codes))}; "
          f"{len(month.jumps)} clocks set back")  # fmt: skip
    problems += [f"{slot.job} at {slot.at}: started twice" for slot in twice]
    # 1 is a run that got no answer, 75 a refusal by another's lock.
    problems += [f"a process ended with {code}" for code in month.machine.codes if code not in (0, 1, 75)]
    politeness = [judge.gaps(site, DELAY) for site in sites]
    requests, shortest = sum(one[0] for one in politeness), min(one[1] for one in politeness)
    hurried = [said for one in politeness for said in one[2]]
    print(f"{requests} requests; shortest gap at a host {shortest * 1000:.1f} ms of {DELAY * 1000:.0f}; "
          f"{len(hurried)} below")  # fmt: skip
    problems += hurried
    alarms = judge.redesigns(folder, sites, told, month.end)
    print("redesigns alarmed after runs: " + ", ".join(f"{one.site} {one.runs} of {one.seen}" for one in alarms))
    problems += [one.broken for one in alarms if one.broken is not None]
    problems += [f"a false alarm: {said}" for said in judge.false_alarms(sites, told)]
    rounds, memory, files = growth(month.machine.samples)
    print(f"a process that lived through {rounds} steps: memory {memory[0]:.0f} -> {memory[1]:.0f} MB, "
          f"files {files[0]:.0f} -> {files[1]:.0f}")  # fmt: skip
    if rounds >= _WARM and memory[1] > memory[0] * MOST_GROWTH:
        problems.append("memory grows")
    if memory[1] > MOST_MEMORY:
        problems.append(f"a process holds more than {MOST_MEMORY} MB")
    if files[1] > files[0] + 2:
        problems.append("open files grow")
    checked = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "verify", "-a", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"seogo verify: {checked.returncode}: {checked.stdout.strip().splitlines()[-1:]}")
    if checked.returncode:
        problems.append(f"the archive is not whole: {checked.stdout[-500:]}")
    return problems


if __name__ == "__main__":
    raise SystemExit(main())
