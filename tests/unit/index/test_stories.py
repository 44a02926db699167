"""Near-duplicates: how well they are found among variants made here, and that groups do not depend on order."""

from __future__ import annotations

import random
from itertools import accumulate, combinations

import pytest
from index_builders import body, capture, page_items, put
from sqlite_utils import Database

from archive.index import fulltext, stories
from archive.index.database import Index
from archive.index.schema import MIGRATIONS
from archive.index.sketch import signature
from archive.index.tokens import tokens

_SYLLABLES = [chr(0xAC00 + 28 * n) for n in range(0, 399, 2)]


class Writer:
    """Texts in made-up words; those of one subject share a part of their vocabulary, as news of one beat do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = [
            "".join(self.random.choices(_SYLLABLES, k=self.random.choice((2, 2, 3, 4)))) for _ in range(20_000)
        ]
        self.weights = list(accumulate(1 / (n + 20) for n in range(len(self.words))))

    def some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.weights, k=count)

    def story(self) -> list[str]:
        return self.some(self.random.randrange(120, 400))

    def edited(self, words: list[str], share: float) -> list[str]:
        return [self.some(1)[0] if self.random.random() < share else word for word in words]

    def variants(self, words: list[str], footer: list[str]) -> list[list[str]]:
        cut = words[: int(len(words) * 0.7)]
        return [
            self.edited(words, 0.05),
            self.edited(words, 0.10),
            cut,
            words[len(words) // 5 :],
            words + footer[: len(words) // 4],
            self.some(15) + self.edited(words, 0.04) + footer[: len(words) // 8],
        ]


def test_variants_are_found_and_others_are_not() -> None:
    writer = Writer(7)
    footer = writer.some(100)
    originals = [writer.story() for _ in range(60)]
    # Reports that a form makes: half the words are always the same.
    form = writer.story()
    forms = [writer.edited(form, 0.5) for _ in range(20)]
    texts = [
        (n, text) for n, original in enumerate(originals) for text in [original, *writer.variants(original, footer)]
    ]
    texts += [(1000 + n, text) for n, text in enumerate(forms)]
    db = empty()
    for number, (_, words) in enumerate(texts):
        add(db, number, words)
    group = dict(db.conn.execute("SELECT article, leader FROM story").fetchall())
    story_of = {number: story for number, (story, _) in enumerate(texts)}
    together = {pair for pair in combinations(sorted(group), 2) if group[pair[0]] == group[pair[1]]}
    same = {pair for pair in combinations(sorted(group), 2) if story_of[pair[0]] == story_of[pair[1]]}
    precision, recall = len(together & same) / len(together), len(together & same) / len(same)
    print(f"precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.98, (precision, recall)
    assert recall >= 0.95, (precision, recall)


@pytest.mark.parametrize("seed", range(8))
def test_groups_do_not_depend_on_the_order(seed: int) -> None:
    writer = Writer(seed)
    texts: list[list[str]] = []
    for _ in range(4):
        words = writer.story()
        # A chain: each like the one before, the last unlike the first.
        for _ in range(5):
            texts.append(words)
            words = writer.edited(words, 0.08)
    expected = groups(filled(range(len(texts)), texts))
    order = list(range(len(texts)))
    writer.random.shuffle(order)
    db = filled(order, texts)
    assert groups(db) == expected
    gone = order[: len(order) // 3]
    for number in gone:
        stories.replace(db, number, None)
    assert groups(db) == groups(filled([number for number in order if number not in gone], texts))
    for number in gone:
        add(db, number, texts[number])
    assert groups(db) == expected


def test_short_texts_are_not_judged() -> None:
    assert signature(tokens("사진 제공 홍보실")) is None


def test_the_view_shows_articles_that_are_not_alone() -> None:
    writer = Writer(3)
    words = writer.story()
    db = empty()
    for key, text in (("1", words), ("2", writer.edited(words, 0.03)), ("3", writer.story())):
        put(db, capture(f"https://news.test/a/{key}"), page_items(body(key, " ".join(text)), key=key))
    rows = list(db.query("SELECT * FROM story_groups ORDER BY similarity DESC"))
    assert len(rows) == 2
    assert len({row["group_id"] for row in rows}) == 1
    assert rows[0]["group_id"] == min(row["article_id"] for row in rows)
    assert rows[0]["similarity"] == 1
    assert stories.ALIKE <= rows[1]["similarity"] < 1


def empty() -> Index:
    db = Index(memory=True)
    MIGRATIONS.apply(Database(db.conn))
    with db.atomic():
        fulltext.bring_up(db)
    return db


def add(db: Database, number: int, words: list[str]) -> None:
    db.conn.execute(
        "INSERT OR IGNORE INTO article(n, id, site, key) VALUES (?, ?, 's', ?)",
        (number, f"{number * 7919 % 1009:04}", str(number)),
    )
    stories.replace(db, number, signature(tokens(" ".join(words))))


def filled(order: range | list[int], texts: list[list[str]]) -> Index:
    db = empty()
    for number in order:
        add(db, number, texts[number])
    return db


def groups(db: Database) -> list[tuple[object, ...]]:
    return sorted(db.conn.execute("SELECT group_id, article_id, similarity FROM story_groups"))
