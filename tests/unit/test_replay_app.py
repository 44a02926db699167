"""The replay server over a small archive, asked as a client asks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.model import Capture
from archive.replay.app import create_app
from archive.replay.store import Store
from replay_fixture import FIRST, HOST, KOREAN_OLD, PNG, SECOND, Builder, Client, build, client

ORIGIN = "http://localhost:8002"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Capture]]:
    directory = tmp_path_factory.mktemp("archive")
    return directory, build(directory)


@pytest.fixture(scope="module")
def ask(archived: tuple[Path, dict[str, Capture]]) -> Client:
    return client(create_app(Store(archived[0]), browse="http://127.0.0.1:8001"), ORIGIN)


def test_a_memento_says_when_it_was_and_where_the_others_are(ask: Client) -> None:
    answer = ask(f"/web/20261120060100/{FIRST}")
    assert answer.status_code == 200
    assert answer.headers["memento-datetime"] == "Fri, 20 Nov 2026 06:01:00 GMT"
    link = answer.headers["link"]
    assert f'<{FIRST}>; rel="original"' in link
    assert f'<{ORIGIN}/web/{FIRST}>; rel="timegate"' in link
    assert f'<{ORIGIN}/web/20261120000100/{FIRST}>; rel="prev memento"' in link
    assert f'<{ORIGIN}/web/20261121000100/{FIRST}>; rel="next memento"' in link
    assert "가람바이오 신약, 임상 2상 진입" in answer.text
    assert answer.headers["x-archive-orig-content-type"] == "text/html; charset=utf-8"


def test_archived_headers_do_not_act(ask: Client) -> None:
    headers = ask(f"/web/20261120000100/{FIRST}").headers
    assert "set-cookie" not in headers
    assert "x-archive-orig-set-cookie" not in headers
    assert "x-frame-options" not in headers
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["x-archive-orig-content-security-policy"] == "default-src *"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "exact"),
    [
        ("2026", "20261120000100"),
        ("20261120030000", "20261120000100"),
        ("20261120040000", "20261120060100"),
        ("2099", "20261121000100"),
    ],
)
def test_the_nearest_in_time_is_led_to(ask: Client, asked: str, exact: str) -> None:
    answer = ask(f"/web/{asked}/{FIRST}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/web/{exact}/{FIRST}"


def test_parts_of_a_page_are_served_in_place(ask: Client) -> None:
    answer = ask(f"/web/20261121000100/{HOST}/img/logo.png", **{"sec-fetch-dest": "image"})
    assert answer.status_code == 200
    assert answer.headers["memento-datetime"] == "Fri, 20 Nov 2026 00:00:02 GMT"
    assert answer.content.startswith(b"\x89PNG")


def test_raw_bytes_are_the_payload_and_harmless(ask: Client) -> None:
    answer = ask(f"/web/20261120000300id_/{KOREAN_OLD}")
    assert "오래된 한글 기사".encode("cp949") in answer.content
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    shown = ask(f"/web/20261120000300id_/{KOREAN_OLD}", **{"sec-fetch-dest": "document"})
    assert shown.headers["content-type"].startswith("text/plain")


def test_the_timegate_negotiates(ask: Client) -> None:
    answer = ask(f"/web/{FIRST}", **{"accept-datetime": "Fri, 20 Nov 2026 05:00:00 GMT"})
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/web/20261120060100/{FIRST}"
    assert answer.headers["vary"].lower() == "accept-datetime"
    assert "memento-datetime" not in answer.headers
    assert ask(f"/web/{FIRST}").headers["location"] == f"/web/20261121000100/{FIRST}"
    unclear, unknown = ask(f"/web/{FIRST}", **{"accept-datetime": "soon"}), ask(f"/web/{HOST}/unknown")
    assert (unclear.status_code, unknown.status_code) == (400, 404)
    for refused in (unclear, unknown):
        assert "accept-datetime" in refused.headers["vary"].lower()
        assert 'rel="original"' in refused.headers["link"]
        assert "memento-datetime" not in refused.headers


def test_timemaps_list_the_captures(ask: Client) -> None:
    text = ask(f"/web/timemap/link/{FIRST}").text
    assert text.count('memento"') == 3
    parsed = json.loads(ask(f"/web/timemap/json/{FIRST}").text)
    assert len(parsed["mementos"]["list"]) == 3
    assert ask(f"/web/timemap/link/2/{FIRST}").status_code == 404


def test_the_calendar_marks_changes(ask: Client) -> None:
    page = ask(f"/web/*/{FIRST}").text
    assert f'class="time" href="/web/20261120000100/{FIRST}"' in page
    assert f'class="time" href="/web/20261120060100/{FIRST}"' in page
    assert f'class="time changed" href="/web/20261121000100/{FIRST}"' in page
    assert "2026-11-20 06:01:00 UTC" in ask(f"/web/20261120*/{FIRST}").text


def test_one_capture_with_its_blocks(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    page = ask(f"/capture/{archived[1]['one'].id}/").text
    assert '<ol id="rank"><a class="seogo-mark" id="block=' in page
    assert '<section id="block=' in page
    assert 'href="#block=' in page
    assert "http://127.0.0.1:8001/article/" in page


def test_a_revisit_shows_what_it_repeats(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    assert archived[1]["one again"].kind == "revisit"
    assert "임상 2상에 들어갔다고" in ask(f"/capture/{archived[1]['one again'].id}/").text


def test_redirects_are_followed_in_time(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    answer = ask(f"/web/20261120000400/{HOST}/moved")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/web/20261120000400/{FIRST}")
    shown = ask(f"/capture/{archived[1]['moved'].id}/")
    assert shown.status_code == 200
    assert f'href="/web/20261120000400/{FIRST}"' in shown.text


def test_a_redirect_to_another_spelling_is_passed_over(ask: Client) -> None:
    answer = ask(f"/web/20261120000500/{HOST}/secure")
    assert answer.status_code == 200
    assert "safe and sound" in answer.text


def test_an_archived_error_is_an_error(ask: Client) -> None:
    answer = ask(f"/web/20261120000600/{HOST}/nothing")
    assert answer.status_code == 404
    assert "없는 기사" in answer.text


def test_what_is_missing_says_so_quietly(ask: Client) -> None:
    page = ask(f"/web/2026/{HOST}/unknown")
    assert page.status_code == 404
    assert "보관되지 않은" in page.text
    part = ask(f"/web/2026/{HOST}/unknown.png", **{"sec-fetch-dest": "image"})
    assert part.headers["content-type"].startswith("text/plain")
    frame = ask(f"/web/2026/{HOST}/unknown", **{"sec-fetch-dest": "iframe"})
    assert "masthead" not in frame.text
    assert "Not archived" in ask(f"/web/2026/{HOST}/unknown", **{"accept-language": "en"}).text


def test_style_sheets_are_rewritten(ask: Client) -> None:
    css = ask(f"/web/20261120000001/{HOST}/style.css").text
    assert f'@import "/web/20261120000001/{HOST}/more.css"' in css
    assert f'url("/web/20261120000001/{HOST}/img/logo.png")' in css


def test_fonts_alone_may_cross_origins(ask: Client) -> None:
    address = f"/web/20261120000002/{HOST}/img/logo.png"
    assert ask(address, **{"sec-fetch-dest": "font"}).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask(address, **{"sec-fetch-dest": "image"}).headers


def test_ranges_of_raw_bodies(ask: Client) -> None:
    answer = ask(f"/web/20261120000002id_/{HOST}/img/logo.png", range="bytes=1-3")
    assert (answer.status_code, answer.content) == (206, b"PNG")
    assert ask(f"/web/20261120000002id_/{HOST}/img/logo.png", range="bytes=9999-").status_code == 416


def test_cdx_tells_other_tools(ask: Client) -> None:
    lines = ask("/cdx", params={"url": FIRST}).text.splitlines()
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["test,paper)/news/1?mode=view", stamp] for stamp in ("20261120000100", "20261120060100", "20261121000100")
    ]
    facts = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [fact["mime"] for fact in facts] == ["text/html", "warc/revisit", "text/html"]
    assert all(fact["filename"].endswith(".warc.gz") for fact in facts)
    objects = ask("/cdx", params={"url": f"{HOST}/news/*", "output": "json", "limit": "2"}).text.splitlines()
    assert len(objects) == 2
    near = ask("/cdx", params={"url": FIRST, "closest": "20261120050000", "limit": "1"}).text
    assert " 20261120060100 " in near
    after = ask("/cdx", params={"url": FIRST, "from": "20261120", "to": "20261120"}).text
    assert len(after.splitlines()) == 2
    for wrong in ({}, {"limit": "-1"}, {"from": "x"}, {"sort": "]"}, {"matchType": "any"}, {"fl": "url,secret"}):
        answer = ask("/cdx", params={"url": FIRST, **wrong} if wrong else {})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")


def test_cdx_of_a_host_or_domain_and_of_chosen_fields(tmp_path: Path) -> None:
    hosts = ("paper.test", "www.paper.test", "m.paper.test", "paper.testing", "paper-x.test", "paper.test:81")
    with Builder(tmp_path) as add:
        for number, host in enumerate(hosts):
            add.add(f"http://{host}/a", "<p>x", f"2026-11-20T00:00:0{number}")
    ask = client(create_app(Store(tmp_path)), ORIGIN)

    def found(match: str) -> set[str]:
        asked = {"url": "http://paper.test/b", "matchType": match, "fl": "original"}
        return {line.removeprefix("http://").removesuffix("/a") for line in ask("/cdx", params=asked).text.split()}

    assert found("host") == {"paper.test", "www.paper.test"}
    assert found("domain") == {"paper.test", "www.paper.test", "m.paper.test"}
    starred = ask("/cdx", params={"url": "*.paper.test", "fl": "url"}).text.split()
    assert len(starred) == len(found("domain"))
    asked = {"url": "http://m.paper.test/a", "fl": "timestamp,statuscode"}
    assert ask("/cdx", params=asked).text == "20261120000002 200\n"
    assert ask("/cdx", params={**asked, "output": "json"}).json() == {"timestamp": "20261120000002", "status": "200"}


def test_cdx_filters_as_pywb_does(ask: Client) -> None:
    def found(*filters: str, **more: str) -> list[str]:
        asked = [("url", FIRST), ("fl", "timestamp"), *(("filter", one) for one in filters), *more.items()]
        return ask("/cdx", params=asked).text.split()

    everything = ["20261120000100", "20261120060100", "20261121000100"]
    assert found("status:200") == found("statuscode:20") == found("!=status:404") == everything
    assert found("mime:revisit") == found("=mime:warc/revisit") == found("!mime:html") == [everything[1]]
    assert found("=mime:text", "status:200") == []
    assert found("!mimetype:revisit", "timestamp:20261121") == [everything[2]]
    assert found("status:200", closest="20261120050000", limit="1") == [everything[1]]
    assert found(closest="20261120050000", **{"from": "20261121"}) == [everything[2]]
    for wrong in ("status", "secret:x", "~status:2..", "=:x", "'; --"):
        answer = ask("/cdx", params=[("url", FIRST), ("filter", "status:200"), ("filter", wrong)])
        assert (answer.status_code, answer.text[:6]) == (400, "filter")


def test_a_new_index_is_taken_up(tmp_path: Path) -> None:
    build(tmp_path)
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    assert ask(f"/web/*/{SECOND}").status_code == 200
    copy = tmp_path / "new.db"
    copy.write_bytes((tmp_path / "index.db").read_bytes())
    copy.replace(tmp_path / "index.db")
    assert ask(f"/web/*/{SECOND}").status_code == 200
    (tmp_path / "index.db").unlink()
    gone = ask(f"/web/*/{SECOND}")
    assert gone.status_code == 500
    assert "reindex" in gone.text


def test_damage_is_told_and_nothing_else_breaks(tmp_path: Path) -> None:
    made = build(tmp_path)
    warc = next((tmp_path / "archive").iterdir())
    data = bytearray(warc.read_bytes())
    at = made["two"].offset
    data[at : at + 40] = b"\0" * 40
    warc.write_bytes(data)
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    broken = ask(f"/capture/{made['two'].id}/")
    assert broken.status_code == 500
    assert made["two"].warc_file in broken.text
    assert ask(f"/capture/{made['one'].id}/").status_code == 200


def test_both_names_answer(archived: tuple[Path, dict[str, Capture]]) -> None:
    app = create_app(Store(archived[0]))
    for origin in ("http://localhost:8002", "http://127.0.0.1:8002"):
        ask = client(app, origin)
        answer = ask(f"/web/20261120000100/{FIRST}")
        assert answer.status_code == 200
        assert f"img-src {origin} data:" in answer.headers["content-security-policy"]
        for path in (f"/cdx?url={FIRST}", f"/web/timemap/link/{FIRST}", f"/capture/{archived[1]['one'].id}/"):
            assert ask(path).status_code == 200


def test_a_capture_named_without_its_slash_is_led_to(ask: Client, archived: tuple[Path, dict[str, Capture]]) -> None:
    one, two = archived[1]["one"].id, archived[1]["two"].id
    answer = ask(f"/capture/{one}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/capture/{one}/")
    assert ask(f"/capture/{one}?against={two}").headers["location"] == f"/capture/{one}/?against={two}"
    assert ask("/capture/nothing").status_code == 404
    assert "location" not in ask("/capture/..%2f..%2fevil").headers


def test_of_a_pictures_sizes_those_that_are_archived_are_offered(tmp_path: Path) -> None:
    page = """<html><body><img src="/a.png" srcset="/a-1.png 400w, /a-2.png 800w, /a-3.png 1600w">
    <img src="/b.png" srcset="/b-1.png 1x, /b-2.png 2x"><img srcset="/c-1.png 1x">
    <picture><source srcset="/d.webp"><img src="/d.png"></picture></body></html>"""
    with Builder(tmp_path) as add:
        add.add(f"{HOST}/page", page, "2026-11-20T00:00:00")
        add.add(f"{HOST}/a-2.png", PNG, "2026-11-20T00:00:01", content_type="image/png")
    text = client(create_app(Store(tmp_path)), ORIGIN)(f"/web/20261120000000/{HOST}/page").text
    lead = f"/web/20261120000000/{HOST}"
    assert f'srcset="{lead}/a-2.png 800w"' in text
    assert "a-1.png" not in text
    assert f'<img src="{lead}/b.png">' in text
    assert f'<img srcset="{lead}/c-1.png 1x">' in text
    assert f'<source><img src="{lead}/d.png">' in text
