"""`seogo demo`: the whole path in one command, twice into the same archive."""

from __future__ import annotations

import json
from pathlib import Path

from example_crawls import seogo


def test_demo_shows_what_was_found_and_can_be_run_again(tmp_path: Path) -> None:
    first = seogo("demo", "-a", str(tmp_path / "a"))
    assert first.returncode == 0, first.stderr
    for said in ("Articles", "많이 본 뉴스", "▲", "컬처", "(empty)", "Repeats dropped", ".warc.gz", "seogo search"):
        assert said in first.stdout
    second = seogo("demo", "-a", str(tmp_path / "a"), "--json")
    assert second.returncode == 0, second.stderr
    found = json.loads(second.stdout)
    assert [crawl["outcome"] for crawl in found["crawls"]] == ["finished", "finished"]
    ranks = [item["rank"] for item in found["ranked_list"]["items"]]
    assert ranks[:10] == list(range(1, 11))
    assert any(section["items"] == 0 for section in found["sections"])
    assert found["files"]
    shown = seogo("sections", "example", "-a", str(tmp_path / "a")).stdout
    assert "(empty)" in shown[shown.index("컬처") :]
    lines = seogo("sections", "example", "--list", "컬처", "--json", "-a", str(tmp_path / "a")).stdout.splitlines()
    empty = [json.loads(line) for line in lines]
    assert [(one["heading"], one["title"], one["position"]) for one in empty] == [("컬처", None, None)]
