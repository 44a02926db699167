"""What so many sites cost: a small model of pages, bytes, index, frontier and money, from measured constants.

Nothing here is measured; what is assumed stands in `Assumed`. `check` says how far the model is from a measurement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DAY = 86_400


@dataclass(frozen=True)
class Assumed:
    """What no measurement here gives: the load, the machines and their prices (rented ones, in euros a month)."""

    fetches_a_site: int = 3_000
    """A day: lists each ten minutes, articles by revisit policy, requisites of new ones."""
    unchanged: float = 0.3
    """Of the fetches: 304 and identical payloads, which are revisits of about a kilobyte."""
    revisit_bytes: int = 1_100
    new: float = 0.2
    """Of the fetches that changed: content that the index has not; the rest are known articles and lists."""
    known_index_bytes: int = 3_000
    """What a capture of those adds to the index."""
    new_urls_a_site: int = 150
    """A day; each is known for ever, as what was seen."""
    delay: float = 1.0
    """Seconds between two requests to a host."""
    cores: int = 8
    used: float = 0.5
    """Of a machine's cores, on average over the day: nights are quiet, mornings are not."""
    disk_tb: float = 4.0
    machine_price: float = 60.0
    storage_price: float = 15.0
    """A TB, once more on other disks."""


@dataclass(frozen=True)
class Cost:
    """What one load needs; bytes in GB, index and WARC of one day, money in euros a month after a year."""

    sites: int
    fetches: int
    cores: float
    machines: int
    warc_gb: float
    index_gb: float
    index_gb_year_machine: float
    redis_gb: float
    redis_servers: int
    reindex_hours: float
    money: float
    money_a_million: float


def cost(sites: int, measured: Mapping[str, Any], assumed: Assumed | None = None) -> Cost:
    """The cost of fetching so many sites each day for a year."""
    given = assumed or Assumed()
    fetches = sites * given.fetches_a_site
    changed = fetches * (1 - given.unchanged)
    base, crawl, frontier = measured["small"], measured["crawl"], measured["frontier"]
    cores = fetches * crawl["cpu"] / DAY
    warc = changed * base["warc_bytes"] + (fetches - changed) * given.revisit_bytes
    index = changed * (given.new * base["index_bytes"] + (1 - given.new) * given.known_index_bytes)
    by_cpu = math.ceil(cores / (given.cores * given.used))
    by_disk = math.ceil(365 * index / (given.disk_tb * 1e12))
    by_manners = math.ceil(given.fetches_a_site * given.delay / DAY)
    machines = max(1, by_cpu, by_disk, by_manners)
    urls = sites * (given.new_urls_a_site * 365)
    waiting = sites * given.new_urls_a_site
    redis = urls * frontier["seen_bytes"] + waiting * frontier["waiting_bytes"]
    servers = math.ceil(fetches / DAY / frontier["pages_a_second"])
    month = 365 / 12 * changed / machines
    money = machines * given.machine_price + 365 * warc / 1e12 * given.storage_price
    return Cost(
        sites=sites,
        fetches=fetches,
        cores=cores,
        machines=machines,
        warc_gb=warc / 1e9,
        index_gb=index / 1e9,
        index_gb_year_machine=365 * index / machines / 1e9,
        redis_gb=redis / 1e9,
        redis_servers=servers,
        reindex_hours=month * base["index_cpu"] / given.cores / 3600,
        money=money,
        money_a_million=money / (fetches * 365 / 12) * 1e6,
    )


def check(measured: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """What the model says of the larger archive, from the smaller one's constants, beside what was measured there."""
    small, large = measured["small"], measured["large"]
    return {
        "WARC, MB": (small["warc_bytes"] * large["pages"] / 1e6, large["warc_bytes"] * large["pages"] / 1e6),
        "index, MB": (small["index_bytes"] * large["pages"] / 1e6, large["index_bytes"] * large["pages"] / 1e6),
        "CPU to index, s": (small["index_cpu"] * large["pages"], large["index_cpu"] * large["pages"]),
    }


def load_of(machines: int, measured: Mapping[str, Any]) -> int:
    """The most sites that so many machines carry."""
    least, most = 1, machines * 1_000_000
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if cost(middle, measured).machines <= machines else (least, middle - 1)
    return least


def tables(measured: Mapping[str, Any]) -> str:
    """The tables of docs/scale.md."""
    return "\n\n".join((_costs(measured), _checked(measured), _engines(measured)))


def _costs(measured: Mapping[str, Any]) -> str:
    found = [cost(load_of(machines, measured), measured) for machines in (1, 10, 1000)]
    rows = {
        "sites": [f"{one.sites:,}" for one in found],
        "fetches a day": [f"{one.fetches:,}" for one in found],
        "cores at work": [f"{one.cores:,.0f}" for one in found],
        "machines of 8 cores": [f"{one.machines:,}" for one in found],
        "WARC a day": [_size(one.warc_gb) for one in found],
        "WARC a year": [_size(one.warc_gb * 365) for one in found],
        "index a day, all machines": [_size(one.index_gb) for one in found],
        "index of one machine after a year": [_size(one.index_gb_year_machine) for one in found],
        "one shared frontier after a year": [_size(one.redis_gb) for one in found],
        "Redis servers that its steps need": [f"{one.redis_servers:,}" for one in found],
        "a month parsed again, each machine its own": [f"{one.reindex_hours:.1f} h" for one in found],
        "money a month, a year's WARC kept": [f"{one.money:,.0f} €" for one in found],
        "money a million fetches": [f"{one.money_a_million:.1f} €" for one in found],
    }
    head = "| | one machine | ten | a thousand |\n|---|---:|---:|---:|"
    return "\n".join((head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())))


def _checked(measured: Mapping[str, Any]) -> str:
    head = f"| {measured['large']['pages']:,} pages | model | measured | off by |\n|---|---:|---:|---:|"
    rows = [
        f"| {name} | {said:.1f} | {was:.1f} | {said / was - 1:+.0%} |" for name, (said, was) in check(measured).items()
    ]
    return "\n".join((head, *rows))


def _engines(measured: Mapping[str, Any]) -> str:
    rebuilt, merged, shared = measured["reindex"], measured["merge"], measured["frontier"]
    rows = (
        f"| reindex, built-in pool of {rebuilt['processes']} | {rebuilt['pool']:.1f} s |",
        f"| reindex, Dask cluster of {rebuilt['processes']} processes | {rebuilt['dask']:.1f} s |",
        f"| that cluster's start | {rebuilt['cluster_start']:.1f} s |",
        f"| merge into an empty archive, CPU | {merged['first']:.1f} s |",
        f"| the same merge again, CPU | {merged['again']:.1f} s |",
        f"| shared frontier: pages a second, {shared['links_a_page']} links each | {shared['pages_a_second']:,.0f} |",
        f"| Redis, bytes a request that waits | {shared['waiting_bytes']:,.0f} |",
        f"| Redis, bytes an address that was seen | {shared['seen_bytes']:,.0f} |",
        f"| crawl, ms of CPU a page of 60 kB, all processes | {measured['crawl']['cpu'] * 1000:.1f} |",
    )
    return "\n".join((f"| {rebuilt['pages']:,} pages | |\n|---|---:|", *rows))


def _size(gb: float) -> str:
    for unit, size in (("PB", 1e6), ("TB", 1e3), ("GB", 1.0)):
        if gb >= size:
            return f"{gb / size:,.1f} {unit}"
    return f"{gb * 1000:,.0f} MB"
