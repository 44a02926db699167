"""Charts, comparisons and moves that the commands write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from archive_builder import STORY, write
from click.testing import CliRunner
from index_builders import body, capture, page_items, put, ranked
from lxml import etree

from archive.commands.diff import diff
from archive.commands.rankings import rankings
from archive.commands.sections import sections
from archive.index.database import connect

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</title><script>alert(1)</script>"&\x1b[31m'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "heading"), [(rankings, "인기기사"), (sections, "인터뷰")])
def test_a_chart(directory: Path, command: object, heading: str) -> None:
    target = directory / "chart.svg"
    result = CliRunner().invoke(command, ["-a", str(directory), "--chart", str(target)])  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    tree = etree.parse(target)
    texts = [element.text or "" for element in tree.iter(f"{SVG}text")]
    assert any(heading in text for text in texts)
    assert list(tree.iter(f"{SVG}circle"))


def test_a_gap_shows_in_the_chart(directory: Path) -> None:
    target = directory / "chart.svg"
    CliRunner().invoke(rankings, ["-a", str(directory), "--chart", str(target)])
    assert [path for path in etree.parse(target).iter(f"{SVG}path") if path.get("class") == "gap"]


def test_all_that_a_chart_draws_has_its_look(directory: Path) -> None:
    """The classes are those of the browse pages; a file of its own brings a style for each."""
    target = directory / "chart.svg"
    CliRunner().invoke(rankings, ["-a", str(directory), "--chart", str(target)])
    tree = etree.parse(target)
    style = tree.findtext(f"{SVG}style") or ""
    drawn = {
        name
        for tag in ("path", "circle", "line")
        for one in tree.iter(f"{SVG}{tag}")
        for name in one.get("class").split()
    }
    assert drawn >= {"line", "move", "join", "gap", "c0", "cx"}
    assert [name for name in sorted(drawn) if not re.search(rf"\.{name}[{{,]", style)] == []


def test_moves_between_two_captures(directory: Path) -> None:
    arguments = ["-a", str(directory), "--at", "2026-11-02T09:12Z", "--compare", "2026-11-02T09:02Z", "--json"]
    result = CliRunner().invoke(rankings, arguments)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["title"], row["before"], row["now"]) for row in rows] == [("신약", 2, 1), ("가", 1, 2), ("다", 3, 3)]
    later = ["-a", str(directory), "--compare", "2026-11-02T09:12Z"]
    lines = CliRunner().invoke(rankings, later).stdout.splitlines()
    assert any("new" in line and "나" in line for line in lines)
    assert any("left" in line and "신약" in line for line in lines)


def test_a_difference_as_a_page(directory: Path) -> None:
    target = directory / "d.html"
    assert CliRunner().invoke(diff, [STORY, "-a", str(directory), "--html", str(target)]).exit_code == 0
    text = target.read_text(encoding="utf-8")
    assert "<ins> 확대</ins>" in text
    assert "<ins>크게 </ins>" in text


def test_pages_cannot_put_markup_into_pictures(tmp_path: Path) -> None:
    db = connect(tmp_path / "index.db")
    for minutes in (0, 10):
        text = body(f"{HOSTILE} {minutes}", f"{HOSTILE} {minutes}")
        put(db, capture(minutes=minutes), page_items(text, ranked(HOSTILE, "b", heading=HOSTILE)))
    db.close()
    page, chart = tmp_path / "d.html", tmp_path / "c.svg"
    assert CliRunner().invoke(diff, ["https://news.test/a/1", "-a", str(tmp_path), "--html", str(page)]).exit_code == 0
    assert CliRunner().invoke(rankings, ["-a", str(tmp_path), "--chart", str(chart)]).exit_code == 0
    for path in (page, chart):
        assert "<script" not in path.read_text(encoding="utf-8")
    etree.parse(chart)
