"""What the README shows works: its commands exist, its definition loads, its SQL runs, its code map is the code."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import click
import pytest

from archive.index.database import connect
from crawler.cli import seogo
from crawler.sites.loader import load

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def command_names() -> list[str]:
    return seogo.list_commands(click.Context(seogo))


@pytest.mark.parametrize("name", re.findall(r"^\.venv/bin/seogo (\w+)", README, re.MULTILINE))
def test_each_command_that_the_readme_shows_exists(name: str) -> None:
    assert name in command_names()


def test_the_definition_of_the_readme_loads(tmp_path: Path) -> None:
    (text,) = fenced("toml")
    file = tmp_path / "mysite.toml"
    file.write_text(text, encoding="utf-8")
    site = load(str(file))
    assert site.articles
    assert site.lists


def test_the_sql_of_the_readme_runs(tmp_path: Path) -> None:
    connect(tmp_path / "index.db").close()
    (text,) = fenced("sql")
    with sqlite3.connect(tmp_path / "index.db") as connection:
        for statement in text.split(";"):
            connection.execute(statement)


def test_each_place_of_the_code_map_is_there() -> None:
    places = [
        place
        for row in README.split("## Code map")[1].split("##")[0].splitlines()
        if row.startswith("| `")
        for place in re.findall(r"`([\w/.]+)`", row.split("|")[1])
    ]
    assert len(places) > 15
    missing = [
        place for place in places if not any((ROOT / top / place).exists() for top in ("", "archive", "crawler"))
    ]
    assert missing == []


def test_each_public_table_is_named(tmp_path: Path) -> None:
    db = connect(tmp_path / "index.db")
    names = {"captures", "articles", "article_versions", "lists", "ranking_history", "outcomes", "article_search"}
    assert names <= {*db.table_names(), *db.view_names()}
    assert [name for name in names if f"`{name}`" not in README] == []


def test_no_document_names_a_package_registry_or_a_workplace() -> None:
    texts = [README, *(file.read_text(encoding="utf-8") for file in (ROOT / "docs").glob("*.md"))]
    locks = [file.read_text(encoding="utf-8") for file in (ROOT / "requirements").glob("*.lock")]
    assert [text for text in locks if "://" in text] == []
    assert [text for text in texts if "pypi" in text.lower()] == []
