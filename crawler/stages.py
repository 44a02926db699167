"""Where a crawl's time goes: a process looks at its own stack every few milliseconds of its CPU time.

Nothing on the hot paths is timed, so that a crawl that is not profiled pays nothing, and one that is hardly more.
"""

from __future__ import annotations

import resource
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

INTERVAL = 0.005
"""Seconds of CPU time between two looks."""

# The innermost frame whose module begins with one of these names the stage; the longest name wins.
CRAWL = {
    "scrapy": "fetch",
    "twisted": "fetch",
    "crawler.fetch": "fetch",
    "archive.warc": "write WARC",
    "archive.http": "write WARC",
    "archive.commit": "write WARC",
    "archive.index": "index",
    "archive.index.fulltext": "full text and near-duplicates",
    "archive.index.tokens": "full text and near-duplicates",
    "archive.index.stories": "full text and near-duplicates",
    "crawler.frontier": "frontier",
    "crawler.parsing": "hand-over to the parsers",
    "archive.handed": "hand-over to the parsers",
    "crawler.parsers": "parse",
    "archive.document": "parse",
    "crawler.spiders": "links and items",
    "crawler.discovery": "links and items",
    "crawler.items": "links and items",
    "crawler.commands": "start and end",
    "importlib": "start and end",
}
PARSE = {
    "archive.document": "bytes to tree",
    "archive.charset": "bytes to tree",
    "crawler.parsers": "title, authors, dates, kind",
    "crawler.parsers.tree": "outline",
    "crawler.parsers.outline": "outline",
    "crawler.parsers.page": "assembly",
    "crawler.parsers.body": "body",
    "crawler.parsers.noise": "body",
    "crawler.parsers.blocks": "ranked lists and sections",
    "crawler.parsers.headings": "ranked lists and sections",
    "crawler.parsers.ranked": "ranked lists and sections",
    "crawler.parsers.sections": "ranked lists and sections",
    "crawler.parsers.popularity": "ranked lists and sections",
    "crawler.parsers.repeats": "repeats",
    "crawler.discovery": "requisites",
    "crawler.items": "what storing takes",
    "archive.prepare": "what storing takes",
    "multiprocessing": "hand-over",
    "archive.handed": "hand-over",
    "importlib": "start",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a crawl's processes did: seconds by the clock, CPU seconds in all, and CPU seconds by stage."""

    clock: float
    cpu: float
    stages: Mapping[str, float]
    workers: int
    worker_cpu: float
    worker_stages: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON has it; stages by their CPU seconds, most first."""
        return {
            "clock_seconds": round(self.clock, 2),
            "cpu_seconds": round(self.cpu, 2),
            "stages": {name: round(seconds, 2) for name, seconds in self.stages.items()},
            "workers": self.workers,
            "worker_cpu_seconds": round(self.worker_cpu, 2),
            "worker_stages": {name: round(seconds, 2) for name, seconds in self.worker_stages.items()},
        }

    def lines(self) -> list[str]:
        """The profile for people."""
        idle = max(0.0, self.clock - self.cpu)
        lines = [f"Where the time went: {self.clock:.1f} s by the clock"]
        lines += _part("the crawl's process", self.cpu, self.stages)
        lines.append(f"    {idle:7.1f} s        waiting: for servers, delays, disks, parsers")
        if self.workers:
            lines += _part(
                f"{self.workers} parse worker{'s' * (self.workers > 1)}", self.worker_cpu, self.worker_stages
            )
        return lines


def _part(name: str, cpu: float, stages: Mapping[str, float]) -> list[str]:
    lines = [f"  {name}: {cpu:.1f} s of CPU"]
    lines += [f"    {seconds:7.1f} s {seconds / cpu if cpu else 0:5.0%}  {stage}" for stage, seconds in stages.items()]
    return lines


class Sampler:
    """Counts, from `start` on, in which stage this process's main thread is whenever INTERVAL of CPU time went by."""

    def __init__(self, stages: Mapping[str, str]) -> None:
        self._stages = stages
        self._known: dict[str, str | None] = {}
        self._seen: Counter[str] = Counter()
        self._began = time.monotonic()

    def start(self) -> None:
        """Begin to look; of the main thread only."""
        self._began = time.monotonic()
        signal.signal(signal.SIGPROF, self._look)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)

    def stop(self) -> None:
        """Look no more; what was counted stays."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)

    @property
    def clock(self) -> float:
        """Seconds since `start`."""
        return time.monotonic() - self._began

    def taken(self) -> tuple[float, dict[str, float]]:
        """CPU seconds of this process in all, and by stage: the looks' shares of them, most first."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = used.ru_utime + used.ru_stime
        looks = sum(self._seen.values())
        return cpu, {stage: cpu * count / looks for stage, count in self._seen.most_common()}

    def _look(self, number: int, frame: FrameType | None) -> None:
        while frame is not None:
            stage = self._stage(frame.f_globals.get("__name__", ""))
            if stage is not None:
                self._seen[stage] += 1
                return
            frame = frame.f_back
        self._seen["other"] += 1

    def _stage(self, module: str) -> str | None:
        if module not in self._known:
            name = max((known for known in self._stages if module.startswith(known)), key=len, default=None)
            self._known[module] = None if name is None else self._stages[name]
        return self._known[module]


def told(sampler: Sampler, workers: Sequence[tuple[float, Mapping[str, float]]]) -> Profile:
    """The profile of a crawl that ended: of its own process, and of its parse workers together."""
    cpu, stages = sampler.taken()
    together: Counter[str] = Counter()
    for _, taken in workers:
        together.update(taken)
    return Profile(
        sampler.clock, cpu, stages, len(workers), sum(used for used, _ in workers), dict(together.most_common())
    )
