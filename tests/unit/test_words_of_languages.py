"""The words of headings, of links to whole lists and of times, in the languages of news sites."""

from __future__ import annotations

import pytest

from crawler.parsers.blocks_times import is_time
from crawler.parsers.blocks_words import is_more
from crawler.parsers.popularity import is_popular

POPULAR = """
Most read|Most viewed stories|Trending now|What readers are reading|Readers' picks|Most-read|Most emailed
Meistgelesen|Am häufigsten gelesen|Die beliebtesten Artikel|Meistkommentiert|Andere lesen auch
Les plus lus|Les + lus|Articles les plus lus|Les plus consultés|Les plus partagés
Lo más leído|Lo más visto|Las más leídas|Lo + leído|Noticias más leídas
I più letti|Gli articoli più letti|Le notizie più lette|I più visti
Mais lidas|As mais lidas|+ lidas|Mais lidas da semana|Mais acessadas
Meest gelezen|Best gelezen|Meest bekeken
Mest läst|Mest lästa|Mest delat|Mest lest|Mest sett|Mest læste|Mest kommenterede
Luetuimmat|Suosituimmat|Katsotuimmat
Najczęściej czytane|Najpopularniejsze|Nejčtenější články|Nejsledovanější|Najčítanejšie|Legolvasottabb
Cele mai citite|Най-четени|Δημοφιλή|Najčitanije
Самое читаемое|Популярное|Сейчас читают|Рейтинг новостей|Найпопулярніше|Зараз читають
En çok okunanlar|Çok okunanlar|Popüler haberler
الأكثر قراءة|الأكثر مشاهدة|הנקראות ביותר|הכי נצפים|सबसे ज्यादा पढ़ी गई|लोकप्रिय खबरें
Terpopuler|Terbanyak dibaca|Xem nhiều|Đọc nhiều nhất|ข่าวยอดนิยม|อ่านมากที่สุด
많이 본 뉴스|가장 많이 본 기사|인기기사|댓글 많은 뉴스|랭킹뉴스|HOT 클릭|주간 베스트
アクセスランキング|よく読まれている記事|人気記事|閲覧ランキング|点击排行|一周热门|阅读榜|熱門新聞|點閱排行|最多人看
"""
OTHER = """
Editor's picks|Latest news|Top stories|Trending topics|Popular tags|Featured|FIFA ranking|Popular podcasts
인기 검색어|최신 기사|주요 뉴스|おすすめ記事|新着記事|推荐阅读|最新新闻|Empfehlungen|Dernières infos|Últimas noticias
Главные новости|Son dakika|آخر الأخبار|Berita terbaru|Tin mới nhất|ข่าวล่าสุด|Aktualności
"""
MORE = """
See all|View all|More news|Full list|Load more|Mehr|Alle anzeigen|Zur Übersicht|Weitere Artikel
Voir plus|Voir tout|Toute l'actualité|Afficher plus|Ver más|Ver todo|Todas las noticias|Vedi tutti|Altre notizie
Ver mais|Veja mais|Leia mais|Meer nieuws|Bekijk alles|Visa fler|Läs mer|Se alle|Flere saker|Læs mere
Näytä lisää|Katso kaikki|Więcej|Zobacz wszystkie|Další články|Zobrazit vše|Ещё|Все новости|Показать ещё
Більше|Усі новини|Показати ще|Daha fazla|Tümünü gör|المزيد|عرض الكل|كل الأخبار|לכל הכתבות|עוד
और पढ़ें|सभी देखें|Selengkapnya|Lihat semua|Xem thêm|Xem tất cả|ดูทั้งหมด|ดูเพิ่มเติม
더보기|전체보기|+더보기|전체 기사|もっと見る|一覧を見る|さらに見る|更多|查看更多|看全部|閱讀更多
"""
TIMES = """
7 hours ago|15:10|Mon 2 March|Donnerstag, 18. 7.|vor 3 Stunden
il y a 2 heures|hace 3 días|3시간 전|2026.03.04 09:12|3 日前
"""
TITLES = """
Quay closed until 1 May|Open until 8 March|Morning markets|Market 1 May
Friends of the pier|Martin is back|Sunday lunch
"""


def words(table: str) -> list[str]:
    return table.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("heading", words(POPULAR))
def test_an_order_of_popularity_is_claimed(heading: str) -> None:
    assert is_popular(heading)


@pytest.mark.parametrize("heading", words(OTHER))
def test_no_order_of_popularity_is_claimed(heading: str) -> None:
    assert not is_popular(heading)


@pytest.mark.parametrize("label", words(MORE))
def test_a_link_to_the_whole_list(label: str) -> None:
    assert is_more(label)


@pytest.mark.parametrize("text", words(TIMES))
def test_a_time(text: str) -> None:
    assert is_time(text)


@pytest.mark.parametrize("title", words(TITLES))
def test_a_title_that_names_a_time_is_none(title: str) -> None:
    assert not is_time(title)
