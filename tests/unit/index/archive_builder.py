"""A whole archive, written through the one door, for tests that read one."""

from __future__ import annotations

import gzip
import html
from datetime import timedelta
from pathlib import Path

from index_builders import START, at, body, page_items, ranked, section

from archive.commit import Writer
from archive.model import Capture, Exchange, Items, Run

LIST = "https://news.test/"
STORY = "https://news.test/a/신약"


def exchange(url: str, minutes: float, page: bytes, *, status: str = "200 OK", compressed: bool = False) -> Exchange:
    """A GET with its answer."""
    payload = gzip.compress(page, mtime=0) if compressed else page
    coding = b"Content-Encoding: gzip\r\n" if compressed else b""
    head = b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\n%sContent-Length: %d\r\n\r\n"
    return Exchange(
        url=url,
        started_at=START + timedelta(minutes=minutes),
        request=b"GET / HTTP/1.1\r\nHost: news.test\r\n\r\n",
        response_head=head % (status.encode(), coding, len(payload)),
        response_body=payload,
        fidelity="wire",
    )


def page_of(items: Items) -> bytes:
    """A page that shows the items at the xpaths that they name: the ranked list at /html/body/ol."""
    text = items.page.body
    parts = ["<html><head><meta charset=utf-8></head><body>"]
    if text is not None:
        parts.append(f"<h1>{html.escape(text.title or '')}</h1>")
        parts += [f"<p>{html.escape(paragraph)}</p>" for paragraph in text.paragraphs]
    for found, tag in ((items.page.ranked_lists, "ol"), (items.page.sections, "div")):
        for value in found:
            rows = "".join(f"<li><a href='{row.url}'>{html.escape(row.title)}</a></li>" for row in value.items)
            parts.append(f"<{tag}>{rows}</{tag}>")
    return "".join([*parts, "</body></html>"]).encode()


def write(directory: Path) -> list[Capture]:
    """Two versions of an article, a ranked list that moves, a gap, a section, and the article's end."""
    story = "재단은 희귀질환 신약개발을 지원한다."
    pages = [
        (STORY, 0, page_items(body("재단, 신약 지원", story), ranked("가", "나"), url=STORY)),
        (LIST, 1, page_items(None, ranked("가", "신약", "다"), section("인터뷰 하나"), kind="front")),
        (LIST, 11, page_items(None, ranked("신약", "가", "다"), section("인터뷰 하나"), kind="front")),
        (LIST, 21, page_items(None, section("인터뷰 둘"), kind="front")),
        (LIST, 31, page_items(None, ranked("가", "나", "다"), section("인터뷰 둘"), kind="front")),
        (STORY, 40, page_items(body("재단, 신약 지원 확대", story.replace("지원한다", "크게 지원한다")), url=STORY)),
    ]
    stored = []
    with Writer.open(directory, Run("run-1", "paper", at(0), parser="test/1")) as writer:
        for url, minutes, items in pages:
            stored.append(writer.store(exchange(url, minutes, page_of(items), compressed=minutes == 11), parse=True))
            writer.add_items(stored[-1], items)
        stored.append(writer.store(exchange(STORY, 50, b"<p>gone</p>", status="410 Gone"), parse=False))
        stored.append(writer.store(exchange(LIST, 60, page_of(pages[4][2])), parse=True))
        writer.add_items(stored[-1], pages[4][2])
        writer.close("finished", {})
    return stored
