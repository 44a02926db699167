"""A crawl whose parser misbehaves on three articles: run as a program with a definition and an archive's directory."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from crawler.commands import crawling
from crawler.discovery.requisites import Parsed, take_apart
from crawler.parsing import ParsePool, ParseTask
from crawler.spiders.plan import plan_of


def misbehave(task: ParseTask) -> Parsed:
    if "no=1101" in task.url:
        while True:
            pass
    if "no=1102" in task.url:
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    if "no=1103" in task.url:
        os.kill(os.getpid(), signal.SIGKILL)
    return take_apart(task)


def main() -> None:
    plan = plan_of([sys.argv[1]], requisites=False)
    with ParsePool(2, function=misbehave, timeout=4, memory=256 << 20) as pool:
        ended = crawling.in_reactor(lambda: crawling.crawl(plan, Path(sys.argv[2]), pool, quiet=True))
    print(json.dumps(ended.summary.to_dict()))
    sys.exit(ended.exit_code)


if __name__ == "__main__":
    main()
