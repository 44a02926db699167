"""The page about jobs: its job file is one, and every command and key stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from crawler.commands.jobs import jobs
from crawler.jobs.file import load
from crawler.jobs.job import Job
from crawler.jobs.starting import plan_for

TEXT = (Path(__file__).parents[3] / "docs" / "jobs.md").read_text(encoding="utf-8")


def test_the_job_file_of_the_page_is_one(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    (tmp_path / "jobs.toml").write_text(example, encoding="utf-8")
    file = load(tmp_path)
    assert [plan_for(job, file.contact).name for job in file.job] == ["yakup", "yakup"]


def test_every_command_and_key_is_there() -> None:
    for name, command in jobs.commands.items():
        assert f"seogo jobs {name}" in TEXT
        assert command.epilog
        assert "Examples" in command.epilog
    assert [field.name for field in msgspec.structs.fields(Job) if field.name not in TEXT] == ["allow_private"]
