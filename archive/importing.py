"""WARC and WACZ files of other tools, taken into an archive.

A file is brought into the archive's form under a hidden name, the run that takes it in is recorded, and then the file
gets its name and is indexed. Killed in between, the next start finds it as any other file, and knows whose it is.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from archive.commit import Writer
from archive.errors import ImportRefused, NotFound, WriteFailed
from archive.index import captures, runs
from archive.index.database import connect, damage_named
from archive.lock import Lock
from archive.model import Outcome, Run
from archive.recovery import absorb, recover
from archive.revisits import settle_revisits
from archive.times import now, to_text
from archive.warc import files
from archive.warc.compose import one_line
from archive.warc.reader import Record
from archive.warc.repack import Repacked, repack
from archive.warc.rows import instant
from archive.warc.wacz import open_wacz

SUFFIXES: Final = (".warc.gz", ".warc", ".warc.zst", ".wacz", ".arc", ".arc.gz")
NO_CAPTURE: Final = "holds no capture of a web page"
_HIDDEN: Final = ".import-"
_ENDING: Final = re.compile(r"\.warc(?:\.gz|\.zst)?$", re.IGNORECASE)
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME: Final = 160

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one WARC file.

    `source` is the file as it was given (a package's path, `#` and the path inside it), `file` its name in the archive,
    None where nothing was added. `known` captures were there before. `damaged` counts places that could not be taken;
    `problems` are sentences about the first hundred of them.
    """

    source: str
    file: str | None
    records: int = 0
    captures: int = 0
    known: int = 0
    damaged: int = 0
    problems: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the file, sound as it is, holds no capture of a web page."""
        return not (self.captures or self.known or self.damaged)


class Importer:
    """Takes files into one archive, under its lock, which the caller holds; a context manager.

    A run begins with the first file that brings something new: taking in what is there already changes nothing.
    """

    def __init__(self, directory: Path, run: Run, lock: Lock) -> None:
        files.make_directories(directory)
        self.directory = directory
        self.run = run
        self.writer: Writer | None = None
        self._lock = lock
        self._folder = files.folder(directory)
        for left in self._folder.glob(f"{_HIDDEN}*"):
            left.unlink()
        self._db = connect(directory / "index.db")
        # What recovery found in the archive itself; damage stays as it was.
        self.recovery = recover(directory, self._db)
        self._owed = next(captures.unparsed(self._db), None) is not None

    def take(self, path: Path, progress: Progress | None = None) -> Iterator[Taken]:
        """Takes in a WARC file, or each of a WACZ package's; `progress(bytes, of)`.

        Raises ImportRefused (no such file, or one not to be trusted; nothing of it was stored), ArchiveMissing (it
        cannot be read) and WriteFailed.
        """
        label = one_line(str(path))
        if path.is_symlink():
            raise ImportRefused(f"{label} is a link; give the file that it leads to")
        with files.open_binary(path) as file:
            packed = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
        if not packed:
            taken = self._take(path, label, path.name, progress)
            if taken.nothing:
                raise ImportRefused(f"{label} {NO_CAPTURE}, so there is nothing to take in")
            yield taken
            return
        nothing = True
        with open_wacz(path, label) as package:
            package.check()
            for member in package.warcs():
                with self._hidden() as (copy, out):
                    with _written(copy):
                        package.extract(member, out)
                        out.flush()
                    name = f"{path.stem}-{Path(member.name).name}"
                    # Browsertrix has files of pictures and texts alone beside those of captures.
                    taken = self._take(copy, f"{label}#{one_line(member.name)}", name, progress)
                    nothing = nothing and taken.nothing
                    yield taken
        if nothing:
            raise ImportRefused(f"{label} {NO_CAPTURE}, so there is nothing to take in")

    def begin(self) -> Writer:
        """The run's writer, opened with the first file or by the caller for parses that are owed."""
        if self.writer is None:
            self.writer = Writer.open(self.directory, self.run, lock=self._lock)
        return self.writer

    @property
    def owed(self) -> bool:
        """Whether there is anything to parse: of these files, or left by a run before."""
        return self._owed or self.writer is not None

    def settle(self) -> None:
        """Leads revisits to their payloads, once all files are in."""
        settle_revisits(self.directory, self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Without `Writer.close` the run stays unfinished; the next one indexes and parses what is left."""
        try:
            if self.writer is not None:
                self.writer.__exit__(kind, error, trace)
        finally:
            self._db.close()

    def _take(self, source: Path, label: str, wanted: str, progress: Progress | None) -> Taken:
        size = source.stat().st_size
        with self._hidden() as (copy, out):
            told = (lambda done: progress(done, size)) if progress else None
            with _written(copy):
                done = repack(source, out, label, self._held, told)
                out.flush()
                os.fsync(out.fileno())
            problems = tuple(str(error) for error in done.damage)
            if not done.captures:
                return Taken(label, None, 0, 0, done.known, done.damaged, problems)
            name = self._name(wanted)
            self._record(name, label, done)
            with _written(self._folder / name):
                copy.rename(self._folder / name)
                files.sync_folder(self._folder)
        with damage_named(self.directory / "index.db"):
            absorb(self.begin().db, self._folder / name)
        return Taken(label, name, done.records, done.captures, done.known, done.damaged, problems)

    def _record(self, name: str, label: str, done: Repacked) -> None:
        """Makes it durable that this run takes the file in, and what of it could not be taken."""
        writer = self.begin()
        at = to_text(now())
        address = runs.FILE_URN + name
        writer.add_outcome(Outcome(self.run.id, address, at, runs.IMPORTED, f"from {label}"))
        for error in done.damage:
            where = f"{address}#byte={error.offset}"
            writer.add_outcome(Outcome(self.run.id, where, at, "import-damaged", str(error)))
        writer.commit()

    def _held(self, record: Record) -> str | None:
        try:
            there = captures.get(self._db, record.id)
        except NotFound:
            return None
        same = there.url == record.target_uri and there.captured_at == to_text(instant(record.date))
        return "" if same else "the archive has another record with its id"

    def _name(self, wanted: str) -> str:
        """A free name in the archive, made of the file's own; never one that this program gives to its files."""
        stem = _NOT_IN_NAMES.sub("_", _ENDING.sub("", wanted))[:_MAX_NAME].strip(".") or "imported"
        if files.is_ours(f"{stem}.warc.gz"):
            stem = f"imported-{stem}"
        taken = set(files.names(self.directory))
        names = (f"{stem}{suffix}.warc.gz" for suffix in ("", *(f"-{number}" for number in range(2, len(taken) + 3))))
        return next(name for name in names if name not in taken)

    @contextmanager
    def _hidden(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file in the archive's folder that no reader takes for one of the archive's; gone at the end."""
        path = self._folder / f"{_HIDDEN}{uuid.uuid4()}"
        with _written(path):
            out = path.open("xb")
        try:
            with out:
                yield path, out
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteFailed(
            f"{path} could not be written ({error.strerror or error}); what is in the archive is safe: "
            "make room, then import again"
        ) from error


def found_in(path: Path) -> Iterator[Path]:
    """The WARC, WACZ and ARC files of a directory and those below it, in order; a file stands for itself.

    Raises ImportRefused for a directory without any.
    """
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, below, names in os.walk(path):
        below.sort()
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        raise ImportRefused(f"{path} holds no file named .warc, .warc.gz, .warc.zst or .wacz")
