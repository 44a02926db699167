"""`seogo reindex --diff`: what another parser or definition changes, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from archive.commands.output import print_json, print_table
from archive.index.difference import Differing, Kind, Sample, difference

_NAMED = ("title", "heading", "text")
_LONGEST = 100


def print_differences(before: Path, after: Path, samples: int, *, as_json: bool) -> None:
    """Print how many rows of each table are gained, lost and changed, and some of them."""
    found = list(difference(before, after, samples=samples))
    if as_json:
        print_json(asdict(one) for one in found)
        return
    if not found:
        click.echo("Nothing would change.")
        return
    kinds: tuple[Kind, ...] = ("gained", "lost", "changed")
    counts = {(one.table, one.kind): one.count for one in found}
    tables = dict.fromkeys(one.table for one in found)
    print_table(
        ("", *kinds),
        ((table.replace("_", " "), *(counts.get((table, kind), 0) for kind in kinds)) for table in tables),
    )
    for one in found:
        if one.samples:
            click.echo(f"\n{one.table.replace('_', ' ')} {one.kind} ({len(one.samples)} of {one.count})")
        for sample in one.samples:
            for line in _lines(one, sample):
                click.echo(f"  {line}")


def _lines(one: Differing, sample: Sample) -> Iterator[str]:
    shown = sample.after or sample.before or {}
    named = " ".join(str(shown[name]) for name in _NAMED if shown.get(name))
    yield f"{_short(named) or '(no title)'}  {shown.get('url') or shown.get('site') or ''}  {sample.id}".rstrip()
    titles = shown.get("titles")
    if one.kind != "changed" and titles:
        yield f"    {_short(titles)}"
    if sample.before is None or sample.after is None:
        return
    for column, value in sample.before.items():
        other = sample.after[column]
        if value != other and column != "block_id":
            yield f"    {column}: {_short(value)} -> {_short(other)}"


def _short(value: object) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, list) else "none" if value is None else str(value)
    # What pages hold may not steer the terminal.
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
