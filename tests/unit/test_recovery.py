from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warc_makers import chunked, every_kind, exchange, items, noise, run

from archive.commit import Writer, rebuild
from archive.errors import ArchiveBusy, ArchiveDamaged, WriteFailed
from archive.index import captures
from archive.index.database import connect
from archive.lock import Lock
from archive.model import Capture, Exchange, Items, Outcome
from archive.warc import files
from archive.warc.reader import read_record
from archive.warc.rows import may_hold_page
from warc_reading import iter_records, open_names

TABLES = (
    "captures",
    "articles",
    "article_urls",
    "article_versions",
    "lists",
    "blocks",
    "block_entries",
    "sightings",
    "repeats",
    "runs",
    "outcomes",
)


def tables(directory: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """The public tables, their rows sorted, since ids come from content."""
    with connect(directory / "index.db", readonly=True) as db:
        return {
            table: sorted(
                (
                    tuple((name, value) for name, value in row.items() if name not in without)
                    for row in db.query(f"SELECT * FROM {table}")
                ),
                key=repr,
            )
            for table in TABLES
        }


def parse(capture: Capture, content: bytes, content_type: str | None) -> Items | Outcome | None:
    if content.startswith(b"slow"):
        return Outcome(capture.run_id, capture.url, "2030-01-01T00:00:00.000Z", "parse-timeout", "now", capture.id)
    return items(capture.url, content.decode()) if content.startswith(b"page") else None


def crawl(directory: Path, run_id: str = "r1") -> list[Capture]:
    """A crawl with pages, revisits, failures of all kinds, in several files."""
    with Writer.open(directory, run(run_id), max_bytes=3000) as writer:
        stored = []
        for number in range(12):
            body = b"page %d" % (number % 8)
            capture = writer.store(exchange(f"http://example.com/{number % 5}", body), parse=True)
            found = parse(capture, body, None)
            assert isinstance(found, Items)
            writer.add_items(capture, found)
            stored.append(capture)
            if number % 3 == 0:
                writer.commit()
        stored += [writer.store(one, parse=False) for one in every_kind().values()]
        slow = writer.store(exchange("http://example.com/slow", b"slow"), parse=True)
        writer.add_outcome(Outcome(run_id, slow.url, "2026-11-23T03:28:50.000Z", "parse-timeout", "10 s", slow.id))
        writer.add_outcome(Outcome(run_id, "http://down.example/", "2026-11-23T03:28:51.000Z", "dns", "no address"))
        writer.close("finished", {"pages": 12})
        return [*stored, slow]


def test_a_rebuild_from_the_warc_alone_is_the_same_index(tmp_path: Path) -> None:
    crawl(tmp_path)
    crawl(tmp_path, "r2")
    assert len(files.names(tmp_path)) > 4
    live = tables(tmp_path)
    seen: list[tuple[str, int, int]] = []
    rebuilt = rebuild(tmp_path, parse, lambda *step: seen.append(step))
    assert tables(tmp_path) == live
    assert rebuilt.damage == ()
    assert (rebuilt.captures, rebuilt.parsed) == (len(live["captures"]), 24)
    assert (seen[-1][0], seen[-1][1]) == ("parse", seen[-1][2])
    assert live["outcomes"]
    (tmp_path / "index.db").unlink()
    rebuild(tmp_path, parse)
    assert tables(tmp_path) == live


def test_a_rebuild_leaves_no_log_of_the_old_index_beside_the_new_one(tmp_path: Path) -> None:
    crawl(tmp_path)
    live = tables(tmp_path)
    reader = connect(tmp_path / "index.db")
    with reader.atomic():
        reader.execute("UPDATE capture SET site = 'wrong'")
    assert (tmp_path / "index.db-wal").stat().st_size
    rebuild(tmp_path, parse)
    assert tables(tmp_path) == live
    reader.close()
    assert tables(tmp_path) == live


def test_a_rebuild_reads_on_behind_damage_and_keeps_the_old_index_when_it_fails(tmp_path: Path) -> None:
    stored = crawl(tmp_path)
    path = files.locate(tmp_path, stored[0].warc_file)
    data = bytearray(path.read_bytes())
    data[stored[0].offset + 40] ^= 0xFF
    path.write_bytes(data)

    def fails(capture: Capture, content: bytes, content_type: str | None) -> None:
        raise KeyboardInterrupt

    before = tables(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        rebuild(tmp_path, fails)
    assert tables(tmp_path) == before
    assert not (tmp_path / "index.db.new").exists()
    rebuilt = rebuild(tmp_path, parse)
    assert stored[0].warc_file in str(rebuilt.damage[0])
    assert rebuilt.captures == len(before["captures"]) - 1


def test_a_rebuild_refuses_when_a_file_is_gone_that_the_index_has_read(tmp_path: Path) -> None:
    crawl(tmp_path)
    before = tables(tmp_path)
    gone = files.names(tmp_path)[1]
    files.locate(tmp_path, gone).unlink()
    with pytest.raises(ArchiveDamaged, match=gone):
        rebuild(tmp_path, parse)
    assert tables(tmp_path) == before
    (tmp_path / "index.db").unlink()
    assert rebuild(tmp_path, parse).captures < len(before["captures"])


def kill(writer: Writer) -> None:
    """What a kill leaves: nothing committed, nothing renamed, the lock gone with the process."""
    writer._closed = True
    writer._release()


def test_a_killed_run_is_unfinished_since_its_last_capture(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path, run("killed"))
    last = writer.store(exchange("http://example.com/a", b"no page"), parse=False)
    kill(writer)
    with Writer.open(tmp_path, run("r2")) as again:
        assert [row["outcome"] for row in again.db.query("SELECT * FROM runs ORDER BY id")] == ["unfinished", None]
        again.close("finished", {})
    live = tables(tmp_path)
    ended = [dict(row) for row in live["runs"] if dict(row)["id"] == "killed"]
    assert [(row["outcome"], row["finished_at"]) for row in ended] == [
        ("unfinished", max(last.captured_at, run("killed").started_at))
    ]
    rebuild(tmp_path, parse)
    assert tables(tmp_path)["runs"] == live["runs"]


def test_what_was_written_and_not_indexed_is_found_again(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path, run())
    kept = writer.store(exchange("http://example.com/a", b"page a"), parse=True)
    writer.commit()
    lost = writer.store(
        exchange("http://example.com/b", chunked(b"b"), headers=[b"Transfer-Encoding: chunked"]), parse=True
    )
    image = writer.store(exchange("http://example.com/c", b"page a"), parse=False)
    writer.add_items(lost, items(lost.url, "title"))
    kill(writer)
    with Writer.open(tmp_path, run("r2")) as again:
        assert again.recovery.captures == 2
        assert again.recovery.cuts == ()
        assert captures.get(again.db, kept.id) == kept
        found = captures.get(again.db, lost.id)
        assert found.metadata_offset is not None
        assert replace(found, metadata_file=None, metadata_offset=None) == lost
        assert captures.get(again.db, image.id) == replace(image, parsed_by=None)
        assert again.known(lost.url_key) == lost.captured_at
        assert again._warc.name == lost.warc_file


def test_an_index_that_was_deleted_comes_back_by_itself(tmp_path: Path) -> None:
    stored = crawl(tmp_path)
    live = tables(tmp_path)
    (tmp_path / "index.db").unlink()
    Writer.open(tmp_path, run("r2")).close("finished", {})
    with connect(tmp_path / "index.db", readonly=True) as db:
        ids = {capture.id for capture in captures.unparsed(db)}
        assert ids | {stored[-1].id} == {capture.id for capture in stored if may_hold_page(capture)}
        assert {row["id"] for row in db.query("SELECT id FROM captures")} == {
            dict(row)["id"] for row in live["captures"]
        }
        assert {row["id"] for row in db.query("SELECT id FROM runs WHERE outcome = 'finished'")} == {"r1", "r2"}


def test_a_torn_end_is_cut_wherever_it_is_torn(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path, run())
    stored = [writer.store(exchange(f"http://example.com/{n}", noise(300, n)), parse=False) for n in range(4)]
    path = writer._warc.path
    kill(writer)
    whole = path.read_bytes()
    ends = [record.offset + record.length for record in iter_records(path)]
    for cut in random.Random(5).sample(range(1, len(whole)), 40):
        name = stored[0].warc_file
        for old in files.folder(tmp_path).iterdir():
            old.unlink()
        (tmp_path / "index.db").unlink(missing_ok=True)
        path.write_bytes(whole[:cut])
        writer = Writer.open(tmp_path, run("r2"))
        good = max((end for end in ends if end <= cut), default=0)
        if good < cut:
            assert [(torn.file, torn.offset, torn.bytes) for torn in writer.recovery.cuts] == [(name, good, cut - good)]
        kept = {stored_one.id for stored_one in stored if stored_one.offset + stored_one.length <= cut}
        assert {row["id"] for row in writer.db.query("SELECT id FROM captures")} == kept
        writer.close("finished", {})
        for file in files.names(tmp_path):
            assert list(iter_records(files.locate(tmp_path, file)))


def test_a_torn_end_of_a_finished_file_is_left_to_verify(tmp_path: Path) -> None:
    stored = crawl(tmp_path)
    path = files.locate(tmp_path, stored[-1].warc_file)
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    size = path.stat().st_size
    for _ in range(2):
        with Writer.open(tmp_path, run("r2")) as writer:
            assert writer.recovery.cuts == ()
            assert [error.file for error in writer.recovery.damage] == [path.name]
            writer.close("finished", {})
        assert path.stat().st_size == size


def failing(monkeypatch: pytest.MonkeyPatch, name: str, when: Callable[[int], bool], code: int) -> None:
    real = getattr(os, name)
    calls = 0

    def fails(descriptor: int, *rest: Any) -> Any:
        nonlocal calls
        calls += 1
        if when(calls):
            if name == "write":
                real(descriptor, bytes(rest[0])[:100])
            raise OSError(code, os.strerror(code))
        return real(descriptor, *rest)

    monkeypatch.setattr(f"archive.warc.writer.os.{name}", fails)


@pytest.mark.parametrize("size", [100, 3 << 20])
def test_a_full_disk_rolls_back_to_the_last_whole_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    with Writer.open(tmp_path, run()) as writer:
        before = writer.store(exchange("http://example.com/1", b"before"), parse=False)
        end = writer._warc.path.stat().st_size
        with monkeypatch.context() as patched:
            failing(patched, "write", lambda call: call == (2 if size > 1 << 20 else 1), errno.ENOSPC)
            with pytest.raises(WriteFailed, match="No space left on device"):
                writer.store(exchange("http://example.com/2", noise(size)), parse=False)
        assert writer._warc.path.stat().st_size == end
        after = writer.store(exchange("http://example.com/3", b"after"), parse=False)
        writer.close("finished", {})
    assert before.offset + before.length <= end <= after.offset
    assert read_record(tmp_path, after.warc_file, after.offset).id == after.id
    with connect(tmp_path / "index.db", readonly=True) as db:
        assert {row["id"] for row in db.query("SELECT id FROM captures")} == {before.id, after.id}


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        (errno.EIO, "Input/output error", "see to the disk, then start the run again"),
        (errno.ENOSPC, "No space left on device", "make room, then start the run again"),
    ],
)
def test_a_failed_sync_ends_the_run_and_the_next_one_finds_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, advice: str
) -> None:
    writer = Writer.open(tmp_path, run())
    capture = writer.store(exchange(), parse=False)
    with monkeypatch.context() as patched:
        failing(patched, "fdatasync", lambda call: True, code)
        with pytest.raises(WriteFailed, match=f"{said}.*{advice}"):
            writer.commit()
    # Whoever comes to the file afterwards hears what was wrong with it, not that something is.
    for again in (
        lambda: writer.store(exchange(), parse=False),
        writer.commit,
        lambda: writer.close("failed", {}),
    ):
        with pytest.raises(WriteFailed, match=f"{said}.*{advice}") as met:
            again()
        assert not met.value.full
    with Writer.open(tmp_path, run("r2")) as following:
        assert captures.get(following.db, capture.id).offset == capture.offset


def test_a_write_that_cannot_be_rolled_back_is_told_of_to_all_who_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer.open(tmp_path, run())
    capture = writer.store(exchange(), parse=False)
    writer.commit()
    with monkeypatch.context() as patched:
        failing(patched, "write", lambda call: True, errno.ENOSPC)
        failing(patched, "ftruncate", lambda call: True, errno.EIO)
        with pytest.raises(WriteFailed, match="No space left on device") as met:
            writer.store(exchange("http://example.com/2", b"lost"), parse=False)
    # Room on the disk does not help a file whose end is torn.
    assert not met.value.full
    with pytest.raises(WriteFailed, match=r"No space left on device.*start the run again"):
        writer.close("failed", {})
    with Writer.open(tmp_path, run("r2")) as following:
        assert len(following.recovery.cuts) == 1
        assert captures.get(following.db, capture.id).offset == capture.offset


def test_an_index_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        capture = writer.store(exchange(), parse=False)
        outcome = Outcome("r1", "http://down.example/", "2026-11-23T03:28:51.000Z", "dns", "no address")
        writer.add_outcome(outcome)
        writer.db.execute("PRAGMA busy_timeout = 1")
        other = connect(tmp_path / "index.db")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WriteFailed, match=r"index\.db"):
            writer.commit()
        assert writer.counts["captures"] == 0
        other.close()
        writer.commit()
        assert writer.counts["captures"] == 1
        assert captures.get(writer.db, capture.id) == capture
        writer.close("finished", {})
    lines = [
        line
        for record in iter_records(files.locate(tmp_path, capture.warc_file))
        if record.kind == "resource"
        for line in record.block().splitlines()
    ]
    assert len(lines) == 2


def test_a_disk_that_is_full_when_a_file_begins_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Writer.open(tmp_path, run(), max_bytes=1) as writer:
        before = writer.store(exchange("http://example.com/1", b"before"), parse=False)
        with monkeypatch.context() as patched:
            failing(patched, "write", lambda call: True, errno.ENOSPC)
            for _ in range(2):
                with pytest.raises(WriteFailed):
                    writer.store(exchange("http://example.com/2", b"between"), parse=False)
            writer.commit()
        assert captures.get(writer.db, before.id) == before
        after = writer.store(exchange("http://example.com/3", b"after"), parse=False)
        writer.close("finished", {})
    assert before.warc_file != after.warc_file
    assert next(iter_records(files.locate(tmp_path, after.warc_file))).kind == "warcinfo"
    assert not open_names(tmp_path)


def test_a_file_that_lost_its_end_is_told_of_and_never_written_behind(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        capture = writer.store(exchange(), parse=False)
        writer.close("finished", {})
    path = files.locate(tmp_path, capture.warc_file)
    path.write_bytes(path.read_bytes()[: capture.offset])
    with Writer.open(tmp_path, run("r2")) as writer:
        assert "its end is lost" in str(writer.recovery.damage[0])
        assert writer._warc.name != capture.warc_file
        writer.close("finished", {})


def test_a_writer_under_a_lock_that_is_held_leaves_it_held(tmp_path: Path) -> None:
    with Lock.acquire(tmp_path) as lock:
        for number in range(2):
            with Writer.open(tmp_path, run(f"r{number}"), lock=lock) as writer:
                with pytest.raises(ArchiveBusy):
                    Writer.open(tmp_path, run("other"), lock=lock)
                writer.close("finished", {})
            with pytest.raises(ArchiveBusy):
                Lock.acquire(tmp_path)


@pytest.mark.parametrize(
    ("one", "owed"),
    [
        (exchange(body=b"page"), True),
        (exchange(body=b"page", status="404 Not Found"), False),
        (exchange(body=b"pa", headers=[b"Content-Length: 9"], truncated="disconnect"), False),
        (exchange(body=b"page", headers=[], truncated="disconnect"), True),
        (exchange(body=b"page", headers=[], truncated="time"), False),
        (exchange(body=chunked(b"page"), headers=[b"Transfer-Encoding: chunked"], truncated="disconnect"), False),
    ],
    ids=["whole", "error", "short of its length", "ended by an unclean close", "cut by us", "short of its last chunk"],
)
def test_which_captures_a_recovery_owes_a_parse(tmp_path: Path, one: Exchange, owed: bool) -> None:
    writer = Writer.open(tmp_path, run())
    capture = writer.store(one, parse=True)
    kill(writer)
    with Writer.open(tmp_path, run("r2")) as again:
        assert captures.get(again.db, capture.id).parsed_by == (None if owed else "")
