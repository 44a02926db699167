"""Drafts: rules from the shapes of addresses, a file that loads, and the same parts with it as without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from crawler.discovery import rules
from crawler.parsing import ParseTask, parse_here
from crawler.sites import draft, freeze, shapes
from crawler.sites.loader import load
from crawler.sites.model import Layout, ListSelectors, Selectors, Site, UrlRule
from crawler.sites.writing import to_toml

TEXT = "".join(
    f"<p>The city council approved part {n} of the bridge plan on Monday, after two years of debate.</p>"
    for n in range(6)
)
ROWS = "".join(f'<li><a href="/news/view.html?cat={n % 3}&no={800 + n}">Story number {n} of today, at length</a></li>'
               for n in range(1, 9))  # fmt: skip
PAGE = f"""<html lang="en"><head><title>Bridge approved</title><meta property="og:site_name" content='The "Paper"'>
<meta property="og:type" content="article"></head><body><ul class="menu"><li><a href="/news/list.html?cat=1">City</a>
<li><a href="//m.paper.example/">Mobile</a></ul><h1 class="headline">Bridge approved</h1>
<p class="byline">By Jane Doe</p><p class="date">November 20, 2025 06:00</p>
<div id="story" class="css-1x2y3z">{TEXT}</div>
<div class="best" id="box-48213"><h3>Most read</h3><a href="/best.html">more</a><ol>{ROWS}</ol></div></body></html>"""
URL = "https://www.paper.example/news/view.html?cat=1&no=799"
TASK = ParseTask(PAGE.encode(), URL)


def loaded(folder: Path, site: Site) -> Site:
    file = folder / "draft.toml"
    file.write_text(to_toml(site, "Drafted from a page.\nCheck it."), encoding="utf-8")
    return load(str(file))


def test_a_draft_says_what_the_page_shows() -> None:
    site = draft.drafted(TASK).site
    assert (site.name, site.title, site.hosts) == ("paper", 'The "Paper"', ("www.paper.example", "m.paper.example"))
    assert site.seeds == ("https://www.paper.example/",)
    assert site.sidebar == ("https://www.paper.example/best.html",)
    assert site.articles == (UrlRule("/news/view.html", {"no": "*"}, "no"),)
    assert UrlRule("/best.html") in site.lists
    assert site.layouts == ()


@pytest.mark.parametrize("make", [draft.drafted, draft.frozen])
def test_a_written_draft_loads_and_extracts_the_same(make: object, tmp_path: Path) -> None:
    found = draft.frozen(TASK) if make is draft.frozen else draft.drafted(TASK)
    site = loaded(tmp_path, found.site)
    assert replace(site, digest="") == found.site
    assert draft.same_parts(parse_here(replace(TASK, site=site)), found.page)
    assert found.page.ranked_lists[0].heading == "Most read"


def test_frozen_selectors_are_those_that_people_wrote() -> None:
    (layout,) = draft.frozen(TASK).site.layouts
    assert (layout.selectors.body, layout.selectors.title) == ("#story", ".headline")
    assert layout.selectors.authors == ".byline"
    assert [one.container for one in layout.ranked] in ([], [".best"])


def test_a_frozen_definition_finds_the_parts_of_another_page(tmp_path: Path) -> None:
    site = loaded(tmp_path, draft.frozen(TASK).site)
    other = ParseTask(PAGE.replace("Bridge", "Tunnel").replace("Jane Doe", "John Roe").encode(), URL, site=site)
    body = parse_here(other).body
    assert body is not None
    assert (body.title, body.authors) == ("Tunnel approved", ("John Roe",))


@pytest.mark.parametrize(
    ("own", "links", "path", "key"),
    [
        ("/news/articleView.html?idxno=12345", ["/news/articleView.html?idxno=777"], "/news/articleView.html", "12345"),
        ("/v.php?cat=100&nid=12345", ["/v.php?cat=100&nid=777", "/v.php?cat=100&nid=888"], "/v.php", "12345"),
        ("/news/city/1234567.html", ["/news/sport/7654321.html"], "/news/*/{key}.html", "1234567"),
        ("/a-bridge-reopens-12345", ["/a-tunnel-closes-23456"], "/*-{key}", "12345"),
        ("/12345-a-bridge/", ["/23456-a-tunnel/"], "/{key}-*/", "12345"),
        ("/2025/11/20/a-bridge-has-reopened/", ["/2025/11/19/no-tunnel-in-sight/"], "/*/*/*/{key}/", None),
        ("/article/DGXZQOUB148MY0U5A", ["/article/DGXZQOUB148MY0U6B"], "/article/{key}", "DGXZQOUB148MY0U5A"),
        ("/story/12345/a-bridge", ["/story/23456/a-tunnel"], "/story/{key}/*", "12345"),
    ],
)
def test_rules_from_shapes(own: str, links: list[str], path: str, key: str | None) -> None:
    full = [f"https://paper.example{one}" for one in (own, *links)]
    (rule,) = shapes.article_rules(full[:1], [], full, ["https://paper.example/"])
    assert rule.path == path
    assert key is None or rules.match(rule, full[0]) == key
    assert all(rules.match(rule, url) for url in full)


def test_a_rule_that_takes_sections_for_articles_is_not_drawn() -> None:
    site = "https://paper.example"
    links = [f"{site}/{name}/" for name in ("city", "sport", "culture", "the-long-read-of-today")]
    assert shapes.article_rules([f"{site}/a-bridge-has-reopened/"], [], links, []) == []


def test_a_headline_of_three_words_names_an_article() -> None:
    url = "https://paper.example/news/old-pier-reopens"
    (rule,) = shapes.article_rules([url], [], ["https://paper.example/news/", "https://paper.example/about-us"], [])
    assert rule == UrlRule("/news/{key}")


@pytest.mark.parametrize(
    "url",
    ["https://paper.example/", "https://paper.example/{key}/**", "https://[bad", "https://paper.example/" + "a/" * 99],
)
def test_odd_addresses_make_no_rule_that_does_not_load(url: str) -> None:
    for rule in (*shapes.article_rules([url], [url], [url], []), *shapes.list_rules([url], [])):
        assert rules.check(rule) is None


def test_everything_of_a_site_survives_writing(tmp_path: Path) -> None:
    site = Site(
        name="paper",
        title='새벽 "신문" \\',
        zone="Asia/Seoul",
        seeds=("https://paper.example/?q=%22a%22",),
        hosts=("paper.example", ".paper.example"),
        sidebar=tuple(f"https://paper.example/rank/{n}" for n in range(9)),
        articles=(UrlRule("/v/{key}"), UrlRule("/v", {"보기": "*", "a.b": "c"}, "no")),
        lists=(UrlRule("/l"),),
        allow=(UrlRule("/**"),),
        deny=(UrlRule("/x"),),
        layouts=(
            Layout(selectors=Selectors(body="#a[b='c']", ignore=(".x", ".y")), ranked=(ListSelectors("ol", "li"),)),
        ),
        allow_private=True,
        delay=2.5,
        max_pages=7,
    )
    assert replace(loaded(tmp_path, site), digest="") == site


def test_selectors_pass_over_generated_names() -> None:
    page = html.document_fromstring(
        '<div class="nfyQp css-9d8f7a"><section id="post-81234" class="story"><p class="lead">x</p></section></div>'
    )
    assert freeze.selector_of(page, page.xpath("//section")[0]) == ".story"
    assert freeze.selector_of(page, page.xpath("//p")[0]) == ".lead"
