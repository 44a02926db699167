"""The one WARC file that is written to: whole members appended, rolled back when the disk fails, rotated."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from archive.errors import ArchiveMissing, WriteFailed
from archive.model import Run
from archive.times import now, to_text
from archive.warc import compose, files
from archive.warc.member import pack

MAX_BYTES: Final = 1 << 30
MAX_AGE: Final = timedelta(hours=24)
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))
# Below this size the records of one exchange go out in one write.
_ONE_WRITE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record stands: bytes from the file's start, and the length of its gzip member."""

    offset: int
    length: int


class WarcWriter:
    """Appends records to the archive's open file; the caller holds the archive's lock.

    The newest file of this machine is taken up again when it is below its limits and not one of those to `avoid` (their
    ends are damaged), else a new one is begun; either way a warcinfo record of the run comes first. Raises
    ArchiveMissing when the directory cannot be written, WriteFailed when a write fails; after that the file ends behind
    its last whole record and the writer can be used again, unless `broken`.
    """

    def __init__(
        self,
        directory: Path,
        run: Run,
        *,
        max_bytes: int = MAX_BYTES,
        max_age: timedelta = MAX_AGE,
        avoid: frozenset[str] = frozenset(),
    ) -> None:
        self.directory = directory
        self.run = run
        self.max_bytes = max_bytes
        self.max_age = max_age
        # What went wrong first, where that leaves nothing to be done but to start again.
        self._cause: OSError | None = None
        self.name = ""
        self.position = 0
        # Of the runs that have begun to write into this file.
        self._warcinfo_ids: dict[str, str] = {}
        # Ends of the files written to since they were last taken, for the index: name -> bytes, all of them synced.
        self.synced: dict[str, int] = {}
        self._descriptor: int | None = None
        self._begun = now()
        try:
            files.folder(directory).mkdir(parents=True, exist_ok=True)
            if not self._take_up(avoid):
                self._begin()
        except WriteFailed:
            self.abandon()
            raise
        except OSError as error:
            self.abandon()
            raise ArchiveMissing(
                f"{files.folder(directory)} cannot be written ({error.strerror}); choose a writable directory with -a"
            ) from error

    @property
    def path(self) -> Path:
        """The file as it is named while it is written."""
        return files.folder(self.directory) / (self.name + files.OPEN)

    def rotate(self) -> None:
        """Begins the next file when this one is too large or too old; to be called before records are composed."""
        if self._descriptor is not None or self._cause is not None:
            self._usable()
            if self.position < self.max_bytes and now() - self._begun < self.max_age:
                return
            self.finish()
        # Without a file the last attempt to begin one failed: the disk may have room by now.
        try:
            self._begin()
        except OSError as error:
            raise self._failed(error) from error

    def warcinfo_of(self, run: Run) -> str:
        """The id of a run's warcinfo record in this file, which is written when the run first comes to it.

        To be asked after `rotate`. Raises WriteFailed.
        """
        if run.id not in self._warcinfo_ids:
            self._usable()
            self._write_warcinfo(run)
        return self._warcinfo_ids[run.id]

    def append(self, *records: Iterable[compose.Part]) -> list[Placed]:
        """Appends each record as one member, all in one write when they are small. Not durable before `sync`."""
        self._usable()
        return self._append(records)

    def sync(self) -> None:
        """Makes everything appended so far durable (fdatasync) and notes it in `synced`."""
        if self._descriptor is None and self._cause is None:
            return  # the last file was finished, and the next could not be begun yet
        self._usable()
        assert self._descriptor is not None
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            # After a failed sync the kernel may drop the pages and report success the next time.
            raise self._broken(error) from error
        self.synced[self.name] = self.position

    def finish(self) -> None:
        """Syncs the file and takes `.open` off its name."""
        self.sync()
        assert self._descriptor is not None
        try:
            self.path.rename(self.path.with_name(self.name))
            files.sync_folder(self.path.parent)
        except OSError as error:
            raise self._broken(error) from error
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Closes the descriptor and leaves the file as it is; the next run takes it up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _append(self, records: Sequence[Iterable[compose.Part]]) -> list[Placed]:
        assert self._descriptor is not None
        start = end = self.position
        placed: list[Placed] = []
        waiting: list[bytes] = []
        size = 0
        try:
            for record in records:
                offset = end
                for piece in pack(record):
                    waiting.append(piece)
                    size += len(piece)
                    end += len(piece)
                    if size >= _ONE_WRITE:
                        _write(self._descriptor, waiting)
                        waiting, size = [], 0
                placed.append(Placed(offset, end - offset))
            _write(self._descriptor, waiting)
        except BaseException as error:
            rolled_back = self._roll_back(start)
            if isinstance(error, OSError):
                raise (self._failed(error) if rolled_back else self._broken(error)) from error
            raise
        self.position = end
        return placed

    def _roll_back(self, position: int) -> bool:
        """Back to the last whole record; where that fails too, recovery cuts the torn member at the next start."""
        assert self._descriptor is not None
        try:
            os.ftruncate(self._descriptor, position)
            os.lseek(self._descriptor, position, os.SEEK_SET)
        except OSError as error:
            self._cause = error
            return False
        return True

    def _take_up(self, avoid: frozenset[str]) -> bool:
        """Reopens the newest file of this machine, if it may be written to."""
        for name in reversed(files.names(self.directory)):
            begun = files.begun_at(name)
            if begun is None:
                continue
            path = files.locate(self.directory, name)
            age = now() - begun
            if (
                name in avoid
                or path.is_symlink()
                or path.stat().st_size >= self.max_bytes
                or not timedelta(0) <= age < self.max_age
            ):
                return False
            self.name, self._begun = name, begun
            if path.name == name:
                path.rename(self.path)
                files.sync_folder(path.parent)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            self.position = os.lseek(self._descriptor, 0, os.SEEK_END)
            self._write_warcinfo(self.run)
            return True
        return False

    def _begin(self) -> None:
        serial = files.next_serial(files.names(self.directory))
        self._begun = now()
        self.name = files.new_name(self._begun, serial)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        self.position = 0
        self._warcinfo_ids = {}
        try:
            files.sync_folder(self.path.parent)
            self._write_warcinfo(self.run)
        except (OSError, WriteFailed):
            self.abandon()
            self.path.unlink(missing_ok=True)
            raise

    def _write_warcinfo(self, run: Run) -> None:
        warcinfo_id = compose.new_id()
        self._append([compose.warcinfo(warcinfo_id, to_text(now()), self.name, run, files.host_label())])
        self._warcinfo_ids[run.id] = warcinfo_id

    def _usable(self) -> None:
        if self._cause is not None:
            raise self._failed(self._cause)
        if self._descriptor is None:
            raise WriteFailed(f"{self.path} is not open; start the run again")

    def _broken(self, error: OSError) -> WriteFailed:
        """The failure after which nothing may be written any more; all that follow tell of it."""
        self._cause = error
        return self._failed(error)

    def _failed(self, error: OSError) -> WriteFailed:
        full = error.errno in _FULL
        todo = "make room, then start the run again" if full else "see to the disk, then start the run again"
        said = f"{self.path} could not be written ({error.strerror or error}); what was stored before is safe: {todo}"
        return WriteFailed(said, full=full and self._cause is None)


def _write(descriptor: int, pieces: list[bytes]) -> None:
    view = memoryview(b"".join(pieces))
    while view:
        view = view[os.write(descriptor, view) :]
