"""Second copies: of a whole block, and of a row inside one."""

from __future__ import annotations

from crawler.parsers.blocks_outline import Outline
from crawler.parsers.blocks_rows import Row
from crawler.parsers.blocks_words import is_popular
from crawler.parsers.sections import Draft


def drop_copied_rows(rows: list[Row]) -> tuple[list[Row], list[tuple[Row, Row]]]:
    """Rows without carousel clones, and each clone with the row it repeats.

    A list that was cloned for endless scrolling repeats a run of its rows at an end; a single address that comes
    again may be meant.
    """
    first: dict[str, Row] = {}
    kept: list[Row] = []
    clones: list[tuple[Row, Row]] = []
    for row in rows:
        if row.key in first:
            clones.append((row, first[row.key]))
        else:
            first[row.key] = row
            kept.append(row)
    return kept, clones


def drop_copied_drafts(outline: Outline, drafts: list[Draft]) -> tuple[list[Draft], list[tuple[Draft, Draft]]]:
    """Drafts without second copies of a block, and each copy with the one that stays: the visible one, else the first."""
    kept: list[Draft] = []
    copies: list[tuple[Draft, Draft]] = []
    by_items: dict[frozenset[str], int] = {}
    for draft in drafts:
        keys = frozenset(row.key for row in draft.rows)
        place = by_items.get(keys) if len(keys) > 1 else None
        if place is None or (draft.tab != kept[place].tab and draft.tab is not None):
            by_items[keys] = len(kept)
            kept.append(draft)
            continue
        other = kept[place]
        if _worth(outline, draft) > _worth(outline, other):
            kept[place] = draft
            copies.append((other, draft))
        else:
            copies.append((draft, other))
    return kept, copies


def _worth(outline: Outline, draft: Draft) -> tuple[bool, bool, int]:
    heading = draft.heading
    return (not outline.hidden[draft.start], is_popular(draft.text), heading.strength if heading else 0)
