"""The files of an archive directory: their names, which one is written to, and how one is opened safely."""

from __future__ import annotations

import os
import re
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import ArchiveMissing

OPEN: Final = ".open"
PREFIX: Final = "seogo"
_SUFFIXES: Final = (".warc.gz", ".warc", ".warc.zst")
_OURS: Final = re.compile(re.escape(PREFIX) + r"-(\d{17})-(\d{5,})-([A-Za-z0-9.]+)\.warc\.gz")


def folder(directory: Path) -> Path:
    """Where an archive directory keeps its WARC files."""
    return directory / "archive"


def host_label() -> str:
    """This machine's name as far as it can stand in a file name."""
    return re.sub(r"[^A-Za-z0-9.]", "", socket.gethostname())[:64].strip(".") or "localhost"


def make_directories(directory: Path) -> None:
    """Creates an archive's folders. Raises ArchiveMissing."""
    try:
        for name in ("archive", "indexes", "state"):
            (directory / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveMissing(
            f"{directory} cannot be written ({error.strerror}); choose a writable directory with -a"
        ) from error


def new_name(instant: datetime, serial: int) -> str:
    """The name of a file begun at `instant` (aware).

    >>> new_name(datetime(2026, 11, 23, 3, 28, 46, 123000, UTC), 7).startswith("seogo-20261123032846123-00007-")
    True
    """
    utc = instant.astimezone(UTC)
    return f"{PREFIX}-{utc:%Y%m%d%H%M%S}{utc.microsecond // 1000:03d}-{serial:05d}-{host_label()}.warc.gz"


def begun_at(name: str) -> datetime | None:
    """When the file was begun, from its name; None when this program on this machine did not name it."""
    match = _OURS.fullmatch(name)
    if match is None or match[3] != host_label():
        return None
    try:
        return datetime.strptime(match[1] + "000", "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_ours(name: str) -> bool:
    """Whether the name is one that this program gives to a file it writes; a file that is taken in never gets one.

    What such a file says of runs, outcomes and fidelity is believed; another's records are captures alone.
    """
    return _OURS.fullmatch(name) is not None


def next_serial(names: list[str]) -> int:
    """One above the highest serial number of our files, at least 1."""
    matches = (_OURS.fullmatch(name) for name in names)
    return max((int(match[2]) for match in matches if match), default=0) + 1


def names(directory: Path) -> list[str]:
    """The final names of all WARC files in the archive, in order, those being written included."""
    try:
        entries = [entry.name for entry in os.scandir(folder(directory))]
    except FileNotFoundError:
        return []
    finals = {name.removesuffix(OPEN) for name in entries}
    return sorted(name for name in finals if name.endswith(_SUFFIXES) and not name.startswith("."))


def names_others_first(directory: Path) -> list[str]:
    """`names` with the files of other tools first: ours speak of captures that stand in these."""
    return sorted(names(directory), key=lambda name: (is_ours(name), name))


def locate(directory: Path, name: str) -> Path:
    """The path of a file by its final name, as NAME or NAME.open. Raises ArchiveMissing.

    A name with a path in it is refused: names come from the index and from imported packages.
    """
    if not name or name in (".", "..") or any(character in name for character in "/\\\0") or len(name) > 255:
        raise ArchiveMissing(f"{name[:80]!r} is no name of a WARC file")
    for path in (folder(directory) / name, folder(directory) / (name + OPEN)):
        if path.is_symlink() or path.exists():
            return path
    raise ArchiveMissing(f"{folder(directory)} has no file {name}; restore it, or run `seogo reindex`")


def open_binary(path: Path) -> BinaryIO:
    """Opens a regular file for reading, unbuffered. Raises ArchiveMissing for links, devices, unreadable files."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ArchiveMissing(f"{path} cannot be read ({getattr(error, 'strerror', error)})") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ArchiveMissing(f"{path} is no regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


def sync_folder(path: Path) -> None:
    """Makes names that were added or changed in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
