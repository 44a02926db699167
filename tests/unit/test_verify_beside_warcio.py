"""What `seogo verify` finds in a file that `warcio check` passes, and that warcio's other users read without a word."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from warc_makers import exchange, noise, run

from archive.commit import Writer
from archive.model import Capture
from archive.verify import Finding, verify
from archive.warc import files
from archive.warc.reader import read_record


def torn(path: Path, last: Capture) -> None:
    """The file ends inside its last member, as after a power cut."""
    path.write_bytes(path.read_bytes()[: last.offset + last.length - 40])


def swallowed(path: Path, last: Capture) -> None:
    """A record whose length takes in the record behind it; what it says of digests is gone."""
    data = path.read_bytes()
    record = gzip.decompress(data[last.offset : last.offset + last.length])
    head, block = record.split(b"\r\n\r\n", 1)
    inner = record.replace(last.id.encode(), b"00000000-0000-4000-8000-000000000001")
    whole = block[:-4] + b"\r\n\r\n" + inner.removesuffix(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if b"Digest" not in line and not line.startswith(b"Content-Length")]
    kept.append(b"Content-Length: %d" % len(whole))
    path.write_bytes(data[: last.offset] + gzip.compress(b"\r\n".join(kept) + b"\r\n\r\n" + whole + b"\r\n\r\n"))


def lost(path: Path, last: Capture) -> None:
    """The last record is gone as a whole."""
    path.write_bytes(path.read_bytes()[: last.offset])


@pytest.mark.parametrize(
    ("harm", "check"), [(torn, "torn"), (swallowed, "swallowed"), (lost, "missing")], ids=lambda one: str(one)[:20]
)
def test_damage_that_warcio_check_passes(tmp_path: Path, harm: Callable[[Path, Capture], None], check: str) -> None:
    with Writer.open(tmp_path, run()) as writer:
        writer.store(exchange("http://example.com/1", noise(3000, 1)), parse=False)
        last = writer.store(exchange("http://example.com/2", noise(3000, 2), request=b""), parse=False)
        writer.close("finished", {})
    path = files.locate(tmp_path, last.warc_file)
    assert read_record(tmp_path, last.warc_file, last.offset).id == last.id
    end = path.read_bytes()[last.offset + last.length :]
    assert end  # the run's last record, which these harms take along
    harm(path, last)
    program = [sys.executable, "-m", "warcio.cli", "check", str(path)]
    theirs = subprocess.run(program, capture_output=True, text=True, check=False)
    found: list[Finding] = []
    summary = verify(tmp_path, found.append)
    assert (theirs.returncode, summary.exit_code) == (0, 3), theirs.stdout + theirs.stderr
    assert check in {one.check for one in found if one.damaged}
