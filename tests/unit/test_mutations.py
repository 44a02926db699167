"""The pages that the anatomy benchmark changes: they say the same after as before."""

from __future__ import annotations

import pytest

from benchmarks.anatomy.mutations import MUTATIONS, mutated
from crawler.parsers import parse_page

URL = "https://paper.example/news/2026/old-pier-reopens-41200"
PAGE = (
    "<html lang=en><head><title>Old pier reopens</title></head><body><main class=story><h1>Old pier reopens</h1>"
    "<p>4 March 2026</p><div class=text>"
    + "".join(
        f"<p>The pier was shut for {n} winters, and the harbour board has paid for its new planks.</p>" for n in "579"
    )
    + "</div></main><aside class=side><h3>Most read</h3><ol>"
    + "".join(f"<li><a href='/news/2026/story-number-{n}1200'>Story number {n} of the harbour</a></li>" for n in "1234")
    + "</ol></aside></body></html>"
)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_page_says_the_same_after_a_mutation(name: str) -> None:
    before = parse_page(PAGE.encode(), URL)
    changed = mutated(PAGE.encode(), URL, name)
    assert changed == mutated(PAGE.encode(), URL, name)
    after = parse_page(changed, URL, content_type="text/html; charset=utf-8")
    assert before.body is not None
    assert after.body is not None
    assert after.body.title == before.body.title
    assert set(before.body.paragraphs) <= set(after.body.paragraphs)
    assert [one.items for one in after.ranked_lists] == [one.items for one in before.ranked_lists]


def test_names_lose_their_meaning() -> None:
    assert b"class" in mutated(PAGE.encode(), URL, "names without meaning")
    assert b'story"' not in mutated(PAGE.encode(), URL, "names without meaning")
