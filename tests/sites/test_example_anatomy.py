"""Every article and list page of the example site, taken apart without selectors and compared with its answers."""

from __future__ import annotations

import gzip
import urllib.request
from collections.abc import Iterator

import pytest

from archive.model import Page
from crawler.example import ExampleSite, ExpectedArticle, expected, serve
from crawler.parsers import parse_page


@pytest.fixture(scope="module", params=(1, 2))
def site(request: pytest.FixtureRequest) -> Iterator[ExampleSite]:
    with serve(edition=request.param) as running:
        yield running


def parsed(url: str) -> Page:
    with urllib.request.urlopen(url, timeout=600) as response:
        body = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return parse_page(body, url, content_type=response.headers.get("Content-Type"))


def differences(page: Page, answer: ExpectedArticle) -> list[str]:
    if page.kind != "article" or page.body is None:
        return [f"kind {page.kind}"]
    body = page.body
    pairs = {
        "title": (body.title, answer.title),
        "kicker": (body.kicker, answer.kicker),
        "subtitle": (body.subtitle, answer.subtitle),
        "authors": (body.authors, answer.authors),
        # The page may show the minute where the paper knows the second.
        "published": ((body.published or "")[:16], answer.published[:16]),
        "modified": ((body.modified or "")[:16], (answer.modified or "")[:16]),
        "tags": (body.tags, answer.tags),
        "paragraphs": (body.paragraphs, answer.paragraphs),
        "lang": (page.lang, answer.lang),
    }
    return [f"{name}: {found!r}, not {right!r}" for name, (found, right) in pairs.items() if found != right]


def test_articles(site: ExampleSite) -> None:
    answers = expected(site.edition, site.origin)
    rankings = [(each.heading, each.tab, each.more_url, each.items) for each in answers.rankings.values()]
    sections = [(each.heading, each.more_url, each.items) for each in answers.sections.values()]
    wrong: list[str] = []
    for answer in answers.articles.values():
        page = parsed(answer.url)
        found = differences(page, answer)
        ranked = [
            (each.heading, each.tab, each.more_url, tuple((item.rank, item.title, item.url) for item in each.items))
            for each in page.ranked_lists
        ]
        if ranked != rankings:
            found.append("ranked lists")
        blocks = [
            (each.heading, each.more_url, tuple((item.title, item.url) for item in each.items))
            for each in page.sections
        ]
        if [block for block in blocks if not answer.related or block[2] != answer.related] != sections:
            found.append("sections")
        if answer.related and not any(block[2] == answer.related for block in blocks):
            found.append("related articles")
        if [repeat.kind for repeat in page.repeats] != ["body"]:
            found.append(f"repeats of the {answer.copy} copy")
        wrong.extend(f"{answer.key}: {what}" for what in found)
    assert wrong == []


def test_full_rankings(site: ExampleSite) -> None:
    """The page behind a ranking's "more" link: its tabs are pages of their own, its list stands in two columns."""
    for answer in expected(site.edition, site.origin).rankings.values():
        page = parsed(answer.more_url)
        found = [
            (each.heading, each.tab, tuple((item.rank, item.title, item.url) for item in each.items))
            for each in page.ranked_lists
        ]
        assert (page.kind, found) == ("list", [(answer.heading, answer.tab, answer.full)])
