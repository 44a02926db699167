"""What follows an article on its page: readers' comments, and the next article, are none of its text."""

from __future__ import annotations

import pytest

from crawler.parsers import parse_page

URL = "https://paper.example/news/2024/page.html"


def said(who: str, count: int) -> list[str]:
    return [
        f"{who} told the harbour council in sentence {place} what the repairs of the old pier would cost the town."
        for place in range(count)
    ]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p class='c1'>{text}</p>" for text in texts)


def article(headline: str, texts: list[str], after: str = "") -> str:
    return (
        f"<div class='c7'><div class='c8'><h1 class='c2'>{headline}</h1></div>"
        f"<div class='c3'>{paragraphs(texts)}</div>{after}</div>"
    )


def body(markup: str) -> list[str]:
    found = parse_page(f"<html><title>Pier</title><body>{markup}</body></html>".encode(), URL).body
    assert found is not None
    return [block.text for block in found.blocks]


@pytest.mark.parametrize(
    "label", ["Comments", "Comentarios 12", "댓글 12개", "Комментарии (12)", "12 comments", "評論"]
)
def test_comments_under_their_heading_are_no_text_of_the_article(label: str) -> None:
    own = said("The mayor", 6)
    remarks = "".join(f"<div class='c9'><div>reader{n}</div><p>{text}</p></div>" for n, text in enumerate(said("I", 9)))
    block = f"<div class='c4'><div class='c5'>{label}</div>{remarks}</div>"
    assert body(article("The old pier closes for repairs this winter", own, block)) == own


def test_the_next_article_is_none_of_the_first() -> None:
    own = said("The mayor", 6)
    first = article("The old pier closes for repairs this winter", own)
    second = article("Night trains return to the northern line", said("The railway", 9))
    assert body(f"<main class='c0'>{first}{second}</main>") == own
    assert body(f"<main class='c0'>{first}</main><div class='c6'>{second}</div>") == own


def test_headings_of_the_first_rank_inside_a_text_do_not_end_it() -> None:
    one, two = said("The mayor", 6), said("The railway", 6)
    page = (
        "<div class='c7'><h1 class='c2'>The old pier closes for repairs this winter</h1>"
        f"{paragraphs(one)}<h1 class='c2'>What it costs</h1>{paragraphs(two)}</div>"
    )
    assert body(page) == [*one, "What it costs", *two]


def test_an_article_after_the_word_comments_is_kept() -> None:
    own = said("The mayor", 6)
    page = (
        "<div class='c7'><h1 class='c2'>The old pier closes for repairs this winter</h1>"
        f"<div class='c3'><div>Comments 3</div>{paragraphs(own)}</div></div>"
    )
    assert body(page) == own


def test_comments_after_a_heading_in_the_articles_own_element() -> None:
    own = said("The mayor", 6)
    remarks = "".join(f"<div class='c9'><b>reader{n}</b><div>{text}</div></div>" for n, text in enumerate(said("I", 7)))
    assert body(article("The old pier closes for repairs this winter", own, f"<h3>7 Comments</h3>{remarks}")) == own


def test_articles_one_below_the_other_without_classes() -> None:
    own = said("The mayor", 6)
    one = f"<article><h1>The old pier closes for repairs this winter</h1>{paragraphs(own)}</article>"
    two = f"<article><h1>Night trains return to the line</h1>{paragraphs(said('The railway', 9))}</article>"
    assert body(f"<main>{one}{two}</main>") == own


def test_the_next_article_under_a_linked_headline_of_the_same_look() -> None:
    own = said("The mayor", 6)
    first = article("The old pier closes for repairs this winter", own)
    second = article("<a href='/night'>Night trains return to the line</a>", said("The railway", 9))
    assert body(f"<main>{first}{second.replace('h1', 'h2')}</main>") == own
