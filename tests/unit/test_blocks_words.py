"""The vocabulary of blocks."""

from __future__ import annotations

import pytest

from crawler.parsers.addresses import article_like, link_key
from crawler.parsers.blocks_times import is_aside, is_period
from crawler.parsers.blocks_titles import split_rank
from crawler.parsers.blocks_words import is_box, is_legal, is_more, is_see_also, weight
from crawler.parsers.popularity import is_popular


@pytest.mark.parametrize(
    "text",
    [
        "Most Read",
        "MOST VIEWED PHOTOS",
        "Trending stories",
        "This week's top posts",
        "인기기사",
        "댓글 많은 뉴스",
        "가장 많이 본 기사",
        "週間ランキング",
        "よく読まれている記事",
        "点击排行",
        "熱門新聞",
        "Οι πιο διαβασμένες ειδήσεις",
        "Cele mai citite",
        "Nejčtenější",
        "Legolvasottabb",
        "Популярное",
        "הכי נקראות",
        "پربازدیدترین‌ها",
        "सबसे ज्यादा पढ़ी गई",
        "ยอดนิยม",
        "Pinakabasa",
        "Bình luận nhiều",
        "Обсуждаемое",
        "پربحث‌ترین‌ها",
        "Veelgelezen",
        "Banyak Dibaca",
        "Legnézettebb videók",
        "Top citite",
        "Διαβάστηκαν περισσότερο",
        "もっとも読まれた記事",
        "大家都在讀",
        "좋아요 많은 기사",
        "อ่านมากสุด",
    ],
)
def test_headings_of_popularity(text: str) -> None:
    assert is_popular(text)


@pytest.mark.parametrize(
    "text",
    [
        "Latest news",
        "Top stories",
        "Editor's picks",
        "Trending topics",
        "인기검색어",
        "Power rankings",
        "University ranking",
        "Popular shopping deals",
        "인터뷰",
        "新着記事",
        "Two rankings let us look deep into the town, and no one is happy about it.",
    ],
)
def test_headings_that_claim_no_popularity(text: str) -> None:
    assert not is_popular(text)


@pytest.mark.parametrize(
    "text",
    [
        "더보기 +",
        "More",
        "see all",
        "もっと見る",
        "Alle Artikel",
        "voir tout",
        "更多",
        "전체보기",
        "»",
        "View more news",
        "ver más",
    ],
)
def test_more_links(text: str) -> None:
    assert is_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "3시간 전",
        "2026-03-04 02:19",
        "14:32",
        "2 hours ago",
        "vor 3 Stunden",
        "1,204",
        "댓글 12",
        "Mar 3, 2020",
        "12. Januar 2021",
        "1월 5일",
        "23 Kommentare",
    ],
)
def test_times_and_counts(text: str) -> None:
    assert is_aside(text)


def test_words_that_are_none_of_these() -> None:
    assert not is_aside("Mars attacks")
    assert not is_more("Harbour bridge reopens after eleven years")
    assert is_box("Tags")
    assert not is_box("Sport")
    assert is_legal("Impressum")
    assert not is_legal("Impressive numbers from the port")
    assert is_period("Last 7 days")
    assert not is_period("Sport")


def test_weight_counts_wide_characters_twice() -> None:
    assert (weight("abc 1"), weight("인기 기사"), weight("…·-")) == (4, 8, 0)


@pytest.mark.parametrize(
    ("title", "rank", "rest"),
    [
        ("3. Title of it", 3, "Title of it"),
        ("2、标题在这里", 2, "标题在这里"),
        ("1똠방각하 축제", 1, "똠방각하 축제"),
        ("10위 제목", 10, "제목"),
        ("2024 in words", None, "2024 in words"),
    ],
)
def test_ranks_glued_to_titles(title: str, rank: int | None, rest: str) -> None:
    assert split_rank(title) == (rank, rest)


def test_addresses_of_content_and_of_lists() -> None:
    assert article_like("https://a.example/news/articleView.html?idxno=105371")
    assert article_like("https://a.example/2024/05/a-town-wakes-up")
    assert not article_like("https://a.example/news/articleList.html?sc_section_code=S1N17")
    assert not article_like("https://a.example/tag/elections-of-the-year")
    assert link_key("https://www.a.example/x/#top") == link_key("http://a.example/x")


@pytest.mark.parametrize(
    "text",
    [
        "न्यूज़लेटर",
        "न्यूज़ लेटर",
        "ニュースレター",
        "Подписка на рассылку",
        "뉴스레터",
        "电子报",
        "訂閱電子報",
        "E-bülten",
        "Bültenimize abone olun",
        "Nasz biuletyn",
        "Ενημερωτικό δελτίο",
        "ניוזלטר",
        "النشرة البريدية",
        "Onze nieuwsbrief",
        "Nyhetsbrev",
    ],
)
def test_boxes_for_a_newsletter(text: str) -> None:
    assert is_box(text)


def test_bulletins_are_no_newsletters() -> None:
    assert not is_box("نشرة الأخبار")
    assert not is_box("Spor bülteni")
    assert not is_box("Boletín Oficial")


def test_see_also_is_not_more() -> None:
    for text in (
        "Veja também",
        "Leggi anche",
        "Voir aussi",
        "Διαβάστε επίσης",
        "Читайте также",
        "Lees ook",
        "Mehr zum Thema",
    ):
        assert not is_more(text)
        assert is_see_also(text)
    for text in ("Veja mais", "Voir tout", "További cikkek"):
        assert is_more(text)
    for text in ("Legtöbbet kommentált", "コメントの多い記事", "Найбільше коментують", "Lige nu læser andre"):
        assert is_popular(text)
