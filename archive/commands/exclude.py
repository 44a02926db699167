"""`seogo exclude`: take something down."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option

_EPILOG = examples(
    "exclude https://news.example/article/12 --reason 'asked by the person named, 2026-11-23'",
    "exclude 144c2a5837377ef4 --reason 'court order 12/34' --rewrite",
)


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("what", metavar="URL|ID")
@click.option("--reason", default="none given", show_default=True, help="Why; it is written down.")
@click.option("--rewrite", is_flag=True, help="Take the bytes out of the WARC files too. Cannot be undone.")
@archive_option
@json_option
def exclude(what: str, reason: str, rewrite: bool, directory: Path, as_json: bool) -> None:
    """Take down a URL, an article (with all its addresses) or one capture, by its id.

    It is gone from search, lists, history, replay and exports, now and after every reindex, as are captures that repeat
    its bytes at other addresses; new captures of the address are hidden too. DIR/excluded.jsonl is the log. With
    --rewrite the records in the WARC files give way to tombstones of the same length, and `seogo verify` stays clean.
    """
    from archive.takedown import take_down

    done = take_down(directory, what, reason, rewrite=rewrite)
    if as_json:
        from archive.commands.output import print_json

        print_json([done])
        return
    click.echo(f"{done.captures} captures of {len(done.exclusion.url_keys)} addresses are hidden, and logged")
    if rewrite:
        click.echo(f"{done.tombstones} records in {done.files} WARC files gave way to tombstones")
