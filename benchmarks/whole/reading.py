"""Reads every record of a WARC file to its end: `python reading.py READER FILE` prints what it was and took, as JSON.

The file runs in the peers' environment too, where nothing of Seogo is.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def seogo(file: Path) -> Iterator[int]:
    """The lengths of the blocks, in order."""
    from archive.warc.reader import scan

    for record in scan(file):
        if isinstance(record, Exception):
            raise record
        yield sum(len(piece) for piece in record.pieces())


def warcio(file: Path) -> Iterator[int]:
    """The same."""
    from warcio.archiveiterator import ArchiveIterator

    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, no_record_parse=True):
            yield len(record.raw_stream.read())


def fastwarc(file: Path) -> Iterator[int]:
    """The same."""
    from fastwarc import ArchiveIterator

    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            yield len(record.reader.read())


READERS: dict[str, Callable[[Path], Iterator[int]]] = {"seogo": seogo, "warcio": warcio, "fastwarc": fastwarc}


def main() -> None:
    """Read once."""
    reader = READERS[sys.argv[1]]
    begun = time.process_time()
    lengths = list(reader(Path(sys.argv[2])))
    print(json.dumps({"records": len(lengths), "bytes": sum(lengths), "cpu": time.process_time() - begun}))


if __name__ == "__main__":
    main()
