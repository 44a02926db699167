"""Second copies: of a whole block, and of a row inside one."""

from __future__ import annotations

import re

from crawler.parsers.blocks_rows import Row
from crawler.parsers.blocks_words import folded
from crawler.parsers.popularity import is_popular
from crawler.parsers.sections import Draft
from crawler.parsers.tree import Tree

_CLONE = re.compile(r"(?:^|[\s_-])(?:clone[ds]?|duplicate)(?=$|[\s_-])")


def drop_copied_rows(tree: Tree, rows: list[Row]) -> tuple[list[Row], list[tuple[Row, Row]]]:
    """Rows without copies: carousel clones, each with the row it repeats, and a second link of one entry.

    A list cloned for endless scrolling says so in its names, or repeats its other end, in order, at an end. A row that
    comes again by itself may be meant and stays.
    """
    single: list[Row] = []
    for row in rows:
        if single and single[-1].key == row.key and _same_entry(tree, single[-1], row):
            continue
        single.append(row)
    first: dict[str, Row] = {}
    for row in single:
        if not _CLONE.search(tree.names[row.node]):
            first.setdefault(row.key, row)
    kept: list[Row] = []
    clones: list[tuple[Row, Row]] = []
    for row in single:
        original = first.get(row.key)
        if original is not None and original is not row and _CLONE.search(tree.names[row.node]):
            clones.append((row, original))
        else:
            kept.append(row)
    if not clones:
        kept, clones = _without_ends(kept)
    return kept, clones


def _same_entry(tree: Tree, before: Row, row: Row) -> bool:
    """Whether two neighbours with one address are a picture and a title, not two entries of a list."""
    if tree.tags[row.node] != tree.tags[before.node] or tree.names[row.node] != tree.names[before.node]:
        return True
    return not (tree.text(row.node) and tree.text(before.node))


def _without_ends(rows: list[Row]) -> tuple[list[Row], list[tuple[Row, Row]]]:
    keys = [row.key for row in rows]
    size = len(set(keys))
    extra = len(keys) - size
    if size < 3 or extra < 1:
        return rows, []
    for head in range(extra, -1, -1):
        middle = keys[head : head + size]
        if len(set(middle)) == size and all(key == middle[(place - head) % size] for place, key in enumerate(keys)):
            own = dict(zip(middle, rows[head : head + size], strict=True))
            copies = rows[:head] + rows[head + size :]
            return rows[head : head + size], [(row, own[row.key]) for row in copies]
    return rows, []


def drop_copied_drafts(tree: Tree, drafts: list[Draft]) -> tuple[list[Draft], list[tuple[Draft, Draft]]]:
    """Drafts without second copies, and each copy with the one that stays: the visible one, else the first."""
    kept: list[Draft] = []
    copies: list[tuple[Draft, Draft]] = []
    by_items: dict[frozenset[str], int] = {}
    for draft in drafts:
        keys = frozenset(row.key for row in draft.rows)
        place = by_items.get(keys) if len(keys) > 1 else None
        if place is not None and not _same_name(draft, kept[place]):
            place = None
        if place is None or (draft.tab != kept[place].tab and draft.tab is not None):
            by_items[keys] = len(kept)
            kept.append(draft)
            continue
        other = kept[place]
        if _worth(tree, draft) > _worth(tree, other):
            kept[place] = draft
            copies.append((other, draft))
        else:
            copies.append((draft, other))
    return kept, copies


def _same_name(draft: Draft, other: Draft) -> bool:
    """Whether two blocks with the same items claim to be the same: by heading, or both by popularity."""
    if folded(draft.text) == folded(other.text) or not draft.text or not other.text:
        return True
    # Most read and most shared may list the same; in one order they are one list under two names.
    alike = [row.key for row in draft.rows] == [row.key for row in other.rows]
    return alike and is_popular(draft.text) and is_popular(other.text)


def _worth(tree: Tree, draft: Draft) -> tuple[bool, bool, int]:
    heading = draft.heading
    return (not tree.hidden[draft.start], is_popular(draft.text), heading.strength if heading else 0)
