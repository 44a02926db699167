"""Runs one extractor over pages, in whichever environment it is installed: `python peers.py TOOL < jobs > answers`.

Reads JSON lines `{"id", "url", "path"}`; writes JSON lines `{"id", "title", "authors", "published", "text", "cpu"}`,
`cpu` in seconds for the extraction alone. The file imports nothing of Seogo, so that any environment can run it.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def trafilatura() -> Callable[[bytes, str], Answer]:
    from trafilatura import bare_extraction

    def extract(page: bytes, url: str) -> Answer:
        found = bare_extraction(page, url=url, with_metadata=True, include_comments=False)
        if found is None:
            return {}
        authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
        return {"title": found.title, "authors": authors, "published": found.date, "text": found.text}

    return extract


def resiliparse() -> Callable[[bytes, str], Answer]:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def extract(page: bytes, url: str) -> Answer:
        text = extract_plain_text(bytes_to_str(page, detect_encoding(page)), main_content=True)
        return {"text": text}

    return extract


def readability() -> Callable[[bytes, str], Answer]:
    from lxml import html
    from readability import Document

    def extract(page: bytes, url: str) -> Answer:
        document = Document(page, url=url)
        body = html.fromstring(document.summary())
        return {"title": document.short_title(), "text": body.text_content()}

    return extract


def newspaper() -> Callable[[bytes, str], Answer]:
    from newspaper import Article

    def extract(page: bytes, url: str) -> Answer:
        article = Article(url, fetch_images=False)
        article.download(input_html=page)
        article.parse()
        published = article.publish_date.isoformat() if article.publish_date else None
        return {"title": article.title, "authors": article.authors, "published": published, "text": article.text}

    return extract


TOOLS = {
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
}


def main() -> None:
    """Answer every job on standard input with the tool named on the command line."""
    extract = TOOLS[sys.argv[1]]()
    for line in sys.stdin:
        job = json.loads(line)
        data = Path(job["path"]).read_bytes()
        page = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        started = time.process_time()
        try:
            answer = extract(page, job["url"])
        except Exception as error:  # noqa: BLE001 - a peer that fails on a page has no answer for it
            print(f"{job['id']}: {error!r}", file=sys.stderr)
            answer = {}
        cpu = time.process_time() - started
        print(json.dumps({"id": job["id"], **answer, "cpu": cpu}, ensure_ascii=True), flush=True)


if __name__ == "__main__":
    main()
