"""Ports that stay free: none of those that the kernel gives to whoever asks for any."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack

# Below Linux' 32768, from which outgoing connections and servers at port 0 get theirs.
_PORTS = range(20_000, 32_000)


def free_port(hosts: Iterable[str] = ("127.0.0.1",)) -> int:
    """A port that nobody listens at on any of these addresses."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        try:
            with ExitStack() as stack:
                for host in hosts:
                    stack.enter_context(socket.create_server((host, port)))
        except OSError:
            continue
        return port
