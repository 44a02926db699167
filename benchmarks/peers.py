"""The environments that others' programs are installed in, and the cores that the two sides of a benchmark get."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path


def environment(folder: Path, lock: Path) -> Path:
    """An environment of a peer's own, made on first use from a lock with hashes; returns its Python."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    wanted = lock.read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*install, "-r", str(lock)], check=True)
        ready.write_text(wanted, encoding="utf-8")
    return python


def everywhere() -> set[int]:
    """All cores that there are, for a server beside a client that uses them all."""
    return set(os.sched_getaffinity(0))


def cores() -> tuple[set[int], set[int]]:
    """A core for the client and another for the server; one for both where there is no other."""
    found = sorted(os.sched_getaffinity(0))
    return {found[0]}, {found[-1]}
