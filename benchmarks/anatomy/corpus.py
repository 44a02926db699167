"""The corpus of real pages with hand-written answers, and its own scorers. It is no part of this repository."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PageSet:
    """Pages of one kind: their folder, their answers', and whether only bodies are judged."""

    name: str
    pages: str
    gold: str
    body_only: bool = False


SETS = (
    PageSet("real", "pages", "gold"),
    PageSet("korean", "korean/pages", "korean/gold"),
    PageSet("more", "more/pages", "more/gold", body_only=True),
)
BENCHMARK = PageSet("benchmark", "body/html", "body/ground-truth.json", body_only=True)


def jobs(corpus: Path, pages: PageSet) -> list[dict[str, str]]:
    """What an extractor is asked: id, url and path of each page of a set."""
    if pages is BENCHMARK:
        truth = json.loads((corpus / pages.gold).read_text(encoding="utf-8"))
        urls = {name: answer["url"] for name, answer in truth.items()}
    else:
        golds = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((corpus / pages.gold).glob("*.json"))]
        urls = {gold["id"]: gold["url"] for gold in golds}
    paths = {file.name.split(".html")[0]: file for file in (corpus / pages.pages).iterdir()}
    return [{"id": name, "url": url, "path": str(paths[name].resolve())} for name, url in urls.items()]


def _prediction(answer: Answer) -> Answer:
    if "page" in answer:
        page: Answer = answer["page"]
        return page
    lines = [line.strip() for line in (answer.get("text") or "").splitlines()]
    return {
        "body": {
            "title": answer.get("title"),
            "authors": answer.get("authors") or [],
            "published": answer.get("published"),
            "paragraphs": [line for line in lines if line],
        }
    }


def score(corpus: Path, pages: PageSet, answers: list[Answer]) -> dict[str, Any]:
    """The scorer's own result: `{"summary": {...}, "pages": {id: {"body": [tp, fp, fn], "log": [...]}}}`."""
    with tempfile.TemporaryDirectory() as folder:
        for answer in answers:
            text = json.dumps(_prediction(answer), ensure_ascii=True)
            (Path(folder) / f"{answer['id']}.json").write_text(text, encoding="utf-8")
        out = Path(folder) / "result"
        command = [sys.executable, "score.py", folder, pages.gold, "--json", str(out)]
        command += ["--body-only"] if pages.body_only else []
        subprocess.run(command, cwd=corpus, check=True, capture_output=True)
        result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return result


def score_benchmark(corpus: Path, answers: list[Answer]) -> float:
    """F1 of the article-extraction benchmark's pages, by its own metric."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({answer["id"]: {"articleBody": answer.get("text") or ""} for answer in answers}, file)
        file.flush()
        command = [sys.executable, "body_score.py", file.name]
        printed = subprocess.run(command, cwd=corpus, check=True, capture_output=True, text=True).stdout
    return float(printed.rsplit("F1", 1)[1])
