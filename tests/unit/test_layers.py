"""Data flows one way: the crawler imports the archive, never back; parsers are pure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARSERS_MAY_IMPORT = {
    *("lxml", "parsel", "archive.model", "archive.document", "crawler.parsers"),
    # A definition's values, its selectors, and how its URL rules match: pure too.
    *("crawler.sites.model", "crawler.sites.css", "crawler.discovery.rules"),
}


def imported(module: Path) -> Iterator[str]:
    """Every module name that a file imports, wherever in the file the import stands."""
    package = module.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            name = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{name}.{alias.name}" for alias in node.names)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("module", modules("archive"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_archive_knows_no_crawler_and_no_crawling_library(module: Path) -> None:
    foreign = [name for name in imported(module) if within(name, {"crawler", "scrapy", "twisted"})]
    assert foreign == []


@pytest.mark.parametrize("module", modules("crawler/parsers"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_parser_imports_the_tree_and_the_model_and_nothing_that_reads_or_writes(module: Path) -> None:
    allowed = PARSERS_MAY_IMPORT | (
        set(sys.stdlib_module_names) - {"socket", "subprocess", "urllib.request", "sqlite3"}
    )
    assert [name for name in imported(module) if not within(name, allowed)] == []


def test_there_are_modules_to_check() -> None:
    assert len(modules("archive")) > 5
    assert len(modules("crawler/parsers")) > 3
