"""Pages of lists that go on: which link leads to the next page, and when it is worth a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.urls import same_page

MAX_PAGE = 1_000
FRUITLESS = 3
"""Pages in a row without an article that is not known: paging goes no further."""

_NUMBER = re.compile(
    r"(?P<before>.*?(?:[?&](?:page|pg|p|pageno|page_no|pageindex|pn|paged)=|/page[/-]))(?P<number>\d{1,6})(?P<after>.*)",
    re.I,
)


def number_of(url: str) -> int:
    """The page of a list that an address names; 1 where it names none.

    >>> number_of("http://e.org/list?cat=1&page=3"), number_of("http://e.org/list")
    (3, 1)
    """
    found = _NUMBER.fullmatch(url)
    return int(found["number"]) if found else 1


def next_page(url: str, links: Iterable[str]) -> str | None:
    """The link of a list page that leads to its next page: the same address, one number later."""
    own = _shape(url)
    wanted = number_of(url) + 1
    for link in links:
        if number_of(link) == wanted and _NUMBER.fullmatch(link) and _shape(link) == own:
            return same_page(link)
    return None


@dataclass(slots=True)
class Row:
    """The pages of one list that a run went through."""

    fruitless: int = 0

    def goes_on(self, new: int) -> bool:
        """Whether the next page is worth a request, after one with so many new articles."""
        self.fruitless = 0 if new else self.fruitless + 1
        return self.fruitless < FRUITLESS


@dataclass(slots=True)
class Rows:
    """The lists of one run."""

    rows: dict[str, Row] = field(default_factory=dict)

    def follow(self, url: str, links: Iterable[str], new: int) -> str | None:
        """The next page to fetch after `url`, which showed so many new articles."""
        row = self.rows.setdefault(_shape(url), Row())
        if new == 0 and number_of(url) == 1:
            return None  # nothing new on the first page: what is behind it was seen before
        return next_page(url, links) if row.goes_on(new) and number_of(url) < MAX_PAGE else None


def _shape(url: str) -> str:
    """A list's address without its page number."""
    found = _NUMBER.fullmatch(url)
    plain = found["before"].rstrip("0123456789") + "#" + found["after"] if found else url
    # The first page commonly has no number.
    plain = re.sub(r"(?:[?&](?:page|pg|p|pageno|page_no|pageindex|pn|paged)=#|/page[/-]#)", "", plain, flags=re.I)
    return plain.replace("?&", "?").replace("/?", "?").rstrip("?&/").replace("?", "&", 1)
