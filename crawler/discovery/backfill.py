"""The past of a site: which addresses a range of article numbers or of days stands for. Pure; newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawler.errors import BadInput
from crawler.sites.model import Site

MOST = 10_000_000
"""Article numbers, or days, of one backfill."""

_IDS = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?")


@dataclass(frozen=True, slots=True)
class Ids:
    """Article numbers from `first` to `last`, both included."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Ids:
        """`321000-321563`, or one number. Raises BadInput.

        >>> Ids.parse("17-19")
        Ids(first=17, last=19)
        """
        found = _IDS.fullmatch(text.strip())
        if found is None:
            raise BadInput(f"{text[:60]!r} is no range of article numbers; write one like 321000-321563")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first or last - first >= MOST:
            raise BadInput(f"{text!r}: the last number is to be the larger one, by less than {MOST}")
        return cls(first, last)

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def addresses(self, site: Site) -> Iterator[str]:
        """The articles' addresses, the highest number first. Raises BadInput where the definition has no template."""
        template = site.backfill.article
        if template is None:
            raise BadInput(
                f"the definition of {site.name} does not say how an article's address is made from its number: "
                'give it backfill = { article = "https://.../{id}" }'
            )
        return (template.replace("{id}", str(number)) for number in range(self.last, self.first - 1, -1))


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `since` on and before `until`."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise BadInput(f"{self.until} is not after {self.since}: --until is the first day no longer wanted")
        if (self.until - self.since).days > MOST:
            raise BadInput(f"{self.since} to {self.until} are more than {MOST} days")

    def __len__(self) -> int:
        return (self.until - self.since).days

    def __str__(self) -> str:
        return f"{self.since}..{self.until}"

    def addresses(self, site: Site) -> Iterator[str]:
        """The addresses of the pages that list a day's articles, the last day first; none without a template."""
        template = site.backfill.day
        if template is None:
            return
        for back in range(1, len(self) + 1):
            day = self.until - timedelta(days=back)
            parts = {"{year}": f"{day.year:04}", "{month}": f"{day.month:02}", "{day}": f"{day.day:02}"}
            address = template
            for name, value in parts.items():
                address = address.replace(name, value)
            yield address

    def has(self, at: datetime, zone: str | None) -> bool:
        """Whether an instant is of one of the days, in the site's zone, or UTC."""
        return self.reaches(at, zone) and at < _begin(self.until, zone)

    def reaches(self, at: datetime, zone: str | None) -> bool:
        """Whether an instant is not before the first of the days."""
        return at >= _begin(self.since, zone)


def _begin(day: date, zone: str | None) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone) if zone else UTC)


Span = Ids | Days
