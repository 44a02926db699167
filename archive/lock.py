"""One writer per archive: a POSIX record lock on `state/lock`.

A record lock belongs to the process alone: workers forked while it is held do not keep it alive when their parent is
killed, as they would a flock. It has two traps that this module hides: a second lock by the same process succeeds, and
closing any descriptor of the file drops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archive.errors import ArchiveBusy, ArchiveMissing

_held: Final[set[Path]] = set()


class Lock:
    """The right to write to one archive directory; a context manager that gives it back."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor
        self._claimed = False

    @classmethod
    def acquire(cls, directory: Path) -> Lock:
        """Locks the archive at `directory`, which is created when it does not exist; never waits.

        Raises ArchiveBusy when another process, or another part of this one, holds it; ArchiveMissing when the
        directory cannot be written.
        """
        path = directory.absolute() / "state" / "lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path = path.parent.resolve() / path.name
            if path in _held:
                raise ArchiveBusy(f"{directory} is in use by this process; wait until that run has ended")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise ArchiveMissing(
                f"{directory} cannot be written ({error.strerror}); choose a writable directory with -a"
            ) from error
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).strip().decode("ascii", "replace")
            os.close(descriptor)
            who = f"process {holder}" if holder.isdigit() else "another process"
            raise ArchiveBusy(f"{directory} is in use by {who}; wait until that run has ended") from None
        _held.add(path)
        # The number is for the other process's message; the lock holds without it, as on a full disk.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(path, descriptor)

    def claim(self) -> Lock:
        """Marks the lock as used by a writer: there is one at a time. Raises ArchiveBusy."""
        if self._claimed:
            raise ArchiveBusy(f"{self.path.parent.parent} is written to by another run of this process")
        self._claimed = True
        return self

    def unclaim(self) -> None:
        """Ends what `claim` began; the lock stays held."""
        self._claimed = False

    def release(self) -> None:
        """Gives the lock back; harmless when that was done before."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            _held.discard(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
