"""The corners of the parser's cases: bylines, hidden marks, odd encodings, lists with holes, growing live blogs."""

from __future__ import annotations

import pytest

from archive.model import Page
from cpu_time import within
from crawler.discovery.rules import match
from crawler.parsers import parse_page
from crawler.sites.model import UrlRule

URL = "https://paper.example/news/2024/100-harbour.html"
TITLE = "Harbour bridge opens after nine years of work"
TEXT = [
    f"Paragraph {name} tells in one long sentence what the council decided about the harbour bridge that evening."
    for name in ("one", "two", "three", "four", "five", "six")
]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)


def parse(body: str) -> Page:
    html = f"<html lang=en><head><title>{TITLE} - Paper</title></head><body><h1>{TITLE}</h1>{body}</body></html>"
    return parse_page(html.encode(), URL)


def paragraphs(page: Page) -> list[str]:
    assert page.body is not None
    return list(page.body.paragraphs)


def test_46_a_list_with_a_missing_number_and_one_address_twice_keeps_its_order() -> None:
    rows = [("1", "/news/2024/201-a.html"), ("2", "/news/2024/202-b.html"), ("", "/news/2024/203-c.html")]
    rows += [("4", "/news/2024/201-a.html"), ("5", "/news/2024/205-e.html")]
    entries = "".join(
        f"<li><b>{number}</b> <a href='{href}'>Bakers strike over the price of flour, {place}</a></li>"
        for place, (number, href) in enumerate(rows)
    )
    (found,) = parse(f"<article>{BODY}</article><div><h3>Most read</h3><ul>{entries}</ul></div>").ranked_lists
    assert [(item.rank, (item.url or "")[-6:-5]) for item in found.items] == [
        (1, "a"), (2, "b"), (3, "c"), (4, "a"), (5, "e"),
    ]  # fmt: skip


def test_48_a_new_entry_of_a_live_blog_leaves_the_others_as_they_were() -> None:
    def blog(entries: range) -> list[str]:
        posts = "".join(
            f"<div class=entry><time>12:{n % 60:02}</time><p>Entry {n} says in a sentence of its own what happened at"
            " the harbour in the evening.</p></div>"
            for n in entries
        )
        pinned = "<div class='entry pinned'><p>This entry stays on top and says what has happened so far.</p></div>"
        return paragraphs(parse(f"<article>{pinned}{posts}</article>"))

    before, after = blog(range(40, 0, -1)), blog(range(41, 0, -1))
    assert before[0] == after[0]
    assert after[1].startswith("Entry 41 ")
    assert after[2:] == before[1:]


def test_50_marks_that_no_one_sees_stay_in_the_stored_text() -> None:
    marked = [text.replace("harbour", "har\u00adbour\u200b \u202ereversed\u202c") for text in TEXT]
    assert paragraphs(parse("".join(f"<p>{text}</p>" for text in marked))) == marked


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-7", "cp1251", "cp1254"])
def test_51_encodings_without_a_word_about_them(charset: str) -> None:
    say = {
        "cp1251": "Совет решил вечером, что мост через гавань откроют в этом году, решение номер",
        "cp1254": "Meclis bu akşam limanın üzerindeki köprüyü açmaya karar verdiğini duyurdu, karar sayısı",
    }.get(charset, "The council decided in one long sitting that the harbour bridge would open, motion number")
    texts = [f"{say} {n}." for n in range(6)]
    meta = f"<meta charset={charset}>" if charset.startswith("cp") else ""
    html = f"<html><head>{meta}<title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
    page = parse_page((html + "".join(f"<p>{text}</p>" for text in texts)).encode(charset), URL)
    assert paragraphs(page) == texts


def test_51_nul_bytes_lose_no_text() -> None:
    html = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{BODY}".replace("council", "coun\0cil")
    page = parse_page(html.encode(), URL)
    assert [text.replace("\0", "").replace("\ufffd", "") for text in paragraphs(page)] == TEXT


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("By Jane Doe, jane@paper.example", ("Jane Doe",)),
        ("By Jane Doe \U0001f600", ("Jane Doe",)),
        ("By <b>Jane</b> Doe<script>alert(1)</script>", ("Jane Doe",)),
        ("By Jane Doe | Staff reporter", ("Jane Doe",)),
        ("Words by Jane Doe", ("Jane Doe",)),
        ("Von Jane Doe und John Roe", ("Jane Doe", "John Roe")),
        ("Par Jane Doe", ("Jane Doe",)),
        ("Af Jane Doe", ("Jane Doe",)),
        ("Autor: Jane Doe Data publikacji: 04.03.2026, 09:12", ("Jane Doe",)),
        ("Haber: Jane Doe", ("Jane Doe",)),
        ("Oleh Jane Doe", ("Jane Doe",)),
    ],
)
def test_54_bylines_give_names_alone(byline: str, authors: tuple[str, ...]) -> None:
    page = parse(f'<p class="byline">{byline}</p>{BODY}')
    assert page.body is not None
    assert page.body.authors == authors
    assert list(page.body.paragraphs) == TEXT


@pytest.mark.parametrize("path", ["/" + "a" * 1_000_000 + "!", "/" + "a/" * 200_000, "/news/" + "1" * 500_000])
def test_58_the_rules_of_a_definition_take_no_long_time(path: str) -> None:
    with within(2):
        for pattern in ("/*a*a*a/{key}", "/{key}*a", "/news/{key}"):
            match(UrlRule(path=pattern), "https://paper.example" + path)
