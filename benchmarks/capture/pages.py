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


@lru_cache(1)
def _vocabulary() -> tuple[list[str], list[float]]:
    """4,000 words, and cumulative weights by Zipf's law: text that compresses as text does."""
    dice = random.Random(1)
    words = ["".join(dice.choices(_SYLLABLES, k=dice.choice((1, 2, 2, 3, 3, 4)))) for _ in range(4_000)]
    return words, list(accumulate(1 / (rank + 2) for rank in range(len(words))))


def _text(dice: random.Random, words: int) -> str:
    vocabulary, weights = _vocabulary()
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
    """The page of that number: always the same one."""
    dice = random.Random(number + 10)
    head, menu = _frame()
    title = _text(dice, 9).capitalize()
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}">{head}</head><body>{menu}<main><article><h1>{title}</h1>'
    ]
    length = len(parts[0])
    while length < size * 0.55:
        part = f'<p data-n="{len(parts)}">{_text(dice, dice.randint(40, 90)).capitalize()}.</p>\n'
        if len(parts) % 4 == 0:
            part += f'<figure><img src="/img/{dice.getrandbits(48):x}.jpg" alt="{_text(dice, 6)}"></figure>\n'
        parts.append(part)
        length += len(part)
    parts.append("</article><aside><h2>Latest</h2>")
    while length < size - 400:
        part = (
            f'<div class="card" data-id="{dice.getrandbits(32)}"><a href="/story/{dice.getrandbits(24)}">'
            f'<img loading="lazy" src="/t/{dice.getrandbits(32):x}.webp" alt=""><h3>{_text(dice, 8)}</h3></a>'
            f"<p>{_text(dice, 16)}</p><time>{dice.randint(1, 23)} hours ago</time></div>\n"
        )
        parts.append(part)
        length += len(part)
    return "".join((*parts, "</aside></main></body></html>")).encode()


def made(folder: Path, count: int) -> list[bytes]:
    """So many pages, gzipped; they are made once and kept in a file of the folder."""
    file = folder / "pages.bin"
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
