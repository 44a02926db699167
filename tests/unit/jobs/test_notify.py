"""Messages reach a webhook, a mailbox and a command on this machine; seldom, together, and again when they fail."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crawler.jobs.notify import Letter, Undelivered, letters, post, send, settle
from crawler.jobs.state import State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROW = {"event": "alarm", "said": "paper: 본문이 없다\r\nBcc: a@b.org", "before": "c1", "after": "c2"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(tmp_path) as opened:
        yield opened


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[misc]  # an inet address
    finally:
        server.shutdown()
        server.server_close()


class Hook(BaseHTTPRequestHandler):
    got: list[bytes]
    status = 200

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", self.path + "elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Mailbox(socketserver.StreamRequestHandler):
    got: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line
                self.got.append(body)
            self.wfile.write(b"250 fine\r\n" if not line.upper().startswith(b"QUIT") else b"221 bye\r\n")


def letter(target: str) -> Letter:
    return Letter(target, (1,), (ROW,))


@pytest.mark.parametrize("status", [200, 204, 302, 500])
def test_a_webhook(status: int) -> None:
    handler = type("H", (Hook,), {"got": [], "status": status})
    with serving(HTTPServer(("127.0.0.1", 0), handler)) as port:
        if status < 300:
            send(letter(f"http://127.0.0.1:{port}/hook"), None, "a@b")
        else:
            with pytest.raises(Undelivered):
                send(letter(f"http://127.0.0.1:{port}/hook"), None, "a@b")
    [body] = handler.got
    assert json.loads(body)["events"] == [ROW]


def test_a_mailbox_and_no_header_out_of_a_page() -> None:
    handler = type("M", (Mailbox,), {"got": []})
    with serving(socketserver.TCPServer(("127.0.0.1", 0), handler)) as port:
        send(letter("mailto:desk@example.org"), f"smtp://127.0.0.1:{port}", "seogo@example.org")
    head, _, _ = handler.got[0].partition(b"\r\n\r\n")
    assert b"To: desk@example.org" in head
    assert not any(line.lower().startswith(b"bcc") for line in head.split(b"\r\n"))


def test_a_command_gets_it_all_on_its_input(tmp_path: Path) -> None:
    command = tmp_path / "tell"
    command.write_text(f'#!/bin/sh\ncat > "{tmp_path}/got"\nprintf %s "$1" > "{tmp_path}/subject"\n')
    command.chmod(0o755)
    send(letter(f"exec:{command}"), None, "")
    assert json.loads((tmp_path / "got").read_bytes())["events"] == [ROW]
    assert "본문" in (tmp_path / "subject").read_text(encoding="utf-8")
    command.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    with pytest.raises(Undelivered, match="ended with 3: broken"):
        send(letter(f"exec:{command}"), None, "")
    with pytest.raises(Undelivered):
        send(letter(f"exec:{tmp_path}/none"), None, "")


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for target in (f"http://127.0.0.1:{port}/", "mailto:a@b.org"):
        with pytest.raises(Undelivered):
            send(letter(target), f"smtp://127.0.0.1:{port}", "a@b.org")


def test_what_comes_up_soon_after_a_message_goes_with_the_next(state: State) -> None:
    post(state, ["exec:/a", "exec:/b"], {"said": "one"}, NOW)
    first = letters(state, NOW)
    assert [one.target for one in first] == ["exec:/a", "exec:/b"]
    settle(state, first[0], NOW, None)
    for number in range(3):
        post(state, ["exec:/a"], {"said": f"more {number}"}, NOW + timedelta(minutes=number))
    assert [one.target for one in letters(state, NOW + timedelta(minutes=5))] == ["exec:/b"]
    [later, _] = letters(state, NOW + timedelta(minutes=11))
    assert len(later.rows) == 3
    assert later.subject == "Seogo: more 0 (and 2 more)"


def test_a_digest_waits_for_its_time(state: State) -> None:
    day = timedelta(days=1)
    post(state, ["exec:/a"], {"said": "one"}, NOW)
    assert letters(state, NOW, day) == []
    post(state, ["exec:/a"], {"said": "two"}, NOW + timedelta(hours=3))
    [only] = letters(state, NOW + day, day)
    assert [row["said"] for row in only.rows] == ["one", "two"]


def test_what_fails_is_tried_again_ever_later_and_given_up_in_the_end(state: State) -> None:
    post(state, ["exec:/a"], {"said": "one"}, NOW)
    now, tries = NOW, 0
    while now < NOW + timedelta(days=4):
        for one in letters(state, now):
            settle(state, one, now, "it is away")
            tries += 1
            assert letters(state, now) == []
        now += timedelta(minutes=5)
    assert tries == 20
    [event] = state.events()
    assert (event.kind, event.count) == ("notify", 20)


def test_a_clock_set_back_holds_no_message_up_for_long(state: State) -> None:
    post(state, ["exec:/a"], {"said": "one"}, NOW)
    settle(state, letters(state, NOW)[0], NOW, None)
    post(state, ["exec:/a"], {"said": "two"}, NOW)
    assert len(letters(state, NOW - timedelta(days=30))) == 1
