"""The picture's legend and its style sheet."""

from __future__ import annotations

from html import escape

from archive.model import Page

PARTS = {
    "title": "headline",
    "fact": "byline, dates",
    "body": "body",
    "ranked": "ranked list",
    "section": "section",
    "repeat": "repeat, dropped",
    "ignored": "ignored",
}
"""The parts by their class, as the legend calls them."""

STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1c1c1c; overflow-wrap: anywhere;
  font: 15px/1.6 system-ui, "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; }
#key { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .3rem .5rem; padding: .5rem 1rem;
  background: #fbfaf7; border-bottom: 1px solid #c9c4b8; font-size: 13px; }
#key span { padding: 0 .5em; border-radius: 3px; }
#facts { padding: .6rem 1rem .8rem; background: #f6f4ef; border-bottom: 1px solid #c9c4b8; font-size: 13px; }
#facts summary { cursor: pointer; font-weight: bold; font-size: 15px; }
#facts table { border-collapse: collapse; margin-top: .3rem; }
#facts th { padding: .1rem .9rem .1rem 0; color: #6b6558; font-weight: normal; text-align: left; vertical-align: top;
  white-space: nowrap; }
#facts td { padding: .1rem 0; } #facts a { color: #1b4f9c; }
#page { padding: 1rem; } #page:lang(ko) { word-break: keep-all; }
#page div { min-height: 0; } .t-li { margin-left: 1.1rem; } .t-p { margin: .5rem 0; } .t-br { display: block; }
.t-tr { display: flex; gap: .8rem; } .t-td, .t-th { flex: 0 1 auto; }
.t-h1, .t-h2, .t-h3, .t-h4 { margin: .5rem 0; font-weight: bold; }
.t-h1 { font-size: 1.4em; } .t-h2 { font-size: 1.2em; }
.x-ignored { color: #757575; }
.x-title, .x-fact, .x-body, .x-ranked, .x-section, .x-repeat { box-decoration-break: clone;
  -webkit-box-decoration-break: clone; }
.x-title { background: #8fdc8f; } .x-fact { background: #e9e3a6; } .x-body { background: #daf3da; }
.x-ranked { background: #ffe0ae; } .x-section { background: #d3e4ff; }
.x-repeat { background: #fbdcdc; color: #8a2b2b; text-decoration: line-through; }
.x-more { outline: 1px dotted #1b4f9c; }
.x-frame { margin: .5rem 0; padding: .4rem .6rem; border: 2px solid; border-radius: 4px; display: block;
  scroll-margin-top: 4rem; }
.x-frame-body { border-color: #2a8f2a; } .x-frame-ranked { border-color: #d27a00; }
.x-frame-section { border-color: #2b6fd6; } .x-frame-repeat { border: 2px dashed #c33; }
.x-label { display: inline-block; margin: 0 .5rem .3rem 0; padding: 0 .5em; border-radius: 3px; color: #fff;
  font-size: 12px; scroll-margin-top: 5rem; text-decoration: none; }
.x-label-body { background: #2a8f2a; } .x-label-ranked { background: #a85f00; }
.x-label-section { background: #2b6fd6; }
.x-label-repeat { background: #b22; }
.x-label:target { outline: 3px solid #111; }
.x-rank { display: inline-block; min-width: 1.5em; margin-right: .4em; padding: 0 .2em; border-radius: 1em;
  background: #a85f00; color: #fff; font-size: 12px; text-align: center; }
@media (max-width: 600px) { #key { gap: .2rem .3rem; padding: .4rem .6rem; font-size: 12px; }
  #page { padding: .6rem; } #facts th { padding-right: .5rem; } .t-tr { display: block; } }
"""


def legend(page: Page) -> str:
    """The key of colours, and what was found, each part a link to its place."""
    body = page.body
    facts = [("address", page.url), ("kind", page.kind), ("language", page.lang or "unknown")]
    if body:
        facts += [
            ("headline", body.title or "unknown"),
            ("kicker", body.kicker or ""),
            ("subtitle", body.subtitle or ""),
            ("authors", ", ".join(body.authors) or "unknown"),
            ("published", body.published or "unknown"),
            ("modified", body.modified or ""),
        ]
    rows = [_row(name, escape(value)) for name, value in facts if value]
    if body:
        rows.append(_row("body", _link("body", f"{len(body.paragraphs)} paragraphs, {len(body.images)} pictures")))
    for number, ranked in enumerate(page.ranked_lists):
        rows.append(
            _row("ranked list", _link(f"ranked-{number}", name_of(ranked.heading, ranked.tab, len(ranked.items))))
        )
    for number, section in enumerate(page.sections):
        rows.append(_row("section", _link(f"section-{number}", name_of(section.heading, None, len(section.items)))))
    for number, repeat in enumerate(page.repeats):
        rows.append(_row("repeat", _link(f"repeat-{number}", f"{repeat.kind}: {repeat.text}")))
    rows += [
        _row(name, escape(value))
        for name, value in (("notes", ", ".join(page.notes)), ("parser", page.parser))
        if value
    ]
    key = "".join(f'<span class="x-{part}">{escape(words)}</span>' for part, words in PARTS.items())
    return (
        f'<div id="key">{key}</div><details id="facts" open><summary>Anatomy of a page</summary>'
        f"<table>{''.join(rows)}</table></details>"
    )


def name_of(heading: str | None, tab: str | None, count: int) -> str:
    """A list as people call it: its heading, tab and how many items it has."""
    items = "empty" if not count else "1 item" if count == 1 else f"{count} items"
    return f"{heading or 'no heading'}{f' / {tab}' if tab else ''}, {items}"


def _row(name: str, value: str) -> str:
    return f"<tr><th>{escape(name)}</th><td>{value}</td></tr>"


def _link(anchor: str, text: str) -> str:
    return f'<a href="#{anchor}">{escape(text)}</a>'
