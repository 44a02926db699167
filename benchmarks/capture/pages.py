"""Made-up news pages: each different, about 60 KB, about 17 KB gzipped, as heavy with markup as real ones are."""

from __future__ import annotations

import gzip
import random
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

SIZE = 60_000
_SYLLABLES = (
    "an ar be ca co da de di el en er es fi fo ga ha in is ka la le li lo ma me mi mo na ne no or pa pe ra re ri ro sa "
    "se si so ta te ti to un va ve vi tion ment ing ness"
).split()
_HEADINGS = ("Most read", "Latest", "Related", "World", "Opinion", "Markets", "Editors' choice")
_KOREAN_HEADINGS = ("많이 본 뉴스", "최신 기사", "관련 기사", "국제", "오피니언", "증권", "편집장 추천")
_HANGUL = tuple(
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후기니디리미비시이지치키티피히은는을를한인신약"
)


@lru_cache(2)
def _vocabulary(korean: bool) -> tuple[list[str], list[float]]:
    """4,000 words, and cumulative weights by Zipf's law: text that compresses as text does."""
    dice = random.Random(1)
    syllables = _HANGUL if korean else _SYLLABLES
    lengths = (2, 2, 2, 3, 3, 4) if korean else (1, 2, 2, 3, 3, 4)
    words = ["".join(dice.choices(syllables, k=dice.choice(lengths))) for _ in range(4_000)]
    return words, list(accumulate(1 / (rank + 2) for rank in range(len(words))))


def _text(dice: random.Random, words: int, korean: bool = False) -> str:
    vocabulary, weights = _vocabulary(korean)
    return " ".join(dice.choices(vocabulary, cum_weights=weights, k=words))


@lru_cache(1)
def _frame() -> tuple[str, str]:
    """What all pages of a site share: styles and scripts of the head, and the navigation."""
    dice = random.Random(2)
    styles = "".join(
        f".{dice.choice(_SYLLABLES)}-{n}{{margin:{dice.randrange(40)}px;color:#{dice.getrandbits(24):06x}}}\n"
        for n in range(150)
    )
    scripts = "".join(f"site.set('{_text(dice, 1)}-{n}', '{dice.getrandbits(64):x}');\n" for n in range(80))
    menu = "".join(f'<li class="nav-{n}"><a href="/{_text(dice, 1)}/">{_text(dice, 1)}</a></li>\n' for n in range(60))
    return f"<style>{styles}</style><script>{scripts}</script>", f"<nav><ul>{menu}</ul></nav>"


def page(number: int, size: int = SIZE) -> bytes:
    """The page of that number, always the same one: an article, a list of the most read, section blocks, and a second
    copy of the lead; every other page is Korean.

    Half of the blocks stand on each page of their language until they change, after a hundred pages; the other half is
    the page's own. Text is a sixth of the page, as it is of real ones, which are scripts and markup for the most part.
    """
    dice = random.Random(number + 10)
    korean = number % 2 == 1
    head, menu = _frame()
    title = _text(dice, 9, korean).capitalize()
    author = _text(dice, 2, korean).title()
    at = f"2026-{dice.randint(1, 11):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:30:00+09:00"
    paragraphs: list[str] = []
    length = 0
    while length < size / 6:
        words = dice.randint(20, 45) if korean else dice.randint(40, 90)
        part = f"<p>{_text(dice, words, korean).capitalize()}.</p>\n"
        if len(paragraphs) % 4 == 3:
            part += f'<figure><img src="/img/{dice.getrandbits(48):x}.jpg" alt="{_text(dice, 6, korean)}"></figure>\n'
        paragraphs.append(part)
        length += len(part.encode())
    site = random.Random(number // 100 * 2 + korean)
    blocks = [_block(site, korean, 0, 10), *(_block(site if n % 2 else dice, korean, n, 6) for n in range(1, 7))]
    parts = [
        f'<!doctype html><html lang="{"ko" if korean else "en"}"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">',
        f'<meta property="article:published_time" content="{at}">{head}</head><body>{menu}<main><article>',
        f'<h1>{title}</h1><p class="byline"><span class="author">{author}</span> ',
        f'<time datetime="{at}">{at[:10]}</time></p><div class="text">{"".join(paragraphs)}</div></article>',
        f'<div class="print" style="display:none">{"".join(paragraphs[:2])}</div><aside>',
        *blocks,
        "</aside></main>",
    ]
    # What is left is what fills real pages: state for scripts.
    left = size - len("".join(parts).encode())
    state = ",".join(f'"{_text(dice, 1)}-{n}":"{_text(dice, 2)}"' for n in range(max(0, left) // 29))
    return "".join((*parts, f"<script>window.state={{{state}}}</script></body></html>")).encode()


def _block(dice: random.Random, korean: bool, name: int, entries: int) -> str:
    """A ranked list, name 0, or a section."""
    heading = (_KOREAN_HEADINGS if korean else _HEADINGS)[name]
    more = f'<a class="more" href="/{name}/">{"더보기" if korean else "More"}</a>' if name else ""
    kind = "ul" if name else "ol"
    items = "".join(_entries(dice, entries, korean))
    return f'<section class="block"><h2>{heading}</h2>{more}<{kind}>{items}</{kind}></section>\n'


def _entries(dice: random.Random, count: int, korean: bool) -> list[str]:
    """List items as news sites have them: a picture, a title, a time."""
    return [
        f'<li data-id="{dice.getrandbits(32)}"><a href="/story/{dice.getrandbits(24)}">'
        f'<img loading="lazy" src="/t/{dice.getrandbits(32):x}.webp" alt="">'
        f"<strong>{_text(dice, 8, korean)}</strong></a><time>{dice.randint(1, 23)}:{dice.randint(10, 59)}</time></li>\n"
        for _ in range(count)
    ]


def made(folder: Path, count: int) -> list[bytes]:
    """So many pages, gzipped; they are made once and kept in a file of the folder."""
    file = folder / "pages-3.bin"
    kept: list[bytes] = []
    if file.exists():
        data = file.read_bytes()
        at = 0
        while at < len(data) and len(kept) < count:
            end = at + 4 + int.from_bytes(data[at : at + 4], "big")
            kept.append(data[at + 4 : end])
            at = end
    if len(kept) < count:
        kept += [gzip.compress(page(number), 6, mtime=0) for number in range(len(kept), count)]
        file.write_bytes(b"".join(len(one).to_bytes(4, "big") + one for one in kept))
    return kept
