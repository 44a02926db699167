"""WARC and WACZ files as other tools write them, and the command that takes them in."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.index.database import connect
from crawler.cli import main

TABLES = (
    *("captures", "articles", "article_urls", "article_versions", "lists", "blocks", "block_entries", "sightings"),
    *("repeats", "runs", "outcomes"),
)
TEXT = "정부는 내년부터 약가를 내리기로 했다고 밝혔다. 업계는 반발하고 있다. 협회는 성명을 내고 재검토를 요구했다. "
HTML = "<html lang=ko><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"


def page(title: str = "약가 인하") -> bytes:
    """A page that the parser takes for an article."""
    paragraphs = "".join(f"<p>{title}, {number}. {TEXT * 3}</p>" for number in range(4))
    return HTML.format(title=title, text=paragraphs).encode()


def member(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def record(
    uri: str = "http://www.example.com/1",
    body: bytes | None = None,
    *,
    number: int = 1,
    kind: bytes = b"response",
    head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
    date: bytes = b"2024-05-06T07:08:09Z",
    drop: bytes = b"\0",
    extra: Iterable[bytes] = (),
    length: bytes | None = None,
    version: bytes = b"WARC/1.0",
) -> bytes:
    """A record byte by byte; `drop` leaves out the header that begins so."""
    block = head + (page() if body is None else body)
    lines = [
        b"WARC-Type: " + kind,
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>" % number,
        b"WARC-Date: " + date,
        b"WARC-Target-URI: " + uri.encode(),
        b"Content-Type: application/http; msgtype=response",
        b"Content-Length: " + (b"%d" % len(block) if length is None else length),
    ]
    kept = [line for line in lines if not line.startswith(drop)]
    return b"\r\n".join([version, *kept, *extra]) + b"\r\n\r\n" + block + b"\r\n\r\n"


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def other_tool(path: Path, fill: Callable[[WARCWriter], None], *, packed: bool = True) -> Path:
    """A file written with warcio, as pywb, Browsertrix and wacz do."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another tool"}))
        fill(writer)
    return path


def exchange(writer: WARCWriter, uri: str, body: bytes, **headers: str) -> Any:
    """One response with its request; returns the response."""
    said = [("Content-Type", "text/html"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    head = StatusAndHeaders("200 OK", said, protocol="HTTP/1.1")
    response = writer.create_warc_record(uri, "response", payload=io.BytesIO(body), http_headers=head)
    asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "www.example.com")], is_http_request=True)
    request = writer.create_warc_record(uri, "request", http_headers=asked)
    writer.write_request_response_pair(request, response)
    return response


def wacz(
    path: Path, warcs: dict[str, bytes], *, package: bytes | None = None, more: dict[str, bytes] | None = None
) -> Path:
    """A package with the given WARC files, and digests that are right."""
    entries = {f"archive/{name}": data for name, data in warcs.items()} | (more or {})
    listed = [
        {"name": name, "path": name, "hash": "sha256:" + hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in entries.items()
    ]
    said = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": listed}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        archive.writestr("datapackage.json", said if package is None else package)
    return path


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


class Seogo:
    """The `seogo` command on one archive."""

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.directory = directory
        self._capsys = capsys

    def __call__(self, command: str, *arguments: object) -> Ended:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([command, "-a", str(self.directory), *map(str, arguments)])
        said = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in said.err
        return Ended(ended.value.code, said.out, said.err)

    def take(self, *paths: object) -> Ended:
        """`seogo import --json`, parsing in this process."""
        return self("import", "--json", "--parse-workers", 0, *paths)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The public tables, their rows sorted."""
        with connect(self.directory / "index.db", readonly=True) as db:
            return {
                table: sorted((tuple(row.items()) for row in db.query(f"SELECT * FROM {table}")), key=repr)
                for table in TABLES
            }

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(dict(row)[column] for column in columns) for row in self.tables()[table]]

    def files(self) -> dict[str, bytes]:
        """Everything in the archive's folder."""
        return {path.name: path.read_bytes() for path in (self.directory / "archive").iterdir()}

    def foreign(self) -> list[str]:
        return sorted(name for name in self.files() if not name.startswith("seogo-"))

    def is_sound(self) -> bool:
        """Whether verify finds nothing and the index can be made anew from the WARC files."""
        live = self.tables()
        verified = self("verify")
        rebuilt = self("reindex", "--jobs", 0)
        assert (verified.code, rebuilt.code) == (0, 0), (verified, rebuilt)
        rebuilt_tables = self.tables()
        for name, rows in live.items():
            assert not set(rows) ^ set(rebuilt_tables[name]), (name, set(rows) ^ set(rebuilt_tables[name]))
        return self("verify").code == 0
