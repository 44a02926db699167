"""The settings of how a crawl writes, as a person gives them and as the Writer takes them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.warc.writer import MAX_AGE, MAX_BYTES
from crawler.errors import CrawlerError
from crawler.writing import writing_of


def settings(**changes: object) -> Settings:
    made = Settings()
    made.setmodule("crawler.settings", priority="project")
    made.update(changes, priority="cmdline")
    return made


def test_what_holds_when_nobody_says_anything() -> None:
    assert writing_of(settings()) == {
        "batch_records": 50,
        "batch_ms": 500,
        "max_bytes": MAX_BYTES,
        "max_age": MAX_AGE,
    }


def test_each_of_them_can_be_given_as_text() -> None:
    given = settings(COMMIT_RECORDS="7", COMMIT_MILLISECONDS="90", WARC_BYTES="1e6", WARC_HOURS="0.5")
    assert writing_of(given) == {
        "batch_records": 7,
        "batch_ms": 90,
        "max_bytes": 1_000_000,
        "max_age": timedelta(minutes=30),
    }


@pytest.mark.parametrize("value", ["0", "-1", "many", "nan", "inf", "1e300", "", None])
@pytest.mark.parametrize("name", ["COMMIT_RECORDS", "COMMIT_MILLISECONDS", "WARC_BYTES", "WARC_HOURS"])
def test_a_value_that_cannot_be_is_refused_in_a_sentence(name: str, value: str | None) -> None:
    with pytest.raises(CrawlerError, match=f"the setting {name} "):
        writing_of(settings(**{name: value}))


def test_a_mistake_in_the_environment_is_told_by_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "crawl", "http://127.0.0.1:9/", "-a", str(tmp_path / "a")],
        capture_output=True,
        text=True,
        env={**os.environ, "SEOGO_WARC_BYTES": "1 GB"},
        timeout=600,
    )
    said = "Error: the setting WARC_BYTES (or SEOGO_WARC_BYTES in the environment) is '1 GB', not a number above 0\n"
    assert (done.stderr, done.returncode) == (said, 1)
