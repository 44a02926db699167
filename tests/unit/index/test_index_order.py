"""The public tables depend on the set of captures, never on the order in which they arrive."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from index_builders import at, body, capture, page_items, put, ranked, section
from sqlite_utils import Database

from archive.index import fulltext, items, stretches
from archive.index.database import Index
from archive.index.schema import MIGRATIONS
from archive.index.views import VIEWS
from archive.model import Capture, Items

URLS = ("https://news.test/", "https://news.test/popular", "https://news.test/a/a", "https://m.news.test/a/a")

contents = st.builds(
    lambda title, text, titles, extra, positions, key, kind, more: page_items(
        body(title, text) if title else None,
        ranked(*titles, more=more),
        *([ranked(*extra, xpath="/html/body/aside")] if extra else []),
        section(*positions),
        key=key,
        kind=kind,
        url="https://news.test/a/a",
    ),
    title=st.sampled_from([None, "하나", "둘"]),
    text=st.sampled_from(["본문", "고침"]),
    titles=st.lists(st.sampled_from("abc"), max_size=3),
    extra=st.lists(st.sampled_from("ab"), max_size=2),
    positions=st.lists(st.sampled_from("ax"), max_size=2),
    key=st.sampled_from(["1", "2"]),
    kind=st.sampled_from(["article", "soft-block"]),
    more=st.sampled_from([None, URLS[1]]),
)
# Few instants, so that captures share them and only their ids tell which is first.
visits = st.lists(
    st.tuples(st.sampled_from(URLS), st.integers(0, 3), contents), min_size=1, max_size=8, unique_by=lambda v: v[:2]
)


def empty() -> Database:
    db = Index(memory=True)
    MIGRATIONS.apply(Database(db.conn))
    with db.atomic():
        fulltext.bring_up(db)
    return db


def tables(db: Database) -> dict[str, list[tuple[object, ...]]]:
    found = {name: sorted(db.conn.execute(f"SELECT * FROM {name}"), key=repr) for name in VIEWS}
    found["search"] = sorted(
        (title, word)
        for word in ("하나", "둘", "본문", "고침")
        for (title,) in db.conn.execute(
            "SELECT a.id FROM article_search s JOIN article a ON a.n = s.rowid WHERE article_search MATCH ?",
            [f'"{word}"'],
        )
    )
    return found


def filled(pages: list[tuple[Capture, Items]]) -> Database:
    db = empty()
    for one, its_items in pages:
        put(db, one, its_items)
    return db


@settings(max_examples=80, deadline=None)
@given(visits, st.data())
def test_any_order_gives_the_same_tables(seen: list[tuple[str, int, Items]], data: st.DataObject) -> None:
    pages = [(capture(url, minutes), its_items) for url, minutes, its_items in seen]
    expected = tables(filled(sorted(pages, key=lambda page: (page[0].captured_at, page[0].id))))
    shuffled = data.draw(st.permutations(pages))
    db = filled(shuffled)
    assert tables(db) == expected
    # Applying again, or taking back and applying, changes nothing.
    again, its_items = data.draw(st.sampled_from(pages))
    with db.atomic():
        items.remove(db, again.id)
    put(db, again, its_items)
    put(db, again, its_items)
    assert tables(db) == expected
    db.execute("INSERT INTO article_search(article_search) VALUES ('integrity-check')")


@settings(max_examples=40, deadline=None)
@given(visits, st.data())
def test_taking_back_is_as_if_it_had_never_been(seen: list[tuple[str, int, Items]], data: st.DataObject) -> None:
    pages = [(capture(url, minutes), its_items) for url, minutes, its_items in seen]
    gone = data.draw(st.sampled_from(pages))
    db = filled(data.draw(st.permutations(pages)))
    with db.atomic():
        items.remove(db, gone[0].id)
        db.execute("DELETE FROM capture WHERE id = ?", [gone[0].id])
    assert tables(db) == tables(filled([page for page in pages if page is not gone]))


def naive_stretches(seen: list[tuple[Capture, tuple[str, ...]]]) -> list[tuple[int, str, str, str, int]]:
    """The definition of a stretch, entry by entry and capture by capture."""
    standing = [
        (one.captured_at, titles) for one, titles in sorted(seen, key=lambda s: (s[0].captured_at, s[0].id)) if titles
    ]
    found = []
    for rank in range(1, 4):
        for title in "abc":
            run: list[str] = []
            for captured_at, titles in [*standing, ("", ())]:
                if len(titles) >= rank and titles[rank - 1] == title:
                    run.append(captured_at)
                elif run:
                    found.append((rank, title, run[0], run[-1], len(run)))
                    run = []
    return sorted(found)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(tuple)),
        min_size=1,
        max_size=8,
    ),
)
def test_history_is_what_the_definition_says(seen: list[tuple[int, tuple[str, ...]]]) -> None:
    pages = [(capture(f"{URLS[0]}?{n}", minutes), titles) for n, (minutes, titles) in enumerate(seen)]
    db = filled([(one, page_items(None, ranked(*titles), kind="front")) for one, titles in pages])
    found = db.conn.execute("SELECT rank, title, first_seen, last_seen, sightings FROM ranking_history")
    assert sorted(found) == naive_stretches(pages)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(tuple), min_size=1, max_size=12),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
)
def test_narrowed_history_is_cut_nowhere(seen: list[tuple[str, ...]], begin: int, end: int, paged: bool) -> None:
    """Hours or weeks apart: what a window shows is what the whole history shows of it."""
    hours = [n if n % 3 else n * 24 * 7 for n in range(len(seen))]
    db = filled(
        [
            (
                capture(URLS[n % 2 if paged else 0], hour * 60),
                page_items(None, ranked(*titles, more=URLS[1]), kind="front"),
            )
            for n, (hour, titles) in enumerate(zip(sorted(hours), seen, strict=True))
        ]
    )
    since, until = sorted((at(begin * 24 * 60), at(end * 24 * 60)))
    whole = list(stretches.stretches(db, "ranked"))
    assert len(whole) == db.conn.execute("SELECT count(*) FROM ranking_history").fetchone()[0]
    narrowed = list(stretches.stretches(db, "ranked", since=since, until=until))
    assert narrowed == [one for one in whole if one.last_seen >= since and one.first_seen <= until]
    of_one = list(stretches.stretches(db, "ranked", url="https://news.test/a/b", since=since))
    assert of_one == [one for one in whole if one.title == "b" and one.last_seen >= since]
