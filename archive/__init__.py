"""Keeps, finds and replays captures. Knows no site, no page parser and no crawler.

`archive.open(DIR)` reads an archive: captures, articles, rankings, search, records.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.api import Archive

__all__ = ["open"]


def open(directory: str | Path) -> Archive:
    """Open an archive directory for reading. Raises ArchiveMissing, SchemaTooNew, ArchiveDamaged."""
    from archive.api import Archive

    return Archive(Path(directory))
