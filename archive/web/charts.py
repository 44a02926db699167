"""Charts as SVG, drawn on the server: places of entries over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from archive.index.stretches import Gap, Stretch
from archive.times import from_text

_LEFT, _TOP, _AXIS = 34, 16, 26
_WIDTH, _NARROW, _LABELS = 1100, 400, 310
_ROW, _LOW_ROW = 26, 16
# Captures of one visit, seconds apart, are one column; so many units of the picture make two.
_COLUMN = 6
# Beyond these places and entries a chart is no longer read; so many entries have colours, the others are grey.
MOST_PLACES = 20
MOST_ENTRIES = 60
COLOURS = 10
_GREY = "cx"


def bump_chart(
    stretches: Sequence[Stretch], gaps: Sequence[Gap], label: str, zone: tzinfo | None, *, small: bool = False
) -> str:
    """Lines of places over time: thick where an entry kept its place, thin where it moved from one capture to the next,
    dotted over captures on which it was not seen.

    Gaps are marked by upright lines. The entries that stand highest at the end have colours and, at the right, their
    titles. Times are told in `zone`. `small` is for a narrow column, without titles. All text is escaped. Empty without
    stretches.
    """
    shown = [stretch for stretch in stretches if 0 < stretch.place <= MOST_PLACES]
    if not shown:
        return ""
    scale = _Scale.of(shown, gaps[:500], zone, small=small)
    lines: defaultdict[str, list[Stretch]] = defaultdict(list)
    for stretch in shown:
        lines[stretch.article_id or stretch.url or stretch.title].append(stretch)
    chosen = sorted(lines.items(), key=lambda line: (-sum(s.sightings for s in line[1]), line[0]))[:MOST_ENTRIES]
    last = {what: max(line, key=lambda s: (s.last_seen, -s.place)) for what, line in chosen}
    standing = [what for what, end in last.items() if scale.right - scale.x(end.last_seen) < 10 + _COLUMN]
    standing.sort(key=lambda what: (last[what].place, what))
    colours = {what: f"c{number}" for number, what in enumerate((standing or list(last))[:COLOURS])}
    out = list(scale.frame(label))
    out += (scale.gap(at) for at in scale.gaps)
    # What has a colour is drawn over what has none.
    for what, line in sorted(chosen, key=lambda one: one[0] in colours):
        ordered = sorted(line, key=lambda s: (s.first_seen, s.place))
        out += _line(ordered, colours.get(what, _GREY), scale)
    if not small:
        for what in standing:
            name = escape(_short(last[what].title))
            out.append(
                f'<text class="name" x="{scale.right + 8}" y="{scale.y(last[what].place) + 4:.1f}">{name}</text>'
            )
    out.append("</svg>")
    return "".join(out)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where instants and places stand in a picture, and at which x there were captures and gaps."""

    start: datetime
    end: datetime
    places: int
    zone: tzinfo | None
    width: int
    right: int
    row: int
    columns: tuple[float, ...] = ()
    gaps: tuple[float, ...] = ()

    @classmethod
    def of(cls, shown: Sequence[Stretch], gaps: Sequence[Gap], zone: tzinfo | None, *, small: bool) -> _Scale:
        width = _NARROW if small else _WIDTH
        bare = cls(
            start=min(from_text(s.first_seen) for s in shown),
            end=max(from_text(s.last_seen) for s in shown),
            places=max(s.place for s in shown),
            zone=zone,
            width=width,
            right=width - (12 if small else _LABELS),
            row=_LOW_ROW if small else _ROW,
        )
        missed = [gap.captured_at for gap in gaps if bare.start <= from_text(gap.captured_at) <= bare.end]
        seen = [instant for stretch in shown for instant in (stretch.first_seen, stretch.last_seen)]
        return replace(bare, columns=bare.apart([*seen, *missed]), gaps=bare.apart(missed))

    def apart(self, instants: Sequence[str]) -> tuple[float, ...]:
        """Where the instants stand, those of one visit once."""
        columns: list[float] = []
        for at in sorted({self.x(instant) for instant in instants}):
            if not columns or at - columns[-1] > _COLUMN:
                columns.append(at)
        return tuple(columns)

    @property
    def floor(self) -> int:
        return _TOP + self.places * self.row

    def x(self, instant: str) -> float:
        length = max((self.end - self.start).total_seconds(), 1.0)
        share = (from_text(instant) - self.start).total_seconds() / length
        return _LEFT + 10 + share * (self.right - _LEFT - 20)

    def y(self, place: int) -> float:
        return _TOP + (place - 0.5) * self.row

    def are_neighbours(self, one: float, other: float) -> bool:
        """Whether there was no capture between two x."""
        return not any(one + _COLUMN < at < other - _COLUMN for at in self.columns)

    def frame(self, label: str) -> Iterator[str]:
        """The picture's beginning: its name, the places, the times."""
        height = self.floor + _AXIS
        yield f'<svg class="chart" viewBox="0 0 {self.width} {height}" role="img" aria-label="{_attribute(label)}">'
        for place in range(1, self.places + 1):
            at = self.y(place)
            yield f'<line class="grid" x1="{_LEFT}" x2="{self.right}" y1="{at:.1f}" y2="{at:.1f}"/>'
            if self.row == _ROW or place == 1 or place % 5 == 0:
                yield f'<text x="{_LEFT - 10}" y="{at + 4:.1f}" text-anchor="end">{place}</text>'
        length = (self.end - self.start).total_seconds()
        ticks = 2 if self.width == _NARROW else 5
        form = "%H:%M:%S" if length < 900 else "%m-%d %H:%M" if length < 20 * 86_400 else "%Y-%m-%d"
        for number in range(ticks + 1 if length else 1):
            at = _LEFT + 10 + (self.right - _LEFT - 20) * number / ticks
            anchor = "start" if number == 0 else "end" if number == ticks else "middle"
            when = (self.start + timedelta(seconds=length * number / ticks)).astimezone(self.zone).strftime(form)
            yield f'<text x="{at:.0f}" y="{height - 6}" text-anchor="{anchor}">{when}</text>'

    def gap(self, at: float) -> str:
        """An upright band."""
        return f'<path class="gap" d="M{at:.1f} {_TOP - 8}V{self.floor}"/>'


def _line(stretches: Sequence[Stretch], color: str, scale: _Scale) -> Iterator[str]:
    previous: Stretch | None = None
    for stretch in stretches:
        left, right, at = scale.x(stretch.first_seen), scale.x(stretch.last_seen), scale.y(stretch.place)
        if previous is not None:
            before, there = scale.x(previous.last_seen), scale.y(previous.place)
            middle = (before + left) / 2
            curve = f"M{before:.1f} {there:.1f}C{middle:.1f} {there:.1f} {middle:.1f} {at:.1f} {left:.1f} {at:.1f}"
            kind = "move" if scale.are_neighbours(before, left) else "join"
            yield f'<path class="{kind} {color}" d="{curve}"/>'
        title = f"<title>{stretch.place}. {escape(stretch.title)}</title>"
        if right > left:
            yield f'<path class="line {color}" d="M{left:.1f} {at:.1f}H{right:.1f}">{title}</path>'
        size = 4 if scale.row == _ROW else 3
        yield f'<circle class="{color}" cx="{left:.1f}" cy="{at:.1f}" r="{size}">{title}</circle>'
        previous = stretch


def _short(title: str, limit: int = 46) -> str:
    """The title cut to a width; a letter of Korean, Japanese or Chinese is as wide as two others."""
    width = 0
    for number, letter in enumerate(title):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > limit:
            return title[: number - 1].rstrip() + "…"
    return title


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
