"""`seogo backfill`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.ending import end
from crawler.commands.options import fetch_options, log_to_stderr, workers_option

if TYPE_CHECKING:
    from crawler.discovery.backfill import Span
    from crawler.spiders.plan import Plan

LOOKED_UP = 200_000
"""Of so many addresses the plan says how many the archive holds already."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a backfill would do: `addresses` in all, of which `held` need no request (None: too many to look up)."""

    site: str
    span: str
    of: str
    addresses: int
    held: int | None
    first: str | None
    last: str | None
    delay: float
    max_pages: int | None

    @property
    def requests(self) -> int:
        """The least number of requests, pages found on list pages not counted."""
        return self.addresses - (self.held or 0)

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON has it."""
        return {
            "site": self.site,
            "span": self.span,
            "of": self.of,
            "addresses": self.addresses,
            "held": self.held,
            "requests": self.requests,
            "first": self.first,
            "last": self.last,
            "delay_seconds": self.delay,
            "seconds": round(self.requests * self.delay),
            "max_pages": self.max_pages,
        }

    def lines(self) -> list[str]:
        """The plan for people."""
        lines = [f"{self.site}: {self.of}, {self.span}"]
        if self.first is not None:
            lines.append(f"  addresses   {self.addresses}, from {self.first}")
            lines.append(f"              down to {self.last}")
            held = "too many to look up" if self.held is None else str(self.held)
            lines.append(f"  held        {held}")
        if self.first is not None and self.delay:
            took = timedelta(seconds=round(self.requests * self.delay))
            lines.append(f"  to fetch    {self.requests}, at {self.delay:g} s each at least {took}")
        elif self.first is not None:
            lines.append(f"  to fetch    {self.requests}")
        else:
            lines.append("  to fetch    what they name of these days; how much, they say")
        if self.max_pages is not None:
            lines.append(f"  this run    stops after {self.max_pages} pages; the same command goes on")
        return lines


@click.command(
    epilog=examples(
        "backfill yakup --ids 321000-321563 --plan",
        "backfill ./mysite.toml --since 2026-01-01 --until 2026-02-01 --yes",
    )
)
@click.argument("site", metavar="SITE")
@click.option("--ids", metavar="A-B", help="Articles with the numbers from A to B.")
@click.option("--since", metavar="DAY", help="Articles from this day on.")
@click.option("--until", metavar="DAY", help="Articles before this day; default: today.")
@click.option("--plan", "only_plan", is_flag=True, help="Show what would be fetched, and fetch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask after the plan.")
@archive_option
@fetch_options
@click.option("--fresh", is_flag=True, default=None, help="Fetch what the archive holds anew.")
@workers_option
@json_option
def backfill(
    site: str,
    ids: str | None,
    since: str | None,
    until: str | None,
    only_plan: bool,
    yes: bool,
    directory: Path,
    parse_workers: int | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Fetch articles of a site's past that the archive does not have, newest first.

    By number, where SITE's definition says how an article's address is made from one (`backfill.article`); by day,
    where it says which page lists a day's articles (`backfill.day`), else out of the sitemaps that it or robots.txt
    names. The plan is shown first. What the archive holds is not fetched again, nor what was gone when last asked for.
    """
    from crawler.commands import crawling
    from crawler.discovery.requisites import take_apart
    from crawler.errors import BadInput
    from crawler.parsing import ParsePool
    from crawler.sites.loader import is_definition
    from crawler.spiders.bundled import running
    from crawler.spiders.contact import check_contact
    from crawler.spiders.plan import plan_of

    log_to_stderr()
    if not is_definition(site):
        raise BadInput(f"{site[:80]!r} is no site's definition; a backfill needs one: `seogo sites new` drafts it")
    plan = plan_of([site], **options)
    span = _span(ids, since, until)
    planned = _planned(plan, span, directory)
    if only_plan or not as_json:
        click.echo(json.dumps(planned.to_dict(), ensure_ascii=False) if as_json else "\n".join(planned.lines()))
    if only_plan:
        return
    check_contact(plan)
    if not yes:
        if not sys.stdin.isatty():
            raise BadInput("nobody is there to ask: give --yes, or --plan to see the plan alone")
        click.confirm("Fetch these?", abort=True)
    with running(plan), ParsePool(parse_workers, function=take_apart) as pool:
        ended = crawling.in_reactor(
            lambda: crawling.crawl(replace(plan, seeds=(), depth=None), directory, pool, span=span)
        )
    end(ended, as_json=as_json)


def _span(ids: str | None, since: str | None, until: str | None) -> Span:
    from crawler.discovery.backfill import Days, Ids
    from crawler.errors import BadInput

    if ids is not None and since is None and until is None:
        return Ids.parse(ids)
    if ids is not None or since is None:
        raise BadInput("give either --ids A-B, or --since DAY with or without --until DAY")
    return Days(_day(since, "--since"), _day(until, "--until") if until else datetime.now().astimezone().date())


def _day(text: str, option: str) -> date:
    from crawler.errors import BadInput

    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{option} {text[:40]!r} is no day; write one like 2026-11-23") from None


def _planned(plan: Plan, span: Span, directory: Path) -> Planned:
    """Raises BadInput where the definition cannot tell addresses of the span."""
    from crawler.discovery.backfill import Ids
    from crawler.errors import BadInput

    assert plan.site is not None
    listed = list(islice(span.addresses(plan.site), LOOKED_UP + 1))
    of, addresses, held = "articles by number", len(span), None
    if not isinstance(span, Ids):
        of = "list pages by day" if listed else "articles out of feeds and sitemaps, by their dates"
        addresses, held = len(listed) and len(span), 0
    elif len(listed) <= LOOKED_UP:
        held = 0 if plan.fresh else _held(plan, listed, directory)
    refused = next((url for url in listed[:1] if not plan.scope().has(url)), None)
    if refused is not None:
        raise BadInput(f"{refused} is out of the scope of {plan.site.name}'s definition; see its hosts and rules")
    # Its last address is the first one of the span turned round.
    last = next(iter(_last(plan, span)), None) if listed else None
    return Planned(
        plan.site.name, str(span), of, addresses, held, listed[0] if listed else None, last, plan.delay, plan.max_pages
    )


def _last(plan: Plan, span: Span) -> Any:
    from crawler.discovery.backfill import Ids

    assert plan.site is not None
    least = (
        Ids(span.first, span.first) if isinstance(span, Ids) else replace(span, until=span.since + timedelta(days=1))
    )
    return least.addresses(plan.site)


def _held(plan: Plan, listed: list[str], directory: Path) -> int:
    import archive
    from crawler.spiders.backfill import is_held

    if not (directory / "index.db").exists():
        return 0
    assert plan.site is not None
    site = plan.site
    with archive.open(directory) as kept:
        return sum(is_held(kept.db, site, url) for url in listed)
