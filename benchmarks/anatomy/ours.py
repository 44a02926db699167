"""Takes pages apart with Seogo: `python -m benchmarks.anatomy.ours [MUTATION] < jobs > answers`, the protocol of
`peers.py`.

An answer holds the whole page besides `text` and `cpu`: the whole anatomy is what is timed, not the body alone. With a
mutation's name, pages are changed by it first.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

from benchmarks.anatomy.mutations import mutated
from crawler.parsers import parse_page

UTF_8 = "text/html; charset=utf-8"


def main() -> None:
    """Answer every job on standard input."""
    mutation = sys.argv[1] if len(sys.argv) > 1 else None
    for line in sys.stdin:
        job = json.loads(line)
        data = Path(job["path"]).read_bytes()
        html = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        if mutation:
            html = mutated(html, job["url"], mutation)
        started = time.process_time()
        page = parse_page(html, job["url"], content_type=UTF_8 if mutation else None)
        cpu = time.process_time() - started
        text = "\n".join(page.body.paragraphs) if page.body else ""
        answer = {"id": job["id"], "text": text, "page": page.to_dict(), "cpu": cpu}
        print(json.dumps(answer, ensure_ascii=True), flush=True)


if __name__ == "__main__":
    main()
