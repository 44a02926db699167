"""The pool of parsing processes: pages that hang, bloat, crash or are killed cost one page each, for real."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.errors import DocumentError
from archive.model import Page
from crawler.errors import ParseCrashed, ParseFailed, ParseMemory, ParseTimeout
from crawler.parsing import ParsePool, ParseTask


def behave(task: ParseTask) -> Page:
    """What workers run here: the page's bytes say what it does to the parser."""
    what = task.html.decode()
    if what == "hang":
        while True:
            pass
    if what == "wait":
        time.sleep(600)
    if what == "bloat":
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    if what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "defect":
        raise KeyError("no such thing")
    if what == "recurse":
        return behave_again(task)
    if what == "nothing":
        raise DocumentError("an empty page")
    return Page(url=task.url, canonical_url=None, kind="other", lang=None, parser=str(os.getpid()))


def behave_again(task: ParseTask) -> Page:
    return behave_again(task)


def tasks(*whats: str) -> list[ParseTask]:
    return [ParseTask(what.encode(), f"http://example.org/{number}") for number, what in enumerate(whats)]


async def _gather(pool: ParsePool, *whats: str) -> list[Page | BaseException]:
    return await asyncio.gather(*(pool.parse(task) for task in tasks(*whats)), return_exceptions=True)


def test_bad_pages_cost_themselves_and_no_other() -> None:
    with ParsePool(2, function=behave, timeout=3.0, memory=256 << 20) as pool:
        ended = asyncio.run(_gather(pool, "fine", "hang", "fine", "bloat", "killed", "defect", "recurse", "fine"))
        assert [type(one) for one in ended] == [
            Page,
            ParseTimeout,
            Page,
            ParseMemory,
            ParseCrashed,
            ParseCrashed,
            ParseCrashed,
            Page,
        ]
        said = [str(one) for one in ended if isinstance(one, ParseFailed)]
        assert said[0] == "http://example.org/1: not parsed within 3 seconds of the processor"
        assert "SIGKILL" in said[2]
        assert "KeyError" in said[3]
        assert "test_parsing.py" in said[3]


def test_waiting_counts_by_the_clock() -> None:
    with ParsePool(1, function=behave, timeout=0.2) as pool, pytest.raises(ParseTimeout, match=r"within 2 seconds$"):
        pool.parse_now(tasks("wait")[0])


def test_bytes_that_are_no_page_leave_the_worker_alive() -> None:
    with ParsePool(1, function=behave, timeout=5.0) as pool:
        first = pool.parse_now(tasks("fine")[0])
        with pytest.raises(DocumentError, match="an empty page"):
            pool.parse_now(tasks("nothing")[0])
        assert pool.parse_now(tasks("fine")[0]).parser == first.parser


def test_worker_killed_from_outside_while_it_parses() -> None:
    async def kill_it(pool: ParsePool) -> list[Page | BaseException]:
        worker = int((await pool.parse(tasks("fine")[0])).parser)
        used = _processor_time(worker)
        hanging = asyncio.ensure_future(_gather(pool, "hang", "fine", "fine"))
        while _processor_time(worker) < used + 0.2:
            await asyncio.sleep(0.02)
        os.kill(worker, signal.SIGKILL)
        return await hanging

    with ParsePool(1, function=behave, timeout=30.0) as pool:
        ended = asyncio.run(kill_it(pool))
        assert [type(one) for one in ended] == [ParseCrashed, Page, Page]


def test_worker_killed_while_idle_costs_no_page() -> None:
    with ParsePool(1, function=behave, timeout=5.0) as pool:
        worker = int(pool.parse_now(tasks("fine")[0]).parser)
        os.kill(worker, signal.SIGKILL)
        while _runs(worker):
            time.sleep(0.02)
        assert int(pool.parse_now(tasks("fine")[0]).parser) != worker


def test_no_workers_parses_in_process() -> None:
    with ParsePool(0, function=behave) as pool:
        assert pool.parse_now(tasks("fine")[0]).parser == str(os.getpid())
        assert isinstance(asyncio.run(_gather(pool, "defect"))[0], ParseCrashed)


def test_closing_gives_up_what_hangs() -> None:
    async def close_early(pool: ParsePool) -> BaseException | Page:
        await pool.parse(tasks("fine")[0])
        hanging = asyncio.ensure_future(_gather(pool, "hang"))
        await asyncio.sleep(0.1)
        pool.close()
        return (await hanging)[0]

    given_up = asyncio.run(close_early(ParsePool(1, function=behave, timeout=60.0)))
    assert isinstance(given_up, ParseFailed)
    assert not isinstance(given_up, ParseTimeout)


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(
        "import os, signal, sys, threading\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_parsing import behave, tasks\n"
        "from crawler.parsing import ParsePool\n"
        "if __name__ == '__main__':\n"
        "    pool = ParsePool(1, function=behave, timeout=60)\n"
        "    print(pool.parse_now(tasks('fine')[0]).parser, flush=True)\n"
        "    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()\n"
        "    pool.parse_now(tasks('hang')[0])\n"
    )
    ended = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    worker = int(ended.stdout)
    limit = time.monotonic() + 600
    while _runs(worker):
        assert time.monotonic() < limit, "the worker outlived its parent"
        time.sleep(0.1)


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
