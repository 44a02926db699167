"""What goes into the index: ids from content, text that SQLite and every reader of it can take, instants as numbers."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from archive.times import from_text

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000
_MAX_INTEGER = 2**63 - 1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def content_id(*parts: object) -> str:
    """An id that survives a rebuild: sixteen hexadecimal characters of the SHA-256 of the parts, as JSON.

    >>> content_id("yakup", "322683")
    '144c2a5837377ef4'
    """
    return content_digest(parts).hex()[:16]


def content_digest(parts: Sequence[object]) -> bytes:
    """The SHA-256 of parts that JSON can hold; JSON keeps ("a", "bc") and ("ab", "c") apart."""
    try:
        text = msgspec.json.encode(parts)
    except UnicodeEncodeError:
        text = _JSON.encode(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()


def storable(text: str) -> str:
    """Text without what SQLite or its readers cannot hold: NUL and lone surrogates become U+FFFD.

    `length()` and the shell stop at a NUL, and a lone surrogate has no UTF-8.
    """
    return _UNSTORABLE.sub("�", text) if _UNSTORABLE.search(text) else text


def storable_or_none(text: str | None) -> str | None:
    """`storable`, for what may be unknown."""
    return None if text is None else storable(text)


def integer_or_none(number: int | None) -> int | None:
    """A number that fits SQLite's 64 bits; None for one that does not, since a cut number would be a wrong one."""
    return number if number is not None and -_MAX_INTEGER <= number <= _MAX_INTEGER else None


def comparable(text: str | None) -> str:
    """The form in which headlines and texts are compared: NFKC, no invisible characters, spaces as one.

    >>> comparable(" 신약\u200b  재단\\n발표 ")
    '신약 재단 발표'
    """
    if not text:
        return ""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def milliseconds(captured_at: str) -> int:
    """The instant of a `captured_at` as milliseconds since 1970. Raises ValueError."""
    return (from_text(captured_at) - _EPOCH) // timedelta(milliseconds=1)


def dated_at(published: str | None, first_captured_at: str) -> int:
    """The instant by which an article is sorted, in milliseconds since 1970: published, as far as that is credible.

    Where it is unknown, or more than a day after the first capture, that capture counts. A date without a zone is taken
    as UTC.
    """
    captured = milliseconds(first_captured_at)
    try:
        instant = datetime.fromisoformat(published or "")
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        given = (instant - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return captured
    return given if given <= captured + _DAY else captured
