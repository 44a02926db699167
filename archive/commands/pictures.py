"""Charts and comparisons as files of their own, to be opened in a browser; all text in them is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from archive.commands.output import printable
from archive.errors import WriteFailed

if TYPE_CHECKING:
    from archive.difference import Paragraph, Pieces

_COLOURS: Final = "b8321f 2f6fa8 3d8a4d b07412 7b4fa3 1f8a8a c2557f 6b6f1e 8a5a3b 5d6770".split()
_CHART_STYLE: Final = (
    "text{fill:#555;font:12px sans-serif}.name,.heading{fill:#111}.heading{font-size:16px}.grid{stroke:#ddd}"
    ".line{fill:none;stroke-width:3;stroke-linecap:round}.move{fill:none;stroke-width:1.8}"
    ".join{fill:none;stroke-width:1.4;stroke-dasharray:3 4}.gap{stroke:#b8321f;stroke-width:9;opacity:.16}"
    ".cx{stroke:#999;opacity:.4}circle.cx{fill:#999}"
    + "".join(f".c{n}{{stroke:#{colour}}}circle.c{n}{{fill:#{colour}}}" for n, colour in enumerate(_COLOURS))
)
_SIZE: Final = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEADING: Final = 40
_PAGE: Final = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 17px/1.7 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; word-break: keep-all }}
del {{ background: #c0392b33; text-decoration: line-through }} ins {{ background: #27ae6044; text-decoration: none }}
p {{ overflow-wrap: anywhere }} .same, .times {{ opacity: .6; font-size: .85em }}
</style></head><body>
<p class="times">{times}</p>
<h1>{headline}</h1>
{body}
</body></html>
"""


def chart_file(charts: Sequence[tuple[str, str]]) -> str:
    """Charts of `archive.web.charts` under their headings as one SVG document."""
    parts, width, height = [], 0, 0
    for heading, chart in charts:
        size = _SIZE.search(chart)
        assert size is not None
        wide, high = int(size[1]), int(size[2])
        parts.append(f'<text class="heading" x="12" y="{height + 26}">{escape(printable(heading))}</text>')
        parts.append(chart.replace("<svg ", f'<svg y="{height + _HEADING}" width="{wide}" height="{high}" ', 1))
        width, height = max(width, wide), height + _HEADING + high
    # XML has no place for control characters, escaped or not.
    drawn = _NOT_XML.sub("\ufffd", "".join(parts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<style>{_CHART_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>\n'
    )


def comparison_page(title: str, lang: str | None, times: str, headline: Pieces, text: Sequence[Paragraph]) -> str:
    """Two versions of an article as an HTML page: what went struck through, what came marked."""
    body = [f"<p class=same>… {one.skipped} …</p>" if one.skipped else f"<p>{_marked(one.pieces)}</p>" for one in text]
    return _PAGE.format(
        lang=html.escape(lang or "und"),
        title=html.escape(title),
        times=html.escape(times),
        headline=_marked(headline),
        body="\n".join(body),
    )


def write_text(path: Path, text: str) -> None:
    """Write a file. Raises WriteFailed."""
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written: {error.strerror}") from error


def _marked(pieces: Pieces) -> str:
    tags = {"same": ("", ""), "added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>")}
    return "".join(f"{tags[kind][0]}{html.escape(text)}{tags[kind][1]}" for kind, text in pieces)
