from __future__ import annotations

import gzip
import json
import re
import uuid
from pathlib import Path

from click.testing import CliRunner
from test_recovery import crawl, kill
from warc_makers import exchange, noise, run

from archive.commands.verify import recover, verify
from archive.commit import Writer
from archive.lock import Lock
from archive.warc import files
from archive.warc.reader import read_record


def test_verify_says_that_all_is_well(tmp_path: Path) -> None:
    crawl(tmp_path)
    done = CliRunner().invoke(verify, ["-a", str(tmp_path)])
    assert done.exit_code == 0
    assert "all whole, and the index agrees" in done.output
    done = CliRunner().invoke(verify, ["-a", str(tmp_path), "--json"])
    assert json.loads(done.output)["findings"] == 0


def test_verify_names_file_and_byte_of_damage(tmp_path: Path) -> None:
    stored = crawl(tmp_path)
    path = files.locate(tmp_path, stored[0].warc_file)
    data = bytearray(path.read_bytes())
    data[stored[0].offset + 50] ^= 0xFF
    path.write_bytes(data)
    done = CliRunner().invoke(verify, ["-a", str(tmp_path)])
    assert done.exit_code == 3
    assert f"DAMAGE: {path.name} at byte {stored[0].offset}: " in done.output
    assert "put back a whole copy" in done.output.splitlines()[-1]
    lines = [
        json.loads(line) for line in CliRunner().invoke(verify, ["-a", str(tmp_path), "--json"]).output.splitlines()
    ]
    assert {"check": "corrupt", "file": path.name, "offset": stored[0].offset}.items() <= lines[0].items()
    assert lines[-1]["damaged"] >= 1


def test_much_of_a_kind_is_told_in_a_line(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        for number in range(25):
            capture = writer.store(exchange(f"http://example.com/{number}", noise(40)), parse=False)
        writer.close("finished", {})
    path = files.locate(tmp_path, capture.warc_file)
    # A member more at the beginning: everything is there, and stands elsewhere; each capture and its request.
    data = path.read_bytes()
    first = read_record(tmp_path, path.name, 0).length
    path.write_bytes(data[:first] + record_of_another(data[:first]) + data[first:])
    done = CliRunner().invoke(verify, ["-a", str(tmp_path)])
    assert done.exit_code == 1, done.output
    told = done.output.splitlines()
    assert sum("the index has another offset" in line for line in told) == 10
    assert told[-2] == f"note: {path.name}: 40 more of the kind 'differs'; --json tells each"
    assert told[-1].endswith("whole, 50 notes")
    lines = CliRunner().invoke(verify, ["-a", str(tmp_path), "--json"]).output.splitlines()
    assert sum(json.loads(line).get("check") == "differs" for line in lines) == 50


def record_of_another(member: bytes) -> bytes:
    """The same record under another id."""
    data = gzip.decompress(member)
    (found,) = re.findall(rb"WARC-Record-ID: <urn:uuid:(\S+)>", data)
    return gzip.compress(data.replace(found, str(uuid.uuid4()).encode()))


def test_recover_cuts_indexes_and_leaves_a_clean_archive(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path, run())
    writer.store(exchange(body=b"whole"), parse=False)
    writer.store(exchange("http://example.com/2", noise(500)), parse=False)
    path = writer._warc.path
    kill(writer)
    path.write_bytes(path.read_bytes()[:-600])
    assert CliRunner().invoke(verify, ["-a", str(tmp_path)]).exit_code == 1
    done = CliRunner().invoke(recover, ["-a", str(tmp_path)])
    assert done.exit_code == 0
    assert "indexed 1 capture that the WARC files had and the index had not" in done.output
    assert "of an unfinished record at byte" in done.output
    assert CliRunner().invoke(verify, ["-a", str(tmp_path)]).exit_code == 0
    assert "nothing was left over" in CliRunner().invoke(recover, ["-a", str(tmp_path)]).output
    again = CliRunner().invoke(recover, ["-a", str(tmp_path), "--json"])
    assert json.loads(again.output) == {"captures": 0, "cuts": [], "damage": []}


def test_no_archive_and_one_in_use(tmp_path: Path) -> None:
    for command in (verify, recover):
        done = CliRunner().invoke(command, ["-a", str(tmp_path / "none")])
        assert done.exit_code == 2
        assert "holds no archive" in done.output
        assert not (tmp_path / "none").exists()
    crawl(tmp_path)
    with Lock.acquire(tmp_path):
        assert CliRunner().invoke(recover, ["-a", str(tmp_path)]).exit_code == 75
