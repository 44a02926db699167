"""Sightings kept as arrangements: brought up from earlier indexes, found alike by either way of looking for them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from index_builders import at, body, capture, page_items, put, ranked, rows, section
from sqlite_utils import Database

from archive.index import arrangements, items, schema, standings, stretches
from archive.index.database import Index, connect
from archive.index.values import milliseconds
from archive.index.views import VIEWS
from archive.model import ListIdentity

POPULAR = "https://news.test/popular"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An index with lists that change, copies of them, empty ones, dedicated pages and lists of single pages."""
    path = tmp_path / "index.db"
    with connect(path) as db:
        for minutes in range(12):
            own = section("a", "b", heading="관련기사", xpath="/html/body/aside")
            blocks = (
                ranked(*("abc", "abd", "")[minutes % 3], more=POPULAR),
                ranked(*"ab", xpath="/html/body/footer/ol"),
                section("x", "y"),
                own,
            )
            url = POPULAR if minutes % 4 == 3 else f"https://news.test/a/{minutes % 5}"
            found = page_items(body(f"제목 {minutes % 2}"), *blocks, url=url, key=url)
            lists = (*found.lists[:-1], ListIdentity("section", "관련기사", "", f"test,news)/a/{minutes % 5}"))
            seen = capture(url, minutes)
            put(db, seen, type(found)(found.page, found.site, found.article_key, found.article_url, lists))
    return path


def tables(db: Index) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(rows(db, f"SELECT * FROM {name}"), key=repr) for name in VIEWS}


def of_the_sixth_schema(path: Path, old: Path) -> None:
    """The same index as the sixth schema had it: a row a block and capture."""
    earlier = schema.Migrations("seogo")
    for name in sorted(schema.MIGRATION_NAMES)[:6]:
        earlier()(getattr(schema, name))
    earlier.apply(Database(old))
    with contextlib.closing(sqlite3.connect(old)) as db:
        db.execute("ATTACH ? AS new", (str(path),))
        names = "name NOT LIKE 'article_search%' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name != 'list_page'"
        for (name,) in db.execute(f"SELECT name FROM main.sqlite_master WHERE type = 'table' AND {names}").fetchall():
            kept = [row[1] for row in db.execute(f"PRAGMA main.table_info({name})")]
            there = {row[1] for row in db.execute(f"PRAGMA new.table_info({name})")}
            columns = ", ".join(f'"{column}"' for column in kept if column in there)
            if columns:
                db.execute(f"INSERT INTO main.{name}({columns}) SELECT {columns} FROM new.{name}")
        db.execute(
            "INSERT INTO main.sighting SELECT a.list, s.at, s.capture, a.xpath, a.block, a.more, a.stands"
            " FROM new.showing s JOIN new.arranged a ON a.arrangement = s.arrangement"
        )
        db.execute("UPDATE main.block SET sightings = (SELECT count(*) FROM main.sighting WHERE block = block.n)")
        db.execute(
            "INSERT INTO main.list_page SELECT list, more, count(*) FROM main.sighting"
            " WHERE more NOT NULL GROUP BY 1, 2"
        )
        db.commit()


def test_sightings_of_the_sixth_schema_become_arrangements(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old" / "index.db"
    old.parent.mkdir()
    of_the_sixth_schema(path, old)
    with connect(path) as new, connect(old) as upgraded:
        assert tables(upgraded) == tables(new)
        for name in ("arrangement", "arranged", "list_page", "capture"):
            count = f"SELECT count(*) FROM {name}"
            assert rows(upgraded, count) == rows(new, count), name
        assert rows(upgraded, "SELECT n, at FROM capture") == rows(new, "SELECT n, at FROM capture")
        # Known again: the next page that shows the same makes no arrangement of its own.
        before = rows(upgraded, "SELECT count(*) FROM arrangement")
        put(upgraded, capture(minutes=50), page_items(None, ranked(*"abc", more=POPULAR), kind="list"))
        put(upgraded, capture(minutes=51), page_items(None, ranked(*"abc", more=POPULAR), kind="list"))
        assert rows(upgraded, "SELECT count(*) FROM arrangement")[0][0] == int(str(before[0][0])) + 1
    assert old.with_name("index.db.before-m007_arrangements").is_file()


def test_what_many_pages_show_alike_is_kept_once(path: Path) -> None:
    with connect(path) as db:
        count = "SELECT (SELECT count(*) FROM arranged), (SELECT count(*) FROM block), (SELECT count(*) FROM sightings)"
        [before] = rows(db, count)
        same = page_items(None, ranked(*"pqr"), section("x", "y"), kind="list")
        for minutes in range(100, 120):
            put(db, capture(minutes=minutes), same)
        [after] = rows(db, count)
        assert [now - then for now, then in zip(after, before, strict=True)] == [2, 1, 40]  # type: ignore[operator]  # rows of counts


def test_few_arrangements_and_many_are_searched_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers() -> list[object]:
        with connect(path, readonly=True) as db:
            blocks = [str(row[0]) for row in rows(db, "SELECT id FROM blocks ORDER BY 1")]
            lists = rows(db, "SELECT n FROM list ORDER BY id")
            return [
                [list(standings.at_instant(db, "ranked", at=at(minutes + 0.5))) for minutes in range(-1, 13)],
                [list(standings.at_instant(db, "section", at=at(minutes))) for minutes in range(-1, 13)],
                [standings.block(db, block) for block in blocks],
                [list(stretches.stretches(db, "ranked")), list(stretches.stretches(db, "section"))],
                [arrangements.latest(db, int(str(n)), milliseconds(at(9)), limit=4) for (n,) in lists],
                [list(arrangements.between(db, int(str(n)), milliseconds(at(2)), 2**62)) for (n,) in lists],
            ]

    by_arrangement = answers()
    monkeypatch.setattr(arrangements, "_FEW", 0)
    assert answers() == by_arrangement


def test_what_no_capture_shows_any_more_goes(path: Path) -> None:
    with connect(path) as db:
        with db.atomic():
            for (one,) in rows(db, "SELECT id FROM captures"):
                items.remove(db, str(one))
        for name in (
            "arrangement",
            "arranged",
            "showing",
            "list",
            "list_page",
            "block",
            "block_entry",
            "entry",
            "span",
        ):
            assert rows(db, f"SELECT count(*) FROM {name}") == [(0,)], name
