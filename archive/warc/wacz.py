"""WACZ packages of other tools, for reading: https://specs.webrecorder.net/wacz/1.1.1/

A package is a zip archive, and what it says of itself is checked before a byte of it is used: names, sizes, and the
digests that its datapackage.json promises. No name in it ever becomes a path.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from archive.errors import ImportRefused
from archive.warc import files

MAX_ENTRIES: Final = 100_000
MAX_DIRECTORY: Final = 64 << 20
# Packages hold compressed files, stored: more than this, and more than the floor, is no package but a bomb.
MAX_RATIO: Final = 100
RATIO_FLOOR: Final = 256 << 20
_MAX_JSON: Final = 64 << 20
_COPIED: Final = 1 << 20
_PACKAGE: Final = "datapackage.json"
_SIGNED: Final = "datapackage-digest.json"
_LEADS_OUT: Final = re.compile(r"^[A-Za-z]:|[\\\0]")
_SUFFIXES: Final = (".warc.gz", ".warc", ".warc.zst")


@dataclass(frozen=True, slots=True)
class Member:
    """A WARC file inside a package: its path there, its size in bytes, its digest as `sha256:hex`."""

    name: str
    size: int
    digest: str


class Package:
    """A WACZ package whose names and sizes are sound; `open_wacz` makes one."""

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        self._zip = archive
        self._label = label
        self._entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
        self._digests = self._promised()

    def warcs(self) -> list[Member]:
        """Its WARC files, in order of their names. Raises ImportRefused when there are none."""
        names = sorted(name for name in self._entries if name.startswith("archive/") and name.endswith(_SUFFIXES))
        for name in names:
            if name not in self._digests:
                raise self._refused(f"{_PACKAGE} does not list {name!r}")
        if not names:
            nested = any(name.endswith(".wacz") for name in self._entries)
            raise self._refused(
                "it is a package of packages; unpack it and import these" if nested else "no WARC in it"
            )
        return [Member(name, self._entries[name].file_size, self._digests[name]) for name in names]

    def check(self) -> None:
        """Reads every file that datapackage.json lists. Raises ImportRefused for one that is missing or another."""
        for name in self._digests:
            if name not in self._entries:
                raise self._refused(f"{_PACKAGE} lists {name[:200]!r}, which is not in it")
            self._compare(name, lambda _: None)

    def extract(self, member: Member, target: BinaryIO, progress: Callable[[int], None] | None = None) -> None:
        """Writes one WARC file to `target`. Raises ImportRefused when its bytes are not those that were promised."""
        done = 0

        def write(piece: bytes) -> None:
            nonlocal done
            target.write(piece)
            done += len(piece)
            if progress:
                progress(done)

        self._compare(member.name, write)

    def _compare(self, name: str, write: Callable[[bytes], None]) -> None:
        algorithm, value = self._digests[name].split(":", 1)
        hashed = hashlib.new(algorithm)
        for piece in self._pieces(name):
            hashed.update(piece)
            write(piece)
        if hashed.hexdigest() != value.lower():
            raise self._refused(f"the bytes of {name!r} are not those whose digest {_PACKAGE} gives")

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._entries[name]) as stream:
                while piece := stream.read(_COPIED):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise self._refused(f"{name!r} cannot be read ({error})") from None

    def _promised(self) -> dict[str, str]:
        if _PACKAGE not in self._entries:
            raise self._refused(f"it has no {_PACKAGE}, so it is no WACZ")
        data = self._whole(_PACKAGE)
        if _SIGNED in self._entries:
            said = self._object(self._whole(_SIGNED), _SIGNED).get("hash")
            if said != "sha256:" + hashlib.sha256(data).hexdigest():
                raise self._refused(f"{_PACKAGE} is not the one whose digest {_SIGNED} gives")
        resources = self._object(data, _PACKAGE).get("resources")
        if not isinstance(resources, list):
            raise self._refused(f"{_PACKAGE} lists no resources")
        promised: dict[str, str] = {}
        for resource in resources:
            path, digest = (resource.get("path"), resource.get("hash")) if isinstance(resource, dict) else (None, None)
            if not isinstance(path, str) or not isinstance(digest, str):
                raise self._refused(f"{_PACKAGE} has a resource without path or hash")
            if not digest.startswith(("sha256:", "md5:")):
                raise self._refused(f"{_PACKAGE} has a hash of an unknown kind: {digest[:60]!r}")
            if promised.setdefault(path, digest) != digest:
                raise self._refused(f"{_PACKAGE} gives two digests for {path[:200]!r}")
        return promised

    def _whole(self, name: str) -> bytes:
        if self._entries[name].file_size > _MAX_JSON:
            raise self._refused(f"{name} has more than {_MAX_JSON >> 20} MiB")
        return b"".join(self._pieces(name))

    def _object(self, data: bytes, name: str) -> dict[str, Any]:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise self._refused(f"{name} is no JSON object")
        return value

    def _refused(self, reason: str) -> ImportRefused:
        return ImportRefused(f"{self._label} is refused: {reason}")


@contextmanager
def open_wacz(path: Path, label: str) -> Iterator[Package]:
    """Opens a package and checks names and sizes; `Package.check` compares the bytes.

    Raises ImportRefused, and ArchiveMissing for no regular file.

    Refused are names that leave the package (absolute, `..`, backslash, NUL), links, two entries of one name, entries
    that overlap or are encrypted, more than 100,000 of them, and more than a hundred times the package's size.
    """
    with files.open_binary(path) as file:
        _check_directory(file, label)
        try:
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive.infolist(), file.seek(0, 2), label)
                yield Package(archive, label)
        except (zipfile.BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError) as error:
            raise ImportRefused(f"{label} is refused: it is no whole zip file ({error})") from None


def _check_directory(file: BinaryIO, label: str) -> None:
    """Looks at the size of the directory before the library reads it into memory."""
    size = file.seek(0, 2)
    file.seek(max(size - 65_557, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise ImportRefused(f"{label} is refused: it is no whole zip file")
    length = struct.unpack_from("<L", tail, at + 12)[0]
    if length != 0xFFFFFFFF and length > MAX_DIRECTORY:
        raise ImportRefused(f"{label} is refused: a directory of {length} bytes")
    file.seek(0)


def _check_entries(entries: list[zipfile.ZipInfo], size: int, label: str) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ImportRefused(f"{label} is refused: {len(entries)} entries, at most {MAX_ENTRIES} are read")
    seen: set[str] = set()
    for entry in entries:
        # As written: the library cuts a name at its first NUL.
        name = entry.orig_filename
        parts = PurePosixPath(name).parts
        if not name or name.startswith("/") or ".." in parts or _LEADS_OUT.search(name):
            raise ImportRefused(f"{label} is refused: an entry named {name[:200]!r}, which leads out of it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ImportRefused(f"{label} is refused: {name[:200]!r} is a link")
        if entry.flag_bits & 1:
            raise ImportRefused(f"{label} is refused: {name[:200]!r} is encrypted")
        if name in seen:
            raise ImportRefused(f"{label} is refused: two entries are named {name[:200]!r}")
        seen.add(name)
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise ImportRefused(f"{label} is refused: {entry.filename[:200]!r} overlaps the entry before it")
        end = entry.header_offset + 30 + entry.compress_size
    if end > size:
        raise ImportRefused(f"{label} is refused: its entries reach beyond its end")
    total = sum(entry.file_size for entry in entries)
    if total > max(MAX_RATIO * size, RATIO_FLOOR):
        raise ImportRefused(
            f"{label} is refused: it would unpack to {total} bytes, {total // max(size, 1)} times its size"
        )
