"""The archive's commands, run as a person runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from archive_builder import LIST, STORY, write
from click.testing import CliRunner, Result
from index_builders import at

import archive
from archive.cli import Deferred, commands
from archive.commands.options import ZONE_OF
from archive.errors import ArchiveMissing
from archive.model import Capture

COMMANDS = ("search", "show", "rankings", "sections", "history", "diff", "stats")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Capture]]:
    directory = tmp_path_factory.mktemp("commands") / "archive"
    return directory, write(directory)


@pytest.fixture
def directory(written: tuple[Path, list[Capture]]) -> Path:
    return written[0]


@pytest.fixture
def captures(written: tuple[Path, list[Capture]]) -> list[Capture]:
    return written[1]


def run(*arguments: str | Path, zone: str | None = "Asia/Seoul") -> Result:
    group = click.Group("seogo", commands={str(command.name): command for command in commands})

    @group.result_callback()
    def nothing(result: object) -> None:
        del result

    def invoke(context: click.Context) -> Any:
        context.meta[ZONE_OF] = lambda site: zone if site else None
        return click.Group.invoke(group, context)

    group.invoke = invoke  # type: ignore[method-assign]  # a test's stand-in for the group that knows sites
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def objects(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run(arguments[0], "--json", *arguments[1:])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"seogo {name}" in result.stdout


def test_the_group_names_every_command() -> None:
    result = run("--help")
    assert [command.name for command in commands if command.name not in result.stdout] == []
    assert all(isinstance(command, Deferred) for command in commands)


def test_nothing_slow_is_imported_before_a_command_runs() -> None:
    code = (
        "import sys, archive.cli; print([m for m in ('sqlite_utils', 'rich', 'lxml', 'sqlite3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "x"),
        ("show", "x"),
        ("rankings",),
        ("sections",),
        ("history", LIST),
        ("diff", LIST),
        ("stats",),
        ("exclude", LIST),
        ("export", "csv"),
        ("export", "cdxj"),
        ("verify",),
        ("recover",),
        ("serve",),
    ],
)
def test_an_archive_that_is_none(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "-a", tmp_path / "none")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert str(tmp_path / "none") in result.stderr
    assert not (tmp_path / "none").exists()


def test_an_archive_without_an_index_says_how_to_make_one(directory: Path, tmp_path: Path) -> None:
    shutil.copytree(directory / "archive", tmp_path / "archive")
    with pytest.raises(ArchiveMissing, match="seogo reindex"):
        archive.open(tmp_path)


def test_search(directory: Path) -> None:
    (hit,) = objects("search", "신약개발을", "-a", directory)
    assert (hit["title"], hit["url"], hit["site"]) == (
        "재단, 신약 지원 확대",
        "https://news.test/a/%EC%8B%A0%EC%95%BD",
        "paper",
    )
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["신약개발을"]
    assert "«신약»" in run("search", "신약", "-a", directory).stdout
    assert run("search", "없는말", "-a", directory).stdout == "Nothing found.\n"
    assert objects("search", "신약", "--site", "other", "-a", directory) == []
    assert objects("search", "신약", "--after", "2027", "-a", directory) == []
    assert len(objects("search", "--limit", "1", "-a", directory, "--", "-없는말")) == 1
    assert run("search", "신약", "--limit", "0", "-a", directory).exit_code == 2
    assert run("search", "신약", "--after", "gestern", "-a", directory).exit_code == 2


def test_rankings_now_and_at_an_instant(directory: Path) -> None:
    def titles(*more: str) -> list[str]:
        return [row["title"] for row in objects("rankings", "paper", *more, "-a", directory)]

    assert titles() == ["가", "나", "다"]
    # 18:05 in Seoul is 09:05 UTC.
    assert titles("--at", "2026-11-02T18:05") == ["가", "신약", "다"]
    assert titles("--at", "2026-11-02T09:15Z") == ["신약", "가", "다"]
    assert titles("--at", "2026-11-02T18:25", "--list", "인기기사") == ["신약", "가", "다"]
    assert titles("--at", "2026-11-01") == []
    assert titles("--list", "없는 목록") == []
    row = objects("rankings", "-a", directory)[0]
    assert (row["rank"], row["captured_at"], row["xpath"]) == (1, at(60), "/html/body/ol")
    shown = run("rankings", "paper", "-a", directory).stdout
    assert "인기기사" in shown
    assert "KST" in shown
    assert run("rankings", "--at", "noon", "-a", directory).exit_code == 2


def test_a_table_is_aligned_by_display_width(directory: Path) -> None:
    from rich.cells import cell_len

    lines = [
        line
        for line in run("rankings", "-a", directory, "--at", "2026-11-02T18:05").stdout.splitlines()
        if "http" in line
    ]
    assert len({cell_len(line[: line.index("http")]) for line in lines}) == 1


def test_rankings_over_time(directory: Path) -> None:
    found = objects("rankings", "paper", "--since", "2026-11-02", "-a", directory)
    stretches = [(row["rank"], row["title"], row["first_seen"], row["sightings"]) for row in found if "gap" not in row]
    assert (1, "신약", at(11), 1) in stretches
    assert [row["captured_at"] for row in found if row.get("gap")] == [at(21), at(40), at(50)]
    shown = run("rankings", "paper", "--article", STORY, "-a", directory).stdout
    assert "entered 2026-11-02 18:01 KST, best 1, 0.2 hours in the list, left: 2026-11-02 18:31 KST" in shown


def test_sections(directory: Path) -> None:
    assert [row["title"] for row in objects("sections", "-a", directory)] == ["인터뷰 둘"]
    assert "rank" not in objects("sections", "-a", directory)[0]
    history = objects("sections", "--since", "2026-11-02", "-a", directory)
    assert [(row["position"], row["title"], row["sightings"]) for row in history if "gap" not in row] == [
        (1, "인터뷰 하나", 2),
        (1, "인터뷰 둘", 3),
    ]


def test_history(directory: Path) -> None:
    events = objects("history", STORY, "-a", directory)
    assert [(row["event"], row["captured_at"]) for row in events] == [
        ("version", at(0)),
        ("version", at(40)),
        ("lost", at(50)),
    ]
    shown = run("history", STORY, "-a", directory).stdout
    assert "headline and text changed" in shown
    assert "not there: HTTP 410" in shown
    assert len(objects("history", LIST, "-a", directory)) == 5
    missing = run("history", "https://news.test/none", "-a", directory)
    assert (missing.exit_code, len(missing.stderr.splitlines())) == (1, 1)


def test_diff(directory: Path) -> None:
    shown = run("diff", STORY, "-a", directory).stdout
    assert "재단, 신약 지원{+ 확대+}" in shown
    assert "{+크게 +}지원한다" in shown
    (found,) = objects("diff", STORY, "-a", directory)
    assert (found["from_captured_at"], found["to_captured_at"]) == (at(0), at(40))
    assert objects("diff", STORY, "--from", "2026-11-03", "-a", directory) == []
    assert run("diff", LIST, "-a", directory).exit_code == 1


def test_stats(directory: Path) -> None:
    (row,) = objects("stats", "-a", directory)
    assert (row["site"], row["captures"], row["articles"], row["versions"]) == ("paper", 8, 1, 2)
    [month] = row["months"]
    assert month == {
        "month": "2026-11",
        "captures": 8,
        "bytes": row["bytes"],
        "articles": 1,
        "versions": 2,
        "lists": row["ranked_lists"] + row["sections"],
    }
    said = run("stats", "-a", directory).stdout
    assert "test/1 parsed 7 captures (100 %)" in said
    assert re.search(r"paper +2026-11 +8 +1 +2 .*█", said)


def test_show(directory: Path, captures: list[Capture]) -> None:
    (hit,) = objects("search", "신약", "-a", directory)
    assert "크게 지원한다" in run("show", hit["id"], "-a", directory).stdout
    (row,) = objects("show", captures[0].id, "-a", directory)
    assert (row["url"], row["warc_file"]) == (captures[0].url, captures[0].warc_file)
    assert "인기기사" in run("show", captures[1].id, "-a", directory).stdout
    block = objects("rankings", "-a", directory)[0]["block_id"]
    assert "/html/body/ol" in run("show", block, "-a", directory).stdout
    missing = run("show", "nothing' OR 1=1 --", "-a", directory)
    assert (missing.exit_code, len(missing.stderr.splitlines())) == (1, 1)


def test_show_bytes(directory: Path, captures: list[Capture]) -> None:
    gzipped = captures[2]
    raw = run("show", gzipped.id, "--raw", "-a", directory)
    assert raw.stdout_bytes.startswith(b"<html>")
    assert b"Content-Encoding: gzip" in run("show", gzipped.id, "--headers", "-a", directory).stdout_bytes
    record = run("show", gzipped.id, "--record", "-a", directory).stdout_bytes
    assert record.startswith(b"WARC/1.1\r\n")
    assert b"HTTP/1.1 200 OK\r\n" in record


def test_proof_holds(directory: Path, captures: list[Capture]) -> None:
    (hit,) = objects("search", "신약", "-a", directory)
    block = objects("rankings", "-a", directory, "--at", "2026-11-02T18:15")[0]["block_id"]
    for identity in (hit["id"], block, *(one.id for one in captures)):
        result = run("show", identity, "--proof", "-a", directory)
        assert result.exit_code == 0, result.output
        assert "payload digest" in result.stdout


def test_proof_fails_on_changed_bytes(directory: Path, captures: list[Capture], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(directory, copy)
    database = archive.index.database.connect(copy / "index.db")  # type: ignore[attr-defined]  # imported by the builder
    with database.atomic():
        database.execute("UPDATE capture SET url = 'https://news.test/other' WHERE id = ?", [captures[0].id])
        database.execute("UPDATE xpath SET path = '/html/body/h1' WHERE path = '/html/body/ol'")
    database.close()
    assert run("show", captures[0].id, "--proof", "-a", copy).exit_code == 1
    block = objects("rankings", "-a", copy)[0]["block_id"]
    assert run("show", block, "--proof", "-a", copy).exit_code == 1
    (warc,) = (copy / "archive").iterdir()
    data = bytearray(warc.read_bytes())
    data[captures[0].offset + captures[0].length // 2] ^= 0xFF
    warc.write_bytes(data)
    assert run("show", captures[0].id, "--proof", "-a", copy).exit_code in (1, 3)
    warc.unlink()
    assert run("show", captures[0].id, "--proof", "-a", copy).exit_code in (2, 3)


@pytest.mark.parametrize(
    ("options", "named"),
    [(("--json", "--headers"), ("--headers", "--json")), (("--raw", "--headers"), ("--raw", "--headers"))],
)
def test_forms_of_show_that_exclude_each_other(
    directory: Path, captures: list[Capture], options: tuple[str, str], named: tuple[str, str]
) -> None:
    result = run("show", captures[0].id, *options, "-a", directory)
    assert result.exit_code == 2
    assert all(option in result.output for option in named)
    assert run("show", captures[0].id, "--proof", "--json", "-a", directory).exit_code == 0


@pytest.mark.parametrize("command", ["rankings", "sections"])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_site_that_is_not_in_the_archive(directory: Path, command: str, options: tuple[str, ...]) -> None:
    result = run(command, "nosuchsite", *options, "-a", directory)
    assert result.exit_code == 1
    assert "no site 'nosuchsite'" in result.output
    assert len(result.output.splitlines()) == 1
