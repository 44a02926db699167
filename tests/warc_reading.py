"""What tests ask of WARC files: their records without damage, and which files are still open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.errors import RecordError
from archive.warc import files
from archive.warc.reader import Record, scan


def iter_records(path: Path, *, lenient: bool = False) -> Iterator[Record]:
    """The records of a file. Raises RecordError at the first damage."""
    for found in scan(path, lenient=lenient):
        if isinstance(found, RecordError):
            raise found
        yield found


def open_names(directory: Path) -> list[str]:
    """The final names of the files that bear `.open`."""
    return [name for name in files.names(directory) if (files.folder(directory) / (name + files.OPEN)).exists()]
