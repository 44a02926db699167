"""How much each part of a site's pages gives, and when it gives less than it used to: pure, computed from the index.

Each dated layout of a definition has parts of its own. A young layout is measured by what the one before it gave, so
that a redesign whose layout is only half defined is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import comb
from statistics import median
from typing import Final

from sqlite_utils import Database

from archive.index import yields
from archive.index.yields import Yield
from archive.times import from_text, to_text
from archive.urls import url_key
from crawler.discovery.scope import Scope
from crawler.sites.model import Layout, Site
from crawler.spiders.plan import Plan

LOOKED_AT: Final = 60
ARTICLES: Final = 300
SINCE: Final = timedelta(days=30)
LEAST_HISTORY: Final = 8
"""Fewer captures before a drop are no history."""

CHANCE: Final = 0.01
"""What happens by chance more often than this is no drop."""

_TAILS: Final = (2, 3, 5, 8, 12, 20)
_QUIET: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Look:
    """One capture: whether the part was there."""

    capture_id: str
    at: str
    good: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a site's pages over time, the oldest look first: `text of articles`, `ranked lists of http://...`.

    `layout`: the dates of the layout, empty where the definition has none or one.
    """

    site: str
    name: str
    looks: tuple[Look, ...]
    layout: str = ""

    @property
    def key(self) -> str:
        """What an alarm about it is known by."""
        return f"{self.site}: {self.label}"

    @property
    def label(self) -> str:
        """The part's name, with its layout."""
        return f"{self.name} ({self.layout})" if self.layout else self.name

    def rate(self, last: int = 20) -> float | None:
        """The share of the last looks that found it; None without a look."""
        some = self.looks[-last:]
        return sum(look.good for look in some) / len(some) if some else None


@dataclass(frozen=True, slots=True)
class Drop:
    """A part that gives less than it did: when that began, and the last capture with it, the first without."""

    part: str
    since: str
    usual: float
    now: float
    before: str
    after: str

    @property
    def said(self) -> str:
        """The alarm's sentence."""
        return f"{self.part}: found on {self.now:.0%} of pages since {self.since[:16]}Z, before on {self.usual:.0%}"


def parts(db: Database, plan: Plan, now: datetime) -> Iterator[Part]:
    """All parts of a site whose history is looked at, layout by layout."""
    pages = dict.fromkeys((*plan.seeds, *plan.sidebar))
    for url in pages:
        found = yields.of_url(db, url_key(url), LOOKED_AT)
        for kind in ("ranked", "sections"):
            label = "ranked lists" if kind == "ranked" else "sections"
            yield from by_layout(Part(plan.name, f"{label} of {url}", tuple(_full(found, kind))), plan.site)
    keys = {url_key(url) for url in pages}
    others = yields.of_site(db, plan.name, keys, to_text(now - SINCE), ARTICLES)
    scope = plan.scope()
    articles = [one for one in others if _is_article(one, scope, plan.site)]
    for name in ("text", "title", "authors", "published"):
        looks = (Look(one.capture_id, one.at, one.kind == "article" and getattr(one, name)) for one in articles)
        yield from by_layout(Part(plan.name, f"{name} of articles", tuple(looks)), plan.site)


def by_layout(part: Part, site: Site | None) -> Iterator[Part]:
    """A part, or one for each layout that its looks were in, which begins with looks at the layout before where its
    own are too few to be a history.
    """
    if site is None or not any(layout.valid_from or layout.valid_until for layout in site.layouts):
        yield part
        return
    before: tuple[Look, ...] = ()
    for layout, looks in groupby(part.looks, lambda look: site.layout(from_text(look.at))):
        own = tuple(looks)
        borrowed = before[-LOOKED_AT:] if len(own) < 2 * LEAST_HISTORY else ()
        yield Part(part.site, part.name, borrowed + own, dates_of(layout))
        before = own


def dates_of(layout: Layout) -> str:
    """A layout for people.

    >>> from datetime import date
    >>> dates_of(Layout(valid_from=date(2026, 11, 20)))
    'layout from 2026-11-20'
    """
    since = f" from {layout.valid_from}" if layout.valid_from else ""
    until = f" until {layout.valid_until}" if layout.valid_until else ""
    return f"layout{since}{until}" if since or until else "no layout"


def drop(part: Part) -> Drop | None:
    """Whether a part gives so much less at the end of its history that chance does not explain it."""
    for length in _TAILS:
        head, tail = part.looks[:-length], part.looks[-length:]
        if len(head) < LEAST_HISTORY:
            return None
        usual = sum(look.good for look in head) / len(head)
        found = sum(look.good for look in tail)
        if usual < 0.5 or found / length >= usual / 2:
            continue
        # As if one more look had found it and one had not: a short history is no certainty.
        likely = (sum(look.good for look in head) + 1) / (len(head) + 2)
        if chance_of_at_most(found, length, likely) < CHANCE:
            return _told(part, usual, found / length, length)
    return None


def recovered(part: Part, usual: float) -> bool:
    """Whether a part that had dropped is back: on most of the last looks."""
    some = part.looks[-3:]
    return bool(some) and sum(look.good for look in some) / len(some) >= 0.7 * usual


def chance_of_at_most(found: int, looks: int, likely: float) -> float:
    """The chance that of so many looks at most `found` succeed, each as `likely` as the other.

    >>> round(chance_of_at_most(0, 2, 0.9), 4)
    0.01
    """
    return sum(comb(looks, k) * likely**k * (1 - likely) ** (looks - k) for k in range(found + 1))


def silence(firsts: Sequence[str], now: datetime) -> timedelta | None:
    """How long no new article was found, where that is too long: a day, and three times the longest wait before."""
    if len(firsts) < 5:
        return None
    instants = [from_text(text) for text in firsts]
    longest = max(later - earlier for earlier, later in pairwise(instants))
    quiet = now - instants[-1]
    return quiet if quiet > max(_QUIET, 3 * longest) else None


def _full(found: Sequence[Yield], kind: str) -> Iterator[Look]:
    """A list counts as there with at least half as many items as it commonly has."""
    sizes = [getattr(one, kind) for one in found]
    usual = median([size for size in sizes if size] or [1])
    for one, size in zip(found, sizes, strict=True):
        yield Look(one.capture_id, one.at, size >= usual / 2)


def _is_article(one: Yield, scope: Scope, site: Site | None) -> bool:
    if site is not None and site.articles:
        return scope.kind(one.url) == "article"
    return one.kind == "article"


def _told(part: Part, usual: float, now: float, length: int) -> Drop:
    """Where the drop began: the first miss behind the last look that found it, or the first in the tail."""
    looks = part.looks
    last_good = max((n for n, look in enumerate(looks) if look.good), default=0)
    if last_good >= len(looks) - length:
        last_good = max((n for n, look in enumerate(looks[:-length]) if look.good), default=0)
    first_bad = next((n for n in range(last_good + 1, len(looks)) if not looks[n].good), len(looks) - 1)
    before, after = looks[last_good], looks[first_bad]
    return Drop(part.key, after.at, usual, now, before.capture_id, after.capture_id)
