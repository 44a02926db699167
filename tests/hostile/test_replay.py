"""Hostile input to the servers, by the numbers of the list of hostile cases: 68, 70, 78 to 84."""

from __future__ import annotations

import resource
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.index import database
from archive.replay.app import create_app
from archive.replay.store import Store
from archive.web.app import create_app as browse_app
from replay_fixture import FIRST, HOST, PNG, Builder, Client, build, client

ORIGIN = "http://localhost:8002"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Client:
    directory = tmp_path_factory.mktemp("archive")
    build(directory)
    return client(create_app(Store(directory)), ORIGIN)


def test_68_revisits_that_lead_nowhere_or_in_circles_are_told(tmp_path: Path) -> None:
    made = build(tmp_path)
    db = database.connect(tmp_path / "index.db")
    again = made["one again"].id
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    for target in (again, "00000000-0000-4000-8000-000000000000", made["css"].id):
        with db.atomic():
            db.conn.execute("UPDATE capture SET refers_to = ? WHERE id = ?", (target, again))
        answer = ask(f"/capture/{again}/")
        assert answer.status_code == 404
        assert "repeats an earlier one" in answer.text
    db.close()


def test_70_another_record_at_the_offset_is_not_served(tmp_path: Path) -> None:
    made = build(tmp_path)
    db = database.connect(tmp_path / "index.db")
    with db.atomic():
        db.conn.execute('UPDATE capture SET "offset" = ? WHERE id = ?', (made["two"].offset, made["one"].id))
    db.close()
    answer = client(create_app(Store(tmp_path)), ORIGIN)(f"/capture/{made['one'].id}/")
    assert answer.status_code == 500
    assert "another record" in answer.text


@pytest.mark.parametrize(
    "name",
    ["Set-Cookie", "Clear-Site-Data", "Strict-Transport-Security", "X-Frame-Options", "Refresh", "Link",
     "Content-Disposition", "Content-Security-Policy", "Service-Worker-Allowed", "Access-Control-Allow-Origin"],
)  # fmt: skip
def test_79_archived_headers_do_nothing(tmp_path: Path, name: str) -> None:
    with Builder(tmp_path) as add:
        add.add(f"{HOST}/h", "<p>x</p>", "2026-11-20T00:00:00", headers=[(name, "evil")])
    headers = client(create_app(Store(tmp_path)), ORIGIN)(f"/web/20261120000000/{HOST}/h").headers
    assert "evil" not in headers.get(name, "")


def test_79_a_redirect_never_leaves(tmp_path: Path) -> None:
    for number, location in enumerate(
        (
            "http://live.test/x",
            "//live.test/x",
            "/\\live.test",
            "javascript:alert(1)",
            "http://[::1",
            "data:text/html,x",
            "é",
            "",
        )
    ):
        with Builder(tmp_path / str(number)) as add:
            add.add(f"{HOST}/r", "", "2026-11-20T00:00:00", status="302 Found", headers=[("Location", location)])
        answer = client(create_app(Store(tmp_path / str(number))), ORIGIN)(f"/web/20261120000000/{HOST}/r")
        assert answer.headers.get("location", "/web/2026").startswith("/web/2026")
        assert answer.status_code in (200, 302)


@pytest.mark.parametrize(
    "path",
    [
        "/web/99999999999999/http://a.example/",
        "/web/0/http://a.example/",
        "/web/2026/",
        "/web/*/",
        "/web/",
        "/web/2026/http://a.example/%00",
        "/web/%2e%2e/%2e%2e/etc/passwd",
        "/web/2026//evil.test",
        "/web/2026/%5cevil.test/",
        "/%5cevil.test",
        "/web/2026/http://<script>alert(1)</script>/",
        "/web/2026/http://a.example/%3Cscript%3Ealert(1)%3C/script%3E",
        "/web/2026/http://a.example/" + "a" * 10_000,
        "/web/timemap/link/",
        "/web/timemap/link/99999999999/http://a.example/",
        "/web/timemap/evil/http://a.example/",
        "/capture/../../etc/passwd/",
        "/capture/%00/",
        "/capture/" + "a" * 5000 + "/",
        "/cdx?url=%00",
        "/cdx?url=x&limit=99999999999999999999",
        "/style.css/../x",
        "/web/20261340*/http://a.example/",
        "/web/00000000*/http://paper.test/news/1?mode=view",
    ],
)
def test_80_addresses_that_name_nothing(ask: Client, path: str) -> None:
    answer = ask(path)
    assert answer.status_code in (400, 403, 404)
    assert "<script>" not in answer.text
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>evil()</script></svg>'),
        ("text/xml", b'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">evil()</x:script>'),
        ("application/pdf", b"%PDF-1.4 evil"),
        ("image/gif", b"GIF89a=1;evil()//"),
        ("text/html", PNG),
        (None, b"<script>evil()</script>"),
        ("evil", b"<html><script>evil()</script>"),
    ],
)
def test_81_wrong_types_stay_in_the_sandbox(tmp_path: Path, content_type: str | None, body: bytes) -> None:
    with Builder(tmp_path) as add:
        add.add(f"{HOST}/p", body, "2026-11-20T00:00:00", content_type=content_type)
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    for modifier in ("", "id_"):
        answer = ask(f"/web/20261120000000{modifier}/{HOST}/p")
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_81_a_bomb_and_a_broken_body_are_told(tmp_path: Path) -> None:
    import gzip

    bomb = gzip.compress(bytes(64 << 20))
    with Builder(tmp_path) as add:
        add.add(f"{HOST}/bomb", bomb, "2026-11-20T00:00:00", headers=[("Content-Encoding", "gzip")])
        add.add(f"{HOST}/odd", b"\x01\x02\x03", "2026-11-20T00:00:01", headers=[("Content-Encoding", "klingon")])
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    for name, stamp in (("bomb", "20261120000000"), ("odd", "20261120000001")):
        answer = ask(f"/web/{stamp}/{HOST}/{name}")
        assert answer.status_code == 404
        assert "cannot be decoded" in answer.text


def test_82_a_timemap_of_many_captures_is_paged(tmp_path: Path) -> None:
    build(tmp_path)
    db = database.connect(tmp_path / "index.db")
    row = db.conn.execute("SELECT * FROM capture WHERE url = ? LIMIT 1", (FIRST,))
    names = [column[0] for column in row.description]
    values = dict(zip(names, row.fetchone(), strict=True))
    with db.atomic():
        for number in range(2500):
            made = {
                **values,
                "n": None,
                "id": f"copy-{number}",
                "captured_at": f"2027-01-01T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
            }
            columns = ",".join(f'"{name}"' for name in made)
            places = ",".join("?" * len(made))
            db.conn.execute(f"INSERT INTO capture({columns}) VALUES ({places})", tuple(made.values()))
    db.close()
    ask = client(create_app(Store(tmp_path)), ORIGIN)
    first = ask(f"/web/timemap/link/{FIRST}").text
    assert first.count('memento"; datetime') == 1000
    assert f"/web/timemap/link/2/{FIRST}" in first
    last = ask(f"/web/timemap/link/3/{FIRST}").text
    assert last.count('memento"; datetime') == 503
    assert 'rel="last memento"' in last
    day = ask(f"/web/2027*/{FIRST}")
    assert day.status_code == 200
    assert day.text.count('class="time') < 20


@pytest.fixture(scope="module", params=["replay", "browse"])
def door(request: pytest.FixtureRequest, ask: Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Each of the two servers."""
    if request.param == "replay":
        return ask
    directory = tmp_path_factory.mktemp("browse")
    build(directory)
    return client(browse_app(Store(directory)), ORIGIN)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/", f"/web/20261120000100/{FIRST}", "/index", "/-/threads"])
def test_84_only_reading_is_allowed(door: Client, method: str, path: str) -> None:
    answer = door(path, method=method, cookie="secret=1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8002", "localhost.evil.test", "127.0.0.1.evil.test", "", "localhost@evil",
     "localhost evil", "localhost:8002:evil", "[::1].evil.test", "0.0.0.0", "localhost."],
)  # fmt: skip
def test_84_other_hosts_are_refused(door: Client, host: str) -> None:
    answer = door("/", host=host)
    assert answer.status_code == 403
    assert "evil" not in answer.text
    assert door("/", host="LOCALHOST:1").status_code == 200


def test_84_forwarded_hosts_count_for_nothing(door: Client) -> None:
    names = ("x-forwarded-host", "x-forwarded-server", "x-host", "x-original-url", "x-rewrite-url")
    forged = dict.fromkeys(names, "evil.test")
    for path in (f"/web/{FIRST}", f"/web/20261120000100/{FIRST}", "/"):
        answer = door(path, forwarded="host=evil.test;proto=https", **{**forged, "x-forwarded-proto": "https"})
        assert answer.status_code in (200, 302, 404)
        assert "evil" not in str(answer.headers) + answer.text


class Served:
    """The replay server on a free port, in a thread."""

    def __init__(self, directory: Path) -> None:
        import asyncio

        import uvicorn

        from archive.web import serving

        self.sockets = serving.listen(0)
        self.port: int = self.sockets[0].getsockname()[1]
        config = serving._config(create_app(Store(directory)))
        assert isinstance(config, uvicorn.Config)
        self.server = serving._Server(config)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(self.sockets)), daemon=True)
        self.thread.start()

    def talk(self, data: bytes, quiet: float = 60) -> bytes:
        """What is answered until the end of the connection, or until nothing more has come for so many seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(data)
            answer = b""
            try:
                while piece := connection.recv(65_536):
                    answer += piece
                    connection.settimeout(quiet)
            except (TimeoutError, ConnectionResetError):
                pass
            return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("served")
    build(directory)
    running = Served(directory)
    while not running.server.started:
        time.sleep(0.01)
    yield running
    running.server.should_exit = True
    running.thread.join(10)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n",
        b"GET /web/2026/http://a.example/" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n",
        b"GET http://evil.test/ HTTP/1.1\r\nHost: localhost\r\n",
        b"GET //evil.test/ HTTP/1.1\r\nHost: localhost\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\x0bchunked\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n",
        b"GET / HTTP/1.1\nHost: localhost\x00\n",
        b"GET / HTTP/1.1\r\nX: y\r\n",
        b"GET / HTTP/1.0\r\nX: y\r\n",
        b"GARBAGE\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 20_000,
    ],
)
def test_84_requests_that_are_none(served: Served, request_line: bytes) -> None:
    answer = served.talk(request_line + b"Connection: close\r\n\r\n")
    status = answer.split(b" ", 2)[1] if answer else b""
    assert status in (b"400", b"403", b"404", b"")
    assert b"evil" not in answer
    assert b" 200 " in served.talk(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n",
    ],
)
def test_84_no_request_hides_in_another(served: Served, first: bytes) -> None:
    hidden = b"GET /style.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = served.talk((first % len(hidden) if b"%d" in first else first) + hidden, 1.5)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"text/css" not in answer


def test_84_head_is_get_without_the_body(served: Served) -> None:
    for path in ("/", f"/web/20261120000100/{FIRST}", f"/web/timemap/link/{FIRST}", f"/cdx?url={FIRST}"):
        rest = f" {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        (head, body), (other, rest_of_other) = (
            served.talk(method + rest).split(b"\r\n\r\n", 1) for method in (b"GET", b"HEAD")
        )
        assert body
        assert rest_of_other == b""
        assert [line for line in head.split(b"\r\n") if not line.startswith((b"date:", b"Transfer-Encoding"))] == [
            line for line in other.split(b"\r\n") if not line.startswith((b"date:", b"Transfer-Encoding"))
        ]


def test_84_slow_requests_are_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.web import serving

    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.2)
    build(tmp_path)
    running = Served(tmp_path)
    while not running.server.started:
        time.sleep(0.01)
    assert running.talk(b"GET / HTTP/1.1\r\nHost: local") == b""
    assert running.talk(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTT").count(b" 200 ") == 1
    # A byte now and then wins no time.
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as connection:
        for _ in range(3000):
            try:
                connection.sendall(b"G")
            except OSError:
                break
            time.sleep(0.02)
        else:
            pytest.fail("a request that comes byte by byte is waited for")
    running.server.should_exit = True
    running.thread.join(10)


def test_84_ten_thousand_connections_are_bounded_and_shut_nobody_out(served: Served) -> None:
    from archive.web import serving

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = 10_000 if hard == resource.RLIM_INFINITY else min(10_000, hard - 1_200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, many + 1_200), hard))
    held: list[socket.socket] = []
    most = 0
    try:
        for number in range(many):
            held.append(socket.create_connection(("127.0.0.1", served.port)))
            if number % serving.BACKLOG == 0:
                # A queue that is full makes who knocks wait a second.
                time.sleep(0.01)
                held[-1].sendall(b"GET / HTTP/1.1\r\nHost: local")
                most = max(most, len(served.server.server_state.connections))
        assert most <= serving.MAX_CONNECTIONS + 2 * serving.BACKLOG
        assert many > 2 * serving.MAX_CONNECTIONS
        assert b" 200 " in served.talk(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
