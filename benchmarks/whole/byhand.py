"""What a user would put together: Scrapy fetches, warcio archives, trafilatura extracts, SQLite's FTS5 finds.

python byhand.py crawl ORIGIN COUNT FOLDER     Scrapy, with all of it in the callback
python byhand.py warc FILE FOLDER              trafilatura over a WARC file that something else made
python byhand.py newsplease ORIGIN COUNT FOLDER    news-please's own crawler and files, then FTS5

Prints how many articles can be searched. The file imports nothing of Seogo.
"""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trafilatura
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Add = Callable[[str, str | None, str | None, str | None, str | None], None]


class Index:
    """Articles in SQLite, with the full text beside them, committed every 50."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "articles.db")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE article(id INTEGER PRIMARY KEY, url, title, author, published, text)")
        self._db.execute("CREATE VIRTUAL TABLE found USING fts5(title, text, content='article', content_rowid='id')")
        self._waiting = 0

    def add(self, url: str, title: str | None, author: str | None, published: str | None, text: str | None) -> None:
        """Add one article."""
        row = self._db.execute(
            "INSERT INTO article(url, title, author, published, text) VALUES(?, ?, ?, ?, ?)",
            (url, title, author, published, text),
        ).lastrowid
        self._db.execute("INSERT INTO found(rowid, title, text) VALUES(?, ?, ?)", (row, title, text))
        self._waiting += 1
        if self._waiting >= 50:
            self._db.commit()
            self._waiting = 0

    def close(self) -> int:
        """Commit; returns how many articles there are."""
        self._db.commit()
        return int(self._db.execute("SELECT count(*) FROM found").fetchone()[0])


def extract(page: bytes, url: str, add: Add) -> None:
    """One page through trafilatura's default, into the index."""
    found = trafilatura.bare_extraction(page, url=url, with_metadata=True, include_comments=False)
    if found is not None:
        add(url, found.title, found.author, found.date, found.text)


def crawl(origin: str, count: int, folder: Path) -> int:
    """Fetch, archive, extract and index in one Scrapy process."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    index = Index(folder)
    with (folder / "pages.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)

        class ByHand(scrapy.Spider):
            name = "byhand"

            async def start(self) -> Any:
                for number in range(count):
                    yield scrapy.Request(f"{origin}/p/{number}")

            def parse(self, response: Any) -> None:
                headers = [
                    (name.decode(), value.decode("latin-1"))
                    for name, values in response.headers.items()
                    for value in values
                    if name not in (b"Content-Encoding", b"Content-Length")
                ]
                head = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
                record = writer.create_warc_record(
                    response.url, "response", payload=io.BytesIO(response.body), http_headers=head
                )
                writer.write_record(record)
                extract(response.body, response.url, index.add)

        process = CrawlerProcess(
            {
                "CONCURRENT_REQUESTS": 16,
                "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                "DOWNLOAD_DELAY": 0,
                "LOG_LEVEL": "WARNING",
            }
        )
        process.crawl(ByHand)
        process.start()
    return index.close()


def over_warc(file: Path, folder: Path) -> int:
    """Extract and index the pages of a WARC file."""
    index = Index(folder)
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type == "response" and "/p/" in url:
                extract(record.content_stream().read(), url, index.add)
    return index.close()


def newsplease(origin: str, count: int, folder: Path) -> int:
    """news-please's Scrapy spider with its storage of HTML and JSON files, and these files into the index.

    It gets the English pages, twice as many numbers apart: for Korean it downloads a model at run time.
    """
    import newsplease
    from newsplease.single_crawler import SingleCrawler

    text = (Path(newsplease.__file__).parent / "config" / "config.cfg").read_text(encoding="utf-8")
    for before, after in (
        ("working_path = ~/news-please-repo/", f"working_path = {folder}/"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN=4", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
        ("LOG_LEVEL = INFO", "LOG_LEVEL = ERROR"),
    ):
        assert before in text
        text = text.replace(before, after)
    (folder / "config.cfg").write_text(text, encoding="utf-8")
    site = {"crawler": "Download", "url": [f"{origin}/p/{number}" for number in range(0, 2 * count, 2)]}
    (folder / "sitelist.hjson").write_text(json.dumps({"base_urls": [site]}), encoding="utf-8")
    SingleCrawler(str(folder / "config.cfg"), str(folder / "sitelist.hjson"), 0, False, False)
    index = Index(folder)
    for file in sorted((folder / "data").rglob("*.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        index.add(
            found["url"],
            found["title"],
            ", ".join(found["authors"] or []),
            found["date_publish"],
            found["maintext"] or found["title"],
        )
    return index.close()


def main() -> None:
    """Do one of the works."""
    kind, *rest = sys.argv[1:]
    folder = Path(rest[-1])
    if kind == "warc":
        print(over_warc(Path(rest[0]), folder))
    else:
        print({"crawl": crawl, "newsplease": newsplease}[kind](rest[0], int(rest[1]), folder))


if __name__ == "__main__":
    main()
