"""The pages of the problem statement, kept outside the repository: each equals its answer on the keys it has."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.parsers import parse_page

SHARED = Path(os.environ.get("SEOGO_SHARED", Path(__file__).parents[2].parent / "shared"))
PAGES = sorted((SHARED / "seed" / "pages").glob("*.html"))


@pytest.mark.skipif(not PAGES, reason=f"no seed pages under {SHARED}; set SEOGO_SHARED")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_seed_page(path: Path) -> None:
    answer = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    page = parse_page(path.read_bytes(), answer["url"]).to_dict()
    assert page["lang"] == answer["lang"]
    for key, value in answer["body"].items():
        assert page["body"][key] == value
    for kind in ("ranked_lists", "sections"):
        found = [
            {key: block[key] for key in expected} for block, expected in zip(page[kind], answer[kind], strict=True)
        ]
        assert found == answer[kind]
    assert [repeat["kind"] for repeat in page["repeats"]] == [repeat["kind"] for repeat in answer["repeats"]]
    assert not any("기자가 쓴 기사 더보기" in paragraph for paragraph in page["body"]["paragraphs"])
