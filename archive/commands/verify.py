"""`seogo verify` and `seogo recover`: whether an archive is whole, and what a killed run left."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option

if TYPE_CHECKING:
    from archive.verify import Finding, Summary

_TOLD = 10
"""Findings of a kind in a file that are told one by one to people."""


@click.command(cls=ArchiveCommand, epilog=examples("verify", "verify -a DIR --json"))
@archive_option
@json_option
@click.pass_context
def verify(ctx: click.Context, directory: Path, as_json: bool) -> None:
    """Check that WARC files and index are whole and agree; nothing is changed.

    Reads every record: structure, digests, requests with their responses, revisits with what they repeat, and whether
    the index says the same. Exit code 0: clean; 1: the index lags or differs; 3: bytes are lost or wrong.
    """
    from archive.commands.output import print_json, printable
    from archive.verify import verify as check

    alike: Counter[tuple[str, bool, str | None]] = Counter()

    def tell(finding: Finding) -> None:
        kind = (finding.check, finding.damaged, finding.file)
        alike[kind] += 1
        if as_json:
            print_json([finding])
        elif alike[kind] <= _TOLD:
            click.echo(printable(sentence(finding)))

    summary = check(directory, tell, _progress if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    if as_json:
        print_json([summary])
    else:
        for (word, damaged, file), number in alike.items():
            if number > _TOLD:
                more = f"{number - _TOLD} more of the kind '{word}'; --json tells each"
                click.echo(printable(f"{_weight(damaged)}: {file or 'index.db'}: {more}"))
        click.echo(conclusion(summary))
        if summary.damaged:
            click.echo(
                f"put back a whole copy of what is damaged; without one, `seogo reindex -a {directory}` gives up what"
                " is lost, and `seogo import` of a damaged file takes what can be read of it into another archive"
            )
    ctx.exit(summary.exit_code)


@click.command(cls=ArchiveCommand, epilog=examples("recover", "recover -a DIR"))
@archive_option
@json_option
@click.pass_context
def recover(ctx: click.Context, directory: Path, as_json: bool) -> None:
    """Bring index and WARC files into step after a kill or a power cut.

    Indexes whole records that the index has not seen, cuts a torn last record that was never finished, gives files
    their final names. Each crawl does the same when it starts. Exit code 3 when damage is left.
    """
    from archive.commands.output import print_json, printable
    from archive.recovery import recover_by_hand

    done = recover_by_hand(directory)
    if as_json:
        cuts = [asdict(cut) for cut in done.cuts]
        damage = [{"file": error.file, "offset": error.offset, "message": error.reason} for error in done.damage]
        print_json([{"captures": done.captures, "cuts": cuts, "damage": damage}])
    else:
        if done.captures:
            what = _count(done.captures, "capture")
            click.echo(f"indexed {what} that the WARC files had and the index had not")
        elif not done.cuts and not done.damage:
            click.echo("nothing was left over: the index has seen every record, and no record is torn")
        for cut in done.cuts:
            click.echo(printable(f"{cut.file}: cut {cut.bytes} bytes of an unfinished record at byte {cut.offset}"))
        for error in done.damage:
            click.echo(printable(f"damage: {error}"))
        if done.damage:
            click.echo(f"put back a whole copy of what is damaged, or give it up: `seogo reindex -a {directory}`")
    ctx.exit(3 if done.damage else 0)


def sentence(finding: Finding) -> str:
    """A finding as people read it: how bad, where, what."""
    place = finding.file or ""
    if finding.offset is not None:
        place += f" at byte {finding.offset}"
    if finding.capture_id:
        place += f" (capture {finding.capture_id})"
    return f"{_weight(finding.damaged)}: {place + ': ' if place else ''}{finding.message}"


def _weight(damaged: bool) -> str:
    return "DAMAGE" if damaged else "note"


def conclusion(summary: Summary) -> str:
    """The last line of the report."""
    read = (
        f"{_count(summary.files, 'file')}, {summary.bytes / 1e6:.1f} MB, "
        f"{_count(summary.records, 'record')}, {_count(summary.captures, 'capture')} read: "
    )
    if summary.damaged:
        return read + f"{summary.damaged} damaged, {_count(summary.findings - summary.damaged, 'note')}"
    return read + (
        f"whole, {_count(summary.findings, 'note')}" if summary.findings else "all whole, and the index agrees"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done / 1e6:.0f} of {total / 1e6:.0f} MB read", nl=False, err=True)
