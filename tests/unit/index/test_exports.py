"""Exports: all of it, narrowed as search is, readable elsewhere, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from archive_builder import write
from click.testing import CliRunner
from index_builders import body, capture, page_items, put

import archive
from archive.commands.export import export
from archive.index import exports
from archive.index.database import connect

FORMULA = '=HYPERLINK("http://evil.test","x")'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    db = connect(tmp_path / "index.db")
    pages = [
        (
            "1",
            0,
            body("신약 허가", "신약이 허가됐다.", published="2026-10-05T09:00:00+09:00", authors=("김하나", "이둘")),
        ),
        ("2", 1, body(FORMULA, "@SUM(A1)\n+1", "-2", published="2026-11-01")),
        ("3", 2, body("줄\u2028바꿈", '\ufeff－1,2\r\n"셋"')),
    ]
    for key, minutes, text in pages:
        put(
            db,
            capture(f"https://news.test/a/{key}", minutes),
            page_items(text, key=key, url=f"https://news.test/a/{key}"),
        )
    db.close()
    return tmp_path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(export, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_lines(directory: Path) -> None:
    found = [json.loads(line) for line in run("jsonl", "-a", directory).splitlines()]
    assert [row["key"] for row in found] == ["1", "2", "3"]
    assert found[0]["authors"] == ["김하나", "이둘"]
    assert found[2]["title"] == "줄\u2028바꿈"
    assert all(tuple(row) == exports.COLUMNS for row in found)


@pytest.mark.parametrize(
    ("flags", "keys"),
    [
        (["--query", "신약"], ["1"]),
        (["--after", "2026-11"], ["2", "3"]),
        (["--before", "2026-11"], ["1"]),
        (["--site", "other"], []),
        (["--query", "author:김하나"], ["1"]),
        (["--query", "-신약"], ["2", "3"]),
        (["--query", "!!"], []),
    ],
)
def test_narrowed_as_search_is(directory: Path, flags: list[str], keys: list[str]) -> None:
    assert [json.loads(line)["key"] for line in run("jsonl", "-a", directory, *flags).splitlines()] == keys


def test_hostile_85_no_cell_is_a_formula(directory: Path) -> None:
    target = directory / "out.csv"
    run("csv", "-a", directory, "-o", target)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert rows[1]["title"] == "'" + FORMULA
    assert rows[0]["authors"] == "김하나; 이둘"
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "－"))
    described = json.loads((directory / "out.csv.schema.json").read_text(encoding="utf-8"))
    assert list(described["properties"]) == list(rows[0])


def test_hostile_85_export_is_streamed() -> None:
    huge = ({**dict.fromkeys(exports.COLUMNS, "x" * 1_000_000), "authors": []} for _ in range(3))
    lines = exports.csv_lines(huge)
    assert next(lines).startswith("id,")
    assert len(next(lines)) > 10_000_000
    assert next(huge)  # the last row was not asked for yet


def test_parquet_by_month(directory: Path) -> None:
    run("parquet", "-a", directory, "-o", directory / "out")
    names = sorted(path.name for path in (directory / "out").glob("*.parquet"))
    assert names == ["articles-2026-10.parquet", "articles-2026-11.parquet"]
    table = pq.read_table(directory / "out" / names[0])
    assert table.to_pylist()[0]["authors"] == ["김하나", "이둘"]
    assert pq.ParquetFile(directory / "out" / names[0]).metadata.row_group(0).column(0).compression == "ZSTD"


def test_cdxj_is_sorted_and_leads_to_records(tmp_path: Path) -> None:
    captures = write(tmp_path)
    run("cdxj", "-a", tmp_path)
    path = tmp_path / "indexes" / "index.cdxj"
    subprocess.run(["sort", "-c", path], env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, check=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(captures)
    with archive.open(tmp_path) as opened:
        for line in lines:
            key, timestamp, facts = line.split(" ", 2)
            found = json.loads(facts)
            assert (tmp_path / "archive" / found["filename"]).is_file()
            [one] = [c for c in captures if str(c.offset) == found["offset"] and c.url_key == key]
            assert timestamp == one.captured_at[:19].translate(str.maketrans("", "", "-T:"))
            assert opened.record(one).id == one.id


def test_what_cannot_be_written_is_said(directory: Path) -> None:
    result = CliRunner().invoke(export, ["csv", "-a", str(directory), "-o", str(directory / "no" / "such.csv")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
