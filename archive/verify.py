"""Checks an archive: every record of every WARC file, and the index against them, both ways. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing
from archive.file_check import FileCheck
from archive.file_check import Finding as Finding
from archive.index.database import connect
from archive.warc import files


@dataclass(frozen=True, slots=True)
class Summary:
    """What was read, and how much was found."""

    files: int
    records: int
    captures: int
    bytes: int
    findings: int
    damaged: int

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings, 3 damage."""
        return 3 if self.damaged else 1 if self.findings else 0


def verify(
    directory: Path, found: Callable[[Finding], None], progress: Callable[[int, int], None] | None = None
) -> Summary:
    """Checks everything and tells each finding as it comes; `progress(bytes, of)` after every file and MiB.

    Raises ArchiveMissing when the directory is no archive. While a run is writing, its last records may be told of as
    not yet indexed.
    """
    if not files.folder(directory).is_dir():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {files.folder(directory)}")
    tally = {"findings": 0, "damaged": 0, "records": 0, "captures": 0}

    def tell(finding: Finding) -> None:
        tally["findings"] += 1
        tally["damaged"] += finding.damaged
        found(finding)

    names = files.names(directory)
    paths = [files.locate(directory, name) for name in names]
    total = sum(path.stat().st_size for path in paths)
    done = 0
    db = _index(directory, tell)
    try:
        for path in paths:
            check = FileCheck(path, db, tell)
            told = done
            for offset in check.run():
                if progress and done + offset - told >= 1 << 20:
                    told = done + offset
                    progress(told, total)
            tally["records"] += check.records
            tally["captures"] += check.captures
            done += path.stat().st_size
            if progress:
                progress(done, total)
        if db is not None:
            for finding in _files_gone(db, names):
                tell(finding)
    finally:
        if db is not None:
            db.close()
    return Summary(len(names), tally["records"], tally["captures"], done, tally["findings"], tally["damaged"])


def _index(directory: Path, tell: Callable[[Finding], None]) -> Database | None:
    """The index, when it can be read and is a sound database."""
    try:
        db = connect(directory / "index.db", readonly=True)
    except ArchiveMissing:
        tell(Finding("index", False, "there is no index.db; `seogo reindex` makes it from the WARC files"))
        return None
    except ArchiveError as error:
        # One of an earlier version is whole, and only waits to be brought up.
        tell(Finding("index", error.exit_code == ArchiveDamaged.exit_code, str(error)))
        return None
    answers = [str(row[0]) for row in db.execute("PRAGMA quick_check(5)").fetchall()]
    if answers != ["ok"]:
        tell(Finding("index", True, f"index.db is damaged ({answers[0]}); `seogo reindex` makes it anew"))
        db.close()
        return None
    return db


def _files_gone(db: Database, names: list[str]) -> Iterator[Finding]:
    """Files that the index knows and the archive has not."""
    for name, count in db.execute("SELECT warc_file, count(*) FROM captures GROUP BY warc_file").fetchall():
        if name not in names:
            yield Finding("missing", True, f"the file is gone, and {count} captures with it; restore it", file=name)
