"""Records as bytes: what goes into the members of a WARC 1.1 file.

What a server sent must come out unchanged, and must never become a header of ours: the headers around it are written
here. warcio, which changes some header bytes, writes the records that hold nothing but our own.
"""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import IO, Any, Final

from archive.http import ResponseHead, parse_head, payload_pieces, split_head
from archive.model import Outcome, Run
from archive.urls import is_http, is_plain
from archive.warc.digest import digest_of, digest_of_all

IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
CONFORMS_TO: Final = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
RUN_URN: Final = "urn:seogo:run:"
ITEMS_URN: Final = "urn:seogo:items:"
PIECE: Final = 1 << 20

_UNPRINTABLE: Final = re.compile(r"[^\x21-\x7e]")
_NOT_ONE_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SECRETS: Final = re.compile(
    rb"^((?:proxy-)?authorization)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)", re.I | re.M
)
_BLANK_LINE_INSIDE: Final = re.compile(rb"\n[ \t\x0b\x0c\r]*\n")

Part = tuple[bytes, bool]


def new_id() -> str:
    """The id of a new record: a random UUID."""
    return str(uuid.uuid4())


def target_uri(url: str) -> str:
    """An address as records and the index keep it: without fragment and userinfo, blanks and non-ASCII escaped.

    >>> target_uri("http://u:p@example.com/a b#c")
    'http://example.com/a%20b'
    """
    if is_plain(url):
        return url
    bare = url.strip().partition("#")[0]
    if is_http(_UNPRINTABLE.sub("_", bare)):
        scheme, _, rest = bare.partition("://")
        netloc = re.split(r"[/?]", rest, maxsplit=1)[0]
        bare = f"{scheme}://{netloc.rpartition('@')[2]}{rest[len(netloc) :]}"
    return _UNPRINTABLE.sub(lambda match: _percent(match[0]), bare)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def one_line(text: str, limit: int = 1000) -> str:
    """Text that fits into one header line."""
    return _NOT_ONE_LINE.sub(" ", text[:limit]).strip()


def redact(request: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A request with the values of Authorization and Proxy-Authorization overwritten by `*` of equal length.

    Also gives the names of the headers that were overwritten. Lines that fold a value keep their line ends.

    >>> redact(b"GET / HTTP/1.1\\r\\nAuthorization: Basic YTpi\\r\\n\\r\\n")
    (b'GET / HTTP/1.1\\r\\nAuthorization: **********\\r\\n\\r\\n', ('Authorization',))
    """
    blank = re.search(rb"\n\r?\n", request)
    head = request[: blank.end()] if blank else request
    names: list[str] = []

    def overwrite(match: re.Match[bytes]) -> bytes:
        names.append(match[1].decode("latin-1"))
        value_at = match.start(2) - match.start()
        return match[0][:value_at] + re.sub(rb"[^\r\n\t ]|(?<=[^\r\n\t ])[ \t](?=[^\r\n\t ])", b"*", match[2])

    return _SECRETS.sub(overwrite, head) + request[len(head) :], tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Message:
    """A response ready to be recorded: head as sent, body (bytes, or a seekable file), digest of the payload."""

    head_bytes: bytes
    head: ResponseHead
    body: bytes | IO[bytes]
    digest: str

    @classmethod
    def of(cls, head: bytes, body: bytes | IO[bytes]) -> Message:
        """Reads a large body once to take its digest; where the head ends is decided as a reader will decide it."""
        if split_head(head) != (head, b""):
            head, body = split_head(head + b"".join(pieces_of(body)))
        parsed = parse_head(head)
        return cls(head, parsed, body, digest_of_all(payload_pieces(parsed, pieces_of(body))))

    @property
    def length(self) -> int:
        """Bytes of head and body."""
        body = self.body
        return len(self.head_bytes) + (len(body) if isinstance(body, bytes) else body.seek(0, io.SEEK_END))

    @property
    def tools_agree(self) -> bool:
        """Whether every tool takes the same bytes for the payload: no chunks, a head that ends where it seems to."""
        return (
            self.head_bytes[:5] == b"HTTP/"
            and not self.head.chunked
            and _BLANK_LINE_INSIDE.search(self.head_bytes.rstrip(b"\r\n")) is None
        )


def pieces_of(body: bytes | IO[bytes]) -> Iterator[bytes]:
    """A body from its beginning, at most 1 MiB at a time when it is a file."""
    if isinstance(body, bytes):
        yield body
        return
    body.seek(0)
    while piece := body.read(PIECE):
        yield piece


def record(headers: Iterable[tuple[str, str]], block: Sequence[Part]) -> list[Part]:
    """A record of a block in memory, with its length and block digest, as parts of a gzip member."""
    digest = digest_of(*(data for data, _ in block))
    return [
        (header_bytes([*headers, ("WARC-Block-Digest", digest)], sum(len(data) for data, _ in block)), False),
        *block,
        (b"\r\n\r\n", False),
    ]


def response_record(headers: Iterable[tuple[str, str]], message: Message) -> Iterator[Part]:
    """A response's record; a body that is a file is read twice: for the block's digest, and to be written."""
    digest = digest_of_all(chain([message.head_bytes], pieces_of(message.body)))
    yield header_bytes([*headers, ("WARC-Block-Digest", digest)], message.length) + message.head_bytes, False
    stored = message.head.compressed
    for piece in pieces_of(message.body):
        yield piece, stored
    yield b"\r\n\r\n", stored


def header_bytes(headers: Iterable[tuple[str, str]], length: int) -> bytes:
    """The header block of a record, up to and with the blank line."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"WARC/1.1\r\n{lines}Content-Length: {length}\r\n\r\n".encode()


def urn(record_id: str) -> str:
    """A record's UUID as WARC headers write it."""
    return f"<urn:uuid:{record_id}>"


def warcinfo(record_id: str, date: str, filename: str, run: Run, hostname: str) -> list[Part]:
    """The record that names the run whose records follow: what a rebuild needs to know of it."""
    fields = {
        "software": software(),
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "hostname": hostname,
        "http-header-user-agent": run.user_agent,
        "seogo-run": run.id,
        "seogo-site": run.site,
        "seogo-job": run.job,
        "seogo-started": run.started_at,
        "seogo-definition-digest": run.definition_digest,
        "seogo-parser": run.parser,
    }
    block = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields.items() if value).encode()
    headers = {"WARC-Record-ID": urn(record_id), "WARC-Date": date, "WARC-Filename": filename}
    return _of_library("warcinfo", None, headers, "application/warc-fields", block)


def run_record(
    date: str, warcinfo_id: str, run_id: str, outcomes: Sequence[Outcome], end: Mapping[str, Any] | None
) -> list[Part]:
    """Outcomes of a run as JSON Lines, and its end as the last line: `{"outcome": {...}}` and `{"end": {...}}`."""
    rows: list[dict[str, Any]] = [
        {
            "outcome": {
                "url": outcome.url,
                "at": outcome.at,
                "outcome": outcome.outcome,
                "reason": outcome.reason,
                "capture_id": outcome.capture_id,
            }
        }
        for outcome in outcomes
    ]
    if end is not None:
        rows.append({"end": dict(end)})
    # ASCII, so that a lone surrogate in an address survives as an escape.
    block = "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")
    headers = {"WARC-Record-ID": urn(new_id()), "WARC-Date": date, "WARC-Warcinfo-ID": urn(warcinfo_id)}
    return _of_library("resource", RUN_URN + run_id, headers, "application/jsonl", block)


def metadata_record(date: str, warcinfo_id: str, capture_id: str, page: bytes) -> list[Part]:
    """The items of a page, for readers without this program.

    Its address is a URN: indexers of other tools would take a record at the page's address for a capture of the page.
    """
    headers = {
        "WARC-Record-ID": urn(new_id()),
        "WARC-Date": date,
        "WARC-Warcinfo-ID": urn(warcinfo_id),
        "WARC-Refers-To": urn(capture_id),
    }
    return _of_library("metadata", ITEMS_URN + capture_id, headers, "application/json", page)


def _of_library(kind: str, uri: str | None, headers: Mapping[str, str], content_type: str, block: bytes) -> list[Part]:
    from archive.warc.by_warcio import write

    return [(write(kind, uri, headers, content_type, block), False)]


def software() -> str:
    """This program and its version."""
    try:
        return f"Seogo/{version('seogo')}"
    except PackageNotFoundError:
        return "Seogo"
