"""The small parts of the page parser: names, noise, zones, titles, language."""

from __future__ import annotations

import pytest

from archive.document import parse_document
from crawler.parsers.bylines import clean_name, split_names
from crawler.parsers.language import find_language
from crawler.parsers.metadata import without_site
from crawler.parsers.noise import is_noise
from crawler.parsers.noise_calls import starts_other
from crawler.parsers.text import ends_sentence, key, weight
from crawler.parsers.zones import claim


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("홍길동 기자", ["홍길동"]),
        ("최판서/성춘향 기자 choi@example.com", ["최판서", "성춘향"]),
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Von Karla Muster, Redakteurin", ["Karla Muster"]),
        ("责任编辑：王小明", ["王小明"]),
        ("desk@paper.example", []),
        ("", []),
    ],
)
def test_split_names(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize("text", ["admin", "http://x.example/", "12345", "a" * 200, None])
def test_what_is_no_name(text: str | None) -> None:
    assert clean_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "홍길동 기자 hong@example.com",
        "<저작권자 ⓒ 가온일보, 무단 전재 및 재배포 금지>",
        "Foto: Karla Muster/dpa",
        "Read more: What happened next",
        "Lesen Sie auch: Was dann geschah",
        "Updated at 1:23 p.m.",
        "Stand: 22.04.2024, 06:00 Uhr",
        "(Reporting by Jane Doe; Editing by John Roe)",
        "ニュースレターを登録すると続きが読めます",
        "All rights reserved.",
    ],
)
def test_noise(text: str) -> None:
    assert is_noise(text, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "It rained.",
        "정부는 오늘 새로운 정책을 발표했다.",
        "◇장애 대응이 관건",
        "The photo was taken in 2019, and the photographer never said where.",
        "He subscribed to the view that nothing would change before the election was over and done with.",
        "Wie geht es weiter?",
        "2019 war ein gutes Jahr für den Wein.",
    ],
)
def test_no_noise(text: str) -> None:
    assert not is_noise(text, 0.0)


def test_headings_of_other_things() -> None:
    assert starts_other("Related articles")
    assert starts_other("관련기사")
    assert not starts_other("What the numbers say")


@pytest.mark.parametrize(
    ("tag", "names", "expected"),
    [
        ("div", "article-share", "share"),
        ("div", "relatedStories", "related"),
        ("div", "article-body has-sidebar", ""),
        ("div", "text-copy-primary", ""),
        ("p", "copy", "copyright"),
        ("div", "hidden md:block", ""),
        ("div", "hidden", "hidden"),
        ("div", "header", "chrome"),
        ("div", "heading", ""),
        ("div", "badge loading", ""),
        ("div", "ad-box", "advert"),
        ("article", "post tag-sports category-x", ""),
        ("aside", "", "related"),
        ("div", "post-meta", "byline"),
    ],
)
def test_claims(tag: str, names: str, expected: str) -> None:
    assert claim(tag, names, "")[0] == expected


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("Rain in Busan - The Daily", "The Daily", "Rain in Busan"),
        ("가온일보 | 섬마을 약국", "가온일보", "섬마을 약국"),
        ("Rain - and then more rain", None, "Rain - and then more rain"),
        ("Rain in Busan | Weather | The Daily", "The Daily", "Rain in Busan Weather"),
    ],
)
def test_title_without_site(title: str, site: str | None, expected: str) -> None:
    assert without_site(title, site, "https://x.example/1") == expected


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        (
            "en",
            "정부는 오늘 새로운 정책을 발표했다고 밝혔다. 관계자는 다음 달부터 시행한다고 말했다.",
            "ko",
        ),
        ("ko", "The government announced a new policy today, and it will be in force from next month on. " * 4, None),
        ("de-DE", "Die Regierung hat heute ein neues Gesetz vorgestellt.", "de"),
        ("", "", None),
        (
            "zh",
            "政府は新しい政策を発表した。この措置は来月から実施されるという。記者会見で明らかにしたものである。",
            "ja",
        ),
    ],
)
def test_language(declared: str, text: str, expected: str | None) -> None:
    document = parse_document(f"<html lang='{declared}'><body>x</body></html>".encode(), "https://x.example/", None)
    assert find_language(document, None, text) == expected


def test_text() -> None:
    assert key("Café\u200b  №5 – “Ok”") == key("cafe\u0301 No5 ok")
    assert weight("abcd") == 4
    assert weight("가나다라") == 10
    assert ends_sentence("그렇게 말했다.”")
    assert not ends_sentence("제목 한 줄")
