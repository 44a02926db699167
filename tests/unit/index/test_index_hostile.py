"""Hostile cases 72 to 77 and 88: queries, limits, SQL, values, broken files, kills and clocks; 85: test_exports."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner
from index_builders import body, capture, page_items, put, ranked, rows, section

import archive
from archive.commands.search import search
from archive.errors import ArchiveDamaged, ArchiveMissing
from archive.index import captures, standings
from archive.index.database import connect, damage_named
from archive.index.values import dated_at
from archive.model import RankedItem, RankedList
from archive.web.sandbox import confine


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    db = connect(tmp_path / "index.db")
    put(db, capture(), page_items(body("신약 허가", "신약이 허가됐다."), ranked("a", "b"), section("c")))
    db.close()
    return tmp_path


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "AND",
        "NEAR(",
        "zz:a",
        "*",
        "",
        "\x00",
        "(" * 500,
        "a" * 1_000_000,
        "NOT",
        '"신약" OR',
        "{title}:",
        "\udc80",
    ],
)
def test_hostile_72_every_string_is_a_query(directory: Path, query: str) -> None:
    with archive.open(directory) as opened:
        opened.search(query)
        opened.facets(query)
        list(opened.rows(query))
    assert CliRunner().invoke(search, ["-a", str(directory), "--", query]).exit_code == 0


def test_hostile_73_limits_and_flags(directory: Path) -> None:
    with archive.open(directory) as opened:
        assert len(opened.search("신약", limit=-1).hits) == 0
        assert len(opened.search("신약", limit=10**30).hits) == 1
        assert opened.search("신약", offset=10**18).hits == ()
        assert opened.articles(limit=-1, offset=-(10**30)) == []
        assert opened.rankings('"]; DROP TABLE list') == []
        assert opened.search("신약", site=']"; drop', after="x' OR 1").hits == ()
    for arguments in (["--limit", "-1"], ["--limit", str(10**18)], ["--after", "gestern"], ["--sort", "x"]):
        result = CliRunner().invoke(search, ["신약", "-a", str(directory), *arguments])
        assert result.exit_code == 2
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH ':memory:' AS x",
        "ATTACH '{directory}/made.db' AS x",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = OFF",
        "SELECT load_extension('x')",
        "SELECT zeroblob(2000000000)",
        "SELECT length(randomblob(2000000000))",
        "SELECT group_concat(hex(zeroblob(1000000))) FROM block_entry, captures, sqlite_master a, sqlite_master b",
        "INSERT INTO setting VALUES ('a', 'b')",
        "WITH x AS (SELECT 1) DELETE FROM capture",
        "DELETE FROM capture RETURNING id",
        "SELECT 1; DELETE FROM capture",
        "DROP TABLE capture -- ",
        "/* SELECT */ CREATE TABLE made(a)",
        "VACUUM INTO '{directory}/made.db'",
    ],
)
def test_hostile_74_sql_reads_and_nothing_else(directory: Path, sql: str) -> None:
    with archive.open(directory) as opened:
        confine(opened.db.conn)
        # sqlite3.Warning: Python 3.11 refuses two statements with it.
        with pytest.raises((sqlite3.Error, sqlite3.Warning, MemoryError)):
            opened.db.execute(sql.format(directory=directory)).fetchall()
        assert opened.db.execute("SELECT count(*) FROM captures").fetchone() == (1,)
    assert not (directory / "made.db").exists()


@pytest.mark.parametrize(
    "text",
    [
        "신\x00약",
        "\ud800 \udfff",
        "줄\u2028바꿈\u2029",
        "\u202eabc",
        "👨‍👩‍👧",
        "\ufeff",
        "'; DROP TABLE x; --",
        "a" * 100_000_000,
    ],
    ids=["nul", "surrogate", "separators", "rtl", "zwj", "bom", "sql", "huge"],
)
def test_hostile_75_any_text_is_stored(tmp_path: Path, text: str) -> None:
    db = connect(tmp_path / "index.db")
    put(db, capture(), page_items(body("제목", "본문"), section(text, heading=text[:1000]), key=text[:1000]))
    [[title, length]] = rows(db, "SELECT title, length(title) FROM block_entries")
    assert isinstance(title, str)
    assert len(title) == length == len(text)
    assert "\x00" not in title
    db.close()
    with archive.open(tmp_path) as opened:
        assert opened.sections()[0].entries[0].title == title


def test_hostile_75_numbers_beyond_64_bits(tmp_path: Path) -> None:
    db = connect(tmp_path / "index.db")
    items = tuple(RankedItem(rank, str(rank), None) for rank in (2**63, -(2**70), 3))
    put(db, capture(status=10**30), page_items(None, RankedList("인기", None, None, "/ol", items)))
    assert rows(db, "SELECT rank FROM block_entries ORDER BY position") == [(None,), (None,), (3,)]
    assert rows(db, "SELECT status FROM captures") == [(None,)]


@pytest.mark.parametrize("place", [0, 28, 4096, 12_000])
def test_hostile_76_a_corrupt_page(directory: Path, place: int) -> None:
    path = directory / "index.db"
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xde\xad" * 300)
    # Where the damage is in what nobody asked for, nothing has to be told; what is told names the way out.
    with contextlib.suppress(ArchiveDamaged), archive.open(directory) as opened:
        opened.search("신약")
        list(opened.history("ranked"))
        opened.statistics()
    with pytest.raises(ArchiveDamaged, match="seogo reindex"), damage_named(path):
        check(path)


def check(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as plain:
        told = plain.execute("PRAGMA integrity_check").fetchall()
    if told != [("ok",)]:
        raise sqlite3.DatabaseError(str(told))


def test_hostile_76_a_log_of_another_file(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    db = connect(other / "index.db")
    put(db, capture(), page_items(body("다른 것", "다른 것")))
    foreign = (other / "index.db-wal").read_bytes()
    db.close()
    (directory / "index.db-wal").write_bytes(foreign)
    # Its frames have another salt: SQLite passes over them, or over all of it where they fit.
    with archive.open(directory) as opened:
        assert [one.title for one in opened.articles()] in (["신약 허가"], ["다른 것"])


def test_hostile_76_a_missing_log_and_a_directory_that_cannot_be_written(directory: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (directory / f"index.db{suffix}").unlink(missing_ok=True)
    directory.chmod(0o555)
    try:
        with archive.open(directory) as opened:
            assert len(opened.articles()) == 1
    finally:
        directory.chmod(0o755)
    with pytest.raises(ArchiveMissing):
        connect(directory / "no" / "index.db")


def test_hostile_76_two_writers(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.index.database.BUSY_SECONDS", 0.05)
    one = connect(directory / "index.db")
    two = connect(directory / "index.db")
    with one.atomic():
        one.execute("UPDATE setting SET value = value")
        with pytest.raises(sqlite3.OperationalError, match="locked"), two.atomic():
            two.execute("UPDATE setting SET value = value")
    with two.atomic():
        captures.insert(two, [capture(minutes=9)])
    assert rows(one, "SELECT count(*) FROM captures") == [(2,)]


def test_hostile_77_killed_in_a_migration(directory: Path) -> None:
    path = directory / "index.db"
    shutil.copytree(directory, directory.with_name("whole"))
    script = f"""
        import os, signal
        from pathlib import Path
        from archive.index import database, schema
        later = schema.Migrations("seogo")
        for name in sorted(schema.MIGRATION_NAMES):
            later(name=name)(getattr(schema, name))
        def m999_more(db):
            db["more"].create({{"n": int}})
            db["more"].insert_all({{"n": n}} for n in range(50_000))
            os.kill(os.getpid(), signal.SIGKILL)
        later()(m999_more)
        database.MIGRATIONS = later
        database.MIGRATION_NAMES = schema.MIGRATION_NAMES | {{"m999_more"}}
        database.connect(Path({str(path)!r}))
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(archive.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    db = connect(path)
    assert rows(db, "SELECT count(*) FROM captures") == [(1,)]
    assert "more" not in db.table_names()
    assert rows(db, "PRAGMA integrity_check") == [("ok",)]
    db.close()
    assert list(directory.glob("index.db.before-m999_more"))


@pytest.mark.parametrize(
    ("published", "credible"),
    [
        ("2026-11-02T09:00:00+09:00", True),
        ("2026-11-02", True),
        ("2038-01-20T00:00:00Z", False),
        ("9999-12-31T23:59:59-23:59", False),
        ("0001-01-01T00:00:00+23:59", True),
        ("2026-12-31T23:59:60Z", False),
        ("now", False),
        ("어제", False),
        ("", False),
        (None, False),
    ],
)
def test_hostile_88_dates_of_any_kind(published: str | None, credible: bool) -> None:
    first = "2026-11-02T09:00:00.000Z"
    captured = dated_at(None, first)
    assert (dated_at(published, first) != captured) is credible
    assert dated_at(published, first) <= captured + 86_400_000


def test_hostile_88_a_clock_that_jumps_back_and_stands_still(tmp_path: Path) -> None:
    db = connect(tmp_path / "index.db")
    # They arrive in this order: later, earlier, and twice at one millisecond, where the id decides.
    same = [capture("https://news.test/", 5, id=f"{digit * 8}-0000-5000-8000-000000000000") for digit in "ab"]
    pages = [
        (capture("https://news.test/", 10), "d"),
        (capture("https://news.test/", 0), "a"),
        (same[1], "c"),
        (same[0], "b"),
    ]
    for one, title in pages:
        put(db, one, page_items(None, ranked(title), kind="front"))
    order = rows(db, "SELECT title FROM ranking_history ORDER BY first_seen, capture_id")
    assert order == [("a",), ("b",), ("c",), ("d",)]
    [standing] = standings.at_instant(db, "ranked", at=same[0].captured_at)
    assert standing.entries[0].title == "c"
    put(db, capture("https://news.test/", 6e6), page_items(None, ranked("z"), kind="front"))  # in the year 2038
    [standing] = standings.at_instant(db, "ranked")
    assert standing.entries[0].title == "z"
