"""A redis-server of Debian's for one test: its own directory, a port of loopback, an append-only file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ports import free_port


class RedisServer:
    """`url` is its address; `stop` and `start` as a machine would that is restarted."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to answer."""
        arguments = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", "")
        keeps = ("--appendonly", "yes", "--appendfsync", "everysec", "--loglevel", "warning")
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *arguments, *keeps], stdout=log, stderr=log)
        for _ in range(6000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self._folder / "redis.log").read_text(errors="replace"))

    def stop(self) -> None:
        """End it in order: what it keeps is on the disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(600)
            self._process = None


@contextmanager
def serving_redis(folder: Path) -> Iterator[RedisServer]:
    """A server while the block runs. Skips where Debian's redis-server is not installed, but not in CI."""
    if shutil.which("redis-server") is None:
        message = "redis-server is not installed (apt-get install redis-server)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
