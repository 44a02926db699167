"""`seogo export wacz`: a package that other replay tools play, made of whole records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, instant, zone_of


@click.command(
    "wacz",
    cls=ArchiveCommand,
    epilog=examples(
        "export wacz -o news.wacz",
        "export wacz --site yakup --after 2026-11-20 --before 2026-11-21 -o day.wacz",
        "export wacz --url https://news.example/2026/ -o pages.wacz",
    ),
)
@archive_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--site", help="Captures of one site.")
@click.option("--url", "prefix", help="Captures whose address begins so, with what their pages are made of.")
@click.option("--after", help="Captures from this time on.")
@click.option("--before", help="Captures before this time.")
@click.option("--title", help="What the package calls itself.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def wacz(
    directory: Path,
    output: Path,
    site: str | None,
    prefix: str | None,
    after: str | None,
    before: str | None,
    title: str | None,
    *,
    force: bool,
) -> None:
    """Pack captures into a WACZ file: their records byte for byte, an index, and their pages with title and text.

    Revisits bring the captures they repeat along. Exit code 1 when records were left out because they cannot be read.
    """
    from archive.api import Archive
    from archive.errors import RecordError, WriteFailed
    from archive.replay.package import Wanted, pack
    from archive.replay.store import Store
    from archive.warc.wacz_writer import WaczWriter

    if output.exists() and not force:
        raise click.BadParameter(f"{output} is there already; --force replaces it", param_hint="-o")
    if not output.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {output.parent}", param_hint="-o")
    zone = zone_of(site)
    wanted = Wanted(site, prefix, instant(after, "--after", zone), instant(before, "--before", zone))
    Archive(directory).close()  # names what is wrong with the archive before a file is begun
    store = Store(directory)
    failures: list[RecordError] = []

    def failed(error: RecordError) -> None:
        failures.append(error)
        click.echo(f"Left out: {error}", err=True)

    name = title or f"Seogo: {site or prefix or directory.name}"
    described = ", ".join(
        f"{key} {value}"
        for key, value in (("site", site), ("from", prefix), ("after", after), ("before", before))
        if value
    )
    try:
        with WaczWriter(
            output, title=name, description=described or "all captures", created=datetime.now(UTC)
        ) as writer:
            pack(store, wanted, writer, failed)
    except OSError as error:
        raise WriteFailed(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"{output}: {writer.captures} captures, {writer.pages} pages")
    if failures:
        click.get_current_context().exit(1)
