"""The report of a run: what of it is durable, counted in the index; and its lines for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from archive import times
from archive.model import Run

_COUNTS = {
    "captures": "SELECT count(*) FROM captures WHERE run_id = :run",
    "pages": "SELECT count(*) FROM captures WHERE run_id = :run AND parsed_by != ''",
    "new": "SELECT count(*) FROM captures WHERE run_id = :run AND kind = 'response'",
    "unchanged": "SELECT count(*) FROM captures WHERE run_id = :run AND kind = 'revisit'",
    "bytes": "SELECT coalesce(sum(length), 0) FROM captures WHERE run_id = :run",
    "articles": """SELECT count(DISTINCT v.article_id) FROM article_versions v JOIN captures c ON c.id = v.capture_id
        JOIN articles a ON a.id = v.article_id WHERE c.run_id = :run AND a.first_captured_at = v.captured_at""",
    "versions": """SELECT count(*) FROM article_versions v JOIN captures c ON c.id = v.capture_id
        WHERE c.run_id = :run""",
    "ranked_lists": """SELECT count(DISTINCT s.list_id) FROM sightings s JOIN captures c ON c.id = s.capture_id
        JOIN lists l ON l.id = s.list_id WHERE c.run_id = :run AND l.kind = 'ranked'""",
    "sections": """SELECT count(DISTINCT s.list_id) FROM sightings s JOIN captures c ON c.id = s.capture_id
        JOIN lists l ON l.id = s.list_id WHERE c.run_id = :run AND l.kind = 'section'""",
    "repeats": "SELECT count(*) FROM repeats r JOIN captures c ON c.id = r.capture_id WHERE c.run_id = :run",
}
# A site may well have no robots.txt; that is no failure.
_FAILED = """SELECT CASE outcome WHEN 'http-error' THEN lower(replace(reason, ' ', '-')) ELSE outcome END, count(*)
    FROM outcomes WHERE run_id = :run AND outcome NOT IN ('stored', 'unchanged', 'redirect', 'imported', 'other-shard',
    'trap')
    AND NOT (outcome = 'http-error' AND url LIKE '%/robots.txt') GROUP BY 1 ORDER BY 2 DESC, 1"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run left in the archive; every number counts durable rows, `bytes` their response records.

    `captures` are `new` and `unchanged` together; `articles` were not in the archive before, `versions` are new texts
    of old or new ones; `failed` counts URLs by
    the word of their outcome.
    """

    run: str
    site: str
    outcome: str
    seconds: float
    captures: int
    pages: int
    new: int
    unchanged: int
    bytes: int
    articles: int
    versions: int
    ranked_lists: int
    sections: int
    repeats: int
    failed: Mapping[str, int]

    def counts(self) -> dict[str, int]:
        """The numbers alone, as `runs.counts` keeps them."""
        numbers = {name: getattr(self, name) for name in _COUNTS}
        return {**numbers, "failed": sum(self.failed.values())}

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON has it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The summary for people."""
        failed = ", ".join(f"{reason} {count}" for reason, count in self.failed.items())
        rows = [
            ("captures", f"{self.captures} ({self.new} new, {self.unchanged} unchanged), {size(self.bytes)}"),
            ("pages parsed", f"{self.pages}"),
            ("new articles", f"{self.articles} ({self.versions} new versions)"),
            ("ranked lists", f"{self.ranked_lists}"),
            ("sections", f"{self.sections}"),
            ("repeats dropped", f"{self.repeats}"),
            ("failed", f"{sum(self.failed.values())}" + (f" ({failed})" if failed else "")),
        ]
        return [
            f"{self.site}: {self.outcome} in {self.seconds:.1f} s",
            *(f"  {name:<16} {said}" for name, said in rows),
        ]


def summarise(db: Database, run: Run, outcome: str) -> Summary:
    """The summary of a run that ends now; reads the index only."""
    bound = {"run": run.id}
    numbers = {name: int(db.execute(sql, bound).fetchone()[0]) for name, sql in _COUNTS.items()}
    failed = {str(reason): int(count) for reason, count in db.execute(_FAILED, bound)}
    took: timedelta = times.now() - times.from_text(run.started_at)
    return Summary(
        run=run.id, site=run.site, outcome=outcome, seconds=round(took.total_seconds(), 1), failed=failed, **numbers
    )


def size(count: int) -> str:
    """Bytes for people.

    >>> size(999), size(1_500_000)
    ('999 B', '1.5 MB')
    """
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError


def width(text: str) -> int:
    """The columns a text takes in a terminal: Hangul and Han take two each.

    >>> width("약업 1")
    6
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def shortened(text: str, columns: int) -> str:
    """A text on one line, cut to a number of columns; what could steer a terminal is left out."""
    clean = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if width(clean) <= columns:
        return clean
    cut, taken = "", 1
    for one in clean:
        taken += width(one)
        if taken > columns:
            break
        cut += one
    return cut + "…"


def table(rows: Iterable[Sequence[str]], most: int = 60) -> list[str]:
    """Rows as aligned lines, each cell cut to `most` columns; the last column is not padded."""
    cells = [[shortened(cell, most) for cell in row] for row in rows]
    widths = [max(width(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return lines
