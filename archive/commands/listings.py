"""What `rankings` and `sections` share: lists at an instant, and over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.commands.listing_options import Asked
from archive.commands.options import instant, local_time, zone_of
from archive.commands.output import print_json, print_table
from archive.errors import NotFound
from archive.model import ListKind

if TYPE_CHECKING:
    from archive.api import Archive
    from archive.index.standings import Standing
    from archive.index.stretches import Gap, Stretch


def print_lists(directory: Path, kind: ListKind, asked: Asked, *, as_json: bool) -> None:
    """Print lists as they stood at an instant, or where a time or an article is given, their stretches and gaps.

    With `asked.compare` the moves since that time; with `asked.chart` the stretches go into an SVG file.
    """
    import archive

    zone = zone_of(asked.site)
    with archive.open(directory) as opened:
        if asked.site is not None and not opened.has_site(asked.site):
            raise NotFound(f"there is no site {asked.site!r} in {directory}; `seogo stats` lists the sites")
        if asked.since or asked.until or asked.article or asked.chart:
            begin = instant(asked.since, "--since", zone)
            end = instant(asked.until or asked.at, "--until", zone, end_of_day=True)
            which = {"site": asked.site, "heading": asked.heading, "tab": asked.tab, "url": asked.article}
            found = list(opened.history(kind, **which, since=begin, until=end))
            missing = [gap for list_id in _lists(found) for gap in opened.gaps(list_id, since=begin, until=end)]
            if asked.chart is not None:
                _write_chart(asked.chart, found, missing, zone)
            elif as_json:
                print_json(_history_objects(kind, found, missing))
            else:
                _print_history(opened, kind, found, missing, zone, with_path=asked.article is not None)
            return
        standings = _standings(opened, kind, asked, instant(asked.at, "--at", zone, end_of_day=True))
        if asked.compare is not None:
            then = instant(asked.compare, "--compare", zone, end_of_day=True)
            earlier = {one.list_id: one for one in _standings(opened, kind, asked, then)}
            _print_moves([(earlier.get(one.list_id), one) for one in standings], zone, as_json=as_json)
            return
    if as_json:
        print_json(_standing_objects(standings))
    else:
        _print_standings(standings, zone)


def _standings(opened: Archive, kind: ListKind, asked: Asked, at: str | None) -> list[Standing]:
    if kind == "section":
        return opened.sections(asked.site, heading=asked.heading, at=at)
    return opened.rankings(asked.site, heading=asked.heading, tab=asked.tab, at=at)


def _write_chart(path: Path, found: list[Stretch], missing: list[Gap], zone: tzinfo | None) -> None:
    import click

    from archive.commands.pictures import chart_file, write_text
    from archive.web.charts import bump_chart

    charts = []
    for list_id in _lists(found):
        own = [one for one in found if one.list_id == list_id]
        name = f"{_name(own[0])}  {own[0].site}"
        gaps = [gap for gap in missing if gap.list_id == list_id]
        drawn = bump_chart(own, gaps, name, zone or zone_of(own[0].site))
        if drawn:
            charts.append((name, drawn))
    if not charts:
        click.echo("No such list in the archive at that time; no chart was drawn.")
        return
    write_text(path, chart_file(charts))
    click.echo(f"{len(charts)} lists in {path}")


def _print_moves(pairs: list[tuple[Standing | None, Standing]], zone: tzinfo | None, *, as_json: bool) -> None:
    from archive.index.moves import moves

    for before, now in pairs:
        found = moves(before, now)
        if as_json:
            earlier = before.captured_at if before else None
            print_json({**asdict(one), "before_at": earlier, "now_at": now.captured_at} for one in found)
            continue
        shown = zone or zone_of(now.site)
        times = f"{local_time(before.captured_at, shown) if before else 'never before'} -> "
        print_table(
            ("before", "now", "move", "title", "url"),
            ((one.before, one.now, _move(one.before, one.now), one.title, one.url) for one in found),
            title=f"{_name(now)}  {now.site}, {times}{local_time(now.captured_at, shown)}",
        )


def _move(before: int | None, now: int | None) -> str:
    if before is None or now is None:
        return "new" if before is None else "left"
    return f"{before - now:+d}" if before != now else "="


def _lists(found: Iterable[Stretch]) -> list[str]:
    return list(dict.fromkeys(stretch.list_id for stretch in found))


def _standing_objects(standings: Iterable[Standing]) -> Iterator[dict[str, Any]]:
    from archive.index.standings import Entry

    for standing in standings:
        columns = asdict(standing)
        # A list without entries is one object all the same, so that it is seen to be empty.
        for entry in columns.pop("entries") or [dict.fromkeys(field.name for field in fields(Entry))]:
            if standing.kind == "section":
                del entry["rank"]
            yield {**columns, **entry}


def _history_objects(kind: ListKind, found: Iterable[Stretch], missing: Iterable[Gap]) -> Iterator[dict[str, Any]]:
    for stretch in found:
        columns = asdict(stretch)
        place = columns.pop("place")
        if kind == "section":
            del columns["tab"]
        yield {**columns, "rank" if kind == "ranked" else "position": place}
    for gap in missing:
        yield {"gap": True, **asdict(gap)}


def _print_standings(standings: list[Standing], zone: tzinfo | None) -> None:
    import click

    if not standings:
        click.echo("No such list in the archive at that time.")
    for standing in standings:
        seen = local_time(standing.captured_at, zone or zone_of(standing.site))
        print_table(
            ("", "title", "url"),
            (
                (entry.position if entry.rank is None else entry.rank, entry.title, entry.url)
                for entry in standing.entries
            ),
            title=f"{_name(standing)}  {standing.site}, seen {seen}  {standing.block_id}",
        )
        if not standing.entries:
            click.echo("(empty)")


def _print_history(
    opened: Archive, kind: ListKind, found: list[Stretch], missing: list[Gap], zone: tzinfo | None, *, with_path: bool
) -> None:
    import click

    from archive.index.paths import path_of

    if not found:
        missing_what = "That article stood in no such list" if with_path else "No such list in the archive"
        click.echo(f"{missing_what} at that time.")
    for list_id in _lists(found):
        own = [stretch for stretch in found if stretch.list_id == list_id]
        shown = zone or zone_of(own[0].site)
        rows: list[tuple[str, tuple[object, ...]]] = [
            (
                one.first_seen,
                (
                    one.place,
                    one.title,
                    local_time(one.first_seen, shown),
                    local_time(one.last_seen, shown),
                    one.sightings,
                ),
            )
            for one in own
        ]
        rows += [
            (gap.captured_at, (None, f"(gap: HTTP {gap.status or '?'})", local_time(gap.captured_at, shown), "", None))
            for gap in missing
            if gap.list_id == list_id
        ]
        rows.sort(key=lambda row: row[0])
        columns = ("rank" if kind == "ranked" else "position", "title", "first seen", "last seen", "sightings")
        print_table(columns, (cells for _, cells in rows), title=f"{_name(own[0])}  {own[0].site}")
        if with_path:
            path = path_of(opened.db, own)
            left = local_time(path.left, shown) if path.left else "still there when last seen"
            click.echo(
                f"entered {local_time(path.entered, shown)}, best {path.best}, "
                f"{path.hours:.1f} hours in the list, left: {left}"
            )


def _name(standing: Standing | Stretch) -> str:
    return f"{standing.heading or '(no heading)'}{f' / {standing.tab}' if standing.tab else ''}"
