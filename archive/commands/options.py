"""What commands share: the archive's place, `--json`, times as people type them, errors as one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from archive.errors import ArchiveError
from archive.times import from_text, to_text

DEFAULT_ARCHIVE = "seogo-data"
# Under this key of `click.Context.meta` the caller may leave a function from a site's name to its zone's name or None.
ZONE_OF = "archive.zone_of"
# Likewise one to its title.
TITLE_OF = "archive.title_of"

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class ArchiveCommand(click.Command):
    """A command whose ArchiveErrors end in one sentence and their exit code, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ArchiveError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)


def examples(*lines: str) -> str:
    """The end of a command's help: examples, one a line."""
    return "\n".join(("\b", "Examples:", *(f"  seogo {line}" for line in lines)))


archive_option = click.option(
    "-a",
    "--archive",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SEOGO_ARCHIVE",
    default=DEFAULT_ARCHIVE,
    show_default=f"SEOGO_ARCHIVE, else ./{DEFAULT_ARCHIVE}",
    help="The archive's directory.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, times in UTC.")


def zone_of(site: str | None) -> tzinfo | None:
    """The zone in which people read and type times of a site; None stands for the machine's zone."""
    context = click.get_current_context(silent=True)
    lookup: Callable[[str], str | None] | None = context.meta.get(ZONE_OF) if context else None
    name = lookup(site) if lookup and site else None
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def instant(text: str | None, option: str, zone: tzinfo | None, *, end_of_day: bool = False) -> str | None:
    """A time as typed, as the index writes it; without a zone it is one of `zone`'s.

    A day alone is its first millisecond, or with `end_of_day` its last. Raises click.BadParameter.
    """
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text.strip()):
            local = datetime.combine(date.fromisoformat(text.strip()) + timedelta(days=end_of_day), time())
            return to_text(_placed(local, zone) - timedelta(milliseconds=end_of_day))
        return to_text(_placed(datetime.fromisoformat(text.strip()), zone))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{text!r} is no time: write 2026-11-23, 2026-11-23T09:00 or 2026-11-23T09:00+09:00", param_hint=option
        ) from error


def local_time(text: str | None, zone: tzinfo | None) -> str:
    """An instant of the index as people read it: `2026-11-23 12:28 KST`."""
    if not text:
        return ""
    local = from_text(text).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M %Z}".rstrip()


def day(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A click callback for `--after` and `--before`."""
    from archive.index.query import is_date

    if value is not None and not is_date(value):
        raise click.BadParameter(f"{value!r} is no date: write 2026, 2026-11 or 2026-11-23")
    return value


def _placed(local: datetime, zone: tzinfo | None) -> datetime:
    if local.tzinfo is not None:
        return local
    return local.replace(tzinfo=zone) if zone else local.astimezone()
