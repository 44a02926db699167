from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import ArchiveBusy, ArchiveMissing
from archive.lock import Lock

OTHER = """
import sys
from pathlib import Path
from archive.errors import ArchiveBusy
from archive.lock import Lock
try:
    with Lock.acquire(Path(sys.argv[1])):
        print("got it", flush=True)
        if sys.argv[2] == "stay":
            sys.stdin.read()
except ArchiveBusy as busy:
    print(busy)
"""


def other(directory: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OTHER, str(directory), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_another_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with Lock.acquire(tmp_path):
        answer, _ = other(tmp_path, "go").communicate()
        assert "is in use by process" in answer
    answer, _ = other(tmp_path, "go").communicate()
    assert answer == "got it\n"


def test_the_same_process_is_refused_and_keeps_its_lock(tmp_path: Path) -> None:
    with Lock.acquire(tmp_path) as lock:
        with pytest.raises(ArchiveBusy) as caught:
            Lock.acquire(tmp_path)
        assert caught.value.exit_code == 75
        answer, _ = other(tmp_path, "go").communicate()
        assert "in use" in answer
        lock.release()
        lock.release()
    Lock.acquire(tmp_path).release()


def test_kill_frees_it(tmp_path: Path) -> None:
    holder = other(tmp_path, "stay")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "got it\n"
    with pytest.raises(ArchiveBusy, match=f"process {holder.pid}"):
        Lock.acquire(tmp_path)
    holder.kill()
    holder.communicate()
    Lock.acquire(tmp_path).release()


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveMissing, match="cannot be written"):
        Lock.acquire(tmp_path / "file")
