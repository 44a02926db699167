"""The browse server: its pages, its SQL that can only read, its policy."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.model import Capture
from archive.replay import words as replay_words
from archive.replay.store import Store
from archive.web import overview, words
from archive.web.app import create_app
from replay_fixture import FIRST, Builder, Client, article, build, client

ORIGIN = "http://127.0.0.1:8001"
REPLAY = "http://localhost:8002"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Capture]]:
    directory = tmp_path_factory.mktemp("archive")
    return directory, build(directory)


@pytest.fixture(scope="module")
def ask(archived: tuple[Path, dict[str, Capture]]) -> Client:
    return client(create_app(Store(archived[0]), replay=REPLAY), ORIGIN)


def link(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found is not None
    return found.group()


def test_home_shows_articles_and_rankings_side_by_side(ask: Client) -> None:
    page = ask("/").text
    assert "가람바이오 신약, 임상 2상 환자 모집" in page
    assert "많이 본 기사" in page
    assert page.index("겨울 상비약 수요</a>") < page.index("신약 임상 2상 진입</a>")
    assert "▲ 1" in page
    assert "▼ 1" in page
    assert f"{REPLAY}/capture/" in link(page, rf"{REPLAY}/capture/[^\"]+#block=[0-9a-f]+")


def test_what_changed_is_what_has_another_version(archived: tuple[Path, dict[str, Capture]]) -> None:
    db = Store(archived[0]).db
    changed = overview.changed_since(db, "2026-11-20T12:00:00.000Z", 5)
    assert [(one.title, one.changed_at) for one in changed] == [
        ("가람바이오 신약, 임상 2상 환자 모집", "2026-11-21T00:01:00.000Z")
    ]
    assert overview.changed_since(db, "2026-11-22T00:00:00.000Z", 5) == []


def test_search_marks_hits(ask: Client) -> None:
    page = ask("/search", params={"q": "신약"}).text
    assert "<mark>신약</mark>" in page
    assert ask("/search", params={"q": "신약", "before": "2026-11-01"}).text.count("<mark>") == 0
    assert "찾은 기사가 없습니다" in ask("/search", params={"q": "없는말"}).text
    assert ask("/search", params={"q": "신약", "site": "elsewhere"}).text.count("<mark>") == 0


@pytest.mark.parametrize(
    "query", ['"', "AND", "NEAR(", "zz:a", "*", "(" * 500, "<script>alert(1)</script>", "\u202e", "a" * 3000]
)
def test_every_string_is_a_query_and_comes_back_escaped(ask: Client, query: str) -> None:
    answer = ask("/search", params={"q": query})
    assert answer.status_code == 200
    assert "<script" not in answer.text


def test_an_article_tells_its_versions_captures_and_ranks(
    ask: Client, archived: tuple[Path, dict[str, Capture]]
) -> None:
    page = ask(link(ask("/search?q=신약").text, r"/article/[0-9a-f]+")).text
    assert "<h1>가람바이오 신약, 임상 2상 환자 모집</h1>" in page
    assert "<ins>" in page
    assert "<del>" in page
    assert "모집 기관을 네 곳으로" in page
    one, later = archived[1]["one"].id, archived[1]["one later"].id
    assert f"{REPLAY}/compare?a={one}&amp;b={later}" in page
    for name in ("one", "one again", "one later"):
        assert f"{REPLAY}/capture/{archived[1][name].id}/" in page
    assert re.search(rf"{REPLAY}/capture/[0-9a-f-]+/#block=[0-9a-f]+", page)
    assert "<svg" in page
    assert f"{REPLAY}/web/*/{FIRST}" in page


def test_a_list_has_a_chart_a_table_and_its_captures(ask: Client) -> None:
    path = link(ask("/").text, r"/list/[0-9a-f]+")
    page = ask(path, params={"span": "all"}).text
    assert 'class="chart"' in page
    then = ask(path, params={"span": "all", "at": "2026-11-20T01:00:00Z"}).text
    table = then.partition('<ol class="plain rank">')[2]
    assert table.index("신약 임상 2상 진입") < table.index("겨울 상비약 수요")
    assert ask(path, params={"span": "1d"}).status_code == 200
    assert ask("/lists").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/article/zzz", 404),
        ("/list/zzz", 404),
        ("/?page=0", 400),
        ("/?page=99999999999999999999", 400),
        ("/search?q=a&after=soon", 400),
        ("/search?q=a&page=-1", 400),
        ("/search?q=a&q=b&sort=%5D%22%3B+drop", 200),
        ("/article/%3Cscript%3E", 404),
    ],
)
def test_what_is_not_there_or_makes_no_sense(ask: Client, path: str, status: int) -> None:
    answer = ask(path)
    assert answer.status_code in (status, 302)
    assert "<script>alert" not in answer.text


def test_pages_speak_the_visitors_language(ask: Client) -> None:
    assert "Latest articles" in ask("/", **{"accept-language": "en"}).text
    assert "최근 기사" in ask("/", **{"accept-language": "ko"}).text
    switched = ask("/?lang=en", **{"accept-language": "ko"})
    assert "Latest articles" in switched.text
    assert "lang=en" in switched.headers["set-cookie"]
    assert "Latest articles" in ask("/", **{"accept-language": "ko", "cookie": "lang=en"}).text


def test_our_pages_have_no_script_and_a_policy_without_any(ask: Client) -> None:
    for path in ("/", "/search?q=%EC%8B%A0%EC%95%BD", "/lists", "/article/zzz"):
        answer = ask(path)
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_datasettes_pages_stay_under_a_policy_of_hashes(ask: Client) -> None:
    for path in ("/index", "/index/captures", "/index?sql=select+1"):
        answer = ask(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        assert "'sha256-" in policy
    assert ask("/index/captures.csv?_size=2").text.startswith("id,url,")
    assert len(ask("/index/captures.json?_size=2").json()["rows"]) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "attach 'x.db' as y",
        "select 1; attach 'x.db' as y",
        "pragma writable_schema=1",
        "select load_extension('x')",
        "select zeroblob(2000000000)",
        "select hex(randomblob(1000000000))",
        "with a as (select 1) insert into article(id) values ('x')",
        "explain attach 'x' as y",
        "select * from pragma_journal_mode",
        "/* */ delete from article",
        "select * from sqlite_dbpage",
    ],
)
def test_sql_only_reads(ask: Client, sql: str) -> None:
    answer = ask("/index.json", params={"sql": sql})
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


def test_sql_without_end_is_stopped(ask: Client) -> None:
    endless = "with recursive a(x) as (select 1 union all select x+1 from a) select count(*) from a"
    answer = ask("/index.json", params={"sql": endless})
    assert answer.status_code == 400
    assert ask(
        "/index.json", params={"sql": "select count(*) from article_search where article_search match '신약'"}
    ).json()["ok"]


def test_service_pages_are_closed_and_other_hosts_refused(ask: Client) -> None:
    for path in ("/-/messages", "/-/permissions", "/-/logout", "/-/versions", "/index.db"):
        assert ask(path).status_code in (403, 404)
    assert ask("/", host="evil.test").status_code == 403
    assert ask("/", method="POST").status_code == 405
    assert ask("/", **{"x-forwarded-host": "evil.test"}).text.count("evil.test") == 0


def test_what_pages_said_is_escaped(tmp_path: Path) -> None:
    evil = "</title><script>alert(1)</script><b>\u202e"
    url = "http://paper.test/evil?x=%22%3E"
    with Builder(tmp_path) as add:
        items = article(url, "9", evil, [evil, evil], ranked=[(1, evil, "http://paper.test/r")], section=[(evil, url)])
        add.add(url, "<p>x", "2026-11-20T00:00:00", items=items)
    ask = client(create_app(Store(tmp_path), replay=REPLAY), ORIGIN)
    home = ask("/").text
    pages = [home, ask("/search?q=alert").text, ask("/lists").text]
    pages += [ask(link(home, r"/article/[0-9a-f]+")).text, ask(link(home, r"/list/[0-9a-f]+") + "?span=all").text]
    for page in pages:
        assert "<script" not in page
        assert "<b>\u202e" not in page


def test_an_empty_archive_is_shown(tmp_path: Path) -> None:
    with Builder(tmp_path):
        pass
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    assert "아직 수집된 기사가 없습니다" in ask("/").text
    assert ask("/lists").status_code == 200


def test_facets_narrow_a_search(tmp_path: Path) -> None:
    with Builder(tmp_path) as add:
        for number, site in enumerate(("paper", "paper", "other")):
            url = f"http://{site}.test/{number}"
            items = replace(article(url, str(number), f"신약 {number}", ["신약 이야기"]), site=site)
            add.add(url, "<p>x", f"2026-11-2{number}T00:00:00", items=items)
    ask = client(create_app(Store(tmp_path), replay=REPLAY), ORIGIN)
    page = ask("/search", params={"q": "신약"}).text
    narrowed = link(page, r'/search\?q=[^"]*site=paper')
    assert page.count("facet") > 0
    assert ask(narrowed.replace("&amp;", "&")).text.count("<li><h2>") == 2


def test_a_section_tells_what_it_showed_when(tmp_path: Path) -> None:
    with Builder(tmp_path) as add:
        for hour, names in enumerate((("가", "나"), ("가", "나"), ("나", "다"))):
            section = [(f"소식 {name}", f"http://paper.test/{name}") for name in names]
            items = article("http://paper.test/", None, "", [], section=section)
            add.add("http://paper.test/", f"<p>{hour}", f"2026-11-20T0{hour}:00:00", items=items)
    ask = client(create_app(Store(tmp_path), replay=REPLAY), ORIGIN)
    page = ask(link(ask("/lists").text, r"/list/[0-9a-f]+")).text
    blocks = page.split('class="stood"')[1:]
    assert len(blocks) == 2
    assert re.findall(r"소식 (.)</a>( <span class=\"move new\">)?", blocks[0]) == [
        ("나", ""),
        ("다", ' <span class="move new">'),
    ]
    assert "2 회 확인" in blocks[1]


def test_where_else_it_ran(tmp_path: Path) -> None:
    text = [f"가람바이오가 개발하는 신약 후보 물질 {number}번이 임상에 들어갔다고 밝혔다." for number in range(20)]
    with Builder(tmp_path) as add:
        for number, site in enumerate(("paper", "other")):
            url = f"http://{site}.test/1"
            items = replace(article(url, "1", f"신약 {site}", text), site=site)
            add.add(url, "<p>x", f"2026-11-2{number}T00:00:00", items=items)
    ask = client(create_app(Store(tmp_path), replay=REPLAY), ORIGIN)
    page = ask(link(ask("/").text, r"/article/[0-9a-f]+")).text
    titled = link(page, r"<h1>신약 (paper|other)</h1>")
    other = "other" if "paper" in titled else "paper"
    assert "같은 글이 실린 곳" in page
    assert f"신약 {other}</a>" in page


def test_both_languages_say_the_same_things() -> None:
    for korean, english in ((words.KOREAN, words.ENGLISH), (replay_words.KOREAN, replay_words.ENGLISH)):
        assert korean.keys() == english.keys()
        assert all(value.strip() for value in (*korean.values(), *english.values()))


def test_every_word_of_a_template_is_there() -> None:
    for package, known in (("web", words.ENGLISH), ("replay", replay_words.ENGLISH)):
        for template in (Path(words.__file__).parents[1] / package / "templates").glob("*.html"):
            asked = set(re.findall(r"words\.(\w+)", template.read_text("utf-8")))
            assert asked <= known.keys(), template.name


@pytest.mark.parametrize(
    "path",
    [
        "/web/2026/http://paper.test/a?b=1&c=%EA%B0%80",
        "/web/*/http://x.test/",
        "/capture/x/",
        "/cdx?url=x",
        "/compare?a=1",
    ],
)
def test_addresses_of_replay_are_led_there(ask: Client, path: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.headers["location"]) == (302, REPLAY + path)
    assert ask(path, host="evil.test").status_code == 403


def test_without_a_replay_server_its_addresses_are_nowhere(archived: tuple[Path, dict[str, Capture]]) -> None:
    assert client(create_app(Store(archived[0])), ORIGIN)("/web/2026/http://paper.test/x").status_code == 404


def test_a_site_is_asked_for_its_zone_once_a_page(tmp_path: Path) -> None:
    build(tmp_path)
    asked: list[str] = []

    def zone_of(site: str) -> str:
        asked.append(site)
        return "Asia/Seoul"

    store = Store(tmp_path, zone_of)
    found = client(create_app(store), ORIGIN)(f"/list/{store.db.execute('SELECT id FROM lists LIMIT 1').fetchone()[0]}")
    assert found.text.count("KST") > 3
    assert asked == ["paper"]


def test_a_site_is_called_what_its_definition_calls_it(tmp_path: Path) -> None:
    build(tmp_path)
    ask = client(create_app(Store(tmp_path, None, {"paper": "종이 <신문>"}.get)), ORIGIN)
    for path in ("/", "/lists", "/search?q=신약"):
        assert "종이 &lt;신문&gt;" in ask(path).text
    # What narrows a search is the name.
    assert '<option value="paper">종이 &lt;신문&gt;</option>' in ask("/search?q=신약").text
