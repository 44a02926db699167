"""The `seogo` command: the crawler's commands and the archive's, one exit code for each kind of ending."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from archive.cli import Deferred
from archive.cli import commands as archive_commands
from archive.commands.options import TITLE_OF, ZONE_OF
from archive.errors import ArchiveError
from crawler.errors import CrawlerError

if TYPE_CHECKING:
    from crawler.sites.model import Site


class _InOrder(click.Group):
    """A group whose help lists its commands in the order in which people meet them, quiet when nobody reads on."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _nobody_reads_on():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _nobody_reads_on():
            code = super().invoke(ctx)
            sys.stdout.flush()
            return code


@contextlib.contextmanager
def _nobody_reads_on() -> Iterator[None]:
    """Where the reader of the output goes away, as `head` does, that is an end like any other; click makes it a 1."""
    try:
        yield
    except BrokenPipeError:
        # Nor can what Python still holds be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


@click.group(
    cls=_InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Begin with:  seogo demo",
)
@click.version_option(package_name="seogo", prog_name="seogo")
@click.pass_context
def seogo(context: click.Context) -> None:
    """Crawl news sites, archive every page as it came, take pages apart, keep it all findable."""
    context.meta[ZONE_OF] = _zone
    context.meta[TITLE_OF] = _title


for _command in (
    Deferred("demo", "crawler.commands.demo:demo", "Crawl the bundled example site and show what was found."),
    Deferred("crawl", "crawler.commands.crawl:crawl", "Crawl a site's definition, or bare URLs, into the archive."),
    Deferred("backfill", "crawler.commands.backfill:backfill", "Fetch a site's past by article numbers or by days."),
    Deferred("parse", "crawler.commands.parse:parse", "Take pages apart and print their parts as JSON."),
    Deferred(
        "import", "crawler.commands.importing:take_in", "Take WARC and WACZ files of other tools into the archive."
    ),
    Deferred("reindex", "crawler.commands.reindex:reindex", "Build the index anew from the WARC files."),
    Deferred("merge", "crawler.commands.merge:merge", "Join the archives of several workers into one."),
    Deferred("jobs", "crawler.commands.jobs:jobs", "Run jobs on their schedules; see how they stand."),
    *archive_commands,
    Deferred("sites", "crawler.commands.sites:sites", "List, check and draft site definitions."),
):
    seogo.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. A person's mistake is one sentence on stderr, without a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        # What a terminal of another encoding cannot show is no reason to stop, and in JSON an escape is the same text.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code: Any = seogo.main(args=arguments, prog_name="seogo", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (CrawlerError, ArchiveError) as error:
        click.echo(f"Error: {error}", err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _zone(site: str) -> str | None:
    """The zone in which a site's times are read and typed."""
    found = _definition(site)
    return found.zone if found else None


def _title(site: str) -> str | None:
    """What a site calls itself."""
    found = _definition(site)
    return found.title if found else None


def _definition(name: str) -> Site | None:
    from crawler.errors import DefinitionError
    from crawler.sites.loader import load

    try:
        return load(name)
    except DefinitionError:
        return None


if __name__ == "__main__":
    main()
