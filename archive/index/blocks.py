"""The blocks of a page as rows: lists, blocks and their entries, each kept once and found by what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from archive.index.hidden import any_there, covered
from archive.index.names import NEVER, Remembering, insert_all, intern, known, spelling
from archive.index.values import content_digest, content_id, integer_or_none, storable, storable_or_none
from archive.model import ListIdentity, RankedList, Section
from archive.urls import url_key

Identified = tuple[ListIdentity, RankedList | Section]
_Entries = tuple[tuple[int | None, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A block of a page, before its rows have keys: its list, what it says, where it stood, where "more" leads."""

    list_id: str
    natural: tuple[str, ...]
    block_id: str
    entries: _Entries
    xpath: str
    more: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The keys of a block: its list's and its own, where it stood, where "more" leads."""

    list: int
    block: int
    xpath: int
    more: int | None


def blocks_of(site: str, blocks: Sequence[Identified], *, clean: bool = False) -> list[Found]:
    """The blocks of a page in their order; `clean`: no text of theirs must be changed to be stored."""
    found: dict[tuple[str, str], Found] = {}
    for identity, value in blocks:
        natural, list_id = _list_id(site, identity)
        # Of two blocks of one list in one place the first counts.
        if (list_id, value.xpath) not in found:
            entries = _entries(value) if clean else _storable(_entries(value))
            more = storable(_page(value.more_url)) if value.more_url else None
            block_id = content_id(list_id, entries)
            found[list_id, value.xpath] = Found(list_id, natural, block_id, entries, storable(value.xpath), more)
    return list(found.values())


def seen(db: Database, found: Sequence[Found]) -> list[Seen]:
    """The blocks with their keys; rows that are not there yet are added."""
    lists = _list_keys(db, {one.list_id: one.natural for one in found})
    keys = _block_keys(db, found, lists)
    xpaths = intern(db, "xpath", "path", (one.xpath for one in found))
    pages = intern(db, "address", "text", (one.more for one in found if one.more is not None))
    return [
        Seen(
            lists[one.list_id],
            keys[one.block_id],
            xpaths[one.xpath],
            None if one.more is None else pages[one.more],
        )
        for one in found
    ]


def drop_unseen(db: Database, list_key: int, block: int) -> None:
    """Delete a block that stands nowhere any more, with entries that no other block has."""
    if db.conn.execute("SELECT 1 FROM arranged WHERE list = ? AND block = ? LIMIT 1", (list_key, block)).fetchone():
        return
    entries = db.conn.execute("SELECT entry FROM block_entry WHERE block = ?", (block,)).fetchall()
    db.conn.execute("DELETE FROM block_entry WHERE block = ?", (block,))
    db.conn.execute("DELETE FROM block WHERE n = ?", (block,))
    db.conn.executemany(
        "DELETE FROM entry WHERE n = ? AND NOT EXISTS (SELECT 1 FROM block_entry WHERE entry = entry.n)", entries
    )


# One site's lists and the blocks beside its pages come again and again.
@lru_cache(maxsize=2048)
def _list_id(site: str, identity: ListIdentity) -> tuple[tuple[str, ...], str]:
    named = (site, identity.kind, identity.heading, identity.tab, identity.page_scope)
    natural = tuple(storable(part) for part in named)
    return natural, content_id(*natural)


@lru_cache(maxsize=1024)
def _page(url: str) -> str:
    return url_key(url)


def _entries(value: RankedList | Section) -> _Entries:
    if isinstance(value, RankedList):
        return tuple((integer_or_none(item.rank), item.title, item.url) for item in value.items)
    return tuple((None, item.title, item.url) for item in value.items)


def _storable(entries: _Entries) -> _Entries:
    return tuple((rank, storable(title), storable_or_none(url)) for rank, title, url in entries)


def _list_keys(db: Database, identities: dict[str, tuple[str, ...]]) -> dict[str, int]:
    keys = known(db, "list", "id", list(identities))
    new = [(list_id, *natural) for list_id, natural in identities.items() if list_id not in keys]
    added = insert_all(db, "list", ("id", "site", "kind", "heading", "tab", "page_scope"), new)
    keys.update(zip((row[0] for row in new), added, strict=True))
    if isinstance(db, Remembering):
        db.spans.update(dict.fromkeys(added, NEVER))
    return keys


def _block_keys(db: Database, found: Sequence[Found], lists: dict[str, int]) -> dict[str, int]:
    keys = known(db, "block", "id", [one.block_id for one in found])
    new = {one.block_id: one for one in found if one.block_id not in keys}
    if not new:
        return keys
    entries = _entry_keys(db, {(title, url) for one in new.values() for _, title, url in one.entries})
    rows = [(block_id, lists[one.list_id], len(one.entries)) for block_id, one in new.items()]
    keys.update(zip(new, insert_all(db, "block", ("id", "list", "size"), rows), strict=True))
    db.conn.executemany(
        "INSERT INTO block_entry(block, position, rank, entry) VALUES (?, ?, ?, ?)",
        [
            (keys[block_id], position, rank, entries[title, url])
            for block_id, one in new.items()
            for position, (rank, title, url) in enumerate(one.entries, 1)
        ],
    )
    return keys


def _entry_keys(db: Database, wanted: set[tuple[str, str | None]]) -> dict[tuple[str, str | None], int]:
    digests = {
        content_digest(entry)[:16]: entry for entry in sorted(wanted, key=lambda entry: (entry[0], entry[1] or ""))
    }
    keys = {digests[digest]: key for digest, key in known(db, "entry", "digest", list(digests)).items()}
    new = {digest: entry for digest, entry in digests.items() if entry not in keys}
    if not new:
        return keys
    addresses = intern(db, "address", "text", (spelling(url) for _, url in new.values() if url))
    hidden: set[str] = covered(db, (url_key(url) for _, url in new.values() if url)) if any_there(db) else set()
    rows = []
    for digest, (title, url) in new.items():
        address = spelling(url) if url else None
        rows.append(
            (
                digest,
                title,
                None if url == address else url,
                None if address is None else addresses[address],
                bool(hidden and url and url_key(url) in hidden),
            )
        )
    added = insert_all(db, "entry", ("digest", "title", "url", "address", "excluded"), rows)
    keys.update(zip(new.values(), added, strict=True))
    return keys
