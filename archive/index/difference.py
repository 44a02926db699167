"""What another index would say of the same captures: articles, versions and lists gained, lost and changed.

`seogo reindex --diff` builds an index with the present parser and definitions beside the one that stands, and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from sqlite_utils import Database

from archive.errors import ArchiveMissing

Kind = Literal["gained", "lost", "changed"]
_LIST: Final = ("id", "site", "heading", "tab", "page_scope")
_SIGHTING: Final = ("id", "url", "captured_at", "site", "heading", "tab", "block_id")
_SIGHTINGS: Final = """(
    SELECT c.id || ' ' || l.id || ' ' || x.path AS id, c.url, c.captured_at, l.site, l.heading, l.tab, b.id AS block_id
    FROM {s}.showing s JOIN {s}.arranged p ON p.arrangement = s.arrangement
    JOIN {s}.list l ON l.n = p.list AND l.kind = '{kind}' JOIN {s}.block b ON b.n = p.block
    JOIN {s}.capture c ON c.n = s.capture JOIN {s}.xpath x ON x.n = p.xpath)"""
# Titles of a block that a sample shows.
_TITLES: Final = 5
# Of each table: by what a row is known, and what is compared. Local keys and the parser's name count for nothing.
_TABLES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "articles": ("{s}.articles", ("id", "site", "title", "published", "url")),
    "article_versions": (
        "{s}.article_versions",
        ("id", "article_id", "title", "subtitle", "authors", "published", "modified", "lang", "text_digest"),
    ),
    "ranked_lists": ("(SELECT * FROM {s}.lists WHERE kind = 'ranked')", _LIST),
    "sections": ("(SELECT * FROM {s}.lists WHERE kind = 'section')", _LIST),
    # What each capture shows of each list, as one row.
    "ranked_list_sightings": (_SIGHTINGS.replace("{kind}", "ranked"), _SIGHTING),
    "section_sightings": (_SIGHTINGS.replace("{kind}", "section"), _SIGHTING),
    "repeats": (
        "(SELECT capture_id || ' ' || xpath AS id, kind, of, text FROM {s}.repeats)",
        ("id", "kind", "of", "text"),
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A row that differs: as it stands, as it would be (None where there is none), by column."""

    id: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Differing:
    """How many rows of a table another index gains, loses or changes, and some of them."""

    table: str
    kind: Kind
    count: int
    samples: tuple[Sample, ...]


def difference(before: Path, after: Path, *, samples: int = 5) -> Iterator[Differing]:
    """Compare two indexes of one archive, `before` as it stands, `after` as it would be; only what differs is given.

    Both are only read. Raises ArchiveMissing where one does not exist.
    """
    for path in (before, after):
        if not path.is_file():
            raise ArchiveMissing(f"{path} does not exist")
    db = Database(memory=True, execute_plugins=False)
    try:
        for name, path in (("old", before), ("new", after)):
            db.execute(f"ATTACH ? AS {name}", [f"file:{quote(str(path.resolve()))}?mode=ro"])
        db.execute("PRAGMA query_only = ON")
        for table, (source, columns) in _TABLES.items():
            yield from _table(db, table, source, columns, samples)
    finally:
        db.close()


def _table(db: Database, table: str, source: str, columns: tuple[str, ...], samples: int) -> Iterator[Differing]:
    old, new = (f"{source.format(s=schema)} AS {alias}" for schema, alias in (("old", "o"), ("new", "w")))
    differs = " OR ".join(f'o."{column}" IS NOT w."{column}"' for column in columns[1:])
    found: tuple[tuple[Kind, str, str, str], ...] = (
        ("gained", "w", f"{new} WHERE w.id NOT IN (SELECT o.id FROM {old})", "w"),
        ("lost", "o", f"{old} WHERE o.id NOT IN (SELECT w.id FROM {new})", "o"),
        ("changed", "ow", f"{old} JOIN {new} ON w.id = o.id WHERE {differs}", "o"),
    )
    for kind, sides, rows, key in found:
        [[count]] = db.execute(f"SELECT count(*) FROM {rows}").fetchall()
        if not count:
            continue
        wanted = ", ".join(f'{side}."{column}"' for side in sides for column in columns)
        some = db.execute(f"SELECT {wanted} FROM {rows} ORDER BY {key}.id LIMIT ?", [samples]).fetchall()
        yield Differing(table, kind, count, tuple(_sample(db, kind, columns, row) for row in some))


def _sample(db: Database, kind: Kind, columns: tuple[str, ...], row: tuple[object, ...]) -> Sample:
    first = dict(zip(columns, row[: len(columns)], strict=True))
    second = dict(zip(columns, row[len(columns) :], strict=False))
    for side, values in (("new" if kind == "gained" else "old", first), ("new", second)):
        if "block_id" in values:
            values["titles"] = _titles(db, side, values["block_id"])
    if kind == "gained":
        return Sample(str(first["id"]), None, first)
    return Sample(str(first["id"]), first, second or None)


def _titles(db: Database, schema: str, block_id: object) -> list[object]:
    rows = db.execute(
        f"""SELECT e.title FROM {schema}.block b JOIN {schema}.block_entry be ON be.block = b.n
            JOIN {schema}.entry e ON e.n = be.entry WHERE b.id = ? ORDER BY be.position LIMIT {_TITLES}""",
        [block_id],
    )
    return [title for (title,) in rows.fetchall()]
