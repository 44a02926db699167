"""How like real news pages the made-up ones are: `python -m benchmarks.capture.likeness --corpus DIR`.

Medians and quartiles, for pages of the corpus with 40 to 90 KB and for made-up ones of either language, all brought to
60 KB. The made-up pages follow these figures; no word or line of a real page is in them.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import quantiles

from lxml import etree

from archive.document import parse_document
from benchmarks.capture.pages import SIZE, page

SMALL, LARGE = 40_000, 90_000
UNREAD = frozenset(("script", "style", "noscript", "template"))
ROWS = ("gzipped", "elements", "links", "pictures", "list items", "attributes", "scripts, styles", "text", "link text")


def counted(html: bytes) -> dict[str, float]:
    """What a page is made of, in elements and letters (gzipped: in bytes), as if it had SIZE bytes."""
    tree = parse_document(html, "http://page.example/", "text/html").tree
    elements = list(tree.iter(etree.Element))
    pieces = [element.text for element in elements if element.tag not in UNREAD] + [one.tail for one in elements]
    links = [element for element in elements if element.tag == "a" and element.get("href")]
    counts = {
        "gzipped": len(gzip.compress(html, 6)),
        "elements": len(elements),
        "links": len(links),
        "pictures": sum(element.tag == "img" for element in elements),
        "list items": sum(element.tag == "li" for element in elements),
        "attributes": sum(len(name) + len(value) for element in elements for name, value in element.items()),
        "scripts, styles": sum(len(element.text or "") for element in elements if element.tag in ("script", "style")),
        "text": _letters(pieces),
        "link text": sum(_letters(link.itertext()) for link in links),
    }
    return {name: count * SIZE / len(html) for name, count in counts.items()}


def _letters(pieces: Iterable[str | None]) -> int:
    return sum(len(" ".join(piece.split())) for piece in pieces if piece)


def real(corpus: Path) -> list[bytes]:
    """The pages of a corpus that have about SIZE bytes."""
    read: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".html": bytes}
    files = sorted(file for file in corpus.rglob("*") if file.suffix in read)
    pages = (read[file.suffix](file.read_bytes()) for file in files)
    return [html for html in pages if SMALL <= len(html) <= LARGE]


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.capture.likeness", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    options = parser.parse_args()
    sets = {
        "real": real(options.corpus),
        "made up": [page(number) for number in range(0, 80, 2)],
        "made up, Korean": [page(number) for number in range(1, 80, 2)],
    }
    counts = {name: [counted(html) for html in pages] for name, pages in sets.items()}
    print(f"| a page of {SIZE // 1000} KB | {' | '.join(f'{len(pages)} {name}' for name, pages in sets.items())} |")
    print("|---|" + "---:|" * len(sets))
    for row in ROWS:
        cells = []
        for seen in counts.values():
            low, middle, high = quantiles((one[row] for one in seen), n=4)
            cells.append(f"{middle:,.0f} ({low:,.0f} to {high:,.0f})")
        print(f"| {row} | {' | '.join(cells)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
