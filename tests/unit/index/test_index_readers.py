"""The index is read by tools that know nothing of Seogo: every public table, and the documented search."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
from archive_builder import write
from datasette.app import Datasette

from archive.index.contract import TABLES, markdown

PAIRS = """WITH RECURSIVE pair(at, text) AS (
    SELECT 1, substr(:word, 1, 2)
    UNION ALL SELECT at + 1, substr(:word, at + 1, 2) FROM pair WHERE at < length(:word) - 1)
SELECT a.title FROM article_search s JOIN article a ON a.n = s.rowid
WHERE article_search MATCH (SELECT '"' || group_concat(text, ' ') || '"' FROM pair) LIMIT 20"""
TITLE = "재단, 신약 지원 확대"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("archive")
    write(directory)
    return directory / "index.db"


def test_the_search_is_the_documented_one() -> None:
    assert PAIRS.split("SELECT a.title")[0] in markdown()


def test_the_schema_document_is_in_step() -> None:
    assert (Path(__file__).parents[3] / "docs" / "schema.md").read_text(encoding="utf-8") == markdown()


def test_sqlite3_of_the_standard_library(index: Path) -> None:
    db = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)
    assert db.execute(PAIRS, {"word": "희귀질환"}).fetchall() == [(TITLE,)]
    for name in TABLES:
        db.execute(f"SELECT * FROM {name}").fetchall()
    db.close()


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the sqlite3 shell is not installed")
def test_the_shell(index: Path) -> None:
    sql = PAIRS.replace(":word", "'희귀질환'")
    done = subprocess.run(["sqlite3", "-readonly", index, sql], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == TITLE
    for name in TABLES:
        subprocess.run(["sqlite3", "-readonly", index, f"SELECT * FROM {name}"], capture_output=True, check=True)


def test_sqlite_utils(index: Path) -> None:
    command = [sys.executable, "-m", "sqlite_utils", "query", index, PAIRS, "-p", "word", "희귀질환"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [{"title": TITLE}]
    command = [sys.executable, "-m", "sqlite_utils", "rows", index, "ranking_history", "--limit", "1"]
    assert json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)[0]["rank"] == 1


def test_datasette(index: Path) -> None:
    async def ask() -> None:
        datasette = Datasette([str(index)])
        for name in TABLES:
            answer = await datasette.client.get(f"/index/{name}.json")
            assert answer.status_code == 200, name
        answer = await datasette.client.get("/index.json", params={"sql": PAIRS, "word": "희귀질환", "_shape": "array"})
        assert answer.json() == [{"title": TITLE}]

    asyncio.run(ask())


def test_duckdb(index: Path) -> None:
    folder = files("duckdb_extension_sqlite_scanner") / "extensions" / f"v{duckdb.__version__}"
    with duckdb.connect() as db:
        db.execute(f"LOAD '{folder / 'sqlite_scanner.duckdb_extension'}'")
        db.execute(f"ATTACH '{index}' AS seogo (TYPE sqlite, READ_ONLY)")
        plain = sqlite3.connect(index)
        for name in TABLES:
            rows = db.execute(f"SELECT count(*) FROM seogo.{name}").fetchall()
            assert rows == plain.execute(f"SELECT count(*) FROM {name}").fetchall(), name
        plain.close()


def test_the_queries_of_the_search_page_run(index: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "search.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    db = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)
    [[article]] = db.execute("SELECT id FROM articles").fetchall()
    found = [db.execute(sql, {"id": article}).fetchall() for sql in block.split(";") if sql.strip()]
    db.close()
    assert len(found) == 3
    assert [title for _, title, _ in found[0]] == ["재단, 신약 지원", TITLE]
