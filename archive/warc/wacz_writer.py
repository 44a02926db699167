"""Writes WACZ packages, streamed: https://specs.webrecorder.net/wacz/1.1.1/

Records go into one WARC file inside the package as the whole gzip members they are; what is said of them (index, pages)
waits in temporary files until the WARC is complete. Nothing grows with the number of captures.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from archive.errors import CorruptRecord
from archive.model import Run
from archive.times import to_text
from archive.warc import compose, files, member
from archive.warc.record import Record

WARC_NAME: Final = "data.warc.gz"
WACZ_VERSION: Final = "1.1.1"
# Lines of the index a compressed block: a reader inflates one to find a capture.
_BLOCK_LINES: Final = 1024
_PIECE: Final = 1 << 20
_HELD: Final = 4 << 20
_PAGES_HEAD: Final = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}


@dataclass(slots=True)
class _Resource:
    """A file of the package while it is written: its bytes go through here to be counted and hashed."""

    path: str
    target: IO[bytes]
    size: int = 0
    hashed: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> None:
        self.target.write(data)
        self.hashed.update(data)
        self.size += len(data)

    def described(self) -> dict[str, Any]:
        name = self.path.rpartition("/")[2].lower()
        return {"name": name, "path": self.path, "hash": f"sha256:{self.hashed.hexdigest()}", "bytes": self.size}


class WaczWriter:
    """A package being written; a context manager. It stands under its name only when all of it was written.

    Captures are added in order of url key and time: the index inside is sorted because they come so.
    """

    def __init__(self, path: Path, *, title: str, description: str, created: datetime) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._about = {"title": title, "description": description}
        self._created = created
        self._resources: list[dict[str, Any]] = []
        self._spools = ExitStack()
        self._index, self._blocks, self._pages = (self._spool() for _ in range(3))
        self._lines: list[str] = []
        self._block_at = 0
        self.captures = 0
        self.pages = 0

    def __enter__(self) -> Self:
        self._zip = zipfile.ZipFile(self._part, "w")
        self._warc = _Resource(
            f"archive/{WARC_NAME}", self._zip.open(self._entry(f"archive/{WARC_NAME}"), "w", force_zip64=True)
        )
        # Of no run and no machine: what the package says of its making stands in datapackage.json.
        nobody = Run(id="", site="", started_at="")
        for piece in member.pack(compose.warcinfo(compose.new_id(), to_text(self._created), WARC_NAME, nobody, "")):
            self._warc.write(piece)
        self._index.write(_line("!meta", "0", {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}))
        self._pages.write(_json(_PAGES_HEAD))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
                self._zip.close()
                with self._part.open("rb") as written:
                    os.fsync(written.fileno())
                self._part.replace(self._path)
        finally:
            self._warc.target.close()
            self._zip.close()
            self._spools.close()
            self._part.unlink(missing_ok=True)

    def add(
        self, record: Record, beside: Sequence[Record], url_key: str, timestamp: str, facts: dict[str, str]
    ) -> None:
        """One capture: its record, those that go with it (request, metadata), and what the index says of it.

        `timestamp` has fourteen or, with milliseconds, seventeen digits; `facts` are the fields of a CDXJ line but for
        place and length. Raises RecordError and ArchiveMissing.
        """
        offset = self._warc.size
        length = self._copy(record)
        for other in beside:
            self._copy(other)
        place = {"length": str(length), "offset": str(offset), "filename": WARC_NAME}
        self._lines.append(_line(url_key, timestamp, {**facts, **place}).decode("utf-8"))
        self.captures += 1
        if len(self._lines) == _BLOCK_LINES:
            self._flush()

    def add_page(self, page_id: str, url: str, at: str, title: str, text: str) -> None:
        """A page that a reader lists and searches; `at` is an instant like `2026-11-23T03:28:46.123Z`."""
        page = {"id": page_id, "url": url, "ts": at, "title": title or url}
        self._pages.write(_json({**page, "text": text} if text else page))
        self.pages += 1

    def _spool(self) -> IO[bytes]:
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(_HELD)  # noqa: SIM115 - closed with the stack it goes on
        return self._spools.enter_context(spool)

    def _copy(self, record: Record) -> int:
        """Copy a record's gzip member, or pack a record anew that shares one or stands in another kind of file."""
        start = self._warc.size
        for piece in _member_of(record):
            self._warc.write(piece)
        return self._warc.size - start

    def _flush(self) -> None:
        packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        data = packer.compress("".join(self._lines).encode("utf-8")) + packer.flush()
        self._blocks.write(data)
        key, stamp, _ = self._lines[0].split(" ", 2)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self._index.write(_line(key, stamp, {"offset": self._block_at, "length": len(data), "digest": digest}))
        self._block_at += len(data)
        self._lines.clear()

    def _finish(self) -> None:
        self._warc.target.close()
        self._resources.append(self._warc.described())
        if self._lines:
            self._flush()
        for path, spool in (
            ("indexes/index.cdx.gz", self._blocks),
            ("indexes/index.idx", self._index),
            ("pages/pages.jsonl", self._pages),
        ):
            # What is compressed or read in parts is stored; of a list of pages the text makes most, and it packs well.
            with self._file(path, deflated=path.endswith(".jsonl")) as file:
                spool.seek(0)
                while piece := spool.read(_PIECE):
                    file.write(piece)
            self._resources.append(file.described())
        package = json.dumps(
            {
                "profile": "data-package",
                "wacz_version": WACZ_VERSION,
                **self._about,
                "created": f"{self._created:%Y-%m-%dT%H:%M:%SZ}",
                "software": compose.software(),
                "resources": self._resources,
            },
            ensure_ascii=False,
            indent=2,
        ).encode("utf-8")
        with self._file("datapackage.json", deflated=True) as file:
            file.write(package)
        digest = {"path": "datapackage.json", "hash": file.described()["hash"]}
        with self._file("datapackage-digest.json", deflated=True) as file:
            file.write(json.dumps(digest, indent=2).encode("ascii"))

    @contextmanager
    def _file(self, path: str, *, deflated: bool) -> Iterator[_Resource]:
        with self._zip.open(self._entry(path, deflated=deflated), "w", force_zip64=True) as target:
            yield _Resource(path, target)

    def _entry(self, path: str, *, deflated: bool = False) -> zipfile.ZipInfo:
        moment = self._created.timetuple()[:6]
        entry = zipfile.ZipInfo(path, (max(1980, moment[0]), *moment[1:]))
        # Of sizes not known beforehand a field stands in front of the file alone; wabac looks for one there only
        # where the directory at the package's end has some too. This one is the time of change ("UT", in seconds).
        entry.extra = struct.pack("<HHBI", 0x5455, 5, 1, int(self._created.timestamp()) & 0x7FFFFFFF)
        entry.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        return entry


def _member_of(record: Record) -> Iterator[bytes]:
    if record.form != "gzip" or not record.length:
        raise CorruptRecord(
            "the record is no gzip member of its own; `seogo import` packs such files", record.file, record.offset
        )
    with files.open_binary(record.path) as file:
        file.seek(record.offset)
        left = record.length
        while left:
            piece = file.read(min(left, _PIECE))
            if not piece:
                raise CorruptRecord("the file ends inside the record", record.file, record.offset)
            left -= len(piece)
            yield piece


def _line(key: str, stamp: str, facts: dict[str, Any]) -> bytes:
    return f"{key} {stamp} {json.dumps(facts, ensure_ascii=False)}\n".encode("utf-8", "replace")


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")
