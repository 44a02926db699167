"""The frontier keeps every request of a crawl until it is acknowledged, whatever happens to the process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crawler.errors import CrawlerError
from crawler.frontier.store import Entry, Frontier

AT = "2026-11-23T00:00:00.000Z"


def entry(number: int, host: str = "news.example", priority: int = 0) -> Entry:
    return Entry(number.to_bytes(4, "big"), host, priority, AT, f'{{"url":"https://{host}/{number}"}}')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "frontier.db"


def test_a_request_is_kept_once(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    assert frontier.add([entry(1), entry(1), entry(2, "b.example")]) == {"news.example": 1, "b.example": 1}
    assert frontier.add([entry(1)]) == {}


def test_the_highest_priority_and_the_oldest_go_first(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1), entry(2), entry(3, priority=5)])
    assert [taken.id for taken in frontier.take("news.example", 9)] == [3, 1, 2]


def test_what_was_taken_is_not_taken_again(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1), entry(2)])
    assert len(frontier.take("news.example", 1)) == 1
    assert len(frontier.take("news.example", 9)) == 1
    assert frontier.take("news.example", 9) == []


def test_a_page_is_done_together_with_the_links_found_on_it(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1)])
    (page,) = frontier.take("news.example", 1)
    assert frontier.acknowledge([page.id], [entry(2), entry(1)]) == {"news.example": 1}
    assert [taken.request for taken in frontier.take("news.example", 9)] == [entry(2).request]


def test_a_request_to_be_tried_again_waits_with_its_new_json(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1)])
    (page,) = frontier.take("news.example", 1)
    assert frontier.acknowledge([], [], [(page.id, '{"again":1}')]) == {"news.example": 1}
    assert frontier.take("news.example", 1)[0].request == '{"again":1}'


def test_what_was_in_flight_when_the_process_died_is_handed_out_again_and_marked(path: Path) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from crawler.frontier.store import Entry, Frontier
        frontier = Frontier.open(Path(sys.argv[1]), "crawl")
        frontier.add([Entry(bytes([n]), "news.example", 0, "", str(n)) for n in range(3)])
        first = frontier.take("news.example", 2)
        frontier.acknowledge([first[0].id], [Entry(b"x", "news.example", 0, "", "found")])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    died = subprocess.run([sys.executable, "-c", textwrap.dedent(script), os.fspath(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    frontier = Frontier.open(path, "crawl")
    assert frontier.resumed
    taken = frontier.take("news.example", 9)
    assert [(row.request, row.interrupted) for row in taken] == [("1", True), ("2", False), ("found", False)]


def test_a_finished_crawl_starts_anew(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1)])
    frontier.finish()
    frontier.close()
    again = Frontier.open(path, "crawl")
    assert not again.resumed
    assert again.waiting() == {}


def test_fresh_drops_what_is_queued_and_leaves_other_crawls_alone(path: Path) -> None:
    for key in ("one", "two"):
        frontier = Frontier.open(path, key)
        frontier.add([entry(1)])
        frontier.close()
    assert Frontier.open(path, "one", fresh=True).waiting() == {}
    assert Frontier.open(path, "two").waiting() == {"news.example": 1}


def test_a_file_that_is_no_frontier_is_refused_in_a_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database, but more than a hundred bytes of text" * 10)
    with pytest.raises(CrawlerError, match="cannot be opened"):
        Frontier.open(path, "crawl")


def test_a_frontier_of_a_later_version_is_refused(path: Path) -> None:
    path.parent.mkdir()
    sqlite3.connect(path).execute("PRAGMA user_version = 99")
    with pytest.raises(CrawlerError, match="version 99"):
        Frontier.open(path, "crawl")


def test_a_run_that_begins_anew_keeps_only_what_waits_below(path: Path) -> None:
    frontier = Frontier.open(path, "crawl")
    frontier.add([entry(1, priority=40), entry(2, priority=9), entry(3, priority=9)])
    (front, article) = frontier.take("news.example", 2)
    frontier.acknowledge([article.id], [])
    frontier.close()
    again = Frontier.open(path, "crawl")
    again.begin_anew(10)
    assert again.waiting() == {"news.example": 1}
    assert again.add([entry(1, priority=40), entry(2, priority=9), entry(3, priority=9)]) == {"news.example": 2}
    assert front.id == 1
