"""Lists where a definition says they stand: what is read, and from how far."""

from __future__ import annotations

from archive.model import Page, Section
from crawler.parsers import parse_page
from crawler.sites.model import Layout, ListSelectors, Site

URL = "https://paper.example/"


def entries(group: str, count: int = 4) -> str:
    return "".join(
        f'<li><a href="/news/{group}-{n}0001.html">Story {n} of group {group}, as long as titles are</a></li>'
        for n in range(count)
    )


def parsed(body: str, *, ranked: tuple[ListSelectors, ...] = (), sections: tuple[ListSelectors, ...] = ()) -> Page:
    site = Site(name="paper", seeds=(URL,), layouts=(Layout(ranked=ranked, sections=sections),))
    return parse_page(f"<html lang=en><body>{body}</body></html>".encode(), URL, site=site)


def named(page: Page, heading: str) -> Section:
    return next(section for section in page.sections if section.heading == heading)


def test_a_list_without_a_more_link_does_not_take_the_next_ones() -> None:
    body = (
        f'<div class="a"><h3>First</h3><ul>{entries("a")}</ul></div>'
        f'<div class="b"><h3>Second</h3><ul>{entries("b")}</ul><a href="/second/">more</a></div>'
    )
    page = parsed(body, sections=(ListSelectors(container=".a", item="li"), ListSelectors(container=".b", item="li")))
    assert named(page, "First").more_url is None
    assert named(page, "Second").more_url == "https://paper.example/second/"


def test_nested_containers_and_items_are_read_once() -> None:
    body = f'<div class="n"><h3>Nested</h3><div class="n"><ul class="m">{entries("n")}</ul></div></div>'
    page = parsed(body, sections=(ListSelectors(container=".n", item=".m, li"),))
    assert [(section.heading, len(section.items)) for section in page.sections] == [("Nested", 1)]
    page = parsed(body, sections=(ListSelectors(container=".n", item="li"),))
    assert [(section.heading, len(section.items)) for section in page.sections] == [("Nested", 4)]


def test_a_ranked_list_inside_a_section_is_no_part_of_it() -> None:
    body = (
        f'<div class="side"><h3>Side</h3><ul>{entries("s")}</ul>'
        f'<div class="top"><h4>Most read</h4><ol>{entries("t", 3)}</ol></div></div>'
    )
    page = parsed(body, ranked=(ListSelectors(container=".top"),), sections=(ListSelectors(container=".side"),))
    assert [len(ranked.items) for ranked in page.ranked_lists] == [3]
    assert [(item.url or "")[-12:] for item in named(page, "Side").items] == [f"s-{n}0001.html" for n in range(4)]


def test_a_named_ranking_in_navigation_is_read() -> None:
    for tag in ("nav", "footer"):
        body = f'<{tag}><div class="best"><h4>Most read</h4><ol>{entries("f")}</ol></div></{tag}>'
        assert parsed(body).ranked_lists == ()
        (ranked,) = parsed(body, ranked=(ListSelectors(container=".best", item="li"),)).ranked_lists
        assert (ranked.heading, len(ranked.items)) == ("Most read", 4)
