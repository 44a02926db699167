"""`seogo diff`: what changed between two versions of an article."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, instant, json_option, local_time, zone_of
from archive.errors import NotFound

if TYPE_CHECKING:
    from rich.text import Text

    from archive.index.versions import Version
    from archive.wording import Change

_EPILOG = examples(
    "diff https://news.example/article/12",
    "diff https://news.example/article/12 --html change.html",
    "diff https://news.example/article/12 --from 2026-11-01 --to 2026-11-23T09:00",
)
_STYLES = {"same": "", "removed": "red strike", "added": "green underline"}
_SIGNS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("url")
@click.option(
    "--from", "since", metavar="TIME", help="The version that stood then; without it, the one before the other."
)
@click.option("--to", "until", metavar="TIME", help="The version that stood then; without it, the last one.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page that shows it.")
@archive_option
@json_option
def diff(url: str, since: str | None, until: str | None, page: Path | None, directory: Path, as_json: bool) -> None:
    """Show what changed between two versions of the article at URL, word by word, headline and text apart.

    Without --from and --to, the last change. A day alone means its end.
    """
    import archive
    from archive.wording import compare

    with archive.open(directory) as opened:
        article = opened.article_at(url)
        if article is None:
            raise NotFound(f"no article at {url} in {directory}")
        versions = opened.versions(article.id)
    zone = zone_of(article.site)
    new = _standing(versions, instant(until, "--to", zone, end_of_day=True), len(versions) - 1)
    old = _standing(versions, instant(since, "--from", zone, end_of_day=True), new - 1)
    if old < 0 or old == new:
        if as_json:
            return
        click.echo(f"Nothing to compare: {len(versions)} version(s), the same one at both times.")
        return
    before, after = versions[old], versions[new]
    times = f"{local_time(before.captured_at, zone)} -> {local_time(after.captured_at, zone)}"
    if page is not None:
        _write_page(page, times, before, after)
        return
    headline = compare(before.title or "", after.title or "")
    text = compare(before.text, after.text)
    if as_json:
        from archive.commands.output import print_json

        print_json([_object(before, after, headline, text)])
        return
    from archive.commands.output import console

    out = console()
    out.print(times)
    out.print(_coloured(headline, terminal=out.is_terminal), soft_wrap=True)
    out.print()
    out.print(_coloured(text, terminal=out.is_terminal), soft_wrap=True)


def _write_page(path: Path, times: str, before: Version, after: Version) -> None:
    from archive import difference
    from archive.commands.pictures import comparison_page, write_text

    headline = difference.compare_line(before.title or "", after.title or "")
    text = difference.compare(before.text, after.text)
    write_text(path, comparison_page(after.title or "", after.lang, times, headline, text))
    click.echo(f"{path} shows it")


def _standing(versions: Sequence[Version], at: str | None, default: int) -> int:
    """The number of the version that stood at an instant; the first one where none stood yet."""
    if at is None:
        return default
    return max((number for number, one in enumerate(versions) if one.captured_at <= at), default=0)


def _object(before: Version, after: Version, headline: Sequence[Change], text: Sequence[Change]) -> dict[str, object]:
    return {
        "article_id": after.article_id,
        "from_capture_id": before.capture_id,
        "from_captured_at": before.captured_at,
        "to_capture_id": after.capture_id,
        "to_captured_at": after.captured_at,
        "headline": [[change.kind, change.text] for change in headline],
        "text": [[change.kind, change.text] for change in text],
    }


def _coloured(changes: Sequence[Change], *, terminal: bool) -> Text:
    from rich.text import Text

    from archive.commands.output import printable

    shown = Text()
    for change in changes:
        clean = "\n".join(printable(line) for line in change.text.split("\n"))
        before, after = ("", "") if terminal else _SIGNS[change.kind]
        shown.append(f"{before}{clean}{after}", style=_STYLES[change.kind])
    return shown
