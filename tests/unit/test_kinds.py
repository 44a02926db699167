"""A list is told from a page of another kind, however its rows are built and however few they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.parsers import parse_page

TITLES = [
    "Harbour authority closes the northern quay for repairs",
    "Council votes to keep the old tram depot open",
    "Night trains return to the coast after nine years",
    "How one school halved its heating bill in a winter",
    "Rare owl seen over the power station at dawn",
    "Why bakers are leaving the old town for good",
]
LEAD = (
    "Inspections had found cracks in the oldest piles, so trucks are sent by the southern road until spring, it said."
)
ROWS: dict[str, Callable[[str, str], str]] = {
    "card": lambda url, title: f'<div><h3><a href="{url}">{title}</a></h3><p>{LEAD}</p><span>2026-03-01</span></div>',
    "link around the row": lambda url, title: f'<li><a href="{url}"><div>{title}</div><div>{LEAD}</div></a></li>',
    "plain": lambda url, title: f'<li><a href="{url}">{title}</a> <span>2026-03-01</span></li>',
    "definition": lambda url, title: f'<dl><dt><a href="{url}">{title}</a></dt><dd>{LEAD}</dd></dl>',
}


def page(rows: str) -> bytes:
    return f"""<!doctype html><html lang="en"><title>Economy</title><body><nav><a href="/">Home</a></nav><main>
    <h1>Economy</h1>{rows}<div><a href="?page=2">2</a></div></main></body></html>""".encode()


@pytest.mark.parametrize("shape", ROWS)
@pytest.mark.parametrize(("path", "kind"), [("economy/", "list"), ("category/economy?page=2", "list"), ("", "front")])
def test_six_rows_make_a_list(shape: str, path: str, kind: str) -> None:
    rows = [ROWS[shape](f"/2026/03/{title.replace(' ', '-').lower()}", title) for title in TITLES]
    assert parse_page(page("".join(rows)), f"https://paper.example/{path}").kind == kind


@pytest.mark.parametrize("path", ["contact/", "contact?page=1", ""])
def test_a_page_without_rows_is_no_list(path: str) -> None:
    about = '<p>Desk: <a href="/desk">desk</a></p><p><a href="/terms">Terms of use of this site</a></p>'
    assert parse_page(page(about), f"https://paper.example/{path}").kind == "other"


def test_a_ranking_beside_a_few_words_makes_no_list() -> None:
    rows = [ROWS["plain"](f"/2026/03/{title.replace(' ', '-').lower()}", title) for title in TITLES]
    ranking = f"<p>The harbour office</p><aside><h3>Most read</h3><ol>{''.join(rows)}</ol></aside>"
    parsed = parse_page(page(ranking), "https://paper.example/harbour-office/")
    assert len(parsed.ranked_lists) == 1
    assert parsed.kind == "other"
