"""docs/limits.md names every limit of fetching with its value, and no other; the settings take them over."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler.fetch import failures
from crawler.fetch.limits import Limits
from crawler.spiders.news import NewsSpider

DOC = (Path(__file__).resolve().parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
ROWS = {name: cells.split("|") for name, cells in re.findall(r"^\| `([\w.]+)` \|(.*)\|$", DOC, re.MULTILINE)}
WORDS = {kind.outcome for kind in vars(failures).values() if isinstance(kind, type) and hasattr(kind, "outcome")}


def test_every_limit_of_fetching_is_there_with_its_value() -> None:
    found = {name: float(cells[0]) for name, cells in ROWS.items() if "." not in name}
    limits = Limits()
    assert found == {field.name: float(getattr(limits, field.name)) for field in fields(Limits)}


def test_the_outcomes_that_it_names_are_there() -> None:
    named = {word for name, cells in ROWS.items() if "." not in name for word in re.findall(r"`([\w-]+)`", cells[-1])}
    assert named
    assert named <= WORDS


@pytest.mark.parametrize("name", [name for name in ROWS if "." in name])
def test_the_others_have_the_value_of_the_code(name: str) -> None:
    module, _, constant = name.rpartition(".")
    assert getattr(import_module(module), constant) == float(ROWS[name][0])


def test_a_changed_limit_reaches_what_scrapy_keeps_itself() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("FETCH_LIMITS", {"body_bytes": 1000, "exchange_seconds": 7.0, "redirects": 3}, priority="cmdline")
    crawler = Crawler(NewsSpider, settings)
    crawler.addons.load_settings(crawler.settings)
    kept = ("DOWNLOAD_MAXSIZE", "DOWNLOAD_TIMEOUT", "REDIRECT_MAX_TIMES")
    assert [crawler.settings[name] for name in kept] == [1000, 7.0, 3]
