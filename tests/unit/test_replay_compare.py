"""Two captures compared, and captures that are no pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import lxml.html
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.difference import compare
from archive.model import Capture
from archive.replay.app import create_app
from archive.replay.files import attachment
from archive.replay.passages import passages
from archive.replay.store import Store
from replay_fixture import HOST, PNG, Builder, Client, build, client

ORIGIN = "http://localhost:8002"
WINDOW = {"sec-fetch-dest": "document"}
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Capture]]:
    directory = tmp_path_factory.mktemp("archive")
    made = build(directory)
    with Builder(directory) as add:
        for name, kind, body in (
            ("a.pdf", "application/pdf", PDF),
            ("a.mp4", "video/mp4", b"\0\0\0\x18ftyp"),
            ("a.json", "application/json", '{"말": "<b>"}'),
            ("a.js", "text/javascript", "alert('가')"),
            ("a.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ):
            made[name] = add.add(f"{HOST}/f/{name}", body, "2026-11-20T02:00:00", content_type=kind)
        made["front"] = add.add(f"{HOST}/front", "<p>첫 줄</p><p>둘째 줄</p>", "2026-11-20T03:00:00")
        made["front later"] = add.add(f"{HOST}/front", "<p>첫 줄</p><p>셋째 <b>줄</b></p>", "2026-11-20T04:00:00")
    return directory, made


@pytest.fixture(scope="module")
def ask(archived: tuple[Path, dict[str, Capture]]) -> Client:
    return client(create_app(Store(archived[0]), browse="http://127.0.0.1:8001"), ORIGIN)


def test_the_text_of_two_captures_stands_side_by_side(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    one, later = archived[1]["one"], archived[1]["one later"]
    page = ask(f"/compare?a={later.id}&b={one.id}").text
    assert "<h2>가람바이오 신약, 임상 2상 <del>진입</del></h2>" in page
    assert "<h2>가람바이오 신약, 임상 2상 <ins>환자 모집</ins></h2>" in page
    assert "<ins>회사는 이날 오후 모집 기관을 네 곳으로 늘린다고 덧붙였다.</ins>" in page
    assert "2 단락 그대로" in page
    assert page.index(f'value="{one.id}" selected') < page.index(f'value="{later.id}" selected')
    same = ask(f"/compare?a={one.id}&b={archived[1]['one again'].id}").text
    assert "두 수집의 글이 같습니다" in same


def test_pages_without_an_article_are_compared_by_all_they_say(
    ask: Client, archived: tuple[Path, dict[str, Capture]]
) -> None:
    page = ask(f"/compare?a={archived[1]['front'].id}&b={archived[1]['front later'].id}").text
    assert "<del>둘째</del>" in page
    assert "<ins>셋째</ins>" in page


def test_the_pages_stand_side_by_side_in_sandboxes(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    front, later = archived[1]["front"], archived[1]["front later"]
    answer = ask(f"/compare?a={front.id}&b={later.id}&view=pages")
    frames = re.findall(r'<iframe sandbox src="([^"]+)"', answer.text)
    assert frames == [f"/capture/{front.id}/?against={later.id}", f"/capture/{later.id}/?against={front.id}"]
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    shown = ask(frames[1], **{"sec-fetch-dest": "iframe"}).text
    assert '<p class="seogo-unlike">셋째' in shown
    assert "<p>첫 줄</p>" in shown
    assert "seogo-banner" not in shown


@pytest.mark.parametrize("query", ["", "?a=x&b=y", "?a=%00&b=", "?a=../../x&b=<script>alert(1)</script>"])
def test_what_cannot_be_compared(ask: Client, query: str) -> None:
    answer = ask(f"/compare{query}")
    assert answer.status_code in (400, 404)
    assert "<script>" not in answer.text


def test_an_unknown_view_or_counterpart(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    front = archived[1]["front"].id
    assert ask(f"/compare?a={front}&b={front}&view=evil").status_code == 400
    assert ask(f"/capture/{front}/?against=zzz").status_code == 404


def test_the_banner_tells_what_changed_since(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    one, again, later = (archived[1][name].id for name in ("one", "one again", "one later"))
    page = ask(f"/capture/{again}/").text
    assert "이후 본문 1번 바뀜" in page
    assert f'href="/compare?a={again}&amp;b={later}"' in page
    assert f'href="/compare?a={again}&amp;b={one}"' in page
    assert "번 바뀜" not in ask(f"/capture/{later}/").text


def test_the_banner_leads_from_an_outlined_block_to_its_history(
    ask: Client, archived: tuple[Path, dict[str, Capture]]
) -> None:
    page = ask(f"/capture/{archived[1]['one'].id}/").text
    anchor = re.search(r'<section id="(block=[^"]+)"', page)
    assert anchor is not None
    assert f':root:has([id="{anchor.group(1)}"]:target) seogo-banner > a[data-block="{anchor.group(1)}"]' in page
    assert f'<a data-block="{anchor.group(1)}" href="http://127.0.0.1:8001/list/' in page


def test_the_calendar_marks_where_a_list_changed(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    page = ask(f"/web/*/{archived[1]['two'].url}").text
    assert "listed" not in page.partition("<table>")[2]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", "파일 저장"),
        ("a.mp4", "<video"),
        ("a.json", "{&#34;말&#34;: &#34;&lt;b&gt;&#34;}"),
        ("a.js", "alert(&#39;가&#39;)"),
        ("a.svg", "<img src="),
    ],
)
def test_files_in_a_window_are_shown_on_a_page_of_ours(ask: Client, name: str, expected: str) -> None:
    answer = ask(f"/web/20261120020000/{HOST}/f/{name}", **WINDOW)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert expected in answer.text
    assert f"/web/*/{HOST}/f/{name}" in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]


def test_files_go_out_as_they_are_to_all_others(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    assert ask(f"/web/20261120020000/{HOST}/f/a.pdf").content == PDF
    assert ask(f"/web/20261120000002/{HOST}/img/logo.png", **{"sec-fetch-dest": "image"}).content.startswith(PNG)
    assert ask(f"/web/20261120000002/{HOST}/img/logo.png", **{"sec-fetch-dest": "iframe"}).content.startswith(PNG)
    framed = ask(f"/web/20261120020000/{HOST}/f/a.pdf", **{"sec-fetch-dest": "iframe"})
    assert "masthead" not in framed.text
    assert "application/pdf" in framed.text
    saved = ask(f"/capture/{archived[1]['a.pdf'].id}/id_", **WINDOW)
    assert saved.content == PDF
    assert saved.headers["content-disposition"].startswith('attachment; filename="a.pdf"')
    assert "content-disposition" not in ask(f"/capture/{archived[1]['a.json'].id}/id_", **WINDOW).headers


@pytest.mark.parametrize(
    "url", ["http://a.test/", "http://a.test/%0d%0aX:1/..", 'http://a.test/"%22;x', "http://a/%00"]
)
def test_names_of_saved_files_are_harmless(url: str) -> None:
    value = attachment(url)
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", value)


def test_passages_are_runs_between_breaks() -> None:
    html = "<div>하나 <b>둘</b> 셋<p>넷<br>다섯</p>여섯<!-- x --> 일곱<script>no</script><ul><li>여덟</ul></div>"
    found = [(passage.element.tag, passage.text) for passage in passages(lxml.html.document_fromstring(html))]
    assert found == [
        ("div", "하나 둘 셋"),
        ("p", "넷"),
        ("p", "다섯"),
        ("div", "여섯 일곱"),
        ("li", "여덟"),
    ]


def test_paragraphs_are_paired_by_likeness() -> None:
    found = compare("가 나 다 라\n마 바 사 아", "새 단락 하나 더\n가 나 다 랄\n마 바 사 아 자")
    assert [row.pieces[0][0] for row in found] == ["added", "same", "same"]
    assert "".join(text for _, text in found[1].old) == "가 나 다 라"
    assert "".join(text for _, text in found[1].new) == "가 나 다 랄"
