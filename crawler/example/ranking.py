"""Which articles are read most: an order that depends on the edition alone, so that tests can foretell it."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Literal

from crawler.example.content import Article, articles

Period = Literal["day", "week"]
PERIODS: tuple[Period, ...] = ("day", "week")
TABS: dict[Period, str] = {"day": "일간", "week": "주간"}
HEADING = "많이 본 뉴스"
SHORT = 10
FULL = 20
# How far an edition moves an article: a day's list is lively, a week's list slow.
_SWING: dict[Period, int] = {"day": 450, "week": 150}
_NEWS_BONUS = 900


@cache
def ranking(period: Period, edition: int) -> tuple[Article, ...]:
    """The articles most read in a period, the first first: at most `FULL`, of which sidebars show `SHORT`."""
    ranked = sorted(articles(edition), key=lambda article: (-reads(article, period, edition), article.key))
    return tuple(ranked[:FULL])


def reads(article: Article, period: Period, edition: int) -> int:
    """How often an article was read: what it is worth, how the edition moved it, and a bonus while it is new."""
    worth = _number(f"{period}/{article.key}", 1000)
    moved = _number(f"{period}/{article.key}/{edition}", _SWING[period])
    news = _NEWS_BONUS if 1 < article.since == edition else 0
    return 1200 + worth + moved + news


def _number(text: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % below
