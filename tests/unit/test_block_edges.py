"""Where a block begins and ends, and what belongs to it: cases in which a neighbour's words stand close by."""

from __future__ import annotations

import pytest

from archive.document import parse_document
from crawler.parsers.blocks import Blocks, find_blocks
from crawler.parsers.tree import Tree
from crawler.sites.model import GENERIC_LAYOUT

TITLES = [
    "Harbour bridge reopens after eleven years of repairs",
    "Bakers strike over the price of flour",
    "Night trains return to the northern line",
    "Museum finds a lost letter in its cellar",
    "School holidays move to the end of August",
    "Ferry timetable changes on the first of May",
]
URLS = [f"https://paper.example/news/2024/story-{number}.html" for number in range(101, 107)]
PROSE = "<p>Words that fill a paragraph of this page so that it is long enough to be read.</p>" * 4


def blocks(body: str) -> Blocks:
    page = f"<html><head><title>Some page - Paper</title></head><body>{body}</body></html>"
    document = parse_document(page.encode(), "https://paper.example/news/2024/page.html", "text/html; charset=utf-8")
    return find_blocks(document, Tree(document.tree), GENERIC_LAYOUT)


def rows(places: range, template: str = '<li><a href="{url}">{title}</a></li>') -> str:
    return "".join(template.format(n=place + 1, url=URLS[place], title=TITLES[place]) for place in places)


def headings(body: str) -> tuple[list[str | None], list[str | None]]:
    """The headings of the ranked lists and of the sections of a page."""
    found = blocks(body)
    return [each.value.heading for each in found.ranked], [each.value.heading for each in found.sections]


def test_the_bar_of_a_blocks_tabs_is_no_navigation() -> None:
    page = (
        '<div class="tabs"><div class="tabs__nav"><a class="sel">Most read</a><a>Most commented</a></div>'
        f'<ul class="tabs__c">{rows(range(3))}</ul><ul class="tabs__c hidden">{rows(range(3, 6))}</ul></div>'
    )
    assert headings(page) == (["Most read", "Most commented"], [])


def test_a_plain_label_over_links_inside_an_article_is_not_overruled_by_its_headline() -> None:
    page = (
        f"<article><h1>Old pier closes for the winter</h1>{PROSE}"
        f'<div class="c7"><div class="t">From our files</div><ul>{rows(range(3))}</ul></div>{PROSE}</article>'
    )
    assert headings(page) == ([], ["From our files"])


def section_titles(row: str) -> list[str]:
    found = blocks(f"<section><h2>More news</h2>{rows(range(4), row)}</section>").sections
    return [item.title for item in found[0].value.items]


def test_a_label_or_badge_in_the_same_link_is_no_part_of_the_title() -> None:
    assert section_titles('<a href="{url}"><span>Sport</span><span>{title}</span></a>') == TITLES[:4]
    assert section_titles('<a href="{url}"><h3><span class="c1">Sport</span>{title}</h3></a>') == TITLES[:4]
    assert section_titles('<li><a href="{url}">{title}<span class="new">NEW</span></a></li>') == TITLES[:4]


def test_marked_letters_stay_in_the_title() -> None:
    assert section_titles('<a href="{url}"><b>i</b>Pier: {title}</a>') == [f"iPier: {title}" for title in TITLES[:4]]


def test_a_more_link_belongs_to_the_block_that_it_closes() -> None:
    page = (
        f'<div><div class="bar"><strong>Latest</strong></div><ul>{rows(range(3))}</ul><a href="/latest">More</a>'
        f'<div class="bar"><strong>Most read</strong></div><ol>{rows(range(3, 6))}</ol>'
        '<div class="bar"><strong>Notices</strong></div><p></p><a href="/notices">See all</a></div>'
    )
    found = blocks(page)
    assert [each.value.more_url for each in found.sections if each.value.items] == ["https://paper.example/latest"]
    assert [each.value.more_url for each in found.ranked] == [None]


def test_a_more_link_before_its_own_heading_counts() -> None:
    page = (
        f'<ul>{rows(range(3))}</ul><div><p><a href="/all">More</a></p><h3>Sport</h3><ul>{rows(range(3, 6))}</ul></div>'
    )
    assert [each.value.more_url for each in blocks(page).sections] == ["https://paper.example/all"]


def test_read_more_of_an_entry_is_not_the_way_to_the_whole_list() -> None:
    row = '<div><h3><a href="{url}">{title}</a></h3><p>A deck of a few words. <a href="{url}">more</a></p></div>'
    page = f'<section><h2><a href="/local">Local news</a></h2>{rows(range(4), row)}</section>'
    assert [each.value.more_url for each in blocks(page).sections] == ["https://paper.example/local"]


def test_bold_words_over_a_list_are_its_heading_even_if_they_say_more() -> None:
    page = f"<article>{PROSE}<div><p><strong>Read more</strong></p><ul>{rows(range(2))}</ul></div>{PROSE}</article>"
    assert headings(page) == ([], ["Read more"])
    page = f"<article>{PROSE}<aside><b>Läs mer</b><ul>{rows(range(3))}</ul></aside>{PROSE}</article>"
    assert headings(page) == ([], ["Läs mer"])


def test_a_block_of_authors_has_a_heading_like_any_other() -> None:
    row = '<div class="slide"><a href="/authors/{n}">Ann Writer</a><a href="{url}">{title}</a></div>'
    page = (
        f'<div class="card authors"><div class="head"><a href="/authors">Columns</a></div>{rows(range(4), row)}</div>'
    )
    assert headings(page) == ([], ["Columns"])


def test_a_strip_of_trending_topics_gives_the_next_list_no_heading() -> None:
    topics = '<a href="/tag/1">Winter storm</a> <a href="/tag/2">Port strike</a>'
    page = f"<div><span>Trending:</span> {topics}</div>"
    page += f"<main><section>{rows(range(4), '<h2><a href={url}>{title}</a></h2>')}</section></main>"
    assert headings(page) == ([], [])


def test_a_time_beside_a_heading_is_no_part_of_it() -> None:
    head = "<div><span>Most read</span><time>Thursday 10:00</time></div>"
    assert headings(f"<aside>{head}<ol>{rows(range(4))}</ol></aside>") == (["Most read"], [])
    assert headings(f"<aside><h2>Latest <time>10:00</time></h2><ul>{rows(range(4))}</ul></aside>") == ([], ["Latest"])


@pytest.mark.parametrize(
    "labels",
    [
        "Most read<span>|</span>Latest",
        "<a>Most read</a><i>|</i><a>Latest</a>",
        "<b>Most read</b> | <b>Latest</b>",
    ],
)
def test_a_bar_parts_two_labels(labels: str) -> None:
    assert headings(f'<aside><div class="tit">{labels}</div><ol>{rows(range(4))}</ol></aside>') == (["Most read"], [])


def test_an_empty_list_beside_its_heading_in_a_flat_container() -> None:
    page = (
        f'<div><div class="x"><strong>Latest</strong></div><ul>{rows(range(4))}</ul>'
        '<div class="x"><strong>Notices</strong></div><ul></ul><a href="/notices">More</a>'
        '<div class="x"><strong>Obituaries</strong></div><ul></ul><a href="/obituaries">More</a></div>'
    )
    found = [(each.value.heading, each.value.more_url, len(each.value.items)) for each in blocks(page).sections]
    assert found == [
        ("Latest", None, 4),
        ("Notices", "https://paper.example/notices", 0),
        ("Obituaries", "https://paper.example/obituaries", 0),
    ]


def test_a_more_link_below_the_panes_is_every_tabs() -> None:
    panes = "".join(f'<div class="pane"><ol>{rows(part)}</ol></div>' for part in (range(3), range(3, 6)))
    page = (
        "<aside><h3>Most read</h3><div><button>Today</button><button>Week</button></div>"
        f'<div>{panes}</div><a href="/top">All</a></aside>'
    )
    found = blocks(page).ranked
    assert [(each.value.tab, each.value.more_url) for each in found] == [
        ("Today", "https://paper.example/top"),
        ("Week", "https://paper.example/top"),
    ]
    own = page.replace("</ol></div></div>", '</ol><a href="/week">More</a></div></div>').replace(
        '<a href="/top">All</a>', ""
    )
    assert [each.value.more_url for each in blocks(own).ranked] == [None, "https://paper.example/week"]


def test_a_plain_see_also_is_a_heading() -> None:
    page = (
        "<main><section><h2>Newsletter</h2><input><button>OK</button></section>"
        f'<section><div class="c1"><span>Veja também</span></div><div>{rows(range(4))}</div></section></main>'
    )
    assert headings(page) == ([], ["Veja também"])


def test_a_card_that_is_one_link_is_called_by_the_line_over_its_summary() -> None:
    summary = "It says at length what the story is about, who was there and why it matters to the town of today."
    card = "<a href={url}><div><span>Local</span><p>{title}</p><p>" + summary + "</p><div>3 hours ago</div></div></a>"
    assert section_titles(card) == TITLES[:4]


def test_a_newspapers_views_are_a_block() -> None:
    titles = ["港市議會推動港口自動化工程的得失", "鐵路公司明年起調整路線的盤算", "夜間門診擴大之後的人力問題"]
    links = "".join(f'<p><a href="{url}">{title}</a></p>' for url, title in zip(URLS, titles, strict=False))
    assert headings(f"<main><section><h2>評論</h2><div>{links}</div></section></main>") == ([], ["評論"])


def test_like_labels_in_a_flat_container_head_a_block_each() -> None:
    row = '<div class="c2"><a href="{url}">{title}</a></div>'
    one, two = rows(range(3), row), rows(range(3, 6), row)
    page = f'<div><div class="c1">Town</div>{one}<div class="c1">Country</div>{two}</div>'
    assert headings(page) == ([], ["Town", "Country"])
    more = '<div class="c3"><a href="/town">All stories from the town</a></div><div class="c1">Country'
    assert headings(page.replace('<div class="c1">Country', more)) == ([], ["Town", "Country"])
    day = page.replace("Town", "4 March").replace("Country", "3 March")
    assert len(blocks(f"<section><h2>Latest</h2>{day}</section>").sections) == 1


def test_rankings_of_the_same_stories_in_another_order_are_two() -> None:
    one, two = rows(range(4)), rows(range(3, -1, -1))
    page = f"<aside><h3>Most read</h3><ol>{one}</ol></aside><aside><h3>Most shared</h3><ol>{two}</ol></aside>"
    assert headings(page) == (["Most read", "Most shared"], [])
    page = f"<aside><h3>Most read</h3><ol>{one}</ol></aside><aside><h3>Popular</h3><ol>{one}</ol></aside>"
    assert headings(page) == (["Most read"], [])


def test_a_plain_see_also_heads_two_links() -> None:
    links = f'<div class="c1"><span>Läs även</span><ul>{rows(range(2))}</ul></div>'
    assert headings(f"<article>{PROSE}{links}{PROSE}</article>") == ([], ["Läs även"])


def test_the_authors_articles_are_not_the_whole_of_a_block_inside_the_text() -> None:
    block = f'<div class="rel"><p class="title">Related</p><div>{rows(range(2))}</div></div>'
    author = '<div><p>Ann Writer</p><a href="/authors/ann">See more articles</a></div>'
    found = blocks(f"<main><div>{PROSE * 3}{block}{PROSE * 3}{author}</div></main>").sections
    assert [(each.value.heading, each.value.more_url) for each in found] == [("Related", None)]
