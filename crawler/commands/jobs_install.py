"""`seogo jobs install`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click

from archive.commands.options import archive_option, examples
from crawler.commands.options import worker_option


@click.command(epilog=examples("jobs install", "jobs install --yes", "jobs install --crontab"))
@archive_option
@click.option("--crontab", is_flag=True, help="A line in your crontab instead of systemd units.")
@click.option(
    "--units",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("~/.config/systemd/user"),
    show_default=True,
    help="Where the units go; /etc/systemd/system for the machine's.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@worker_option
def install(directory: Path, crontab: bool, folder: Path, yes: bool, worker: str | None) -> None:
    """Show, then write, what lets this machine run the jobs: each minute it asks what is due."""
    from crawler.errors import BadInput
    from crawler.jobs import installing
    from crawler.jobs.file import load

    file = load(directory)
    whole = directory.resolve()
    command = Path(sys.prefix) / "bin" / "seogo"
    for text in (str(whole), str(command), worker or ""):
        if not text.isprintable():
            raise BadInput(f"{text!r} cannot stand in a unit or a crontab; choose a name of one printable line")
    if file.contact and file.contact == os.environ.get("SEOGO_CONTACT"):
        said = f"Note: timers do not see SEOGO_CONTACT: write contact = {json.dumps(file.contact)} into jobs.toml."
        click.echo(said, err=True)
    if crontab:
        line = installing.crontab_line(whole, command, worker=worker)
        click.echo(line)
        if yes or click.confirm("Put this line into your crontab?"):
            _write_crontab(installing.crontab_with(_crontab(), line))
            click.echo("Written. `crontab -e` takes it out again.")
        return
    folder = folder.expanduser()
    machine = folder.is_relative_to("/etc")
    files = installing.units(whole, command, worker=worker, user=whole.owner() if machine else None)
    for name, text in files.items():
        click.echo(f"# {folder / name}\n{text}")
    if not (yes or click.confirm(f"Write these {len(files)} files?")):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{folder}: cannot be written: {error.strerror}") from error
    scope = "" if machine else "--user "
    click.echo(f"Written. Now:\n  systemctl {scope}daemon-reload")
    click.echo(f"  systemctl {scope}enable --now {installing.name_of(whole)}.timer")
    if scope:
        click.echo("  loginctl enable-linger    # so that it runs while nobody is logged in")


def _crontab() -> str:
    try:
        shown = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607  the user's
    except OSError as error:
        raise click.ClickException(f"there is no crontab command: {error.strerror}") from error
    if shown.returncode and not any(said in shown.stderr for said in ("no crontab", "No such file")):
        # Written anew, a crontab that could not be read would be lost.
        raise click.ClickException(f"the crontab cannot be read: {shown.stderr.strip()}")
    return shown.stdout if shown.returncode == 0 else ""


def _write_crontab(text: str) -> None:
    ended = subprocess.run(["crontab", "-"], input=text, text=True, capture_output=True, check=False)  # noqa: S607  the user's
    if ended.returncode:
        raise click.ClickException(f"crontab refused it: {ended.stderr.strip()}")
