"""Units that systemd itself accepts, for any directory; a crontab line that is there once."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import ArchiveBusy
from archive.lock import Lock
from crawler.commands.jobs_install import install
from crawler.errors import BadInput
from crawler.jobs.installing import BUSY, crontab_line, crontab_with, name_of, units

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
    # The program has moved; another archive's line stays.
    other = crontab_line(Path("/srv/other"), COMMAND)
    moved = crontab_line(Path("/srv/50% news"), Path("/opt/seogo"))
    assert crontab_with(crontab_with(once, other), moved).splitlines()[2:] == [other, moved]


def as_cron_reads(line: str) -> str:
    """What cron gives to the shell: up to the first `%` that nothing escapes, the escapes taken off (crontab(5))."""
    command = line.split(None, 5)[5]
    return re.split(r"(?<!\\)%", command, maxsplit=1)[0].replace("\\%", "%")


@pytest.mark.parametrize("name", ["news", "50% news", "it's $HOME `x`", "서고\\", '"; exit 9; "'])
def test_the_shell_of_cron_gets_the_directory_and_mails_errors_alone(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    program = tmp_path / "a program"
    program.write_text(
        f"""#!/bin/sh
        printf '%s\\n' "$@" > '{tmp_path}/given'
        echo 'what it did'
        echo "Error: $4 is in use by process 7; {BUSY}" >&2
        echo 'Error: something is wrong' >&2
        """,
        encoding="utf-8",
    )
    program.chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh", "-c", as_cron_reads(crontab_line(folder, program, worker="a b"))],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == (b"Error: something is wrong\n", b"")
    given = (tmp_path / "given").read_text(encoding="utf-8").splitlines()
    assert given == ["jobs", "run-due", "-a", str(folder), "--worker", "a b"]


def test_a_refusal_by_the_lock_is_what_the_crontab_line_leaves_out(tmp_path: Path) -> None:
    with Lock.acquire(tmp_path), pytest.raises(ArchiveBusy, match=BUSY):
        Lock.acquire(tmp_path)


CRONTAB = """#!/bin/sh
case "$1" in
-l) echo "$SAID" >&2; exit 1;;
*) cat > "$WRITTEN";;
esac
"""


@pytest.mark.parametrize(
    ("said", "code"), [("no crontab for somebody", 0), ("You are not allowed to use this program", 1)]
)
def test_a_crontab_that_cannot_be_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int
) -> None:
    crontab = tmp_path / "bin" / "crontab"
    crontab.parent.mkdir()
    crontab.write_text(CRONTAB, encoding="utf-8")
    crontab.chmod(0o755)
    (tmp_path / "jobs.toml").write_text('[[job]]\nname = "a"\nsite = "example"\nevery = "1h"\n', encoding="utf-8")
    written = tmp_path / "written"
    for name, value in {"SAID": said, "WRITTEN": str(written), "SEOGO_CONTACT": "mailto:desk@example.org"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{crontab.parent}:/usr/bin:/bin")
    ended = CliRunner().invoke(install, ["--crontab", "--yes", "-a", str(tmp_path)])
    assert ended.exit_code == code, ended.output
    assert written.exists() == (code == 0)
    assert 'write contact = "mailto:desk@example.org" into jobs.toml' in ended.stderr
    if code:
        assert said in ended.stderr


def test_a_directory_of_two_lines_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a\n* * * * * evil"
    folder.mkdir()
    (folder / "jobs.toml").write_text('[[job]]\nname = "a"\nsite = "example"\nevery = "1h"\n', encoding="utf-8")
    ended = CliRunner().invoke(install, ["--crontab", "--yes", "-a", str(folder)])
    assert isinstance(ended.exception, BadInput)
