"""Scrapy's runner for crawls side by side, with the gate that they share."""

from __future__ import annotations

from pathlib import Path

from scrapy.crawler import AsyncCrawlerRunner

from crawler.commands.crawling import project_settings

_GATE = {"crawler.jobs.gate.HeldMiddleware": 18, "crawler.jobs.gate.GateMiddleware": 900}


def crawlers(directory: Path) -> AsyncCrawlerRunner:
    """A runner of crawls into the archive at `directory`."""
    settings = project_settings()
    settings.set("SEOGO_ARCHIVE", str(directory), priority="cmdline")
    middlewares = {**settings.getdict("DOWNLOADER_MIDDLEWARES"), **_GATE}
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    # The gate keeps to Retry-After; a host's slot held as well would keep the run from ending.
    limits = {**settings.getdict("FETCH_LIMITS"), "retry_after_seconds": 0.001}
    settings.set("FETCH_LIMITS", limits, priority="cmdline")
    return AsyncCrawlerRunner(settings)
