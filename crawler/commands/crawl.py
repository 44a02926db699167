"""`seogo crawl`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.ending import end
from crawler.commands.options import fetch_options, log_to_stderr, workers_option


@click.command(
    epilog=examples(
        "crawl example",
        "crawl yakup --max-pages 50 --contact mailto:me@example.org",
        "crawl https://www.example.org/ --depth 1 --contact mailto:me@example.org",
        "crawl ./mysite.toml",
        "crawl https://a.example/ https://b.example/ --shard 2/3 -a ./archive-2",
        "crawl yakup --frontier redis://127.0.0.1:6379/0 -a ./worker-1",
    )
)
@click.argument("targets", nargs=-1, required=True, metavar="SITE|URL...")
@archive_option
@click.option(
    "--depth", type=click.IntRange(0), metavar="N", help="Hops from the seeds; 0 fetches the given pages alone."
)
@fetch_options
@click.option("--fresh", is_flag=True, default=None, help="Drop what is queued and fetch known articles anew.")
@click.option("--shard", metavar="I/N", help="Fetch only the hosts of part I of N, for one of N crawls side by side.")
@click.option("--frontier", metavar="URL", help="Share one frontier in Redis (redis://...) with other workers.")
@workers_option
@click.option("--profile", is_flag=True, help="Say at the end where the time went, by stage.")
@json_option
def crawl(
    targets: tuple[str, ...],
    directory: Path,
    shard: str | None,
    parse_workers: int | None,
    profile: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Crawl a site's definition, or bare URLs, into the archive.

    SITE is the name of a bundled definition (`seogo sites list`) or the path of a TOML file. Seeds, list pages, front
    page and ranked lists are fetched anew each time, articles of the last 24 hours are not. Other people's machines
    are crawled with a contact alone: --contact, or the environment's SEOGO_CONTACT.

    Beyond one machine: the same command with --shard 1/3, 2/3 and 3/3 takes each site's hosts once, without a service;
    with --frontier any number of workers share one crawl. Each writes an archive of its own, `seogo merge` joins them.
    """
    from crawler import stages
    from crawler.commands import crawling
    from crawler.discovery.requisites import take_apart
    from crawler.frontier.shard import Shard
    from crawler.parsing import ParsePool
    from crawler.spiders.bundled import running
    from crawler.spiders.contact import check_contact
    from crawler.spiders.plan import plan_of

    log_to_stderr()
    plan = plan_of(targets, shard=Shard.parse(shard) if shard is not None else None, **options)
    check_contact(plan)
    sampler = stages.Sampler(stages.CRAWL)
    with running(plan), ParsePool(parse_workers, function=take_apart, profiled=profile) as pool:
        if profile:
            sampler.start()
        ended = crawling.in_reactor(lambda: crawling.crawl(plan, directory, pool))
        sampler.stop()
        spent = stages.told(sampler, pool.profiles()) if profile else None
    end(ended, as_json=as_json, spent=spent)
