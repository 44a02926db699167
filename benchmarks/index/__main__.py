"""How fast the index takes pages and answers, on archives made up here, as a Markdown table.

python -m benchmarks.index                     10,000 and 100,000 captures
python -m benchmarks.index --million           1,000,000 too (about an hour, 12 GB)
python -m benchmarks.index --captures 10000    that many only

Times are milliseconds: inserting in CPU time a page, in batches of 50 as a crawl commits them, questions by the clock.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from unittest import mock

from archive.index import captures, fulltext, items, search, standings
from archive.index.database import Index, connect
from archive.index.query import parse_query
from archive.model import Capture, Items
from benchmarks.index.pages import Site

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one archive; times in milliseconds, sizes in bytes a capture."""

    captures: int
    insert: float
    full_text: float
    size: float
    without_texts: float
    rare: float
    common: float
    facets: float
    closest: float
    instant: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, action="append", help="archives of that many captures")
    parser.add_argument("--million", action="store_true", help="one of a million captures too")
    arguments = parser.parse_args()
    sizes = arguments.captures or [10_000, 100_000]
    if arguments.million:
        sizes.append(1_000_000)
    print(
        "| captures | insert | with full text | bytes | texts apart | search rare | common | facets | closest | list |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            one = measure(size, Path(folder))
        print(
            f"| {one.captures:,} | {one.insert:.2f} | {one.full_text:.2f} | {one.size:.0f} | {one.without_texts:.0f} "
            f"| {one.rare:.1f} | {one.common:.1f} | {one.facets:.1f} | {one.closest:.2f} | {one.instant:.1f} |",
            flush=True,
        )
    print("\nQuestions: 95th percentile. rare: a word in at most 2 % of the articles; common: one in more.")


def measure(size: int, folder: Path) -> Figures:
    """Fill an archive and ask it."""
    # Without full text on a part is enough: it costs the same all along.
    with connect(folder / "plain.db") as db, mock.patch.object(fulltext, "settle"):
        insert = fill(db, Site().pages(min(size, 20_000))) / min(size, 20_000)
    site = Site()
    with connect(folder / "index.db") as db:
        full = fill(db, site.pages(size)) / size
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        total = (folder / "index.db").stat().st_size
        texts = texts_of(db)
        articles = db.execute("SELECT count(*) FROM article").fetchone()[0]
        words = random.Random(2).sample(site.words[200:20_000], 60)
        shares = {word: count(db, word) / articles for word in words}
        rare = [word for word, share in shares.items() if 0 < share <= 0.02]
        common = site.words[:20]
        urls = [row[0] for row in db.execute("SELECT url_key FROM capture WHERE n % 97 = 0 LIMIT 500")]
        instants = [row[0] for row in db.execute("SELECT captured_at FROM capture WHERE n % 89 = 0 LIMIT 200")]
        return Figures(
            captures=size,
            insert=insert,
            full_text=full,
            size=total / size,
            without_texts=(total - texts) / size,
            rare=p95(lambda word: search.search(db, parse_query(word)), rare),
            common=p95(lambda word: search.search(db, parse_query(word)), common),
            facets=p95(lambda word: search.facets(db, parse_query(word)), common),
            closest=p95(lambda key: captures.closest(db, key, instants[0]), urls),
            instant=p95(lambda at: list(standings.at_instant(db, "ranked", at=at, page_scope="")), instants),
        )


def fill(db: Index, pages: Iterator[tuple[Capture, Items]]) -> float:
    """Insert pages as a crawl does; the CPU time in milliseconds, without that of making them up."""
    spent = 0.0
    while batch := list(islice(pages, _BATCH)):
        begun = time.process_time()
        with db.atomic():
            captures.insert(db, [capture for capture, _ in batch])
            for capture, found in batch:
                assert items.apply_or_outcome(db, capture, found, capture.run_id) is None
        spent += time.process_time() - begun
    return spent * 1000


def texts_of(db: Index) -> int:
    """Bytes of the articles' texts and of what search keeps of them."""
    tables = "('content', 'article_search_data', 'article_search_idx', 'article_search_docsize')"
    try:
        return int(db.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN {tables}").fetchone()[0] or 0)
    except Exception as error:
        raise SystemExit(f"this SQLite has no dbstat: {error}") from error


def count(db: Index, word: str) -> int:
    """How many articles have a word."""
    return search.search(db, parse_query(word), limit=1).matches


def p95(ask: Callable[[str], object], arguments: Iterable[str]) -> float:
    """The 95th percentile of the time that a question takes, each asked three times, the middle one counted."""
    times = []
    for argument in arguments:
        of_one = []
        for _ in range(3):
            begun = time.perf_counter()
            ask(argument)
            of_one.append((time.perf_counter() - begun) * 1000)
        times.append(median(of_one))
    return quantiles(times, n=20)[-1] if len(times) > 1 else max(times, default=0.0)


if __name__ == "__main__":
    main()
