"""How commands print: JSON lines for programs, aligned tables for people.

What comes from pages is data: control characters never reach the terminal, and no markup in it is read.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from archive.index.snippets import Marked

# Control characters and those that turn the direction of text; line ends and tabs are the caller's to keep.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PIPE_WIDTH = 1000


def print_json(rows: Iterable[Mapping[str, Any] | Any]) -> None:
    """Print one object a line; dataclasses become objects with their fields as keys."""
    for row in rows:
        value = dataclasses.asdict(row) if dataclasses.is_dataclass(row) and not isinstance(row, type) else row
        click.echo(json.dumps(value, ensure_ascii=False))


def console() -> Console:
    """Where people read; a pipe has no width to wrap at."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(highlight=False, markup=False, emoji=False, width=None if terminal else _PIPE_WIDTH)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table, aligned by display width (a Hangul syllable takes two columns); numbers to the right."""
    from rich.table import Table
    from rich.text import Text

    listed = [tuple(rows_cells) for rows_cells in rows]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(columns):
        figures = bool(listed) and all(isinstance(row[number], int) or row[number] is None for row in listed)
        table.add_column(column, justify="right" if figures else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    out = console()
    if title:
        out.print(Text(printable(title), style="bold"))
    # Each row is filled up with blanks, which in a pipe nobody wants.
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def marked(text: Marked, *, terminal: bool) -> Text:
    """A text with its hits in bold, or where there is no terminal between guillemets."""
    from rich.text import Text

    shown = Text()
    for piece, hit in text.pieces():
        clean = printable(piece)
        shown.append(clean if terminal or not hit else f"«{clean}»", style="bold yellow" if hit else "")
    return shown


def printable(text: str) -> str:
    """A text without what could steer a terminal.

    >>> printable("a\\x1b[31mb")
    'a�[31mb'
    """
    return _UNPRINTABLE.sub("�", text.replace("\n", " ").replace("\t", " "))
