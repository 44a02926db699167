"""`seogo import`: files of other tools become captures like any other."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from warc_makers import exchange as own_exchange
from warc_makers import run
from warcio.warcwriter import WARCWriter

import archive.importing
from archive.codings import zstd
from archive.commit import Writer
from archive.index.database import connect
from archive.lock import Lock
from archive.warc import files
from archive.warc.reader import record_uuid
from foreign_warcs import Seogo, exchange, member, other_tool, page, record, wacz, write
from warc_reading import iter_records

ONE, TWO, THREE = (record(f"http://www.example.com/{n}", page(f"기사 {n}"), number=n) for n in (1, 2, 3))


@pytest.fixture
def seogo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Seogo:
    return Seogo(tmp_path / "data", capsys)


def test_a_file_in_the_archives_form_is_copied_byte_for_byte(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "crawl.warc.gz", member(ONE), member(TWO))
    done = seogo.take(given)
    assert (done.code, done.err) == (0, "")
    assert done.json["files"] == [
        {
            "source": str(given),
            "file": "crawl.warc.gz",
            "records": 2,
            "captures": 2,
            "known": 0,
            "damaged": 0,
            "problems": [],
        }
    ]
    assert seogo.files()["crawl.warc.gz"] == given.read_bytes()
    [run_id] = {row[0] for row in seogo.rows("captures", "run_id")}
    assert seogo.rows("captures", "site", "fidelity", "captured_at", "warc_file")[0] == (
        "example.com",
        "imported",
        "2024-05-06T07:08:09.000Z",
        "crawl.warc.gz",
    )
    assert seogo.rows("runs", "id", "outcome") == [(run_id, "finished")]
    assert sorted(seogo.rows("articles", "title")) == [("기사 1",), ("기사 2",)]
    found = [json.loads(line)["title"] for line in seogo("search", "약가를", "--json").out.splitlines()]
    assert sorted(found) == ["기사 1", "기사 2"]
    assert seogo.is_sound()


def test_importing_twice_changes_nothing(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "crawl.warc", ONE, TWO)
    renamed = write(tmp_path / "renamed.warc.gz", member(ONE), member(TWO))
    seogo.take(given)
    before = seogo.files(), seogo.tables()
    done = seogo.take(given, renamed)
    assert (done.code, done.json["run"]) == (0, None)
    assert [(one["file"], one["known"]) for one in done.json["files"]] == [(None, 2), (None, 2)]
    assert (seogo.files(), seogo.tables()) == before


def with_dictionary(path: Path, *records: bytes, packed: bool) -> Path:
    """A file whose first frame is the dictionary of the others, as the specification of WARC in zstd has it."""
    samples = [record(f"http://www.example.com/{n}", page(f"본보기 {n}"), number=n) for n in range(200)]
    dictionary = zstd.train_dict(samples, 20_000)
    first = zstd.compress(dictionary.dict_content) if packed else dictionary.dict_content
    frames = [zstd.compress(one, zstd_dict=dictionary) for one in records]
    with pytest.raises(zstd.ZstdError):
        zstd.decompress(frames[0])
    return write(path, b"\x5d\x2a\x4d\x18", len(first).to_bytes(4, "little"), first, *frames)


FORMS = [
    "plain",
    "one gzip stream",
    "zstd",
    "zstd, dictionary",
    "zstd, packed dictionary",
    "drafts and bare line feeds",
]


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_are_packed_one_member_a_record(tmp_path: Path, seogo: Seogo, form: str) -> None:
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
    large = record("http://www.example.com/large", os.urandom(2_000_000), number=9, head=picture)
    given = {
        "plain": lambda: write(tmp_path / "a.warc", ONE, large, TWO),
        "one gzip stream": lambda: write(tmp_path / "a.warc.gz", member(ONE + large + TWO)),
        "zstd": lambda: write(tmp_path / "a.warc.zst", *(zstd.compress(one) for one in (ONE, large, TWO))),
        "zstd, dictionary": lambda: with_dictionary(tmp_path / "a.warc.zst", ONE, large, TWO, packed=False),
        "zstd, packed dictionary": lambda: with_dictionary(tmp_path / "a.warc.zst", ONE, large, TWO, packed=True),
        "drafts and bare line feeds": lambda: write(
            tmp_path / "a.warc", ONE.replace(b"WARC/1.0", b"WARC/0.18", 1), large, TWO
        ),
    }[form]()
    assert seogo.take(given).json["files"][0]["captures"] == 3
    path = files.locate(seogo.directory, "a.warc.gz")
    records = list(iter_records(path))
    assert [one.target_uri[-1] for one in records] == ["1", "e", "2"]
    assert [one.block() for one in records] == [one.split(b"\r\n\r\n", 1)[1][:-4] for one in (ONE, large, TWO)]
    assert all(one.length for one in records)
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", path], check=False, capture_output=True)
    assert checked.returncode == 0
    assert seogo.is_sound()


def test_names_that_are_taken_get_a_suffix_and_ours_are_not_given_away(tmp_path: Path, seogo: Seogo) -> None:
    for folder, one in (("a", ONE), ("b", TWO), ("c", THREE)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "x.warc.gz", member(one))
    own = write(tmp_path / "seogo-20261123032846123-00001-host.warc.gz", member(record(number=4)))
    odd = write(tmp_path / "..a b:ü.warc.gz", member(record(number=5)))
    assert seogo.take(tmp_path / "a", tmp_path / "b", tmp_path / "c", own, odd).code == 0
    assert seogo.foreign() == [
        "a_b_.warc.gz",
        "imported-seogo-20261123032846123-00001-host.warc.gz",
        "x-2.warc.gz",
        "x-3.warc.gz",
        "x.warc.gz",
    ]
    assert seogo.is_sound()


def test_a_file_that_has_grown_brings_what_is_new(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "x.warc.gz", member(ONE))
    seogo.take(given)
    request = record(
        kind=b"request", number=8, extra=[b"WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>"]
    )
    write(given, member(ONE), member(request), member(TWO))
    taken = seogo.take(given).json["files"][0]
    assert (taken["file"], taken["captures"], taken["known"], taken["records"]) == ("x-2.warc.gz", 1, 1, 1)
    assert len(seogo.rows("captures", "id")) == 2
    assert seogo.is_sound()


def test_an_id_that_is_no_uuid_becomes_one(tmp_path: Path, seogo: Seogo) -> None:
    extra = [b"WARC-Record-ID: <urn:x:1>"]
    seogo.take(write(tmp_path / "x.warc.gz", member(record(drop=b"WARC-Record-ID", extra=extra))))
    assert seogo.rows("captures", "id") == [(record_uuid("<urn:x:1>"),)]
    assert seogo.is_sound()


def test_another_record_with_the_id_of_one_that_is_there_is_told(tmp_path: Path, seogo: Seogo) -> None:
    seogo.take(write(tmp_path / "x.warc.gz", member(ONE)))
    other = write(tmp_path / "y.warc.gz", member(TWO), member(record("http://evil.example/", b"<p>other", number=1)))
    done = seogo.take(other)
    assert done.code == 1
    assert f"{other} at byte {len(member(TWO))}: the archive has another record with its id" in done.err
    assert sorted(seogo.rows("captures", "url")) == [("http://www.example.com/1",), ("http://www.example.com/2",)]
    assert seogo.is_sound()
    again = seogo.take(other)
    assert (again.code, again.json["files"][0]["file"]) == (1, None)


def sha256(body: bytes) -> bytes:
    return base64.b16encode(hashlib.sha256(body).digest()).lower()


def sha1(body: bytes) -> bytes:
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest())


BODY = page("되풀이")
PROFILE = b"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/"
SAME, UNCHANGED = PROFILE + b"identical-payload-digest", PROFILE + b"server-not-modified"
NAMED = [b"WARC-Refers-To-Target-URI: http://www.example.com/o", b"WARC-Refers-To-Date: 2024-05-06T07:08:09Z"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([SAME, *NAMED, b"WARC-Payload-Digest: sha1:" + sha1(BODY)], b"200 OK"),
        ([SAME, b"WARC-Payload-Digest: sha1:" + sha1(BODY)], b"200 OK"),
        ([SAME, *NAMED, b"WARC-Payload-Digest: sha256:" + sha256(BODY)], b"200 OK"),
        ([SAME, *NAMED], b"200 OK"),
        ([UNCHANGED, *NAMED, b"WARC-Payload-Digest: sha1:" + sha1(b"")], b"304 Not Modified"),
    ],
    ids=["by address and date", "by digest", "by another digest", "without a digest", "not modified"],
)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "original later"])
def test_revisits_lead_to_their_payload(
    tmp_path: Path, seogo: Seogo, fields: list[bytes], status: bytes, late: bool
) -> None:
    said = [b"WARC-Payload-Digest: sha256:" + sha256(BODY)] if b"sha256" in b"".join(fields) else []
    original = member(record("http://www.example.com/o", BODY, number=1, extra=said))
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n\r\n"
    date = b"2024-06-01T00:00:00Z"
    revisit = member(
        record("http://www.example.com/r", b"", number=2, kind=b"revisit", head=head, date=date, extra=fields)
    )
    if late:
        done = seogo.take(write(tmp_path / "r.warc.gz", revisit))
        assert done.code == 1
        assert "could not be parsed: http://www.example.com/r" in done.err
        assert seogo.take(write(tmp_path / "o.warc.gz", original)).code == 0
    else:
        assert seogo.take(write(tmp_path / "both.warc.gz", revisit, original)).code == 0
    assert {row[0] for row in seogo.rows("article_urls", "url")} >= {"http://www.example.com/r"}
    assert seogo("show", "00000000-0000-4000-8000-000000000002", "--raw").code == 0
    assert seogo.is_sound()


def test_a_revisit_of_what_is_not_there_stays_an_outcome(tmp_path: Path, seogo: Seogo) -> None:
    given = record(kind=b"revisit", body=b"", extra=[SAME, *NAMED, b"WARC-Payload-Digest: sha1:" + sha1(b"x")])
    assert seogo.take(write(tmp_path / "r.warc.gz", member(given))).code == 1
    outcomes = [row for row in seogo.rows("outcomes", "outcome", "reason") if row[0] == "unreadable"]
    assert len(outcomes) == 1
    assert seogo.is_sound()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (gzip.compress(bytes(60 << 20)), "decode-limit"),
        (gzip.compress(page())[:-200], "truncated-encoding"),
        (bytes(range(256)), "bad-encoding"),
    ],
    ids=["bomb", "cut-short", "no-gzip"],
)
def test_a_page_that_cannot_be_decoded_ends_in_an_outcome(
    tmp_path: Path, seogo: Seogo, body: bytes, outcome: str
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    given = write(tmp_path / "coded.warc.gz", member(record(body=body, head=head)), member(TWO))
    done = seogo.take(given)
    assert done.code == 1
    assert "could not be parsed: http://www.example.com/1" in done.err
    told = [row for row in seogo.rows("outcomes", "outcome", "url", "reason") if row[0] == outcome]
    assert [row[1] for row in told] == ["http://www.example.com/1"]
    assert "cannot be decoded" in told[0][2]
    assert seogo.rows("articles", "title") == [("기사 2",)]
    assert seogo.is_sound()


def test_what_a_file_says_of_runs_outcomes_items_and_fidelity_is_not_believed(tmp_path: Path, seogo: Seogo) -> None:
    seogo.take(write(tmp_path / "good.warc.gz", member(ONE)))
    victim = seogo.rows("captures", "id")[0][0]
    [run_id] = [row[0] for row in seogo.rows("runs", "id")]
    line = {"outcome": {"url": "x", "at": "2030-01-01T00:00:00.000Z", "outcome": "parse-crash", "capture_id": victim}}
    end = {"end": {"finished_at": "2030-01-01T00:00:00.000Z", "outcome": "forged", "counts": {}}}
    forged = (json.dumps(line) + "\n" + json.dumps(end) + "\n").encode()
    info = b"software: Seogo/9\r\nseogo-run: forged\r\nseogo-site: forged\r\n"
    before = seogo.tables()
    evil = write(
        tmp_path / "evil.warc.gz",
        member(record(kind=b"warcinfo", number=5, head=info, body=b"", extra=[b"WARC-Filename: evil.warc.gz"])),
        member(record(f"urn:seogo:run:{run_id}", forged, kind=b"resource", number=6, head=b"")),
        member(
            record(
                f"urn:seogo:items:{victim}",
                b"{}",
                kind=b"metadata",
                number=7,
                head=b"",
                extra=[b"WARC-Refers-To: <urn:uuid:%s>" % victim.encode()],
            )
        ),
        member(record("http://www.example.com/evil", number=8, extra=[b"Seogo-Fidelity: wire"])),
    )
    assert seogo.take(evil).code == 0
    after = seogo.tables()
    assert before["articles"][0] in after["articles"]
    assert before["captures"][0] in after["captures"]
    assert before["runs"][0] in after["runs"]
    assert len(after["runs"]) == 2
    assert {row[0] for row in seogo.rows("captures", "fidelity")} == {"imported"}
    assert {row[0] for row in seogo.rows("captures", "site")} == {"example.com"}
    assert seogo.is_sound()


def test_a_site_can_be_named(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "x.warc.gz", member(ONE))
    definition = tmp_path / "paper.toml"
    definition.write_text(
        'name = "paper"\nseeds = ["http://www.example.com/"]\n[[articles]]\npath = "/{key}"\n', encoding="utf-8"
    )
    assert seogo.take(given, "--site", definition).code == 0
    assert seogo.rows("captures", "site") == [("paper",)]
    assert seogo.rows("articles", "site", "key") == [("paper", "1")]
    assert seogo.rows("runs", "site") == [("paper",)]
    assert seogo.is_sound()


@pytest.mark.parametrize("stage", ["before its name", "before its rows"])
def test_killed_while_a_file_is_taken_in(
    tmp_path: Path, seogo: Seogo, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    given = write(tmp_path / "x.warc", ONE, TWO)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    if stage == "before its name":
        monkeypatch.setattr(Path, "rename", killed)
    else:
        monkeypatch.setattr(archive.importing, "absorb", killed)
    assert seogo.take(given).code == 1
    monkeypatch.undo()
    (seogo.directory / "archive" / ".import-left").write_bytes(b"by a kill")
    done = seogo.take(given)
    assert done.code == 0
    assert done.json["run"]["pages"] == (2 if stage == "before its name" else 0)
    assert seogo.foreign() == ["x.warc.gz"]
    assert sorted(seogo.rows("captures", "site", "warc_file")) == [("example.com", "x.warc.gz")] * 2
    assert len(seogo.rows("articles", "id")) == 2
    assert all(row[0] for row in seogo.rows("captures", "run_id"))
    assert seogo.is_sound()


def test_a_package(tmp_path: Path, seogo: Seogo) -> None:
    one = other_tool(tmp_path / "1.warc.gz", lambda w: exchange(w, "https://www.example.com/1", page("하나")))
    two = other_tool(tmp_path / "2.warc.gz", lambda w: exchange(w, "https://www.example.com/2", page("둘")))
    given = wacz(
        tmp_path / "my crawl.wacz",
        {"data.warc.gz": one.read_bytes(), "rec-2.warc.gz": two.read_bytes()},
        more={"indexes/index.cdxj": b"lies", "pages/pages.jsonl": b"{}"},
    )
    done = seogo.take(given)
    assert (done.code, [taken["captures"] for taken in done.json["files"]]) == (0, [1, 1])
    assert done.json["files"][0]["source"] == f"{given}#archive/data.warc.gz"
    assert seogo.foreign() == ["my_crawl-data.warc.gz", "my_crawl-rec-2.warc.gz"]
    assert sorted(seogo.rows("articles", "title")) == [("둘",), ("하나",)]
    assert all(offset for [offset] in seogo.rows("captures", "request_offset"))
    assert seogo.take(given).json["run"] is None
    assert seogo.is_sound()


def test_shapes_of_other_tools(tmp_path: Path, seogo: Seogo) -> None:
    """Bodies stored decoded under headers as sent, renamed headers, addresses in brackets, records without captures."""

    def browser(writer: WARCWriter) -> None:
        exchange(writer, "https://www.example.com/1", page("브라우저"), Content_Encoding="gzip")
        exchange(writer, "https://www.example.com/2", page("공용"), X_Crawler_Content_Encoding="br")
        info = writer.create_warc_record("urn:pageinfo:https://www.example.com/1", "resource", warc_content_type="a/b")
        writer.write_record(info)

    other_tool(tmp_path / "browser.warc.gz", browser)
    bracketed = record(
        "<https://www.example.com/3>", page("괄호"), number=3, head=b"HTTP/2 200 \r\nContent-Type: text/html\r\n\r\n"
    )
    write(tmp_path / "old.warc.gz", member(bracketed))
    wet = write(tmp_path / "text.warc.wet.gz", member(record(kind=b"conversion", head=b"", body=b"text")))
    done = seogo.take(tmp_path, wet)
    assert f"{wet} holds no capture of a web page" in done.err
    assert sorted(seogo.rows("articles", "title")) == [("공용",), ("괄호",), ("브라우저",)]
    assert ("https://www.example.com/3", 200) in seogo.rows("captures", "url", "status")
    assert seogo.is_sound()


def test_an_archive_of_ours_can_be_taken_in(tmp_path: Path, seogo: Seogo) -> None:
    with Writer.open(tmp_path / "other", run(site="elsewhere")) as writer:
        capture = writer.store(own_exchange("http://news.example/1", page("남의 것")), parse=True)
        writer.close("finished", {})
    done = seogo.take(tmp_path / "other")
    assert done.code == 0
    assert seogo.rows("captures", "id", "site", "fidelity") == [(capture.id, "news.example", "imported")]
    assert seogo.foreign() == [f"imported-{capture.warc_file}"]
    assert seogo.is_sound()
    assert seogo.take(seogo.directory).json["run"] is None


def test_words_for_people(tmp_path: Path, seogo: Seogo) -> None:
    given = write(tmp_path / "x.warc.gz", member(ONE))
    done = seogo("import", "--parse-workers", 0, given)
    assert (done.code, done.out) == (
        0,
        f"{given}: 1 captures into x.warc.gz\n1 captures, 1 pages parsed, 1 new articles, 0 ranked lists, 0 sections\n",
    )
    again = seogo("import", given)
    assert (again.code, again.out) == (0, f"{given}: 1 captures are there already\n")
    helped = seogo("import", "--help")
    assert "Examples:" in helped.out
    assert seogo("import", tmp_path / "none").code == 2
    assert seogo("import").code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert seogo("import", empty).code == 1


def test_the_lock_comes_first(tmp_path: Path, seogo: Seogo) -> None:
    with Lock.acquire(seogo.directory):
        assert seogo("import", write(tmp_path / "x.warc.gz", b"no WARC")).code == 75


def test_what_an_earlier_run_left_unparsed_is_parsed(tmp_path: Path, seogo: Seogo) -> None:
    with Writer.open(seogo.directory, run(site="news.example")) as writer:
        writer.store(own_exchange("http://news.example/1", page("밀린 것")), parse=True)
        writer.close("finished", {})
    done = seogo.take(write(tmp_path / "nothing.warc.gz", member(record(kind=b"conversion", head=b""))))
    assert done.json["run"]["captures"] == 0
    with connect(seogo.directory / "index.db", readonly=True) as db:
        assert db.execute("SELECT title FROM articles").fetchall() == [("밀린 것",)]


def test_instants_are_kept_to_the_millisecond(tmp_path: Path, seogo: Seogo) -> None:
    seogo.take(write(tmp_path / "x.warc.gz", member(record(date=b"2024-05-06T07:08:09.123456789Z"))))
    assert seogo.rows("captures", "captured_at") == [("2024-05-06T07:08:09.123Z",)]


def test_damage_in_the_archive_itself_is_told_and_left_as_it_is(tmp_path: Path, seogo: Seogo) -> None:
    with Writer.open(seogo.directory, run(site="news.example")) as writer:
        capture = writer.store(own_exchange("http://news.example/1", page("하나")), parse=False)
        writer.close("finished", {})
    damaged = files.locate(seogo.directory, capture.warc_file)
    damaged.write_bytes(damaged.read_bytes()[:-40])
    before = damaged.read_bytes()
    done = seogo("import", "--parse-workers", 0, write(tmp_path / "x.warc.gz", member(ONE)))
    assert done.code == 0
    warning = f"Warning: damage in the archive, which is left as it is: {capture.warc_file} at byte {len(before)}: "
    assert warning in done.err
    assert damaged.read_bytes() == before
    assert len(seogo.rows("captures", "id")) == 2
