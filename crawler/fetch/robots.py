"""robots.txt by RFC 9309: one fetch an origin, however many requests wait for it; kept for a day.

The fetch goes through the downloader like any other, so that robots.txt is a capture too. 4xx and what is no
robots.txt allow everything; 5xx, an unreachable host and a cut file allow nothing. Crawl-delay, which is no part of the
RFC, raises the delay of the host's slot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from crawler.fetch import outcomes
from crawler.fetch.failures import AddressRefused, FetchFailed, RedirectLimit, RobotsRefused, Unfinished, Unreachable
from crawler.fetch.limits import Limits

_PRODUCT = re.compile(r"[A-Za-z_-]+")
_AGENT_LINE = re.compile(r"[ \t]*user[ -]?agent[ \t]*(?::|[ \t])[ \t]*([^#\r\n]*)", re.IGNORECASE)
_SOMEBODY_ELSE = "~"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt lets us do, until `expires` (on the monotonic clock).

    `denied` holds the failure that closes the whole origin; without it and without `parser`, all is allowed.
    """

    expires: float
    agent: str
    parser: Protego | None = None
    denied: FetchFailed | None = None

    def check(self, url: str) -> None:
        """Raises RobotsRefused, or the failure that kept robots.txt from us when the host cannot be reached at all."""
        if self.denied is not None:
            raise type(self.denied)(str(self.denied))
        if self.parser is not None and not self.parser.can_fetch(url, self.agent):
            raise RobotsRefused(f"robots.txt disallows the address for {self.agent}.")

    @property
    def crawl_delay(self) -> float:
        """Seconds between two requests that the file asks for; 0 without."""
        return (self.parser.crawl_delay(self.agent) or 0.0) if self.parser is not None else 0.0


def product_token(user_agent: str) -> str:
    """The name that robots.txt addresses us by.

    >>> product_token("Seogo/0.1 (+https://example.org)")
    'Seogo'
    """
    match = _PRODUCT.match(user_agent.strip())
    return match[0] if match else user_agent.strip() or "*"


def read(data: bytes, agent: str, limit: int) -> Protego:
    """The rules in a robots.txt's first `limit` bytes, whatever its encoding; markup and noise hold no rules."""
    whole = len(data) <= limit
    text = _decode(data[:limit])
    if not whole:
        # A line cut in two could forbid more than it says.
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    if text.lstrip()[:1] == "<":
        return Protego.parse("")
    return Protego.parse("\n".join(_for_us(line, agent) for line in re.split(r"\r\n|\n|\r", text)))


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")


def _for_us(line: str, agent: str) -> str:
    """A User-agent line reduced to us, everybody, or somebody else.

    RFC 9309 compares product tokens, Protego looks for substrings; and its work grows with the agents of a group.
    """
    match = _AGENT_LINE.match(line)
    if match is None:
        return line
    named = match[1].strip()
    if named == "*":
        return "User-agent: *"
    return f"User-agent: {agent if product_token(named).lower() == agent.lower() else _SOMEBODY_ELSE}"


class _Known:
    """What is known of origins, and who waits for which, shared by the spiders of one run."""

    def __init__(self) -> None:
        self.rules: dict[str, Rules] = {}
        self.waiting: dict[str, list[Deferred[Rules]]] = {}


_known_by_run: WeakKeyDictionary[object, _Known] = WeakKeyDictionary()


class RobotsMiddleware:
    """Holds requests until their origin's robots.txt is known, and raises RobotsRefused for those it disallows.

    `request.meta["robots"]` marks the fetch of a robots.txt; `dont_obey_robotstxt` works as in Scrapy.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self._crawler = crawler
        self._limits = Limits.of(crawler.settings)
        self._agent = product_token(crawler.settings.get("ROBOTSTXT_USER_AGENT") or crawler.settings["USER_AGENT"])
        # The writer is what the spiders of a run have in common.
        self._known = _known_by_run.setdefault(outcomes.writer_of(crawler) or crawler, _Known())
        crawler.signals.connect(self._bytes_received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            return
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        rules = self._known.rules.get(origin)
        if rules is None or rules.expires <= monotonic():
            rules = await self._single_flight(origin, request)
        rules.check(request.url)
        if rules.crawl_delay:
            self._slow_down(request, rules.crawl_delay)

    async def _single_flight(self, origin: str, request: Request) -> Rules:
        waiting = self._known.waiting.get(origin)
        if waiting is not None:
            turn: Deferred[Rules] = Deferred()
            waiting.append(turn)
            return await maybe_deferred_to_future(turn)
        self._known.waiting[origin] = []
        rules = self._denied(RobotsRefused("robots.txt could not be asked for: the crawl is being stopped."), 0)
        try:
            rules = await self._fetch(origin, request)
            self._known.rules.pop(origin, None)
            self._known.rules[origin] = rules
            if len(self._known.rules) > self._limits.robots_origins:
                del self._known.rules[next(iter(self._known.rules))]
        finally:
            for turn in self._known.waiting.pop(origin):
                turn.callback(rules)
        return rules

    async def _fetch(self, origin: str, request: Request) -> Rules:
        meta = {"robots": True, "redirect_ttl": self._limits.robots_redirects, "dont_cache": True}
        if request.meta.get("proxy"):
            meta["proxy"] = request.meta["proxy"]
        url = f"{origin}/robots.txt"
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(Request(url, meta=meta, callback=NO_CALLBACK))
        except (Unreachable, AddressRefused) as failure:
            return self._denied(type(failure)(f"{url} could not be had: {failure}"), self._limits.robots_retry_seconds)
        except RedirectLimit:
            # RFC 9309, 2.3.1.2: more than five redirects may be taken for a file that is not there.
            return self._allowing(b"")
        except FetchFailed as failure:
            kind = type(failure) if isinstance(failure, Unfinished) else RobotsRefused
            return self._denied(kind(f"{url} could not be had: {failure}"), self._limits.robots_retry_seconds)
        return self._judge(url, response)

    def _judge(self, url: str, response: Response) -> Rules:
        if 200 <= response.status < 300:
            return self._allowing(response.body)
        if 300 <= response.status < 500:
            return self._allowing(b"")
        return self._denied(
            RobotsRefused(f"{url} answered {response.status}, which closes the site to crawlers for now."),
            self._limits.robots_retry_seconds,
        )

    def _allowing(self, body: bytes) -> Rules:
        parser = read(body, self._agent, self._limits.robots_bytes)
        return Rules(monotonic() + self._limits.robots_seconds, self._agent, parser)

    def _denied(self, failure: FetchFailed, seconds: float) -> Rules:
        return Rules(monotonic() + seconds, self._agent, denied=failure)

    def _bytes_received(self, data: bytes, request: Request) -> None:
        if not request.meta.get("robots"):
            return
        # Counted here because the body limit is for pages: of a robots.txt, nobody reads more than this.
        received = request.meta.get("robots_received", 0) + len(data)
        request.meta["robots_received"] = received
        if received > self._limits.robots_bytes:
            raise StopDownload(fail=False)

    def _slow_down(self, request: Request, crawl_delay: float) -> None:
        delay = min(crawl_delay, self._limits.crawl_delay_seconds)
        assert self._crawler.engine is not None
        _, slot = self._crawler.engine.downloader._get_slot(request)
        if slot.delay < delay:
            slot.delay = delay
            # Scrapy varies delays by half; less than was asked for is not honouring it.
            slot.jitter = 0.0
        # AutoThrottle would take the delay down again with each quick answer.
        request.meta["autothrottle_dont_adjust_delay"] = True
