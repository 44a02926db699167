"""An archive with a past: the bundled example site's editions as a crawl would have met them over a day."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from archive.commit import Writer
from archive.document import parse_document
from archive.model import Exchange, Run
from archive.times import to_text
from crawler.discovery.requisites import requires, requisites_of_css
from crawler.example.content import CATEGORIES, articles
from crawler.example.pages import View, category_path
from crawler.example.routes import Answer, Request, answer
from crawler.items import identify
from crawler.parsers import parse_page
from crawler.sites.loader import load

ORIGIN = "http://127.0.0.1:8003"
MINUTES = 55
# Visits at which the pages had no lists: gaps in their histories.
GAPS = (10, 11)
_LISTS = re.compile(r"<(aside|ol)\b.*?</\1>", re.S)


def write(directory: Path, visits: int, until: datetime) -> None:
    """The archive: a visit every MINUTES, the last one at `until`; the paper has a new edition for every third visit.

    Articles are fetched when they are new and with every second edition.
    """
    site = load("example")
    run = Run(str(uuid.UUID(int=8, version=4)), "example", to_text(until - timedelta(minutes=MINUTES * visits)))
    writer = Writer.open(directory, run)
    fetched: set[str] = set()
    for visit in range(visits):
        edition = 1 + visit // 3
        at = until - timedelta(minutes=MINUTES * (visits - visit - 1))
        for number, target in enumerate(_targets(edition, fetched, again=visit % 6 == 0)):
            found = answer(Request(target, {}), View(edition, ORIGIN))
            if not target.startswith("/news/view") and visit in GAPS:
                found = Answer(200, found.headers, _LISTS.sub("", found.body.decode("utf-8", "ignore")).encode())
            url, moment = ORIGIN + target, at + timedelta(seconds=number)
            kind = dict(found.headers).get("Content-Type", "")
            is_page = found.status == 200 and kind.startswith("text/html")
            capture = writer.store(_exchange(url, moment, found), parse=is_page)
            if is_page:
                page = parse_page(found.body, url, content_type=kind, captured_at=moment, site=site)
                writer.add_items(capture, identify(page, site, url))
                _parts(
                    writer, requires(parse_document(found.body, url, kind), 120).requisites, edition, moment, fetched
                )
    writer.close("finished", {})


def _targets(edition: int, fetched: set[str], *, again: bool) -> Iterator[str]:
    yield "/"
    for period in ("day", "week"):
        yield f"/news/ranking.html?period={period}"
    for category in CATEGORIES.values():
        yield category_path(category)
    for article in articles(edition):
        if again or article.path not in fetched:
            fetched.add(article.path)
            yield article.path


def _parts(writer: Writer, urls: tuple[str, ...], edition: int, at: datetime, fetched: set[str]) -> None:
    for url in urls:
        if url in fetched or not url.startswith(ORIGIN):
            continue
        fetched.add(url)
        found = answer(Request(url.removeprefix(ORIGIN), {}), View(edition, ORIGIN))
        writer.store(_exchange(url, at, found), parse=False)
        if found.status == 200 and dict(found.headers)["Content-Type"].startswith("text/css"):
            _parts(writer, requisites_of_css(found.body.decode(), url, 60), edition, at, fetched)


def _exchange(url: str, at: datetime, found: Answer) -> Exchange:
    fields = [*found.headers, ("Content-Length", str(len(found.body)))]
    head = f"HTTP/1.1 {found.status} OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return Exchange(url, at, b"GET / HTTP/1.1\r\n\r\n", head.encode(), found.body, "wire", ip="127.0.0.1")
