from __future__ import annotations

import gzip
import io
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_makers import chunked, exchange, noise, run
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.codings import zstd
from archive.commit import Writer
from archive.errors import ArchiveMissing, CorruptRecord, RecordError, TruncatedRecord
from archive.warc import files
from archive.warc.digest import digest_of, parse_digest
from archive.warc.member import pack
from archive.warc.reader import Record, read_record, record_uuid, scan
from cpu_time import within
from warc_reading import iter_records


def member(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def raw(
    block: bytes = b"HTTP/1.1 200 OK\r\n\r\nbody",
    *,
    version: bytes = b"WARC/1.1",
    number: int = 1,
    drop: bytes = b"",
    extra: bytes = b"",
    length: bytes | None = None,
    tail: bytes = b"\r\n\r\n",
) -> bytes:
    lines = [
        version,
        b"WARC-Type: response",
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>" % number,
        b"WARC-Date: 2026-11-23T03:28:46.123Z",
        b"WARC-Target-URI: http://example.com/%d" % number,
        b"Content-Type: application/http;msgtype=response",
        b"Content-Length: " + (b"%d" % len(block) if length is None else length),
    ]
    kept = [line for line in lines if not drop or not line.startswith(drop)] + ([extra] if extra else [])
    return b"\r\n".join(kept) + b"\r\n\r\n" + block + tail


def write(tmp_path: Path, data: bytes, name: str = "a.warc.gz") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def shape(path: Path, *, lenient: bool = False) -> list[str]:
    return [
        type(found).__name__ if isinstance(found, RecordError) else found.target_uri[-1]
        for found in scan(path, lenient=lenient)
    ]


@given(st.lists(st.tuples(st.binary(max_size=200_000), st.booleans()), max_size=4))
@settings(max_examples=40, deadline=None)
def test_members_round_trip(parts: list[tuple[bytes, bool]]) -> None:
    packed = b"".join(pack(parts))
    assert gzip.decompress(packed) == b"".join(data for data, _ in parts)


def test_stored_members_cost_next_to_nothing() -> None:
    body = noise(300_000)
    assert len(b"".join(pack([(body, True)]))) < len(body) + 60


@given(body=st.binary(max_size=5000), head=st.binary(max_size=300))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_exchange_reads_back(tmp_path_factory: pytest.TempPathFactory, body: bytes, head: bytes) -> None:
    directory = tmp_path_factory.mktemp("any")
    one = exchange(head=b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n", body=body)
    with Writer.open(directory, run()) as writer:
        capture = writer.store(one, parse=False)
        record = read_record(directory, capture.warc_file, capture.offset)
    assert record.block() == one.response_head + body
    assert digest_of(*record.http().payload()) == capture.digest


DAMAGE = {
    "Content-Length is negative": raw(length=b"-1"),
    "Content-Length is a word": raw(length=b"abc"),
    "Content-Length is huge": raw(length=b"1" + b"0" * 30),
    "Content-Length is too short": raw(length=b"5"),
    "Content-Length is too long": raw(length=b"5000"),
    "Content-Length is missing": raw(drop=b"Content-Length"),
    "Content-Lengths differ": raw(extra=b"Content-Length: 5"),
    "no WARC-Type": raw(drop=b"WARC-Type"),
    "no WARC-Record-ID": raw(drop=b"WARC-Record-ID"),
    "no WARC-Date": raw(drop=b"WARC-Date"),
    "no WARC-Target-URI": raw(drop=b"WARC-Target-URI"),
    "unknown type": raw(drop=b"WARC-Type", extra=b"WARC-Type: novel"),
    "version from the future": raw(version=b"WARC/9.9"),
    "bare line feeds": raw().replace(b"\r\n", b"\n"),
    "a header of a megabyte": raw(extra=b"X: " + b"a" * (1 << 20)),
    "a hundred thousand headers": raw(extra=b"\r\n".join(b"X-%d: a" % n for n in range(100_000))),
    "two thousand headers": raw(extra=b"\r\n".join(b"X-%d: a" % n for n in range(2000))),
    "invalid UTF-8": raw(extra=b"X: \xff\xfe"),
    "no colon": raw(extra=b"what is this"),
    "no blank lines behind": raw(tail=b""),
    "empty": b"",
    "not WARC at all": b"hello" * 100,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_in_a_member_is_a_typed_error_and_reading_goes_on(tmp_path: Path, name: str) -> None:
    first = member(raw(number=1))
    path = write(tmp_path, first + member(DAMAGE[name]) + member(raw(number=3)))
    found = list(scan(path))
    assert [type(one).__name__ for one in found] == ["Record", "CorruptRecord", "Record"]
    error = found[1]
    assert isinstance(error, CorruptRecord)
    assert (error.offset, error.file) == (len(first), "a.warc.gz")
    with pytest.raises(CorruptRecord):
        list(iter_records(path))


PLAIN_RECOVERS = sorted(set(DAMAGE) - {"empty", "no blank lines behind"})


@pytest.mark.parametrize("name", PLAIN_RECOVERS)
def test_damage_in_a_plain_file_never_swallows_the_next_record(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, raw(number=1) + DAMAGE[name] + b"\r\n\r\n" + raw(number=3), "a.warc")
    got = shape(path)
    assert (got[0], got[-1]) == ("1", "3")
    assert {"CorruptRecord", "TruncatedRecord"} & set(got)


@pytest.mark.parametrize(
    "name", ["bare line feeds", "no WARC-Date", "invalid UTF-8", "no colon", "no blank lines behind", "unknown type"]
)
def test_lenient_reading_takes_what_other_tools_write(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, member(raw(number=1)) + member(DAMAGE[name]) + member(raw(number=3)))
    assert "CorruptRecord" not in shape(path, lenient=True)
    assert len(shape(path, lenient=True)) == 3


def test_bytes_damaged_on_disk(tmp_path: Path) -> None:
    members = [member(raw(noise(3000, n), number=n)) for n in (1, 2, 3)]
    offset, length = len(members[0]), len(members[1])
    for at in (0, 5, 40, length // 2, length - 7, length - 2):
        whole = bytearray(b"".join(members))
        whole[offset + at] ^= 0x55
        got = shape(write(tmp_path, bytes(whole)))
        assert (got[0], got[-1]) == ("1", "3")
        # The time stamp and flags of a gzip header may change without harm.
        assert got == ["1", "CorruptRecord", "3"] or (at == 5 and got == ["1", "2", "3"])


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_a_torn_last_record(tmp_path: Path, name: str) -> None:
    one, two = (
        (member(raw(number=1)), member(raw(noise(500), number=2)))
        if name.endswith("gz")
        else (raw(number=1), raw(number=2))
    )
    for cut in range(1, len(two)):
        *whole, last = scan(write(tmp_path, one + two[:cut], name))
        assert len(whole) == 1
        assert isinstance(last, RecordError)
        assert last.offset == len(one)
    assert isinstance(last, TruncatedRecord)


@pytest.mark.parametrize("junk", [b"\0" * 5000, b"trailing junk", member(b"not a record"), b"\x1f\x8b\x08junk"])
def test_junk_behind_the_last_record(tmp_path: Path, junk: bytes) -> None:
    assert shape(write(tmp_path, member(raw()) + junk)) in (["1", "CorruptRecord"], ["1", "TruncatedRecord"])


def test_one_gzip_stream_for_the_whole_file(tmp_path: Path) -> None:
    path = write(tmp_path, member(b"".join(raw(b"x" * n, number=n) for n in range(1, 6))))
    with pytest.raises(CorruptRecord, match="several records"):
        list(iter_records(path))
    records = list(iter_records(path, lenient=True))
    assert [record.block() for record in records] == [b"x" * n for n in range(1, 6)]
    assert {record.length for record in records} == {0}


def test_large_blocks_in_a_shared_member_are_found_again(tmp_path: Path) -> None:
    bodies = [noise(1_500_000, n) for n in (1, 2)]
    path = write(tmp_path, member(b"".join(raw(body, number=n) for n, body in enumerate(bodies))))
    assert [record.block() for record in iter_records(path, lenient=True)] == bodies


def test_an_arc_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    arc = b"filedesc://x.arc.gz 0.0.0.0 20261123000000 text/plain 76\n1 0 InternetArchive\nURL IP-address\n\n"
    with pytest.raises(CorruptRecord, match="an ARC file"):
        list(iter_records(write(tmp_path, member(arc)), lenient=True))


def test_zstandard_files(tmp_path: Path) -> None:
    frames = [zstd.compress(raw(b"z" * 2_000_000, number=1)), zstd.compress(raw(number=2))]
    path = write(tmp_path, b"".join(frames), "a.warc.zst")
    one, two = iter_records(path)
    assert (one.block(), two.block()) == (b"z" * 2_000_000, b"HTTP/1.1 200 OK\r\n\r\nbody")
    assert (two.offset, two.length) == (len(frames[0]), len(frames[1]))
    damaged = write(tmp_path, frames[0][:200] + frames[1], "b.warc.zst")
    assert shape(damaged)[-1] == "2"


def test_files_of_another_tool_read_alike(tmp_path: Path) -> None:
    for gz in (True, False):
        path = tmp_path / ("w.warc.gz" if gz else "w.warc")
        with path.open("wb") as out:
            writer = WARCWriter(out, gzip=gz)
            for n in range(3):
                head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
                writer.write_record(
                    writer.create_warc_record(
                        f"http://example.com/{n}", "response", payload=io.BytesIO(noise(2000, n)), http_headers=head
                    )
                )
        assert [b"".join(record.http().payload()) for record in iter_records(path)] == [
            noise(2000, n) for n in range(3)
        ]


def test_a_body_that_is_a_warc_file_is_never_taken_for_records(tmp_path: Path) -> None:
    evil = member(raw(number=6)) + member(raw(number=7))
    with Writer.open(tmp_path, run()) as writer:
        one = exchange("http://example.com/evil", noise(500) + evil, headers=[b"Content-Encoding: gzip"])
        capture = writer.store(one, parse=False)
        last = writer.store(exchange("http://example.com/8", b"last"), parse=False)
        writer.close("finished", {})
    path = files.locate(tmp_path, capture.warc_file)
    data = bytearray(path.read_bytes())
    assert evil in data
    data[capture.offset + capture.length - 6] ^= 0xFF
    path.write_bytes(data)
    found = list(scan(path))
    uris = [record.target_uri for record in found if isinstance(record, Record) and record.kind != "resource"]
    assert "http://example.com/6" not in uris
    assert uris[-2:] == [last.url, last.url]
    path.write_bytes(data[: capture.offset + capture.length - 6])
    assert [type(one).__name__ for one in scan(path)] == ["Record", "TruncatedRecord"]


def test_a_bomb_costs_neither_memory_nor_much_time(tmp_path: Path) -> None:
    bomb = b"".join(
        pack([(raw(length=b"%d" % (200 << 20), block=b"", tail=b""), False), *[(bytes(1 << 20), False)] * 201])
    )
    path = write(tmp_path, member(raw(number=1)) + bomb + member(raw(number=3)))
    tracemalloc.start()
    with within(5):
        found = list(scan(path))
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()
    assert [type(one).__name__ for one in found] == ["Record", "CorruptRecord", "Record"]


@given(st.binary(max_size=400), st.integers(0, 2))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_in_records_or_typed_errors(tmp_path: Path, data: bytes, where: int) -> None:
    good = member(raw())
    for name, content in (("a.warc.gz", (data + good, good + data, data)[where]), ("a.warc", data + raw())):
        for lenient in (True, False):
            for found in scan(write(tmp_path, content, name), lenient=lenient):
                assert isinstance(found, (Record, RecordError))


@pytest.mark.parametrize(
    "name",
    ["../x.warc.gz", "/etc/passwd", "a\0b", "a" * 300, "", ".", "..", "link.warc.gz", "pipe.warc.gz", "none.warc.gz"],
)
def test_names_that_are_refused(tmp_path: Path, name: str) -> None:
    folder = files.folder(tmp_path)
    folder.mkdir()
    (tmp_path / "x.warc.gz").write_bytes(member(raw()))
    (folder / "link.warc.gz").symlink_to(tmp_path / "x.warc.gz")
    os.mkfifo(folder / "pipe.warc.gz")
    with pytest.raises(ArchiveMissing):
        read_record(tmp_path, name, 0)


@pytest.mark.parametrize("offset", [-1, 1, 7, 10**9, 10**30])
def test_offsets_that_are_none(tmp_path: Path, offset: int) -> None:
    files.folder(tmp_path).mkdir()
    (files.folder(tmp_path) / "a.warc.gz").write_bytes(member(raw()))
    with pytest.raises(RecordError, match=re.escape("a.warc.gz")):
        read_record(tmp_path, "a.warc.gz", offset)


def test_a_record_reads_the_same_while_the_file_is_open(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        capture = writer.store(exchange(body=chunked(b"abc"), headers=[b"Transfer-Encoding: chunked"]), parse=False)
        before = read_record(tmp_path, capture.warc_file, capture.offset)
        writer.close("finished", {})
    after = read_record(tmp_path, capture.warc_file, capture.offset)
    assert before.path.name == after.path.name + ".open"
    assert before.block() == after.block()
    assert before.file == after.file == capture.warc_file


@pytest.mark.parametrize("size", ["sha1", "sha256", "md5", "sha512"])
def test_digests_in_every_spelling(size: str) -> None:
    import base64
    import hashlib

    value = hashlib.new(size, b"x").digest()
    spellings = [
        value.hex(),
        value.hex().upper(),
        base64.b32encode(value).decode(),
        base64.b32encode(value).decode().lower().rstrip("="),
        base64.b64encode(value).decode(),
    ]
    assert {parse_digest(f"{size}:{text}") for text in spellings} == {(size, value)}


@pytest.mark.parametrize(
    "label", ["", "sha1", "sha1:", "crc32:abc", "sha1:" + "!" * 32, "sha1:" + "A" * 31, "md5:ü" + "A" * 25]
)
def test_digests_that_are_none(label: str) -> None:
    assert parse_digest(label) is None


def test_ids_that_are_no_uuids() -> None:
    assert record_uuid("<urn:uuid:8F8C59AC-5C4B-4C1A-9F5B-27A4D4B4B0A5>") == "8f8c59ac-5c4b-4c1a-9f5b-27a4d4b4b0a5"
    assert record_uuid("<urn:x:1>") == record_uuid("urn:x:1") != record_uuid("urn:x:2")
