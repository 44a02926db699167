"""A made-up news site: captures with their items, the same for the same numbers."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from archive.model import (
    Block,
    Body,
    Capture,
    Items,
    ListIdentity,
    Page,
    PageKind,
    RankedItem,
    RankedList,
    Section,
    SectionItem,
)
from archive.times import to_text
from archive.urls import url_key

START = datetime(2026, 1, 1, tzinfo=UTC)
PARSER = "bench/1"
WORDS = 60_000
# Of a hundred captures so many show an article for the first time, so many again; the rest are list pages.
NEW, AGAIN = 70, 20
_SECTIONS = ("인터뷰", "기획", "사설", "포토", "영상")


class Site:
    """Captures of one site in order of time, one a minute; texts in words whose frequencies fall off as in language."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        syllables = [chr(0xAC00 + 28 * n) for n in range(0, 399, 2)] + [
            chr(0xAC00 + 28 * n + 4) for n in range(0, 399, 3)
        ]
        self.words = [
            "".join(self._random.choices(syllables, k=self._random.choice((2, 2, 3, 3, 4)))) for _ in range(WORDS)
        ]
        self._weights = list(accumulate(1 / (n + 20) for n in range(WORDS)))
        self._stories: list[tuple[str, Body]] = []
        self._stable: tuple[tuple[RankedList, ...], tuple[Section, ...]] = ((), ())

    def pages(self, count: int, first: int = 0) -> Iterator[tuple[Capture, Items]]:
        """So many captures, each with the items of its page; `first` minutes after the start."""
        for number in range(first, first + count):
            if number % 100 == 0:
                self._stable = self._beside()
            kind = self._random.randrange(100)
            if kind < NEW or not self._stories:
                url, body = f"https://news{number % 5}.example/article/{number}", self._body()
                self._stories.append((url, body))
                if len(self._stories) > 5000:
                    del self._stories[:1000]
            elif kind < NEW + AGAIN:
                at = self._random.randrange(len(self._stories))
                url, body = self._stories[at]
                if kind % 2:
                    body = Body(body.title, published=body.published, blocks=(*body.blocks, Block("p", self.text(20))))
                    self._stories[at] = (url, body)
            else:
                yield self._page(number, f"https://news.example/list/{number % 10}", None)
                continue
            yield self._page(number, url, body)

    def text(self, words: int) -> str:
        """Words, joined by blanks."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))

    def _body(self) -> Body:
        day = START + timedelta(days=self._random.randrange(700))
        blocks = tuple(Block("p", self.text(50)) for _ in range(6))
        return Body(self.text(7), authors=(self.text(1),), published=f"{day:%Y-%m-%dT%H:%M:%S}+09:00", blocks=blocks)

    def _page(self, number: int, url: str, body: Body | None) -> tuple[Capture, Items]:
        instant = to_text(START + timedelta(minutes=number))
        ranked, sections = self._stable
        lists = [ListIdentity("ranked", one.heading or "", "", "") for one in ranked]
        lists += [ListIdentity("section", one.heading or "", "", "") for one in sections]
        if body is not None:
            related = Section("관련기사", None, "/html/body/div[2]/div[9]/ul", self._links(5))
            sections = (*sections, related)
            lists.append(ListIdentity("section", "관련기사", "", url_key(url)))
        capture_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{url} {number}"))
        capture = Capture(
            id=capture_id,
            url=url,
            url_key=url_key(url),
            captured_at=instant,
            status=200,
            mime="text/html",
            digest="sha1:" + uuid.uuid5(uuid.NAMESPACE_URL, capture_id).hex.upper(),
            kind="response",
            refers_to=None,
            fidelity="wire",
            truncated=None,
            site="example",
            run_id=f"run-{number // 10_000}",
            warc_file=f"SEOGO-{number // 20_000:06}.warc.gz",
            offset=number * 20_000,
            length=18_000,
        )
        kind: PageKind = "article" if body is not None else "list"
        page = Page(url, None, kind, "ko", PARSER, body=body, ranked_lists=ranked, sections=sections)
        key = url if body is not None else None
        return capture, Items(page, "example", key, key, tuple(lists))

    def _beside(self) -> tuple[tuple[RankedList, ...], tuple[Section, ...]]:
        """What stands beside every page: two ranked lists of ten, five sections of six."""
        ranked = tuple(
            RankedList(
                heading,
                None,
                None,
                f"/html/body/div[3]/ol[{number}]",
                tuple(RankedItem(rank, link.title, link.url) for rank, link in enumerate(self._links(10), 1)),
            )
            for number, heading in enumerate(("많이 본 기사", "댓글 많은 기사"), 1)
        )
        sections = tuple(
            Section(heading, None, f"/html/body/div[4]/ul[{number}]", self._links(6))
            for number, heading in enumerate(_SECTIONS, 1)
        )
        return ranked, sections

    def _links(self, count: int) -> tuple[SectionItem, ...]:
        recent = self._stories[-300:]
        if len(recent) < count:
            return tuple(SectionItem(self.text(6), f"https://news.example/article/x{n}") for n in range(count))
        return tuple(SectionItem(body.title or "", url) for url, body in self._random.sample(recent, count))
