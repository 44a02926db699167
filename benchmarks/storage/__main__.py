"""What would a month of hourly fetches cost, stored in other ways? A study: nothing of it is built but revisits.

`python -m benchmarks.storage [--hours 720] [--watched 4]` prints the tables of docs/storage.md. Sizes, not seconds.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import random
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat

from backports import zstd

from archive.warc.member import pack
from benchmarks.storage.month import CHURN, month

DICTIONARY = 112_640
LEVEL = 3
SAMPLE = 5
TRAINED_ON = 24
"""Hours whose pages a site's dictionary is made of."""


@dataclass
class Sizes:
    """Bytes of all records of a month, by how they are stored."""

    pages: int = 0
    raw: int = 0
    unchanged: int = 0
    by_way: dict[str, int] = field(default_factory=dict)

    def add(self, way: str, size: int) -> None:
        self.by_way[way] = self.by_way.get(way, 0) + size


def main() -> None:
    """Measure each kind of churn, with bodies as servers send them and decoded."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=int, default=720)
    parser.add_argument("--watched", type=int, default=4)
    given = parser.parse_args()
    with ProcessPoolExecutor(4) as pool:
        measured = pool.map(measure, repeat(given.hours), repeat(given.watched), CHURN)
        found = dict(zip(CHURN, measured, strict=True))
    first = found["quiet"]
    print(f"{first.pages} fetches in {given.hours} hours, {first.raw / first.pages / 1000:.0f} kB a page as HTML\n")
    print(table(found))


WAYS = {
    "wire, all whole": "sent with gzip, every payload whole",
    "wire, revisits": "the same, unchanged payloads as revisits (what Seogo does)",
    "wire, revisits, zstd": "the same, members zstd with the site's dictionary",
    "plain, all whole": "sent uncompressed, every payload whole",
    "plain, revisits": "the same, unchanged payloads as revisits (what Seogo does)",
    "plain, revisits, zstd": "the same, members zstd without a dictionary",
    "plain, revisits, dictionary": "the same, members zstd with the site's dictionary",
}


def table(found: dict[str, Sizes]) -> str:
    """The sizes as Markdown, in MB, and as parts of the first row of their kind."""
    lines = ["| stored | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    for way, said in WAYS.items():
        whole = way.partition(",")[0] + ", all whole"
        cells = [
            f"{one.by_way[way] / 1e6:.1f} MB ({one.by_way[way] / one.by_way[whole]:.0%})" for one in found.values()
        ]
        lines.append(f"| {said} | " + " | ".join(cells) + " |")
    unchanged = " | ".join(f"{one.unchanged / one.pages:.0%}" for one in found.values())
    lines.append(f"| payloads that were there already | {unchanged} |")
    return "\n".join(lines)


def measure(hours: int, watched: int, churn: str) -> Sizes:
    """The sizes of one month's records, response and request together.

    Which payloads are new is known of all; of those one in SAMPLE of each kind of page is packed, and stands for the
    next ones.
    """
    sizes = Sizes()
    dice = random.Random(3)
    wired, plain = _trained(watched, churn)
    asked = _gzip(_record("request", "/", b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n", dice))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 54321\r\n\r\n"
    again = _gzip(_record("revisit", "/article/12345", head, dice))
    packed: dict[bytes, dict[str, int]] = {}
    latest: dict[str, dict[str, int]] = {}
    count: dict[str, int] = {}
    for address, body in month(hours, watched, churn):
        sizes.pages += 1
        sizes.raw += len(body)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        new = digest not in packed
        sizes.unchanged += not new
        if new:
            kind = address.split("/")[1]
            if count.get(kind, 0) % SAMPLE == 0:
                latest[kind] = _packed(address, head, body, wired, plain, dice)
            count[kind] = count.get(kind, 0) + 1
            packed[digest] = latest[kind]
        for way, size in packed[digest].items():
            sizes.add(way, (size if new or way.endswith("all whole") else again) + asked)
    return sizes


def _packed(
    address: str, head: bytes, body: bytes, wired: zstd.ZstdDict, plain: zstd.ZstdDict, dice: random.Random
) -> dict[str, int]:
    """The size of one response's record, stored in each of WAYS."""
    sent = _record("response", address, head + gzip.compress(body, 6, mtime=0), dice)
    open_ = _record("response", address, head + body, dice)
    return {
        "wire, all whole": _gzip(sent),
        "wire, revisits": _gzip(sent),
        "wire, revisits, zstd": len(zstd.compress(sent, LEVEL, zstd_dict=wired)),
        "plain, all whole": _gzip(open_),
        "plain, revisits": _gzip(open_),
        "plain, revisits, zstd": len(zstd.compress(open_, LEVEL)),
        "plain, revisits, dictionary": len(zstd.compress(open_, LEVEL, zstd_dict=plain)),
    }


def _trained(watched: int, churn: str) -> Iterator[zstd.ZstdDict]:
    """A dictionary of payloads as sent with gzip, and one of payloads as HTML: of the first day of the month."""
    dice = random.Random(4)
    pages = [_record("response", address, body, dice) for address, body in month(TRAINED_ON, watched, churn)]
    coded = [gzip.compress(page, 6, mtime=0) for page in pages]
    yield from (zstd.train_dict(samples, DICTIONARY) for samples in (coded, pages))


def _record(kind: str, address: str, block: bytes, dice: random.Random) -> bytes:
    """A record with the headers that Seogo writes; ids and digests do not compress, and are other ones each time."""
    name = uuid.UUID(int=dice.getrandbits(128), version=4)
    digest = hashlib.sha1(block).hexdigest()
    again = f"WARC-Refers-To: <urn:uuid:{uuid.UUID(int=dice.getrandbits(128))}>\r\n" if kind == "revisit" else ""
    return (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Date: 2026-11-23T03:28:46.123Z\r\n"
        f"WARC-Target-URI: https://news.example{address}\r\nWARC-Warcinfo-ID: <urn:uuid:{uuid.UUID(int=5)}>\r\n"
        f"WARC-IP-Address: 203.0.113.7\r\nWARC-Block-Digest: sha1:{digest}\r\nWARC-Payload-Digest: sha1:{digest}\r\n"
        f"{again}Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    ).encode() + block


def _gzip(record: bytes) -> int:
    return sum(map(len, pack([(record, True)])))


if __name__ == "__main__":
    main()
