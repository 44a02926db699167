"""How long the pages of browse take on a large archive, asked one after another by a client on another core.

python -m benchmarks.replay.browse                 about 100,000 articles
python -m benchmarks.replay.browse --pages 2000 --copies 1
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import quote

from archive.index.database import connect
from benchmarks.index.__main__ import fill
from benchmarks.index.bulk import multiply
from benchmarks.index.pages import Site
from benchmarks.replay.__main__ import ROOT
from benchmarks.replay.asking import Server, ask


def main() -> None:
    """Make the archive, ask, print."""
    parser = argparse.ArgumentParser(description="The pages of browse on a large archive.")
    parser.add_argument("--pages", type=int, default=4_000, help="made by the real code")
    parser.add_argument("--copies", type=int, default=35, help="of those, made by SQLite")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="browse-") as name:
        directory = Path(name)
        (directory / "archive").mkdir()
        site = Site()
        with connect(directory / "index.db") as db:
            fill(db, site.pages(options.pages))
            if options.copies:
                multiply(db, options.copies, options.pages)
            (articles,) = db.execute("SELECT count(*) FROM article").fetchone()
            paths = dict(addresses(db, site))
        print(f"{articles:,} articles")
        measure(directory, paths, options.rounds)


def addresses(db: object, site: Site) -> list[tuple[str, list[str]]]:
    """Several addresses of each kind of page."""
    run = db.execute  # type: ignore[attr-defined]  # an Index
    articles = [row[0] for row in run("SELECT id FROM article WHERE n % 997 = 0 LIMIT 10")]
    versions = [
        row[0]
        for row in run(
            """SELECT a.id FROM reading v JOIN article a ON a.n = v.article WHERE v.changed
               GROUP BY v.article HAVING count(*) > 2 LIMIT 10"""
        )
    ]
    lists = {
        kind: [row[0] for row in run("SELECT id FROM lists WHERE kind = ? AND page_scope = '' LIMIT 5", (kind,))]
        for kind in ("ranked", "section")
    }
    return [
        ("home", ["/"]),
        ("search, common word", [f"/search?q={quote(word)}" for word in site.words[:5]]),
        ("search, rare word", [f"/search?q={quote(word)}" for word in site.words[3000:3005]]),
        ("article", [f"/article/{one}" for one in articles]),
        ("article, versions", [f"/article/{one}" for one in versions]),
        ("ranking, a week", [f"/list/{one}" for one in lists["ranked"]]),
        ("ranking, all", [f"/list/{one}?span=all" for one in lists["ranked"]]),
        ("section", [f"/list/{one}" for one in lists["section"]]),
        ("lists", ["/lists"]),
    ]


def measure(directory: Path, paths: dict[str, list[str]], rounds: int) -> None:
    """Ask `seogo serve` for each page several times."""
    command = [sys.executable, "-m", "crawler.cli", "serve", "-a", str(directory), "--port", "0", "--replay-port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = (re.match(r"Browse +(http\S+?)/\s", line) for line in process.stdout)
            server = Server(next(found[1] for found in lines if found), process.pid)
            print("\n                        median ms   p95 ms   CPU ms a page   errors")
            for kind, some in paths.items():
                ask(server, some, ["<main"] * len(some))
                found = [ask(server, some, ["<main"] * len(some)) for _ in range(rounds)]
                times = [one.percentile(share) for one in found for share in (0.5,)]
                worst = median(one.percentile(0.95) for one in found)
                cpu = median(one.cpu_each for one in found)
                errors = sum(len(one.errors) for one in found)
                print(f"{kind:22} {median(times):10.1f} {worst:8.1f} {cpu:15.1f} {errors:8}", flush=True)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
