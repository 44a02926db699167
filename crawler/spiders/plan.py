"""The plan of a crawl: what a person asked for, checked, and what it means for Scrapy's settings."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import times
from archive.model import Run
from archive.urls import is_http
from crawler.discovery.scope import Scope, seed
from crawler.errors import BadInput, BadUrl
from crawler.frontier.shard import Shard
from crawler.items import site_name
from crawler.sites.loader import is_path, load
from crawler.sites.model import Site

DEFAULT_DELAY = 1.0
DEFAULT_DEPTH = 2
"""Hops from bare URLs. A definition's crawl goes as far as its scope."""

FRONTIERS = ("redis://", "rediss://", "unix://")
"""How addresses of shared frontiers begin."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Plan:
    """One crawl, as `seogo crawl`'s options say it. `depth` None: no limit but the scope; `delay` in seconds.

    `shard` is the part of the hosts that it fetches, `frontier` the address of one that it shares with other workers.
    """

    site: Site | None
    seeds: tuple[str, ...]
    depth: int | None = None
    max_pages: int | None = None
    delay: float = DEFAULT_DELAY
    allow_private: bool = False
    requisites: bool = True
    fresh: bool = False
    contact: str | None = None
    proxy: str | None = None
    ca_file: str | None = None
    definition: Path | None = None
    shard: Shard | None = None
    frontier: str | None = None

    @property
    def name(self) -> str:
        """What the archive calls the site."""
        return self.site.name if self.site is not None else site_name(self.seeds[0])

    @property
    def sidebar(self) -> tuple[str, ...]:
        """The definition's pages of ranked lists and sections; none when the given URLs alone are wanted."""
        return self.site.sidebar if self.site is not None and self.depth != 0 else ()

    def scope(self) -> Scope:
        """A new Scope of this plan."""
        return Scope.of_site(self.site) if self.site is not None else Scope.of_urls(self.seeds)

    def crawl_key(self, spider: str) -> str:
        """What an unfinished crawl is known by: spider, seeds and scope."""
        parts: list[Any] = [spider, self.name, self.seeds, self.depth, self.site.digest if self.site else ""]
        if self.shard is not None:
            parts.append(str(self.shard))
        return f"{spider}:{self.name}:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]}"

    def settings(self, user_agent: str) -> dict[str, Any]:
        """The Scrapy settings that this plan decides; `user_agent` is the one to add the contact to."""
        polite = self.delay > 0
        changed: dict[str, Any] = {
            "DOWNLOAD_DELAY": self.delay,
            "AUTOTHROTTLE_ENABLED": polite,
            # Scrapy begins at 5 s otherwise, whatever delay was asked for.
            "AUTOTHROTTLE_START_DELAY": self.delay,
            # Two, so that one answer that never comes does not hold up its host.
            "CONCURRENT_REQUESTS_PER_DOMAIN": 2 if polite else 16,
            "ALLOW_PRIVATE": self.allow_private,
        }
        if self.contact:
            changed["USER_AGENT"] = f"{user_agent} (+{self.contact})"
        if self.ca_file:
            changed["CA_FILE"] = self.ca_file
        if self.proxy:
            changed["PROXY"] = self.proxy
        if self.site is not None and self.site.tls == "unverified":
            changed["TLS_UNVERIFIED"] = list(self.site.hosts)
        if self.frontier:
            changed["SCHEDULER"] = "crawler.frontier.redis_scheduler.RedisScheduler"
            changed["REDIS_URL"] = self.frontier
        return changed


def plan_of(targets: Sequence[str], **options: Any) -> Plan:
    """The plan for a site's definition (its name or file), or for one or more URLs.

    Options are Plan's fields; None leaves one to the definition, then to the default. Raises DefinitionError, BadUrl,
    BadInput.
    """
    given = {name: value for name, value in options.items() if value is not None}
    site = _definition(targets)
    if site is not None:
        given.setdefault("delay", DEFAULT_DELAY if site.delay is None else site.delay)
        given.setdefault("max_pages", site.max_pages)
        given["allow_private"] = bool(given.get("allow_private")) or site.allow_private
        seeds = site.seeds
        given["definition"] = Path(targets[0]) if is_path(targets[0]) else None
    else:
        seeds = tuple(dict.fromkeys(seed(target) for target in targets))
        given.setdefault("depth", DEFAULT_DEPTH)
    _check(given)
    return Plan(site=site, seeds=seeds, **given)


def new_run(plan: Plan, user_agent: str) -> Run:
    """A run of this plan that begins now."""
    from crawler.parsers import PARSER_VERSION
    from crawler.pipelines import run_id

    return Run(
        id=run_id(),
        site=plan.name,
        started_at=times.to_text(times.now()),
        definition_digest=plan.site.digest if plan.site is not None else "",
        parser=PARSER_VERSION,
        user_agent=user_agent,
    )


def _definition(targets: Sequence[str]) -> Site | None:
    named = [target for target in targets if is_path(target) or _NAME.fullmatch(target)]
    named = [target for target in named if target != "localhost"]
    if not targets:
        raise BadUrl("nothing to crawl was given: a site's name, the file of its definition, or URLs")
    if not named:
        return None
    if len(targets) > 1:
        raise BadUrl(f"{named[0]!r} is a site's definition: give one definition, or any number of URLs")
    return load(named[0])


def _check(given: dict[str, Any]) -> None:
    frontier = given.get("frontier")
    if frontier and not frontier.startswith(FRONTIERS):
        raise BadInput(f"{frontier!r} is no frontier; write one like redis://127.0.0.1:6379/0")
    proxy = given.get("proxy")
    if proxy and (not is_http(proxy) or not urlsplit(proxy).hostname):
        raise BadInput(f"{proxy!r} is no proxy; write one like http://127.0.0.1:3128")
    ca_file = given.get("ca_file")
    if ca_file and not Path(ca_file).is_file():
        raise BadInput(f"{ca_file}: there is no such file of certificates")
    contact = given.get("contact")
    if contact and (not contact.isprintable() or not contact.isascii() or len(contact) > 200):
        raise BadInput(f"{contact!r} cannot stand in a header; give an address like mailto:desk@example.org")
