from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warc_makers import BEGIN, chunked, every_kind, exchange, items, noise, run
from warcio.archiveiterator import ArchiveIterator

from archive.commit import Writer
from archive.errors import ArchiveBusy, ArchiveMissing
from archive.index import captures
from archive.index.database import connect
from archive.model import Capture, Exchange, Outcome
from archive.warc import files
from archive.warc.content import content_of_capture
from archive.warc.digest import digest_of
from archive.warc.reader import Record, read_record
from warc_reading import iter_records, open_names


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer.open(tmp_path, run()) as opened:
        yield opened


def records(directory: Path) -> list[Record]:
    return [record for name in files.names(directory) for record in iter_records(files.locate(directory, name))]


def block_of(one: Exchange) -> bytes:
    body = one.response_body
    return one.response_head + (body if isinstance(body, bytes) else body.read())


def test_every_record_reads_back_byte_for_byte_with_three_readers(tmp_path: Path) -> None:
    made = every_kind()
    with Writer.open(tmp_path, run()) as writer:
        stored = {name: writer.store(one, parse=False) for name, one in made.items()}
        writer.close("finished", {})
    [name] = files.names(tmp_path)
    path = files.folder(tmp_path) / name
    assert not open_names(tmp_path)
    ours = {record.id: record for record in iter_records(path)}
    with path.open("rb") as file:
        theirs = {
            record.rec_headers.get_header("WARC-Record-ID")[10:-1]: record.raw_stream.read()
            for record in ArchiveIterator(file, no_record_parse=True)
        }
    with path.open("rb") as file:
        fast = {
            record.record_id.removeprefix("<urn:uuid:").removesuffix(">"): record.reader.read()
            for record in FastIterator(file, parse_http=False)
        }
    assert {key: record.block() for key, record in ours.items()} == theirs == fast
    for kind, capture in stored.items():
        block = ours[capture.id].block()
        if capture.kind == "revisit":
            assert block == made[kind].response_head
        else:
            assert block == block_of(made[kind])
        assert capture.request_offset is not None
        assert read_record(tmp_path, capture.warc_file, capture.request_offset).block() == made[kind].request
    assert {kind for kind, capture in stored.items() if capture.kind == "revisit"} == {
        "same-payload",
        "same-payload-chunked",
        "not-modified",
    }


@pytest.mark.parametrize("tool", [["warcio", "check", "-v"], ["fastwarc", "check"], ["gzip", "-t"]])
def test_other_tools_accept_every_file(tmp_path: Path, tool: list[str]) -> None:
    with Writer.open(tmp_path, run()) as writer:
        for number, one in enumerate(every_kind().values()):
            capture = writer.store(one, parse=False)
            writer.add_items(capture, items(capture.url, f"title {number}"))
        writer.add_outcome(Outcome("r1", "http://down.example/", "2026-11-23T03:28:46.123Z", "dns", "no address"))
        writer.close("finished", {"pages": 3})
    program = Path(sys.executable).parent / tool[0]
    command = [str(program) if program.exists() else tool[0], *tool[1:]]
    for name in files.names(tmp_path):
        done = subprocess.run([*command, str(files.folder(tmp_path) / name)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "digest pass" in done.stdout or tool[0] != "warcio"


def test_headers_of_a_response(writer: Writer, tmp_path: Path) -> None:
    one = exchange("http://user:secret@example.com/기사 1#top", b"body", notes=("note",), truncated="length")
    capture = writer.store(one, parse=True)
    writer.commit()
    headers = read_record(tmp_path, capture.warc_file, capture.offset).headers
    assert headers.get("WARC-Date") == capture.captured_at
    assert headers.get("WARC-Target-URI") == capture.url == "http://example.com/%EA%B8%B0%EC%82%AC%201"
    assert headers.get("WARC-IP-Address") == "127.0.0.1"
    assert headers.get("WARC-Truncated") == "length"
    assert headers.get("WARC-Payload-Digest") == capture.digest == digest_of(b"body")
    assert headers.get("WARC-Block-Digest") == digest_of(block_of(one))
    assert headers.get("Seogo-Fidelity") == "wire"
    assert headers.get("Seogo-Note") == "note"
    warcinfo = read_record(tmp_path, capture.warc_file, 0)
    assert headers.get("WARC-Warcinfo-ID") == f"<urn:uuid:{warcinfo.id}>"
    assert warcinfo.headers.get("WARC-Filename") == capture.warc_file
    assert b"seogo-run: r1\r\nseogo-site: example\r\n" in warcinfo.block()


def test_what_carried_an_exchange_is_in_both_its_records(writer: Writer, tmp_path: Path) -> None:
    plain = exchange()
    tls = replace(exchange("https://example.com/"), tls="tls/1.3", cipher_suite="TLS_AES_128_GCM_SHA256")
    h2 = replace(exchange("https://example.com/2"), protocol="h2", fidelity="reconstructed")
    said = []
    for one in (plain, tls, h2):
        capture = writer.store(one, parse=False)
        assert capture.request_offset is not None
        for offset in (capture.offset, capture.request_offset):
            headers = read_record(tmp_path, capture.warc_file, offset).headers
            said.append((headers.get_all("WARC-Protocol"), headers.get("WARC-Cipher-Suite")))
    carried = (("http/1.1", "tls/1.3"), "TLS_AES_128_GCM_SHA256")
    assert said == [((), None)] * 2 + [carried] * 2 + [(("h2",), None)] * 2


def test_a_chunked_response_leaves_the_payload_digest_to_the_index(writer: Writer, tmp_path: Path) -> None:
    capture = writer.store(exchange(body=chunked(b"payload"), headers=[b"Transfer-Encoding: chunked"]), parse=False)
    headers = read_record(tmp_path, capture.warc_file, capture.offset).headers
    assert headers.get("WARC-Payload-Digest") is None
    assert headers.get("WARC-Block-Digest") is not None
    assert capture.digest == digest_of(b"payload")


def test_credentials_are_overwritten_in_place(writer: Writer, tmp_path: Path) -> None:
    request = (
        b"GET / HTTP/1.1\r\nauthorization: Basic dTpw\r\nX-Authorization: stays\r\n"
        b"Proxy-Authorization:  Bearer a b\r\n  folded\r\nHost: e\r\n\r\nAuthorization: in the body"
    )
    capture = writer.store(exchange(request=request), parse=False)
    assert capture.request_offset is not None
    record = read_record(tmp_path, capture.warc_file, capture.request_offset)
    assert record.block() == (
        b"GET / HTTP/1.1\r\nauthorization: **********\r\nX-Authorization: stays\r\n"
        b"Proxy-Authorization:  **********\r\n  ******\r\nHost: e\r\n\r\nAuthorization: in the body"
    )
    assert record.headers.get_all("Seogo-Redacted") == ("authorization", "Proxy-Authorization")


def test_large_bodies_come_from_files_and_memory_stays_flat(writer: Writer, tmp_path: Path) -> None:
    body = noise(3 << 20)
    with tempfile.TemporaryFile() as spooled:
        spooled.write(body)
        capture = writer.store(exchange(body=spooled, headers=[b"Content-Encoding: gzip"]), parse=False)
    record = read_record(tmp_path, capture.warc_file, capture.offset)
    assert record.kept is None
    http = record.http()
    assert b"".join(http.payload()) == body
    assert capture.digest == digest_of(body)
    with record.open() as stream:
        assert stream.read(15) == b"HTTP/1.1 200 OK"
    second = writer.store(exchange("http://example.com/2", io.BytesIO(body)), parse=False)
    assert (second.kind, second.refers_to) == ("revisit", capture.id)
    assert content_of_capture(tmp_path, second, {capture.id: capture}.__getitem__).payload == body


def test_revisits_over_the_batch_and_the_whole_archive(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        first = writer.store(exchange("http://example.com/a", b"same"), parse=True)
        pending = writer.store(exchange("http://example.com/b", b"same"), parse=True)
        writer.close("finished", {})
    with Writer.open(tmp_path, run("r2")) as writer:
        later = writer.store(exchange("http://example.com/c", b"same", status="404 Gone"), parse=False)
        writer.close("finished", {})
    for revisit in (pending, later):
        assert (revisit.kind, revisit.refers_to, revisit.digest) == ("revisit", first.id, first.digest)
        headers = read_record(tmp_path, revisit.warc_file, revisit.offset).headers
        assert headers.get("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert headers.get("WARC-Refers-To") == f"<urn:uuid:{first.id}>"
        assert headers.get("WARC-Refers-To-Target-URI") == first.url
        assert headers.get("WARC-Refers-To-Date") == first.captured_at
        content = content_of_capture(tmp_path, revisit, {first.id: first}.__getitem__)
        assert content.decode().data == b"same"
        assert content.head.status == revisit.status


def test_a_304_is_a_revisit_of_the_last_page_at_that_address(tmp_path: Path) -> None:
    def not_modified() -> Exchange:
        return exchange("http://example.com/a", b"", status="304 Not Modified", headers=[])

    with Writer.open(tmp_path, run()) as writer:
        alone = writer.store(not_modified(), parse=False)
        assert (alone.kind, alone.status) == ("response", 304)
        page = writer.store(exchange("http://example.com/a", b"page"), parse=True)
        writer.store(exchange("http://example.com/a", b"broken", status="500 Oops"), parse=False)
        writer.commit()
        confirmed = writer.store(not_modified(), parse=True)
        again = writer.store(not_modified(), parse=True)
        for revisit in (confirmed, again):
            assert (revisit.kind, revisit.refers_to, revisit.digest) == ("revisit", page.id, page.digest)
            headers = read_record(tmp_path, revisit.warc_file, revisit.offset).headers
            assert headers.get("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        content = content_of_capture(tmp_path, again, {page.id: page}.__getitem__)
        assert (content.payload, content.head.status) == (b"page", 200)


@pytest.mark.parametrize(
    "one",
    [
        exchange("http://example.com/b", b""),
        exchange("http://example.com/b", b"same", truncated="disconnect"),
        exchange("http://example.com/b", b"same", head=b""),
    ],
    ids=["empty payload", "truncated", "no head"],
)
def test_what_is_never_a_revisit(writer: Writer, one: Exchange) -> None:
    writer.store(exchange("http://example.com/a", one.response_body), parse=False)
    assert writer.store(one, parse=False).kind == "response"


def test_an_exchange_without_an_answer_is_refused(writer: Writer) -> None:
    with pytest.raises(ValueError, match="outcome"):
        writer.store(exchange(head=b"", body=b""), parse=False)


def test_counts_and_callbacks_speak_of_durable_rows_only(writer: Writer, tmp_path: Path) -> None:
    told: list[tuple[tuple[Capture, ...], tuple[Outcome, ...]]] = []
    writer.on_durable.append(lambda stored, outcomes: told.append((tuple(stored), tuple(outcomes))))
    assert not writer.due()
    capture = writer.store(exchange(), parse=True)
    outcome = Outcome("r1", "http://down.example/", "2026-11-23T03:28:46.123Z", "dns", "no address")
    writer.add_outcome(outcome)
    assert set(writer.counts.values()) == {0}
    assert writer.known(capture.url_key) == capture.captured_at
    assert told == []
    writer.commit()
    assert writer.counts == {"captures": 1, "responses": 1, "revisits": 0, "items": 0, "outcomes": 1}
    assert told == [((capture,), (outcome,))]
    with connect(tmp_path / "index.db", readonly=True) as db:
        assert captures.get(db, capture.id) == capture
        assert captures.indexed_to(db, capture.warc_file) == writer._warc.path.stat().st_size
    assert writer.known(capture.url_key) == capture.captured_at
    assert writer.known("com,other)/") is None
    writer.commit()
    assert len(told) == 1


def test_due_by_number_and_by_time(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run(), batch_records=2, batch_ms=100_000) as writer:
        writer.store(exchange(), parse=False)
        assert not writer.due()
        writer.store(exchange("http://example.com/2", b"2"), parse=False)
        assert writer.due()
        writer.commit()
        writer._batch_ms = 0
        assert not writer.due()
        writer.store(exchange("http://example.com/3", b"3"), parse=False)
        assert writer.due()


def test_items_become_a_metadata_record_but_not_for_an_unchanged_revisit(tmp_path: Path) -> None:
    url = "http://example.com/a"
    with Writer.open(tmp_path, run()) as writer:
        first = writer.store(exchange(url, b"page"), parse=True)
        writer.add_items(first, items(url, "제목"))
        writer.commit()
        same = writer.store(exchange(url, b"page"), parse=True)
        writer.add_items(same, items(url, "제목"))
        writer.close("finished", {})
    with Writer.open(tmp_path, run("r2")) as writer:
        still = writer.store(exchange(url, b"page"), parse=True)
        writer.add_items(still, items(url, "제목"))
        changed = writer.store(exchange(url, b"page"), parse=True)
        writer.add_items(changed, items(url, "다른 제목"))
        other = writer.store(exchange("http://example.com/b", b"page"), parse=True)
        writer.add_items(other, items("http://example.com/b", "제목"))
        writer.commit()
        rows = {capture.id: captures.get(writer.db, capture.id) for capture in (first, same, still, changed, other)}
    assert [rows[c.id].metadata_offset is not None for c in (first, same, still, changed, other)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert {row.parsed_by for row in rows.values()} == {"seogo-test/1"}
    place = rows[first.id]
    assert place.metadata_file is not None
    assert place.metadata_offset is not None
    record = read_record(tmp_path, place.metadata_file, place.metadata_offset)
    page = json.loads(record.block())
    assert record.reference("WARC-Refers-To") == first.id
    assert page["body"]["title"] == "제목"
    assert "links" not in page


def test_outcomes_and_the_end_of_the_run_are_json_lines(tmp_path: Path) -> None:
    outcome = Outcome("r1", "http://down.example/\ud800", "2026-11-23T03:28:46.123Z", "dns", "no address")
    with Writer.open(tmp_path, run()) as writer:
        writer.add_outcome(outcome)
        writer.commit()
        writer.close("finished", {"pages": 0})
    told = [r for r in records(tmp_path) if r.target_uri == "urn:seogo:run:r1"]
    lines = [json.loads(line) for record in told for line in record.block().splitlines()]
    assert len(told) == 2
    assert lines[0]["outcome"]["url"] == outcome.url
    assert (lines[1]["end"]["outcome"], lines[1]["end"]["counts"]) == ("finished", {"pages": 0})
    with connect(tmp_path / "index.db", readonly=True) as db:
        [row] = db.query("SELECT * FROM runs")
    assert (row["id"], row["outcome"], row["counts"]) == ("r1", "finished", '{"pages": 0}')


def test_a_parse_that_is_owed_can_be_settled(writer: Writer) -> None:
    capture = writer.store(exchange(), parse=True)
    writer.commit()
    assert [owed.id for owed in captures.unparsed(writer.db)] == [capture.id]
    writer.nothing_to_parse(capture)
    writer.commit()
    assert list(captures.unparsed(writer.db)) == []


def test_the_next_run_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for number in range(3):
        with Writer.open(tmp_path, run(f"r{number}")) as writer:
            assert open_names(tmp_path) == [writer._warc.name]
            writer.store(exchange(f"http://example.com/{number}", b"%d" % number), parse=False)
            writer.close("finished", {})
    [name] = files.names(tmp_path)
    kinds = [record.kind for record in iter_records(files.folder(tmp_path) / name)]
    assert kinds.count("warcinfo") == 3


def test_files_end_by_size_and_by_age(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run(), max_bytes=100_000) as writer:
        stored = [
            writer.store(exchange(f"http://example.com/{number}", noise(60_000, number)), parse=False)
            for number in range(5)
        ]
        writer.close("finished", {})
    names = files.names(tmp_path)
    assert len(names) == 3
    assert names == sorted({capture.warc_file for capture in stored})
    assert [record.kind for record in records(tmp_path)].count("warcinfo") == 3
    with Writer.open(tmp_path, run("r2"), max_age=timedelta(0)) as writer:
        writer.store(exchange(), parse=False)
        writer.close("finished", {})
    assert len(files.names(tmp_path)) > 3
    with connect(tmp_path / "index.db", readonly=True) as db:
        for name in names:
            assert captures.indexed_to(db, name) == (files.folder(tmp_path) / name).stat().st_size


def test_one_writer_per_archive_and_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    with Writer.open(tmp_path / "a", run()), pytest.raises(ArchiveBusy):
        Writer.open(tmp_path / "a", run("r2"))
    Writer.open(tmp_path / "a", run("r3")).close("finished", {})
    (tmp_path / "b").touch()
    with pytest.raises(ArchiveMissing, match="cannot be written"):
        Writer.open(tmp_path / "b", run())


def test_instants_are_kept_to_the_millisecond(writer: Writer) -> None:
    capture = writer.store(replace(exchange(), started_at=BEGIN), parse=False)
    assert capture.captured_at == "2026-11-23T03:28:46.123Z"
