"""What a raw server answers, byte by byte, in every way it should not; and what is owed for it."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
from fetch_lab import Answer

HTML = b"<!doctype html><title>t</title>" + b"<p>" + random.Random(1).randbytes(9000).hex().encode() + b"</p>"
GZIPPED = gzip.compress(HTML, mtime=0)
BIG = random.Random(3).randbytes(1 << 20) * 3
OK = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: text/html\r\n"


def sized(body: bytes, more: bytes = b"") -> bytes:
    return TYPE + more + b"cOnTent-LENgth: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    out, at = b"", 0
    for size in (1, 7, 1000, 4096, 1 << 20):
        piece = body[at : at + size]
        at += len(piece)
        if piece:
            out += b"%X%s\r\n%s\r\n" % (len(piece), extension, piece)
    return out + b"0\r\n" + trailer + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
# What arrives whole, is stored whole, and reaches the spider with this payload.
WHOLE: dict[str, tuple[bytes, bytes]] = {
    "plain": (OK + sized(HTML), HTML),
    "odd-headers": (
        b"HTTP/1.1 200 Very  Fine\r\nsErVeR:nospace\r\nX-Dup: 1\r\nset-cookie: a=1\r\nx-dup: 2\r\nSet-Cookie: b=2\r\n"
        b"X-Fold: one\r\n\ttwo\r\nthis line has no colon\r\nX-Latin: caf\xe9\r\nX-Utf8: \xec\x84\x9c\r\nX-Nul: a\0b\r\n"
        b"X-Cr: a\rSet-Cookie: evil\r\nX-Empty:\r\nKeep-Alive: timeout=5\r\n" + sized(HTML),
        HTML,
    ),
    "line-feeds-only": (
        b"HTTP/1.1 200 OK\nServer: lf\nContent-Type: text/html\nContent-Length: %d\n\n" % len(HTML) + HTML,
        HTML,
    ),
    "no-reason": (b"HTTP/1.1 200\r\n" + sized(HTML), HTML),
    "chunked": (OK + TYPE + CHUNKED + chunked(HTML), HTML),
    "chunked-trailers": (
        OK + TYPE + b"Trailer: X-T\r\n" + CHUNKED + chunked(HTML, b";foo=bar", b"X-T: yes\r\n"),
        HTML,
    ),
    "chunked-gzip": (OK + TYPE + b"Content-Encoding: gzip\r\n" + CHUNKED + chunked(GZIPPED), HTML),
    "length-and-chunked": (OK + TYPE + b"Content-Length: 3\r\n" + CHUNKED + chunked(HTML), HTML),
    "gzip": (OK + sized(GZIPPED, b"Content-Encoding: gzip\r\n"), HTML),
    "brotli": (OK + sized(brotli.compress(HTML, quality=4), b"Content-Encoding: br\r\n"), HTML),
    "raw-deflate": (OK + sized(zlib.compress(HTML)[2:-4], b"Content-Encoding: deflate\r\n"), HTML),
    "gzip-gzip": (OK + sized(gzip.compress(GZIPPED), b"Content-Encoding: gzip, gzip\r\n"), HTML),
    "unknown-coding-on-plain-text": (OK + sized(HTML, b"Content-Encoding: utf-8\r\n"), HTML),
    "coded-in-transfer": (OK + TYPE + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked(GZIPPED), HTML),
    "identity-in-transfer": (OK + b"Transfer-Encoding: identity\r\n" + sized(HTML), HTML),
    "bad-header-names": (
        OK
        + b"X-Caf\xe9: 1\r\nX Y: 2\r\n: 3\r\nContent-Type : text/html\r\nContent-Length\t: %d\r\n\r\n" % len(HTML)
        + HTML,
        HTML,
    ),
    "gzip-on-plain-text": (OK + sized(HTML, b"Content-Encoding: gzip\r\n"), HTML),
    "not-found": (b"HTTP/1.1 404 Gone Fishing\r\n" + sized(HTML), HTML),
    "server-error": (b"HTTP/1.1 500 Oops\r\n" + sized(b"boom"), b"boom"),
    "status-999": (b"HTTP/1.1 999 Denied\r\n" + sized(b"no"), b"no"),
    "status-42": (b"HTTP/1.1 42 Low\r\n" + sized(b"no"), b"no"),
    "status-000": (b"HTTP/1.1 000 Nil\r\n" + sized(b"no"), b"no"),
    "no-content": (b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", b""),
    "not-modified": (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', b""),
    "empty": (OK + sized(b""), b""),
    "big": (OK + b"Content-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(BIG) + BIG, BIG),
    "999-header-lines": (OK + b"".join(b"X-%d: y\r\n" % n for n in range(990)) + sized(HTML), HTML),
    "200-kib-header": (OK + b"X-Long: " + b"y" * 200_000 + b"\r\n" + sized(HTML), HTML),
}
# What ends by closing.
CLOSED: dict[str, tuple[bytes, bytes]] = {
    "http-1.0-until-close": (b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML, HTML),
    "connection-close": (OK + b"Connection: close\r\n" + sized(HTML), HTML),
}
# Interim responses and what follows the message are no part of it.
SURROUNDED: dict[str, tuple[bytes, bytes, bytes, str]] = {
    "early-hints": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        OK + sized(HTML),
        b"",
        "interim-response-left-out 103",
    ),
    "junk-behind": (b"", OK + sized(HTML), b"JUNKJUNK", "excess 8 bytes"),
    "short-length": (b"", OK + TYPE + b"Content-Length: 2\r\n\r\n" + HTML[:2], HTML[2:], "excess"),
    "not-modified-with-body": (b"", b"HTTP/1.1 304 Not Modified\r\n\r\n", b"body", "excess 4 bytes"),
    "no-content-with-body": (b"", b"HTTP/1.1 204 No Content\r\n\r\n", b"body", "excess 4 bytes"),
}
LONG = b"Content-Length: 100000\r\n\r\n"
HALF = OK + TYPE + LONG + HTML[:5000]
# What does not end well: bytes, how the server ends, the outcome, WARC-Truncated.
CUT: dict[str, tuple[Answer, str, str]] = {
    "length-larger-close": (Answer(HALF, "close"), "disconnect", "disconnect"),
    "length-larger-reset": (Answer(HALF, "reset"), "disconnect", "disconnect"),
    "length-larger-hang": (Answer(HALF, "hang"), "timeout", "time"),
    "chunk-cut": (Answer(OK + TYPE + CHUNKED + b"4e20\r\n" + HTML[:3000], "close"), "disconnect", "disconnect"),
    "chunk-size-zzz": (Answer(OK + TYPE + CHUNKED + b"3\r\nabc\r\nZZZ\r\n" + HTML, "hang"), "bad-http", "unspecified"),
    "chunk-size-huge": (Answer(OK + TYPE + CHUNKED + b"FFFFFFFFFF\r\n" + HTML, "close"), "disconnect", "disconnect"),
    "two-lengths": (
        Answer(OK + TYPE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        "bad-http",
        "unspecified",
    ),
    "coded-in-transfer-without-chunks": (
        Answer(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\nxxxx\r\n"),
        "bad-http",
        "unspecified",
    ),
    "no-status-line": (Answer(HTML, "close"), "bad-http", "unspecified"),
    "status-ok": (Answer(b"HTTP/1.1 OK\r\n" + sized(HTML), "close"), "bad-http", "unspecified"),
    "head-cut": (Answer(OK + b"Content-Ty", "close"), "disconnect", "disconnect"),
    "head-hangs": (Answer(OK + b"Content-Ty", "hang"), "timeout", "time"),
    "head-trickles": (Answer(OK + b"X-Y: " + b"z" * 5000, "hang", drip=0.05), "timeout", "time"),
    "body-trickles": (Answer(OK + sized(HTML), "hang", drip=0.02), "too-slow", "time"),
    "endless": (Answer(OK + TYPE + b"\r\n" + b"x" * 400_000, "hang"), "too-large", "length"),
    "length-above-limit": (
        Answer(OK + TYPE + b"Content-Length: 999999999\r\n\r\n" + HTML, "hang"),
        "too-large",
        "length",
    ),
    "header-1-mib": (Answer(OK + b"X: " + b"y" * (1 << 20), "hang"), "header-limit", "length"),
    "header-100000-lines": (Answer(OK + b"a: b\r\n" * 100_000, "hang"), "header-limit", "length"),
    "endless-interim": (Answer(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, "hang"), "header-limit", "length"),
    "close-delimited-reset": (Answer(OK + TYPE + b"\r\n" + HTML, "reset"), "", "disconnect"),
}
# What arrives whole and cannot be decoded.
UNDECODABLE: dict[str, tuple[bytes, str, str]] = {
    "gzip-bomb": (gzip.compress(b"\0" * (60 << 20), 9), "gzip", "decode-limit"),
    "brotli-bomb": (brotli.compress(b"\0" * (60 << 20), quality=1), "br", "decode-limit"),
    "deflate-bomb": (zlib.compress(b"\0" * (60 << 20)), "deflate", "decode-limit"),
    "gzip-in-gzip-bomb": (gzip.compress(gzip.compress(b"\0" * (60 << 20))), "gzip, gzip", "decode-limit"),
    "unknown-coding": (b"\x04" + HTML, "klingon", "bad-encoding"),
    "broken-gzip": (b"\x1f\x8b" + HTML, "gzip", "bad-encoding"),
    "truncated-gzip": (GZIPPED[:-700], "gzip", "truncated-encoding"),
    "truncated-brotli": (brotli.compress(HTML, quality=4)[:-700], "br", "truncated-encoding"),
}
