"""Near-duplicates: articles that tell one story in nearly the same words, on whatever sites and addresses.

Two articles are alike where their texts share at least `ALIKE` of their shingles (runs of three search tokens; Jaccard,
estimated by MinHash) and banding finds the pair, which it does for 89 % of pairs at .6, 99 % at .7. A group is all
that is linked by such pairs; its id is the least id of its articles, `similarity` that to the article with this id. All
of it follows from the set of texts, whatever the order in which they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlite_utils import Database

from archive.index.sketch import SIZE, similarity
from archive.index.values import storable

# Of what two texts say together, the part that both say.
ALIKE: Final = 0.5
_ROWS: Final = 4
_BANDS: Final = SIZE // _ROWS


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a group; `similarity` is that to the article whose id the group has."""

    group_id: str
    article_id: str
    similarity: float
    site: str
    title: str | None
    url: str
    first_captured_at: str


def group(db: Database, article_id: str) -> list[Member]:
    """The articles of an article's group, itself included, the one captured first first; empty where it is alone."""
    rows = db.conn.execute(
        """SELECT l.id, a.id, s.similarity, a.site, a.title, a.url, a.first_captured_at
           FROM story own JOIN story s ON s.leader = own.leader JOIN article a ON a.n = s.article
           JOIN article l ON l.n = s.leader
           WHERE own.article = (SELECT n FROM article WHERE id = ?) ORDER BY a.first_captured_at, a.id""",
        (storable(article_id),),
    ).fetchall()
    return [Member(*row) for row in rows] if len(rows) > 1 else []


def replace(db: Database, article: int, new: bytes | None) -> None:
    """Put an article into the group that its present text, of this signature, belongs to; without one take it out."""
    old = db.conn.execute("SELECT signature, leader FROM story WHERE article = ?", (article,)).fetchone()
    if old is not None:
        if old[0] == new:
            return
        _take_out(db, article, *old)
    if new is not None:
        _put_in(db, article, new)


def clear(db: Database) -> None:
    """Forget all groups, before texts are sketched anew."""
    db.conn.execute("DELETE FROM story")
    db.conn.execute("DELETE FROM story_band")


def _put_in(db: Database, article: int, own: bytes) -> None:
    bands = _bands(own)
    candidates = db.conn.execute(
        f"""SELECT s.leader, s.signature FROM story s
            WHERE s.article IN (SELECT article FROM story_band WHERE band IN ({",".join("?" * _BANDS)}))
            ORDER BY s.leader, s.article""",
        bands,
    ).fetchall()
    # One pair that is alike joins two groups, whatever their sizes.
    joined = [
        leader
        for leader, members in groupby(candidates, key=lambda row: row[0])
        if any(similarity(own, other) >= ALIKE for _, other in members)
    ]
    db.conn.execute(
        "INSERT INTO story(article, leader, similarity, signature) VALUES (?, ?, 1, ?)", (article, article, own)
    )
    db.conn.executemany("INSERT INTO story_band(band, article) VALUES (?, ?)", [(band, article) for band in set(bands)])
    if joined:
        _lead(db, [article, *joined])


def _lead(db: Database, leaders: Sequence[int]) -> None:
    """Make one group of those that have these leaders."""
    marks = ",".join("?" * len(leaders))
    first, own = db.conn.execute(
        f"""SELECT s.article, s.signature FROM story s JOIN article a ON a.n = s.article
            WHERE s.article IN ({marks}) ORDER BY a.id LIMIT 1""",
        leaders,
    ).fetchone()
    others = [leader for leader in leaders if leader != first]
    members: list[Any] = []
    for leader in others:
        members += db.conn.execute("SELECT article, signature FROM story WHERE leader = ?", (leader,)).fetchall()
    db.conn.executemany(
        "UPDATE story SET leader = ?, similarity = ? WHERE article = ?",
        [(first, similarity(own, other), member) for member, other in members],
    )


def _take_out(db: Database, article: int, own: bytes, leader: int) -> None:
    """Take an article out of its group; the others are grouped anew, since it may have been what linked them."""
    members = db.conn.execute(
        "SELECT article, signature FROM story WHERE leader = ? AND article != ? ORDER BY article", (leader, article)
    ).fetchall()
    _delete(db, [(article, own), *members])
    for member, other in members:
        _put_in(db, member, other)


def _delete(db: Database, members: Iterable[tuple[int, bytes]]) -> None:
    for article, sketched in members:
        db.conn.executemany(
            "DELETE FROM story_band WHERE band = ? AND article = ?", [(band, article) for band in _bands(sketched)]
        )
        db.conn.execute("DELETE FROM story WHERE article = ?", (article,))


def _bands(sketched: bytes) -> list[int]:
    """The numbers under which a signature is looked up: two that have one in common are compared.

    They fill 32 bits, which SQLite keeps in four bytes; the golden ratio keeps the bands of one article apart.
    """
    return [
        (int.from_bytes(sketched[at : at + _ROWS]) + at * 0x9E3779B1) % (1 << 32) - (1 << 31)
        for at in range(0, SIZE, _ROWS)
    ]
