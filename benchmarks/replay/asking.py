"""A client that asks for pages: one after another, or over several connections at once."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HEADERS = {"Sec-Fetch-Dest": "document", "Accept-Language": "ko"}


@dataclass
class Asked:
    """How a batch of requests went: seconds of each, the batch's own, what was wrong, a byte count of the answers, and
    the server's seconds of CPU time.
    """

    each: list[float] = field(default_factory=list)
    wall: float = 0.0
    errors: list[str] = field(default_factory=list)
    size: int = 0
    cpu: float = 0.0

    @property
    def cpu_each(self) -> float:
        """Milliseconds of the server's CPU time for each answer."""
        return self.cpu / len(self.each) * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.each) / self.wall

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


@dataclass(frozen=True)
class Server:
    """A running server: its origin and process."""

    origin: str
    pid: int

    def cpu(self) -> float:
        """The CPU time of the process so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(server: Server, paths: Sequence[str], marks: Sequence[str], connections: int = 1) -> Asked:
    """Ask for all paths, each connection for its share; an answer without its mark is an error."""
    asked = Asked()
    lock = threading.Lock()

    def share(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(server.origin).netloc, timeout=60)
        mine = []
        try:
            for path, mark in list(zip(paths, marks, strict=True))[number::connections]:
                begun = time.perf_counter()
                try:
                    connection.request("GET", path, headers=HEADERS)
                    answer = connection.getresponse()
                    body = answer.read()
                except (OSError, http.client.HTTPException) as error:
                    asked.errors.append(f"{path}: {error!r}")
                    connection.close()
                    continue
                mine.append(time.perf_counter() - begun)
                asked.size += len(body)
                if answer.status != 200 or mark.encode() not in body:
                    asked.errors.append(f"{path}: {answer.status}, {len(body)} bytes")
        finally:
            connection.close()
        with lock:
            asked.each += mine

    threads = [threading.Thread(target=share, args=(number,)) for number in range(connections)]
    cpu = server.cpu()
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.wall = time.perf_counter() - begun
    asked.cpu = server.cpu() - cpu
    return asked
