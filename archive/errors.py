"""Errors of the archive.

ArchiveError                    anything a person can be told in one sentence
├── ArchiveBusy                 another process holds the archive's lock (exit 75)
├── ArchiveMissing              the directory is no archive, or cannot be read or written
├── WriteFailed                 the disk is full or fails; what was promised before is whole
├── ArchiveDamaged              a WARC file or the index is not what it should be (exit 3)
│   └── RecordError             one record, with its file and offset
│       ├── TruncatedRecord     the file ends inside the record
│       ├── CorruptRecord       the bytes are no gzip member, or no WARC record
│       └── DigestMismatch      the bytes are not those whose digest is written down
├── SchemaTooNew                the index was written by a later Seogo
├── ImportRefused               a file that is not taken in: no WARC or WACZ, or one that cannot be trusted
├── DocumentError               bytes that cannot become a tree (empty, too large, no text)
└── NotFound                    no such capture, article, list or block
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Anything of the archive that a person can be told in one sentence: what, where, what to do."""

    exit_code = 1


class ArchiveBusy(ArchiveError):
    """Another process holds the archive's lock."""

    exit_code = 75


class ArchiveMissing(ArchiveError):
    """The directory is no archive, or cannot be read or written."""

    exit_code = 2


class WriteFailed(ArchiveError):
    """The disk is full or fails. The file was rolled back to its last whole record; nothing durable is lost.

    `full`: there was no room, so that the same write may go well later.
    """

    def __init__(self, message: str, *, full: bool = False) -> None:
        super().__init__(message)
        self.full = full


class ArchiveDamaged(ArchiveError):
    """A WARC file or the index is not what it should be."""

    exit_code = 3


class RecordError(ArchiveDamaged):
    """One damaged record. `file` is a path or name, `offset` in bytes from the file's start."""

    def __init__(self, reason: str, file: str, offset: int) -> None:
        super().__init__(f"{file} at byte {offset}: {reason}")
        self.reason = reason
        self.file = file
        self.offset = offset


class TruncatedRecord(RecordError):
    """The file ends inside the record."""


class CorruptRecord(RecordError):
    """The bytes are no gzip member, or the member holds no WARC record."""


class DigestMismatch(RecordError):
    """The bytes are not those whose digest is written down."""


class SchemaTooNew(ArchiveError):
    """The index was written by a later Seogo than this one."""

    exit_code = 3


class ImportRefused(ArchiveError):
    """A file that is not taken in: it is no WARC or WACZ, or one that cannot be trusted; nothing of it was stored."""


class DocumentError(ArchiveError):
    """Bytes that cannot become a tree: empty, too large, or no text."""


class NotFound(ArchiveError):
    """No such capture, article, list or block."""

    exit_code = 1
