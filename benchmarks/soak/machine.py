"""The machine on which jobs run: starts, kills and watches the program's processes."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.soak.clock import FastClock

ROOT = Path(__file__).parents[2]
_FLOCK = struct.Struct("hhlli4x")
_PATIENCE = 300.0
_GLANCE = 0.06
"""Longer than the jobs rest between two looks at the clock."""

_AT_WORK = 5
"""Requests by which a run is known to be at work."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A resident process after a round of runs: memory in bytes, open files, and how long it has lived (rounds)."""

    process: int
    memory: int
    files: int


@dataclass(eq=False, slots=True)
class Machine:
    """`resident`: the process of `run-due --watch`, where there is one."""

    folder: Path
    clock: FastClock
    clock_file: Path
    log: Path
    resident: subprocess.Popen[bytes] | None = None
    samples: list[Sample] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    timers: int = 0

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A process of the program, on the fast clock."""
        command = [sys.executable, "-m", "benchmarks.soak.process", "jobs", "run-due", "-a", str(self.folder)]
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*command, "--parse-workers", "0", *arguments],
                cwd=ROOT,
                env={**kept, "PYTHONPATH": str(ROOT), "SOAK_CLOCK": str(self.clock_file)},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def watch(self) -> None:
        """A resident process, where there is none; waits until it looks at the clock."""
        if self.resident is None:
            self.clock.was_seen()
            self.resident = self.start("--watch")
            self.wait(self.clock.was_seen)

    def timer(self) -> None:
        """What a timer does: `run-due`; and a second one at the same time, by mistake."""
        both = [self.start(), self.start()]
        self.codes += [process.wait(_PATIENCE) for process in both]
        self.timers += 2

    def settle(self) -> None:
        """Wait until the resident process has taken the present instant up, and runs nothing."""
        if self.resident is not None and not self._until(lambda: False):
            self.samples.append(_sample(self.resident.pid))

    def in_a_run(self, asked: Callable[[], int]) -> bool:
        """Wait until a run is at work, which shows in what its sites were `asked`; False when nothing is due now.

        Without a resident process one is started as a timer would; it stays as the resident one.
        """
        enough = asked() + _AT_WORK
        if self.resident is not None:
            return self._until(lambda: asked() >= enough)
        process = self.resident = self.start()
        self.wait(lambda: asked() >= enough or process.poll() is not None, _PATIENCE)
        if process.poll() is None:
            return True
        self.codes.append(process.wait())
        self.resident = None
        return False

    def _until(self, happened: Callable[[], bool]) -> bool:
        """Wait until something happened (True), or until the resident process finds nothing to do (False)."""
        self.clock.was_seen()
        quiet, deadline = 0, time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if happened():
                return True
            time.sleep(_GLANCE)
            # At three looks after one another nobody holds the lock: the first may have been at the instant before, and
            # what the second finds due is begun before the third.
            if self.locked():
                quiet = 0
            elif self.clock.was_seen():
                quiet += 1
                if quiet == 3:
                    return False
        raise RuntimeError("the jobs come to no end")

    def wait(self, until: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Wait until something holds; whether it does."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def kill(self) -> set[str]:
        """kill -9; returns the ids of the runs that it cut off."""
        if self.resident is None:
            return set()
        os.killpg(self.resident.pid, signal.SIGKILL)
        self.resident.wait()
        self.resident = None
        return self._running()

    def stop(self) -> None:
        """As a shutdown does."""
        if self.resident is not None:
            self.resident.send_signal(signal.SIGTERM)
            self.codes.append(self.resident.wait(_PATIENCE))
            self.resident = None

    def _running(self) -> set[str]:
        """Runs that have begun and not ended, by the jobs' own book."""
        path = self.folder / "state" / "jobs.db"
        if not path.exists():
            return set()
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return {row[0] for row in db.execute("SELECT run_id FROM job WHERE running IS NOT NULL")}

    def locked(self) -> bool:
        """Whether a process holds the archive's lock."""
        path = self.folder / "state" / "lock"
        if not path.exists():
            return False
        with path.open("r+b") as file:
            asked = _FLOCK.pack(fcntl.F_WRLCK, 0, 0, 0, 0)
            (kind, *_) = _FLOCK.unpack(fcntl.fcntl(file, fcntl.F_GETLK, asked))
        return bool(kind != fcntl.F_UNLCK)


def growth(samples: list[Sample]) -> tuple[int, tuple[float, float], tuple[float, float]]:
    """Of the process that lived longest: its rounds; memory (MB) and files, in its second quarter and its last."""
    ids = [sample.process for sample in samples]
    longest = max(dict.fromkeys(ids), key=ids.count)
    kept = [sample for sample in samples if sample.process == longest]
    quarter = max(1, len(kept) // 4)
    early, late = kept[quarter : 2 * quarter] or kept, kept[-quarter:]
    memory = tuple(median(one.memory for one in part) / 1e6 for part in (early, late))
    files = tuple(median(one.files for one in part) for part in (early, late))
    return len(kept), (memory[0], memory[1]), (files[0], files[1])


def _sample(process: int) -> Sample:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return Sample(process, pages * os.sysconf("SC_PAGE_SIZE"), sum(1 for _ in Path(f"/proc/{process}/fd").iterdir()))
