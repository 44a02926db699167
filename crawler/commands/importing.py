"""`seogo import`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, examples, json_option
from archive.model import Run
from crawler.commands.options import is_terminal, log_to_stderr, workers_option

if TYPE_CHECKING:
    from archive.importing import Taken
    from archive.lock import Lock
    from crawler.report import Summary
    from crawler.sites.model import Site

_TOLD = 5
"""Problems of one file that are told one by one; with --json there are more of them."""

# Something that begins to be done, and a function that is called as it goes on: done, and of how much when known.
_Begin = Callable[[str], "Callable[[int, int | None], None]"]


@dataclass(frozen=True, slots=True)
class _Imported:
    """What became of each file; sentences about those not taken; the run's summary, None when nothing was done."""

    taken: tuple[Taken, ...]
    refused: tuple[str, ...]
    summary: Summary | None
    unparsed: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 when a file, a part of one or a page could not be taken."""
        unindexed = self.summary is not None and "index-failed" in self.summary.failed
        return 1 if self.refused or self.unparsed or unindexed or any(one.damaged for one in self.taken) else 0


@click.command(
    "import",
    epilog=examples(
        "import crawl.warc.gz",
        "import ./downloads --site yakup",
        "import collection.wacz -a ./seogo-data",
    ),
)
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(exists=True, path_type=Path, readable=True)
)
@archive_option
@click.option(
    "--site", "site_name", metavar="SITE", help="The site whose pages these are: a definition's name or file."
)
@workers_option
@json_option
def take_in(
    paths: tuple[Path, ...], directory: Path, site_name: str | None, parse_workers: int | None, as_json: bool
) -> None:
    """Take WARC and WACZ files of other tools into the archive, and parse their pages.

    The files stay as they are; the archive gets copies, with one gzip member a record. Captures that it has already are
    left out, so that importing twice changes nothing. What is damaged is told, and the rest is taken. ARC files are not
    read. Without --site a page belongs to the site that its host names.
    """
    from archive.lock import Lock
    from crawler.reparse import copy_definition
    from crawler.sites.loader import is_path, load

    log_to_stderr()
    site = load(site_name) if site_name is not None else None
    with Lock.acquire(directory) as lock, _progress() as begin:
        if site is not None and site_name is not None and is_path(site_name):
            copy_definition(directory, site, Path(site_name))
        done = _import(paths, directory, site, lock, parse_workers, begin)
    if as_json:
        said = done.summary.to_dict() if done.summary is not None else None
        files = [asdict(one) for one in done.taken]
        row = {"files": files, "refused": done.refused, "unparsed": done.unparsed, "run": said}
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        for line in _lines(done):
            click.echo(line)
    for sentence in done.refused:
        click.echo(f"Error: {sentence}", err=True)
    for one in done.taken:
        for sentence in one.problems[:_TOLD]:
            click.echo(f"Error: {sentence}", err=True)
        if one.damaged > _TOLD:
            click.echo(f"Error: {one.source}: {one.damaged - _TOLD} more places that could not be taken", err=True)
    for url in done.unparsed[:_TOLD]:
        click.echo(f"Error: a page could not be parsed: {url}", err=True)
    if len(done.unparsed) > _TOLD:
        click.echo(
            f"Error: {len(done.unparsed) - _TOLD} more pages could not be parsed; table `outcomes` has them", err=True
        )
    raise SystemExit(done.exit_code)


def _import(
    paths: tuple[Path, ...], directory: Path, site: Site | None, lock: Lock, workers: int | None, begin: _Begin
) -> _Imported:
    from archive.errors import ArchiveMissing, ImportRefused
    from archive.importing import Importer, found_in
    from crawler.discovery.requisites import take_apart
    from crawler.parsing import ParsePool
    from crawler.pipelines import Keeper
    from crawler.reparse import parse_owed

    taken: list[Taken] = []
    refused: list[str] = []
    with Importer(directory, _run(site), lock) as importer:
        for damage in importer.recovery.damage:
            click.echo(f"Warning: damage in the archive, which is left as it is: {damage}", err=True)
        for given in paths:
            try:
                for path in found_in(given):
                    try:
                        taken += importer.take(path, begin(f"reading {path.name}"))
                    except (ImportRefused, ArchiveMissing) as error:
                        refused.append(str(error))
            except ImportRefused as error:
                refused.append(str(error))
        if not importer.owed:
            return _Imported(tuple(taken), tuple(refused), None, ())
        writer = importer.begin()
        importer.settle()
        with ParsePool(workers, function=take_apart) as pool:
            kept = Keeper(directory, writer, pool, site)
            show = begin("parsing pages")
            parse_owed(kept, lambda count: show(count, None))
            summary = kept.close("finished")
    return _Imported(tuple(taken), tuple(refused), summary, tuple(kept.unparsed))


def _run(site: Site | None) -> Run:
    from archive import times
    from crawler.parsers import PARSER_VERSION
    from crawler.pipelines import run_id

    return Run(
        id=run_id(),
        site=site.name if site is not None else "",
        started_at=times.to_text(times.now()),
        definition_digest=site.digest if site is not None else "",
        parser=PARSER_VERSION,
    )


def _lines(done: _Imported) -> Iterator[str]:
    from archive.importing import NO_CAPTURE

    for one in done.taken:
        there = f"{one.known} captures are there already"
        if one.file is None:
            nothing = NO_CAPTURE if one.nothing else "nothing could be taken"
            yield f"{one.source}: {there if one.known else nothing}"
        else:
            more = f", {there}" if one.known else ""
            yield f"{one.source}: {one.captures} captures into {one.file}{more}"
    if done.summary is not None:
        found = done.summary
        yield (
            f"{found.captures} captures, {found.pages} pages parsed, {found.articles} new articles, "
            f"{found.ranked_lists} ranked lists, {found.sections} sections"
        )


@contextmanager
def _progress() -> Iterator[_Begin]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_terminal()) as bar:

        def begin(said: str) -> Callable[[int, int | None], None]:
            task = bar.add_task(escape(said), total=None)
            return lambda done, of: bar.update(task, completed=done, total=of)

        yield begin
