"""What another parser would change, told from two indexes of the same captures."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_builders import body, capture, page_items, put, ranked, section

from archive.errors import ArchiveMissing
from archive.index.database import connect
from archive.index.difference import difference
from archive.model import Items


def index(path: Path, *pages: Items) -> Path:
    db = connect(path)
    for number, items in enumerate(pages):
        put(db, capture(f"https://news.test/a/{number}", number), items)
    db.close()
    return path


def test_nothing_differs_but_the_parser(tmp_path: Path) -> None:
    old = index(tmp_path / "old.db", page_items(body("하나"), ranked("a")))
    new = index(tmp_path / "new.db", page_items(body("하나"), ranked("a"), parser="test/2"))
    assert list(difference(old, new)) == []


def test_gained_lost_and_changed(tmp_path: Path) -> None:
    old = index(
        tmp_path / "old?#1.db",
        page_items(body("하나", "본문"), ranked("a", "b"), key="0"),
        page_items(body("둘"), key="1"),
        page_items(None, section("x"), kind="front"),
    )
    new = index(
        tmp_path / "new.db",
        page_items(body("하나", "본문이 길다"), ranked("a"), key="0", parser="test/2"),
        page_items(None, kind="other", parser="test/2"),
        page_items(body("셋"), key="2", parser="test/2"),
    )
    found = {(one.table, one.kind): one for one in difference(old, new, samples=1)}
    counts = {key: one.count for key, one in found.items()}
    assert counts == {
        ("articles", "gained"): 1,
        ("articles", "lost"): 1,
        ("article_versions", "gained"): 1,
        ("article_versions", "lost"): 1,
        ("article_versions", "changed"): 1,
        ("sections", "lost"): 1,
        ("section_sightings", "lost"): 1,
        ("ranked_list_sightings", "changed"): 1,
    }
    lost = found["articles", "lost"].samples[0]
    assert lost.before is not None
    assert lost.before["title"] == "둘"
    assert lost.after is None
    gained = found["articles", "gained"].samples[0]
    assert gained.after is not None
    assert gained.after["title"] == "셋"
    changed = found["article_versions", "changed"].samples[0]
    assert changed.before != changed.after


def test_an_index_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        list(difference(tmp_path / "no.db", tmp_path / "no.db"))
    assert not (tmp_path / "no.db").exists()
