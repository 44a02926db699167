"""HOSTILE.md 74 by way of the browse server: a query that never ends is stopped, and a flood of rows is capped."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.replay.store import Store
from archive.web.app import SETTINGS, create_app
from replay_fixture import Client, build, client

ENDLESS = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Client:
    directory = tmp_path_factory.mktemp("archive")
    build(directory)
    return client(create_app(Store(directory)), "http://127.0.0.1:8001")


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} count(*) FROM x",
        "SELECT count(*) FROM captures a, captures b, captures c, captures d, captures e, captures f, captures g,"
        " captures h, captures i, captures j, captures k, captures l",
    ],
)
def test_74_what_never_ends_is_stopped(ask: Client, sql: str) -> None:
    answer = ask("/index.json", params={"sql": sql})
    assert answer.status_code == 400
    assert "SQL" in answer.text
    assert SETTINGS["sql_time_limit_ms"] == 1000


def test_74_rows_without_end_are_cut(ask: Client) -> None:
    answer = ask("/index.json", params={"sql": f"{ENDLESS} n FROM x"})
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == SETTINGS["max_returned_rows"]
    assert answer.json()["truncated"]


@pytest.mark.parametrize(
    "sql", ["SELECT load_extension('x')", "SELECT length(zeroblob(2000000000))", "ATTACH ':memory:' AS x"]
)
def test_74_what_reaches_out_is_refused(ask: Client, sql: str) -> None:
    assert ask("/index.json", params={"sql": sql}).status_code == 400
