"""Relevance: judged Korean queries over texts written for it; of each query the articles that a reader wants."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_builders import body, capture, page_items, put
from sqlite_utils import Database

from archive.index.database import connect
from archive.index.query import parse_query
from archive.index.search import facets, search

ARTICLES = {
    "donation": (
        "한빛재단, 희귀질환 환자에 치료비 지원",
        "재단은 올해 환자 백 명에게 치료비를 지원한다. 신청은 병원에서 받는다.",
    ),
    "foundation": ("의료 봉사 스무 해를 돌아보다", "섬마을을 찾은 의사들은 한빛 재단의 도움으로 진료소를 세웠다."),
    "trial": ("새 항암제 임상 3상 성공", "임상시험에서 생존 기간이 늘었다. 회사는 허가를 신청할 계획이다."),
    "trial2": ("당뇨약 임상 2상 환자 모집", "병원 열 곳에서 임상 시험에 참여할 환자를 모집한다."),
    "stopped": ("항암제 개발 중단", "부작용 때문에 임상 3상을 멈췄다."),
    "development": ("신약개발에 인공지능 쓴다", "AI로 후보 물질을 찾는 회사가 늘고 있다. 신약 개발 비용이 준다."),
    "drug": ("신약 허가 늘었다", "지난해 허가된 신약은 마흔 개다."),
    "pharmacy": ("약국 폐업 늘어", "동네 약국이 문을 닫는다. 약사 수는 늘었다."),
    "price": ("약값 인하 협상 시작", "정부와 제약사가 약가를 두고 마주 앉는다."),
    "fda": ("美FDA, 국산 백신 승인", "미국 식품의약국(FDA)은 백신을 승인했다."),
    "vaccine": ("독감 백신 접종 시작", "어린이와 어르신부터 무료로 접종한다."),
    "japan": ("日本の製薬会社が新薬を発表", "東京の製薬会社は新薬の承認を申請した。"),
    "english": ("Global pharma summit opens in Seoul", "Leaders discuss drug prices and vaccines."),
    "weather": ("전국에 비, 오후에 그쳐", "남부는 밤까지 내린다. 재난 문자를 확인하자."),
}
JUDGED: dict[str, list[str]] = {
    "한빛재단": ["donation", "foundation"],
    "한빛 재단": ["donation", "foundation"],
    "재단은": ["donation", "foundation"],
    "희귀질환": ["donation"],
    "희귀 질환 환자": ["donation"],
    "치료비 지원": ["donation"],
    "임상": ["trial", "trial2", "stopped"],
    "임상 3상": ["trial", "stopped"],
    "임상3상": ["trial", "stopped"],
    "임상시험": ["trial", "trial2"],
    '"임상 3상" -중단': ["trial"],
    "항암제": ["trial", "stopped"],
    "신약개발": ["development"],
    "신약 개발": ["development"],
    "신약": ["drug", "development"],
    "약국": ["pharmacy"],
    "약값": ["price"],
    "FDA": ["fda"],
    "fda 백신": ["fda"],
    "백신": ["fda", "vaccine"],
    "백신을": ["fda", "vaccine"],
    "환자": ["donation", "trial2"],
    "인공지능": ["development"],
    "AI": ["development"],
    "新薬": ["japan"],
    "製薬会社": ["japan"],
    "vaccines": ["english"],
    "seoul summit": ["english"],
    "author:김하나 백신": ["vaccine"],
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    db = connect(tmp_path_factory.mktemp("relevance") / Path("index.db"))
    for number, (key, (title, text)) in enumerate(ARTICLES.items()):
        url = f"https://news.test/a/{key}"
        day = f"2026-{10 + number % 2}-{number + 1:02}"
        author = ("김하나", "이둘") if key == "vaccine" else ("이둘",)
        told = body(title, text, published=day, authors=author)
        put(db, capture(url, number), page_items(told, key=key, url=url))
    return db


def found(db: Database, query: str) -> list[str]:
    return [hit.key for hit in search(db, parse_query(query)).hits]


def test_judged_queries(db: Database) -> None:
    wanted = got = right = first = 0
    for query, relevant in JUDGED.items():
        keys = found(db, query)
        wanted, got, right = wanted + len(relevant), got + len(keys), right + len(set(keys) & set(relevant))
        first += bool(keys) and keys[0] in relevant
    assert right / wanted >= 0.98, "recall"
    assert right / got >= 0.95, "precision"
    assert first / len(JUDGED) >= 0.98, "a relevant one first"


@pytest.mark.parametrize("query", ["신약", "항암제", "임상 3상", "약국", "백신"])
def test_headlines_come_before_texts(db: Database, query: str) -> None:
    in_headline = [query.replace(" ", "") in ARTICLES[key][0].replace(" ", "") for key in found(db, query)]
    assert in_headline == sorted(in_headline, reverse=True)


def test_facets(db: Database) -> None:
    counted = facets(db, parse_query("백신"))
    assert counted.site == (("paper", 2),)
    assert counted.author == (("이둘", 2), ("김하나", 1))
    assert sum(count for _, count in counted.month) == 2
    assert facets(db, parse_query("!")).site == ()
