"""`seogo parse --html`: the picture of a page, of several, and what cannot be written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from example_crawls import seogo

TEXT = [f"The bridge reopened on Monday, the city said, and part {n} of the works came to its end." for n in range(6)]
PAGE = f"""<html lang=en><meta property=og:type content=article><title>A bridge reopens</title><h1>A bridge reopens</h1>
<p>November 20, 2025</p><div>{"".join(f"<p>{text}</p>" for text in TEXT)}</div></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return path


def test_one_page_goes_to_a_file(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    ended = seogo("parse", str(page), "--html", str(out))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"{out}: article, 6 paragraphs")
    assert '<span class="x-body">The bridge reopened' in out.read_text()


def test_several_pages_go_to_a_directory_each_under_its_name(page: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "page.html"
    other.write_text(PAGE)
    out = tmp_path / "pictures"
    out.mkdir()
    ended = seogo("parse", str(page), str(other), "--html", str(out), "--json")
    assert [json.loads(line)["kind"] for line in ended.stdout.splitlines()] == ["article", "article"]
    assert sorted(path.name for path in out.iterdir()) == ["page-2.anatomy.html", "page.anatomy.html"]


@pytest.mark.parametrize(
    ("out", "count", "said"),
    [("out.html", 2, "no directory"), ("none/out.html", 1, "no directory"), ("page.html", 1, "overwritten")],
)
def test_what_cannot_be_written_is_told(page: Path, tmp_path: Path, out: str, count: int, said: str) -> None:
    ended = seogo("parse", *[str(page)] * count, "--html", str(tmp_path / out))
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert page.read_text() == PAGE
