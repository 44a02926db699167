"""The door to index.db: migration with a backup, refusals in one sentence, and a file that others can read."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from index_builders import body, capture, page_items, put, ranked, rows, section
from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, SchemaTooNew
from archive.index import database, schema
from archive.index.contract import TABLES, markdown
from archive.index.database import connect
from archive.verify import Finding, verify

# The contract: every public table with its columns, in order.
COLUMNS = {
    "captures": "id url url_key captured_at status mime digest kind refers_to fidelity truncated site run_id warc_file"
    " offset length request_offset metadata_file metadata_offset parsed_by",
    "articles": "id site key url title published first_captured_at last_captured_at",
    "article_urls": "article_id url",
    "article_versions": "id article_id capture_id captured_at title subtitle authors published modified lang text"
    " text_digest",
    "lists": "id site kind heading tab page_scope",
    "blocks": "id list_id",
    "block_entries": "block_id position rank title url article_id",
    "sightings": "list_id block_id capture_id captured_at xpath",
    "ranking_history": "list_id site heading tab first_seen last_seen sightings rank title url article_id capture_id",
    "section_history": "list_id site heading first_seen last_seen sightings position title url article_id capture_id",
    "story_groups": "group_id article_id similarity",
    "repeats": "capture_id kind of xpath text",
    "runs": "id job site started_at finished_at outcome counts",
    "outcomes": "run_id url at outcome reason capture_id",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "index.db"
    db = connect(made)
    put(db, capture(), page_items(body("신약 허가", "재단은 신약을 개발했다."), ranked("a", "b"), section("x")))
    db.close()
    return made


def test_public_tables_have_exactly_their_columns(path: Path) -> None:
    db = connect(path, readonly=True)
    found = {name: " ".join(column.name for column in db[name].columns) for name in COLUMNS}
    assert found == COLUMNS
    assert {name: " ".join(columns) for name, (_, columns) in TABLES.items()} == COLUMNS


def test_the_documented_query_finds_korean_words(path: Path) -> None:
    query = markdown().split("-- any run")[1].split("\n", 1)[1].split(";")[0]
    found = connect(path, readonly=True).conn.execute(query, {"word": "신약허가"}).fetchall()
    assert [title for _, title in found] == ["신약 허가"]


def test_anybody_can_read_it(path: Path) -> None:
    """Stdlib sqlite3 alone, in another process, joins history and searches the full text."""
    code = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
for (name,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
    c.execute(f"SELECT * FROM {name}").fetchall()
print(c.execute('''SELECT a.title FROM article_search s JOIN article a ON a.n = s.rowid
    WHERE article_search MATCH '"재단 단은"' ''').fetchone()[0])
"""
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("신약 허가", "")


def test_reading_while_another_writes(path: Path) -> None:
    writer = connect(path)
    with writer.atomic():
        put(writer, capture("https://news.test/b", 1))
        reader = connect(path, readonly=True)
        assert rows(reader, "SELECT count(*) FROM captures") == [(1,)]
    assert rows(reader, "SELECT count(*) FROM captures") == [(2,)]


def test_reading_never_writes(path: Path) -> None:
    reader = connect(path, readonly=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.conn.execute("DELETE FROM capture")


def test_a_schema_from_the_future_is_refused(path: Path) -> None:
    db = Database(path)
    db["_sqlite_migrations"].insert({"migration_set": "seogo", "name": "m999_later", "applied_at": ""})
    db.close()
    for readonly in (True, False):
        with pytest.raises(SchemaTooNew, match="m999_later"):
            connect(path, readonly=readonly)


def test_an_upgrade_leaves_a_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m999_more(db: Database) -> None:
        db["more"].create({"n": int})

    later = schema.Migrations("seogo")
    for name in sorted(schema.MIGRATION_NAMES):
        later(name=name)(getattr(schema, name))
    later()(m999_more)
    monkeypatch.setattr(database, "MIGRATIONS", later)
    monkeypatch.setattr(database, "MIGRATION_NAMES", schema.MIGRATION_NAMES | {"m999_more"})
    with pytest.raises(ArchiveError, match="earlier Seogo: `seogo recover`"):
        connect(path, readonly=True)
    (path.parent / "archive").mkdir(exist_ok=True)
    told: list[Finding] = []
    assert verify(path.parent, told.append).exit_code == 1
    assert [(one.check, one.damaged) for one in told] == [("index", False)]
    upgraded = connect(path)
    assert upgraded["more"].exists()
    backup = Database(path.with_name("index.db.before-m999_more"))
    assert not backup["more"].exists()
    assert rows(backup, "SELECT count(*) FROM captures") == [(1,)]


def test_a_migration_that_fails_leaves_everything_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m999_breaks(db: Database) -> None:
        db["half"].create({"n": int})
        raise OSError("killed")

    later = schema.Migrations("seogo")
    for name in sorted(schema.MIGRATION_NAMES):
        later(name=name)(getattr(schema, name))
    later()(m999_breaks)
    monkeypatch.setattr(database, "MIGRATIONS", later)
    with pytest.raises(OSError, match="killed"):
        connect(path)
    monkeypatch.undo()
    db = connect(path)
    assert not db["half"].exists()
    assert rows(db, "SELECT count(*) FROM captures") == [(1,)]


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough" * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_what_is_no_database_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(content)
    for readonly in (True, False):
        with pytest.raises(ArchiveDamaged, match=r"index\.db.*seogo reindex"):
            connect(path, readonly=readonly)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    db = Database(path)
    db["notes"].insert({"text": "mine"})
    db.close()
    with pytest.raises(ArchiveDamaged, match="no index"):
        connect(path)
    with pytest.raises(ArchiveError):
        connect(path, readonly=True)
    assert Database(path).table_names() == ["notes"]


def test_a_corrupt_page_is_named(path: Path) -> None:
    db = Database(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 2000] = os.urandom(2000)
    path.write_bytes(data)
    with pytest.raises(ArchiveDamaged, match="seogo reindex"):
        connect(path, readonly=True)


def test_no_file_and_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        connect(tmp_path / "index.db", readonly=True)
    with pytest.raises(ArchiveMissing):
        connect(tmp_path / "none" / "index.db")
    assert list(tmp_path.iterdir()) == []


def test_names_that_look_like_uris(path: Path, tmp_path: Path) -> None:
    odd = tmp_path / "100% real?#x"
    odd.mkdir()
    shutil.copy(path, odd / "index.db")
    db = connect(odd / "index.db", readonly=True)
    assert rows(db, "SELECT count(*) FROM captures") == [(1,)]


def test_an_index_of_the_first_schema_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    first = schema.Migrations("seogo")
    first()(schema.m001_first_schema)
    old = Database(path)
    first.apply(old)
    with old.atomic():
        old.execute(
            "INSERT INTO content(n, digest, compared, title, authors, text, text_digest)"
            " VALUES (1, x'00', x'00', '신약', '[]', '신약이 허가됐다.', '')"
        )
        old.execute(
            "INSERT INTO article(n, id, site, key, title, published, first_captured_at, indexed)"
            " VALUES (1, 'a', 'paper', '1', '신약', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00.000Z', 1)"
        )
        old.create_view("articles", "SELECT id FROM article")
    old.close()
    db = database.connect(path)
    assert rows(db, "SELECT dated_at, current, indexed FROM article") == [(1793491200000, 1, 1)]
    found = "SELECT rowid FROM article_search WHERE article_search MATCH '\"신약\"'"
    assert rows(db, found) == [(1,)]
    assert rows(db, "SELECT title FROM articles") == [("신약",)]
    db.close()
    assert path.with_name("index.db.before-m002_stories_dates_exclusions").is_file()


def test_the_log_stays_small_however_much_is_written(tmp_path: Path) -> None:
    """A crawl commits hundreds of times: no commit may merge all of the full text at once."""
    path = tmp_path / "index.db"
    words = random.Random(1)
    largest = 0
    with connect(path) as db:
        db.execute("PRAGMA wal_autocheckpoint = 100")
        for commit in range(300):
            with db.atomic():
                for article in range(5):
                    text = " ".join(str(words.randrange(20_000)) for _ in range(300))
                    db.execute(
                        "INSERT INTO article_search(rowid, title, text) VALUES (?, '', ?)", (commit * 5 + article, text)
                    )
            largest = max(largest, path.with_name("index.db-wal").stat().st_size)
        assert largest < path.stat().st_size / 2
        # Merged all the same: searching stays fast.
        assert rows(db, "SELECT count(DISTINCT segid) < 64 FROM article_search_idx") == [(1,)]


def test_the_log_gives_its_room_back(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    log = path.with_name("index.db-wal")
    with connect(path) as db:
        with db.atomic():
            db.conn.executemany("INSERT INTO address(text) VALUES (?)", ((f"{n}{'x' * 3000}",) for n in range(8000)))
        assert log.stat().st_size > 32 << 20
        for text in ("one", "two"):
            with db.atomic():
                db.execute("INSERT INTO address(text) VALUES (?)", (text,))
        assert log.stat().st_size <= 16 << 20


def test_an_index_of_the_fifth_schema_is_brought_up(path: Path) -> None:
    old = Database(path)
    old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_full_text_in_pieces'")
    old.execute("DELETE FROM article_search_config WHERE k = 'crisismerge'")
    before = rows(old, "SELECT * FROM captures")
    old.conn.commit()
    old.close()
    with connect(path) as db:
        assert rows(db, "SELECT v FROM article_search_config WHERE k = 'crisismerge'") == [(64,)]
        assert rows(db, "SELECT * FROM captures") == before
    assert path.with_name("index.db.before-m006_full_text_in_pieces").is_file()
