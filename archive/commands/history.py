"""`seogo history`: the versions of an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option, local_time, zone_of
from archive.errors import NotFound

if TYPE_CHECKING:
    from archive.index.versions import Version, Visit

_EPILOG = examples(
    "history https://news.example/article/12",
    "history https://news.example/article/12 --json | jq .title",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("url")
@archive_option
@json_option
def history(url: str, directory: Path, as_json: bool) -> None:
    """Show the versions of the article at URL, and when it could not be read any more.

    A version is a capture whose headline or text differ from the capture before. An address that is no article's
    lists its captures.
    """
    import archive
    from archive.commands.output import print_json, print_table

    with archive.open(directory) as opened:
        article = opened.article_at(url)
        if article is None:
            captures = opened.captures(url)
            if not captures:
                raise NotFound(f"no capture of {url} in {directory}")
            if as_json:
                print_json(captures)
                return
            zone = zone_of(captures[0].site)
            print_table(
                ("captured", "status", "kind", "capture"),
                ((local_time(one.captured_at, zone), one.status, one.kind, one.id) for one in captures),
                title=f"No article, but {len(captures)} captures of {url}",
            )
            return
        versions = opened.versions(article.id)
        lost = _lost(opened.visits(article.id))
        addresses = opened.addresses(article.id)
    if as_json:
        print_json(_objects(versions, lost))
        return
    zone = zone_of(article.site)
    rows = [
        (one.captured_at, (local_time(one.captured_at, zone), _what(versions, number), one.title, one.capture_id))
        for number, one in enumerate(versions)
    ]
    rows += [
        (one.captured_at, (local_time(one.captured_at, zone), f"not there: {_why(one)}", "", one.capture_id))
        for one in lost
    ]
    rows.sort(key=lambda row: row[0])
    print_table(
        ("captured", "what", "headline", "capture"),
        (cells for _, cells in rows),
        title=f"{article.site}  {article.id}  {' '.join(addresses)}",
    )


def _lost(visits: Sequence[Visit]) -> list[Visit]:
    """The captures with which the article went away: the first of each row of captures that do not show it."""
    lost = []
    there = False
    for visit in visits:
        missing = not visit.shows and ((visit.status or 0) >= 400 or visit.page_kind is not None)
        if missing and there:
            lost.append(visit)
        there = visit.shows or (there and not missing)
    return lost


def _what(versions: Sequence[Version], number: int) -> str:
    if number == 0:
        return "first version"
    changed = [
        name
        for name, differs in (
            ("headline", versions[number].title != versions[number - 1].title),
            ("text", versions[number].text_digest != versions[number - 1].text_digest),
        )
        if differs
    ]
    return f"{' and '.join(changed)} changed"


def _why(visit: Visit) -> str:
    return f"HTTP {visit.status}" if (visit.status or 0) >= 400 else str(visit.page_kind)


def _objects(versions: Sequence[Version], lost: Sequence[Visit]) -> Iterator[dict[str, Any]]:
    from dataclasses import asdict

    found: list[dict[str, Any]] = [{"event": "version", **asdict(one)} for one in versions]
    found += [
        {"event": "lost", "capture_id": one.capture_id, "captured_at": one.captured_at, "reason": _why(one)}
        for one in lost
    ]
    yield from sorted(found, key=lambda one: str(one["captured_at"]))
