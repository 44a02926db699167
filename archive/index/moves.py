"""What moved in a list between two captures of it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.index.standings import Entry, Standing


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of a list at two captures; `before` and `now` are ranks or positions, None where it did not stand."""

    list_id: str
    before: int | None
    now: int | None
    title: str
    url: str | None
    article_id: str | None


def moves(before: Standing | None, now: Standing) -> list[Move]:
    """The entries as they stand now, then those that left. Without an earlier standing all are new."""
    earlier = {_what(entry): entry for entry in reversed(before.entries)} if before is not None else {}
    found = []
    for entry in now.entries:
        was = earlier.pop(_what(entry), None)
        found.append(_move(now.list_id, None if was is None else _place(was), _place(entry), entry))
    left = sorted(earlier.values(), key=_place)
    return found + [_move(now.list_id, _place(entry), None, entry) for entry in left]


def _move(list_id: str, before: int | None, now: int | None, entry: Entry) -> Move:
    return Move(list_id, before, now, entry.title, entry.url, entry.article_id)


def _place(entry: Entry) -> int:
    return entry.position if entry.rank is None else entry.rank


def _what(entry: Entry) -> str:
    return entry.article_id or entry.url or entry.title
