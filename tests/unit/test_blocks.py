"""Blocks in the shapes that news sites use. Every page here is invented."""

from __future__ import annotations

import pytest

from archive.document import parse_document
from archive.model import RankedList, Section
from crawler.parsers.blocks import Blocks, find_blocks
from crawler.parsers.tree import Tree
from crawler.sites.model import GENERIC_LAYOUT, Layout, ListSelectors, Selectors

TITLES = [
    "Harbour bridge reopens after eleven years of repairs",
    "Bakers strike over the price of flour",
    "Night trains return to the northern line",
    "Museum finds a lost letter in its cellar",
    "School holidays move to the end of August",
]
URLS = [f"https://paper.example/news/2024/story-{number}.html" for number in range(101, 106)]


def blocks(body: str, layout: Layout = GENERIC_LAYOUT) -> Blocks:
    page = f"<html><head><title>Some page - Paper</title></head><body>{body}</body></html>"
    document = parse_document(page.encode(), "https://paper.example/news/2024/page.html", "text/html; charset=utf-8")
    return find_blocks(document, Tree(document.tree), layout)


def the_ranked(body: str) -> RankedList:
    found = blocks(body).ranked
    assert len(found) == 1, [each.value.heading for each in found]
    return found[0].value


def the_section(body: str) -> Section:
    found = blocks(body).sections
    assert len(found) == 1, [each.value.heading for each in found]
    return found[0].value


def links(template: str, places: range = range(5)) -> str:
    return "".join(template.format(n=place + 1, url=URLS[place], title=TITLES[place]) for place in places)


def lead(place: int) -> str:
    return f'<a href="{URLS[place]}">{TITLES[place]}</a>'


def rows(places: range) -> str:
    return links('<li><a href="{url}">{title}</a></li>', places)


ROWS = rows(range(5))
OL = f"<ol>{ROWS}</ol>"
UL = f"<ul>{ROWS}</ul>"
LINK = '<a href="{url}">{title}</a>'
HEAD = "<h3>Most read</h3>"
PROSE = "<p>Words that fill a paragraph of this page so that it is long enough.</p>" * 9

SHAPES = {
    "ol": HEAD + OL,
    "ul in a wrapper": f"<div><div><h2>Most read</h2></div><div>{UL}</div></div>",
    "ranks as text": f"{HEAD}<ul>" + links(f"<li><em>{{n}}</em>{LINK}</li>") + "</ul>",
    "ranks in the link": f"{HEAD}<ul>"
    + links('<li><a href="{url}"><span class="num">{n}</span> {title}</a></li>')
    + "</ul>",
    "glued ranks": f"{HEAD}<ul>" + links('<li><a href="{url}">{n}. {title}</a></li>') + "</ul>",
    "trailing ranks": f"{HEAD}<div>" + links(f'<div class="t">{LINK}<div>{{n}}</div></div>') + "</div>",
    "table": "<table><thead><tr><th>Most read</th></tr></thead><tbody>"
    + links(f"<tr><td>{{n}}</td><td>{LINK}</td></tr>")
    + "</tbody></table>",
    "one dl": f"{HEAD}<dl>" + links(f"<dt>{{n}}</dt><dd>{LINK}</dd>") + "</dl>",
    "a dl an entry": f"{HEAD}<div>" + links(f"<dl><dt>{{n}}</dt><dd>{LINK}</dd></dl>") + "</div>",
    "bare links": "<div><p class='tit'>Most read</p>" + links(LINK) + "</div>",
    "lines of text and links": "<p class='tit'>Most read</p><div>" + links(f"{{n}}. {LINK}<br>") + "</div>",
    "numbered pictures": f"{HEAD}<ol>"
    + links(f'<li><p><img src="/i/list_img0{{n}}.gif" alt=""> {LINK}</p></li>')
    + "</ol>",
    "pictures with numbers": f"{HEAD}<ul>" + links(f'<li><img src="/i/x.gif" alt="{{n}}">{LINK}</li>') + "</ul>",
    "heading is a span": f"<div><span>Most read</span>{UL}</div>",
    "heading is a button": f"<div><button>Most read</button>{UL}</div>",
    "heading is a picture": f"<div><h3><img src='/t.gif' alt='Most read'></h3>{UL}</div>",
    "heading is a label": f"<section aria-label='Most read'>{UL}</section>",
    "heading far away": f"<div><div><div><div>{HEAD}</div></div></div><div><div>{UL}</div></div></div>",
    "split in two": f"{HEAD}<ol>{rows(range(3))}</ol><ol start='4'>{rows(range(3, 5))}</ol>",
    "picture and title links": f"{HEAD}<ul>"
    + links(f'<li><a href="{{url}}"><img src="/p.jpg"></a><div>{LINK}</div></li>')
    + "</ul>",
    "empty cover links": f"{HEAD}<div>"
    + links('<article class="card"><a href="{url}"></a><h4>{title}</h4><time>3 hours ago</time></article>')
    + "</div>",
    "kicker, time, count": f"{HEAD}<ul>"
    + links(
        '<li><a href="{url}"><span class="kicker">City</span><span class="title">{title}</span>'
        '<span class="date">14:02</span><em class="count">1,204</em></a></li>'
    )
    + "</ul>",
    "source links": f"{HEAD}<ul>"
    + links(f'<li>{LINK}<a class="src" href="/papers/source-number-{{n}}001">Daily {{n}}001</a></li>')
    + "</ul>",
    "inside the article": f"<article><h1>A page</h1>{PROSE}<div><h4>Most read</h4>{UL}</div>{PROSE}</article>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_ranked_list_in_every_shape(shape: str) -> None:
    ranked = the_ranked(SHAPES[shape])
    assert ranked.heading == "Most read"
    assert [item.title for item in ranked.items] == TITLES
    assert [item.url for item in ranked.items] == URLS
    assert [item.rank for item in ranked.items] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "heading",
    [
        "Meistgelesen",
        "Les plus lus",
        "Lo más leído",
        "Mais lidas",
        "I più letti",
        "많이 본 뉴스",
        "アクセスランキング",
        "热门文章",
        "点击排行",
        "Самое читаемое",
        "En çok okunanlar",
        "الأكثر قراءة",
        "Najczęściej czytane",
        "Mest lest",
        "Luetuimmat",
        "Terpopuler",
        "Đọc nhiều",
        "Trending now",
        "Meest gelezen",
    ],
)
def test_popularity_in_many_languages(heading: str) -> None:
    ranked = the_ranked(f"<h3>{heading}</h3><ol>" + ROWS + "</ol>")
    assert ranked.heading == heading


def test_ties_and_reversed_lists_keep_their_ranks() -> None:
    tie = the_ranked(
        "<h3>Most read</h3><ul>"
        + "".join(f"<li><b>{rank}</b>{lead(place)}</li>" for place, rank in enumerate([1, 2, 2, 4]))
        + "</ul>"
    )
    assert [item.rank for item in tie.items] == [1, 2, 2, 4]
    back = the_ranked("<h3>Most read</h3><ol reversed>" + ROWS + "</ol>")
    assert [item.rank for item in back.items] == [5, 4, 3, 2, 1]


def test_columns_are_put_in_order() -> None:
    columns = "".join(
        "<ul>" + "".join(f"<li><i>{place + 1}</i>{lead(place)}</li>" for place in places) + "</ul>"
        for places in ([0, 2, 4], [1, 3])
    )
    ranked = the_ranked(f"<h3>Most read</h3><div>{columns}</div>")
    assert [item.rank for item in ranked.items] == [1, 2, 3, 4, 5]
    assert [item.title for item in ranked.items] == TITLES


def test_tabs_are_lists_of_their_own() -> None:
    panes = "".join(
        f'<div class="pane"{style}><ol>' + rows(places) + "</ol></div>"
        for style, places in (("", range(3)), (' style="display:none"', range(1, 5)))
    )
    found = blocks(
        f'<div>{HEAD}<ul class="tabs"><li><a href="#d">Day</a></li><li><a href="#w">Week</a></li></ul>{panes}</div>'
    ).ranked
    assert [(each.value.heading, each.value.tab, len(each.value.items)) for each in found] == [
        ("Most read", "Day", 3),
        ("Most read", "Week", 4),
    ]


def test_an_address_that_stands_twice_in_a_ranking_stays() -> None:
    ranked = the_ranked(
        "<h3>Most read</h3><ol>" + f"<li>{lead(0)}</li><li>{lead(1)}</li><li>{lead(0)}</li><li>{lead(2)}</li></ol>"
    )
    assert [item.url for item in ranked.items] == [URLS[0], URLS[1], URLS[0], URLS[2]]


def test_whole_headline_from_the_title_attribute() -> None:
    rows = "".join(
        f'<li><a href="{URLS[place]}" title="{TITLES[place]}">{TITLES[place][:18]}...</a></li>' for place in range(4)
    )
    assert [item.title for item in the_ranked(f"<h3>Most read</h3><ul>{rows}</ul>").items] == TITLES[:4]


def test_sections_with_headings_and_more_links() -> None:
    body = (
        "<aside><div class='box'><div class='hd'><h3>City desk</h3><a href='/city/'>More</a></div><ul>"
        + rows(range(3))
        + "</ul></div>"
        "<div class='box'><h3><a href='/sport/'>Sport</a></h3><ul>" + rows(range(2, 5)) + "</ul></div>"
        "<div class='box'><h3>Gallery</h3><a href='/gallery/'><img src='/m.gif' alt='More'></a><ul>"
        + rows(range(1, 4))
        + "</ul></div></aside>"
    )
    found = [each.value for each in blocks(body).sections]
    assert [(each.heading, each.more_url, len(each.items)) for each in found] == [
        ("City desk", "https://paper.example/city/", 3),
        ("Sport", "https://paper.example/sport/", 3),
        ("Gallery", "https://paper.example/gallery/", 3),
    ]


def test_a_number_alone_claims_no_popularity() -> None:
    found = blocks(
        "<div class='most-popular'><h3>Latest news</h3><ol>"
        + links('<li><em>{n}</em><a href="{url}">{title}</a></li>')
        + "</ol></div>"
    )
    assert not found.ranked
    assert [each.value.heading for each in found.sections] == ["Latest news"]


def test_two_headings_in_one_flat_container() -> None:
    found = blocks(
        "<div><h3>Most read</h3>"
        + links('<a href="{url}">{title}</a>', range(3))
        + "<h3>From the archive</h3>"
        + links('<a href="{url}">{title}</a>', range(2, 5))
        + "</div>"
    )
    assert [each.value.heading for each in found.ranked] == ["Most read"]
    assert [len(each.value.items) for each in found.ranked] == [3]
    assert [(each.value.heading, len(each.value.items)) for each in found.sections] == [("From the archive", 3)]


def test_an_empty_shell_does_not_take_the_next_list() -> None:
    found = blocks(
        "<aside><div class='w'><h3>Most read</h3><ul class='list'></ul></div><div class='n'><ul>"
        + ROWS
        + "</ul></div></aside>"
    )
    assert [(each.value.heading, each.value.items) for each in found.ranked] == [("Most read", ())]


def test_empty_sections_are_kept_with_their_more_link() -> None:
    found = blocks(
        "<div class='b'><div class='t'><h3>Interviews</h3><a class='m' href='/interviews/'>More +</a></div></div>"
        "<table><tr><th>People</th><th><a href='/people/'>More +</a></th></tr>"
        "<tbody></tbody></table>"
    )
    assert [(each.value.heading, each.value.more_url, each.value.items) for each in found.sections] == [
        ("Interviews", "https://paper.example/interviews/", ()),
        ("People", "https://paper.example/people/", ()),
    ]


DECOYS = {
    "navigation": f"<nav><h3>Trending</h3>{UL}</nav>",
    "footer": f"<footer><h3>Popular</h3>{UL}</footer>",
    "mega menu": f"<div class='mega-menu'><h4>Popular</h4>{UL}</div>",
    "topics": "<div><span>Trending</span>"
    + "".join(f"<a href='/topic/{word}'>{word}</a>" for word in ("Election", "Snow", "Cup final", "Rates"))
    + "</div>",
    "tags": "<div><h4>Tags</h4>" + "".join(f"<a href='/tag/44{n}0'>word {n}</a>" for n in range(6)) + "</div>",
    "share box": "<div><h4>Share</h4><a href='https://www.facebook.com/sharer.php?u=1234'>Share on Facebook now</a>"
    "<a href='https://twitter.com/share?id=12345'>Tweet this article to all</a></div>",
    "languages": "<div class='language-switcher'><h4>Language</h4><ul><li><a href='/en/page-1234.html'>English</a></li>"
    "<li><a href='/de/page-1234.html'>Deutsch</a></li></ul></div>",
    "prose": "<article><h2>What readers found popular</h2><p>Some words, <a href='/n/story-number-7771.html'>a link in "
    "them</a> and then many more words after it.</p><p>Other words before <a href='/n/story-number-7772.html'>one more "
    "link in prose</a> and more words behind it.</p></article>",
    "comment": f"<!-- {HEAD}{OL} -->",
    "league table": "<table><caption>Team ranking</caption>"
    + "".join(f"<tr><td>{n}</td><td>FC Town {n}</td><td>{30 - n}</td></tr>" for n in range(1, 9))
    + "</table>",
}


@pytest.mark.parametrize("decoy", DECOYS)
def test_decoys_are_no_blocks(decoy: str) -> None:
    found = blocks(DECOYS[decoy])
    assert not [each.value for each in found.ranked if each.value.items]
    assert not [each.value for each in found.sections if each.value.items]


def test_a_second_copy_of_a_block_is_a_repeat() -> None:
    one = HEAD + OL
    found = blocks(f'<div class="mobile" style="display:none">{one}</div><aside>{one}</aside>')
    assert len(found.ranked) == 1
    assert [(repeat.kind, repeat.of, repeat.xpath) for repeat in found.repeats] == [
        ("block", "/html/body/aside", "/html/body/div")
    ]
    assert found.ranked[0].value.xpath == "/html/body/aside"


def test_one_link_in_two_blocks_is_no_repeat() -> None:
    found = blocks(
        "<div><h3>Most read</h3><ol>"
        + rows(range(3))
        + "</ol></div><div><h3>City</h3><ul>"
        + rows(range(2, 5))
        + "</ul></div>"
    )
    assert (len(found.ranked), len(found.sections), found.repeats) == (1, 1, ())


def test_carousel_clones_are_repeats() -> None:
    clone = '<li class="slide clone">' + lead(0) + "</li>"
    found = blocks(
        "<h3>Most read</h3><ul>" + links('<li class="slide"><a href="{url}">{title}</a></li>') + clone + "</ul>"
    )
    assert [item.url for item in found.ranked[0].value.items] == URLS
    assert [repeat.kind for repeat in found.repeats] == ["item"]


def test_base_and_queries_are_honoured() -> None:
    ranked = the_ranked(
        "<base href='https://cdn.example/k/'><h3>Most read</h3><ul>"
        + "".join(f"<li><a href='view?no={number}&a=1'>{title}</a></li>" for number, title in enumerate(TITLES, 3000))
        + "</ul>"
    )
    assert ranked.items[0].url == "https://cdn.example/k/view?no=3000&a=1"


def test_a_definition_wins_where_it_matches() -> None:
    layout = Layout(
        ranked=(ListSelectors(container="#hot", item="p", heading=".name", tab=".when", more="a.all"),),
        sections=(ListSelectors(container="div.desk"),),
        selectors=Selectors(ignore=(".promo",)),
    )
    body = (
        "<div id='hot'><b class='name'>Read a lot</b><i class='when'>Today</i>"
        + links('<p><a href="{url}">{title}</a></p>', range(3))
        + "<a class='all' href='/all'>All</a></div>"
        "<div class='desk'><h4>Desk</h4><ul>" + rows(range(2)) + "</ul></div>"
        "<div class='promo'><h3>Most read</h3><ol>" + ROWS + "</ol></div>"
    )
    found = blocks(body, layout)
    assert [
        (each.value.heading, each.value.tab, each.value.more_url, len(each.value.items)) for each in found.ranked
    ] == [("Read a lot", "Today", "https://paper.example/all", 3)]
    assert [(each.value.heading, len(each.value.items)) for each in found.sections] == [("Desk", 2)]
    assert found.ranked[0].element.get("id") == "hot"


def test_the_tree_is_not_changed_and_the_result_is_the_same_again() -> None:
    from lxml import etree

    document = parse_document("".join(SHAPES.values()).encode(), "https://paper.example/x", "text/html; charset=utf-8")
    before = etree.tostring(document.tree)
    first = find_blocks(document, Tree(document.tree), GENERIC_LAYOUT)
    second = find_blocks(document, Tree(document.tree), GENERIC_LAYOUT)
    assert etree.tostring(document.tree) == before
    assert [each.value for each in first.ranked] == [each.value for each in second.ranked]
