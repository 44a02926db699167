"""What a revisit policy costs and how soon it sees a change, on made-up histories of articles; no request is made.

The histories: most articles never change, some are mended within hours, a few go on for days. Changes come at random,
ever more seldom as the article grows older.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from crawler.jobs.revisit import POLICY, Policy

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of article: its share of all, expected changes, and the age (hours) by which two thirds of them came."""

    share: float
    changes: float
    hours: float


KINDS = (Kind(0.70, 0.0, 1.0), Kind(0.20, 1.5, 2.0), Kind(0.08, 4.0, 12.0), Kind(0.02, 12.0, 72.0))
"""An assumption, not a measurement."""


@dataclass(frozen=True, slots=True)
class Result:
    """`checks`: requests an article; `delay`: mean hours from a change until it was seen; `missed`: share never seen
    by itself, because the next change came first, or nobody looked any more.
    """

    checks: float
    delay: float
    missed: float


def histories(count: int, days: float, seed: int = 1, kinds: Sequence[Kind] = KINDS) -> list[tuple[float, ...]]:
    """The instants (hours from publication) at which each of so many articles changes."""
    chance = random.Random(seed)  # noqa: S311  a simulation, not a secret
    found = []
    for kind in chance.choices(kinds, [kind.share for kind in kinds], k=count):
        number = _poisson(chance, kind.changes)
        instants = sorted(chance.expovariate(1 / kind.hours) for _ in range(number))
        found.append(tuple(instant for instant in instants if instant < days * 24))
    return found


def adaptive(policy: Policy = POLICY) -> Callable[[Sequence[float]], list[float]]:
    """The instants (hours) at which the policy looks at an article with given changes."""

    def looks(changes: Sequence[float]) -> list[float]:
        found: list[float] = []
        at, wait = 0.0, policy.first
        while True:
            before, at = at, at + wait.total_seconds() / HOUR
            if at > policy.until.total_seconds() / HOUR:
                return found
            found.append(at)
            wait = policy.after_check(wait, changed=any(before < change <= at for change in changes))

    return looks


def fixed(interval: float, days: float) -> Callable[[Sequence[float]], list[float]]:
    """Looks each `interval` hours, whatever is seen."""
    return lambda changes: [interval * (number + 1) for number in range(int(days * 24 / interval))]


def measure(looks: Callable[[Sequence[float]], list[float]], articles: Iterable[Sequence[float]]) -> Result:
    """What a way of looking costs and sees."""
    checks, delays, missed, changes_seen = [], [], 0, 0
    for changes in articles:
        instants = looks(changes)
        checks.append(len(instants))
        for change, following in zip(changes, [*changes[1:], float("inf")], strict=False):
            changes_seen += 1
            seen = next((instant for instant in instants if instant >= change), None)
            if seen is None or seen >= following:
                missed += 1
            if seen is not None:
                delays.append(seen - change)
    return Result(mean(checks), mean(delays) if delays else 0.0, missed / changes_seen if changes_seen else 0.0)


def fixed_at_cost(checks: float, days: float) -> float:
    """The interval (hours) of a fixed schedule that costs so many looks an article."""
    return days * 24 / max(checks, 1.0)


def checks_by_day(policy: Policy, days: int, articles: Sequence[Sequence[float]]) -> list[float]:
    """Looks an article on each day of its age."""
    looks = adaptive(policy)
    counts = [0] * days
    for changes in articles:
        for instant in looks(changes):
            if instant < days * 24:
                counts[int(instant // 24)] += 1
    return [count / len(articles) for count in counts]


def _poisson(chance: random.Random, expected: float) -> int:
    at, count = chance.expovariate(1.0) if expected else 1.0, 0
    while at < expected:
        at += chance.expovariate(1.0)
        count += 1
    return count
