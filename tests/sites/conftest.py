"""The example site, served and crawled once for all tests that only read what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from crawler.example.server import ExampleSite, serve
from example_crawls import TwoCrawls, crawled, definition


@pytest.fixture(scope="session")
def two_crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoCrawls]:
    folder = tmp_path_factory.mktemp("example")
    with serve(0) as site:
        path = definition(folder, site.port)
        first = crawled(path, "-a", str(folder / "archive"))
        hits = len(site.log)
        site.edition = 2
        second = crawled(path, "-a", str(folder / "archive"))
        yield TwoCrawls(folder / "archive", site, path, first, second, hits)


@pytest.fixture
def site() -> Iterator[ExampleSite]:
    with serve(0) as running:
        yield running
