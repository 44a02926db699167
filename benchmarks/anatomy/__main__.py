"""How well, and how fast, pages are taken apart, beside other extractors in one run.

python -m benchmarks.anatomy --corpus ../shared/corpus            the table, peers in an environment of their own
python -m benchmarks.anatomy --corpus ../shared/corpus --ours     Seogo alone
python -m benchmarks.anatomy --corpus ../shared/corpus --keep     write the scores into the quality floor
python -m benchmarks.anatomy --corpus ../shared/corpus --check    fail, naming the pages, when a score has dropped
python -m benchmarks.anatomy --corpus ../shared/corpus --mutations how scores hold when pages change unseen
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.anatomy.corpus import BENCHMARK, SETS, Answer, PageSet, jobs, score, score_benchmark
from benchmarks.anatomy.mutations import MUTATIONS
from benchmarks.peers import environment

HERE = Path(__file__).parent
FLOOR = HERE / "floor.json"
PEERS = ("trafilatura", "resiliparse", "readability-lxml", "newspaper4k")
SLACK = 0.002


def run(command: list[str], work: list[dict[str, str]]) -> list[Answer]:
    """Hand jobs to an extractor in its own process; one answer a job."""
    asked = "".join(json.dumps(job) + "\n" for job in work)
    done = subprocess.run(command, input=asked, capture_output=True, text=True, cwd=HERE.parents[1], check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def ratio(count: int, of: int) -> str:
    return f"{count / of:.3f}" if of else "-"


def measures(results: dict[str, dict[str, Any]], benchmark: float) -> dict[str, float]:
    """The scores that may not drop, by name; higher is better."""
    real = results["real"]["summary"]
    body, ranked, sections = real["body"], real.get("ranked"), real.get("sections")
    found = {
        "body F1, benchmark pages": benchmark,
        "body F1, real pages": body["f1"],
        "body F1, Korean pages": results["korean"]["summary"]["body"]["f1"],
        "body F1, further pages": results["more"]["summary"]["body"]["f1"],
        "title right": body.get("title_ok", 0) / body["title_n"],
        "authors right": body.get("au_ok", 0) / body["au_n"],
        "date right": body.get("date_ok", 0) / body["date_n"],
        "repeated paragraphs left (negative)": -float(body.get("dup_par", 0)),
        "teaser titles leaked (negative)": -body.get("leak", 0) / body["leak_n"],
    }
    if ranked and ranked.get("r_lists"):
        found |= {
            "ranked lists, F1 of lists": ranked["list_f1"],
            "ranked lists, F1 of items": ranked["item_f1"],
            "rank order exact": ranked.get("r_exact", 0) / ranked["r_lists"],
            "pages without a ranked list that get one (negative)": -float(ranked.get("neg_bad", 0)),
            "headings with no items kept": ranked.get("empty_found", 0) / max(1, ranked.get("empty_gold", 0)),
            "extra empty headings a page (negative)": -(
                ranked.get("empty_pred_extra", 0) + sections.get("empty_pred_extra", 0)
            )
            / len(results["real"]["pages"]),
            "sections, F1 of lists": sections["list_f1"],
            "sections, F1 of items": sections["item_f1"],
            "more link right": sections.get("m_ok", 0) / max(1, sections.get("m_n", 0)),
        }
    return {name: round(value, 4) for name, value in found.items()}


def body_scores(results: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The body's F1 of every single page, by set and id."""
    scores = {}
    for name, result in results.items():
        for page, found in result["pages"].items():
            if found["body"]:
                true, extra, missed = found["body"]
                scores[f"{name}/{page}"] = round(2 * true / (2 * true + extra + missed) if true else 0.0, 3)
    return scores


def judge(corpus: Path, command: list[str]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """One extractor over every set: its scores, its pages' scores, CPU seconds by page."""
    results: dict[str, dict[str, Any]] = {}
    cpu: dict[str, float] = {}
    sets: tuple[PageSet, ...] = SETS
    for pages in sets:
        answers = run(command, jobs(corpus, pages))
        results[pages.name] = score(corpus, pages, answers)
        cpu |= {f"{pages.name}/{answer['id']}": answer["cpu"] for answer in answers}
    answers = run(command, jobs(corpus, BENCHMARK))
    cpu |= {f"{BENCHMARK.name}/{answer['id']}": answer["cpu"] for answer in answers}
    return measures(results, score_benchmark(corpus, answers)), body_scores(results), cpu


def speed(corpus: Path, commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Pages a CPU second on the real pages, by extractor: rounds interleaved, the median of each."""
    work = jobs(corpus, SETS[0])
    seen: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seen[name].append(len(work) / sum(answer["cpu"] for answer in run(command, work)))
    return {name: median(values) for name, values in seen.items()}


def dropped(scores: dict[str, float], pages: dict[str, float]) -> list[str]:
    """What is worse than the floor, one sentence each."""
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    worse = [
        f"{name}: {scores.get(name, 0)} is below the floor of {least}"
        for name, least in floor["scores"].items()
        if scores.get(name, 0) < least - SLACK
    ]
    if worse:
        worse += [
            f"  page {name}: body F1 {pages.get(name, 0)}, was {before}"
            for name, before in floor["pages"].items()
            if pages.get(name, 0) < before - SLACK
        ]
    return worse


def print_table(columns: dict[str, dict[str, float]]) -> None:
    """Scores in rows, in the order of the first column's; columns by name."""
    print("| what | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for name in next(iter(columns.values())):
        row = [column.get(name) for column in columns.values()]
        print(f"| {name} | " + " | ".join("-" if value is None else f"{value:.3f}" for value in row) + " |")


def main() -> int:
    """Measure, print, and keep or check the floor."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.anatomy", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--environment", type=Path, default=Path(".bench/anatomy"))
    parser.add_argument("--ours", action="store_true", help="Seogo alone")
    parser.add_argument("--keep", action="store_true", help="write the scores into the quality floor")
    parser.add_argument("--check", action="store_true", help="compare with the quality floor; implies --ours")
    parser.add_argument("--mutations", action="store_true", help="Seogo alone, on pages changed in ways no reader sees")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not (options.corpus / "score.py").exists():
        parser.error(f"{options.corpus} holds no corpus: score.py is missing")
    if options.mutations:
        ours = [sys.executable, "-m", "benchmarks.anatomy.ours"]
        print_table({name: judge(options.corpus, [*ours, name])[0] for name in MUTATIONS})
        return 0
    commands = {"seogo": [sys.executable, "-m", "benchmarks.anatomy.ours"]}
    if not (options.ours or options.check or options.keep):
        python = environment(options.environment.resolve(), HERE / "peers.lock")
        commands |= {name: [str(python), str(HERE / "peers.py"), name] for name in PEERS}
    judged = {name: judge(options.corpus, command) for name, command in commands.items()}
    scores, pages, cpu = judged["seogo"]
    if options.check:
        worse = dropped(scores, pages)
        print("\n".join(worse) or "No score is below the floor.")
        return 1 if worse else 0
    if options.keep:
        FLOOR.write_text(
            json.dumps({"scores": scores, "pages": pages}, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    print_table({tool: found[0] for tool, found in judged.items()})
    rates = speed(options.corpus, commands, options.rounds)
    base = rates.get("trafilatura")
    cells = [f"{rate:.1f}" + (f" ({rate / base:.1f} x)" if base else "") for rate in rates.values()]
    print("| pages a CPU second | " + " | ".join(cells) + " |")
    slowest = max(cpu, key=lambda name: cpu[name])
    print(f"\nSlowest page: {slowest}, {cpu[slowest] * 1000:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
