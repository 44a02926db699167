"""How fast the index takes pages and answers, on archives made up here, as a Markdown table.

python -m benchmarks.index                     10,000 and 100,000 captures
python -m benchmarks.index --million           1,000,000 too (eleven minutes of CPU to build, 9 GB)
python -m benchmarks.index --captures 10000    that many only
python -m benchmarks.index --keep FILE         the index of the last archive stays there

Times are milliseconds of CPU, so that what else a machine does counts for little: a page inserted in batches of 50 as
a crawl commits them, questions with the index in the system's cache. Archives of more than 20,000 captures are
multiplied from as many that the real code wrote (bulk.py); inserting is then measured on top of them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from unittest import mock

from archive.index import captures, fulltext, items, search, standings, statistics, stretches
from archive.index import versions as history
from archive.index.database import Index, connect
from archive.index.query import parse_query
from archive.model import Capture, Items
from benchmarks.index.bulk import multiply
from benchmarks.index.pages import Site

_BATCH = 50
# As many captures are written one by one; larger archives are multiplied from fewer.
_REAL = 20_000
_MORE = 3000
_LATER = 20_000_000


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
    path: float
    history: float
    stats: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, action="append", help="archives of that many captures")
    parser.add_argument("--million", action="store_true", help="one of a million captures too")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the last index; one that is there is asked")
    arguments = parser.parse_args()
    sizes = arguments.captures or [10_000, 100_000]
    if arguments.million:
        sizes.append(1_000_000)
    print(
        "| captures | insert | with full text | bytes | texts apart | search rare | common | facets | closest | list "
        "| article's path | history | stats |"
    )
    print("|" + "---|" * len(fields(Figures)))
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            one = measure(size, arguments.keep or Path(folder) / "index.db")
        print(
            f"| {one.captures:,} | {one.insert:.2f} | {one.full_text:.2f} | {one.size:.0f} | {one.without_texts:.0f} "
            f"| {one.rare:.1f} | {one.common:.1f} | {one.facets:.1f} | {one.closest:.2f} | {one.instant:.1f} "
            f"| {one.path:.1f} | {one.history:.1f} | {one.stats:.0f} |",
            flush=True,
        )
    print("\nQuestions: 95th percentile. rare: a word in 0.5 to 2 % of the articles; common: one in more.")


def measure(size: int, path: Path) -> Figures:
    """Fill an archive and ask it."""
    site = Site()
    there = path.exists()
    with connect(path) as db:
        full = fill(db, site.pages(min(size, _REAL))) / min(size, _REAL) if not there else 0.0
        if not there and size > _REAL:
            multiply(db, size // _REAL - 1, _REAL)
    with connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        total, texts = path.stat().st_size, texts_of(db)
        figures = ask(db, site)
        if size > _REAL:
            full = fill(db, Site(2).pages(_MORE, _LATER)) / _MORE
        # Without full text on a part is enough: it costs the same all along.
        with mock.patch.object(fulltext, "settle"):
            insert = fill(db, Site(3).pages(_MORE, 2 * _LATER)) / _MORE
    return Figures(
        captures=size, insert=insert, full_text=full, size=total / size, without_texts=(total - texts) / size, **figures
    )


def ask(db: Index, site: Site) -> dict[str, float]:
    """The 95th percentile of the time of each kind of question."""
    articles = db.execute("SELECT count(*) FROM article").fetchone()[0]
    words = random.Random(2).sample(site.words[:20_000], 3000)
    shares = ((word, count(db, word) / articles) for word in words)
    rare = list(islice((word for word, share in shares if 0.005 <= share <= 0.02), 40))
    last = db.execute("SELECT max(n) FROM capture").fetchone()[0]
    step = max(1, last // 300)
    captured = db.execute("SELECT url_key, captured_at FROM capture WHERE n % ? = 0", (step,)).fetchall()
    instants = [at for _, at in captured]
    entries = [
        url
        for (url,) in db.execute(
            "SELECT text FROM address WHERE n IN (SELECT address FROM entry) ORDER BY n % 997, n LIMIT 40"
        )
    ]
    shown = [row[0] for row in db.execute("SELECT id FROM article WHERE n % ? = 7 LIMIT 100", (step,))]
    return {
        "rare": p95(lambda word: search.search(db, parse_query(word)), rare),
        "common": p95(lambda word: search.search(db, parse_query(word)), site.words[:20]),
        "facets": p95(lambda word: search.facets(db, parse_query(word)), site.words[:5]),
        "closest": p95(lambda key: captures.closest(db, key, instants[0]), [key for key, _ in captured]),
        "instant": p95(lambda at: list(standings.at_instant(db, "ranked", at=at, page_scope="")), instants),
        "path": p95(lambda url: list(stretches.stretches(db, "ranked", url=url)), entries),
        "history": p95(lambda one: (history.versions(db, one), list(history.visits(db, one))), shown),
        "stats": p95(lambda _: (statistics.by_site(db), statistics.by_month(db)), [""]),
    }


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
            begun = time.process_time()
            ask(argument)
            of_one.append((time.process_time() - begun) * 1000)
        times.append(median(of_one))
    return quantiles(times, n=20)[-1] if len(times) > 1 else max(times, default=0.0)


if __name__ == "__main__":
    main()
