"""`seogo reindex` and `reindex --diff`: what would change before it does, and builds that were killed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from archive_builder import exchange, write
from click.testing import CliRunner, Result
from index_builders import at

from archive.commit import Writer, rebuild
from archive.index.contract import TABLES
from archive.model import Capture, Items, Outcome, Run
from archive.rebuild import NAME, build
from crawler import batches
from crawler.commands.reindex import reindex
from crawler.parsing import ParsePool, ParseTask
from crawler.reparse import definition_copy, definitions, parser_for_rebuild, read_again

PAGES = 60
DEFINITION = """name = "paper"
seeds = ["https://news.test/"]

[[articles]]
path = "/a/{key}"
"""


def page(number: int) -> bytes:
    """An article and, beside it, a ranked list."""
    text = "".join(f"<p>{number}번 기사의 {n}번째 문단이며 본문을 이룰 만큼 길게 쓴 문장이다.</p>" for n in range(5))
    rows = "".join(f"<li><a href='/a/{number - n}'>{number - n}번 기사의 긴 제목이다</a></li>" for n in range(5))
    head = f"<html lang=ko><title>기사</title><body><article><h1>{number}번 기사의 긴 제목이다</h1>{text}</article>"
    return f"{head}<aside><h2>많이 본 뉴스</h2><ol>{rows}</ol></aside></body></html>".encode()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with Writer.open(tmp_path, Run("run-1", "paper", at(0), parser="test/1")) as writer:
        for number in range(PAGES):
            writer.store(exchange(f"https://news.test/a/{number}", number, page(number)), parse=True)
        writer.close("finished", {})
    definition(tmp_path, DEFINITION)
    return tmp_path


def definition(directory: Path, text: str) -> None:
    path = definition_copy(directory, "paper")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(directory: Path, *options: str) -> Result:
    return CliRunner().invoke(reindex, ["-a", str(directory), "--jobs", "0", *options], catch_exceptions=False)


def tables(directory: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(directory / "index.db") as db:
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in TABLES}


def owed(path: Path) -> int | None:
    """How many pages an unfinished index still waits for; None before it has any."""
    if not path.exists():
        return None
    try:
        with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as db:
            [[total, left]] = db.execute("SELECT count(*), count(*) FILTER (WHERE parsed_by IS NULL) FROM capture")
    except sqlite3.OperationalError:
        return None
    return left if total == PAGES else None


def test_what_a_definition_would_change_is_shown_before_it_does(directory: Path) -> None:
    assert run(directory).exit_code == 0
    before = tables(directory)
    assert "Nothing would change" in run(directory, "--diff").stdout
    # Its articles have other addresses: those of the archive would be no articles any more.
    definition(directory, DEFINITION.replace("/a/{key}", "/story/{key}") + '\n[[lists]]\npath = "/a/*"\n')
    done = run(directory, "--diff", "--json", "--samples", "2")
    assert done.exit_code == 0
    found = {(row["table"], row["kind"]): row for row in map(json.loads, done.stdout.splitlines())}
    lost = found["articles", "lost"]
    assert lost["count"] == PAGES
    assert len(lost["samples"]) == 2
    assert "번 기사의 긴 제목이다" in lost["samples"][0]["before"]["title"]
    assert lost["samples"][0]["after"] is None
    said = run(directory, "--diff").stdout
    assert "articles lost (3 of 60)" in said
    assert "긴 제목이다" in said
    assert tables(directory) == before
    assert run(directory).exit_code == 0
    assert tables(directory)["articles"] == []


def test_lists_are_told_apart_and_samples_show_their_titles(directory: Path) -> None:
    assert run(directory).exit_code == 0
    with sqlite3.connect(directory / "index.db") as db:
        db.execute("UPDATE list SET heading = '다른 목록', id = 'x' WHERE kind = 'ranked'")
    done = run(directory, "--diff", "--json")
    found = {(row["table"], row["kind"]): row for row in map(json.loads, done.stdout.splitlines())}
    assert found["ranked_lists", "lost"]["samples"][0]["before"]["heading"] == "다른 목록"
    assert found["ranked_lists", "gained"]["samples"][0]["after"]["heading"] == "많이 본 뉴스"
    gained = found["ranked_list_sightings", "gained"]
    assert gained["count"] == PAGES
    assert len(gained["samples"][0]["after"]["titles"]) == 5
    assert not [key for key in found if key[0] == "sections"]


def test_what_a_difference_was_read_from_is_not_parsed_again(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(directory).exit_code == 0
    whole = tables(directory)
    assert run(directory, "--diff").exit_code == 0
    assert owed(directory / NAME) == 0

    def never(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr("crawler.parsers.parse_page", never)
    assert run(directory).exit_code == 0
    assert not (directory / NAME).exists()
    assert tables(directory) == whole


def test_no_index_to_compare_with(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "index.db").unlink()
    done = CliRunner().invoke(reindex, ["-a", str(tmp_path), "--diff"])
    assert done.exit_code != 0
    assert "nothing to compare" in str(done.exception)


class Interrupted:
    """A parser that is stopped after so many pages."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.calls = 0

    def __call__(self, capture: Capture, content: bytes, content_type: str | None) -> Items | None:
        self.calls += 1
        if self.calls > self.after:
            raise KeyboardInterrupt
        return None


@pytest.mark.parametrize(
    ("by", "touch", "again"), [("one", False, 20), ("other", False, PAGES), ("one", True, PAGES), (None, False, PAGES)]
)
def test_a_build_goes_on_only_where_nothing_else_has_changed(
    tmp_path: Path, directory: Path, monkeypatch: pytest.MonkeyPatch, by: str | None, touch: bool, again: int
) -> None:
    monkeypatch.setattr("archive.owed._BATCH", 20)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, Interrupted(40), made_by="one")
    assert owed(tmp_path / NAME) == 20
    if touch:
        [warc] = (tmp_path / "archive").iterdir()
        os.utime(warc, ns=(1, 1))
    parser = Interrupted(1000)
    assert rebuild(tmp_path, parser, made_by=by).captures == PAGES
    assert parser.calls == again
    assert not (tmp_path / NAME).exists()


def test_damage_that_was_met_before_the_kill_is_told_after_it(
    tmp_path: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.owed._BATCH", 20)
    [warc] = (tmp_path / "archive").iterdir()
    data = bytearray(warc.read_bytes())
    data[len(data) // 2] ^= 0xFF
    warc.write_bytes(data)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, Interrupted(40), made_by="one")
    told = [str(error) for error in rebuild(tmp_path, Interrupted(1000), made_by="one").damage]
    assert told == [str(error) for error in rebuild(tmp_path, Interrupted(1000)).damage]
    assert told


# Runs `seogo`, and stands still in its third batch of pages.
HALTING = """
import itertools, time
from crawler import batches
from crawler.cli import seogo

transactions = itertools.count(1)

def some(pages, number):
    if next(transactions) == 3:
        print("in the middle", flush=True)
        time.sleep(600)
    return itertools.islice(pages, number)

batches._WRITTEN, batches.islice = 5, some
seogo()
"""


def test_killed_in_the_middle_it_goes_on_and_the_index_is_the_same(directory: Path) -> None:
    assert run(directory).exit_code == 0
    whole = tables(directory)
    command = [sys.executable, "-c", HALTING, "reindex", "-a", str(directory), "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    assert owed(directory / NAME) == PAGES - 10
    assert tables(directory) == whole, "the old index stands"
    done = run(directory, "--json")
    assert json.loads(done.stdout) == {"files": 1, "captures": PAGES, "pages": PAGES, "damage": []}
    assert tables(directory) == whole


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_processes_make_the_same_index(directory: Path, jobs: str) -> None:
    assert run(directory).exit_code == 0
    whole = tables(directory)
    assert run(directory, "--jobs", jobs).exit_code == 0
    assert tables(directory) == whole


def failing(batch: ParseTask) -> list[batches.Result]:
    """Fails for a batch as where a page of it hangs or crashes the parser."""
    if any(url.endswith("/a/20") for url in urls_of(batch)):
        raise ValueError("a defect")
    return batches.parse_batch(batch)


def urls_of(batch: ParseTask) -> list[str]:
    assert isinstance(batch, batches.Batch)
    assert batch.task is not None
    return [capture.url for capture in batch.task.captures]


def test_pages_of_a_batch_that_fails_are_parsed_one_by_one(directory: Path) -> None:
    assert run(directory).exit_code == 0
    whole = tables(directory)
    sites = definitions(directory)
    alone: list[str] = []
    with ParsePool(0, function=read_again) as pool, ParsePool(0, function=failing) as together:
        parse = parser_for_rebuild(pool, sites)

        def noted(capture: Capture, content: bytes, content_type: str | None) -> Items | Outcome | None:
            alone.append(capture.url)
            return parse(capture, content, content_type)

        elsewhere = batches.parse_in(together, directory, sites, lambda done, of: None)
        assert rebuild(directory, noted, elsewhere=elsewhere).parsed == PAGES
    assert len(alone) == batches.PAGES
    assert "https://news.test/a/20" in alone
    assert tables(directory) == whole


def test_threads_that_ask_at_once_load_a_definition_once(directory: Path) -> None:
    find = definitions(directory)
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return id(find("paper"))

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
