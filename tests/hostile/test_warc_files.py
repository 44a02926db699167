"""WARC files that are broken or made to harm, brought in by `seogo import`; each test bears its case's number.

What the reader itself makes of such files is in tests/unit/test_warc_reader.py, what recovery does with a torn end in
tests/unit/test_recovery.py, what verify finds in tests/unit/test_verify.py.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.codings import zstd
from archive.commit import Writer
from archive.errors import ArchiveMissing, NotFound, RecordError
from archive.index import captures
from archive.index.database import connect
from archive.model import Run
from archive.warc import files
from archive.warc import wacz as packages
from archive.warc.content import content_of_capture
from archive.warc.member import pack
from archive.warc.reader import read_record, scan
from foreign_warcs import Seogo, member, page, record, wacz, write

FIRST, LAST = (record(f"http://www.example.com/{n}", page(f"기사 {n}"), number=n) for n in (1, 3))


@pytest.fixture
def seogo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Seogo:
    return Seogo(tmp_path / "data", capsys)


def took(seogo: Seogo) -> list[str]:
    return sorted(url for [url] in seogo.rows("captures", "url"))


def among_good(seogo: Seogo, path: Path, bad: bytes, *, packed: bool = True) -> list[str]:
    """Takes in a file with something bad between two good records; returns what was told of it."""
    good = [member(FIRST), member(LAST)] if packed else [FIRST, LAST]
    write(path, good[0], bad, good[1])
    done = seogo.take(path)
    assert done.code == 1
    assert took(seogo) == ["http://www.example.com/1", "http://www.example.com/3"]
    told: list[str] = done.json["files"][0]["problems"]
    assert told[0].startswith(f"{path} at byte {len(good[0])}: ")
    assert seogo.is_sound()
    return told


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_59_a_torn_last_record(tmp_path: Path, seogo: Seogo, name: str) -> None:
    one, two = (member(FIRST), member(LAST)) if name.endswith("gz") else (FIRST, LAST)
    given = write(tmp_path / name, one, two[:-40])
    done = seogo.take(given)
    assert done.code == 1
    assert f"{given} at byte {len(one)}: " in done.err
    assert took(seogo) == ["http://www.example.com/1"]
    assert seogo.is_sound()
    [outcome] = [row for row in seogo.rows("outcomes", "outcome", "url", "reason") if row[0] == "import-damaged"]
    assert outcome[1] == f"urn:seogo:file:x.warc.gz#byte={len(one)}"
    write(given, one, two)
    assert seogo.take(given).code == 0
    assert len(took(seogo)) == 2


@pytest.mark.parametrize("at", [-8, -4, 30, 100], ids=["CRC", "ISIZE", "early byte", "middle byte"])
def test_60_bytes_that_rotted_inside_a_member(tmp_path: Path, seogo: Seogo, at: int) -> None:
    rotten = bytearray(member(record(number=2)))
    rotten[at] ^= 0x40
    among_good(seogo, tmp_path / "x.warc.gz", bytes(rotten))


@pytest.mark.parametrize(
    "junk",
    [b"\0" * 5000, b"trailing junk", member(b"another file"), b"\x1f\x8b\x08 no deflate"],
    ids=["NUL padding", "garbage", "another gzip file", "a head of gzip"],
)
def test_61_junk_between_and_behind_records(tmp_path: Path, seogo: Seogo, junk: bytes) -> None:
    among_good(seogo, tmp_path / "x.warc.gz", junk)
    given = write(tmp_path / "y.warc.gz", member(record("http://www.example.com/4", number=4)), junk)
    assert seogo.take(given).code == 1
    assert len(took(seogo)) == 3


def test_61_one_gzip_stream_for_the_whole_file(tmp_path: Path, seogo: Seogo) -> None:
    assert seogo.take(write(tmp_path / "x.warc.gz", member(FIRST + LAST))).code == 0
    assert len(took(seogo)) == 2
    assert seogo.is_sound()


LENGTHS = {
    "negative": {"length": b"-1"},
    "a word": {"length": b"abc"},
    "huge": {"length": b"1" + b"0" * 30},
    "missing": {"drop": b"Content-Length"},
    "two that differ": {"extra": [b"Content-Length: 5"]},
    "too short": {"length": b"5"},
    "too long": {"length": b"500000"},
}


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
@pytest.mark.parametrize("name", LENGTHS)
def test_62_a_wrong_length_never_swallows_the_next_record(
    tmp_path: Path, seogo: Seogo, name: str, packed: bool
) -> None:
    bad = record("http://www.example.com/2", b"<p>bad", number=2, **LENGTHS[name])  # type: ignore[arg-type]  # by name
    among_good(seogo, tmp_path / ("x.warc.gz" if packed else "x.warc"), member(bad) if packed else bad, packed=packed)


@pytest.mark.parametrize("lacking", [b"WARC-Type", b"WARC-Record-ID", b"WARC-Date", b"WARC-Target-URI"])
def test_63_a_mandatory_field_is_missing(tmp_path: Path, seogo: Seogo, lacking: bytes) -> None:
    [told] = among_good(seogo, tmp_path / "x.warc.gz", member(record(number=2, drop=lacking)))
    assert told.endswith(f"no {lacking.decode()}")


@pytest.mark.parametrize("date", [b"yesterday", b"2024-13-45T99:00:00Z", b"0000", b"99999-01-01"])
def test_63_a_date_that_is_none(tmp_path: Path, seogo: Seogo, date: bytes) -> None:
    among_good(seogo, tmp_path / "x.warc.gz", member(record(number=2, date=date)))


def test_63_a_version_from_the_future(tmp_path: Path, seogo: Seogo) -> None:
    among_good(seogo, tmp_path / "x.warc.gz", member(record(number=2, version=b"WARC/9.9")))


def test_63_unknown_types_and_bare_line_feeds_are_taken(tmp_path: Path, seogo: Seogo) -> None:
    body = b"<p>bare line feeds</p>"
    bare = record("http://www.example.com/2", body, number=2, head=b"HTTP/1.1 200 OK\n\n").replace(b"\r\n", b"\n")
    given = write(tmp_path / "x.warc.gz", member(FIRST), member(record(kind=b"novel", number=9)), member(bare))
    done = seogo.take(given)
    assert (done.code, done.json["files"][0]["records"]) == (0, 3)
    assert seogo.is_sound()


def skippable(dictionary: bytes) -> bytes:
    return b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary


ARC = b"filedesc://x.arc 0.0.0.0 20261123000000 text/plain 76\n1 0 InternetArchive\nURL IP-address Archive-date\n\n"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.arc.gz", member(ARC), "is an ARC file, which is not read; convert it with `warcio recompress` first"),
        ("x.arc", ARC, "is an ARC file"),
        ("x.warc.zst", b"\x5d\x2a\x4d\x18\x04\0\0\0dict", "a zstd dictionary that is none"),
        ("x.warc.zst", b"\x5d\x2a\x4d\x18\x05\0\0\0dict", "a zstd dictionary of 5 bytes, which is cut"),
        ("x.warc.zst", b"\x5d\x2a\x4d\x18\xff\xff\xff\xffdict", "cut or above 16 MiB"),
        ("x.warc.zst", skippable(zstd.compress(b"7\xa40\xec" + bytes(17 << 20))), "cut or above 16 MiB"),
        ("x.warc.zst", skippable(b"7\xa40\xec" + bytes(80)), "a zstd dictionary that is damaged"),
        ("x.warc", b"", "holds no WARC record that can be read"),
        ("x.warc", b"hello\n" * 50, "holds no WARC record that can be read"),
        ("x.warc.gz", member(b"hello"), "holds no WARC record that can be read"),
        ("x.wacz", b"PK\x03\x04" + b"\0" * 100, "it is no whole zip file"),
    ],
)
def test_63_files_that_are_no_warc(tmp_path: Path, seogo: Seogo, name: str, data: bytes, said: str) -> None:
    given = write(tmp_path / name, data)
    good = write(tmp_path / "good.warc.gz", member(FIRST))
    done = seogo.take(given, good)
    assert done.code == 1
    assert said in done.err
    assert str(given) in done.err
    assert done.err.count("\n") == 1
    assert took(seogo) == ["http://www.example.com/1"]


@pytest.mark.parametrize(
    "extra",
    [[b"X: " + b"a" * (1 << 20)], [b"X-%d: a" % number for number in range(100_000)]],
    ids=["a megabyte", "a hundred thousand"],
)
def test_64_headers_without_measure(tmp_path: Path, seogo: Seogo, extra: list[bytes]) -> None:
    among_good(seogo, tmp_path / "x.warc.gz", member(record(number=2, extra=extra)))


@pytest.mark.parametrize("extra", [b"X: \xff\xfe", b"no colon here", b"X: folded\r\n\tvalue"])
def test_64_odd_headers_are_taken_by_import(tmp_path: Path, seogo: Seogo, extra: bytes) -> None:
    given = write(tmp_path / "x.warc", record(number=2, extra=[extra]), LAST)
    assert seogo.take(given).code == 0
    assert len(took(seogo)) == 2
    assert seogo.is_sound()


@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "file:///etc/passwd", "../../etc/passwd", "/etc/passwd", "http:", "a\0b", "x" * 100_000],
    ids=lambda uri: uri[:20].replace("\0", "NUL"),
)
def test_65_only_web_addresses_become_captures(tmp_path: Path, seogo: Seogo, uri: str) -> None:
    before = set(tmp_path.rglob("*"))
    given = write(tmp_path / "x.warc.gz", member(FIRST), member(record(uri, number=2)))
    assert seogo.take(given).code == 0
    assert took(seogo) == ["http://www.example.com/1"]
    assert seogo.is_sound()
    made = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path not in before}
    assert made == {"data", "x.warc.gz"}


@pytest.mark.parametrize(
    "uri",
    [
        "http://www.example.com/<script>alert(1)</script>",
        "http://www.example.com/../../etc/passwd",
        "http://www.example.com/a\0b",
        "http://../x",
        "http://a\0b/x",
        "http://[::1/x",
        "http://www.example.com/" + "y" * 100_000,
        "http://mysite.toml/",
    ],
    ids=lambda uri: uri[7:30].replace("\0", "NUL"),
)
def test_65_hostile_web_addresses_harm_nothing(tmp_path: Path, seogo: Seogo, uri: str) -> None:
    given = write(tmp_path / "x.warc.gz", member(FIRST), member(record(uri, number=2)))
    done = seogo.take(given)
    assert done.code in (0, 1)
    assert "http://www.example.com/1" in took(seogo)
    assert seogo("verify").code == 0
    assert seogo("stats").code == 0
    assert seogo("search", "약가를").code == 0
    assert "\0" not in seogo("history", uri.replace("\0", "%00")[:1000]).out


def test_66_a_payload_that_is_a_bomb(tmp_path: Path, seogo: Seogo) -> None:
    bomb = b"".join(pack((bytes(1 << 20), False) for _ in range(200)))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    given = write(
        tmp_path / "x.warc.gz", member(FIRST), member(record("http://www.example.com/2", bomb, number=2, head=head))
    )
    tracemalloc.start()
    done = seogo.take(given)
    assert tracemalloc.get_traced_memory()[1] < 80 << 20
    tracemalloc.stop()
    assert (done.code, done.err) == (1, "Error: a page could not be parsed: http://www.example.com/2\n")
    assert ("http://www.example.com/2", "decode-limit") in seogo.rows("outcomes", "url", "outcome")
    assert len(took(seogo)) == 2
    assert len(seogo.rows("articles", "id")) == 1
    assert seogo.is_sound()


def test_66_a_member_that_is_a_bomb(tmp_path: Path, seogo: Seogo) -> None:
    start = record(length=b"%d" % (200 << 20), number=2, head=b"", body=b"").rstrip(b"\r\n") + b"\r\n\r\n"
    bomb = b"".join(pack([(start, False), *[(bytes(1 << 20), False)] * 201]))
    tracemalloc.start()
    among_good(seogo, tmp_path / "x.warc.gz", bomb)
    assert tracemalloc.get_traced_memory()[1] < 80 << 20
    tracemalloc.stop()


def digests(payload: bytes) -> dict[str, bytes]:
    sha1 = hashlib.sha1(payload, usedforsecurity=False).digest()
    return {
        "sha1 base32": b"sha1:" + base64.b32encode(sha1),
        "sha1 base16": b"SHA-1:" + base64.b16encode(sha1).lower(),
        "sha256": b"sha256:" + base64.b16encode(hashlib.sha256(payload).digest()).lower(),
        "md5": b"md5:" + base64.b64encode(hashlib.md5(payload, usedforsecurity=False).digest()),
    }


@pytest.mark.parametrize("kind", digests(b""))
@pytest.mark.parametrize("field", [b"WARC-Payload-Digest", b"WARC-Block-Digest"])
def test_67_digests_of_all_kinds_right_and_wrong(tmp_path: Path, seogo: Seogo, kind: str, field: bytes) -> None:
    head, body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", page()
    of = body if b"Payload" in field else head + body
    right, wrong = digests(of)[kind], digests(b"other")[kind]
    seogo.take(write(tmp_path / "right.warc.gz", member(record(number=1, head=head, extra=[field + b": " + right]))))
    assert seogo("verify").code == 0
    seogo.take(write(tmp_path / "wrong.warc.gz", member(record(number=2, head=head, extra=[field + b": " + wrong]))))
    found = seogo("verify")
    assert found.code == 3
    assert "wrong.warc.gz at byte 0" in found.out
    assert f"the bytes are not those of the {'payload' if b'Payload' in field else 'block'} digest" in found.out


def test_67_two_records_with_one_id(tmp_path: Path, seogo: Seogo) -> None:
    [told] = among_good(seogo, tmp_path / "x.warc.gz", member(record("http://www.example.com/2", number=1)))
    assert told.endswith("a second record with the id of an earlier one")


IDENTICAL = b"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
OF_PAGE = b"WARC-Payload-Digest: sha1:" + base64.b32encode(hashlib.sha1(page("기사 1"), usedforsecurity=False).digest())


def refers(number: int) -> bytes:
    return b"WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-%012d>" % number


def revisit(number: int, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n\r\n"
    return member(
        record(f"http://www.example.com/r{number}", b"", number=number, kind=b"revisit", head=head, extra=fields)
    )


NOWHERE = b"WARC-Payload-Digest: sha1:" + base64.b32encode(bytes(20))


@pytest.mark.parametrize(
    "revisits",
    [
        [revisit(2, IDENTICAL)],
        [revisit(2, IDENTICAL, NOWHERE, refers(2))],
        [revisit(2, IDENTICAL, NOWHERE, refers(4)), revisit(4, IDENTICAL, NOWHERE, refers(2))],
        [revisit(2, IDENTICAL, NOWHERE, refers(99))],
        [revisit(2, IDENTICAL, NOWHERE, refers(1))],
        [revisit(2, b"WARC-Profile: http://x/server-not-modified", status=b"304 Not Modified")],
    ],
    ids=["of nothing", "of itself", "in a circle", "of a missing record", "of another payload", "304 without target"],
)
def test_68_revisits_that_lead_nowhere_end_with_a_reason(tmp_path: Path, seogo: Seogo, revisits: list[bytes]) -> None:
    done = seogo.take(write(tmp_path / "x.warc.gz", member(FIRST), *revisits))
    assert (done.code, done.json["files"][0]["captures"]) == (1, 1 + len(revisits))
    with connect(seogo.directory / "index.db", readonly=True) as db:
        for number in (2, 4)[: len(revisits)]:
            capture = captures.get(db, f"00000000-0000-4000-8000-{number:012d}")
            with pytest.raises(NotFound, match=r"repeats|no capture"):
                content_of_capture(seogo.directory, capture, lambda one: captures.get(db, one))
        reasons = [row[0] for row in db.execute("SELECT reason FROM outcomes WHERE outcome = 'unreadable'")]
    assert len(reasons) == len(revisits)
    live = seogo.tables()
    assert seogo("reindex", "--jobs", 0).code == 0
    assert seogo.tables() == live


@pytest.mark.parametrize(
    "name",
    ["../../x.warc.gz", "/tmp/x.warc.gz", "a\0b.warc.gz", "y" * 300 + ".warc.gz", "..", "pipe.warc.gz", "link.warc.gz"],
    ids=lambda name: name[:20].replace("\0", "NUL"),
)
def test_69_names_of_warc_files_are_never_paths(tmp_path: Path, name: str) -> None:
    folder = files.folder(tmp_path / "data")
    folder.mkdir(parents=True)
    write(tmp_path / "x.warc.gz", member(FIRST))
    os.mkfifo(folder / "pipe.warc.gz")
    (folder / "link.warc.gz").symlink_to(tmp_path / "x.warc.gz")
    with pytest.raises(ArchiveMissing):
        read_record(tmp_path / "data", name, 0)


def test_69_links_and_devices_are_not_taken_in(tmp_path: Path, seogo: Seogo) -> None:
    inside = tmp_path / "given"
    inside.mkdir()
    write(tmp_path / "secret", member(FIRST))
    (inside / "a.warc.gz").symlink_to(tmp_path / "secret")
    os.mkfifo(inside / "b.warc.gz")
    (inside / "c.warc.gz").symlink_to("/dev/zero")
    done = seogo.take(inside)
    assert (done.code, done.err.count("is a link"), done.err.count("no regular file")) == (1, 2, 1)
    assert seogo.files() == {}


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def link(path: Path) -> Path:
    entry = zipfile.ZipInfo("archive/x.warc.gz")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(path, (entry, b"/etc/passwd"))


def nul(path: Path) -> Path:
    zipped(path, ("archive/aXb.warc.gz", b"x"))
    return write(path, path.read_bytes().replace(b"aXb", b"a\0b"))


def overlapping(path: Path) -> Path:
    """Two names for the same bytes: how a small file unpacks to a large one."""
    zipped(path, ("a", b"x" * 100), ("b", b"y"))
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 10)
    return write(path, bytes(data))


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("archive/x.warc", "w") as out:
        for _ in range(300):
            out.write(bytes(1 << 20))
    return path


def encrypted(path: Path) -> Path:
    data = bytearray(zipped(path, ("archive/x.warc.gz", b"x")).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return write(path, bytes(data))


GOOD = {"x.warc.gz": member(FIRST)}


def package(**changes: object) -> bytes:
    digest = hashlib.sha256(GOOD["x.warc.gz"]).hexdigest()
    listed = {"path": "archive/x.warc.gz", "hash": f"sha256:{digest}"} | changes
    return json.dumps({"resources": [listed]}).encode()


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "zip-slip": (lambda path: zipped(path, ("archive/../../x.warc.gz", b"x")), "leads out of it"),
    "absolute": (lambda path: zipped(path, ("/etc/x.warc.gz", b"x")), "leads out of it"),
    "backslash": (lambda path: zipped(path, ("archive\\..\\x.warc.gz", b"x")), "leads out of it"),
    "a drive": (lambda path: zipped(path, ("C:x.warc.gz", b"x")), "leads out of it"),
    "NUL": (nul, "leads out of it"),
    "a link": (link, "is a link"),
    "overlap": (overlapping, "overlaps the entry before it"),
    "bomb": (bomb, "times its size"),
    "encrypted": (encrypted, "is encrypted"),
    "no datapackage": (lambda path: zipped(path, ("archive/x.warc.gz", b"x")), "no datapackage.json"),
    "wrong hash": (lambda path: wacz(path, GOOD, package=package(hash="sha256:" + "0" * 64)), "are not those whose"),
    "unknown hash": (lambda path: wacz(path, GOOD, package=package(hash="crc32:1")), "of an unknown kind"),
    "not listed": (lambda path: wacz(path, GOOD, package=package(path="other")), "which is not in it"),
    "listed nowhere": (lambda path: wacz(path, GOOD, package=b'{"resources": []}'), "does not list"),
    "no JSON": (lambda path: wacz(path, GOOD, package=b"[" * 100_000), "no JSON object"),
    "odd JSON": (lambda path: wacz(path, GOOD, package=b'{"resources": [1]}'), "without path or hash"),
    "another datapackage": (
        lambda path: wacz(path, GOOD, more={"datapackage-digest.json": b'{"hash": "sha256:0"}'}),
        "is not the one",
    ),
    "no WARC": (lambda path: wacz(path, {}), "no WARC in it"),
    "packages": (lambda path: wacz(path, {}, more={"a.wacz": b"PK"}), "package of packages"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_69_packages_that_are_refused(tmp_path: Path, seogo: Seogo, name: str) -> None:
    make, said = REFUSED[name]
    given = make(tmp_path / "x.wacz")
    done = seogo.take(given)
    assert done.code == 1
    assert f"{given} is refused: " in done.err
    assert said in done.err
    assert seogo.files() == {}
    assert {path.name for path in tmp_path.iterdir()} == {"x.wacz", "data"}


def test_69_a_package_with_two_entries_of_one_name(tmp_path: Path, seogo: Seogo) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        given = zipped(tmp_path / "x.wacz", ("archive/x.warc.gz", b"x"), ("archive/x.warc.gz", b"y"))
    assert "two entries are named 'archive/x.warc.gz'" in seogo.take(given).err


def test_69_a_package_with_a_directory_beyond_measure(
    tmp_path: Path, seogo: Seogo, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = wacz(tmp_path / "x.wacz", GOOD)
    monkeypatch.setattr(packages, "MAX_ENTRIES", 1)
    assert "2 entries, at most 1" in seogo.take(given).err
    monkeypatch.setattr(packages, "MAX_DIRECTORY", 10)
    assert "a directory of" in seogo.take(given).err


def test_69_a_package_whose_bytes_rotted(tmp_path: Path, seogo: Seogo) -> None:
    data = wacz(tmp_path / "x.wacz", GOOD).read_bytes()
    for at in range(0, len(data), 37):
        rotten = bytearray(data)
        rotten[at] ^= 0x10
        done = seogo.take(write(tmp_path / "y.wacz", bytes(rotten)))
        # A time stamp may rot without harm; then the package is taken, once.
        assert done.code in (0, 1)
        assert took(seogo) in ([], ["http://www.example.com/1"])
    assert seogo.foreign() in ([], ["y-x.warc.gz"])


def test_70_what_a_package_says_of_its_records_is_not_used(tmp_path: Path, seogo: Seogo) -> None:
    line = (
        b'com,example)/1 20240506070809 {"url": "http://evil/", "filename": "../x", "offset": "999", "length": "-1"}\n'
    )
    given = wacz(tmp_path / "x.wacz", GOOD, more={"indexes/index.cdx": line, "pages/pages.jsonl": b"{broken"})
    assert seogo.take(given).code == 0
    assert took(seogo) == ["http://www.example.com/1"]


@pytest.mark.parametrize("offset", [-1, 1, 10**9, "next"], ids=str)
def test_70_an_offset_that_leads_elsewhere_is_noticed(tmp_path: Path, seogo: Seogo, offset: int | str) -> None:
    seogo.take(write(tmp_path / "x.warc.gz", member(FIRST), member(LAST)))
    place = len(member(FIRST)) if offset == "next" else offset
    with connect(seogo.directory / "index.db") as db:
        db.execute("UPDATE capture SET \"offset\" = ? WHERE url LIKE '%/1'", (place,))
    with connect(seogo.directory / "index.db", readonly=True) as db:
        capture = captures.get(db, "00000000-0000-4000-8000-000000000001")
        with pytest.raises(RecordError, match=r"x\.warc\.gz"):
            content_of_capture(seogo.directory, capture, lambda one: captures.get(db, one))
    assert seogo("verify").code in (1, 3)


def test_71_a_file_that_goes_away_under_a_reader(tmp_path: Path, seogo: Seogo) -> None:
    """It is read to its end by who has it open, and told of to who comes later."""
    bodies = [os.urandom(300_000) for _ in range(8)]
    path = write(tmp_path / "x.warc.gz", *(member(record(body=one, number=n)) for n, one in enumerate(bodies)))
    records = scan(path)
    assert not isinstance(next(records), RecordError)
    path.unlink()
    assert [isinstance(one, RecordError) for one in records] == [False] * 7
    seogo.take(write(tmp_path / "y.warc.gz", member(FIRST)))
    files.locate(seogo.directory, "y.warc.gz").unlink()
    shown = seogo("show", "00000000-0000-4000-8000-000000000001", "--raw")
    assert shown.code != 0
    assert "y.warc.gz" in shown.err
    assert seogo("verify").code == 3


@pytest.mark.parametrize("step", ["fsync", "rename", "write"])
def test_71_a_disk_that_fails_under_an_import(
    tmp_path: Path, seogo: Seogo, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    given = write(tmp_path / "x.warc.gz", member(FIRST))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif step == "rename":
        monkeypatch.setattr(Path, "rename", full)
    else:
        monkeypatch.setattr(Path, "open", full)
    done = seogo.take(given)
    assert done.code != 0
    assert "No space left on device" in done.err
    monkeypatch.undo()
    assert not [name for name in seogo.files() if name.startswith(".")]
    assert seogo.take(given).code == 0
    assert took(seogo) == ["http://www.example.com/1"]
    assert seogo.is_sound()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_71_a_directory_that_cannot_be_written(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "x.warc.gz", member(FIRST))
    seogo.directory.mkdir()
    seogo.directory.chmod(0o500)
    assert seogo.take(given).code == 2


def test_71_two_that_write(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "x.warc.gz", member(FIRST))
    run = Run("r", "example", "2026-11-23T03:28:46.123Z")
    with Writer.open(seogo.directory, run) as writer:
        assert seogo.take(given).code == 75
        writer.close("finished", {})
    assert seogo.take(given).code == 0


def test_gzip_members_of_every_header_shape_are_read(tmp_path: Path, seogo: Seogo) -> None:
    """Names, comments, extra fields and checksums of the header, as gzip(1) and wget write them."""
    plain = member(FIRST)
    named = b"\x1f\x8b\x08\x08" + plain[4:10] + b"name\0" + plain[10:]
    extra = member(LAST)
    with_extra = b"\x1f\x8b\x08\x04" + extra[4:10] + struct.pack("<H", 4) + b"sl\0\0" + extra[10:]
    assert gzip.decompress(named + with_extra) == FIRST + LAST
    given = write(tmp_path / "x.warc.gz", named, with_extra)
    assert seogo.take(given).code == 0
    assert seogo.files()["x.warc.gz"] == given.read_bytes()
