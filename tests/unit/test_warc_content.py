from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from warc_makers import chunked, exchange, noise, run

from archive.commit import Writer
from archive.errors import ArchiveMissing, CorruptRecord, NotFound
from archive.http import DecodeError
from archive.model import Capture
from archive.warc.content import content_of_capture


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer.open(tmp_path, run()) as opened:
        yield opened


def nothing(capture_id: str) -> Capture:
    raise NotFound(capture_id)


def test_the_content_of_a_chunked_gzip_page(writer: Writer, tmp_path: Path) -> None:
    body = chunked(gzip.compress("<p>본문</p>".encode()), 5)
    headers = [b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Type: text/html"]
    content = content_of_capture(tmp_path, writer.store(exchange(body=body, headers=headers), parse=True), nothing)
    assert content.decode().data == "<p>본문</p>".encode()
    assert (content.content_type, content.head.status) == ("text/html", 200)


def test_a_bomb_is_refused_and_a_lie_is_not(writer: Writer, tmp_path: Path) -> None:
    bomb = exchange("http://e.com/1", gzip.compress(bytes(40 << 20)), headers=[b"Content-Encoding: gzip"])
    lie = exchange("http://e.com/2", b"<p>plain", headers=[b"Content-Encoding: gzip"])
    content = content_of_capture(tmp_path, writer.store(bomb, parse=False), nothing)
    with pytest.raises(DecodeError):
        content.decode()
    assert content_of_capture(tmp_path, writer.store(lie, parse=False), nothing).decode().data == b"<p>plain"


def test_more_than_the_limit_is_refused(writer: Writer, tmp_path: Path) -> None:
    capture = writer.store(exchange(body=noise(3000)), parse=False)
    with pytest.raises(CorruptRecord, match="more than 2999 bytes"):
        content_of_capture(tmp_path, capture, nothing, limit=2999)


def test_revisits_that_lead_nowhere(writer: Writer, tmp_path: Path) -> None:
    first = writer.store(exchange("http://e.com/1", b"same"), parse=False)
    revisit = writer.store(exchange("http://e.com/2", b"same"), parse=False)
    assert content_of_capture(tmp_path, revisit, {first.id: first}.__getitem__).payload == b"same"
    cases = {
        "itself": (replace(revisit, refers_to=revisit.id), revisit),
        "nothing": (replace(revisit, refers_to=None), first),
        "a revisit": (revisit, replace(first, kind="revisit")),
        "another payload": (revisit, replace(first, digest="sha1:" + "A" * 32)),
    }
    for capture, original in cases.values():
        with pytest.raises(NotFound):
            content_of_capture(tmp_path, capture, lambda _, found=original: found)
    with pytest.raises(NotFound):
        content_of_capture(tmp_path, revisit, nothing)


def test_a_row_that_leads_to_another_record_or_file(writer: Writer, tmp_path: Path) -> None:
    one = writer.store(exchange("http://e.com/1", b"one"), parse=False)
    two = writer.store(exchange("http://e.com/2", b"two"), parse=False)
    with pytest.raises(CorruptRecord, match="another record"):
        content_of_capture(tmp_path, replace(one, offset=two.offset), nothing)
    with pytest.raises(ArchiveMissing):
        content_of_capture(tmp_path, replace(one, warc_file="gone.warc.gz"), nothing)
