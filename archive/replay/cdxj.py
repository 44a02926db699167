"""The captures as a CDXJ file, sorted as pywb and other replay tools expect: by key, then time, in bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Final

from archive.index.captures import COLUMNS
from archive.model import Capture
from archive.replay.cdx import lines
from archive.replay.store import Store

NAME: Final = "index.cdxj"
_AT_ONCE: Final = 1000


def write_index(store: Store) -> tuple[Path, int]:
    """Write DIR/indexes/index.cdxj; it stands there only when it is whole. Returns its path and how many captures.

    Raises ArchiveMissing, ArchiveDamaged, OSError.
    """
    folder = store.archive.directory / "indexes"
    folder.mkdir(exist_ok=True)
    part = folder / (NAME + ".part")
    count = 0
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for _, same in groupby(_lines(store), key=lambda line: line.split(" ", 2)[:2]):
            # Captures of one second, which CDXJ cannot tell apart, still have one order.
            for line in sorted(same):
                file.write(line)
                count += 1
    part.replace(folder / NAME)
    return folder / NAME, count


def _lines(store: Store) -> Iterator[str]:
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    rows = store.db.conn.execute(f"SELECT {columns} FROM captures ORDER BY url_key, captured_at, id")
    while some := [Capture(*row) for row in islice(rows, _AT_ONCE)]:
        yield from lines(store.directory, some, as_json=False)
