"""Every bundled definition's golden pages are as expected, and a golden page that differs is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.errors import DefinitionError
from crawler.parsing import parse_here
from crawler.sites import golden
from crawler.sites.loader import load, locate, names
from crawler.sites.model import Site, UrlRule

CASES = [(name, case) for name in names() for case in golden.cases(locate(name))]
SITE = Site("paper", ("https://paper.example/",), articles=(UrlRule("/v/{key}"),))
PAGE = (
    "<html lang=en><meta property=og:type content=article><h1>Bridge reopens</h1><p>" + "It reopened on Monday. " * 20
)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}-{case.name}" for name, case in CASES])
def test_golden_pages_are_as_expected(name: str, case: golden.Case) -> None:
    assert golden.differences(case, load(name), parse_here) == ()


def test_there_are_golden_pages_of_every_kind() -> None:
    kinds = {case.name.partition("-")[0] for name, case in CASES if name == "yakup"}
    assert {"article", "front", "list"} <= kinds


def written(folder: Path, given: object, expected: object) -> Path:
    case = folder / "golden" / "paper" / "one"
    case.mkdir(parents=True)
    (case / "page.html").write_text(PAGE)
    (case / "given.json").write_text(given if isinstance(given, str) else json.dumps(given))
    (case / "expected.json").write_text(json.dumps(expected))
    return folder / "paper.toml"


def test_differences_name_their_place(tmp_path: Path) -> None:
    given = {"url": "https://paper.example/v/17", "also": ["https://m.paper.example/v/18"]}
    expected = {
        "article_key": "17",
        "kind": "article",
        "body": {"title": "Tunnel reopens", "authors": ["Jane Doe"], "colour": "red"},
        "sections": None,
    }
    (case,) = golden.cases(written(tmp_path, given, expected))
    assert golden.differences(case, SITE, parse_here) == (
        'article_key: expected "17", found "18" at https://m.paper.example/v/18',
        'body.title: expected "Tunnel reopens", found "Bridge reopens"',
        "body.authors: expected 1, found 0",
        "body.colour: there is no such key in a page",
        "sections: expected null, found []",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "is no JSON"),
        ("[1]", "no JSON object"),
        ({}, "url"),
        ({"url": 3}, "url"),
        ({"url": "https://paper.example/", "captured_at": "now"}, "captured_at"),
        ({"url": "https://paper.example/", "captured_at": "2026-01-01T00:00:00"}, "captured_at"),
        ({"url": "https://paper.example/", "capture": "x"}, "capture"),
    ],
)
def test_golden_pages_that_cannot_be_read_are_told(tmp_path: Path, given: object, said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as caught:
        list(golden.cases(written(tmp_path, given, {})))
    assert "given.json" in str(caught.value)


def test_a_case_without_its_page_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, {"url": "https://paper.example/"}, {})
    (tmp_path / "golden" / "paper" / "one" / "page.html").unlink()
    with pytest.raises(DefinitionError, match=r"page\.html"):
        list(golden.cases(path))


def test_a_definition_without_golden_pages_has_none(tmp_path: Path) -> None:
    assert list(golden.cases(tmp_path / "paper.toml")) == []
