"""Arrangements: the blocks that stand together on a page, each arrangement kept once, however many captures show it.

What stands beside all pages of a site seldom changes, and is one arrangement; the lists of a page's own are another. A
sighting is a block of an arrangement (`arranged`) on a capture that shows it (`showing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice

import msgspec
from sqlite_utils import Database

from archive.index.blocks import Found, Identified, blocks_of, drop_unseen, seen
from archive.index.names import Remembering, insert_all, known
from archive.index.values import content_digest

# With at most so many arrangements each is asked for its captures; with more, captures are gone through in time.
_FEW = 300
# Each is remembered by all that it says, some ten kilobytes.
_MOST_REMEMBERED = 256
# Later than all captures, in milliseconds since 1970.
EVER = 2**62

Standing = tuple[tuple[int, int], ...]
"""The keys of lists and of the block that an arrangement shows of each: the fullest of several, never an empty one."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A block on a capture; all but the instant and the capture's id are local keys."""

    at: int
    capture_id: str
    capture: int
    block: int
    xpath: int


def add(db: Database, site: str, parts: Sequence[tuple[Sequence[Identified], bool]]) -> list[tuple[int, Standing]]:
    """The key of the arrangement that each part of a page's blocks makes, and what stands in it.

    A part is blocks, and whether many pages show the same.
    """
    held = db.arrangements if isinstance(db, Remembering) else {}
    added: list[tuple[int, Standing] | None] = []
    new: dict[bytes | int, list[Found]] = {}
    for number, (blocks, shared) in enumerate(parts):
        said = _said(site, blocks)
        before = held.get(said) if shared and said is not None else None
        added.append(before)
        if before is None:
            new[said if shared and said is not None else number] = blocks_of(site, blocks, clean=_clean(said))
    if not new:
        return [one for one in added if one is not None]
    made = dict(zip(new, _known(db, list(new.values())), strict=True))
    for name, one in made.items():
        if isinstance(name, bytes):
            if len(held) >= _MOST_REMEMBERED:
                held.clear()
            held[name] = one
    fresh = iter(made.values())
    return [next(fresh) if one is None else one for one in added]


def _said(site: str, blocks: Sequence[Identified]) -> bytes | None:
    """All that blocks say, by which they are known again; None for what JSON cannot say."""
    try:
        return msgspec.json.encode((site, blocks))
    except (UnicodeEncodeError, OverflowError):  # what the index cannot hold either, and changes
        return None


def _clean(said: bytes | None) -> bool:
    """Whether no text among it must be changed to be stored: JSON has no lone surrogates, and writes NUL like this."""
    return said is not None and b"\\u0000" not in said


def _known(db: Database, parts: Sequence[Sequence[Found]]) -> list[tuple[int, Standing]]:
    """The arrangements of these blocks; made where there are none."""
    standing = [_standing(found) for found in parts]
    digests = [
        digest_of((one.list_id, one.block_id, one.xpath, one.more, one in stand) for one in found)
        for found, stand in zip(parts, standing, strict=True)
    ]
    keys = known(db, "arrangement", "digest", digests)
    made = _make(
        db,
        {
            digest: (found, stand)
            for digest, found, stand in zip(digests, parts, standing, strict=True)
            if digest not in keys
        },
    )
    return [made[digest] if digest in made else (keys[digest], _stands(db, keys[digest])) for digest in digests]


def _stands(db: Database, arrangement: int) -> Standing:
    rows = db.conn.execute("SELECT list, block FROM arranged WHERE arrangement = ? AND stands", (arrangement,))
    return tuple(rows.fetchall())


def digest_of(parts: Iterable[tuple[str, str, str, str | None, bool]]) -> int:
    """What names an arrangement: its parts (list's and block's ids, xpath, where "more" leads, whether it stands)."""
    ordered = sorted([*part[:3], part[3] or "", int(part[4])] for part in parts)
    return int.from_bytes(content_digest(ordered)[:8], signed=True)


def drop_unshown(db: Database, arrangement: int) -> None:
    """Delete an arrangement that no capture shows any more, with blocks and lists that no other has."""
    if db.conn.execute("SELECT 1 FROM showing WHERE arrangement = ? LIMIT 1", (arrangement,)).fetchone():
        return
    parts = db.conn.execute("SELECT list, block, more FROM arranged WHERE arrangement = ?", (arrangement,)).fetchall()
    db.conn.execute("DELETE FROM arranged WHERE arrangement = ?", (arrangement,))
    db.conn.execute("DELETE FROM arrangement WHERE n = ?", (arrangement,))
    for list_key, block, more in parts:
        if more is not None:
            db.conn.execute(
                "UPDATE list_page SET placings = placings - 1 WHERE list = ? AND page = ?", (list_key, more)
            )
        db.conn.execute("DELETE FROM list_page WHERE list = ? AND placings = 0", (list_key,))
        drop_unseen(db, list_key, block)
        db.conn.execute(
            "DELETE FROM list WHERE n = ? AND NOT EXISTS (SELECT 1 FROM block WHERE list = list.n)", (list_key,)
        )


def latest(
    db: Database, list_key: int, until: int, *, limit: int = 1, block: int | None = None, standing: bool = True
) -> list[Sighting]:
    """The last sightings of a list, or of one block of it, up to an instant, the latest first."""
    which = "list = :list" + (" AND block = :block" if block is not None else "") + (" AND stands" if standing else "")
    values = {"list": list_key, "block": block, "until": until, "limit": limit}
    of_list = db.conn.execute(f"SELECT DISTINCT arrangement FROM arranged WHERE {which} LIMIT {_FEW + 1}", values)
    few = [row[0] for row in of_list.fetchall()]
    columns = "s.at, c.id, s.capture, p.block, p.xpath"
    last = "ORDER BY s.at DESC, c.id DESC, p.xpath LIMIT :limit"
    if len(few) > _FEW:
        rows = db.conn.execute(
            f"""SELECT {columns} FROM showing s CROSS JOIN arranged p ON p.arrangement = s.arrangement AND {which}
                CROSS JOIN capture c ON c.n = s.capture WHERE s.at <= :until {last}""",
            values,
        )
        return [Sighting(*row) for row in rows]
    found: list[Sighting] = []
    for arrangement in few:
        rows = db.conn.execute(
            f"""SELECT {columns} FROM showing s CROSS JOIN capture c ON c.n = s.capture
                CROSS JOIN arranged p ON p.arrangement = s.arrangement AND {which}
                WHERE s.arrangement = :arrangement AND s.at <= :until {last}""",
            {**values, "arrangement": arrangement},
        )
        found += (Sighting(*row) for row in rows)
    return nlargest(limit, found, key=lambda one: (one.at, one.capture_id, -one.xpath))


def between(db: Database, list_key: int, first: int, last: int) -> Iterator[Sighting]:
    """The standing sightings of a list from one instant to another, in order of time."""
    of_list = "SELECT DISTINCT arrangement FROM arranged WHERE list = ?"
    few = len(db.conn.execute(f"{of_list} LIMIT {_FEW + 1}", (list_key,)).fetchall()) <= _FEW
    tables = "arranged p CROSS JOIN showing s" if few else "showing s CROSS JOIN arranged p"
    rows = db.conn.execute(
        f"""SELECT s.at, c.id, s.capture, p.block, p.xpath FROM {tables} CROSS JOIN capture c
            WHERE p.list = ? AND p.stands AND s.arrangement = p.arrangement AND s.at BETWEEN ? AND ?
                AND c.n = s.capture ORDER BY s.at, c.id""",
        (list_key, first, last),
    )
    return (Sighting(*row) for row in rows)


def _make(db: Database, wanted: dict[int, tuple[Sequence[Found], Sequence[Found]]]) -> dict[int, tuple[int, Standing]]:
    """Add arrangements, given by digest as blocks and those of them that stand; keys and what stands, by digest."""
    if not wanted:
        return {}
    keys = insert_all(db, "arrangement", ("digest",), [(digest,) for digest in wanted])
    placed = iter(seen(db, [one for found, _ in wanted.values() for one in found]))
    arranged: list[tuple[int, int, int, int, int | None, bool]] = []
    made: dict[int, tuple[int, Standing]] = {}
    for key, (digest, (found, standing)) in zip(keys, wanted.items(), strict=True):
        rows = [
            (key, one.list, one.xpath, one.block, one.more, block in standing)
            for block, one in zip(found, islice(placed, len(found)), strict=True)
        ]
        arranged += rows
        made[digest] = key, tuple((row[1], row[3]) for row in rows if row[5])
    db.conn.executemany(
        "INSERT INTO arranged(arrangement, list, xpath, block, more, stands) VALUES (?, ?, ?, ?, ?, ?)", arranged
    )
    db.conn.executemany(
        "INSERT INTO list_page(list, page, placings) VALUES (?, ?, 1)"
        " ON CONFLICT(list, page) DO UPDATE SET placings = placings + 1",
        [(row[1], row[4]) for row in arranged if row[4] is not None],
    )
    return made


def _standing(found: Sequence[Found]) -> list[Found]:
    """The block that is shown of each list: that with most entries, the first of several; never an empty one."""
    standing: dict[str, Found] = {}
    for one in found:
        if len(one.entries) > (len(standing[one.list_id].entries) if one.list_id in standing else 0):
            standing[one.list_id] = one
    return list(standing.values())
