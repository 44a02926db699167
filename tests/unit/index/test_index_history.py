"""Articles and lists over time, as views over what captures say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from index_builders import at, body, capture, page_items, put, ranked, rows, section
from sqlite_utils import Database

from archive.index import captures, database, items, runs, standings, stretches, versions
from archive.model import ListKind, Outcome, Run
from archive.urls import url_key

PAGE = "https://news.test/"
OWN = "https://news.test/popular"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = database.connect(tmp_path / "index.db")
    yield opened
    opened.close()


def history(db: Database) -> list[tuple[object, ...]]:
    return rows(db, "SELECT rank, title, first_seen, last_seen, sightings FROM ranking_history ORDER BY 3, 1, 4")


def see(db: Database, minutes: float, *titles: str, url: str = PAGE, more: str | None = None) -> None:
    put(db, capture(url, minutes), page_items(None, ranked(*titles, more=more), kind="front"))


def test_a_version_only_when_headline_or_text_changed(db: Database) -> None:
    put(db, capture(minutes=0), page_items(body("제목", "본문.", authors=("김기자",))))
    put(
        db, capture(minutes=1), page_items(body(" 제목\u200b ", " 본문.\n", authors=("이기자",), modified="2026-11-02"))
    )
    put(db, capture(minutes=2), page_items(body("새 제목", "본문.")))
    put(db, capture(minutes=3), page_items(body("새 제목", "고친 본문.")))
    put(db, capture(minutes=4), page_items(body("제목", "본문.")))
    assert rows(db, "SELECT captured_at, title, text FROM article_versions ORDER BY 1") == [
        (at(0), "제목", "본문."),
        (at(2), "새 제목", "본문."),
        (at(3), "새 제목", "고친 본문."),
        (at(4), "제목", "본문."),
    ]
    assert rows(db, "SELECT title, first_captured_at, last_captured_at FROM articles") == [("제목", at(0), at(4))]


@pytest.mark.parametrize(
    ("status", "kind"), [(200, "soft-block"), (404, "article"), (503, "article"), (200, "other"), (302, "article")]
)
def test_blocked_and_error_pages_make_no_version(db: Database, status: int, kind: str) -> None:
    put(db, capture(minutes=0), page_items(body("제목")))
    put(db, capture(minutes=1, status=status), page_items(body("접근 차단"), kind=kind))  # type: ignore[arg-type]
    assert rows(db, "SELECT count(*) FROM article_versions") == [(1,)]
    assert rows(db, "SELECT title, last_captured_at FROM articles") == [("제목", at(0))]


def test_another_parser_makes_no_version_by_itself(db: Database) -> None:
    old = [put(db, capture(minutes=n), page_items(body("제목", "본문. 저작권"))) for n in range(2)]
    put(db, capture(minutes=2), page_items(body("제목", "본문."), parser="test/2"))
    owed = []
    for one in captures.unparsed(db):
        owed.append(one.id)
        put(db, one, page_items(body("제목", "본문."), parser="test/2"))
    assert set(owed) == {one.id for one in old}
    assert rows(db, "SELECT captured_at, text FROM article_versions") == [(at(0), "본문.")]
    assert list(captures.unparsed(db)) == []


def test_one_article_under_several_addresses(db: Database) -> None:
    for minutes, url in enumerate(("https://news.test/a/1?utm_source=x", "https://m.news.test/a/1#top")):
        put(db, capture(url, minutes), page_items(body("제목"), url="https://news.test/a/1"))
    see(db, 3, "1", "2")
    assert versions.article_at(db, "https://news.test/a/2") is None
    assert rows(db, "SELECT url FROM article_urls ORDER BY 1") == [
        ("https://m.news.test/a/1",),
        ("https://news.test/a/1",),
    ]
    article = versions.article_at(db, "https://news.test/a/1?fbclid=y")
    assert article is not None
    assert rows(db, "SELECT title, article_id FROM block_entries ORDER BY 1") == [("1", article.id), ("2", None)]
    assert [visit.version for visit in versions.visits(db, article.id)] == [True, False]


def test_the_order_of_parameters_does_not_matter(db: Database) -> None:
    url = "https://news.test/view?cat=1&no=3"
    put(db, capture(url, 0), page_items(body("제목"), url=url))
    value = ranked("x")
    row = type(value.items[0])(1, "제목", "https://news.test/view?no=3&cat=1&utm_medium=list")
    put(db, capture(PAGE, 1), page_items(None, type(value)("인기기사", None, None, "/x", (row,)), kind="front"))
    (found,) = stretches.stretches(db, "ranked", url=url)
    assert found.article_id == rows(db, "SELECT id FROM articles")[0][0]


def test_applying_other_items_takes_the_old_rows_back(db: Database) -> None:
    one = put(db, capture(), page_items(body("제목"), ranked("a", "b"), section("x"), key="1"))
    put(db, one, page_items(body("다른 제목"), ranked("c"), key="2"))
    assert rows(db, "SELECT key FROM articles") == [("2",)]
    assert rows(db, "SELECT kind FROM lists") == [("ranked",)]
    assert rows(db, "SELECT title FROM block_entries") == [("c",)]
    items.remove(db, one.id)
    for table in ("articles", "article_urls", "article_versions", "lists", "blocks", "block_entries", "sightings"):
        assert rows(db, f"SELECT * FROM {table}") == []
    for table in ("span", "entry", "content", "list_page", "repeat"):
        assert rows(db, f"SELECT * FROM {table}") == []


def test_a_stretch_ends_when_the_rank_changes(db: Database) -> None:
    see(db, 0, "a", "b")
    see(db, 1, "a", "b")
    see(db, 2, "b", "a")
    see(db, 3, "a", "b")
    assert history(db) == [
        (1, "a", at(0), at(1), 2),
        (2, "b", at(0), at(1), 2),
        (1, "b", at(2), at(2), 1),
        (2, "a", at(2), at(2), 1),
        (1, "a", at(3), at(3), 1),
        (2, "b", at(3), at(3), 1),
    ]


@pytest.mark.parametrize("few", [1, 2, 1000])
def test_a_gap_neither_ends_nor_lengthens_a_stretch(db: Database, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The ways in which gaps are found: among the captures of a span, from the pages of the list, among all captures.
    monkeypatch.setattr(stretches, "_FEW_OF_ALL", few)
    put(db, capture("http://paper.test/elsewhere", 0), page_items(None, kind="front"))
    see(db, 0, "a", "b")
    see(db, 1)
    put(db, capture(PAGE, 2), page_items(None, kind="front"))
    see(db, 3, "a", "b")
    see(db, 4)
    assert history(db) == [(1, "a", at(0), at(3), 2), (2, "b", at(0), at(3), 2)]
    list_id = str(rows(db, "SELECT id FROM lists")[0][0])
    assert [gap.captured_at for gap in stretches.gaps(db, list_id)] == [at(1), at(2), at(4)]
    assert [gap.captured_at for gap in stretches.gaps(db, list_id, since=at(2), until=at(3))] == [at(2)]


def test_dropping_out_ends_a_stretch(db: Database) -> None:
    see(db, 0, "a", "b", "c")
    see(db, 1, "a", "b")
    see(db, 2, "a", "b", "c")
    assert [row for row in history(db) if row[1] == "c"] == [(3, "c", at(0), at(0), 1), (3, "c", at(2), at(2), 1)]


def test_a_shorter_copy_is_no_drop_out_where_the_list_has_its_own_page(db: Database) -> None:
    see(db, 0, "a", "b", "c", url=OWN)
    see(db, 1, "a", "b", more=OWN)
    see(db, 2, "a", "b", "c", url=OWN)
    assert history(db) == [(1, "a", at(0), at(2), 3), (2, "b", at(0), at(2), 3), (3, "c", at(0), at(2), 2)]


def test_a_new_headline_of_the_same_link_does_not_end_a_stretch(db: Database) -> None:
    see(db, 0, "a")
    changed = ranked("a")
    row = changed.items[0]
    put(
        db,
        capture(PAGE, 1),
        page_items(
            None, type(changed)("인기기사", None, None, "/x", (type(row)(1, "a (종합)", row.url),)), kind="front"
        ),
    )
    assert history(db) == [(1, "a (종합)", at(0), at(1), 2)]


def test_sections_have_positions(db: Database) -> None:
    put(db, capture(PAGE, 0), page_items(None, section("x", "y"), kind="front"))
    put(db, capture(PAGE, 1), page_items(None, section("z", "x"), kind="front"))
    assert rows(db, "SELECT position, title, sightings FROM section_history ORDER BY first_seen, position") == [
        (1, "x", 1),
        (2, "y", 1),
        (1, "z", 1),
        (2, "x", 1),
    ]


def test_a_list_at_an_instant(db: Database) -> None:
    see(db, 0, "a", "b")
    see(db, 10, "b", "a")
    see(db, 20)

    def titles(minutes: float | None) -> list[str]:
        found = standings.at_instant(db, "ranked", at=None if minutes is None else at(minutes))
        return [entry.title for standing in found for entry in standing.entries]

    assert [titles(minutes) for minutes in (-1, 0, 9, 10, 25, None)] == [
        [],
        ["a", "b"],
        ["a", "b"],
        ["b", "a"],
        ["b", "a"],
        ["b", "a"],
    ]


def test_a_list_that_never_had_an_entry_stands_empty(db: Database) -> None:
    put(db, capture(PAGE, 0), page_items(None, ranked(), section(), kind="front"))
    put(db, capture(PAGE, 10), page_items(None, ranked("a"), section(), kind="front"))

    def entries(kind: ListKind, minutes: float) -> list[list[str]]:
        found = standings.at_instant(db, kind, at=at(minutes))
        return [[entry.title for entry in one.entries] for one in found]

    assert [entries("ranked", minutes) for minutes in (-1, 5, 15)] == [[], [[]], [["a"]]]
    assert [entries("section", minutes) for minutes in (-1, 5, 15)] == [[], [[]], [[]]]


def test_a_lists_own_page_wins_over_a_copy(db: Database) -> None:
    see(db, 0, "a", "b", "c", url=OWN)
    see(db, 5, "b", "a", more=OWN)
    (standing,) = standings.at_instant(db, "ranked", at=at(6))
    assert [entry.title for entry in standing.entries] == ["a", "b", "c"]
    (standing,) = standings.at_instant(db, "ranked", at=at(5 + 25 * 60))
    assert [entry.title for entry in standing.entries] == ["a", "b", "c"]
    see(db, 30 * 60, "b", "a", more=OWN)
    (standing,) = standings.at_instant(db, "ranked")
    assert [entry.title for entry in standing.entries] == ["b", "a"]


def test_the_path_of_one_article(db: Database) -> None:
    put(
        db,
        capture("https://news.test/a/a?utm_campaign=1", 0),
        page_items(body("A"), key="a", url="https://news.test/a/a"),
    )
    see(db, 0, "b", "a")
    see(db, 1, "a", "b")
    see(db, 2, "b", "c")
    found = list(stretches.stretches(db, "ranked", url="https://news.test/a/a"))
    assert [(one.place, one.first_seen, one.last_seen) for one in found] == [(2, at(0), at(0)), (1, at(1), at(1))]
    assert {one.article_id for one in found} == {str(rows(db, "SELECT id FROM articles")[0][0])}
    late = list(stretches.stretches(db, "ranked", site="paper", heading="인기기사", tab="", since=at(2), until=at(9)))
    assert [one.title for one in late] == ["b", "c"]


def test_outcomes_follow_from_captures(db: Database) -> None:
    first = put(db, capture(minutes=0, digest="sha1:A"))
    put(db, capture(minutes=1, digest="sha1:A", kind="revisit", refers_to=first.id, run_id="run-2"))
    put(db, capture(minutes=2, status=304, kind="revisit", run_id="run-3"))
    put(db, capture("https://news.test/b", 3, digest="sha1:A", kind="revisit", refers_to=first.id))
    put(db, capture("https://news.test/c", 4, status=404))
    put(db, capture("https://news.test/d", 5, status=301))
    put(db, capture("https://news.test/e", 6), page_items(None, kind="soft-block"))
    put(db, capture("https://news.test/f", 7, truncated="length"))
    failed = put(db, capture("https://news.test/g", 8))
    put(db, capture("https://news.test/i", 10, status=None))
    gone = Outcome("run-1", "https://news.test/h", at(9), "dns", "no such host")
    with db.atomic():
        runs.add_outcomes(db, [Outcome("run-1", failed.url, at(20), "parse-timeout", "10 s", failed.id), gone, gone])
    found = rows(db, "SELECT substr(url, 19), at, outcome, reason FROM outcomes ORDER BY at")
    assert found == [
        ("a/1", at(0), "stored", ""),
        ("a/1", at(1), "unchanged", ""),
        ("a/1", at(2), "unchanged", "HTTP 304"),
        ("b", at(3), "stored", ""),
        ("c", at(4), "http-error", "HTTP 404"),
        ("d", at(5), "redirect", "HTTP 301"),
        ("e", at(6), "soft-block", "HTTP 200"),
        ("f", at(7), "truncated", "length"),
        ("g", at(8), "parse-timeout", "10 s"),
        ("h", at(9), "dns", "no such host"),
        ("i", at(10), "bad-http", "The answer has no usable status."),
    ]
    assert captures.get(db, failed.id).parsed_by == ""
    put(db, failed, page_items(None, kind="other"))
    assert rows(db, "SELECT outcome FROM outcomes WHERE capture_id = ?", failed.id) == [("stored",)]


def test_a_url_of_a_run_has_one_outcome_that_of_its_last_attempt(db: Database) -> None:
    tries = [put(db, capture(minutes=minutes, status=500)) for minutes in range(3)]
    assert rows(db, "SELECT at, outcome, capture_id FROM outcomes") == [(at(2), "http-error", tries[2].id)]
    with db.atomic():
        runs.add_outcomes(db, [Outcome("run-1", tries[0].url, at(3), "timeout", "10 s")])
    assert rows(db, "SELECT at, outcome, capture_id FROM outcomes") == [(at(3), "timeout", None)]
    last = put(db, capture(minutes=4))
    put(db, capture(minutes=9, status=404, run_id="run-2"))
    found = rows(db, "SELECT run_id, at, outcome, capture_id FROM outcomes WHERE run_id = 'run-1'")
    assert found == [("run-1", at(4), "stored", last.id)]
    assert rows(db, "SELECT count(*) FROM outcomes") == [(2,)]
    assert rows(db, "SELECT count(*) FROM captures") == [(5,)]


def test_runs(db: Database) -> None:
    put(db, capture())
    assert rows(db, "SELECT * FROM runs") == []
    with db.atomic():
        runs.start(db, Run("run-1", "paper", at(0), job="daily"))
        runs.finish(db, "run-1", at(9), "finished", {"stored": 1})
        runs.start(db, Run("run-1", "paper", at(0), job="daily"))
    assert rows(db, "SELECT * FROM runs") == [("run-1", "daily", "paper", at(0), at(9), "finished", '{"stored": 1}')]


def test_closest_by_digest_and_latest(db: Database) -> None:
    all_of = [put(db, capture(minutes=n, digest="sha1:D", kind="revisit" if n else "response")) for n in (0, 10, 20)]
    key = url_key("https://news.test/a/1")
    assert captures.by_digest(db, "sha1:D") == captures.get(db, all_of[0].id)
    assert captures.by_digest(db, "sha1:E") is None

    def nearest(minutes: float) -> str:
        found = captures.closest(db, key, at(minutes))
        assert found is not None
        return found.captured_at

    assert [nearest(minutes) for minutes in (-5, 4, 6, 10, 99)] == [at(0), at(0), at(10), at(10), at(20)]
    assert nearest(5) == at(10)
    latest = captures.latest(db, key)
    assert latest is not None
    assert latest.captured_at == at(20)
    assert [one.captured_at for one in captures.of_url(db, key)] == [at(0), at(10), at(20)]
    assert captures.closest(db, "test,other)/", at(0)) is None


def test_text_that_sqlite_cannot_hold_is_replaced(db: Database) -> None:
    put(
        db,
        capture("https://news.test/\x00\ud800", mime="a\x00b", offset=2**40),
        page_items(body("머\x00리\ud800", "\u2028\u202e글"), ranked("가\x00", "나\udfff"), key="k\x00"),
    )
    assert rows(db, "SELECT title, text FROM article_versions") == [("머�리�", "\u2028\u202e글")]
    assert rows(db, "SELECT title FROM block_entries ORDER BY position") == [("가�",), ("나�",)]
