"""A list that goes on by a script is read to its end, as far as something on it is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from answering import answering
from example_crawls import crawled

LAST = 5


def article(number: int) -> str:
    text = "".join(
        f"<p>{number}번 기사의 {n}번째 문단은 이 시험을 위해 지어낸 글이며 어디에도 없다.</p>" for n in range(5)
    )
    return f"<html lang=ko><article><h1>보기 기사 제목 {number}번</h1>{text}</article></html>"


def answer(path: str) -> tuple[int, str, str]:
    name, _, query = path.partition("?")
    if name == "/list":
        rows = "".join(f'<li><a href="/view?no={n}">보기 기사 제목 {n}번 이야기</a></li>' for n in (10, 11, 12))
        return 200, "text/html", f"<html lang=ko><h1>목록</h1><ul>{rows}</ul><button>더보기</button></html>"
    if name == "/api/list":
        page = int(dict(pair.split("=") for pair in query.split("&"))["page"])
        rows = [{"link": f"/view?no={page * 10 + n}"} for n in range(3)] if page <= LAST else []
        return 200, "application/json", json.dumps({"rows": rows})
    if name == "/view":
        return 200, "text/html", article(int(query.removeprefix("no=")))
    return 404, "text/plain", ""


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def origin(asked: list[str]) -> Iterator[str]:
    def said(path: str) -> tuple[int, str, bytes]:
        asked.append(path)
        status, kind, text = answer(path)
        return status, f"{kind}; charset=utf-8", text.encode()

    with answering(said) as found:
        yield found


def test_a_list_is_loaded_to_its_end_and_next_time_as_far_as_it_is_new(
    origin: str, asked: list[str], tmp_path: Path
) -> None:
    definition = tmp_path / "paper.toml"
    definition.write_text(
        f"""name = "paper"
seeds = ["{origin}/list?cat=1"]
delay = 0
allow_private = true
[[articles]]
path = "/view"
key = "no"
[[lists]]
path = "/list"
[[load]]
path = "/list"
url = "{origin}/api/list?cat={{cat}}&page={{page}}"
""",
        encoding="utf-8",
    )
    first = crawled(str(definition), "-a", str(tmp_path / "a"), "--parse-workers", "1")
    assert first["articles"] == 3 * LAST
    assert [path for path in asked if path.startswith("/api")] == [
        f"/api/list?cat=1&page={page}" for page in range(2, LAST + 2)
    ]
    asked.clear()
    second = crawled(str(definition), "-a", str(tmp_path / "a"), "--parse-workers", "1")
    assert second["articles"] == 0
    assert [path for path in asked if path.startswith(("/api", "/view"))] == ["/api/list?cat=1&page=2"]
