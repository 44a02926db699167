"""Taking down: what a URL or an id covers is hidden, and with `rewrite` its bytes leave the WARC files."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveMissing, NotFound
from archive.index import captures, versions
from archive.index.database import connect, damage_named
from archive.index.exclusions import Exclusion, append, bring_up
from archive.lock import Lock
from archive.recovery import recover
from archive.times import now, to_text
from archive.urls import is_http, url_key
from archive.warc.files import folder
from archive.warc.tombstones import bury

# Records of a hidden capture: its own, its request, its items.
_PLACES = """SELECT f.name, c."offset", c.request_offset, m.name, c.metadata_offset FROM capture c
    JOIN warc_file f ON f.n = c.file LEFT JOIN warc_file m ON m.n = c.metadata_file
    WHERE c.excluded"""


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What was written down, how many captures are hidden in all, how many records gave way in how many files."""

    exclusion: Exclusion
    captures: int
    tombstones: int = 0
    files: int = 0


def take_down(directory: Path, what: str, reason: str, *, rewrite: bool = False) -> TakenDown:
    """Hide a URL, an article or a capture for good.

    The log comes first: a process killed on the way leaves what the next opening of the index completes. With `rewrite`
    all that is hidden leaves the WARC files, what was hidden before included. Raises NotFound for an id that names
    nothing, ArchiveBusy, WriteFailed, ArchiveMissing, ArchiveDamaged.
    """
    if not folder(directory).is_dir() and not (directory / "index.db").is_file():
        raise ArchiveMissing(f"{directory} holds no archive: there is no folder {folder(directory)}")
    with Lock.acquire(directory), contextlib.closing(connect(directory / "index.db")) as db:
        recover(directory, db)
        exclusion = _covering(db, what, reason)
        append(directory, exclusion)
        with damage_named(directory / "index.db"), db.atomic():
            bring_up(db, directory)
        [[count]] = db.execute("SELECT count(*) FROM capture WHERE excluded").fetchall()
        if not rewrite:
            return TakenDown(exclusion, count)
        places: dict[str, set[int]] = {}
        for name, offset, request, items_file, items_offset in db.execute(_PLACES).fetchall():
            places.setdefault(name, set()).update(one for one in (offset, request) if one is not None)
            if items_file is not None:
                places.setdefault(items_file, set()).add(items_offset)
        buried = {name: bury(directory, name, offsets, reason) for name, offsets in sorted(places.items())}
        # What SQLite deleted stays in free pages until they are written over.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.vacuum()
        return TakenDown(exclusion, count, sum(buried.values()), sum(1 for one in buried.values() if one))


def _covering(db: Database, what: str, reason: str) -> Exclusion:
    at = to_text(now())
    if is_http(what):
        article = versions.article_at(db, what)
        urls = [what, *(versions.addresses(db, article.id) if article else ())]
        return Exclusion(at, reason, what, url_keys=tuple(dict.fromkeys(url_key(url) for url in urls)))
    name = what.lower()
    if captures.has(db, name):
        return Exclusion(at, reason, name, captures=(name,))
    try:
        article = versions.article(db, name)
    except NotFound:
        raise NotFound(f"{what!r} is no URL, and no article or capture of the archive") from None
    keys = tuple(dict.fromkeys(url_key(url) for url in versions.addresses(db, article.id)))
    return Exclusion(at, reason, article.id, url_keys=keys)
