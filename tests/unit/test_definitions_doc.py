"""docs/definitions.md names every key of the loader, and what it shows works."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from crawler.discovery.scope import article_key
from crawler.sites import checks, css
from crawler.sites.loader import load
from crawler.sites.model import Backfill, Layout, ListSelectors, LoadRule, Requisites, Selectors, Site, UrlRule

DOC = (Path(__file__).resolve().parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")


def documented(heading: str) -> set[str]:
    """The keys in the first column of the tables under a heading."""
    part = DOC.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(
    ("heading", "kinds"),
    [
        ("The site", [Site]),
        ("Requisites", [Requisites]),
        ("Backfill", [Backfill]),
        ("URL rules", [UrlRule]),
        ("Load more", [LoadRule]),
        ("Layouts", [Layout, Selectors, ListSelectors]),
    ],
)
def test_every_key_is_documented_and_no_other(heading: str, kinds: list[type]) -> None:
    assert documented(heading) == {field.name for kind in kinds for field in fields(kind)} - {"digest"}


def test_the_definition_that_it_shows_loads_and_uses_every_kind_of_key(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)
    file = tmp_path / "mysite.toml"
    file.write_text(text, encoding="utf-8")
    site = load(str(file))
    assert len(site.layouts) == 2
    assert article_key(site, "https://www.mysite.example/column/2026/11/17.html") == "17"


def test_the_limits_that_it_names_are_those_of_the_code() -> None:
    for number, thing in (
        (checks.MAX_ENTRIES, "entries"),
        (css.MAX_LENGTH, "characters"),
        (css.MAX_ALTERNATIVES, "alternatives"),
        (css.MAX_STEPS, "steps"),
    ):
        assert re.search(rf"{number}\s+{thing}", DOC)
