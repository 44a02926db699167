"""A page whose items the index will not take holds up nothing else, in a commit and in a rebuild alike."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from test_recovery import crawl, parse, tables
from warc_makers import exchange, items, run

from archive.commit import Writer, rebuild
from archive.errors import WriteFailed
from archive.index import captures, lists
from archive.index.database import connect
from archive.model import Capture, Items, Outcome


def poison(monkeypatch: pytest.MonkeyPatch, error: Exception, title: str = "bad") -> None:
    whole = lists.add

    def add(db: Any, key: int, capture: Capture, found: Items) -> None:
        whole(db, key, capture, found)
        if found.page.body and found.page.body.title == title:
            raise error

    monkeypatch.setattr(lists, "add", add)


def store(directory: Path) -> list[Capture]:
    with Writer.open(directory, run()) as writer:
        stored = []
        for number, title in enumerate(["one", "bad", "two"]):
            capture = writer.store(exchange(f"http://example.com/{number}", title.encode()), parse=True)
            writer.add_items(capture, items(capture.url, title))
            stored.append(capture)
        writer.close("finished", {})
        assert writer.counts["items"] == 2
        assert writer.counts["outcomes"] == 1
    return stored


def read(capture: Capture, content: bytes, content_type: str | None) -> Items:
    return items(capture.url, content.decode())


@pytest.mark.parametrize(
    "error", [ValueError("a defect"), sqlite3.IntegrityError("NOT NULL"), RecursionError(), OverflowError("2^63")]
)
def test_one_page_that_cannot_be_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    poison(monkeypatch, error)
    stored = store(tmp_path)
    with connect(tmp_path / "index.db", readonly=True) as db:
        assert [captures.get(db, one.id).parsed_by for one in stored] == ["seogo-test/1", "", "seogo-test/1"]
        rows = list(db.query("SELECT outcome, reason, capture_id FROM outcomes WHERE outcome = 'index-failed'"))
        assert [row["capture_id"] for row in rows] == [stored[1].id]
        assert type(error).__name__ in rows[0]["reason"]
        assert [title for [title] in db.execute("SELECT title FROM articles ORDER BY 1")] == ["one", "two"]
    live = tables(tmp_path)
    assert rebuild(tmp_path, read).parsed == 2
    assert tables(tmp_path) == live
    monkeypatch.undo()
    assert rebuild(tmp_path, read).parsed == 3
    with connect(tmp_path / "index.db", readonly=True) as db:
        assert db.execute("SELECT count(*) FROM outcomes WHERE outcome = 'index-failed'").fetchone() == (0,)


def test_a_disk_that_is_full_is_no_pages_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]  # as SQLite sets it
    poison(monkeypatch, full)
    with Writer.open(tmp_path, run()) as writer:
        capture = writer.store(exchange(body=b"bad"), parse=True)
        writer.add_items(capture, items(capture.url, "bad"))
        with pytest.raises(WriteFailed, match="disk is full"):
            writer.commit()
        monkeypatch.undo()
        writer.commit()
        assert writer.counts["items"] == 1


@pytest.mark.parametrize("workers", [2, 5])
def test_a_rebuild_with_several_workers_is_the_same_index(tmp_path: Path, workers: int) -> None:
    crawl(tmp_path)
    rebuild(tmp_path, parse)
    alone = tables(tmp_path)
    threads = set()

    def noted(capture: Capture, content: bytes, content_type: str | None) -> Items | Outcome | None:
        threads.add(threading.current_thread().name)
        return parse(capture, content, content_type)

    rebuild(tmp_path, noted, workers=workers)
    assert tables(tmp_path) == alone
    assert threads
    assert threading.main_thread().name not in threads
