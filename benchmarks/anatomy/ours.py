"""Takes pages apart with Seogo: `python -m benchmarks.anatomy.ours < jobs > answers`, the protocol of `peers.py`.

An answer holds the whole page besides `text` and `cpu`: the whole anatomy is what is timed, not the body alone.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

from crawler.parsers import parse_page


def main() -> None:
    """Answer every job on standard input."""
    for line in sys.stdin:
        job = json.loads(line)
        data = Path(job["path"]).read_bytes()
        html = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        started = time.process_time()
        page = parse_page(html, job["url"])
        cpu = time.process_time() - started
        text = "\n".join(page.body.paragraphs) if page.body else ""
        answer = {"id": job["id"], "text": text, "page": page.to_dict(), "cpu": cpu}
        print(json.dumps(answer, ensure_ascii=True), flush=True)


if __name__ == "__main__":
    main()
