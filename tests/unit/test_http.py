from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.codings import decode_content, zstd
from archive.http import (
    Dechunker,
    DecodeError,
    content_of,
    dechunk,
    parse_head,
    payload_of,
    payload_pieces,
    split_head,
)
from cpu_time import within

TEXT = "<p>약가 인하, 다시 도마에</p>".encode() * 200


def head_of(*lines: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 200 Very  Fine", 200, "Very  Fine"),
        (b"HTTP/1.0 404", 404, ""),
        (b"HTTP/2 200", 200, ""),
        (b"HTTP/1.1 999 Odd", 999, "Odd"),
        (b"HTTP/1.1 42 Short", None, ""),
        (b"HTTP/1.1 000 Zero", None, ""),
        (b"HTTP/1.1 2000 Long", None, ""),
        (b"HTTP/1.1 OK", None, ""),
        (b"<html>", None, ""),
        (b"", None, ""),
    ],
)
def test_status_lines(line: bytes, status: int | None, reason: str) -> None:
    head = parse_head(line + b"\r\n\r\n")
    assert (head.status, head.reason) == (status, reason)


def test_headers_keep_order_case_and_duplicates_and_nothing_is_smuggled() -> None:
    head = parse_head(
        b"HTTP/1.1 200 OK\r\nsErVeR:x\r\nX-Dup: 1\r\nx-dup: 2\r\nX-Fold: one\r\n\ttwo\r\nno colon here\r\n"
        b"X-Latin: caf\xe9\r\nX-Cr: a\rSet-Cookie: evil\r\nX-Empty:\r\n\r\nX-Body: 1\r\n"
    )
    assert head.headers == (
        ("sErVeR", "x"),
        ("X-Dup", "1"),
        ("x-dup", "2"),
        ("X-Fold", "one two"),
        ("X-Latin", "caf\xe9"),
        ("X-Cr", "a\rSet-Cookie: evil"),
        ("X-Empty", ""),
    )
    assert head.get("x-DUP") == "1"
    assert head.get_all("x-dup") == ("1", "2")
    assert head.get("set-cookie") is None


@pytest.mark.parametrize("line", [b" a\n", b"A: b\n", b"\r\r", b"a\n", b"HTTP/1.1 ", b"\t"])
def test_a_megabyte_of_header_takes_no_time(line: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nA: b\r\n" + line * (1_000_000 // len(line))
    with within(3):
        parse_head(head)
        split_head(head)


@pytest.mark.parametrize(
    ("value", "mime"),
    [
        (b"Text/HTML; charset=klingon", "text/html"),
        (b"text/html;charset=x;;", "text/html"),
        (b"html", None),
        (b"<script>/x", None),
        (b"", None),
    ],
)
def test_mime(value: bytes, mime: str | None) -> None:
    assert parse_head(head_of(b"Content-Type: " + value)).mime == mime


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", b"body")),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody\r\n\r\n", (b"HTTP/1.1 200 OK\nA: b\n\n", b"body\r\n\r\n")),
        (b"HTTP/1.1 200 OK\r\nA:", (b"HTTP/1.1 200 OK\r\nA:", b"")),
        (b"<html>\n\n<p>", (b"", b"<html>\n\n<p>")),
        (b"", (b"", b"")),
    ],
)
def test_split_head(data: bytes, expected: tuple[bytes, bytes]) -> None:
    assert split_head(data) == expected


@given(st.binary())
@settings(deadline=None)
def test_any_bytes_have_a_head(data: bytes) -> None:
    head, body = split_head(data)
    assert head + body == data
    parse_head(data)


def chunked(pieces: list[bytes], extension: bytes = b"", trailer: bytes = b"") -> bytes:
    body = b"".join(b"%X%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces if piece)
    return body + b"0\r\n" + trailer + b"\r\n"


@given(st.lists(st.binary(max_size=50)), st.integers(1, 7))
@settings(deadline=None)
def test_chunks_come_off_in_pieces_of_any_size(pieces: list[bytes], step: int) -> None:
    body = chunked(pieces, b";foo=bar", b"X-T: yes\r\n")
    assert dechunk(body) == (b"".join(pieces), True)
    dechunker = Dechunker()
    out = b"".join(b"".join(dechunker.feed(body[at : at + step])) for at in range(0, len(body), step))
    assert (out, dechunker.complete) == (b"".join(pieces), True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"3\r\nabc\r\nZZZ\r\nxx", (b"abc", False)),
        (b"FFFFFFFFFF\r\nabc", (b"abc", False)),
        (b"FFFFFFFFFFFFFFFFFFFFFFFF\r\nabc", (b"", False)),
        (b"-3\r\nabc", (b"", False)),
        (b"0x3\r\nabc", (b"", False)),
        (b"3\nabc\n0\n\n", (b"abc", True)),
        (b"3\r\nabc2\r\nde\r\n0\r\n\r\n", (b"abcde", True)),
        (b"3\r\nab", (b"ab", False)),
        (b"3\r\nabc\r\n", (b"abc", False)),
        (b"a" * 100_000, (b"", False)),
        (b"", (b"", False)),
    ],
)
def test_broken_chunks(body: bytes, expected: tuple[bytes, bool]) -> None:
    assert dechunk(body) == expected


@given(st.binary())
@settings(deadline=None)
def test_any_bytes_dechunk_alike_whole_and_byte_by_byte(body: bytes) -> None:
    dechunker = Dechunker()
    pieces = [piece for at in range(len(body)) for piece in dechunker.feed(body[at : at + 1])]
    assert (b"".join(pieces), dechunker.complete) == dechunk(body)


def test_payload() -> None:
    head = parse_head(head_of(b"TRANSFER-encoding: Chunked"))
    body = chunked([b"ab", b"c"])
    assert payload_of(head, body) == b"abc"
    assert b"".join(payload_pieces(head, [body[:3], body[3:]])) == b"abc"
    assert payload_of(parse_head(head_of()), body) == body


CODERS = {
    "gzip": gzip.compress,
    "x-gzip": lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstd.compress(data[:100]) + zstd.compress(data[100:]),
}


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("coding", CODERS)
def test_codings_come_off_and_truncation_is_noted(coding: str) -> None:
    packed = CODERS[coding](TEXT)
    assert decode_content(packed, [coding]).data == TEXT
    cut = decode_content(packed[:-9], [coding])
    assert not cut.complete
    assert TEXT.startswith(cut.data)


def test_codings_stack_and_odd_ones() -> None:
    twice = gzip.compress(gzip.compress(TEXT))
    assert decode_content(twice, ["gzip", "GZIP ", "identity"]).data == TEXT
    assert decode_content(raw_deflate(TEXT), ["deflate"]).data == TEXT
    assert decode_content(gzip.compress(TEXT) + b"trailing junk", ["gzip"]).data == TEXT
    assert decode_content(b"", ["gzip"]).data == b""
    assert decode_content(TEXT, []).data == TEXT


@pytest.mark.parametrize("coding", CODERS)
def test_text_under_a_coding_that_was_not_applied(coding: str) -> None:
    plain = decode_content(TEXT, [coding])
    assert plain.data == TEXT
    assert plain.notes == ("not-encoded",)


@pytest.mark.parametrize("coding", CODERS)
def test_broken_data_is_an_error(coding: str) -> None:
    with pytest.raises(DecodeError):
        decode_content(b"\xff\x00\xfe\x01" * 50, [coding])


@pytest.mark.parametrize("coding", CODERS)
def test_bombs_are_an_error(coding: str) -> None:
    bomb = CODERS[coding](bytes(40 << 20))
    with pytest.raises(DecodeError, match="more than"):
        decode_content(bomb, [coding])


def test_a_small_page_of_blanks_is_no_bomb() -> None:
    assert len(decode_content(gzip.compress(b" " * 500_000), ["gzip"]).data) == 500_000


@pytest.mark.parametrize("codings", [["klingon"], ["gzip"] * 5])
def test_codings_that_are_refused(codings: list[str]) -> None:
    with pytest.raises(DecodeError):
        decode_content(gzip.compress(TEXT), codings)


@given(st.binary(), st.sampled_from(sorted(CODERS)))
@settings(deadline=None)
def test_any_bytes_decode_or_are_refused(data: bytes, coding: str) -> None:
    with contextlib.suppress(DecodeError):
        decode_content(data, [coding])


def test_content_of_takes_all_codings_off() -> None:
    head = parse_head(head_of(b"Content-Encoding: br", b"Transfer-Encoding: gzip, chunked"))
    body = chunked([gzip.compress(brotli.compress(TEXT))])
    assert content_of(head, payload_of(head, body)).data == TEXT
