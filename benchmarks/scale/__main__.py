"""One machine, ten, a thousand: `python -m benchmarks.scale` prints the tables of docs/scale.md from measured.json.

`--measure` measures anew first, and puts the tables into the page.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from benchmarks.scale.measure import MEASURED, measure
from benchmarks.scale.model import tables

PAGE: Final = Path(__file__).parents[2] / "docs" / "scale.md"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true")
    if parser.parse_args().measure:
        # What the commands print goes to standard output too.
        out, sys.stdout = sys.stdout, sys.stderr
        found = measure()
        sys.stdout = out
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.replace(tables(json.loads(MEASURED.read_text("utf-8"))), tables(found)), encoding="utf-8")
        MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(tables(json.loads(MEASURED.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
