"""Exchanges, runs and items for the tests of the WARC store."""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import IO

from archive.model import Body, Exchange, Items, Page, Run, Truncation

BEGIN = datetime(2026, 11, 23, 3, 28, 46, 123000, UTC)
_ticks = itertools.count()


def run(run_id: str = "r1", site: str = "example") -> Run:
    return Run(
        id=run_id,
        site=site,
        started_at="2026-11-23T03:28:00.000Z",
        parser="seogo-test/1",
        definition_digest="sha256:abc",
        user_agent="Seogo/0.1 (+mailto:desk@example.org)",
    )


def exchange(
    url: str = "http://example.com/",
    body: bytes | IO[bytes] = b"<p>hello</p>",
    *,
    status: str = "200 OK",
    headers: Iterable[bytes] = (b"Content-Type: text/html; charset=utf-8",),
    request: bytes | None = None,
    truncated: Truncation | None = None,
    head: bytes | None = None,
    at: datetime | None = None,
    ip: str | None = "127.0.0.1",
    notes: tuple[str, ...] = (),
) -> Exchange:
    lines = b"".join(line + b"\r\n" for line in headers)
    return Exchange(
        url=url,
        started_at=at or BEGIN + timedelta(milliseconds=next(_ticks)),
        request=b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n" if request is None else request,
        response_head=b"HTTP/1.1 %s\r\n%s\r\n" % (status.encode(), lines) if head is None else head,
        response_body=body,
        fidelity="wire",
        ip=ip,
        truncated=truncated,
        notes=notes,
    )


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def items(url: str, title: str, *, site: str = "example") -> Items:
    body = Body(title=title)
    page = Page(url=url, canonical_url=None, kind="article", lang="ko", parser="seogo-test/1", body=body, links=("x",))
    return Items(page=page, site=site, article_key=url, article_url=url, lists=())


def every_kind() -> dict[str, Exchange]:
    """One exchange of each kind that a server can answer with; named by what is odd about it."""
    html = "<p>약가 인하, 다시 도마에</p>".encode() * 300
    packed = gzip.compress(html, mtime=0)
    chunk = b"Transfer-Encoding: chunked"
    made = {
        "plain": exchange(body=html),
        "gzip": exchange(body=packed, headers=[b"Content-Encoding: gzip", b"Content-Type: text/html"]),
        "chunked": exchange(body=chunked(html + b"1"), headers=[chunk]),
        "chunked-gzip": exchange(
            body=chunked(gzip.compress(html + b"2"), 999), headers=[chunk, b"Content-Encoding: gzip"]
        ),
        "chunked-cut": exchange(body=chunked(html + b"3")[:-40], headers=[chunk], truncated="disconnect"),
        "chunked-broken": exchange(body=b"3\r\nabc\r\nZZZ\r\nxx", headers=[chunk]),
        "same-payload": exchange(body=html, headers=[b"Content-Type: text/html", b"X-Second: 1"]),
        "same-payload-chunked": exchange(body=chunked(html), headers=[chunk]),
        "head": exchange(body=b"", headers=[b"Content-Length: 12345"], request=b"HEAD / HTTP/1.1\r\nHost: e\r\n\r\n"),
        "not-modified": exchange(body=b"", status="304 Not Modified", headers=[b'ETag: "x"']),
        "no-content": exchange(body=b"", status="204 No Content", headers=[]),
        "redirect": exchange(body=b"moved", status="302 Moved", headers=[b"location: /x"]),
        "error": exchange(body=b"boom", status="500 Oops"),
        "truncated": exchange(body=html[:50], headers=[b"Content-Length: 9000"], truncated="time"),
        "cut-head": exchange(head=b"HTTP/1.1 200 OK\r\nServ", body=b"", truncated="disconnect"),
        "http-0.9": exchange(head=b"", body=b"<html>\n\n<p>old</p>"),
        "bad-status": exchange(head=b"HTTP/1.1 OK\r\nA: b\r\n\r\n", body=b"odd status"),
        "line-feeds": exchange(head=b"HTTP/1.1 200 OK\nServer: lf\n\n", body=b"line feeds only"),
        "weird": exchange(
            head=b"HTTP/1.1 200 Very  Fine\r\nsErVeR:x\r\nX-Fold: one\r\n\ttwo\r\nno colon\r\nX-Latin: caf\xe9\r\n"
            b"X-Nul: a\0b\r\nX-Cr: a\rSet-Cookie: evil\r\n\r\n",
            body=b"weird headers",
        ),
        "blank-header-line": exchange(head=b"HTTP/1.1 200 OK\r\n \t\r\nA: b\r\n\r\n", body=b"blank line in the head"),
        "post": exchange(body=b"posted", request=b"POST /x HTTP/1.1\r\nHost: e\r\nContent-Length: 3\r\n\r\na=1"),
        "binary": exchange(body=noise(200_000), headers=[b"Content-Type: image/jpeg"]),
        "noted": exchange(
            body=b"noted", notes=("interim response 103 left out\r\nWARC-Type: evil",), ip="evil\r\nX: y"
        ),
    }
    for name, one in made.items():
        if name != "not-modified":
            object.__setattr__(one, "url", f"http://example.com/{name}")
    object.__setattr__(made["not-modified"], "url", "http://example.com/plain")
    return made
