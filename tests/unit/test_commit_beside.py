"""Several runs into one archive at the same time: one file, one commit, and each row knows its own run."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from warc_makers import exchange, run

from archive.commit import Writer, rebuild
from archive.errors import ArchiveBusy
from archive.model import Outcome
from archive.recovery import recover_by_hand
from archive.warc import files
from warc_reading import iter_records, open_names

FIRST = run()
SECOND = replace(FIRST, id="00000000-0000-4000-8000-0000000000b2", site="other", job="other-job")


def rows(directory: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(directory / "index.db") as db:
        return db.execute(sql).fetchall()


TABLES = {
    "captures": "SELECT id, run_id, site, digest, kind, refers_to FROM captures ORDER BY 1",
    "runs": "SELECT id, job, site, outcome, counts, finished_at FROM runs ORDER BY 1",
    "outcomes": "SELECT run_id, url, outcome FROM outcomes ORDER BY 1, 2",
}


def outcome(run_id: str, url: str) -> Outcome:
    return Outcome(run_id, url, "2026-11-23T03:28:46.123Z", "dns", "no such host")


@pytest.mark.parametrize("ended", ["closed", "killed"])
def test_two_runs_side_by_side(tmp_path: Path, ended: str) -> None:
    main = Writer.open(tmp_path, FIRST)
    one, two = main.beside(FIRST), main.beside(SECOND)
    stored = [
        writer.store(replace(exchange(), url=f"http://{name}.test/{number}"), parse=False)
        for number in range(3)
        for name, writer in (("one", one), ("two", two))
    ]
    assert [capture.run_id for capture in stored] == [FIRST.id, SECOND.id] * 3
    assert [capture.kind for capture in stored] == ["response"] + ["revisit"] * 5
    one.add_outcome(outcome(FIRST.id, "http://gone.test/1"))
    two.add_outcome(outcome(SECOND.id, "http://gone.test/2"))
    if ended == "closed":
        one.close("finished", {"captures": 3})
        assert two.store(replace(exchange(), url="http://two.test/late"), parse=False).run_id == SECOND.id
        two.close("unfinished", {"captures": 4})
        main.shut()
        assert open_names(tmp_path) == []
    else:
        main.commit()
        main._release()
        recover_by_hand(tmp_path)
    before = {name: rows(tmp_path, sql) for name, sql in TABLES.items()}
    assert {row[1] for row in before["captures"]} == {FIRST.id, SECOND.id}
    assert [row[0] for row in before["outcomes"] if row[2] == "dns"] == sorted([FIRST.id, SECOND.id])
    [name] = files.names(tmp_path)
    records = list(iter_records(files.locate(tmp_path, name)))
    infos = {record.id: record for record in records if record.kind == "warcinfo"}
    assert len(infos) == 2
    rebuild(tmp_path, lambda capture, content, kind: None)
    assert {name: rows(tmp_path, sql) for name, sql in TABLES.items()} == before


def test_a_file_that_is_begun_meanwhile_names_every_run_that_writes_to_it(tmp_path: Path) -> None:
    main = Writer.open(tmp_path, FIRST, max_bytes=2000)
    two = main.beside(SECOND)
    for number in range(6):
        for writer in (main, two):
            body = bytes(range(256)) * 4 + str((number, id(writer))).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            made = replace(exchange(), url=f"http://x.test/{number}", response_head=head, response_body=body)
            writer.store(made, parse=False)
    two.close("finished", {})
    main.close("finished", {})
    names = files.names(tmp_path)
    assert len(names) > 3
    for name in names:
        records = list(iter_records(files.locate(tmp_path, name)))
        known = {record.id for record in records if record.kind == "warcinfo"}
        assert {record.reference("WARC-Warcinfo-ID") for record in records if record.kind != "warcinfo"} <= known
    assert {row[3] for row in rows(tmp_path, TABLES["runs"])} == {"finished"}


def test_the_lock_is_held_until_the_last_has_ended(tmp_path: Path) -> None:
    main = Writer.open(tmp_path, FIRST)
    main.beside(FIRST).close("finished", {})
    with pytest.raises(ArchiveBusy):
        Writer.open(tmp_path, SECOND)
    main.shut()
    Writer.open(tmp_path, SECOND).close("finished", {})
    assert len(rows(tmp_path, TABLES["runs"])) == 2


def test_a_run_that_ends_before_it_stored_anything_is_in_the_files(tmp_path: Path) -> None:
    main = Writer.open(tmp_path, FIRST)
    main.beside(SECOND)
    main.commit()
    main._release()
    recover_by_hand(tmp_path)
    before = rows(tmp_path, TABLES["runs"])
    rebuild(tmp_path, lambda capture, content, kind: None)
    assert rows(tmp_path, TABLES["runs"]) == before
