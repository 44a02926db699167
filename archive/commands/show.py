"""`seogo show`: an article, a capture or a block, down to its bytes."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import ArchiveCommand, archive_option, examples, json_option, local_time, zone_of
from archive.errors import NotFound

if TYPE_CHECKING:
    from archive.api import Archive
    from archive.index.standings import Standing
    from archive.index.versions import Article, Version
    from archive.model import Capture

_EPILOG = examples(
    "show 144c2a5837377ef4",
    "show 144c2a5837377ef4 --proof",
    "show 144c2a5837377ef4 --raw > page.html",
    "show 6f9619ff-8b86-4d11-b42d-00c04fc964ff --headers",
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What an id names, with the capture that shows it: an article in its last version, a block as last seen."""

    capture: Capture
    article: Article | None = None
    version: Version | None = None
    block: Standing | None = None


@click.command(cls=ArchiveCommand, epilog=_EPILOG)
@click.argument("id", metavar="ID")
@click.option("--raw", is_flag=True, help="The page's bytes, without transfer and content codings.")
@click.option("--headers", is_flag=True, help="The response's head as it came over the wire.")
@click.option("--record", is_flag=True, help="The WARC record: its header and its block.")
@click.option("--proof", is_flag=True, help="The chain from the row to the bytes, checked.")
@archive_option
@json_option
def show(id: str, directory: Path, as_json: bool, **forms: bool) -> None:
    """Show an article, a capture or a block by its id, as search, rankings and history print it.

    --proof ends with exit code 1 where a link of the chain does not hold, 3 where the WARC is damaged.
    """
    import archive

    form = _form(forms, as_json)
    with archive.open(directory) as opened:
        shown = _find(opened, id)
        if form == "proof":
            _print_proof(opened, shown, as_json)
        elif form == "headers":
            head = opened.record(shown.capture).http().head_bytes
            _write(head)
        elif form == "record":
            record = opened.record(shown.capture)
            lines = (f"{name}: {value}\r\n" for name, value in record.headers.fields)
            _write(("WARC/1.1\r\n" + "".join(lines) + "\r\n").encode("utf-8", "surrogateescape"))
            for piece in record.pieces():
                _write(piece)
        elif form == "raw":
            _write(_decoded(opened, shown.capture))
        elif as_json:
            from archive.commands.output import print_json

            print_json([_object(opened, shown)])
        else:
            _print(opened, shown)


def _form(forms: dict[str, bool], as_json: bool) -> str | None:
    """The one form that was asked for. Raises click.UsageError for two at a time."""
    asked = [name for name, on in forms.items() if on]
    if as_json and asked != ["proof"]:
        asked.append("json")
    if len(asked) > 1:
        raise click.UsageError(f"--{asked[0]} and --{asked[1]} cannot be given together")
    return asked[0] if asked and asked != ["json"] else None


def _find(opened: Archive, id: str) -> _Shown:
    try:
        return _Shown(opened.capture(id.lower()))
    except NotFound:
        pass
    try:
        article = opened.article(id.lower())
        version = opened.versions(article.id)[-1]
        return _Shown(opened.capture(version.capture_id), article=article, version=version)
    except NotFound:
        pass
    try:
        block = opened.block(id.lower())
    except NotFound:
        raise NotFound(f"{id!r} is no article, capture or block of {opened.directory}") from None
    return _Shown(opened.capture(block.capture_id), block=block)


def _object(opened: Archive, shown: _Shown) -> dict[str, Any]:
    if shown.version is not None and shown.article is not None:
        same = [asdict(one) for one in opened.group(shown.article.id) if one.article_id != shown.article.id]
        return {**asdict(shown.article), "version": asdict(shown.version), "same_story": same}
    return asdict(shown.block or shown.capture)


def _print(opened: Archive, shown: _Shown) -> None:
    from archive.commands.output import printable

    zone = zone_of(shown.capture.site)
    if shown.article is not None and shown.version is not None:
        version = shown.version
        click.echo(printable(version.title or "(no headline)"))
        byline = ", ".join(version.authors)
        captured = local_time(version.captured_at, zone)
        facts = (version.published, byline, shown.article.url, f"captured {captured} as {version.capture_id}")
        click.echo("\n".join(printable(fact) for fact in facts if fact))
        if version.subtitle:
            click.echo(f"\n{printable(version.subtitle)}")
        for paragraph in version.text.split("\n\n"):
            click.echo(f"\n{printable(paragraph)}")
        _print_group(opened, shown.article)
    elif shown.block is not None:
        _print_block(shown.block)
    else:
        from archive.commands.output import print_table

        print_table(("column", "value"), asdict(shown.capture).items())
        article = opened.article_on(shown.capture.id)
        if article is not None:
            click.echo(f"\narticle {article.id}  {printable(article.title or '')}")
        for block in opened.blocks(shown.capture.id):
            click.echo()
            _print_block(block)


def _print_group(opened: Archive, article: Article) -> None:
    from archive.commands.output import print_table

    others = [one for one in opened.group(article.id) if one.article_id != article.id]
    if others:
        click.echo()
        print_table(
            ("first captured", "site", "title", "article"),
            (
                (local_time(one.first_captured_at, zone_of(one.site)), one.site, one.title, one.article_id)
                for one in others
            ),
            title="The same story",
        )


def _print_block(block: Standing) -> None:
    from archive.commands.output import print_table

    name = f"{block.heading} / {block.tab}" if block.tab else block.heading
    print_table(
        ("", "title", "url"),
        ((entry.position if entry.rank is None else entry.rank, entry.title, entry.url) for entry in block.entries),
        title=f"{name}  {block.kind} block {block.block_id} at {block.xpath}",
    )


def _print_proof(opened: Archive, shown: _Shown, as_json: bool) -> None:
    from archive.commands.output import print_json, printable
    from archive.proof import Link, prove_capture, prove_place

    capture = shown.capture
    links = [Link("capture", f"{capture.id} of {capture.url}, parsed by {capture.parsed_by or 'nobody'}", True)]
    if shown.block is not None:
        texts = [entry.title for entry in shown.block.entries]
        links.insert(0, Link("block", f"{shown.block.block_id} of list {shown.block.list_id}", True))
        links += prove_place(opened.directory, capture, opened.capture, shown.block.xpath, texts)
    elif shown.version is not None and shown.article is not None:
        texts = [text for text in (shown.version.title or "", *shown.version.text.split("\n\n")) if text]
        links.insert(0, Link("article", f"{shown.article.id}, version of {shown.version.captured_at}", True))
        links += prove_place(opened.directory, capture, opened.capture, None, texts)
    links += prove_capture(opened.directory, capture, opened.capture)
    if as_json:
        print_json(links)
    else:
        width = max(len(link.what) for link in links)
        for link in links:
            click.echo(f"{'ok ' if link.holds else 'NOT'}  {link.what:<{width}}  {printable(link.found)}")
    if not all(link.holds for link in links):
        click.get_current_context().exit(1)


def _decoded(opened: Archive, capture: Capture) -> bytes:
    from archive.errors import CorruptRecord
    from archive.http import DecodeError

    try:
        return opened.content(capture).decode().data
    except DecodeError as error:
        raise CorruptRecord(f"the page cannot be decoded: {error}", capture.warc_file, capture.offset) from error


def _write(data: bytes) -> None:
    if sys.stdout.isatty():
        # A terminal must not be steered by a page.
        text = data.decode("utf-8", "replace")
        from archive.commands.output import printable

        click.echo("\n".join(printable(line.rstrip("\r")) for line in text.split("\n")))
        return
    sys.stdout.buffer.write(data)
