"""Scrapy settings, the reason beside each. `seogo crawl` and `scrapy crawl` read the same ones.

What a plan decides (delay, private addresses, contact, proxy) is set over these by `crawler.spiders.plan`; what is
given with `-s NAME=VALUE` is set over both.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from crawler.fetch.settings import FETCH_SETTINGS

try:
    _VERSION = version("seogo")
except PackageNotFoundError:  # run from a checkout that is not installed
    _VERSION = "0"

BOT_NAME = "seogo"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
# `scrapy crawl` tells a mistake in its arguments in a sentence.
COMMANDS_MODULE = "crawler.scrapy_commands"

# Ours. The archive's directory; `seogo crawl -a DIR` sets it, so does SEOGO_ARCHIVE.
SEOGO_ARCHIVE = os.environ.get("SEOGO_ARCHIVE") or "seogo-data"
# Ours. What was stored becomes durable, all in one sync and one transaction, after so many records or so long: a power
# cut costs what came since, and is fetched again.
COMMIT_RECORDS = os.environ.get("SEOGO_COMMIT_RECORDS") or 50
COMMIT_MILLISECONDS = os.environ.get("SEOGO_COMMIT_MILLISECONDS") or 500
# Ours. A WARC file ends above this size or this age, and the next one begins.
WARC_BYTES = os.environ.get("SEOGO_WARC_BYTES") or 1 << 30
WARC_HOURS = os.environ.get("SEOGO_WARC_HOURS") or 24
# Ours. Parsing processes; None takes the number of cores, 0 parses in the crawl's own process.
PARSE_WORKERS: int | None = None
# Ours. The proxy for every request (crawl --proxy); None leaves it to the environment's http_proxy and https_proxy.
PROXY: str | None = None

# A crawler says who it is; a plan's contact is added.
USER_AGENT = f"Seogo/{_VERSION}"

# Recording, guard, robots, redirects, retries: FETCH_SETTINGS has the reasons.
globals().update(FETCH_SETTINGS)
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    **FETCH_SETTINGS["DOWNLOADER_MIDDLEWARES"],
    # First of all: what an earlier run stored and never acknowledged is not fetched again.
    "crawler.frontier.resume.ResumeMiddleware": 15,
    # Before robots.txt is asked for: a page too many asks for nothing.
    "crawler.spiders.middlewares.BudgetMiddleware": 20,
    "crawler.spiders.middlewares.ProxyMiddleware": 25,
    "crawler.spiders.middlewares.RedirectScopeMiddleware": 40,
    # Behind whatever leads to another address, nearest the wire: a host that another worker is at is left to that.
    "crawler.frontier.redis_gate.RedisGate": 920,
    # Spiders have scopes, not lists of domains.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    # Every status is archived; spiders look at it themselves.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    # Depth is counted in hops from the seeds; requisites and retries are no hops.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS: dict[str, int | None] = {
    "crawler.pipelines.KeepArchive": 0,
    # A port that others on this machine could use to run code.
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 100}

# One request a second a host, slower where the host is slow; set by the plan.
DOWNLOAD_DELAY = 1.0
# A delay is a promise to the host: no request comes earlier.
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
# Of all hosts together; the frontier hands out a few of each host, so that slow ones cannot fill it.
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 2

# Scrapy starts so many tasks for each response, a fifth of a fetch's cost at its default of 100. What pages yield is
# queued at once, one after the other.
CONCURRENT_ITEMS = 1

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # The page in its own language, not a translation.
    "Accept-Language": "ko,en;q=0.5",
}

# Faster on the same core by a fifth and more (benchmarks).
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

LOG_LEVEL = os.environ.get("SEOGO_LOG_LEVEL") or "INFO"
# Hundreds of lines that nobody asked for; the summary says what happened.
STATS_DUMP = False
LOGSTATS_INTERVAL = 60.0
