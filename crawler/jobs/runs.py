"""Runs of jobs: those that go on, and how one ended."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass

from scrapy.crawler import Crawler

from crawler.jobs.starting import Ready
from crawler.pipelines import Keeper
from crawler.report import Summary


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run of a job went."""

    job: str
    summary: Summary
    unanswered: tuple[str, ...]
    unparsed: tuple[str, ...]
    remarks: tuple[str, ...]
    broken: str | None
    why: str

    @property
    def failed(self) -> bool:
        """Whether a seed or a page was lost on the way."""
        return bool(self.unanswered or self.unparsed or self.broken)


@dataclass(eq=False, slots=True)
class Active:
    """A run that goes on; `why` it is to end early, empty where it is not."""

    ready: Ready
    kept: Keeper
    crawler: Crawler
    task: asyncio.Task[None]
    undo: ExitStack
    timer: asyncio.TimerHandle | None = None
    why: str = ""
