"""A month of a made-up news site, fetched each hour: its front page, its lists and its newest articles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.capture.pages import _frame, _text

LISTS = 5
NEW_A_DAY = 24
EDITED = 0.15
"""Of the articles so many are rewritten once, within hours."""

CHURN = {
    "quiet": "pages change when their content does",
    "ranked list": "every page has a ranked list beside it, anew each hour",
    "counters": "and a count of views, and how long ago each article came",
    "tokens": "and ten random tokens for advertisements, other ones each time",
}
"""What of a page changes though its content does not, each with all before it."""


@dataclass(frozen=True)
class Article:
    """An article: the hour it came and was rewritten in (or never), its title and its two texts."""

    number: int
    came: int
    rewritten: int | None
    title: str
    texts: tuple[str, str]


@lru_cache(1)
def _scripts() -> str:
    """What makes most of a page and is the same on all pages of a site."""
    dice = random.Random(5)
    return "".join(f"track('{_text(dice, 2)}',{dice.randrange(10**6)},'{_text(dice, 4)}');\n" for _ in range(600))


@lru_cache(1)
def articles(hours: int) -> tuple[Article, ...]:
    """All articles of the month, in the order in which they came; some were there before it began."""
    dice = random.Random(7)
    found = []
    for number in range(-60, hours * NEW_A_DAY // 24):
        came = number * 24 // NEW_A_DAY
        rewritten = came + dice.randrange(1, 6) if dice.random() < EDITED else None
        korean = number % 2 == 1
        title = _text(dice, 8, korean)
        first = "".join(f"<p>{_text(dice, 45, korean)}.</p>\n" for _ in range(14))
        found.append(Article(number, came, rewritten, title, (first, first.replace("<p>", "<p>" + title[:20], 1))))
    return tuple(found)


def month(hours: int, watched: int, churn: str) -> Iterator[tuple[str, bytes]]:
    """Address and body of each fetch: each hour the front page, the lists, and the `watched` newest articles."""
    level = list(CHURN).index(churn)
    dice = random.Random(11)
    everything = articles(hours)
    for hour in range(hours):
        there = [article for article in everything if article.came <= hour]
        newest = there[-watched:][::-1]
        beside = _ranked(there[-60:], hour) if level >= 1 else ""
        yield "/", _page("front", _rows(there[-40:][::-1], hour, level), beside, level, dice)
        for section in range(LISTS):
            mine = [article for article in there if article.number % LISTS == section][-20:][::-1]
            yield f"/list/{section}", _page(f"section {section}", _rows(mine, hour, level), beside, level, dice)
        for article in newest:
            again = article.rewritten is not None and hour >= article.rewritten
            views = f'<span class="views">{dice.randrange(100, 90_000)}</span>' if level >= 2 else ""
            body = f"<h1>{article.title}</h1>{views}{article.texts[again]}"
            yield f"/article/{article.number}", _page(article.title, body, beside, level, dice)


def _ranked(some: list[Article], hour: int) -> str:
    order = random.Random(hour).sample(some, 10)
    rows = "".join(
        f'<li><em>{n}</em><a href="/article/{a.number}">{a.title}</a></li>\n' for n, a in enumerate(order, 1)
    )
    return f"<aside><h2>Most read</h2><ol>{rows}</ol></aside>"


def _rows(some: list[Article], hour: int, level: int) -> str:
    age = "<time>{} hours ago</time>" if level >= 2 else ""
    return "".join(
        f'<div class="card"><a href="/article/{a.number}"><b>{a.title}</b></a><p>{a.texts[0][3:160]}</p>'
        f"{age.format(hour - a.came)}</div>\n"
        for a in some
    )


def _page(title: str, body: str, beside: str, level: int, dice: random.Random) -> bytes:
    head, menu, _ = _frame()
    slots = (
        "".join(f'<div class="ad" data-token="{dice.getrandbits(128):032x}"></div>\n' for _ in range(10))
        if level >= 3
        else ""
    )
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}<script>{_scripts()}</script></head>"
        f"<body>{menu}<main>{body}</main>{beside}{slots}"
        f"<footer>{menu}</footer></body></html>"
    ).encode()
