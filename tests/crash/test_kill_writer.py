"""Kills the writer of an archive at random instants: what the index has is in the WARC, and nothing is left torn."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from archive.commit import Writer
from archive.index import captures
from archive.index.database import connect
from archive.model import Run
from archive.warc import files
from archive.warc.reader import read_record
from warc_reading import iter_records, open_names

KILLS = int(os.environ.get("SEOGO_KILLS", "10"))
CHILD = """
import gzip, itertools, random, sys
from pathlib import Path
from archive.commit import Writer
from archive.model import Exchange, Outcome, Run
from archive.times import now
seed = int(sys.argv[2])
run = Run(id=f"r{seed}", site="example", started_at="2026-11-23T03:28:00.000Z")
rng = random.Random(seed)
with Writer.open(Path(sys.argv[1]), run, batch_records=rng.choice([1, 5, 20]), max_bytes=400_000) as writer:
    print("open", flush=True)
    for number in itertools.count():
        body = gzip.compress(rng.randbytes(rng.choice([10, 3_000, 60_000]))) if rng.random() < 0.8 else b"the same"
        writer.store(Exchange(
            url=f"http://example.com/{seed}/{number}", started_at=now(), request=b"GET / HTTP/1.1\\r\\n\\r\\n",
            response_head=b"HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\n\\r\\n", response_body=body,
            fidelity="wire",
        ), parse=True)
        if number % 7 == 0:
            at = "2026-11-23T03:28:46.123Z"
            writer.add_outcome(Outcome(run.id, f"http://down.example/{seed}/{number}", at, "dns", "x"))
        if writer.due():
            writer.commit()
"""


def test_killed_at_any_instant_no_committed_row_is_lost(tmp_path: Path) -> None:
    rng = random.Random(7)
    committed: set[str] = set()
    for seed in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(seed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert child.stdout is not None
        started = child.stdout.readline()
        time.sleep(rng.random() * 0.1)
        child.kill()
        _, errors = child.communicate()
        assert started == b"open\n", errors.decode()
        with connect(tmp_path / "index.db", readonly=True) as db:
            rows = list(db.query("SELECT id, warc_file, offset, length FROM captures"))
        for row in rows:
            record = read_record(tmp_path, row["warc_file"], row["offset"])
            assert (record.id, record.length) == (row["id"], row["length"])
        assert committed <= {row["id"] for row in rows}
        committed = {row["id"] for row in rows}
    assert committed
    end = Run(id="end", site="example", started_at="2026-11-23T04:00:00.000Z")
    with Writer.open(tmp_path, end) as writer:
        assert writer.recovery.damage == ()
        writer.close("finished", {})
    in_files = {
        record.id
        for name in files.names(tmp_path)
        for record in iter_records(files.locate(tmp_path, name))
        if record.kind in ("response", "revisit")
    }
    with connect(tmp_path / "index.db", readonly=True) as db:
        assert {row["id"] for row in db.query("SELECT id FROM captures")} == in_files
        assert committed <= in_files
        assert sum(1 for _ in captures.unparsed(db)) == len(in_files)
        assert [row["id"] for row in db.query("SELECT id FROM runs WHERE outcome = 'finished'")] == ["end"]
        assert not list(db.query("SELECT id FROM runs WHERE finished_at IS NULL OR outcome IS NULL"))
    assert not open_names(tmp_path)
