"""What makes a machine run jobs: systemd units, or a line for crontab."""

from __future__ import annotations

import hashlib
import shlex
from datetime import timedelta
from pathlib import Path

BUSY = "wait until that run has ended"
"""How the sentence ends that says that another run goes on."""

SERVICE = """\
[Unit]
Description=Seogo jobs of {directory}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# Another run writes to the archive: written down, and made up for.
SuccessExitStatus=75
# What is on the wire is waited for; what was stored is safe either way.
KillMode=mixed
TimeoutStopSec=90
TimeoutStartSec=infinity
UMask=0027
Nice=5
# Hardening: it reads the network, and writes to the archive alone.
ReadWritePaths={directory}
ProtectSystem=strict
ProtectHome=read-only
NoNewPrivileges=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
{more}"""

# These give capabilities up, which a user's own service manager has none of: its services would end with 218.
OF_THE_MACHINE = """\
User={user}
CapabilityBoundingSet=
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
"""

TIMER = """\
[Unit]
Description=Seogo jobs of {directory}, each minute

[Timer]
# The job file says what is due; this only asks.
OnCalendar=*-*-* *:*:00
AccuracySec=1s
RandomizedDelaySec={jitter}s
FixedRandomDelay=true
# After a night off, once at once.
Persistent=true

[Install]
WantedBy=timers.target
"""


def name_of(directory: Path) -> str:
    """The units' name, another for each archive of a machine."""
    short = hashlib.sha256(str(directory).encode()).hexdigest()[:8]
    plain = "".join(one if one.isascii() and one.isalnum() else "-" for one in directory.name).strip("-") or "archive"
    return f"seogo-{plain[:40]}-{short}"


def units(
    directory: Path,
    command: Path,
    jitter: timedelta = timedelta(seconds=10),
    *,
    worker: str | None = None,
    user: str | None = None,
) -> dict[str, str]:
    """The systemd units by file name; `directory` and `command` are absolute, `worker` is whose jobs they run.

    `user` is as whom the machine's own service manager runs them; without it they are for a user's.
    """
    name = name_of(directory)
    line = " ".join(_unit_word(word) for word in _words(directory, command, worker))
    where = _unit_word(str(directory))
    more = OF_THE_MACHINE.format(user=_unit_word(user)) if user else ""
    # In a /tmp of its own, a service would not see an archive in the machine's.
    if not directory.is_relative_to("/tmp") and not directory.is_relative_to("/var/tmp"):  # noqa: S108  none is made there
        more += "PrivateTmp=true\n"
    seconds = f"{jitter.total_seconds():.0f}"
    return {
        f"{name}.service": SERVICE.format(directory=where, command=line, more=more),
        f"{name}.timer": TIMER.format(directory=where, jitter=seconds),
    }


def crontab_line(directory: Path, command: Path, *, worker: str | None = None) -> str:
    """The line for crontab; `%` ends a command there.

    cron mails what a command says: errors, but not each minute that a run still goes on.
    """
    words = shlex.join(_words(directory, command, worker)).replace("%", r"\%")
    return f"* * * * * {words} 2>&1 >/dev/null | grep -v {shlex.quote(BUSY)}"


def crontab_with(current: str, line: str) -> str:
    """A crontab with the line in it, once: one for the same jobs, of a program that stood elsewhere, gives way."""
    lines = [one for one in current.splitlines() if _jobs_of(one) != _jobs_of(line)]
    return "\n".join([*lines, line]) + "\n"


def _jobs_of(line: str) -> str:
    """What identifies a line of ours: archive and worker; any other line is itself."""
    _, ours, rest = line.partition(" jobs run-due -a ")
    return rest.partition(" 2>&1")[0].partition(" >/dev/null")[0] if ours and not line.startswith("#") else line


def _words(directory: Path, command: Path, worker: str | None) -> list[str]:
    named = ["--worker", worker] if worker else []
    return [str(command), "jobs", "run-due", "-a", str(directory), *named]


def _unit_word(word: str) -> str:
    """A word as unit files quote it: `%` and `$` mean something there."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(one in word for one in " '\"\\;\t") else escaped
