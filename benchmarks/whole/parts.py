"""The parts of the path by themselves, over the pages of the whole: extraction, reading WARC files, search.

python -m benchmarks.whole.parts                  three tables: rounds interleaved, medians of CPU time
python -m benchmarks.whole.parts --pages 600

One crawl of the pages makes the archive that is read and searched.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import archive
from benchmarks.anatomy.__main__ import run as extract
from benchmarks.capture.__main__ import serving
from benchmarks.capture.pages import page
from benchmarks.peers import environment, everywhere
from benchmarks.whole.__main__ import HERE, ROOT, SEOGO
from benchmarks.whole.reading import READERS

# Each page is taken apart once a round.
EXTRACTED = 200
QUERIES = 40


def extraction(peers: Path, folder: Path, rounds: int) -> list[str]:
    """Pages a CPU second of the extractors alone; what each finds differs: Seogo's is the whole anatomy."""
    work = []
    for number in range(EXTRACTED):
        file = folder / f"{number}.html"
        file.write_bytes(page(number))
        work.append({"id": str(number), "url": f"http://127.0.0.1/p/{number}", "path": str(file)})
    foreign = [str(peers), str(ROOT / "benchmarks" / "anatomy" / "peers.py")]
    commands = {
        "Seogo: the whole anatomy": [sys.executable, "-m", "benchmarks.anatomy.ours"],
        "trafilatura: body and metadata": [*foreign, "trafilatura"],
        "resiliparse: the body alone": [*foreign, "resiliparse"],
    }
    rates: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            rates[name].append(len(work) / sum(answer["cpu"] for answer in extract(command, work)))
    return table("extraction", "pages a CPU second", rates)


def reading(peers: Path, folder: Path, rounds: int) -> list[str]:
    """Records a CPU second, header and whole block."""
    [file] = sorted((folder / "archive").glob("*.warc.gz"))
    rates: dict[str, list[float]] = {name: [] for name in READERS}
    told: dict[str, tuple[int, int]] = {}
    for _ in range(rounds):
        for name in READERS:
            python = sys.executable if name == "seogo" else str(peers)
            command = [python, str(HERE / "reading.py"), name, str(file)]
            environ = {"PYTHONPATH": str(ROOT)} if name == "seogo" else None
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
            said = json.loads(done.stdout)
            told[name] = said["records"], said["bytes"]
            rates[name].append(said["records"] / said["cpu"])
    if len(set(told.values())) != 1:
        raise SystemExit(f"the readers do not agree: {told}")
    return table(f"reading {file.stat().st_size / 1e6:.0f} MB", "records a CPU second", rates)


def searching(folder: Path, rounds: int) -> list[str]:
    """Queries a CPU second for the best 20, words of two to four letters that stand in some of the articles."""
    with contextlib.closing(sqlite3.connect(folder / "index.db")) as db:
        texts = db.execute(
            "SELECT a.id, v.title, v.text FROM articles a JOIN article_versions v ON v.article_id = a.id"
        ).fetchall()
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE article(id TEXT PRIMARY KEY, title, text)")
    other.executemany("INSERT OR IGNORE INTO article VALUES (?, ?, ?)", texts)
    other.execute("CREATE VIRTUAL TABLE trigram USING fts5(title, text, tokenize='trigram')")
    other.execute("INSERT INTO trigram SELECT title, text FROM article")
    words = sorted({word for _, title, _ in texts for word in str(title).split() if 2 <= len(word) <= 4})
    queries = words[:: max(1, len(words) // QUERIES)][:QUERIES]
    with archive.open(folder) as kept:
        ways: dict[str, Callable[[str], Any]] = {
            "Seogo": lambda word: kept.search(word, limit=20),
            "LIKE over the texts": lambda word: other.execute(
                "SELECT id FROM article WHERE title LIKE ? OR text LIKE ? LIMIT 20", (f"%{word}%", f"%{word}%")
            ).fetchall(),
            "FTS5, trigram, LIKE below three letters": lambda word: other.execute(
                "SELECT rowid FROM trigram WHERE trigram MATCH ? ORDER BY rank LIMIT 20"
                if len(word) > 2
                else "SELECT rowid FROM trigram WHERE title LIKE ?1 OR text LIKE ?1 LIMIT 20",
                (f'"{word}"' if len(word) > 2 else f"%{word}%",),
            ).fetchall(),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, ask in ways.items():
                begun = time.process_time()
                for query in queries:
                    ask(query)
                rates[name].append(len(queries) / (time.process_time() - begun))
    other.close()
    return table(f"search in {len(texts)} articles", "queries a CPU second", rates)


def table(what: str, unit: str, rates: dict[str, list[float]]) -> list[str]:
    """Medians and spread as Markdown; the first row is Seogo's."""
    own = median(next(iter(rates.values())))
    lines = [f"| {what} | {unit} (least to most) | Seogo is faster by |", "|---|---:|---:|"]
    for name, seen in rates.items():
        middle = median(seen)
        lines.append(f"| {name} | {middle:.0f} ({min(seen):.0f} to {max(seen):.0f}) | {own / middle:.2f} |")
    return [*lines, ""]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.whole.parts", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--environment", type=Path, default=Path(".bench/whole"))
    options = parser.parse_args()
    made: Path = options.environment.resolve()
    made.mkdir(parents=True, exist_ok=True)
    peers = environment(made / "peers", HERE / "peers.lock")
    with tempfile.TemporaryDirectory(prefix="parts-") as name:
        folder = Path(name)
        with serving(made, options.pages, everywhere()) as origin:
            crawl = [str(SEOGO), "crawl", f"{origin}/", "--depth", "1", "--delay", "0", "--allow-private"]
            subprocess.run([*crawl, "--no-requisites", "-a", str(folder / "a")], check=True, capture_output=True)
        lines = [
            *extraction(peers, folder, options.rounds),
            *reading(peers, folder / "a", options.rounds),
            *searching(folder / "a", options.rounds),
        ]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
