"""Archives made and looked at through the command line, as tests of several of them need it."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from many_hosts import ManyHosts

from archive.index.contract import TABLES
from crawler.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """What a command printed."""

    stdout: str
    stderr: str


def seogo(*arguments: object, code: int = 0) -> Done:
    """Run the command; it ends with this code, and never with a traceback. A crawl gets a process of its own."""
    if arguments[0] == "crawl":
        command = [sys.executable, "-m", "crawler.cli", *map(str, arguments)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        done, ended = Done(ran.stdout, ran.stderr), ran.returncode
    else:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        done, ended = Done(out.getvalue(), err.getvalue()), left.value.code
    assert "Traceback" not in done.stderr, done.stderr
    assert ended == code, done.stderr
    return done


def crawl(sites: ManyHosts, archive: Path, *more: object) -> dict[str, Any]:
    """Crawl all of the sites' hosts; the summary."""
    how = ("--allow-private", "--depth", 50, "--delay", 0, "--parse-workers", 0, "--json")
    summary: dict[str, Any] = json.loads(seogo("crawl", *sites.seeds, "-a", archive, *how, *more).stdout)
    return summary


def merge(target: Path, *sources: Path, code: int = 0) -> dict[str, Any]:
    """Merge; what --json says."""
    merged: dict[str, Any] = json.loads(
        seogo("merge", *sources, "-a", target, "--parse-workers", 0, "--json", code=code).stdout
    )
    return merged


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{archive / 'index.db'}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def tables(archive: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every public table, its rows in one order."""
    return {name: sorted(rows(archive, f"SELECT * FROM {name}"), key=repr) for name in TABLES}


def agrees_with_reindex(archive: Path) -> None:
    """The index is, table by table, what the WARC files alone give; and they agree to the byte."""
    before = tables(archive)
    seogo("reindex", "-a", archive, "--jobs", 0)
    after = tables(archive)
    for name, found in before.items():
        assert found == after[name], name
    seogo("verify", "-a", archive)


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder: what is in it, and when it was changed."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def warcs(archive: Path) -> list[Path]:
    return sorted((archive / "archive").iterdir())
