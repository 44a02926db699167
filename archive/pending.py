"""What was stored and is not yet in the index, found together with what the index has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveMissing, NotFound, RecordError
from archive.index import captures
from archive.model import Capture
from archive.warc.compose import Message
from archive.warc.digest import digest_of
from archive.warc.reader import read_record

EMPTY: Final = digest_of(b"")
# Digests of items that are kept at hand, to tell whether a revisit's are the same.
_REMEMBERED: Final = 10_000


class Pending:
    """The captures since the last commit, by id, payload and address; each look takes the index in too."""

    def __init__(self, directory: Path, db: Database) -> None:
        self.captures: dict[str, Capture] = {}
        self._directory = directory
        self._db = db
        self._by_digest: dict[str, Capture] = {}
        self._by_key: dict[str, Capture] = {}
        self._item_digests: dict[str, str] = {}

    def add(self, capture: Capture) -> None:
        """Takes note of a capture that was stored."""
        self.captures[capture.id] = capture
        if capture.kind == "response" and capture.digest and not capture.truncated:
            self._by_digest.setdefault(capture.digest, capture)
        last = self._by_key.get(capture.url_key)
        if last is None or last.captured_at <= capture.captured_at:
            self._by_key[capture.url_key] = capture

    def clear(self) -> None:
        """The index has them all."""
        self.captures, self._by_digest, self._by_key = {}, {}, {}

    def get(self, capture_id: str) -> Capture:
        """A capture by its id. Raises NotFound."""
        return self.captures.get(capture_id) or captures.get(self._db, capture_id)

    def latest(self, key: str) -> list[Capture]:
        """The last capture of a url key among these, and the last in the index, where there are such."""
        return [found for found in (self._by_key.get(key), captures.latest(self._db, key)) if found]

    def original(self, message: Message, key: str) -> Capture | None:
        """The capture whose payload a whole response from that address repeats."""
        if not message.head_bytes:
            return None
        if message.head.status == 304 and message.length == len(message.head_bytes):
            return self._last_full(key)
        if message.digest == EMPTY:
            return None
        original = self._by_digest.get(message.digest) or captures.by_digest(self._db, message.digest)
        return original if original and not original.truncated else None

    def items_of_original(self, capture: Capture) -> str | None:
        """The digest of the items of the capture that this one repeats at the same address; None for none."""
        original = self._found(capture.refers_to) if capture.refers_to else None
        if original is None or original.url != capture.url:
            return None
        if original.id not in self._item_digests and original.metadata_file and original.metadata_offset is not None:
            try:
                record = read_record(self._directory, original.metadata_file, original.metadata_offset)
            except (RecordError, ArchiveMissing):
                return None
            self.note_items(original.id, record.headers.get("WARC-Block-Digest") or "")
        return self._item_digests.get(original.id)

    def note_items(self, capture_id: str, digest: str) -> None:
        """Keeps the digest of a capture's items at hand."""
        if len(self._item_digests) >= _REMEMBERED:
            del self._item_digests[next(iter(self._item_digests))]
        self._item_digests[capture_id] = digest

    def _last_full(self, key: str) -> Capture | None:
        """What a 304 confirms: the response behind the last capture of that address that has a page to show."""
        history = self.latest(key)
        if history and history[-1].status not in (200, 304):
            history += reversed(captures.of_url(self._db, key))
        for capture in history:
            if capture.status == 200 and capture.kind != "revisit" and not capture.truncated:
                return capture
            if capture.status in (200, 304) and capture.refers_to:
                return self._found(capture.refers_to)
        return None

    def _found(self, capture_id: str) -> Capture | None:
        try:
            return self.get(capture_id)
        except NotFound:
            return None
