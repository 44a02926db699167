"""Units that systemd itself accepts, for any directory; a crontab line that is there once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.jobs.installing import crontab_line, crontab_with, name_of, units

COMMAND = Path("/bin/true")


@pytest.mark.parametrize("user", [None, "root"])
@pytest.mark.parametrize("directory", ["/srv/news", '/srv/50% of $HOME\'s news "a"', "/srv/서고"])
def test_systemd_accepts_the_units(tmp_path: Path, directory: str, user: str | None) -> None:
    made = units(Path(directory), COMMAND, user=user)
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert {name.rpartition(".")[2] for name in made} == {"service", "timer"}
    timer = next(text for name, text in made.items() if name.endswith(".timer"))
    assert "Persistent=true" in timer
    assert "RandomizedDelaySec=10s" in timer
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in made)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in checked.stderr.splitlines() if "seogo" in line]
    assert ours == [], checked.stderr


def test_a_users_own_service_gives_no_capability_up_and_the_machines_runs_as_the_archives_owner() -> None:
    [own, _] = units(Path("/srv/news"), COMMAND).values()
    [machines, _] = units(Path("/srv/news"), COMMAND, user="press").values()
    for word in ("CapabilityBoundingSet=", "PrivateDevices=", "ProtectKernelModules=", "User="):
        assert word not in own
        assert word in machines
    assert "User=press\n" in machines
    assert "ProtectSystem=strict" in own
    assert "PrivateTmp=true" in own
    assert (
        "PrivateTmp"
        not in units(Path("/tmp/news"), COMMAND)["seogo-news-" + name_of(Path("/tmp/news"))[-8:] + ".service"]
    )


def test_two_archives_have_two_names() -> None:
    assert name_of(Path("/a/news")) != name_of(Path("/b/news"))
    assert all(one.isascii() for one in name_of(Path("/srv/서고")))


def test_a_crontab_keeps_its_lines_and_has_ours_once() -> None:
    line = crontab_line(Path("/srv/50% news"), COMMAND)
    assert line.startswith("* * * * * /bin/true jobs run-due -a '/srv/50\\% news'")
    once = crontab_with("MAILTO=a@b\n0 1 * * * backup\n", line)
    assert once.splitlines() == ["MAILTO=a@b", "0 1 * * * backup", line]
    assert crontab_with(once, line) == once
