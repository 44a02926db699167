"""`seogo import` of what others write: wget itself, and the shapes of Browsertrix, pywb and Common Crawl."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import io
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.index import captures
from archive.index.database import connect
from archive.warc.content import content_of_capture
from foreign_warcs import Seogo, exchange, member, other_tool, page, record, wacz, write


@pytest.fixture
def seogo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Seogo:
    return Seogo(tmp_path / "archive", capsys)


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        links = "".join(f"<a href=/{n}>{n}</a>" for n in range(1, 4)) if self.path == "/" else ""
        body = page(f"쪽 {self.path[1:]}") + links.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(not os.environ.get("CI") and shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("packed", [True, False])
def test_what_wget_writes(tmp_path: Path, seogo: Seogo, origin: str, packed: bool) -> None:
    command = ["wget", "-q", "-r", "-l1", "--warc-file=site", *([] if packed else ["--no-warc-compression"]), origin]
    subprocess.run(command, cwd=tmp_path, check=False, timeout=600)
    given = tmp_path / ("site.warc.gz" if packed else "site.warc")
    done = seogo.take(given)
    assert (done.code, done.err) == (0, "")
    assert done.json["files"][0]["captures"] == 5
    if packed:
        assert seogo.files()["site.warc.gz"] == given.read_bytes()
    titles = [row[0] for row in seogo.rows("articles", "title")]
    assert {"쪽 1", "쪽 2", "쪽 3"} <= set(titles)
    assert all(offset is not None for [offset] in seogo.rows("captures", "request_offset"))
    assert seogo.is_sound()
    assert seogo.take(given).json["run"] is None


def test_a_revisit_as_wget_writes_it(tmp_path: Path, seogo: Seogo) -> None:
    # The payload digest is of the chunks as sent; the block digest of what was cut off the revisit, too.
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(page()), page())
    label = b"sha1:" + base64.b32encode(hashlib.sha1(chunks).digest())  # WARC's digest
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    digest = b"WARC-Payload-Digest: " + label
    first = write(tmp_path / "first.warc.gz", member(record(body=chunks, head=head, extra=[digest])))
    cut = (
        digest,
        b"WARC-Block-Digest: sha1:" + base64.b32encode(bytes(20)),
        b"WARC-Truncated: length",
        b"WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-000000000001>",
        b"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
    )
    again = record(body=b"", head=head, number=2, kind=b"revisit", date=b"2024-05-07T07:08:09Z", extra=cut)
    seogo.take(write(tmp_path / "again.warc.gz", member(again)))
    # What it repeats is not there yet: nothing is damaged, something is missing.
    alone = seogo("verify")
    assert alone.code == 1, alone.out
    assert "import the file that has it" in alone.out
    assert seogo.take(first).code == 0
    told = seogo("verify")
    assert told.code == 1, told.out
    assert "before the record was cut" in told.out
    assert told.out.count("note:") == 1
    assert len(seogo.rows("captures", "parsed_by")) == 2


def test_a_package_as_browsertrix_makes_it(tmp_path: Path, seogo: Seogo) -> None:
    """Bodies stored decoded under headers as sent, records of its own kind beside them, files of nothing but those."""

    def own(writer: WARCWriter, uri: str) -> None:
        writer.write_record(writer.create_warc_record(uri, "resource", io.BytesIO(b"{}"), 2, "application/json"))

    def crawled(writer: WARCWriter) -> None:
        exchange(writer, "https://www.example.com/1", page("브라우저"), Content_Encoding="br")
        own(writer, "urn:pageinfo:https://www.example.com/1")

    def pictures(writer: WARCWriter) -> None:
        own(writer, "urn:view:https://www.example.com/1")
        own(writer, "urn:thumbnail:https://www.example.com/1")

    made = {
        "screenshots-20261123.warc.gz": other_tool(tmp_path / "1.warc.gz", pictures).read_bytes(),
        "rec-0.warc.gz": other_tool(tmp_path / "2.warc.gz", crawled).read_bytes(),
        "text-20261123.warc.gz": other_tool(tmp_path / "3.warc.gz", lambda w: own(w, "urn:text:x")).read_bytes(),
    }
    pages = [{"format": "json-pages-1.0", "id": "pages"}, {"id": "1", "url": "https://www.example.com/1", "seed": True}]
    more = {
        "pages/pages.jsonl": "\n".join(map(json.dumps, pages)).encode(),
        "pages/extraPages.jsonl": b"",
        "indexes/index.cdx.gz": gzip.compress(b"com,example)/1 20261123000000 {}\n"),
        "indexes/index.idx": b"!meta 0 {}\n",
        "logs/crawl.log": b"{}\n",
    }
    given = wacz(tmp_path / "crawl.wacz", made, more=more)
    done = seogo.take(given)
    assert done.code == 0, done.err
    taken = [(one["source"].rpartition("/")[2], one["file"], one["captures"]) for one in done.json["files"]]
    assert taken == [(name, "crawl-rec-0.warc.gz", 1) if name[0] == "r" else (name, None, 0) for name in sorted(made)]
    assert seogo.rows("articles", "title") == [("브라우저",)]
    assert seogo.is_sound()
    before = seogo.files()
    again = seogo("import", given)
    assert again.out.splitlines() == [
        f"{given}#archive/{name}: "
        + ("1 captures are there already" if name[0] == "r" else "holds no capture of a web page")
        for name in sorted(made)
    ]
    assert (again.code, seogo.files()) == (0, before)


def test_what_pywb_records(tmp_path: Path, seogo: Seogo) -> None:
    """Its own headers on records, revisits that name an address and an instant and no record."""
    body = page("녹화")

    def recorded(writer: WARCWriter) -> None:
        response = exchange(writer, "http://www.example.com/1", body)
        at = response.rec_headers.get_header("WARC-Date")
        digest = response.rec_headers.get_header("WARC-Payload-Digest")
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        revisit = writer.create_revisit_record(
            "http://www.example.com/1",
            digest,
            "http://www.example.com/1",
            at,
            http_headers=head,
            warc_headers_dict={"WARC-Date": "2034-01-01T00:00:00Z", "WARC-Source-URI": "http://www.example.com/1"},
        )
        writer.write_record(revisit)

    given = other_tool(tmp_path / "rec-20240506-host.warc.gz", recorded)
    done = seogo.take(given)
    assert (done.code, done.err) == (0, "")
    with connect(seogo.directory / "index.db", readonly=True) as db:
        [(response,), (revisit,)] = db.execute("SELECT id FROM captures ORDER BY captured_at").fetchall()
        rows = db.execute("SELECT kind, refers_to FROM captures WHERE id = ?", (revisit,)).fetchall()
        assert rows == [("revisit", response)]
        content = content_of_capture(seogo.directory, captures.get(db, revisit), partial(captures.get, db))
    assert content.page() == body
    assert seogo.is_sound()
    assert seogo.take(given).json["run"] is None


def test_what_common_crawl_publishes(tmp_path: Path, seogo: Seogo) -> None:
    """WARC/1.0, bodies stored without their codings, a metadata record after each; WAT and WET hold no captures."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Crawler-Content-Encoding: gzip\r\n"
        b"X-Crawler-Content-Length: 999\r\nContent-Length: %d\r\n\r\n" % len(page("공용"))
    )
    id_of_response = b"WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000002>"
    url = "https://www.example.com/1"
    warcinfo = record(number=9, kind=b"warcinfo", drop=b"WARC-Target-URI", head=b"software: Nutch\r\n", body=b"")
    request = record(
        url, b"", number=1, kind=b"request", head=b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n", extra=[id_of_response]
    )
    response = record(
        url, page("공용"), number=2, head=head, extra=[b"WARC-Identified-Payload-Type: text/html", b"WARC-Protocol: h2"]
    )
    metadata = record(url, b"", number=3, kind=b"metadata", head=b"fetchTimeMs: 29\r\n", extra=[id_of_response])
    given = write(tmp_path / "CC-MAIN-1.warc.gz", *map(member, (warcinfo, request, response, metadata)))
    wet = record(url, "본문".encode(), number=4, kind=b"conversion", head=b"")
    wat = record(url, b"{}", number=5, kind=b"metadata", head=b"", extra=[id_of_response])
    text = write(tmp_path / "CC-MAIN-1.warc.wet.gz", member(warcinfo), member(wet))
    links = write(tmp_path / "CC-MAIN-1.warc.wat.gz", member(warcinfo), member(wat))
    done = seogo.take(given, text, links)
    assert done.code == 1
    for skipped in (text, links):
        assert f"Error: {skipped} holds no capture of a web page, so there is nothing to take in\n" in done.err
    assert seogo.files()["CC-MAIN-1.warc.gz"] == given.read_bytes()
    assert seogo.foreign() == ["CC-MAIN-1.warc.gz"]
    assert seogo.rows("articles", "title") == [("공용",)]
    assert seogo.is_sound()
    assert seogo.take(given).json["run"] is None
