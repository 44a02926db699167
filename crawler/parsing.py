"""The parsers in processes of their own, which can be killed: one page that hangs or bloats costs one page.

libxml2 cannot be interrupted from inside, so the kernel keeps a page's time and memory: time of the processor, of which
a busy machine takes none from a page, and several times as much by the clock for one that only waits. Each worker has
a pipe to itself and one thread here that waits on it: a worker killed at any instant leaves no lock behind and no
other page in doubt. Workers are spawned, not forked: they hold none of the parent's files, above all not the archive's
lock, and the kernel ends them with their parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import queue
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from archive.errors import DocumentError
from archive.model import Page
from crawler import stages
from crawler.errors import ParseCrashed, ParseFailed, ParseMemory, ParseTimeout
from crawler.sites.model import Site
from crawler.stages import Sampler

TIMEOUT = 20.0
"""Seconds of the processor a page may take. Real pages take 0.02 to 0.5."""

PATIENCE = 10
"""Times as many seconds it may take by the clock."""

MEMORY = 1 << 30
"""Bytes a worker may have beyond what it starts with."""

T = TypeVar("T")

# A parser's answer is a value; what comes with it instead is a word and a sentence.
_DONE, _DOCUMENT, _MEMORY, _CRASH = "done", "document", "memory", "crash"


@dataclass(frozen=True, slots=True)
class ParseTask:
    """What one parse needs: the decoded body, its final URL, Content-Type, capture time (aware), and the site; and
    whether what the page needs to look right is wanted too, by functions that find it.
    """

    html: bytes
    url: str
    content_type: str | None = None
    captured_at: datetime | None = None
    site: Site | None = None
    requisites: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        # As one tuple: pickle takes a frozen dataclass field by field, in Python.
        return ParseTask, (self.html, self.url, self.content_type, self.captured_at, self.site, self.requisites)


def parse_here(task: ParseTask) -> Page:
    """Parse in this very process, without limits."""
    from crawler.parsers import parse_page

    return parse_page(task.html, task.url, content_type=task.content_type, captured_at=task.captured_at, site=task.site)


def default_workers() -> int:
    """As many as this process may use cores, up to eight."""
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class ParsePool(Generic[T]):
    """Worker processes that parse pages. With 0 workers pages are parsed in this process, without limits.

    `function` is what workers run, one that can be imported, such as `parse_here`. `timeout` in seconds of the
    processor and `memory` in bytes limit each call. Workers start with the first pages, and a worker that died is
    replaced. Those of a `profiled` pool count where their time goes.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        function: Callable[[ParseTask], T],
        timeout: float = TIMEOUT,
        memory: int = MEMORY,
        profiled: bool = False,
    ) -> None:
        self.workers = default_workers() if workers is None else workers
        self._function = function
        self._timeout = timeout
        self._memory = memory
        self._profiled = profiled
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._all: set[_Worker] = set()
        self._threads: ThreadPoolExecutor | None = None
        if self.workers:
            self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="parse")
            for _ in range(self.workers):
                self._idle.put(None)

    async def parse(self, task: ParseTask) -> T:
        """What the pool's function makes of a page.

        Raises ParseTimeout, ParseMemory, ParseCrashed, and DocumentError for bytes that are no page.
        """
        if self._threads is None:
            return self._guarded(task)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_worker, task)

    def parse_now(self, task: ParseTask) -> T:
        """The same, blocking. May be called from several threads; not from the event loop's."""
        if self._threads is None:
            return self._guarded(task)
        return self._threads.submit(self._in_worker, task).result()

    def profiles(self) -> list[tuple[float, dict[str, float]]]:
        """CPU seconds, in all and by stage, of each worker of a profiled pool that parses nothing at the moment."""
        workers = [worker for worker in self._all if self._profiled and worker.alive]
        return [worker.profile() for worker in workers]

    def close(self) -> None:
        """End the workers; what they are parsing is given up."""
        workers, self._all = self._all, set()
        for worker in workers:
            worker.kill()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _guarded(self, task: ParseTask) -> T:
        return self._result(*_run(self._function, task), task)

    def _in_worker(self, task: ParseTask) -> T:
        # Spawned from the pool's own threads, which live as long as it does: the kernel ends a worker when the thread
        # that made it ends.
        worker = self._idle.get()
        try:
            if worker is not None and not worker.alive:
                self._discard(worker)
                worker = None
            if worker is None:
                worker = _Worker(self._function, self._timeout, self._memory, self._profiled)
                self._all.add(worker)
            kind, value = worker.run(task)
        except ParseFailed as error:
            assert worker is not None
            self._discard(worker)
            worker = None
            raise type(error)(f"{task.url}: {error}") from error.__cause__
        else:
            if kind in (_MEMORY, _CRASH):
                self._discard(worker)
                worker = None
            return self._result(kind, value, task)
        finally:
            self._idle.put(worker)

    @staticmethod
    def _result(kind: str, value: object, task: ParseTask) -> T:
        if kind == _DONE:
            return cast(T, value)
        if kind == _DOCUMENT:
            raise DocumentError(str(value))
        raise (ParseMemory if kind == _MEMORY else ParseCrashed)(f"{task.url}: {value}")

    def _discard(self, worker: _Worker) -> None:
        self._all.discard(worker)
        worker.kill()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, function: Callable[[ParseTask], object], timeout: float, memory: int, profiled: bool) -> None:
        self._timeout = timeout
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        work = (theirs, function, timeout, memory, os.getpid(), profiled)
        self._process = context.Process(target=_serve, args=work, daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    def run(self, task: ParseTask) -> tuple[str, Any]:
        """Send a task and wait for its answer. Raises ParseTimeout, ParseCrashed; then the worker is of no more use."""
        try:
            if not self._ready:
                self._pipe.recv()  # imports are no page's fault and count in no page's time
                self._ready = True
            self._pipe.send(task)
            if not self._pipe.poll(self._timeout * PATIENCE):
                raise ParseTimeout(f"not parsed within {self._timeout * PATIENCE:g} seconds")
            kind, value = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join(5)
            if self._process.exitcode == -signal.SIGVTALRM:
                raise ParseTimeout(f"not parsed within {self._timeout:g} seconds of the processor") from error
            raise ParseCrashed(f"the parser's process ended: {_ending(self._process.exitcode)}") from error
        return kind, value

    def profile(self) -> tuple[float, dict[str, float]]:
        """CPU seconds in all and by stage, of a worker that is idle."""
        self._pipe.send(None)
        cpu, stages = self._pipe.recv()
        return cpu, stages

    @property
    def alive(self) -> bool:
        """Whether the process still runs; one killed between two pages costs neither."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.join(5)
        with contextlib.suppress(OSError):
            self._pipe.close()


def _serve(
    pipe: Connection,
    function: Callable[[ParseTask], object],
    timeout: float,
    memory: int,
    parent: int,
    profiled: bool,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _die_with(parent)
    sampler = Sampler(stages.PARSE)
    if profiled:
        sampler.start()
    from crawler import parsers  # noqa: F401  (imported before memory and time are counted)

    _limit_memory(memory)
    pipe.send(None)
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        if task is None:
            pipe.send(sampler.taken())
            continue
        signal.setitimer(signal.ITIMER_VIRTUAL, timeout)  # its signal ends the process
        answer = _run(function, task)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        pipe.send(answer)


def _run(function: Callable[[ParseTask], object], task: ParseTask) -> tuple[str, Any]:
    try:
        return _DONE, function(task)
    except DocumentError as error:
        return _DOCUMENT, str(error)
    except MemoryError:
        return _MEMORY, "needs more memory than a page may take"
    except RecursionError:
        return _CRASH, "the parser recursed too deep"
    except Exception as error:  # noqa: BLE001  whatever a page makes the parser do is that page's outcome
        last = traceback.extract_tb(error.__traceback__)[-1]
        return _CRASH, f"the parser failed: {error!r} in {os.path.basename(last.filename)}:{last.lineno}"[:500]  # noqa: PTH119


def _die_with(parent: int) -> None:
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1  # linux/prctl.h
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _limit_memory(memory: int) -> None:
    if sys.platform != "linux":
        return  # address space limits are not kept elsewhere
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  a path object for one number
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _ending(code: int | None) -> str:
    if code is None:
        return "its pipe broke"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
