"""Many sites at their own https addresses, through a proxy with an authority of its own: captured, parsed, verified.

Once with pages written here, and once with the real pages that are kept outside the repository.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from intercept import Interceptor, Stored, intercepting

import archive
from archive.model import Capture
from archive.urls import same_page
from archive.warc.reader import read_record
from example_crawls import seogo

SHARED = Path(os.environ.get("SEOGO_SHARED", Path(__file__).parents[2].parent / "shared"))
CORPUS = SHARED / "corpus"
REAL = sorted((CORPUS / "gold").glob("*.json"))
HTML = ("Content-Type", "text/html")

_ARTICLE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferry {n} sails | Paper {n}</title>
<meta property="og:type" content="article"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Ferry number {n} sails at noon</h1>
<p>The harbour office said that ferry {n} would leave the northern quay at noon, an hour later than planned.</p>
<p>Its captain had waited for {n} passengers whose train stood still in the hills since early morning.</p>
<p>The next boat leaves at six; tickets stay valid for the whole day, a spokeswoman told the {n} waiting people.</p>
</article><aside><h2>Most read</h2><ol><li><a href="/a/{n}1">Quay number {n} stays closed for repairs</a></li>
<li><a href="/a/{n}2">A new bridge for walkers and cyclists</a></li>
<li><a href="/a/{n}3">Market moves to the old square</a></li>
<li><a href="/a/{n}4">Council votes on the tram line</a></li>
<li><a href="/a/{n}5">Fog keeps all boats in port</a></li></ol></aside>
</body></html>"""


def written_pages(count: int) -> dict[str, Stored]:
    """Small pages, each on a host of its own: https and http, gzipped and plain."""
    pages = {}
    for n in range(count):
        scheme = "http" if n % 6 == 5 else "https"
        body = _ARTICLE.format(n=n).encode()
        zipped = Stored(gzip.compress(body), (HTML, ("Content-Encoding", "gzip")))
        pages[f"{scheme}://www.paper-{n}.example/news/{n}?page={n}"] = zipped if n % 2 else Stored(body)
    return pages


def real_pages() -> dict[str, Stored]:
    """The corpus, each page at the address that its answer names, gzipped as it is kept."""
    return {
        # A crawl asks for a page without what only tracks its readers.
        same_page(json.loads(path.read_text(encoding="utf-8"))["url"]): Stored(
            (CORPUS / "pages" / f"{path.stem}.html.gz").read_bytes(), (HTML, ("Content-Encoding", "gzip"))
        )
        for path in REAL
    }


def crawl(pages: Mapping[str, Stored], running: Interceptor, directory: Path) -> dict[str, Any]:
    """Crawl these pages alone; the summary."""
    how = ["--depth", "0", "--delay", "0", "--no-requisites", "--proxy", running.proxy, "--json"]
    ended = seogo("crawl", *pages, *how, "--ca-file", str(running.ca_file), "-a", str(directory), timeout=600)
    assert ended.returncode == 0, ended.stderr[-4000:] + ended.stdout
    summary: dict[str, Any] = json.loads(ended.stdout)
    return summary


def check(pages: Mapping[str, Stored], directory: Path) -> None:
    """Every page is in the archive byte for byte, its items are what `seogo parse` finds, and `verify` is clean."""
    parsed = seogo("parse", *pages, "-a", str(directory), "--json", timeout=600)
    assert parsed.returncode == 0, parsed.stderr[-4000:]
    found = [json.loads(line) for line in parsed.stdout.splitlines()]
    assert [page["url"] for page in found] == list(pages)
    with archive.open(directory) as opened:
        for page, (url, stored) in zip(found, pages.items(), strict=True):
            (capture,) = opened.captures(url)
            assert (capture.url, capture.status, capture.fidelity, capture.kind) == (url, 200, "wire", "response")
            assert hashlib.sha1(opened.content(capture).payload).digest() == hashlib.sha1(stored.body).digest(), url
            assert opened.record(capture).headers.get("WARC-IP-Address") is None, "the peer was the proxy"
            del page["links"]
            assert items(directory, capture) == page, url
    verified = seogo("verify", "-a", str(directory), timeout=600)
    assert verified.returncode == 0, verified.stdout
    assert "all whole" in verified.stdout


def items(directory: Path, capture: Capture) -> Any:
    """What the crawl found on a page, from the WARC."""
    assert capture.metadata_file is not None
    assert capture.metadata_offset is not None
    return json.loads(read_record(directory, capture.metadata_file, capture.metadata_offset).block(64 << 20))


def test_many_hosts_through_the_proxy(tmp_path: Path) -> None:
    pages = written_pages(24)
    with intercepting(pages, tmp_path) as running:
        summary = crawl(pages, running, tmp_path / "archive")
        assert summary["outcome"] == "finished"
        # A page and its host's robots.txt, each once, and nothing else.
        origins = {url.partition("/news/")[0] for url in pages}
        assert sorted(running.answered) == sorted([*pages, *(f"{origin}/robots.txt" for origin in origins)])
    check(pages, tmp_path / "archive")
    with archive.open(tmp_path / "archive") as opened:
        titles = {article.title for article in opened.articles(limit=100)}
        assert titles == {f"Ferry number {n} sails at noon" for n in range(24)}
        assert [len(standing.entries) for standing in opened.rankings()] == [5] * 24


def test_an_authority_that_nobody_named_is_not_trusted(tmp_path: Path) -> None:
    pages = written_pages(1)
    (url,) = pages
    with intercepting(pages, tmp_path) as running:
        ended = seogo("crawl", url, "--depth", "0", "--proxy", running.proxy, "-a", str(tmp_path / "archive"))
        assert ended.returncode == 1
        assert "TLS handshake failed" in ended.stderr
        assert running.answered == []


@pytest.mark.skipif(not REAL, reason=f"no corpus under {SHARED}; set SEOGO_SHARED")
def test_real_pages_at_their_own_addresses(tmp_path: Path) -> None:
    pages = real_pages()
    with intercepting(pages, tmp_path) as running:
        summary = crawl(pages, running, tmp_path / "archive")
    assert summary["outcome"] == "finished"
    assert len(pages) == len(REAL) >= 94
    check(pages, tmp_path / "archive")
