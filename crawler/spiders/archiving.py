"""What all spiders do with a page: have it parsed, archive its parts, fetch what it needs to look right."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive import times
from archive.errors import DocumentError
from archive.model import Capture, Outcome, Page
from archive.urls import same_page
from crawler.discovery.feeds import BadFeed, Feed, read_feed
from crawler.discovery.loading import following, links_of
from crawler.discovery.paging import MAX_PAGE
from crawler.discovery.requisites import Parsed, Requires, requisites_of_css
from crawler.discovery.scope import article_key, host_of
from crawler.errors import BadInput, ParseFailed
from crawler.frontier.identity import identity_of
from crawler.parsing import ParseTask
from crawler.pipelines import Keeper, Parted, keeper
from crawler.settings import SPIDER_MIDDLEWARES
from crawler.sites.model import GENERAL_REQUISITES
from crawler.spiders import verdicts
from crawler.spiders.bundled import running
from crawler.spiders.contact import check_contact
from crawler.spiders.plan import Plan, plan_of

FRESH = timedelta(hours=24)
"""An article, picture or stylesheet that was captured within this time is not fetched again, unless asked to."""

LATELY = 100_000
"""How many addresses and identities of pages that were asked for are remembered, so that memory stays flat."""

# Pages that lead to others go first, what pages need to look right last.
PRIORITY = {"seed": 40, "sidebar": 30, "list": 20, "page": 10, "article": 10, "frame": 5, "requisite": 0}


class ArchivingSpider(Spider):
    """A spider with a plan. `scrapy crawl` gives it `site` or `url`, `depth`, `max_pages`, `delay`, `fresh`."""

    # Not in the project's settings: a shell has no archive to keep a frontier in.
    custom_settings = {  # noqa: RUF012  Scrapy's own attribute
        # What is queued survives any end of the process.
        "SCHEDULER": "crawler.frontier.scheduler.FrontierScheduler",
        "SPIDER_MIDDLEWARES": {
            **SPIDER_MIDDLEWARES,
            # A link knows the page it was found on: both are acknowledged together.
            "crawler.frontier.scheduler.ParentMiddleware": 10,
        },
    }
    keeper: Keeper | None = None

    def __init__(self, *, plan: Plan, keeper: Keeper | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.scope = plan.scope()
        self.keeper = keeper
        self.fresh = plan.fresh
        self.crawl_key = plan.crawl_key(self.name)
        self._lately: set[str | bytes] = set()
        self._bounds = plan.site.requisites if plan.site is not None else GENERAL_REQUISITES

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy, from a plan or from `-a` arguments. Raises CrawlerError for a mistake in them."""
        if "plan" not in kwargs:
            kwargs = {"plan": _plan_of_arguments(kwargs)}
        spider = super().from_crawler(crawler, *args, **kwargs)
        for name, value in spider.plan.settings(crawler.settings["USER_AGENT"]).items():
            crawler.settings.set(name, value, priority="spider")
        if spider.keeper is None:
            # `seogo crawl` starts the bundled site itself.
            stack = ExitStack()
            stack.enter_context(running(spider.plan))
            crawler.signals.connect(stack.close, signal=signals.spider_closed, weak=False)
        return spider

    @property
    def kept(self) -> Keeper:
        """The run's Keeper."""
        return keeper(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """The seeds and the definition's sidebar pages, always anew."""
        for url in self.plan.seeds:
            yield self.ask(url, "seed", 0)
        for url in self.plan.sidebar:
            yield self.ask(url, "sidebar", 1)

    def ask(self, url: str, role: str, hops: int) -> Request:
        """A request for a page in one of the roles of PRIORITY. An article is the same one at all its addresses."""
        key = article_key(self.plan.site, url)
        return Request(
            url,
            callback=self.stylesheet if role == "requisite" else self.page,
            errback=self.failed,
            priority=PRIORITY[role] - min(hops, 9),
            meta={"role": role, "hops": hops} | ({"identity": f"article {key}"} if key is not None else {}),
        )

    def once(self, url: str, role: str, hops: int, *, anew: bool = True) -> Iterator[Request]:
        """The request for a page that was not asked for lately; unless `anew`, nor captured within FRESH.

        The frontier takes each page once a crawl; this spares it most of the links that every page repeats.
        """
        if url in self._lately:  # as it is spelled: this spares most links even their identity
            return
        request = self.ask(url, role, hops)
        identity = identity_of(request)
        known = identity in self._lately
        if len(self._lately) >= LATELY:
            self._lately.clear()
        self._lately |= {url, identity}
        if known:
            return
        if anew or self.fresh or not self.kept.is_known(url, FRESH, article_key(self.plan.site, url)):
            yield request

    async def page(self, response: Response) -> AsyncIterator[Any]:
        """Parse a page that arrived, archive its parts, and go on to what it needs and links to."""
        capture = response.meta.get("capture")
        if not isinstance(capture, Capture):
            return
        if capture.parsed_by == "":
            verdicts.no_page(self.kept, response, capture)
            return
        task = ParseTask(
            response.body,
            response.url,
            (response.headers.get("Content-Type") or b"").decode("latin-1") or None,
            times.from_text(capture.captured_at),
            self.plan.site,
            self.plan.requisites,
        )
        try:
            parsed: Parsed = await self.kept.pool.parse(task)
        except DocumentError:
            self.kept.writer.nothing_to_parse(capture)
            verdicts.no_page(self.kept, response, capture)
            return
        except ParseFailed as error:
            self.logger.warning("%s", error)
            self.kept.fail(capture, error.outcome, str(error))
            return
        if capture.parsed_by is None:
            # Else it was parsed by an earlier run, which did not come to follow its links.
            yield Parted(capture, parsed.items)
        hops = int(response.meta.get("hops", 0))
        for request in self.follow_page(parsed.page, hops):
            yield request
        if self.plan.requisites:
            for request in self.required(parsed.requires, hops, framed=response.meta.get("role") == "frame"):
                yield request

    def follow_page(self, page: Page, hops: int) -> Iterator[Request]:
        """The requests that a page leads to; `hops` is its own distance from the seeds."""
        raise NotImplementedError

    def articles_of(self, links: Iterable[str], hops: int) -> Iterator[Request]:
        """Requests for those articles among the addresses on a list that are wanted and not known."""
        for target in dict.fromkeys(links):
            if self.scope.has(target) and self.scope.kind(target) == "article":
                yield from self.once(target, "article", hops, anew=False)

    def load(self, url: str, hops: int, number: int = 2) -> Iterator[Request]:
        """The request for what the list page at `url` loads as its part `number`, where its definition names it."""
        target = following(self.plan.site, url, number)
        if target is not None and number <= MAX_PAGE and self.scope.has_host(host_of(target)):
            for request in self.once(target, "list", hops):
                request.meta.update(of=url, part=number)
                yield request.replace(callback=self.loaded)

    def loaded(self, response: Response) -> Iterator[Request]:
        """A further part of a list: its articles, and the next part as long as one of them is new."""
        capture = response.meta.get("capture")
        if not isinstance(capture, Capture) or response.status != 200:
            return
        if capture.parsed_by is None:
            self.kept.writer.nothing_to_parse(capture)
        hops, part = int(response.meta.get("hops", 0)), int(response.meta.get("part", MAX_PAGE))
        found = list(self.articles_of(links_of(response.body, response.url), hops + 1))
        yield from found
        if found:
            yield from self.load(str(response.meta.get("of")), hops, part + 1)

    def feed_of(self, response: Response) -> Feed | None:
        """What a feed or sitemap that arrived lists; one that is none becomes an outcome."""
        capture = response.meta.get("capture")
        if response.status != 200 or not isinstance(capture, Capture):
            return None
        if capture.parsed_by is None:
            self.kept.writer.nothing_to_parse(capture)
        try:
            return read_feed(response.body, response.url)
        except BadFeed as error:
            at = times.to_text(times.now())
            self.kept.writer.add_outcome(
                Outcome(self.kept.writer.run.id, response.url, at, "bad-sitemap", str(error), capture.id)
            )
            return None

    def required(self, requires: Requires, hops: int, *, framed: bool) -> Iterator[Request]:
        """The requests for what a page needs to look right: its requisites, and the site's own pages in its frames,
        but not in the frames of those.
        """
        for url in requires.requisites:
            yield from self.once(url, "requisite", 0, anew=False)
        inside = [url for url in requires.frames if not framed and self.scope.has(url)]
        for url in inside[: self._bounds.frames]:
            yield from self.once(url, "frame", hops, anew=False)

    def stylesheet(self, response: Response) -> Iterator[Request]:
        """A requisite that arrived: a stylesheet needs others in turn; its hops are how deep it stands in others."""
        level = int(response.meta.get("hops", 0)) + 1
        if not isinstance(response, TextResponse) or level > self._bounds.levels:
            return
        if b"css" not in (response.headers.get("Content-Type") or b"").lower():
            return
        for url in requisites_of_css(response.text, response.url, self._bounds.stylesheet):
            yield from self.once(url, "requisite", level, anew=False)

    def failed(self, failure: Failure) -> None:
        """A request that got no usable answer. Its outcome is recorded where it failed; here a person is told."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy's engine
        verdicts.failed(self.kept, request, failure.value)

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end, while the archive can still be written."""
        verdicts.traps(self.kept, self.scope)

    def within(self, hops: int) -> bool:
        """Whether pages so many hops from the seeds are wanted."""
        return self.plan.depth is None or hops <= self.plan.depth


def more_links(page: Page) -> Iterator[str]:
    """The addresses behind the "more" links of a page's ranked lists and sections."""
    more = [*(ranked.more_url for ranked in page.ranked_lists), *(section.more_url for section in page.sections)]
    yield from dict.fromkeys(same_page(url) for url in more if url)


def _plan_of_arguments(arguments: dict[str, Any]) -> Plan:
    """The plan of `scrapy crawl NAME -a site=... -a depth=...`."""
    known = {"site", "url", "depth", "max_pages", "delay", "fresh", "contact", "requisites", "allow_private"}
    unknown = sorted(set(arguments) - known)
    if unknown:
        raise BadInput(f"there is no argument {unknown[0]!r} (there are: {', '.join(sorted(known))})")
    targets = [arguments["site"]] if arguments.get("site") else str(arguments.get("url") or "").split()
    options: dict[str, Any] = {"contact": arguments.get("contact") or os.environ.get("SEOGO_CONTACT")}
    for name, kind in (("depth", int), ("max_pages", int), ("delay", float)):
        value = arguments.get(name)
        try:
            options[name] = kind(value) if value is not None else None
        except ValueError:
            raise BadInput(f"{name}={value!r} is no number") from None
    for name in ("fresh", "requisites", "allow_private"):
        value = arguments.get(name)
        options[name] = str(value).lower() in ("1", "true", "yes") if value is not None else None
    plan = plan_of(targets, **options)
    check_contact(plan)
    return plan
