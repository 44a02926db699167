"""Search over texts written here: recall in Korean, ranking, filters, and whatever a person can type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_builders import body, capture, page_items, put, rows
from sqlite_utils import Database

from archive.index import database, fulltext
from archive.index.query import is_date, match_expression, parse_query
from archive.index.search import search
from archive.index.snippets import mark, snippet
from archive.model import Prepared, Searchable
from archive.prepare import prepared

TEXTS = {
    "1": ("한빛재단, 희귀질환 신약개발 지원", "한빛재단은 희귀질환 치료제를 찾는 연구자에게 5년간 연구비를 댄다."),
    "2": ("항암제 임상 3상 성공", "새 항암제가 임상 3상에서 생존 기간을 늘렸다. 신약 개발에 십 년이 걸렸다."),
    "3": ("美FDA, AI 진단기기 허가", "미국 식품의약국이 인공지능 진단기기를 허가했다."),
    "4": ("어린이 독감 예방접종 시작", "보건소에서 어린이와 노인에게 독감 백신을 놓는다."),
    "5": ("약국가 겨울 채비", "감기약을 찾는 손님이 늘었다. 재단과는 상관없는 이야기다."),
    "6": ("東京の薬局で新薬を販売", "東京都内の薬局が新しい薬の販売を始めた。"),
    "7": ("Café chain funds vaccine trial", "The naïve design of trial XR-7 was changed, researchers said."),
    "8": ("줄기세포 치료제 특허", "줄기세포치료제 특허가 등록됐다. 가격은 1,200원이다."),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = database.connect(tmp_path_factory.mktemp("search") / "index.db")
    for number, (key, (title, text)) in enumerate(TEXTS.items()):
        url = f"https://news.test/a/{key}"
        written = body(title, text, published=f"2026-11-0{key}T09:00:00+09:00", authors=(f"기자{key}",))
        put(
            opened, capture(url, number), page_items(written, key=key, url=url, site="other" if key == "7" else "paper")
        )
    yield opened
    opened.close()


def keys(db: Database, text: str, **options: object) -> list[str]:
    return [hit.key for hit in search(db, parse_query(text), **options).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("신약", {"1", "2"}),
        ("신약개발", {"1", "2"}),
        ("신약 개발", {"1", "2"}),
        ("한빛재단은", {"1"}),
        ("재단을", {"1", "5"}),
        ("연구자에게", {"1"}),
        ("임상 3상", {"2"}),
        ("줄기 세포 치료제", {"8"}),
        ("줄기세포치료제", {"8"}),
        ("어린이", {"4"}),
        ("허가하는", {"3", "8"}),  # 특허가 too: pairs know no words
        ("FDA", {"3"}),
        ("fda", {"3"}),
        ("ＦＤＡ", {"3"}),
        ("美FDA", {"3"}),
        ("약", {"1", "2", "3", "5"}),
        ("신", {"1", "2", "4"}),
        ("薬局", {"6"}),
        ("東京", {"6"}),
        ("薬", {"6"}),
        ("cafe", {"7"}),
        ("Naive", {"7"}),
        ("xr-7", {"7"}),
        ("vaccin", set()),
        ("1200", set()),
        ("1,200", {"8"}),
        ('"독감 백신"', {"4"}),
        ('"백신 독감"', set()),
        ("독감 -백신", set()),
        ("재단 -연구비", {"5"}),
        ("-신약 -독감 site:paper", {"3", "5", "6", "8"}),
        ("site:other", {"7"}),
        ("site:other 신약", set()),
        ("author:기자2", {"2"}),
        ("after:2026-11-05 before:2026-11-07", {"5", "6"}),
        ("신약 after:2026-11-02", {"2"}),
        ("after:2027", set()),
        ("before:2026-11", set()),
    ],
)
def test_what_is_found(db: Database, query: str, expected: set[str]) -> None:
    assert set(keys(db, query)) == expected


@pytest.mark.parametrize("query", ["", " ", "…", '"', '""', "*", "-", "()", "。", "\x00", "🙂", "--", "+-*/", "^", "'"])
def test_nothing_but_punctuation_finds_nothing(db: Database, query: str) -> None:
    assert keys(db, query) == []


@pytest.mark.parametrize(
    "query",
    [
        *("AND", "OR", "NOT", "NEAR(", "NEAR(a b, 3)", "신약 AND", "NOT 신약", "zz:a", "title:신약", "title : 신약"),
        *("{title} : x", '신약"', '"신약', "신약*", "신약 *", "^신약", "a + b", "(" * 500, ")" * 500, '"' * 501),
        *("신\x00약", "👨‍👩‍👧 가족", "\ud800", "x" * 1_000_000, "약" * 1_000_000, "신 " * 100_000, "-a " * 5000),
        *("after:", "after:xyz", 'site:"', "author:'); DROP TABLE article; --", "\u202eabc", "가\u200b나", "ﬁ ﬂ", "İ"),
    ],
)
def test_every_string_is_a_query(db: Database, query: str) -> None:
    search(db, parse_query(query))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='"*()-:^+ANDORT가나약 \x00{}', max_size=40))
def test_every_string_is_a_query_for_any_string(query: str) -> None:
    db = Database(memory=True)
    db.execute("CREATE VIRTUAL TABLE article_search USING fts5(title, text, content='', tokenize='unicode61')")
    parsed = parse_query(query)
    expression = match_expression(parsed)
    if expression is not None:
        db.execute("SELECT rowid FROM article_search WHERE article_search MATCH ?", [expression]).fetchall()


def test_operators_are_words(db: Database) -> None:
    assert keys(db, "design AND trial") == []
    assert keys(db, "design trial") == ["7"]


def test_a_headline_outranks_a_text(db: Database) -> None:
    assert keys(db, "신약") == ["1", "2"]
    assert keys(db, "신약", newest=True) == ["2", "1"]


def test_limit_and_count(db: Database) -> None:
    found = search(db, parse_query("약"), limit=1)
    assert (len(found.hits), found.matches, found.capped) == (1, 4, False)


def test_a_changed_article_is_found_by_its_latest_text_only(tmp_path: Path) -> None:
    db = database.connect(tmp_path / "index.db")
    put(db, capture(minutes=10), page_items(body("백신 승인", "둘째 판이다.")))
    put(db, capture(minutes=0), page_items(body("항암제 승인", "첫 판이다.")))
    assert keys(db, "항암제") == []
    assert keys(db, "백신") == ["1"]
    assert rows(db, "SELECT count(*) FROM article_search WHERE article_search MATCH '\"첫판\"'") == [(0,)]
    db.execute("INSERT INTO article_search(article_search) VALUES ('integrity-check')")


def test_another_tokenizer_writes_the_full_text_anew(tmp_path: Path) -> None:
    db = database.connect(tmp_path / "index.db")
    put(db, capture(), page_items(body("백신 승인")))
    with db.atomic():
        db.execute("INSERT INTO article_search(article_search) VALUES ('delete-all')")
        db.execute("UPDATE setting SET value = 'older' WHERE name = 'tokenizer'")
    assert keys(db, "백신") == []
    with db.atomic():
        fulltext.bring_up(db)
    assert keys(db, "백신") == ["1"]


def test_what_was_prepared_beside_the_parser_is_found_the_same(tmp_path: Path) -> None:
    written = []
    for name, make in (("here", lambda one: one), ("beside", prepared)):
        db = database.connect(tmp_path / f"{name}.db")
        put(db, capture(), make(page_items(body("백신 승인", *["첫 판이다."] * 40))))
        put(db, capture(minutes=5), make(page_items(body("백신 허가", *["둘째 판이다."] * 40))))
        assert keys(db, "허가") == ["1"]
        assert keys(db, "승인") == []
        db.execute("INSERT INTO article_search(article_search) VALUES ('integrity-check')")
        written.append(rows(db, "SELECT * FROM story") + rows(db, "SELECT * FROM story_band ORDER BY 1"))
    assert written[0] == written[1]


def test_what_another_tokenizer_prepared_is_not_taken(tmp_path: Path) -> None:
    db = database.connect(tmp_path / "index.db")
    one = prepared(page_items(body("백신 승인")))
    assert one.prepared is not None
    foreign = Prepared(b"", "", Searchable("other", "words", None, "trigrams-9"))
    put(db, capture(), replace(one, prepared=foreign))
    assert keys(db, "백신") == ["1"]
    assert rows(db, "SELECT count(*) FROM article_search WHERE article_search MATCH 'other'") == [(0,)]


def test_a_snippet_is_cut_from_the_text_with_the_hit_marked() -> None:
    text = "앞 문장이다. " * 50 + "한빛재단은 신약 개발을 돕는다. " + "뒤 문장이다. " * 50
    found = snippet(text, ["신약개발"])
    assert [piece for piece, hit in found.pieces() if hit] == ["신약 개발"]
    assert len(found.text) < 180
    assert found.text.startswith("…")
    assert found.text.endswith("…")


@pytest.mark.parametrize(
    ("text", "form", "hit"),
    [
        ("ＡＩ 신약", "ai", "ＡＩ"),
        ("Café au lait", "cafe", "Café"),
        ("aid AI", "ai", "AI"),
        ("\u1112\u1161\u11ab\u1107\u1175\u11be", "한빛", "한빛"),
        ("임상 3상", "임상3상", "임상 3상"),
    ],
)
def test_marks_stand_on_the_text_itself(text: str, form: str, hit: str) -> None:
    assert [piece for piece, marked in mark(text, [form]).pieces() if marked] == [hit]


def test_dates() -> None:
    assert [is_date(text) for text in ("2026", "2026-11", "2026-11-23", "2026-13", "26", "2026-11-32", "٢٠٢٦")] == [
        *(True, True, True, False, False, False, False),
    ]
