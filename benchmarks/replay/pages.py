"""An archive to replay: news pages of 60 KB in a WARC, and a haystack of captures around them in the index."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.commit import Writer
from archive.model import Block, Body, Exchange, Items, ListIdentity, Page, RankedItem, RankedList, Run
from archive.urls import url_key

HOST = "http://paper.example"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 60_000

_WORDS = (
    "신약 임상 허가 약국 병원 환자 연구 개발 시장 수출 정책 심사 회의 발표 계획 지원 조사 결과 매출 협약 산업 기술 "
    "품질 안전 관리 교육 협회 위원회 정부 예산 제도 개선 참여 확대 강화 추진 "
    "report market review patient trial budget policy council"
).split()


def address(number: int) -> str:
    """The address of a page."""
    return f"{HOST}/news/view.html?mode=view&no={number}"


def moment(number: int) -> datetime:
    """When it was captured."""
    return BEGIN + timedelta(minutes=number)


def page(number: int) -> str:
    """A page of SIZE bytes, no two equal: head, menus, text, lists, pictures with sizes, scripts, as news pages are."""
    choose = random.Random(number)

    def words(count: int) -> str:
        return " ".join(choose.choice(_WORDS) for _ in range(count))

    head = "".join(f'<link rel="stylesheet" href="/css/{name}.css?v=3">' for name in ("base", "article", "print"))
    head += "<style>.hd{background:url('/img/hd.png')}.ic{background-image:url(/img/ic.svg)}</style>" * 3
    menu = "".join(
        f'<li class="m"><a href="/list.html?cat={n}" title="{words(2)}">{words(2)}</a></li>' for n in range(60)
    )
    text = "".join(f'<p class="t" style="margin:0 0 1em">{words(40)}</p>' for _ in range(18))
    pictures = "".join(
        f'<figure><img class="lazy" data-src="/img/{n}.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="'
        f' srcset="/img/{n}-480.jpg 480w, /img/{n}-960.jpg 960w" alt="{words(3)}"></figure>'
        for n in range(24)
    )
    ranks = "".join(f'<li><a href="/news/view.html?mode=view&amp;no={n}">{words(5)}</a></li>' for n in range(1, 11))
    cards = "".join(
        f'<div class="card"><a href="/news/view.html?mode=view&amp;no={number + n}" onclick="log({n})">'
        f'<img src="/thumb/{n}.jpg" alt=""><strong>{words(6)}</strong><span>{words(14)}</span></a></div>'
        for n in range(60)
    )
    script = "<script>window.dataLayer=window.dataLayer||[];(function(w,d){w.x=d})(window,document);</script>" * 6
    html = (
        f'<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>{words(6)}</title>{head}{script}</head>'
        f"<body><header><ul>{menu}</ul></header><main><h1>{words(6)}</h1>{text}{pictures}</main>"
        f'<aside><h2>많이 본 기사</h2><ol id="rank">{ranks}</ol></aside><section>{cards}</section>'
    )
    missing = SIZE - len(html.encode()) - len("<!---->")
    return html + f"<!--{'x' * missing}-->"


def write(directory: Path, count: int) -> None:
    """The WARC file with `count` pages, indexed, each with a ranked list and its article."""
    run = Run(id=str(uuid.UUID(int=7, version=4)), site="paper", started_at="2026-01-01T00:00:00.000Z")
    writer = Writer.open(directory, run)
    for number in range(count):
        data = page(number).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(data)}\r\n\r\n"
        request = b"GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n"
        capture = writer.store(
            Exchange(address(number), moment(number), request, head.encode(), data, "wire", ip="192.0.2.1"), parse=True
        )
        rows = tuple(
            RankedItem(rank, f"기사 {(number + rank) % 40}", address((number + rank) % 40)) for rank in range(1, 11)
        )
        made = Page(
            url=address(number),
            canonical_url=None,
            kind="article",
            lang="ko",
            parser="bench/1",
            body=Body(f"제목 {number}", blocks=(Block("p", f"글 {number}"),), xpath="/html/body/main"),
            ranked_lists=(RankedList("많이 본 기사", None, None, "/html/body/aside/ol", rows),),
        )
        identity = (ListIdentity("ranked", "많이 본 기사", "", ""),)
        writer.add_items(capture, Items(made, "paper", str(number), address(number), identity))
    writer.close("finished", {})


def add_haystack(directory: Path, rows: int, pages: int) -> None:
    """Rows of captures that are in no WARC, until the index has so many: a tenth of them at addresses of pages."""
    with sqlite3.connect(directory / "index.db") as db:
        (run,) = db.execute("SELECT n FROM run LIMIT 1").fetchone()
        (file,) = db.execute("SELECT n FROM warc_file LIMIT 1").fetchone()
        (there,) = db.execute("SELECT count(*) FROM capture").fetchone()

        def captures() -> Iterator[tuple[object, ...]]:
            for number in range(rows - there):
                own = number % 10 == 0
                url = address(number // 10 % pages) if own else f"{HOST}/archive/{number // 3}.html"
                at = BEGIN - timedelta(minutes=number + 60)
                stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
                digest = f"sha1:{number:032X}"
                yield (str(uuid.UUID(int=number + 1)), url, url_key(url), stamp, digest, run, file, 10**12 + number)

        db.executemany(
            """INSERT INTO capture(id, url, url_key, captured_at, status, mime, digest, kind, fidelity, site, run, file,
               "offset", length, parsed_by)
               VALUES (?, ?, ?, ?, 200, 'text/html', ?, 'response', 'wire', 'paper', ?, ?, ?, 1, '')""",
            captures(),
        )
