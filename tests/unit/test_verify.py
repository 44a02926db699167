from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_recovery import crawl, kill
from warc_makers import exchange, items, noise, run

from archive.commit import Writer
from archive.errors import ArchiveMissing
from archive.index.database import connect
from archive.model import Capture
from archive.verify import Finding, Summary, verify
from archive.warc import files
from archive.warc.member import pack
from archive.warc.reader import read_record


def findings(directory: Path) -> tuple[list[tuple[str, bool]], Summary]:
    found: list[Finding] = []
    summary = verify(directory, found.append)
    assert (summary.findings, summary.damaged) == (len(found), sum(one.damaged for one in found))
    for one in found:
        assert one.message
    return [(one.check, one.damaged) for one in found], summary


def test_a_sound_archive_is_clean(tmp_path: Path) -> None:
    stored = crawl(tmp_path)
    crawl(tmp_path, "r2")
    steps: list[tuple[int, int]] = []
    found: list[Finding] = []
    summary = verify(tmp_path, found.append, lambda done, of: steps.append((done, of)))
    assert found == []
    assert summary.exit_code == 0
    assert (summary.captures, summary.files) == (2 * len(stored), len(files.names(tmp_path)))
    assert steps[-1] == (summary.bytes, summary.bytes)


def test_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="holds no archive"):
        verify(tmp_path, print)


def edit(directory: Path, capture: Capture, change: Callable[[bytes], bytes], offset: int | None = None) -> None:
    """Replaces the record at an offset by what `change` makes of its decompressed bytes; the rest keeps its place."""
    at = capture.offset if offset is None else offset
    path = files.locate(directory, capture.warc_file)
    record = read_record(directory, capture.warc_file, at)
    data = path.read_bytes()
    member = data[at : at + record.length]
    changed = b"".join(pack([(change(gzip.decompress(member)), False)]))
    path.write_bytes(data[:at] + changed + data[at + record.length :])


def sql(directory: Path, statement: str) -> None:
    db = connect(directory / "index.db")
    with db.atomic():
        db.execute(statement)
    db.close()


def small(directory: Path) -> list[Capture]:
    """Two pages and a revisit; the record to be damaged is the last capture's, so that the others keep their places."""
    with Writer.open(directory, run()) as writer:
        one = writer.store(exchange("http://example.com/1", b"page one"), parse=False)
        revisit = writer.store(exchange("http://example.com/2", b"page one"), parse=False)
        writer.close("finished", {})
    with Writer.open(directory, run("r2"), max_bytes=1) as writer:
        last = writer.store(exchange("http://example.com/3", b"page three", request=b""), parse=False)
        writer.close("finished", {})
    return [one, revisit, last]


def flip(directory: Path, capture: Capture, at: int) -> None:
    path = files.locate(directory, capture.warc_file)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


CHANGES: dict[str, tuple[Callable[[bytes], bytes], set[str]]] = {
    "another body": (lambda record: record.replace(b"page three", b"PAGE three"), {"digest"}),
    "another block digest": (
        lambda record: record.replace(b"Block-Digest: sha1:", b"Block-Digest: sha1:A", 1),
        {"digest"},
    ),
    "an unknown digest": (lambda record: record.replace(b"Block-Digest: sha1:", b"Block-Digest: crc9:", 1), {"digest"}),
    "another status": (lambda record: record.replace(b"200 OK", b"404 OK"), {"digest", "differs"}),
    "another id": (lambda record: record.replace(b"urn:uuid:", b"urn:uuid:0", 1), {"unindexed"}),
    "another date": (lambda record: record.replace(b"WARC-Date: 2026", b"WARC-Date: 2025"), {"differs"}),
    "a malformed date": (lambda record: record.replace(b"WARC-Date: 2026", b"WARC-Date: 9x26"), {"rule"}),
    "no warcinfo": (
        lambda record: record.replace(b"WARC-Warcinfo-ID: <urn:uuid:", b"WARC-Warcinfo-ID: <urn:uuid:0"),
        {"pair", "differs"},
    ),
    "too short": (lambda record: record.replace(b"page three", b"page"), {"corrupt", "missing"}),
    "too long": (lambda record: record.replace(b"page three", b"page three and more"), {"corrupt", "missing"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_record_that_was_changed(tmp_path: Path, name: str) -> None:
    last = small(tmp_path)[-1]
    change, expected = CHANGES[name]
    edit(tmp_path, last, change)
    found, summary = findings(tmp_path)
    # What stands behind a record that changed its length has moved.
    assert expected <= {check for check, _ in found}
    assert summary.exit_code in (1, 3)


def test_bytes_that_rotted(tmp_path: Path) -> None:
    one, _revisit, last = small(tmp_path)
    flip(tmp_path, one, one.offset + one.length // 2)
    found, summary = findings(tmp_path)
    assert ("corrupt", True) in found
    assert ("missing", True) in found
    assert summary.exit_code == 3
    assert summary.captures == 2
    path = files.locate(tmp_path, last.warc_file)
    path.write_bytes(path.read_bytes()[:-5])
    assert ("torn", True) in findings(tmp_path)[0]


def test_a_revisit_that_leads_nowhere_or_to_another_payload(tmp_path: Path) -> None:
    one, revisit, last = small(tmp_path)
    sql(tmp_path, f"UPDATE capture SET digest = 'sha1:{'A' * 32}' WHERE id = '{one.id}'")
    assert ("target", True) in findings(tmp_path)[0]
    sql(tmp_path, f"UPDATE capture SET digest = '{one.digest}', kind = 'revisit' WHERE id = '{one.id}'")
    assert ("target", True) in findings(tmp_path)[0]
    sql(tmp_path, f"DELETE FROM capture WHERE id = '{one.id}'")
    found, summary = findings(tmp_path)
    assert {("target", True), ("unindexed", False)} <= set(found)
    assert summary.exit_code == 3
    assert revisit.refers_to == one.id != last.id


@pytest.mark.parametrize(
    ("statement", "expected", "code"),
    [
        ("UPDATE capture SET url = 'http://example.com/x' WHERE kind = 'revisit'", ("differs", False), 1),
        ("UPDATE capture SET request_offset = 0 WHERE kind = 'revisit'", ("differs", False), 1),
        ("DELETE FROM capture WHERE kind = 'revisit'", ("unindexed", False), 1),
        # The record stands, elsewhere.
        ("UPDATE capture SET \"offset\" = 1 WHERE kind = 'revisit'", ("differs", False), 1),
        ("UPDATE warc_file SET indexed_to = 100000000", ("missing", True), 3),
        ("UPDATE warc_file SET name = 'gone.warc.gz' WHERE n = 1", ("missing", True), 3),
        ("UPDATE capture SET metadata_file = 1, metadata_offset = 5", ("missing", True), 3),
        ("UPDATE run SET started_at = NULL", ("unindexed", False), 1),
    ],
)
def test_an_index_that_says_something_else(
    tmp_path: Path, statement: str, expected: tuple[str, bool], code: int
) -> None:
    small(tmp_path)
    sql(tmp_path, statement)
    found, summary = findings(tmp_path)
    assert expected in found
    assert summary.exit_code == code


def test_an_index_that_is_missing_or_broken(tmp_path: Path) -> None:
    small(tmp_path)
    (tmp_path / "index.db").unlink()
    found, summary = findings(tmp_path)
    assert found == [("index", False)]
    assert summary.exit_code == 1
    (tmp_path / "index.db").write_bytes(b"no database at all" * 1000)
    found, summary = findings(tmp_path)
    assert found == [("index", True)]
    assert summary.exit_code == 3


def test_what_a_killed_run_leaves_is_told_and_recovered(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path, run())
    capture = writer.store(exchange(), parse=True)
    writer.add_items(capture, items(capture.url, "title"))
    writer.store(exchange("http://example.com/2", noise(500)), parse=False)
    path = writer._warc.path
    kill(writer)
    path.write_bytes(path.read_bytes()[:-20])
    found, summary = findings(tmp_path)
    assert found.count(("unindexed", False)) == 2
    assert ("torn", False) in found
    assert ("unfinished", False) in found
    assert summary.exit_code == 1
    Writer.open(tmp_path, run("r2")).close("finished", {})
    assert findings(tmp_path)[0] == []


def test_a_record_that_swallowed_the_next_one(tmp_path: Path) -> None:
    small(tmp_path)
    inner = (
        b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:2>\r\nWARC-Date: 2026-11-23T03:28:46Z\r\n"
        b"WARC-Target-URI: http://example.com/8\r\nContent-Length: 1\r\n\r\nx"
    )
    block = b"first\r\n\r\n" + inner
    outer = inner.replace(b"urn:x:2", b"urn:x:1").replace(b"Content-Length: 1\r\n\r\nx", b"Content-Length: %d\r\n\r\n")
    (files.folder(tmp_path) / "other.warc").write_bytes(outer % len(block) + block + b"\r\n\r\n")
    assert ("swallowed", True) in findings(tmp_path)[0]


def foreign(number: int, block: bytes, *fields: str) -> bytes:
    lines = [
        "WARC/1.0",
        "WARC-Type: response",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "WARC-Date: 2026-11-23T03:28:46Z",
        f"WARC-Target-URI: http://example.com/{number}",
        *fields,
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n")


def test_files_of_other_tools_with_digests_of_all_kinds(tmp_path: Path) -> None:
    small(tmp_path)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"3\r\nabc\r\n0\r\n\r\n"
    block = head + body
    raw, payload = hashlib.sha1(body).hexdigest(), hashlib.sha256(b"abc").hexdigest()
    members = [
        foreign(1, block, f"WARC-Block-Digest: md5:{hashlib.md5(block).hexdigest()}"),
        foreign(2, block, f"WARC-Payload-Digest: sha1:{raw.upper()}"),
        foreign(3, block, f"WARC-Payload-Digest: sha256:{payload}"),
        foreign(4, block, f"WARC-Payload-Digest: sha256:{payload[::-1]}"),
        foreign(5, block, "WARC-Block-Digest: sha1:" + "A" * 32),
        foreign(3, block),
    ]
    (files.folder(tmp_path) / "other.warc.gz").write_bytes(b"".join(members))
    Writer.open(tmp_path, run("r3")).close("finished", {})
    found: list[Finding] = []
    verify(tmp_path, found.append)
    places = [sum(map(len, members[:number])) for number in range(6)]
    damage = [(one.check, places.index(one.offset)) for one in found if one.damaged and one.offset in places]
    assert damage == [("digest", 3), ("digest", 4), ("twice", 5)]


@pytest.mark.parametrize("right", [True, False])
def test_a_payload_digest_on_a_record_without_a_payload(tmp_path: Path, right: bool) -> None:
    with Writer.open(tmp_path, run()) as writer:
        stored = [writer.store(exchange(f"http://example.com/{n}", noise(99)), parse=True) for n in range(2)]
        for capture in stored:
            writer.add_items(capture, items(capture.url, "A title"))
        writer.close("finished", {})
    with connect(tmp_path / "index.db", readonly=True) as db:
        # The last first: what is behind a record that changes moves.
        query = "SELECT metadata_offset FROM captures ORDER BY 1 DESC"
        offsets = [int(row["metadata_offset"]) for row in db.query(query)]

    def add(data: bytes) -> bytes:
        (digest,) = re.findall(rb"WARC-Block-Digest: (\S+)", data)
        said = digest if right else b"sha1:" + b"A" * 32
        return data.replace(b"WARC-Type", b"WARC-Payload-Digest: " + said + b"\r\nWARC-Type", 1)

    for offset in offsets:
        edit(tmp_path, stored[0], add, offset)
    (tmp_path / "index.db").unlink()
    found: list[Finding] = []
    summary = verify(tmp_path, found.append)
    about = [one for one in found if one.check == "rule"]
    if right:
        assert [(one.damaged, one.offset) for one in about] == [(False, offsets[-1])]
        assert about[0].message.startswith("2 records have a WARC-Payload-Digest and no payload")
        assert summary.exit_code == 1
    else:
        assert [one.damaged for one in about] == [True, True]
        assert summary.exit_code == 3
