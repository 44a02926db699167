"""What was taken down: `excluded.jsonl` beside the index says it, and the index hides it.

Rows of excluded captures stay, so that the index still agrees with the WARC, but nothing is derived from them and no
public table shows them; entries that lead to excluded addresses are hidden in lists. `excluded.jsonl` outlives the
index: `database.connect` brings a new one up to it before anything is written there.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, WriteFailed
from archive.index import items
from archive.index.values import storable
from archive.urls import url_key

NAME: Final = "excluded.jsonl"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A line of excluded.jsonl: when, why, what was named, and the url keys and capture ids that it covers."""

    at: str
    reason: str
    named: str
    url_keys: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()


def read(directory: Path) -> list[Exclusion]:
    """All that was taken down, in order; a torn last line never took effect. Raises ArchiveDamaged for a bad line."""
    path = directory / NAME
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            row = json.loads(line)
            keys, ids = ([str(one) for one in row[name]] for name in ("url_keys", "captures"))
            found.append(Exclusion(str(row["at"]), str(row["reason"]), str(row["named"]), tuple(keys), tuple(ids)))
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path} line {number} is no exclusion: put it right by hand, since it says what must stay hidden"
            raise ArchiveDamaged(message) from error
    return found


def append(directory: Path, exclusion: Exclusion) -> None:
    """Write an exclusion down; it is on the disk when this returns. Raises WriteFailed."""
    path = directory / NAME
    line = json.dumps(asdict(exclusion), ensure_ascii=False) + "\n"
    try:
        with path.open("ab+") as file:
            # What a killed process left unfinished never took effect.
            file.seek(0)
            whole = file.read().rfind(b"\n") + 1
            file.truncate(whole)
            file.write(line.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written: {error.strerror}") from error


def bring_up(db: Database, directory: Path) -> None:
    """Hide what excluded.jsonl names and the index does not hide yet; within a transaction."""
    row = db.conn.execute("SELECT value FROM setting WHERE name = 'exclusions'").fetchone()
    done = int(row[0]) if row else 0
    path = directory / NAME
    if (path.stat().st_size if path.is_file() else 0) == done:
        return
    for exclusion in read(directory):
        hide(db, exclusion)
    db.conn.execute("INSERT OR REPLACE INTO setting(name, value) VALUES ('exclusions', ?)", (str(path.stat().st_size),))


def hide(db: Database, exclusion: Exclusion) -> None:
    """Hide what an exclusion covers, and from now on what comes of it."""
    rows = [("url", storable(key)) for key in exclusion.url_keys]
    rows += [("capture", storable(one)) for one in exclusion.captures]
    db.conn.executemany("INSERT OR IGNORE INTO exclusion(kind, value) VALUES (?, ?)", rows)
    hide_captures(db)
    keys = set(exclusion.url_keys)
    if keys:
        found = db.conn.execute(
            "SELECT e.n, coalesce(e.url, k.text) FROM entry e JOIN address k ON k.n = e.address WHERE NOT e.excluded"
        )
        hidden = [(n,) for n, url in found if url_key(url) in keys]
        db.conn.executemany("UPDATE entry SET excluded = 1 WHERE n = ?", hidden)


def hide_captures(db: Database) -> None:
    """Hide the captures that exclusions cover, and the revisits of them; what was derived from them goes."""
    while found := [
        row[0]
        for row in db.conn.execute(
            """SELECT c.id FROM exclusion x CROSS JOIN capture c ON c.url_key = x.value
               WHERE x.kind = 'url' AND NOT c.excluded
               UNION SELECT c.id FROM exclusion x CROSS JOIN capture c ON c.id = x.value
               WHERE x.kind = 'capture' AND NOT c.excluded
               UNION SELECT c.id FROM capture c JOIN capture o ON o.id = c.refers_to
               WHERE c.kind = 'revisit' AND o.excluded AND NOT c.excluded"""
        )
    ]:
        for capture_id in found:
            items.remove(db, capture_id)
        db.conn.executemany(
            "UPDATE capture SET excluded = 1, parsed_by = coalesce(parsed_by, '') WHERE id = ?",
            [(capture_id,) for capture_id in found],
        )
