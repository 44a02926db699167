"""`seogo crawl --profile` in a whole crawl with parse workers."""

from __future__ import annotations

from pathlib import Path

from crawler.example import ExampleSite
from example_crawls import crawled, seogo


def test_a_profiled_crawl_says_where_the_time_went(tmp_path: Path, site: ExampleSite) -> None:
    asked = (f"{site.origin}/", "--depth", "1", "--delay", "0", "--allow-private", "--profile")
    found = crawled(*asked, "--parse-workers", "1", "-a", str(tmp_path / "a"))
    profile = found["profile"]
    assert profile["cpu_seconds"] > 0
    assert {"fetch", "index", "write WARC"} & set(profile["stages"])
    assert profile["workers"] == 1
    assert sum(profile["worker_stages"].values()) > 0
    said = seogo("crawl", *asked, "--parse-workers", "0", "--fresh", "-a", str(tmp_path / "a"))
    assert said.returncode == 0, said.stderr
    assert "Where the time went" in said.stdout
    assert "parse worker" not in said.stdout
