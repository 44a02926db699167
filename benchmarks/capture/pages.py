"""Made-up news pages: each different, about 60 KB, about 14 KB gzipped, as heavy with markup as real ones are."""

from __future__ import annotations

import gzip
import random
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

SIZE = 60_000
BODY = 0.07
"""The article's text as a part of the page: the median of real pages is 4,200 letters, a third as many in Korean."""
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
def _frame() -> tuple[str, str, str]:
    """What all pages of a site share: styles and scripts of the head, the navigation, the footer."""
    dice = random.Random(2)
    styles = "".join(
        f".{_name(dice)}{{margin:{dice.randrange(40)}px;color:#{dice.getrandbits(12):03x}}}\n" for _ in range(90)
    )
    scripts = "".join(f"site.set('{_text(dice, 1)}-{n}', {dice.randrange(1000)});\n" for n in range(60))
    menu = "".join(
        f'<li class="menu__item menu__item--level-1 menu-item-{n}" data-menu-position="{n}" role="none">'
        f'<a class="menu__link" role="menuitem" href="/{_text(dice, 1)}/" data-track="navigation|main|{n}">'
        f"{_text(dice, 1)}</a></li>\n"
        for n in range(34)
    )
    foot = "".join(
        f'<a class="footer__link footer__link--secondary" href="/about/{_text(dice, 1)}" data-track="footer|{n}">'
        f"{_text(dice, 2)}</a>\n"
        for n in range(20)
    )
    return (
        f"<style>{styles}</style><script>{scripts}</script>",
        f'<nav class="menu menu--main" aria-label="main"><ul class="menu__list" role="menubar">{menu}</ul></nav>',
        f'<footer class="footer"><div class="footer__inner">{foot}<p>{_text(dice, 20)}</p></div></footer>',
    )


def page(number: int, size: int = SIZE) -> bytes:
    """The page of that number, always the same one: an article, a list of the most read, section blocks, and a second
    copy of the lead; every other page is Korean.

    Half of the section blocks and the list stand on each page of their language until they change, after a hundred
    pages; the other half is the page's own. Elements, links, pictures, text, markup and scripts are as many and as long
    as on real news pages of this size (docs/benchmarks.md has both).
    """
    dice = random.Random(number + 10)
    korean = number % 2 == 1
    head, menu, foot = _frame()
    title = _text(dice, 9, korean).capitalize()
    author = _text(dice, 2, korean).title()
    at = f"2026-{dice.randint(1, 11):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:30:00+09:00"
    paragraphs: list[str] = []
    length = 0
    while length < size * BODY:
        words = dice.randint(15, 30) if korean else dice.randint(30, 60)
        text = f"{_text(dice, words, korean).capitalize()}."
        length += len(text.encode())
        place = f'class="article-body__paragraph" data-component="text-block" data-index="{len(paragraphs)}"'
        part = f"<p {place}>{text}</p>\n"
        if len(paragraphs) % 5 == 3:
            part += _figure(dice, korean)
        paragraphs.append(part)
    site = random.Random(number // 100 * 2 + korean)
    blocks = [_block(site, korean, 0, 10), *(_block(site if n % 2 else dice, korean, n, 5) for n in range(1, 5))]
    parts = [
        f'<!doctype html><html lang="{"ko" if korean else "en"}"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">',
        f'<meta property="article:published_time" content="{at}">{head}</head><body>{menu}<main><article>',
        _slots(dice, 8),
        f'<h1 class="article-header__title">{title}</h1><p class="byline"><span class="author">{author}</span> ',
        f'<time datetime="{at}">{at[:10]}</time></p><div class="article-body">{"".join(paragraphs)}</div></article>',
        f'<div class="print" style="display:none">{"".join(paragraphs[:2])}</div><aside class="sidebar">',
        *blocks,
        f"{_slots(dice, 16)}</aside></main>{foot}",
    ]
    # What is left is what fills real pages: state for scripts.
    left = size - len("".join(parts).encode())
    state = ",".join(f'"{_text(dice, 1)}-{n}":"{_text(dice, 2)}"' for n in range(max(0, left) // 29))
    return "".join((*parts, f"<script>window.state={{{state}}}</script></body></html>")).encode()


def _slots(dice: random.Random, count: int) -> str:
    """What stands between a page's parts and has no text: places for advertisements, icons of buttons."""
    sizes = "[[300,250],[300,600]]"
    return "".join(
        f'<div id="slot-{dice.getrandbits(32):x}" class="ad-slot ad-slot--desktop js-lazy" data-ad-unit="/site/{n}" '
        f'data-ad-sizes="{sizes}" data-targeting="pos={n};section=news;pv={dice.getrandbits(48):x}">'
        '<div class="ad-slot__inner" aria-hidden="true"><button class="ad-slot__button" type="button" aria-label="x">'
        f'<svg class="icon" width="24" height="24" viewBox="0 0 24 24"><path d="{_curve(dice)}"></path></svg>'
        "</button></div></div>\n"
        for n in range(count)
    )


def _curve(dice: random.Random) -> str:
    return "".join(f"{dice.choice('lLcCz')}{dice.uniform(0, 24):.2f} {dice.uniform(0, 24):.2f}" for _ in range(12))


def _figure(dice: random.Random, korean: bool) -> str:
    source = f"/img/{dice.getrandbits(32):x}.jpg"
    return (
        f'<figure class="article-body__figure figure figure--wide"><img class="figure__image" src="{source}" '
        f'srcset="{source}?w=480 480w, {source}?w=960 960w" sizes="(max-width: 600px) 480px, 960px" width="960" '
        f'height="640" alt="{_text(dice, 6, korean)}"></figure>\n'
    )


def _block(dice: random.Random, korean: bool, name: int, entries: int) -> str:
    """A ranked list, name 0, or a section."""
    heading = (_KOREAN_HEADINGS if korean else _HEADINGS)[name]
    more = f'<a class="block__more" href="/{name}/">{"더보기" if korean else "More"}</a>' if name else ""
    kind = "ul" if name else "ol"
    items = "".join(_entry(dice, n, korean, pictured=name > 0 and n % 3 == 0) for n in range(entries))
    return (
        f'<section class="block block--sidebar block-{name}" data-component="block" data-block-id="{name}">'
        f'<div class="block__header"><h2 class="block__title">{heading}</h2>{more}</div>'
        f'<{kind} class="block__list">{items}</{kind}></section>\n'
    )


def _entry(dice: random.Random, place: int, korean: bool, *, pictured: bool) -> str:
    """A list item as news sites have them: a title, a time, sometimes a picture."""
    track = f"block|teaser|{place}"
    picture = (
        f'<div class="teaser__media"><img class="teaser__image" loading="lazy" src="/t/{dice.getrandbits(32):x}.webp" '
        f'width="120" height="80" alt=""></div>'
    )
    return (
        f'<li class="block__item teaser teaser--small" data-position="{place}"><article class="teaser__inner">'
        f'{picture if pictured else ""}<div class="teaser__content">'
        f'<a class="teaser__link" href="/story/{dice.getrandbits(24)}" data-track="{track}">'
        f'<span class="teaser__title">{_text(dice, 7, korean)}</span></a><div class="teaser__meta">'
        f'<time class="teaser__time">{dice.randint(1, 23)}:{dice.randint(10, 59)}</time></div></div></article></li>\n'
    )


def _name(dice: random.Random) -> str:
    return f"{dice.choice(_SYLLABLES)}{dice.choice(_SYLLABLES)}__{dice.choice(_SYLLABLES)}"


def made(folder: Path, count: int) -> list[bytes]:
    """So many pages, gzipped; they are made once and kept in a file of the folder."""
    file = folder / "pages-4.bin"
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
