"""Ranks: the numbers of a ranked list's rows, read where they are shown, counted where they are not."""

from __future__ import annotations

import re

from crawler.parsers.blocks_outline import Outline
from crawler.parsers.blocks_rows import Row
from crawler.parsers.blocks_titles import split_rank

_NUMBER = re.compile(r"^\W*(?:no\.?\s*)?(\d{1,2})\W*(?:위|位|°|º|\.)?\W*$", re.IGNORECASE)


def shown_rank(outline: Outline, row: Row) -> int | None:
    """The rank that stands as a text of its own at the head of a row."""
    first = outline.first_run[row.node]
    for run in range(first, min(outline.last_run[row.node], first + 12)):
        text = outline.runs[run]
        if text == " ":
            continue
        found = _NUMBER.match(text)
        return int(found[1]) if found else None
    return None


def rank_rows(outline: Outline, rows: list[Row], titles: list[str]) -> tuple[list[int], list[str]]:
    """Ranks and titles of a ranked list's rows: ranks shown win, glued ones are cut off, else order counts."""
    glued = [split_rank(title) for title in titles]
    numbers = [rank for rank, _ in glued]
    if len(rows) > 1 and numbers == list(range(1, len(rows) + 1)):
        return list(range(1, len(rows) + 1)), [title for _, title in glued]
    shown = [shown_rank(outline, row) for row in rows]
    if rows and all(rank is not None for rank in shown):
        ranks = [rank for rank in shown if rank is not None]
        if min(ranks) >= 1 and max(ranks) <= 100:
            return ranks, titles
    return list(range(1, len(rows) + 1)), titles
