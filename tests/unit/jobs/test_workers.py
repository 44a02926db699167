"""Jobs that name a worker run there alone; the same job file stands on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cli import main
from crawler.jobs import installing
from crawler.jobs.file import JobsFileError, load

FILE = """
[[job]]
name = "here"
site = "http://127.0.0.1:9/"
every = "10m"
[[job]]
name = "there"
site = "http://127.0.0.1:9/"
every = "10m"
worker = "seoul-2"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "jobs.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_each_worker_has_its_jobs_and_the_nameless_one_the_rest(directory: Path) -> None:
    file = load(directory)
    assert [job.name for job in file.job] == ["here", "there"]
    assert [job.name for job in file.of(None).job] == ["here"]
    assert [job.name for job in file.of("seoul-2").job] == ["there"]
    assert file.of("nobody").job == ()


def test_run_due_begins_the_workers_jobs_alone(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[str, ...]] = []
    monkeypatch.setattr("crawler.commands.jobs._run", lambda _, file, *more, **kind: begun.append(_names(file)))
    for arguments in ([], ["--worker", "seoul-2"], ["--worker", ""]):
        with pytest.raises(SystemExit):
            main(["jobs", "run-due", "-a", str(directory), *arguments])
    monkeypatch.setenv("SEOGO_WORKER", "seoul-2")
    with pytest.raises(SystemExit):
        main(["jobs", "run-due", "-a", str(directory)])
    assert begun == [("here",), ("there",), ("here",), ("there",)]


def _names(file: object) -> tuple[str, ...]:
    return tuple(job.name for job in file.job)  # type: ignore[attr-defined]  # a JobFile


def test_the_list_names_the_worker(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["jobs", "list", "-a", str(directory)])
    assert left.value.code == 0
    assert "seoul-2" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Seoul", "a b", "", "x" * 65])
def test_a_name_that_is_none_is_told(directory: Path, name: str) -> None:
    (directory / "jobs.toml").write_text(FILE.replace("seoul-2", name), encoding="utf-8")
    with pytest.raises(JobsFileError, match=r"job\[1\]\.worker"):
        load(directory)


def test_units_and_crontab_say_whose_jobs_they_run() -> None:
    archive, command = Path("/srv/news"), Path("/opt/seogo")
    [service, _] = installing.units(archive, command, worker="seoul-2").values()
    assert "run-due -a /srv/news --worker seoul-2" in service.replace('"', "")
    assert "--worker seoul-2" in installing.crontab_line(archive, command, worker="seoul-2")
    assert "--worker" not in installing.crontab_line(archive, command)
