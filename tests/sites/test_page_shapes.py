"""Invented pages in the shapes of many countries' sites: read as a person reads them, without a definition."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.parsing import parse_here
from crawler.sites import golden
from crawler.sites.model import Site

SITE = Site("generic", ("https://paper.example/",))
CASES = list(golden.cases(Path(__file__).parent / "shapes" / "generic.toml"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_page_of_this_shape_is_taken_apart(case: golden.Case) -> None:
    assert golden.differences(case, SITE, parse_here) == ()


def test_there_are_shapes() -> None:
    assert len(CASES) > 60
