"""`reindex --engine dask`: a cluster of two processes, one of them killed, gives the index that the pool gives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import crawl, seogo, tables, warcs
from distributed import LocalCluster, SchedulerPlugin
from many_hosts import ManyHosts, serving


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several WARC files; the later ones repeat the first's pages as revisits."""
    directory = tmp_path_factory.mktemp("dask") / "archive"
    with serving(ManyHosts(hosts=3, pages=3)) as sites:
        for number in range(3):
            crawl(sites, directory, "--fresh")
            # Named as by another machine, it is not written to any more.
            [path] = [path for path in warcs(directory) if ".of" not in path.name]
            path.rename(path.with_name(path.name.replace(".warc.gz", f".of{number}.warc.gz")))
            (directory / "index.db").unlink()
    seogo("reindex", "-a", directory, "--jobs", 0)
    return directory


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running


class Killer(SchedulerPlugin):  # type: ignore[misc]  # without types
    """Kills the first worker that is given a file to parse."""

    def __init__(self, cluster: LocalCluster) -> None:
        self._cluster = cluster
        self.killed: list[int] = []

    def transition(self, key: str, start: str, finish: str, *_: Any, **__: Any) -> None:
        if finish == "processing" and not self.killed:
            address = self._cluster.scheduler.tasks[key].processing_on.address
            [pid] = [one.process.pid for one in self._cluster.workers.values() if one.worker_address == address]
            self.killed.append(pid)
            os.kill(pid, signal.SIGKILL)


def test_one_worker_killed_in_the_middle_changes_nothing(archive: Path, cluster: Any) -> None:
    before = tables(archive)
    assert len(warcs(archive)) >= 3
    killer = Killer(cluster)
    cluster.scheduler.add_plugin(killer, name="killer")
    done = seogo("reindex", "-a", archive, "--engine", "dask", "--scheduler", cluster.scheduler_address)
    assert killer.killed
    assert tables(archive) == before
    assert done.stderr == ""
    assert "pages parsed" in done.stdout


def test_without_the_workers_the_pages_are_parsed_here(
    archive: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(archive)
    monkeypatch.setattr("crawler.elsewhere.parse_file", _broken)
    seogo("reindex", "-a", archive, "--engine", "dask", "--scheduler", cluster.scheduler_address, "--jobs", 0)
    assert tables(archive) == before


def _broken(task: object) -> None:
    raise MemoryError


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--engine", "dask"], 2, "go together"),
        (["--scheduler", "tcp://127.0.0.1:1"], 2, "go together"),
        (["--engine", "dask", "--scheduler", "127.0.0.1:1"], 2, "no scheduler"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], 1, "no Dask scheduler answers"),
    ],
)
def test_a_persons_mistake_is_one_sentence(
    archive: Path, arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.elsewhere.ANSWERS", 1.0)
    done = seogo("reindex", "-a", archive, *arguments, code=code)
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
