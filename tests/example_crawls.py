"""Crawls of the example site by the command itself, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.example.server import ExampleSite
from crawler.sites.loader import BUNDLED

ROOT = Path(__file__).parents[1]
PATIENCE = 600
"""Seconds after which a process hangs; a loaded machine may take long for what takes a second elsewhere."""


@dataclass(frozen=True)
class TwoCrawls:
    """An archive after a crawl of the first edition and one of the second."""

    directory: Path
    site: ExampleSite
    definition: str
    first: dict[str, Any]
    second: dict[str, Any]
    hits_before_second: int


def definition(folder: Path, port: int) -> str:
    """The bundled definition with another port, as a file."""
    path = folder / "example.toml"
    text = (BUNDLED / "example.toml").read_text(encoding="utf-8")
    path.write_text(text.replace(":8003/", f":{port}/"), encoding="utf-8")
    return str(path)


def environment(**more: str) -> dict[str, str]:
    """Without what would change a command's meaning."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    for name in ("SEOGO_ARCHIVE", "SEOGO_CONTACT"):
        kept.pop(name, None)
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def seogo(*arguments: str, timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a command; what it prints is kept."""
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )


def crawled(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Crawl, expect an exit code, and return the summary."""
    ended = seogo("crawl", *arguments, "--json")
    assert ended.returncode == code, ended.stderr + ended.stdout
    summary: dict[str, Any] = json.loads(ended.stdout)
    return summary
